"""The frame of every figure, and what it refuses."""

import re
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import choices, stats
from helpers.figures import ranges, series, style

ALT = "Deliveries by year from 1992 to 2024, highest in 2005 at 3 thousand million units."


DATA = pd.DataFrame({"Year": [2004, 2005], "Units": [2.0, 3.0]})


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr(style, "display", lambda bundle, **more: seen.append((bundle, more)))
    return seen


def draw(title="Peak in 2005", **changes):
    fig, ax = style.canvas()
    series.bars(ax, pd.Series([2004, 2005]), pd.Series([2.0, 3.0]))
    parts = {"title": title, "subtitle": "Units a year", "source": "SIPRI", "alt": ALT,
             "data": DATA}  # fmt: skip
    style.show(fig, **parts | changes)


def test_a_figure_carries_title_measure_source_and_alt(shown):
    draw()
    bundle, more = shown[0]
    text = re.sub(r"<[^>]+>", " ", bundle["image/svg+xml"])
    assert all(words in text for words in ("Peak in 2005", "Units a year", "Source: SIPRI"))
    assert more["metadata"]["alt"] == ALT
    assert ALT in bundle["text/plain"]


def test_the_same_figure_has_the_same_bytes(shown):
    draw()
    draw()
    assert shown[0] == shown[1]


WORST = [
    "", "Figure 1", "image.png", "fig1.png", "lorenz_us", "Screenshot 2.png", ALT[:30],
    "A chart of deliveries", "deliveries_of_arms_from_russia_to_china_1992_2024_by_year.svg",
    "deliveries_of_arms_from_russia_to_china_1992_2024_by_year", "Figure 12: " + "1" * 40,
    "TODO: write an alt text for the figure of deliveries in 2024",
    "Placeholder for what the figure shows, with 2 numbers",
]  # fmt: skip


@pytest.mark.parametrize("alt", WORST)
def test_alt_texts_that_say_nothing_are_refused(shown, alt):
    with pytest.raises(ValueError, match="does not yet say what the figure shows"):
        draw(alt=alt)
    assert shown == []


def test_a_figure_without_numbers_must_say_that_there_is_no_data(shown):
    with pytest.raises(ValueError, match="no numbers behind this figure"):
        draw(data=DATA[:0])
    draw(data=DATA[:0], alt="No bars: there is no data on deliveries for the years chosen.")
    assert shown[0][0]["text/csv"] == "Year,Units\n"


def test_the_numbers_behind_a_figure_go_with_it(shown):
    draw()
    assert shown[0][0]["text/csv"] == "Year,Units\n2004,2\n2005,3\n"


def test_the_panel_lies_between_the_words_of_the_frame(shown):
    draw()
    bundle, more = shown[0]
    top, bottom = more["metadata"]["panel"]
    places = dict(
        re.findall(r'id="frame-(\w+)">\s*<text[^>]* y="([\d.]+)"', bundle["image/svg+xml"])
    )
    assert float(places["title"]) < float(places["subtitle"]) < top < bottom
    assert bottom < float(places["source"])


@pytest.mark.parametrize(("weight", "size"), [("regular", 9), ("bold", 12.5)])
def test_lines_are_broken_by_their_width_as_drawn(weight, size):
    text = "Millimetres will illuminate WWW many letters of very different width " * 3
    lines = style.wrap(text, 200, size, weight).split("\n")
    assert " ".join(lines) == text.strip()
    assert all(style.text_width(line, size, weight) <= 200 for line in lines)
    both = [f"{line} {after.split()[0]}" for line, after in zip(lines, lines[1:], strict=False)]
    assert all(style.text_width(line, size, weight) > 200 for line in both)


def test_signs_that_the_house_font_lacks_come_from_another_without_a_warning(shown):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(title="From 2014 → to 2022, ≥ 3 ● ◐ ✕")
    assert "→" in shown[0][0]["image/svg+xml"]


def test_small_text_of_a_notebook_is_set_larger(shown):
    fig, ax = style.canvas()
    style.direct_label(ax, 0, 0, "tiny", fontsize=5)
    style.show(fig, "Peak in 2005", "Units", "SIPRI", ALT, DATA)
    sizes = re.findall(
        r"font-size: ([\d.]+)px|font: [^']*?([\d.]+)px", shown[0][0]["image/svg+xml"]
    )
    assert min(float(a or b) for a, b in sizes) >= style.SMALL


def test_titles_cannot_bring_in_markup_or_formulas(shown):
    draw(title="<script>x</script> costs $1$ & more")
    assert "<script>" not in shown[0][0]["image/svg+xml"]
    assert "$1$" in shown[0][0]["image/svg+xml"]


def dashed(ax):
    return [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]


def test_eras_are_marked_inside_the_axis_only():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2018, 2024]), pd.Series([1, 2]))
    style.mark_eras(ax, choices.choose())
    assert dashed(ax) == [2021.5]
    (ground,) = [part for part in ax.patches if part.get_alpha()]
    assert ground.get_x() + ground.get_width() == 2021.5


