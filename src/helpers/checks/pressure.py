"""Checks on sanctions and Western outreach."""

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
) -> Finding:
    """Add up the Chinese entities listed in the claim's period; listings are counted, not firms.

    Missing where no round that may be summed is on record: no row is not a count of zero.

    Parameters
    ----------
    where
        The rows of `sanctions`, as `select` takes them.
    narrower
        Narrower definitions, in words, and what a row must meet besides: a reading each.
    """
    listed = pressure.counted(sure(tables, "sanctions", chosen), chosen.jurisdiction_rule)
    found = during(select(listed, where), claim)
    if not len(found):
        return Finding(MISSING, unit="entities", note="no such round in sanctions")
    sums = found.groupby("count_kind")["n_counted"].sum()
    return Finding(
        float(found["n_counted"].sum()),
        unit="entities",
        rows=labels("sanctions", found),
        note=f"{len(found)} rows: " + _kinds(sums),
        readings=tuple(
            Reading("some_definitions_only", words, float(select(found, also)["n_counted"].sum()))
            for words, also in (narrower or {}).items()
        ),
    )


KINDS = {
    "exact": "as counted",
    "at_least": "a floor",
    "at_most": "a ceiling",
    "planned": "planned before adoption",
}


def _kinds(sums: pd.Series) -> str:
    """Say how much of a sum is what kind of number.

    Examples
    --------
    >>> _kinds(pd.Series({"exact": 3, "planned": 25}))
    '3 as counted, 25 planned before adoption'
    """
    return ", ".join(f"{n} {KINDS.get(kind, kind)}" for kind, n in sums.items())


@check
def packages_listing(tables: Tables, chosen: Choices, claim: Claim, named: list[int]) -> Finding:
    """Count the EU packages, of those named, in which Chinese entities are on record as listed.

    Further packages of the claim's period with such entities are counted off, so that only the
    very set that is named gives its full number.

    Parameters
    ----------
    named
        Numbers of the packages.
    """
    rows = during(select(sure(tables, "sanctions", chosen), {"eu_package": {"known": True}}), claim)
    found = pressure.packages(rows, chosen.jurisdiction_rule)
    if not len(found):
        return Finding(MISSING, unit="packages", note="no package on record")
    found = found[found["n_counted"].fillna(0) > 0]
    listing = set(found["eu_package"].astype(int))
    planned = found.loc[found["count_kinds"] == "planned", "eu_package"]
    notes = {
        "named, but none on record": sorted(set(named) - listing),
        "not named, but on record": sorted(listing - set(named)),
        "numbers known from drafts only": sorted(planned),
    }
    return Finding(
        float(len(listing & set(named)) - len(listing - set(named))),
        unit="packages",
        rows=labels("sanctions", rows),
        note="; ".join(f"{what}: {', '.join(map(str, n))}" for what, n in notes.items() if n),
    )
