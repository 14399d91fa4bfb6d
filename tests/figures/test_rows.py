"""Rows of stacked parts, bars and dots."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.figures import rows, style


@pytest.fixture
def ax():
    fig, ax = style.canvas(height=2)
    yield ax
    plt.close(fig)


def ends(container):
    return [bar.get_x() + bar.get_width() for bar in container]


def test_stacked_rows_start_where_the_part_before_ends(ax):
    rows.stacked_rows(ax, pd.DataFrame({"a": [1, 2], "b": [3, np.nan]}, index=["x", "y"]))
    first, second = ax.containers
    assert ends(first) == [1, 2]
    assert ends(second) == [4, 2]
    assert {t.get_text() for t in ax.get_yticklabels()} == {"x", "y"}


def test_stacked_rows_writes_no_number_into_slivers(ax):
    rows.stacked_rows(ax, pd.DataFrame({"a": [97.0], "b": [3.0]}, index=["x"]))
    assert [text.get_text() for text in ax.texts] == ["97"]


def test_bars_shows_a_dash_for_what_is_missing(ax):
    rows.bars(ax, pd.Series([12.0, np.nan], index=["x", "y"]))
    assert [text.get_text() for text in ax.texts] == ["12", "–"]


def test_dots_draws_nothing_for_zero_and_larger_dots_for_more(ax):
    rows.dots(ax, pd.DataFrame({2001: [0, 4], 2002: [1, 0]}, index=["x", "y"]))
    small, large = sorted(ax.lines, key=lambda line: line.get_linewidth())
    assert small.get_xydata()[:2].tolist() == [[2002, 1]] * 2
    assert large.get_xydata()[:2].tolist() == [[2001, 0]] * 2
    assert large.get_linewidth() > small.get_linewidth()


def test_a_row_without_any_part_shows_a_dash(ax):
    rows.stacked_rows(ax, pd.DataFrame({"a": [4.0, np.nan]}, index=["x", "y"]))
    assert [text.get_text() for text in ax.texts] == ["4", "–"]