def test_an_axis_of_one_era_has_no_marks_of_eras():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2023, 2024]), pd.Series([1, 2]))
    before = len(ax.patches)
    style.mark_eras(ax, choices.choose())
    assert dashed(ax) == []
    assert len(ax.patches) == before


def test_eras_follow_the_choices():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2000, 2024]), pd.Series([1, 2]))
    style.mark_eras(ax, choices.choose(cutoff_1="2010-01-01"))
    assert dashed(ax) == [2009.5, 2021.5]


def test_bars_stand_on_a_line_at_zero():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2001, 2002]), pd.Series([2.0, 1.0]))
    assert ax.get_ylim()[0] == 0
    assert [line.get_ydata()[0] for line in ax.lines] == [0]


def test_missing_years_are_hatched_and_named_and_a_year_of_zero_is_not():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2001, 2002, 2003, 2006]), pd.Series([2.0, np.nan, 0.0, 1.0]))
    spans = [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches if p.get_hatch()]
    assert spans == [(2001.5, 2002.5), (2003.5, 2005.5)]
    assert [text.get_text() for text in ax.texts] == ["no data"] * 2


def test_a_stack_of_which_no_part_is_known_is_hatched():
    _, ax = style.canvas()
    frame = pd.DataFrame({"a": [1, np.nan, 0], "b": [3, np.nan, 0]}, index=[2001, 2002, 2003])
    series.stacked_bars(ax, frame)
    grounds = [p for p in ax.patches if p.get_hatch() and p.get_height() == 1]
    assert [p.get_x() for p in grounds] == [2001.5]


def test_names_of_marks_are_read_from_left_to_right():
    fig, ax = style.canvas(width=5)
    names = [f"a long name of part {letter}" for letter in "abcde"]
    series.stacked_bars(ax, pd.DataFrame([[1, 2, 3, 4, 5]], index=[2001], columns=names))
    fig.canvas.draw()
    boxes = {t.get_text(): t.get_window_extent() for t in ax.get_legend().get_texts()}
    in_order = sorted(boxes, key=lambda name: (-round(boxes[name].y0), boxes[name].x0))
    assert in_order == names


def test_stacked_bars_add_up():
    _, ax = style.canvas()
    series.stacked_bars(ax, pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=[2001, 2002]))
    tops = [bar.get_y() + bar.get_height() for bar in ax.containers[-1]]
    assert tops == [4, 6]


def test_lines_are_named_at_their_ends_without_touching():
    fig, ax = style.canvas()
    series.lines(ax, pd.DataFrame({"a": [1, 5.0], "b": [2, 5.01]}, index=[2001, 2002]))
    spots = [text.xy[1] for text in ax.texts]
    assert {text.get_text() for text in ax.texts} == {"a", "b"}
    assert abs(spots[0] - spots[1]) > 0.02


def test_a_logarithmic_dumbbell_refuses_zero():
    _, ax = style.canvas()
    with pytest.raises(ValueError, match="zero"):
        ranges.dumbbell(ax, ["a"], [0], [1], "l", "r", log=True)


def test_forest_says_where_nothing_is_known():
    _, ax = style.canvas()
    ranges.forest(ax, ["a", "b"], [stats.rate_ratio(12, 1, 6, 1), stats.rate_ratio(0, 1, 0, 1)])
    assert any("no events" in text.get_text() for text in ax.texts)


def test_forest_draws_its_comparison_lines():
    _, ax = style.canvas()
    ranges.forest(ax, ["a"], [stats.rate_ratio(12, 1, 6, 1)], lines=(1, 2))
    assert {1, 2} <= {float(line.get_xdata()[0]) for line in ax.lines}


def test_an_axis_of_thousands_is_written_as_in_sentences_and_years_are_not():
    fig, (much, years) = style.canvas(cols=2)
    much.set_ylim(-1000, 2000)
    years.set_ylim(2001, 2024)
    style.frame(fig, "Title", "subtitle", "source")
    fig.canvas.draw()
    assert "−1,000" in {label.get_text() for label in much.get_yticklabels()}
    assert not any("," in label.get_text() for label in years.get_yticklabels())
    plt.close(fig)


def test_a_number_and_its_sign_stay_on_one_line():
    narrow = style.text_width("in 30", 9) + 1
    assert style.wrap("in 30\xa0% of all", narrow, 9).split("\n")[:2] == ["in", "30\xa0%"]


def test_a_line_that_ends_early_is_named_with_its_last_year():
    _, ax = style.canvas()
    series.lines(ax, pd.DataFrame({"a": [1, 5.0], "b": [2, np.nan]}, index=[2001, 2002]))
    assert {text.get_text() for text in ax.texts} == {"a", "b, to 2001"}
    plt.close("all")


def test_a_narrow_panel_has_fewer_years_on_its_axis():
    ticks = []
    for cols in (1, 3):
        fig, axes = style.canvas(cols=cols)
        ax = np.atleast_1d(axes)[0]
        series.bars(ax, pd.Series(range(2010, 2025)), pd.Series(1.0, index=range(15)))
        left, right = ax.get_xlim()
        ticks.append(sum(left <= tick <= right for tick in ax.get_xticks()))
        plt.close(fig)
    assert 2 <= ticks[1] < ticks[0] <= 9
