"""Alliance indicators, agreements, incidents, statements, foreign fighters, perceptions."""

import pandas as pd

from helpers import dates
from helpers.build.cleaning import as_is, true_false
from helpers.build.recipe import Recipe

LEVEL_SCORES = {"absent": "0", "partial": "0.5", "present": "1", "disputed": ""}
GRADE_SCORES = {
    "explicit_support": "2",
    "implicit_support": "1",
    "neutral": "0",
    "declines": "-1",
    "against": "-2",
    "": "",
}
TERRITORIAL = {
    "taiwan",
    "tibet",
    "xinjiang",
    "hong_kong",
    "south_china_sea",
    "kurils",
    "crimea",
    "donetsk_luhansk",
    "annexations_2022",
    "ukraine_borders",
    "ex_soviet_states",
    "territorial_integrity",
}


def alliance_indicators(raw: pd.DataFrame) -> pd.DataFrame:
    """Add the score of each coded level and mark the comparison dyads.

    Examples
    --------
    >>> raw = pd.DataFrame({"level": ["partial", "disputed"], "dyad": ["Russia-China", "US-Japan"]})
    >>> alliance_indicators(raw)[["score", "is_comparison"]].values.tolist()
    [['0.5', 'false'], ['', 'true']]
    """
    scored = raw.assign(
        score=raw["level"].map(LEVEL_SCORES),
        is_comparison=true_false(raw["dyad"] != "Russia-China"),
    )
    return _without_page_notes(scored)


def agreements(raw: pd.DataFrame) -> pd.DataFrame:
    """Add the year of signature."""
    return _without_page_notes(_with_year(raw, "date"))


def incidents(raw: pd.DataFrame) -> pd.DataFrame:
    """Add the year in which each incident began."""
    return _without_page_notes(_with_year(raw, "date_start"))


def statements(raw: pd.DataFrame) -> pd.DataFrame:
    """Score the statements, split the tallies, mark votes and territorial issues."""
    tally = raw["tally"].str.extract(r"^(\d+)-(\d+)-(\d+)$").fillna("")
    marked = raw.drop(columns="tally").assign(
        score=raw["grade"].map(GRADE_SCORES),
        is_vote=true_false(raw["form"].str.startswith("vote")),
        is_territorial=true_false(raw["issues"].map(_is_territorial)),
        votes_for=tally[0],
        votes_against=tally[1],
        votes_abstain=tally[2],
    )
    return _without_page_notes(_with_year(marked, "date"))


def _is_territorial(issues: str) -> bool:
    """Tell whether a list of issues names a claim to territory."""
    return bool(TERRITORIAL & set(issues.split(";")))


def foreign_fighters(raw: pd.DataFrame) -> pd.DataFrame:
    """Add the year to which each report belongs."""
    return _without_page_notes(_with_year(raw, "date"))


def perceptions(raw: pd.DataFrame) -> pd.DataFrame:
    """Add the year of each view."""
    return _without_page_notes(_with_year(raw, "date"))


def _with_year(raw: pd.DataFrame, column: str) -> pd.DataFrame:
    """Add the year of a column of partial dates."""
    return raw.assign(year=dates.year(raw[column]).astype("string"))


def _without_page_notes(raw: pd.DataFrame) -> pd.DataFrame:
    """Drop the remarks on how a page's date was found; they concern the page, not the fact."""
    return raw.drop(columns="source_date_note", errors="ignore")


RECIPES = {
    "alliance_indicators": Recipe(alliance_indicators, ("limits/alliance_indicators",)),
    "alliance_rubric": Recipe(as_is, ("limits/alliance_rubric",)),
    "alliance_second_coding": Recipe(as_is, ("limits/alliance_second_coding",)),
    "agreements": Recipe(agreements, ("limits/agreements",)),
    "incidents": Recipe(incidents, ("limits/incidents",)),
    "statements": Recipe(statements, ("limits/statements",)),
    "foreign_fighters": Recipe(foreign_fighters, ("limits/foreign_fighters",)),
    "perceptions": Recipe(perceptions, ("limits/perceptions",)),
}
