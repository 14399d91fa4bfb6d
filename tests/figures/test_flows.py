"""The charts of flows: what they draw, tested on the marks themselves."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import trade
from helpers.figures import flows, style


@pytest.fixture
def ax():
    fig, axes = style.canvas()
    yield axes
    plt.close(fig)


def test_bars_before_the_break_are_hatched(ax):
    flows.split_bars(ax, pd.Series({2021: 1.0, 2022: 2.0, 2023: 4.0}), 2022)
    assert [bar.get_hatch() for bar in ax.patches] == ["////", None, None]
    assert [bar.get_height() for bar in ax.patches] == [1.0, 2.0, 4.0]


def test_zero_is_written_and_a_missing_year_says_so(ax):
    flows.split_bars(ax, pd.Series({2021: 0.0, 2022: None, 2023: 1365.0}), 2022)
    assert [text.get_text() for text in ax.texts] == ["no data", "0", "1,365"]


def test_break_is_marked_only_where_the_axis_crosses_it(ax):
    ax.set_xlim(2022, 2024)
    flows.mark_break(ax, 2022)
    assert not ax.lines
    ax.set_xlim(2020, 2024)
    flows.mark_break(ax, 2022)
    assert ax.lines[0].get_xdata()[0] == 2021.5


def test_published_marks_label_each_year_once(ax):
    flows.published_marks(ax, pd.Series([700.0, 705.0, 1300.0], index=[2022, 2022, 2023]), "said")
    assert [text.get_text() for text in ax.texts] == ["700", "1,300"]
    assert len(ax.collections[0].get_offsets()) == 3


def test_small_panels_keep_three_years(ax):
    flows.few_years(ax, pd.Index([2017, 2018, 2019, 2020, 2021]))
    assert list(ax.get_xticks()) == [2017, 2019, 2021]


def test_shares_run_from_top_to_bottom_on_a_full_scale(ax):
    flows.share_dots(ax, ["first", "second"], [89.0, 47.0], [True, False], "claimed")
    assert ax.get_xlim() == (0, 104)
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert sorted(heights, key=heights.get, reverse=True) == ["first", "89", "second", "47"]
    assert len(ax.get_legend().get_texts()) == 2


def test_a_single_kind_of_share_needs_no_key(ax):
    flows.share_dots(ax, ["only"], [12.0], [False], "claimed")
    assert ax.get_legend() is None


def test_ranks_keep_every_mark_inside_the_axis(ax):
    flows.rank_dots(ax, ["a", "b"], [257.4, 0.54], [False, True], "drones")
    low, high = ax.get_xlim()
    assert low < 0.54 and high > 257.4
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert sorted(heights, key=heights.get, reverse=True) == ["a", "257.4", "b", "0.54"]


@pytest.mark.parametrize("pair", [("CHN", "RUS"), ("RUS", "CHN"), ("TUR", "KAZ"), ("CHN", "KAZ")])
def test_two_states_never_share_a_colour(pair):
    assert len(set(flows.pair_colours(*pair))) == 2


def test_every_dataset_of_a_pair_has_a_colour_of_its_own():
    colours = flows.dataset_colours(trade.CHINA_TO_RUSSIA)
    assert list(colours) == list(trade.dataset_names().values())
    assert len(set(colours.values())) == len(colours)
    assert colours["China's reports"] == style.COLOURS["china"]
