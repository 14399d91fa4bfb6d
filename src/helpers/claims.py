"""The ledger of claims, what a check returns, and the one rule that makes a verdict of it.

A check measures; it never judges. `judge` judges; it never looks at data.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers import arms, at_hand, tables
from helpers.choices import Choices

VERDICTS = {
    "holds": "holds",
    "holds_in_part": "holds in part",
    "fails": "fails",
    "not_in_data": "not in the data",
    "cited": "cited only",
    "opinion": "opinion",
}
# The same of several claims.
PLURAL = {
    **VERDICTS,
    "holds": "hold",
    "holds_in_part": "hold in part",
    "fails": "fail",
    "opinion": "opinions",
}
REASONS = {
    "loose_floor": "the true number is at least twice the floor",
    "within_interval_only": "the interval allows it and the contrary",
    "other_period": "the number is right for another period",
    "some_definitions_only": "it is right under some definitions only",
    "unit_differs": "the number is right in another unit",
}
OPERATORS = (
    "=", "~", ">=", ">", "<=", "<", "between", "increase", "decrease", "exists", "none"
)  # fmt: skip
# A floor of which the observed number is a multiple like this says little. It is asked only of
# claims that state a number; the thresholds of words such as hundreds are ours.
LOOSE = 2
NUMBERS = ("quantity", "rate")
TOLERANCE_FACTOR = {"none": 0, "ledger": 1, "double": 2}
MISSING = float("nan")


class Claim(NamedTuple):
    """One statement of an article: what it says, and how the ledger has it tested."""

    claim_id: str
    source_id: str
    paragraph: int
    section: str
    notebook: str
    paraphrase: str
    kind: str
    testability: str
    operator: str
    expected: float
    expected_high: float
    expected_loose: float
    expected_strict: float
    unit: str
    period_start: str
    period_end: str
    reading: str
    tolerance: float
    check: str
    check_args: dict
    choices: tuple[str, ...]
    caveat: str
    needs: str

    def __hash__(self) -> int:
        """Let results be kept by claim; its arguments, which have no hash, are part of equality."""
        return hash(self.claim_id)

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of the claim's period."""
        return int(self.period_start[:4]), int(self.period_end[:4])

    def read(self, reading: str) -> "Claim":
        """Give the claim with the number that its words have in a reading: loose, strict ..."""
        other = {"loose": self.expected_loose, "strict": self.expected_strict}.get(reading)
        return self if other is None or math.isnan(other) else self._replace(expected=other)


class Reading(NamedTuple):
    """Another way to read a claim, and what is then observed."""

    reason: str
    words: str
    observed: float


