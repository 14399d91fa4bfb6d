import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers.figures import matrix


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def test_dots_stand_at_their_year_and_gaps_are_crosses(ax):
    counts = pd.DataFrame([[1, 0, 2], [0, 1, 0]], index=["A", "B"], columns=[2019, 2020, 2021])
    gaps = pd.DataFrame(
        [[False, True, False], [False] * 3], index=["A", "B"], columns=counts.columns
    )
    matrix.dots(ax, counts, gaps)
    (missed,) = ax.collections
    held = np.vstack([line.get_xydata() for line in ax.lines])
    assert sorted(map(tuple, set(map(tuple, held[~np.isnan(held).any(axis=1)])))) == [
        (2019, 0), (2020, 1), (2021, 0),
    ]  # fmt: skip
    assert missed.get_offsets().tolist() == [[2020, 0]]
    assert [text.get_text() for text in ax.texts] == ["2"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A", "B"]


def test_the_first_row_is_at_the_top(ax):
    matrix.dots(ax, pd.DataFrame([[1], [1]], index=["A", "B"], columns=[2019]))
    bottom, top = ax.get_ylim()
    assert bottom > top


def test_nothing_to_draw_is_no_error(ax):
    matrix.dots(ax, pd.DataFrame(columns=[2019, 2020]))
    assert not ax.texts


def test_bars_carry_name_and_number(ax):
    matrix.named_bars(ax, pd.Series({"Sea of Japan": 13, "Western Pacific": 7}))
    assert [text.get_text() for text in ax.texts] == ["Sea of Japan: 13", "Western Pacific: 7"]
    assert [bar.get_width() for bar in ax.patches] == [13, 7]


def test_no_bars_is_no_error(ax):
    matrix.named_bars(ax, pd.Series(dtype="int64"))
    assert not ax.patches
