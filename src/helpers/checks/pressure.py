"""Checks on sanctions and Western outreach."""

from typing import NamedTuple

import pandas as pd

from helpers import pressure
from helpers.checks.select import during, labels, select, sure
from helpers.choices import Choices
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check


@check
def entities_listed(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    where: dict,
    narrower: dict[str, dict] | None = None,
    jurisdiction: str = "",
) -> Finding:
    """Add up the Chinese entities listed in the claim's period; listings are counted, not firms.

    Missing where no round that may be summed is on record: no row is not a count of zero.

    Parameters
    ----------
    where
        The rows of `sanctions`, as `select` takes them.
    narrower
        Narrower definitions, in words, and what a row must meet besides: a reading each.
    jurisdiction
        chn or chn_hkg, where the claim itself says whether Hong Kong counts; otherwise as chosen.
    """
    rule = jurisdiction or chosen.jurisdiction_rule
    rounds = during(sure(tables, "sanctions", chosen, where), claim)
    found = pressure.counted(rounds, rule)
    if not len(found):
        every = during(select(tables["sanctions"], where), claim)
        note = _why_no_number(rounds, every, rule)
        return Finding(MISSING, unit="entities", rows=labels("sanctions", rounds), note=note)
    sums = found.groupby("count_kind")["n_counted"].sum()
    return Finding(
        float(found["n_counted"].sum()),
        unit="entities",
        rows=labels("sanctions", found),
        note=f"{len(found)} row{'s' if len(found) > 1 else ''}: {_kinds(sums)}",
        readings=tuple(
            Reading("some_definitions_only", words, float(select(found, also)["n_counted"].sum()))
            for words, also in (narrower or {}).items()
        ),
    )


def _why_no_number(rounds: pd.DataFrame, every: pd.DataFrame, rule: str) -> str:
    """Say why there is nothing to add up: no round, none good enough, or none with a number."""
    if not len(every):
        return "no such round in sanctions"
    if len(pressure.counted(every, rule)) or not len(rounds):
        return WEAKER
    return "on record without a number that may be summed"


WEAKER = "only on weaker evidence than asked for"
KINDS = {
    "exact": "as counted",
    "at_least": "a floor",
    "at_most": "a ceiling",
    "planned": "planned before adoption",
}


def _kinds(sums: pd.Series) -> str:
    """Say how much of a sum is what kind of number; of one kind alone, which.

    Examples
    --------
    >>> _kinds(pd.Series({"exact": 3, "planned": 25})), _kinds(pd.Series({"exact": 3}))
    ('3 as counted, 25 planned before adoption', 'as counted')
    """
    if len(sums) == 1:
        return KINDS.get(sums.index[0], sums.index[0])
    return ", ".join(f"{n} {KINDS.get(kind, kind)}" for kind, n in sums.items())


@check
def packages_listing(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    named: list[int],
    confirmed: dict | None = None,
    jurisdiction: str = "",
) -> Finding:
    """Count the EU packages, of those named, in which Chinese entities are on record as listed.

    Further packages of the claim's period with such entities are counted off, so that only the
    very set that is named gives its full number. Missing where better evidence alone would leave
    out a package of which it is on record.

    Parameters
    ----------
    named
        Numbers of the packages.
    confirmed
        The rows that confirm a listing without a number, as `select` takes them.
    jurisdiction
        As for `entities_listed`.
    """
    rule, wanted = jurisdiction or chosen.jurisdiction_rule, {"eu_package": {"known": True}}
    every = during(select(tables["sanctions"], wanted), claim)
    rows = during(sure(tables, "sanctions", chosen, wanted), claim)
    found, used = _packages(rows, confirmed, rule), labels("sanctions", rows)
    if lost := _packages(every, confirmed, rule).listing - found.listing:
        note = f"{WEAKER}: {_listed(lost)}"
        return Finding(MISSING, unit="packages", rows=used, note=note)
    if not found.listing:
        return Finding(MISSING, unit="packages", note="no package on record")
    hits, further = found.listing & set(named), found.listing - set(named)
    return Finding(
        float(len(hits) - len(further)), unit="packages", rows=used, note=found.note(set(named))
    )


class _Packages(NamedTuple):
    """Packages that list entities; of these those confirmed without a number, and from drafts."""

    listing: set[int]
    unnumbered: set[int]
    planned: set[int]

    def note(self, named: set[int]) -> str:
        """Say which packages differ from those named, and which rest on less than a count."""
        notes = {
            "named, but none on record": named - self.listing,
            "not named, but on record": self.listing - named,
            "numbers known from drafts only": self.planned,
            "confirmed without a number": self.unnumbered,
        }
        return "; ".join(f"{what}: {_listed(n)}" for what, n in notes.items() if n)


def _packages(rows: pd.DataFrame, confirmed: dict | None, rule: str) -> _Packages:
    """Find the packages of which rows count entities or confirm them without a number."""
    found = pressure.packages(rows, rule)
    found = found[found["n_counted"].fillna(0) > 0]
    told = select(rows, confirmed) if confirmed else rows.iloc[:0]
    unnumbered = set(told["eu_package"].astype(int))
    planned = set(found.loc[found["count_kinds"] == "planned", "eu_package"].astype(int))
    return _Packages(set(found["eu_package"].astype(int)) | unnumbered, unnumbered, planned)


def _listed(numbers: set[int]) -> str:
    """List numbers in order.

    Examples
    --------
    >>> _listed({16, 11})
    '11, 16'
    """
    return ", ".join(map(str, sorted(numbers)))
