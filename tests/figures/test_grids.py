import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers.figures import grids, style

LEVELS = {"present": ("P", "#0B5A8C", "present"), "absent": ("–", "#FFFFFF", "absent")}


@pytest.fixture
def ax():
    fig, axes = style.canvas()
    yield axes
    plt.close(fig)


def levels_frame():
    return pd.DataFrame({"x": ["present", None], "y": ["absent", "present"]}, index=["a", "b"])


def hatched(ax):
    return [patch for patch in ax.patches if patch.get_hatch()]


def test_every_known_cell_has_its_letter_and_every_blank_is_hatched(ax):
    grids.heatmap(ax, levels_frame(), LEVELS)
    assert sorted(text.get_text() for text in ax.texts) == ["P", "P", "–"]
    assert len(hatched(ax)) == 1


def test_the_key_names_blanks_only_when_there_are_any(ax):
    grids.heatmap(ax, levels_frame(), LEVELS, blank="not found")
    assert any("not found" in t.get_text() for t in ax.get_legend().get_texts())
    ax.clear()
    grids.heatmap(ax, levels_frame().fillna("absent"), LEVELS, blank="not found")
    assert not any("not found" in t.get_text() for t in ax.get_legend().get_texts())


def test_an_unknown_level_is_refused(ax):
    with pytest.raises(ValueError, match="no colour for odd"):
        grids.heatmap(ax, levels_frame().fillna("odd"), LEVELS)


def test_numbers_are_written_and_missing_ones_hatched(ax):
    grids.numbers(ax, pd.DataFrame({"x": [0.5, np.nan]}), digits=2, low=0, high=1)
    assert [text.get_text() for text in ax.texts] == ["0.50"]
    assert len(hatched(ax)) == 1


def test_zero_is_a_number_not_a_blank(ax):
    grids.numbers(ax, pd.DataFrame({"x": [0.0, 0.0]}))
    assert [text.get_text() for text in ax.texts] == ["0", "0"]
    assert not hatched(ax)


def test_a_gap_moves_the_columns_behind_it(ax):
    grids.numbers(ax, pd.DataFrame([[1, 2, 3]]), gaps=(1,))
    first, second, third = ax.get_xticks()
    assert second - first > third - second


def test_a_row_of_which_nothing_is_known_says_so(ax):
    grids.stacked_rows(ax, pd.DataFrame({"x": [1.0, np.nan]}), {"x": "#0072B2"})
    assert [text.get_text() for text in ax.texts] == ["1", "no data"]


def test_marks_close_in_time_are_set_above_each_other(ax):
    days = pd.to_datetime(pd.Series(["2024-01-01", "2024-01-05", "2025-01-01"]))
    same = pd.Series(["sea"] * 3)
    kinds = pd.Series(["alleged"] * 3)
    grids.strip(ax, days, same, pd.Series(list("ABC")), kinds, grids.LINKS, ["sea"])
    heights = [text.xy[1] for text in ax.texts]
    assert heights[0] < heights[1]
    assert heights[2] == heights[0]


def test_lanes_without_marks_stay(ax):
    none = pd.Series([], dtype=object)
    grids.strip(ax, pd.to_datetime(none), none, none, none, grids.LINKS, ["sea", "land"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["sea", "land"]


def test_every_link_between_states_has_its_own_name_shape_and_colour():
    for part in zip(*grids.LINKS.values(), strict=True):
        assert len(set(part)) == len(grids.LINKS)


def test_stacked_rows_write_their_numbers_from_left_to_right(ax):
    frame = pd.DataFrame({"x": [2, 0], "y": [3, 1]}, index=["a", "b"])
    grids.stacked_rows(ax, frame, {"x": "#0072B2", "y": "#D55E00"})
    assert [text.get_text() for text in ax.texts] == ["2", "3", "1"]
    assert [text.get_position()[0] for text in ax.texts] == [1, 3.5, 0.5]


def test_text_stands_under_its_number(ax):
    frame = pd.DataFrame({"x": [-0.25, np.nan]})
    grids.numbers(ax, frame, digits=2, under=pd.DataFrame({"x": ["of 3", "of 0"]}))
    assert [text.get_text() for text in ax.texts] == ["−0.25\nof 3"]
