"""Every chart helper, drawn from small frozen data and compared with a picture of it.

After a wanted change run this file with `--mpl-generate-path=tests/figures/baseline`, and look at
the pictures that have changed before you keep them.
"""

import inspect
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from helpers import choices
from helpers.claims import VERDICTS
from helpers.figures import (
    curves,
    flows,
    grids,
    maps,
    matrix,
    ranges,
    rows,
    series,
    sizes,
    style,
    timeline,
    verdict_bars,
)
from helpers.stats import Estimate

NAN, INF = np.nan, np.inf
YEARS = list(range(2010, 2025))
COUNTS = pd.Series([3, 4, 0, 6, NAN, NAN, 5, 7, 9, 8, 4, 11, NAN, 13, 12.0], index=YEARS)
PARTS = pd.DataFrame(
    {
        "naval": np.arange(15) % 4 + 1.0,
        "air": np.arange(15) % 3 + 0.5,
        "land": np.arange(15) % 2 + 1.0,
        "border guards": 1.5,
        "several": 0.7,
    },
    index=YEARS,
)
LINES = pd.DataFrame(
    {"China": np.linspace(2, 9, 15), "Russia": np.linspace(8, 3, 15), "other": COUNTS / 3},
    index=YEARS,
)
SHARES = pd.DataFrame(
    {"high": [60, 2.0, NAN], "medium": [30, 48.0, NAN], "low": [10, 50.0, NAN]},
    index=["arms deals", "joint_operations", "not rated"],
)
COUNTED = pd.DataFrame(
    [[12, 8, 10, 9, 6, 5], [30, 4, 16, 3, 12, 20]],
    index=["CEPA", "The Diplomat"],
    columns=list(VERDICTS.values()),
)
GRID = pd.DataFrame(
    [[0, 2, NAN, 1], [1, 0, 4, 0], [3, 1, 1, 7]],
    index=["Sea of Japan", "Baltic Sea", "Central Asia"],
    columns=[2019, 2020, 2021, 2022],
)
PLACES = pd.DataFrame(
    {
        "latitude_deg": [43.0, 55.0, 24.0, -34.0, 60.0],
        "longitude_deg": [132.0, 20.0, 60.0, 19.0, -173.0],
        "events": [12, 1, 4, 2, 1],
    }
)
SPECIFICATIONS = pd.DataFrame(
    {
        "year_rule": ["delivery", "order"] * 6,
        "base_year": [2019, 2019, 2020, 2020, 2021, 2021] * 2,
        "observed": [3.0, 10, 2, NAN, 9, INF, 4, 4, 6, 7, 1, 2],
        "low": [1.0, NAN, 1.5, NAN, 8, 2, 2, 3, 5, 6, 0, 1],
        "high": [4.0, NAN, 2.5, NAN, INF, INF, 6, 5, 7, 8, 2, 3],
        "verdict": ["holds", "fails", "holds_in_part", "not_in_data"] * 3,
    }
)


def years(ax):
    series.bars(ax, COUNTS.index, COUNTS, label_top=True)
    style.mark_eras(ax, choices.choose())


def stacks(ax):
    series.stacked_bars(ax, PARTS)
    style.mark_eras(ax, choices.choose())


def lines(ax):
    series.lines(ax, LINES)
    style.mark_eras(ax, choices.choose())


def split(ax):
    heights = pd.Series({2019: 0.0, 2020: 400.0, 2021: NAN, 2022: 900.0, 2023: 1365.0})
    flows.split_bars(ax, heights, 2022, lift=8)
    flows.published_marks(ax, pd.Series([700.0, 1300.0], index=[2020, 2023]), "published")


def broken(ax):
    ax.set_xlim(2015, 2024)
    flows.few_years(ax, pd.Index([2015, 2019, 2024]))
    flows.mark_break(ax, 2022, "other reports from 2022 on")


def share_dots(ax):
    flows.share_dots(ax, ["machine tools", "drones"], [89.0, 47.0], [True, False], "claimed")


def rank_dots(ax):
    labels = ["machine tools", "chips", "drones"]
    flows.rank_dots(ax, labels, [257.4, 12.0, 0.54], [False, False, True], "drones")


def dumbbell(ax):
    labels = ["Su-27", "S-300", "Mi-17"]
    ranges.dumbbell(ax, labels, [76, 8, 200], [78, NAN, 40], "article", "register", log=True)


def forest(ax):
    found = [Estimate(2.0, 1.1, 3.6), Estimate(NAN, NAN, NAN), Estimate(3.0, 0.0, INF)]
    ranges.forest(ax, ["naval", "air", "land"], found)


def strip(ax):
    days = pd.to_datetime(pd.Series(["2022-01-01", "2022-02-05", "2024-06-01"]))
    kinds = pd.Series(["declared", "alleged", "commercial"])
    lanes = pd.Series(["sea", "sea", "land"])
    grids.strip(ax, days, lanes, pd.Series(list("ABC")), kinds, grids.LINKS, ["sea", "land"])


def levels(ax):
    frame = pd.DataFrame(
        {"1950": ["present", "partial", None], "2001": ["absent", "disputed", "present"]},
        index=["treaty", "bases", "training"],
    )
    grids.heatmap(ax, frame, grids.LEVELS, gaps=(1,))


def numbers(ax):
    grids.numbers(ax, GRID, gaps=(2,), under=GRID.map(lambda n: f"of {n + 3:.0f}"))


def outcomes(ax):
    colours = dict(zip(["high", "medium", "low"], style.PALETTE, strict=False))
    grids.stacked_rows(ax, SHARES, colours, least=5)


def missed(ax):
    counts = GRID.fillna(0).astype(int)
    matrix.dots(ax, counts, (counts == 0) & (GRID.notna()))


