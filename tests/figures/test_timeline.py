"""Labels on a timeline keep clear of each other."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.dates import date2num

from helpers.figures import style, timeline

ENDS = tuple(date2num([pd.Timestamp("2000-01-01"), pd.Timestamp("2010-12-31")]))


def packed(dates, labels, span=1.0):
    return timeline.pack(pd.DataFrame({"date": dates, "label": labels}), ENDS, span, 7.5)


def test_labels_that_would_touch_stand_in_different_rows():
    placed = packed(["2001", "2001-02", "2009-01"], ["first event", "second event", "x"])
    assert placed["row"].tolist() == [0, 1, 0]


def test_dots_without_labels_far_apart_share_a_row():
    assert packed(["2001", "2002", "2003"], ["", "", ""])["row"].tolist() == [0, 0, 0]


def test_a_label_that_would_leave_the_panel_stands_left_of_its_dot():
    placed = packed(["2001", "2010-12-20"], ["early", "late"])
    assert placed["left"].tolist() == [False, True]


def test_pack_sorts_by_time():
    assert packed(["2005", "2001"], ["later", "sooner"])["label"].tolist() == ["sooner", "later"]


def test_timeline_names_its_lanes_and_spans_the_years():
    fig, ax = style.canvas(height=3)
    frame = pd.DataFrame(
        {"date": ["2001", "2005-05", "2004"], "lane": ["A", "A", "B"], "label": ["x", "y", ""]}
    )
    timeline.timeline(ax, frame, 2000, 2010)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["A", "B"]
    assert ax.get_xlim() == pytest.approx(ENDS, rel=0.01)
    assert ax.get_xlim()[0] < ENDS[0] and ax.get_xlim()[1] > ENDS[1]
    assert {text.get_text() for text in ax.texts} == {"x", "y"}
    plt.close(fig)


def test_yearly_hatches_the_years_that_are_not_covered():
    fig, ax = style.canvas(height=2)
    timeline.yearly(ax, pd.Series([None, 0.0, 3.0], index=[2001, 2002, 2003]), "#0072B2")
    bars = [bar.get_height() for bar in ax.containers[0]]
    hatched = [p for p in ax.patches if p.get_hatch()]
    assert bars[1:] == [0, 3]
    assert [round(p.get_x() + p.get_width() / 2) for p in hatched] == [2001]
    plt.close(fig)


def test_lanes_of_one_group_share_a_colour():
    fig, ax = style.canvas(height=2)
    frame = pd.DataFrame({"date": ["2001"] * 3, "lane": list("ABC"), "label": [""] * 3})
    timeline.timeline(ax, frame.assign(group=["x", "y", "y"]), 2000, 2010)
    first, second, third = [tuple(dots.get_facecolor()[0]) for dots in ax.collections]
    assert second == third != first
    plt.close(fig)