class Finding(NamedTuple):
    """What a check measured.

    Attributes
    ----------
    observed
        The number measured, NaN where the data cannot say.
    low, high
        Its 95 % interval, NaN where none makes sense.
    unit
        Unit of the three.
    rows
        The rows used: table name to labels of the table's index.
    note
        What a reader should know of the measurement.
    unchanged
        For a change: the number that means no change, 1 of a ratio and 0 of a difference.
    readings
        Other periods, definitions or units that the data offer.
    """

    observed: float
    low: float = MISSING
    high: float = MISSING
    unit: str = ""
    rows: dict[str, pd.Index] = {}
    note: str = ""
    unchanged: float = 0.0
    readings: tuple[Reading, ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows used."""
        return sum(len(labels) for labels in self.rows.values())


class Verdict(NamedTuple):
    """What came out, why only in part, and the reading under which the claim would be right."""

    verdict: str
    reason: str = ""
    words: str = ""


class Tables:
    """The clean tables, each loaded once, and what checks computed from them, each once.

    Checks must not alter the frames.

    Parameters
    ----------
    changed
        Frames to use in place of the package's own, by table name.
    where
        The analyst's data folder, that of the environment unless given.
    """

    def __init__(
        self, changed: dict[str, pd.DataFrame] | None = None, where: Path | None = None
    ) -> None:
        self._frames = dict(changed or {})
        self._where = where
        self._known: dict[tuple, object] = {}
        self._under: dict[tuple, _Fork | _Result] = {}
        if self._kept and changed is None and where is None and at_hand.folder() is None:
            self._frames, self._known, self._under = self._kept

    # What `keep` was asked to keep.
    _kept: tuple[dict, dict, dict] | None = None

    def keep(self) -> None:
        """Let all tables of the package that this process opens later know what these know.

        For a process that others are forked from: what runs in them need not be computed again.
        """
        Tables._kept = (self._frames, self._known, self._under)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a table."""
        if name not in self._frames:
            frame = tables.load(name, self._where)
            # The ledger is about a few pairs of states, an analyst's register may hold all.
            is_deals = name == "arms_deals"
            self._frames[name] = arms.studied(frame, tables.own(name)) if is_deals else frame
        return self._frames[name]

    def once(self, key: tuple, compute: Callable[[], object]) -> object:
        """Compute what a key names the first time, and remember it."""
        if key not in self._known:
            self._known[key] = compute()
        return self._known[key]

    def under(
        self, key: tuple, chosen: Choices, compute: Callable[["Choices | Declared"], object]
    ) -> object:
        """Compute what a key names once for each setting of the choices that it reads.

        What is read first is always the same, and what is read next depends on nothing but what
        has been read; so each run of settings leads to the choice read next or to the result.

        Parameters
        ----------
        key
            Names all that the result depends on besides the tables and the choices.
        chosen
            The choices of a run, as they are or as a check sees them.
        compute
            Takes the choices and gives the result, which must not be altered.
        """
        known = self._under.get(key)
        while type(known) is _Fork:
            known = known.after.get(getattr(chosen, known.choice))
        if known is None:
            seen = _Seen(chosen)
            known = _Result(compute(seen))
            self._under[key] = _grown(self._under.get(key), [*vars(seen).items()], known)
        return known.value


class _Result(NamedTuple):
    """What was computed."""

    value: object


class _Fork(NamedTuple):
    """The choice that is read next, and what follows after each setting of it."""

    choice: str
    after: "dict[object, _Fork | _Result]"


def _grown(known: _Fork | None, read: list[tuple[str, object]], result: _Result) -> _Fork | _Result:
    """Add a result where the settings that were read on the way to it lead."""
    if not read:
        return result
    (choice, setting), *rest = read
    fork = known or _Fork(choice, {})
    fork.after[setting] = _grown(fork.after.get(setting), rest, result)
    return fork


class _Seen:
    """Choices that remember, as attributes of their own, which were read and in which order."""

    __slots__ = ("__dict__", "_chosen")

    def __init__(self, chosen: "Choices | Declared") -> None:
        self._chosen = chosen

    def __getattr__(self, name: str) -> object:
        """Give a choice that is read for the first time."""
        return vars(self).setdefault(name, getattr(self._chosen, name))


class Declared:
    """The choices of a run, of which a check sees those that its claim declares.

    A claim is evaluated under all combinations of the choices it declares, so one that is read
    and not declared would be left out of its robustness.
    """

    def __init__(self, chosen: Choices, names: tuple[str, ...], claim_id: str) -> None:
        self._chosen, self._names, self._claim_id = chosen, names, claim_id

    def __getattr__(self, name: str) -> object:
        """Give a choice that the claim declares."""
        if name not in self._names:
            raise AttributeError(
                f"{self._claim_id}: its check reads the choice {name}, but the ledger declares "
                f"{', '.join(self._names) or 'none'}; add it to the column choices"
            )
        return vars(self).setdefault(name, getattr(self._chosen, name))


Check = Callable[..., Finding]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under its name, for use in the ledger."""
    known = CHECKS.get(function.__name__)
    if known and known.__module__ != function.__module__:
        raise ValueError(f"there are two checks called {function.__name__}")
    CHECKS[function.__name__] = function
    return function


def ledger() -> dict[str, Claim]:
    """Read the ledger: every claim by its id, in the order of the articles.

    Examples
    --------
    >>> ledger()["CEPA-023"].expected
    12.0
    """
    rows = tables.load("claims")[[*Claim._fields]].to_dict("records")
    return {row["claim_id"]: _claim(row) for row in rows}


def of_notebook(notebook: str) -> dict[str, Claim]:
    """Give the claims that a notebook takes up.

    Examples
    --------
    >>> "DIP-032" in of_notebook("03")
    True
    """
    return {i: claim for i, claim in ledger().items() if claim.notebook == notebook}


def _claim(row: dict) -> Claim:
    """Make a claim of a row: lists and arguments read, missing text empty."""
    names = ("expected", "expected_high", "expected_loose", "expected_strict", "tolerance")
    # One NaN for all, so that a claim read twice equals itself.
    numbers = {name: MISSING if math.isnan(row[name]) else row[name] for name in names}
    texts = {k: ("" if pd.isna(v) else v) for k, v in row.items() if k not in names}
    listed = {
        "check_args": _arguments(row["claim_id"], texts["check_args"] or "{}"),
        "choices": tuple(filter(None, texts["choices"].split(";"))),
    }
    return Claim(**{**numbers, **texts, **listed})


def _arguments(claim_id: str, text: str) -> dict:
    """Read the arguments of a check.

    Raises
    ------
    ValueError
        If they are not a JSON object; the message names the claim and what stands there.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{claim_id}, check_args: {text!r} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f'{claim_id}, check_args: {text!r} is no object such as {{"table": ...}}')
    return found


