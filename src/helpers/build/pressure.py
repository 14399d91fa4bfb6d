"""Clean tables of Western pressure on China: rounds of listings, appeals, warnings and threats."""

import pandas as pd

from helpers import dates
from helpers.build.cleaning import yes_no
from helpers.build.recipe import Recipe

PRECISION = {4: "year", 7: "month", 10: "day"}
GROUPS = {
    "appeal": "appeal",
    "threat": "threat_or_warning",
    "warning": "threat_or_warning",
    "demarche": "accusation_or_demarche",
    "accusation": "accusation_or_demarche",
}


def date_precision(when: pd.Series) -> pd.Series:
    """Tell how exact partial ISO dates are, from their length.

    Examples
    --------
    >>> date_precision(pd.Series(["2022-02-24", "2022-02", "2022"])).tolist()
    ['day', 'month', 'year']
    """
    return when.str.len().map(PRECISION)


def unseparated(raw: pd.DataFrame) -> pd.Series:
    """Count the entities whose seat, mainland or Hong Kong, the sources do not tell apart.

    Examples
    --------
    >>> unseparated(pd.DataFrame({"n_entities": ["5", ""], "n_mainland": ["3", ""],
    ...                           "n_hong_kong": ["1", ""]})).tolist()
    [1, <NA>]
    """
    counts = {c: pd.to_numeric(raw[c]).astype("Int64") for c in ("n_mainland", "n_hong_kong")}
    known = counts["n_mainland"].fillna(0) + counts["n_hong_kong"].fillna(0)
    return pd.to_numeric(raw["n_entities"]).astype("Int64") - known


def sanctions(raw: pd.DataFrame) -> pd.DataFrame:
    """Clean the listings: add year, precision, EU package and the entities of unknown seat."""
    package = raw["measure"].str.extract(r"^(\d+)th package", expand=False)
    return raw.assign(
        year=dates.year(raw["date"]),
        date_precision=date_precision(raw["date"]),
        is_additive=yes_no(raw["is_additive"]),
        eu_package=package.where(raw["authority"] == "EU").fillna(""),
        n_unseparated=unseparated(raw),
    )


def outreach(raw: pd.DataFrame) -> pd.DataFrame:
    """Clean the acts towards China: add year, precision and the group of the type."""
    return raw.assign(
        year=dates.year(raw["date"]),
        date_precision=date_precision(raw["date"]),
        is_estimate=yes_no(raw["is_estimate"]),
        type_group=raw["type"].map(GROUPS),
    )


RECIPES = {
    "sanctions": Recipe(sanctions, ("pressure/sanctions",)),
    "outreach": Recipe(outreach, ("pressure/outreach",)),
}
