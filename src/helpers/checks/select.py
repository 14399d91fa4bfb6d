"""Choosing rows by conditions written as data: the column `check_args` of the ledger."""

import json

import numpy as np
import pandas as pd

from helpers import dates, schema
from helpers.choices import CONFIDENCE, Choices
from helpers.claims import Claim, Tables

GRADES = ["C", "B", "A"]
# The first of these that a table has says when its rows happened.
TIMES = (
    "date", "date_start", "date_announced", "year", "month", "period_start", "order_year",
    "first_seen_year_low", "failure_date", "china_first_year",
)  # fmt: skip


def select(frame: pd.DataFrame, where: dict) -> pd.DataFrame:
    """Keep the rows that meet every condition.

    Parameters
    ----------
    frame
        A table.
    where
        Column names and what their cells must be: a value; a list of values; or one of
        {"from": a, "to": b} (either end may be left out; of partial dates those that may lie
        between), {"matches": regular expression}, {"has": item of a list column},
        {"known": true or false}, {"not": any of these}.

    Raises
    ------
    ValueError
        If the frame lacks a column, or a condition is none of these.

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2019, 2020, 2022], "topics": ["a;b", "b", "c"]})
    >>> select(frame, {"year": {"from": 2020}, "topics": {"has": "b"}})["year"].tolist()
    [2020]
    """
    return frame[_all_met(frame, where)] if where else frame


def _all_met(frame: pd.DataFrame, where: dict) -> pd.Series:
    """Mark the rows that meet every condition."""
    strange = [column for column in where if column not in frame]
    if strange:
        raise ValueError(f"no column {', '.join(strange)}; there are {', '.join(frame)}")
    keep = pd.Series(True, index=frame.index)
    for column, condition in where.items():
        keep &= _meets(frame[column], condition)
    return keep


def _meets(cells: pd.Series, condition: object) -> pd.Series:
    """Mark the cells that meet one condition; a missing cell meets only {"known": false}."""
    if not isinstance(condition, dict):
        wanted = condition if isinstance(condition, list) else [condition]
        return cells.isin(wanted).fillna(False).astype(bool)
    marks = pd.Series(True, index=cells.index)
    for word, wanted in condition.items():
        match word:
            case "from" | "to" if isinstance(wanted, str):
                found = _lies(cells, word, wanted)
            case "from":
                found = cells >= wanted
            case "to":
                found = cells <= wanted
            case "matches":
                found = cells.str.contains(wanted, regex=True)
            case "has":
                found = has(cells, wanted)
            case "known":
                found = cells.notna() == wanted
            case "not":
                found = cells.notna() & ~_meets(cells, wanted)
            case _:
                raise ValueError(f"no condition {word!r}; use from, to, matches, has, known, not")
        marks &= found.fillna(False).astype(bool)
    return marks


def _lies(cells: pd.Series, word: str, end: str) -> pd.Series:
    """Mark the partial dates that may lie from a date on, or up to it."""
    ends = (end, "9999") if word == "from" else ("0000", end)
    return pd.Series([_overlaps(day, *ends) for day in cells.astype("str")], index=cells.index)


def has(cells: pd.Series, item: str) -> pd.Series:
    """Mark the cells of a list column that hold an item."""
    found = (";" + cells + ";").str.contains(f";{item};", regex=False)
    return found.fillna(False).astype(bool)


def marked(tables: Tables, table: str, where: dict | None) -> np.ndarray:
    """Mark the rows of a table that meet every condition; each is looked up once for all checks.

    Parameters
    ----------
    table, where
        A table, and conditions as `select` takes them.
    """
    frame, marks = tables[table], np.ones(len(tables[table]), dtype=bool)
    for column, condition in (where or {}).items():
        marks &= tables.once(
            ("marked", table, column, json.dumps(condition)),
            lambda one={column: condition}: _all_met(frame, one).to_numpy(),
        )
    return marks


def sure_marked(tables: Tables, table: str, chosen: Choices) -> np.ndarray:
    """Mark a table's rows of the confidence, grade of evidence and release that a run asks for."""
    frame, wanted = tables[table], {}
    if table == "arms_deals":
        return marked(tables, table, {"release": chosen.sipri_release})
    if "confidence" in frame:
        wanted["confidence"] = CONFIDENCE[CONFIDENCE.index(chosen.min_confidence) :]
    if "evidence_grade" in frame:
        wanted["evidence_grade"] = GRADES[GRADES.index(chosen.min_grade) :]
    return marked(tables, table, wanted)


def sure(tables: Tables, table: str, chosen: Choices, where: dict | None = None) -> pd.DataFrame:
    """Give a table's rows of the confidence, grade of evidence and release that a run asks for.

    Parameters
    ----------
    where
        What a row must meet besides, as `select` takes it.
    """
    return tables.under(
        ("sure", table, json.dumps(where)),
        chosen,
        lambda seen: tables[table][sure_marked(tables, table, seen) & marked(tables, table, where)],
    )


def time_column(frame: pd.DataFrame) -> str:
    """Name the column that says when the rows of a table happened.

    Examples
    --------
    >>> time_column(pd.DataFrame(columns=["year", "date"]))
    'date'
    """
    found = [column for column in TIMES if column in frame]
    if not found:
        raise ValueError(f"no column of dates or years among {', '.join(frame)}")
    return found[0]


def timely(tables: Tables, table: str, claim: Claim, column: str | None = None) -> np.ndarray:
    """Mark the rows of a table whose date, as precise as it is, may lie in the period of a claim.

    Parameters
    ----------
    column
        The column of dates; the first that says when rows happened unless given.
    """
    frame, ends = tables[table], (claim.period_start, claim.period_end)
    return tables.once(
        ("timely", table, column, *ends),
        lambda: _in_period(frame, claim, column).to_numpy(),
    )


def during(frame: pd.DataFrame, claim: Claim, column: str | None = None) -> pd.DataFrame:
    """Keep the rows whose date, as precise as it is, may lie in the period of a claim."""
    return frame[_in_period(frame, claim, column)]


def _in_period(frame: pd.DataFrame, claim: Claim, column: str | None) -> pd.Series:
    """Mark the rows whose date may lie in the period of a claim."""
    cells = frame[column or time_column(frame)].astype("str").fillna("")
    # Partial ISO dates compare as text once both are cut to the shorter one.
    keep = [_overlaps(cell, claim.period_start, claim.period_end) for cell in cells]
    return pd.Series(keep, index=frame.index, dtype=bool)


def _overlaps(day: str, start: str, end: str) -> bool:
    """Tell whether a partial date can lie between two others.

    Examples
    --------
    >>> _overlaps("2022-03", "2022-02-24", "2023"), _overlaps("2022", "2022-02-24", "2022-02-24")
    (True, True)
    >>> _overlaps("nan", "1992", "2025")
    False
    """
    if not day[:4].isdigit():
        return False
    return day[: len(start)] >= start[: len(day)] and day[: len(end)] <= end[: len(day)]


def labels(table: str, frame: pd.DataFrame) -> dict[str, pd.Index]:
    """Name the rows that a finding used."""
    return {table: frame.index}


def key(table: str) -> list[str]:
    """Name the columns that identify the rows of a table."""
    return schema.resource(table)["schema"]["primaryKey"]


def run_years(claim: Claim) -> list[int]:
    """List the years of a claim's period.

    Examples
    --------
    >>> from helpers.claims import ledger
    >>> run_years(ledger()["DIP-018"])
    [2019, 2020, 2021]
    """
    first, last = dates.years(f"{claim.years[0]}:{claim.years[1]}")
    return list(range(first, last + 1))
