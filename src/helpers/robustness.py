"""Every claim under every combination of the choices that it depends on.

A grid lists for each choice the settings that a reasonable analyst could defend. A claim is
measured once for each combination of the choices its check reads, and judged once more for each
reading of its words and each tolerance: all combinations, not a sample.
"""

import math
from itertools import chain, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import choices
from helpers.choices import Choices, choose
from helpers.claims import VERDICTS, Claim, Tables, judge, ledger
from helpers.scorecard import measure

# The settings that we defend, the default first. What is not here (such as the years shown) does
# not bear on a verdict.
GRID: dict[str, list] = {
    "cutoff_1": ["2014-03-18", "2013-01-01", "2014-01-01", "2015-01-01"],
    "cutoff_2": ["2022-02-24", "2021-01-01", "2022-01-01", "2023-01-01"],
    "window_1": ["2019:2021", "2018:2019", "2016:2021"],
    "window_2": ["2022:2024", "2023:2024", "2022:2025"],
    "min_confidence": ["low", "medium", "high"],
    "sipri_release": ["2025-03", "2026-03"],
    "year_rule": ["delivery", "order"],
    "include_licensed": [False, True],
    "counting_rule": [
        "all_joint", "bilateral", "no_patrols", "no_sco", "armed_forces", "core_military",
    ],
    "count_virtual": [True, False],
    "count_calls": [False, True],
    "rank_min": ["minister", "chief_of_staff", "deputy_minister", "official"],
    "baseline": ["china_reported", "baci"],
    "hs_list": ["chpl50", "tier1_2", "semiconductors"],
    "base_year": [2021, 2020, 2019],
    "rubric_weights": ["equal", "themes", "obligation", "practice", "deep"],
    "min_grade": ["C", "B", "A"],
    "jurisdiction_rule": ["chn_hkg", "chn"],
    "tolerance": ["ledger", "none", "double"],
    "reading": ["default", "loose", "strict"],
}  # fmt: skip
CODES = list(VERDICTS)
JUDGING = ("tolerance", "reading")
# Choices that only make sense together.
PARTNER = {"cutoff_1": "cutoff_2", "window_1": "window_2"}
PARTNER |= {second: first for first, second in PARTNER.items()}


class Curve(NamedTuple):
    """A claim under all combinations: one axis for each choice, the run's own setting first.

    Attributes
    ----------
    claim
        The claim.
    choices
        Names of the choices, in the order of the axes.
    settings
        The settings of each.
    observed, low, high
        What was measured, NaN where the data cannot say.
    verdict
        Places in `CODES`.
    """

    claim: Claim
    choices: tuple[str, ...]
    settings: list[list]
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    verdict: np.ndarray

    def frame(self) -> pd.DataFrame:
        """Give one row for each combination: the choices, observed, low, high, verdict."""
        rows = pd.DataFrame(list(product(*self.settings)), columns=list(self.choices))
        return rows.assign(
            observed=self.observed.ravel(),
            low=self.low.ravel(),
            high=self.high.ravel(),
            verdict=[CODES[code] for code in self.verdict.ravel()],
        )


def settings(name: str, base: Choices) -> list:
    """Give the settings of a choice, that of the run first.

    Of windows and cut-offs, only those that fit the run's other one.

    Examples
    --------
    >>> settings("year_rule", choose(year_rule="order"))
    ['order', 'delivery']
    """
    own = getattr(base, name)
    return [own, *(other for other in GRID[name] if other != own and _fits(name, other, base))]


def _fits(name: str, setting: object, base: Choices) -> bool:
    """Tell whether a setting can stand beside that of the choice it goes with."""
    partner = PARTNER.get(name)
    try:
        choose(**{name: setting} | ({partner: getattr(base, partner)} if partner else {}))
    except ValueError:
        return False
    return True


def curve(claim: Claim, data: Tables, base: Choices) -> Curve:
    """Measure and judge one claim under all combinations of its choices."""
    measuring = tuple(name for name in claim.choices if name not in JUDGING)
    judging = tuple(name for name in claim.choices if name in JUDGING)
    axes = [settings(name, base) for name in (*measuring, *judging)]
    shape = tuple(len(axis) for axis in axes)
    findings = [
        measure(claim, data, with_choices(base, measuring, own))
        for own in product(*axes[: len(measuring)])
    ]
    eyes = [with_choices(base, judging, own) for own in product(*axes[len(measuring) :])]
    # Choices that bear on nothing lead to the very same finding, which is judged once.
    different = {id(finding): finding for finding in findings}
    judged = {
        place: [
            (one.observed, one.low, one.high, CODES.index(judge(claim, one, seen).verdict))
            for seen in eyes
        ]
        for place, one in different.items()
    }
    found = chain.from_iterable(judged[id(finding)] for finding in findings)
    observed, low, high, codes = (
        np.array(part, dtype=float).reshape(shape) for part in zip(*found, strict=True)
    )
    return Curve(claim, (*measuring, *judging), axes, observed, low, high, codes.astype(int))


