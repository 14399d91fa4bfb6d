"""Statistics against published worked examples and closed forms."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep
from statsmodels.tools.tools import add_constant

from helpers import stats


def test_rate_interval_from_the_table_of_garwood():
    # Garwood (1936), also Johnson, Kotz and Kemp: exact 95 % limits for 0, 1, 5 and 20 events.
    table = {0: (0.0, 3.689), 1: (0.0253, 5.572), 5: (1.623, 11.668), 20: (12.217, 30.888)}
    for events, (low, high) in table.items():
        rate = stats.poisson_rate(events, 1)
        assert (rate.low, rate.high) == pytest.approx((low, high), abs=1e-3)


def test_rate_scales_with_exposure():
    assert stats.poisson_rate(12, 3).value == pytest.approx(4)
    assert stats.poisson_rate(12, 3).high == pytest.approx(stats.poisson_rate(12, 1).high / 3)


def test_doubling_of_six_events_is_compatible_with_none():
    ratio = stats.rate_ratio(12, 1, 6, 1)
    assert ratio.value == 2
    assert (ratio.low, ratio.high) == pytest.approx((0.70, 6.50), abs=0.01)


def test_rate_ratio_of_the_breast_cancer_example():
    # Ng and Tang (2005), after Rothman and Greenland: 41 cases in 28,010 woman-years with
    # fluoroscopy against 15 in 19,017 without; ratio 1.8558, exact 95 % interval 1.00 to 3.61.
    ratio = stats.rate_ratio(41, 28010, 15, 19017)
    assert ratio.value == pytest.approx(1.8558, abs=1e-4)
    assert (ratio.low, ratio.high) == pytest.approx((1.00, 3.61), abs=0.02)


@given(some.integers(1, 60), some.integers(1, 60))
def test_interval_and_exact_conditional_test_agree(later, earlier):
    # Clopper-Pearson inverts the test that doubles the smaller tail.
    ratio = stats.rate_ratio(later, 1, earlier, 1)
    tails = [
        poisson_2indep(later, 1, earlier, 1, method="exact-cond", alternative=side).pvalue
        for side in ("larger", "smaller")
    ]
    p = 2 * min(tails)
    if abs(p - 0.05) > 1e-6:
        assert (ratio.low > 1 or ratio.high < 1) == (p < 0.05)


@given(some.integers(0, 60), some.integers(1, 60))
def test_swapping_the_periods_inverts_the_ratio(later, earlier):
    forth, back = stats.rate_ratio(later, 3, earlier, 2), stats.rate_ratio(earlier, 2, later, 3)
    assert forth.low * back.high == pytest.approx(1) or math.isinf(back.high)


def test_nothing_before_gives_a_lower_bound_only():
    ratio = stats.rate_ratio(5, 1, 0, 1)
    assert math.isinf(ratio.value)
    assert math.isinf(ratio.high)
    assert 0 < ratio.low < 5


def test_nothing_at_all_gives_no_ratio():
    assert math.isnan(stats.rate_ratio(0, 1, 0, 1).value)


@pytest.mark.parametrize("bad", [(-1, 1, 2, 1), (1, 0, 2, 1)])
def test_impossible_counts_are_refused(bad):
    with pytest.raises(ValueError, match="count below|exposure"):
        stats.rate_ratio(*bad)


def test_periods_without_years_cannot_be_compared():
    found = stats.compare_rates(0, 0, 12, 3)
    assert math.isnan(found["rate_1"])
    assert math.isnan(found["ratio"].value)
    assert found["rate_2"] == 4


def test_share_from_clopper_and_pearson():
    # 15 of 20: the worked example of NIST's handbook on exact limits of a proportion.
    found = stats.share(15, 20)
    assert (found.low, found.high) == pytest.approx((0.509, 0.913), abs=1e-3)


def test_share_of_none_and_of_all_have_closed_forms():
    assert stats.share(0, 10).high == pytest.approx(1 - 0.025 ** (1 / 10))
    assert stats.share(10, 10).low == pytest.approx(0.025 ** (1 / 10))


def test_concentration_has_its_closed_forms():
    assert stats.hhi(pd.Series([7.0])) == 1
    assert stats.hhi(pd.Series([1.0] * 8)) == pytest.approx(1 / 8)


def test_concentration_leaves_missing_amounts_out():
    assert stats.hhi(pd.Series([1.0, 1.0, np.nan])) == pytest.approx(0.5)


def test_change_point_finds_a_step():
    counts = pd.Series([2, 1, 2, 3, 2, 9, 8, 10, 9], index=range(2010, 2019))
    found = stats.change_point(counts)
    assert (found.year, found.mean_before, found.mean_after) == (2015, 2.0, 9.0)
    assert found.p_value < 0.05


def test_change_point_of_a_level_series_is_not_convincing():
    assert stats.change_point(pd.Series([4, 5, 4, 5, 4, 5], index=range(6))).p_value > 0.2


def test_change_point_is_the_same_at_every_run():
    counts = pd.Series([1, 4, 2, 6, 3, 8], index=range(6))
    assert stats.change_point(counts) == stats.change_point(counts)


def test_trend_of_a_line_is_its_slope():
    found = stats.trend(pd.Series([1.0, 3.0, np.nan, 7.0], index=[2000, 2001, 2002, 2003]))
    assert found.value == pytest.approx(2)


@pytest.mark.parametrize("seed", range(5))
def test_trend_is_that_of_least_squares(seed):
    amounts = np.random.default_rng(seed).normal(5, 3, 4 + seed)
    years = np.arange(2001.0, 2005 + seed)
    low, high = (fit := OLS(amounts, add_constant(years)).fit()).conf_int(0.05)[1]
    found = stats.trend(pd.Series(amounts, index=years))
    assert found == pytest.approx((fit.params[1], low, high), rel=1e-9)


@pytest.mark.parametrize("counts", [[3, 5, 1, 5, 3], [7, 2, 2, 7], [0, 1, 1, 0], [4, 4, 4]])
def test_counts_that_end_where_they_began_have_no_slope_of_rounding(counts):
    assert stats.trend(pd.Series(counts, index=range(2014, 2014 + len(counts)))).value == 0


def test_two_years_are_no_trend():
    with pytest.raises(ValueError, match="three years"):
        stats.trend(pd.Series([1.0, 2.0]))


def test_running_mean_waits_for_a_full_window():
    assert stats.running_mean(pd.Series([1, 2, 3]), 3).isna().tolist() == [True, True, False]


def test_weighted_kappa_of_a_textbook_table():
    table = pd.DataFrame([[4, 1, 0], [0, 2, 0], [0, 1, 2]])
    rows, columns = table.sum(axis=1) / 10, table.sum() / 10
    steps = pd.DataFrame([[abs(i - j) for j in range(3)] for i in range(3)])
    seen = (steps * table / 10).to_numpy().sum()
    chance = (steps * np.outer(rows, columns)).to_numpy().sum()
    kappa = stats.weighted_kappa(table)
    assert kappa.value == pytest.approx(1 - seen / chance)
    assert kappa.low < kappa.value < kappa.high


def test_weighted_kappa_is_nought_where_coders_agree_by_chance_only():
    assert stats.weighted_kappa(pd.DataFrame([[1, 1], [1, 1]])).value == pytest.approx(0)