def named(ax):
    matrix.named_bars(ax, pd.Series({"Sea of Japan": 13, "Western Pacific": 7}))


def world(ax):
    maps.world(ax)
    maps.places(ax, PLACES, style.ERA_COLOURS[1])


def sized(ax):
    days = pd.to_datetime(["2012-05-01", "2014-05-01", "2018-09-01", "2020-09-01", "2022-09-01"])
    frame = pd.DataFrame({"day": days, "count": [500, NAN, 300000, 80000, 2000.0]})
    frame["forces_scope"] = [*sizes.SCOPES, "part"][:1] * 2 + ["whole_exercise"] * 2 + ["part"]
    sizes.dots(ax, frame.assign(is_floor=[True, False] * 2 + [False], is_stated=frame["count"] > 0))
    sizes.name_marks(ax)


def milestones(ax):
    frame = pd.DataFrame(
        {
            "date": ["2001-07-16", "2014-05", "2014-09", "2022-02-04", "2023"],
            "lane": ["treaties", "arms", "arms", "treaties", "arms"],
            "label": ["Treaty of friendship", "Su-35", "S-400", "“No limits”", ""],
        }
    )
    timeline.timeline(ax, frame, 2000, 2024)
    style.mark_eras(ax, choices.choose(), as_dates=True)


def named_colours(ax):
    series.bars(ax, COUNTS.index, COUNTS)
    grids.name_colours(ax, dict(zip("abcdefgh", style.PALETTE, strict=True)))


# What each draws, and the height and panels that it takes.
CHARTS = {
    "years": (years, 2.6),
    "low_years": (lambda ax: timeline.yearly(ax, COUNTS, style.PALETTE[2]), 1.6),
    "stacks": (stacks, 3.0),
    "lines": (lines, 3.0),
    "split_bars": (split, 2.8),
    "broken_axis": (broken, 1.4),
    "share_dots": (share_dots, 1.6),
    "rank_dots": (rank_dots, 1.8),
    "dumbbell": (dumbbell, 2.0),
    "forest": (forest, 2.0),
    "strip": (strip, 2.0),
    "levels": (levels, 2.2),
    "numbers": (numbers, 2.2),
    "outcomes": (outcomes, 1.8),
    "dot_matrix": (missed, 1.8),
    "named_bars": (named, 2.4),
    "map": (world, 3.2),
    "sizes": (sized, 2.4),
    "timeline": (milestones, 1.8),
    "stacked_rows": (lambda ax: rows.stacked_rows(ax, SHARES, style.ERA_COLOURS[::-1]), 1.6),
    "rows": (lambda ax: rows.bars(ax, SHARES["high"]), 1.4),
    "log_rows": (lambda ax: rows.bars(ax, pd.Series({"a": 1.0, "b": 9000.0}), log=True), 1.2),
    "dots_by_year": (lambda ax: rows.dots(ax, GRID.fillna(0)), 1.8),
    "named_colours": (named_colours, 2.0),
    "nothing": (lambda ax: style.nothing(ax, "No year of this period is known"), 1.0),
}
compared = partial(
    pytest.mark.mpl_image_compare,
    baseline_dir="baseline", deterministic=True, tolerance=0.5, style="default", backend="agg",
    savefig_kwargs={"dpi": 60},
)  # fmt: skip


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def drawn(name):
    draw, height = CHARTS[name]
    fig, ax = style.canvas(height=height, width=6.4)
    draw(ax)
    return fig


def curve():
    fig, (above, below) = style.canvas(height=3.4, width=6.4, rows=2, sharex=True)
    curves.specification_curve(above, below, SPECIFICATIONS, {"claimed": 5.0})
    return fig


def verdicts():
    """Draw verdict bars as notebooks show them, in their frame."""
    shown = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(style, "show", lambda fig, *words: shown.append((fig, words)))
        verdict_bars.show_verdict_bars(COUNTED, "Most of CEPA's claims hold", "Claims by verdict")
    ((fig, (title, subtitle, source, *_)),) = shown
    style.frame(fig, title, subtitle, source)
    return fig


@pytest.mark.parametrize("name", CHARTS)
@compared()
def test_a_chart_looks_as_it_did(name):
    return drawn(name)


@compared()
def test_a_specification_curve_looks_as_it_did():
    return curve()


@compared()
def test_framed_verdict_bars_look_as_they_did():
    return verdicts()


FIGURES = {name: partial(drawn, name) for name in CHARTS} | {"curve": curve, "verdicts": verdicts}


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_large_and_dark_enough_to_read(name):
    fig = FIGURES[name]()
    fig.canvas.draw()
    on_marks = {style.COLOURS["on_dark"], style.COLOURS["on_light"]}
    texts = [t for t in fig.findobj(Text) if t.get_text().strip() and t.get_visible()]
    assert texts
    assert [t.get_text() for t in texts if t.get_fontsize() < style.SMALL] == []
    on_paper = [t for t in texts if t.get_color() not in on_marks]
    pale = [t.get_text() for t in on_paper if style.contrast(t.get_color(), "#FFFFFF") < 4.5]
    assert pale == []


def test_every_helper_that_draws_is_among_the_charts():
    modules = [curves, flows, grids, maps, matrix, ranges, rows, series, sizes, timeline]
    public = {
        f"{module.__name__.split('.')[-1]}.{name}"
        for module in modules
        for name, part in inspect.getmembers(module, inspect.isfunction)
        if part.__module__ == module.__name__ and not name.startswith("_")
        and "ax" in inspect.signature(part).parameters
    }  # fmt: skip
    source = inspect.getsource(inspect.getmodule(drawn))
    helped = {"series.name_ends", "series.names_above", "series.whole_years"}  # by others
    assert sorted(name for name in public - helped if f"{name}(" not in source) == []