def judge(claim: Claim, finding: Finding, chosen: Choices) -> Verdict:
    """Turn a measurement into a verdict: the one rule for all claims.

    A number may miss the claim by the claim's tolerance. What misses it by more, but has it in
    its interval, holds in part; so does a floor so low that it says little, a change that the
    interval does not tell from none, a number that is right only under one of several
    definitions, and one that is right only for another period or in another unit. A change must
    be seen: an interval that also reaches the other side does not make one of its opposite.

    Parameters
    ----------
    claim
        Its testability, operator, expected values and tolerance count.
    finding
        The measurement.
    chosen
        The choices `tolerance` and `reading` count.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> judge(ledger()["CEPA-023"], Finding(12), choose())
    Verdict(verdict='holds', reason='', words='')
    >>> judge(ledger()["CEPA-023"], Finding(7), choose())
    Verdict(verdict='fails', reason='', words='')
    """
    if claim.testability in ("untestable", "citable"):
        return Verdict("opinion" if claim.testability == "untestable" else "cited")
    if claim.operator == "none" or math.isnan(finding.observed):
        return Verdict("not_in_data")
    bound = _bound(claim, finding, chosen)
    if _meets(claim, bound, finding.observed):
        return _shaded(claim, bound, finding)
    if _reaches(claim, bound, finding):
        return Verdict("holds_in_part", "within_interval_only")
    for reading in finding.readings:
        if _meets(claim, bound, reading.observed):
            return Verdict("holds_in_part", reading.reason, reading.words)
    return Verdict("fails")


class _Bound(NamedTuple):
    """What a claim expects under one reading, how far it may be missed, and what no change is."""

    expected: float
    high: float
    slack: float
    unchanged: float


def _bound(claim: Claim, finding: Finding, chosen: Choices) -> _Bound:
    """Take the expected number in the reading chosen; of a bare change, that of no change."""
    expected = claim.read(chosen.reading).expected
    slack = abs(expected) * claim.tolerance * TOLERANCE_FACTOR[chosen.tolerance]
    return _Bound(
        expected, claim.expected_high, 0.0 if math.isnan(slack) else slack, finding.unchanged
    )


def _meets(claim: Claim, bound: _Bound, observed: float) -> bool:
    """Tell whether a number is what a claim says; a missing one never is."""
    expected, slack = bound.expected, bound.slack + 1e-9
    match claim.operator:
        case "=" | "~":
            return abs(observed - expected) <= slack
        case ">=" | "exists":
            return observed >= expected - slack
        case "<=":
            return observed <= expected + slack
        case ">":
            return observed > expected - bound.slack
        case "<":
            return observed < expected + bound.slack
        case "between":
            return expected - slack <= observed <= bound.high + slack
        case "increase":
            return observed > bound.unchanged and not observed < expected - slack
        case "decrease":
            return observed < bound.unchanged and not observed > expected + slack
    raise ValueError(f"{claim.claim_id}: no rule for the operator {claim.operator!r}")


def _shaded(claim: Claim, bound: _Bound, finding: Finding) -> Verdict:
    """Say whether a claim whose letter holds does so without reserve."""
    worded = not (math.isnan(claim.expected_loose) and math.isnan(claim.expected_strict))
    stated = claim.operator in (">=", ">") and claim.kind in NUMBERS and not worded
    if stated and 0 < LOOSE * bound.expected <= finding.observed:
        return Verdict("holds_in_part", "loose_floor")
    unclear = {
        "increase": finding.low <= finding.unchanged,
        "decrease": finding.high >= finding.unchanged,
    }
    if unclear.get(claim.operator):
        return Verdict("holds_in_part", "within_interval_only")
    for reading in finding.readings:
        defined = reading.reason == "some_definitions_only" and not math.isnan(reading.observed)
        if defined and not _meets(claim, bound, reading.observed):
            return Verdict("holds_in_part", reading.reason, f"not under: {reading.words}")
    return Verdict("holds")


def _reaches(claim: Claim, bound: _Bound, finding: Finding) -> bool:
    """Tell whether the interval holds a number that meets the claim."""
    if claim.operator in ("increase", "decrease", "exists") or math.isnan(finding.low):
        return False
    inside = finding.low < bound.expected < finding.high
    exact = bound._replace(slack=0.0)
    return inside or any(_meets(claim, exact, end) for end in (finding.low, finding.high))