def with_choices(base: Choices, names: tuple[str, ...], values: tuple) -> Choices:
    """Change some choices of a run; the grid's settings are known to be allowed."""
    return base.model_copy(update=dict(zip(names, values, strict=True)))


def curves(
    base: Choices | None = None, claims: dict[str, Claim] | None = None, data: Tables | None = None
) -> dict[str, Curve]:
    """Give the curve of every claim that has a check, or of those among some claims."""
    base, data = base or choose(), data or Tables()
    claims = ledger() if claims is None else claims
    return {i: curve(claim, data, base) for i, claim in claims.items() if claim.check}


def varying(found: dict[str, Curve]) -> list[Curve]:
    """Give the curves on which not all combinations lead to one verdict, the frailest first."""
    varied = [one for one in found.values() if share_same(one) < 1]
    return sorted(varied, key=share_same)


def measured(one: Curve) -> pd.DataFrame:
    """Give one row for each way to measure, judged by the run's own tolerance and reading."""
    rows = one.frame()
    for name, values in zip(one.choices, one.settings, strict=True):
        if name in JUDGING:
            rows = rows[rows[name] == values[0]].drop(columns=name)
    return rows.reset_index(drop=True)


def share_same(one: Curve) -> float:
    """Give the share of combinations with the verdict of the run's own choices."""
    return float((one.verdict == one.verdict.flat[0]).mean())


def shares(one: Curve) -> dict[str, float]:
    """Give the share of combinations with each verdict that occurs."""
    codes, counts = np.unique(one.verdict, return_counts=True)
    return {CODES[c]: n / one.verdict.size for c, n in zip(codes, counts, strict=True)}


def sway(one: Curve) -> dict[str, float]:
    """Say how far each choice alone moves the verdict.

    Returns
    -------
    dict
        Choice to the share of the combinations of all other choices in which some change of this
        one changes the verdict, the largest first.
    """
    moved = {
        name: float((one.verdict.min(axis=axis) != one.verdict.max(axis=axis)).mean())
        for axis, name in enumerate(one.choices)
    }
    return dict(sorted(moved.items(), key=lambda item: -item[1]))


def n_effective(one: Curve) -> int:
    """Count the combinations of the choices that bear on a claim.

    A choice bears on it if some change of it alone changes what is measured or the verdict. All
    others only repeat the same result: a release of arms data that has the same deliveries makes
    no claim about them more solid.
    """
    return math.prod(size for axis, size in enumerate(one.verdict.shape) if _bears(one, axis))


def _bears(one: Curve, axis: int) -> bool:
    """Tell whether anything differs along an axis; two missing numbers do not differ."""
    results = np.stack([one.observed, one.low, one.high, one.verdict])
    first = results.take([0], axis=axis + 1)
    return not np.array_equal(results, np.broadcast_to(first, results.shape), equal_nan=True)


def flip(one: Curve) -> tuple[dict[str, object], str]:
    """Find the smallest change of choices that gives another verdict, and that verdict.

    Returns
    -------
    tuple
        The choices to change with their settings, and the verdict; ({}, "") if none does. That
        the data fall silent is no flip. Of several changes of as many choices the first in the
        order of the grid is given.
    """
    blind = CODES.index("not_in_data")
    other = np.argwhere((one.verdict != one.verdict.flat[0]) & (one.verdict != blind))
    if not len(other):
        return {}, ""
    nearest = other[(other > 0).sum(axis=1).argmin()]
    changed = {
        name: values[place]
        for name, values, place in zip(one.choices, one.settings, nearest, strict=True)
        if place
    }
    return changed, CODES[one.verdict[tuple(nearest)]]


def in_words(changed: dict[str, object]) -> str:
    """Write a change of choices.

    Examples
    --------
    >>> in_words({"counting_rule": "bilateral", "include_licensed": True})
    'events of China and Russia alone and weapons built under licence counted'
    """
    words = [choices.in_words(name, setting) for name, setting in changed.items()]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def summary(found: dict[str, Curve]) -> pd.DataFrame:
    """Sum up curves, one row a claim.

    Returns
    -------
    pandas.DataFrame
        claim_id, n_specifications, n_effective (combinations of those choices alone that bear on
        the claim), robustness (share with the verdict of the run), one column for the share of
        each verdict, most_important (the choice that moves the verdict most often), flip and
        flip_verdict (the smallest change that gives another one; empty if none does). Choice and
        change are in words.
    """
    return pd.DataFrame([_summary(one) for one in found.values()])


def _summary(one: Curve) -> dict:
    """Sum up one curve."""
    changed, verdict = flip(one)
    moved = sway(one)
    important = next(iter(moved), "")
    return {
        "claim_id": one.claim.claim_id,
        "n_specifications": one.verdict.size,
        "n_effective": n_effective(one),
        "robustness": share_same(one),
        **{verdict: shares(one).get(verdict, 0.0) for verdict in VERDICTS},
        "most_important": choices.named(important) if moved.get(important) else "",
        "flip": in_words(changed),
        "flip_verdict": verdict,
    }
