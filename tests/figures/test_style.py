"""The frame of every figure, and what it refuses."""

import re

import numpy as np
import pandas as pd
import pytest

from helpers import choices, stats
from helpers.figures import ranges, series, style

ALT = "Deliveries by year from 1992 to 2024, highest in 2005 at 3 thousand million units."


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr(style, "display", lambda bundle, **more: seen.append((bundle, more)))
    return seen


def draw(title="Peak in 2005", **changes):
    fig, ax = style.canvas()
    series.bars(ax, pd.Series([2004, 2005]), pd.Series([2.0, 3.0]))
    parts = {"title": title, "subtitle": "Units a year", "source": "SIPRI", "alt": ALT}
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


@pytest.mark.parametrize("alt", ["", "Figure 1", "image.png", "A chart of deliveries", ALT[:30]])
def test_alt_texts_that_say_nothing_are_refused(shown, alt):
    with pytest.raises(ValueError, match="alt text"):
        draw(alt=alt)


def test_titles_cannot_bring_in_markup_or_formulas(shown):
    draw(title="<script>x</script> costs $1$ & more")
    assert "<script>" not in shown[0][0]["image/svg+xml"]
    assert "$1$" in shown[0][0]["image/svg+xml"]


def test_eras_are_marked_inside_the_axis_only():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2018, 2024]), pd.Series([1, 2]))
    style.mark_eras(ax, choices.choose())
    assert [line.get_xdata()[0] for line in ax.lines] == [2021.5]


def test_eras_follow_the_choices():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2000, 2024]), pd.Series([1, 2]))
    style.mark_eras(ax, choices.choose(cutoff_1="2010-01-01"))
    assert [line.get_xdata()[0] for line in ax.lines] == [2009.5, 2021.5]


def test_bars_start_at_zero_and_missing_years_draw_nothing():
    _, ax = style.canvas()
    series.bars(ax, pd.Series([2001, 2002]), pd.Series([2.0, np.nan]))
    assert ax.get_ylim()[0] == 0
    assert [bar.get_height() for bar in ax.patches][0] == 2


def test_stacked_bars_add_up():
    _, ax = style.canvas()
    series.stacked_bars(ax, pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=[2001, 2002]))
    tops = [bar.get_y() + bar.get_height() for bar in ax.patches]
    assert tops[-2:] == [4, 6]


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


def test_slim_keeps_what_is_drawn():
    drawn = '<?xml?>\n<svg>\n  <text x="1.239">2014-03-18: 1.855</text>\n</svg>'
    assert style.slim(drawn) == '<svg>\n<text x="1.2">2014-03-18: 1.855</text>\n</svg>'
