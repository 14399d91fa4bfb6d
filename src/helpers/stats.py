"""Rates, rate ratios, breaks, trends, shares and concentration, mostly by quantiles of scipy.

Counts here are small, so intervals are exact wherever an exact one exists, never normal
approximations.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betaincinv, chdtri, gammaincinv, stdtrit

SEED = 20220224


class Estimate(NamedTuple):
    """A value with its confidence interval."""

    value: float
    low: float
    high: float


class ChangePoint(NamedTuple):
    """The year from which a series runs at another level, and how sure that is."""

    year: int
    mean_before: float
    mean_after: float
    p_value: float


def poisson_rate(events: int, exposure: float, confidence: float = 0.95) -> Estimate:
    """Estimate events per unit of exposure, with the exact (Garwood 1936) interval.

    Parameters
    ----------
    events
        Number of events, zero or more.
    exposure
        Time observed, above zero; the rate is per its unit.
    confidence
        Between 0 and 1.

    Examples
    --------
    >>> rate = poisson_rate(10, 1)
    >>> [round(x, 2) for x in rate]
    [10.0, 4.8, 18.39]
    """
    _need(events >= 0 and exposure > 0, f"events {events} over exposure {exposure}: no rate")
    tail = (1 - confidence) / 2
    # The quantiles of chi-square that scipy.stats gives, without its half a second of import.
    low = gammaincinv(events, tail) if events else 0.0
    high = chdtri(2 * events + 2, tail) / 2
    return Estimate(events / exposure, float(low) / exposure, float(high) / exposure)


def rate_ratio(
    events_2: int, exposure_2: float, events_1: int, exposure_1: float, confidence: float = 0.95
) -> Estimate:
    """Compare two Poisson rates, second over first, with the exact conditional interval.

    Given their sum, the second count is binomial; the Clopper-Pearson interval of its
    probability becomes that of the ratio (Przyborowski and Wilenski 1940).

    Returns
    -------
    Estimate
        With no event in the first period the ratio is infinite and only its lower bound is
        known; with none in either, nothing is.

    Examples
    --------
    >>> [round(x, 4) for x in rate_ratio(12, 1, 6, 1)]
    [2.0, 0.6947, 6.4947]
    """
    _need(min(events_1, events_2) >= 0, "a count below zero")
    _need(min(exposure_1, exposure_2) > 0, "an exposure that is not above zero")
    if events_1 + events_2 == 0:
        return Estimate(np.nan, 0.0, np.inf)
    chance = share(events_2, events_1 + events_2, confidence)
    scale = exposure_1 / exposure_2
    low, high = (scale * p / (1 - p) if p < 1 else np.inf for p in (chance.low, chance.high))
    return Estimate(scale * events_2 / events_1 if events_1 else np.inf, low, high)


def compare_rates(events_1: int, years_1: float, events_2: int, years_2: float) -> dict:
    """Compare the yearly rates of two periods, second over first.

    Returns
    -------
    dict
        events_1, years_1, events_2, years_2, rate_1 and rate_2 (per year), and the `rate_ratio`
        as ratio; rates and ratio are missing where a period has no years.

    Examples
    --------
    >>> compare_rates(6, 3, 12, 3)["rate_2"]
    4.0
    """
    ratio = Estimate(np.nan, np.nan, np.nan)
    if years_1 and years_2:
        ratio = rate_ratio(events_2, years_2, events_1, years_1)
    return {
        "events_1": events_1,
        "years_1": years_1,
        "rate_1": events_1 / years_1 if years_1 else np.nan,
        "events_2": events_2,
        "years_2": years_2,
        "rate_2": events_2 / years_2 if years_2 else np.nan,
        "ratio": ratio,
    }


def share(part: int, whole: int, confidence: float = 0.95) -> Estimate:
    """Estimate a share of counted things, with the exact Clopper-Pearson interval.

    Examples
    --------
    >>> [round(x, 3) for x in share(12, 18)]
    [0.667, 0.41, 0.867]
    """
    _need(0 <= part <= whole and whole > 0, f"{part} of {whole} is no share")
    tail = (1 - confidence) / 2
    # The quantiles of the beta distribution, a hundred times as fast as a search for the bounds.
    low = betaincinv(part, whole - part + 1, tail) if part else 0.0
    high = betaincinv(part + 1, whole - part, 1 - tail) if part < whole else 1.0
    return Estimate(part / whole, float(low), float(high))


def hhi(amounts: pd.Series) -> float:
    """Measure concentration with the Herfindahl-Hirschman index, from near 0 to 1 (one only).

    Examples
    --------
    >>> round(hhi(pd.Series([50, 30, 20])), 2)
    0.38
    """
    parts = amounts.dropna() / amounts.sum()
    return float((parts**2).sum())


def running_mean(series: pd.Series, window: int) -> pd.Series:
    """Average each year with the ones before it; missing until the window is full.

    Examples
    --------
    >>> running_mean(pd.Series([2.0, 4.0, 6.0]), 2).tolist()
    [nan, 3.0, 5.0]
    """
    return series.astype("float64").rolling(window, min_periods=window).mean()


def trend(series: pd.Series, confidence: float = 0.95) -> Estimate:
    """Fit a straight line by least squares and give its slope per unit of the index.

    Examples
    --------
    >>> round(trend(pd.Series([1.0, 3.0, 5.0, 7.1], index=[2001, 2002, 2003, 2004])).value, 2)
    2.03
    """
    known = series.dropna().astype("float64")
    _need(len(known) >= 3, f"a trend needs three years, {len(known)} are known")
    # Written out, for of whole numbers these sums are exact: what does not move has a slope of 0,
    # and not one of rounding, which would make it an increase.
    years = known.index.to_numpy(dtype="float64")
    apart, amounts = years - years.mean(), known.to_numpy()
    square = apart @ apart
    slope = apart @ amounts / square
    rest = amounts - amounts.mean() - slope * apart
    error = np.sqrt(rest @ rest / (len(known) - 2) / square)
    reach = stdtrit(len(known) - 2, (1 + confidence) / 2) * error
    return Estimate(float(slope), float(slope - reach), float(slope + reach))


def change_point(counts: pd.Series, rounds: int = 2000) -> ChangePoint:
    """Find the year that best splits yearly counts into two Poisson rates.

    Parameters
    ----------
    counts
        Counts indexed by year, without gaps.
    rounds
        Number of seeded permutations of the years behind the p-value: the share of them whose
        best split fits at least as well as the one found.
    """
    known = counts.astype("float64")
    _need(len(known) >= 4, f"a change point needs four years, {len(known)} are known")
    order = np.arange(len(known))
    generator = np.random.default_rng(SEED)
    observed = _best_split(known.to_numpy()[None, :])
    shuffled = known.to_numpy()[generator.permuted(np.tile(order, (rounds, 1)), axis=1)]
    beaten = (_best_split(shuffled)[1] >= observed[1] - 1e-9).sum()
    at = int(observed[0][0])
    return ChangePoint(
        int(known.index[at]),
        float(known.iloc[:at].mean()),
        float(known.iloc[at:].mean()),
        float((beaten + 1) / (rounds + 1)),
    )


def weighted_kappa(table: pd.DataFrame) -> Estimate:
    """Measure how far two coders agree on an ordered scale, beyond chance (Cohen 1968).

    Weights are linear: a disagreement by two steps counts twice. 1 is full agreement, 0 what
    chance would give.

    Parameters
    ----------
    table
        Counts, first coder's levels × second coder's, both in the order of the scale.

    Examples
    --------
    >>> weighted_kappa(pd.DataFrame([[5, 0], [0, 5]])).value
    1.0
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    found = cohens_kappa(table.to_numpy(), wt="linear")
    return Estimate(float(found.kappa), float(found.kappa_low), float(found.kappa_upp))


def _best_split(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give for each row of counts the best place to split and its gain in log likelihood."""
    n = rows.shape[1]
    before = np.cumsum(rows, axis=1)[:, :-1]
    total = rows.sum(axis=1, keepdims=True)
    left = np.arange(1, n)
    gains = _fit(before, left) + _fit(total - before, n - left) - _fit(total, n)
    return gains.argmax(axis=1) + 1, gains.max(axis=1)


def _fit(events: np.ndarray, years: np.ndarray | int) -> np.ndarray:
    """Give the part of the Poisson log likelihood that depends on the split."""
    rates = events / years
    return events * np.log(np.where(rates > 0, rates, 1.0))


def _need(fine: bool, complaint: str) -> None:
    if not fine:
        raise ValueError(complaint)
