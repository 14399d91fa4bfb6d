"""Checks that any table can answer: rows counted, shares, single cells, years with and without."""

import numpy as np
import pandas as pd

from helpers import stats
from helpers.checks.select import (
    TIMES,
    during,
    labels,
    marked,
    run_years,
    select,
    sure,
    sure_marked,
    time_column,
    timely,
)
from helpers.choices import Choices
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check

PICKS = ("first", "last", "min", "max", "sum", "mean", "median")


@check
def rows_counted(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    where: dict | None = None,
    distinct: str | None = None,
    any_time: bool = False,
    column: str | None = None,
    narrower: dict[str, dict] | None = None,
    one_off: bool = False,
) -> Finding:
    """Count the rows of a table that meet conditions and fall into the claim's period.

    Parameters
    ----------
    table, where
        The rows, as `select` takes them.
    distinct
        Count the different values of this column instead; a list column by its items.
    any_time, column
        Leave the claim's period out of account; the column of dates that it is compared with.
    narrower
        Narrower definitions, in words, and what a row must meet besides: a reading each.
    one_off
        The event happened once, so that another date is a slip and not another event.
    """
    frame, meant = tables[table], marked(tables, table, where)
    when = np.ones(len(frame), dtype=bool) if any_time else timely(tables, table, claim, column)
    found = meant & sure_marked(tables, table, chosen)
    inside = found & when
    if not inside.any() and (meant & when).any():
        return Finding(MISSING, unit=claim.unit, note="only on weaker evidence than asked for")
    used = inside if inside.any() else found
    readings = {
        words: _count(frame, inside & marked(tables, table, also), distinct)
        for words, also in (narrower or {}).items()
    }
    is_elsewhere = found.any() and not inside.any()
    return Finding(
        _count(frame, inside, distinct),
        unit=claim.unit,
        rows={table: frame.index[used]},
        note=f"found {_years_in_words(frame, found)} only" if is_elsewhere else "",
        readings=(
            *(Reading("some_definitions_only", *reading) for reading in readings.items()),
            *(_ever(frame, found, inside, distinct) if one_off else ()),
        ),
    )


def _ever(
    frame: pd.DataFrame, found: np.ndarray, inside: np.ndarray, distinct: str | None
) -> tuple[Reading, ...]:
    """Count in all years what happened once: what lies in others is a slip of the date.

    What happens again and again is another event in another year.
    """
    if distinct:
        raise ValueError(f"one_off: what happened once has no different {distinct} to count")
    if found.sum() == inside.sum():
        return ()
    words = f"counting all years, {_years_in_words(frame, found)}"
    return (Reading("other_period", words, float(found.sum())),)


def _count(frame: pd.DataFrame, marks: np.ndarray, distinct: str | None) -> float:
    """Count marked rows, or the different items of a column."""
    if distinct is None:
        return float(marks.sum())
    return float(frame[distinct][marks].dropna().astype("str").str.split(";").explode().nunique())


def _years_in_words(frame: pd.DataFrame, marks: np.ndarray) -> str:
    """Say which years the marked rows are of."""
    years = frame[time_column(frame)][marks].dropna().astype("str").str[:4]
    if not len(years):
        return "without a date"
    return f"{years.min()} to {years.max()}" if years.nunique() > 1 else f"{years.min()}"


@check
def rows_share(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    part: dict,
    of: dict | None = None,
    any_time: bool = False,
    all_rows: bool = False,
) -> Finding:
    """Give the share of rows that meet conditions, in per cent, with its exact interval.

    Parameters
    ----------
    table, of
        The rows that are the whole, as `select` takes them.
    part
        What a row must meet besides, to be part.
    any_time
        Leave the claim's period out of account.
    all_rows
        Take the rows whatever their confidence and grade: for shares of these themselves.
    """
    whole = select(tables[table] if all_rows else sure(tables, table, chosen), of or {})
    whole = whole if any_time else during(whole, claim)
    if not len(whole):
        return Finding(MISSING, unit="%", note=f"no such row in {table}")
    hits = select(whole, part)
    share = stats.share(len(hits), len(whole))
    return Finding(
        *(100 * bound for bound in share),
        unit="%",
        rows=labels(table, whole),
        note=f"{len(hits)} of {len(whole)} rows",
    )


@check
def cell(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    column: str,
    where: dict | None = None,
    pick: str = "first",
    any_time: bool = True,
    per: float = 1.0,
) -> Finding:
    """Read a number, or the year of a date, from the rows that meet conditions.

    Parameters
    ----------
    table, where
        The rows, as `select` takes them.
    column
        The column read; of text that begins with a year, the year.
    pick
        What to make of several rows: first or last in time, min, max, sum, mean or median.
    any_time
        Leave the claim's period out of account.
    per
        What the number is divided by, such as 1000 for tonnes of kilograms.
    """
    if pick not in PICKS:
        raise ValueError(f"pick {pick!r}: use one of {', '.join(PICKS)}")
    found = sure(tables, table, chosen, where)
    found = found if any_time else during(found, claim)
    cells = _in_time(found, column)[column].dropna()
    if not pd.api.types.is_numeric_dtype(cells):
        cells = cells.str[:4].astype("float64")
    if not len(cells):
        return Finding(MISSING, unit=claim.unit, note=f"no {column} in {table} for this")
    if pick in ("first", "min") and _is_earlier(tables, table, where, found):
        return Finding(MISSING, unit=claim.unit, note="the first is on weaker evidence than asked")
    used = labels(table, found.loc[cells.index])
    return Finding(_picked(cells, pick) / per, unit=claim.unit, rows=used)


def _picked(cells: pd.Series, pick: str) -> float:
    """Make one number of several, which are in order of time.

    Examples
    --------
    >>> _picked(pd.Series([4, 2, 3]), "first"), _picked(pd.Series([4, 2, 3]), "mean")
    (4.0, 3.0)
    """
    if pick in ("first", "last"):
        return float(cells.iloc[0 if pick == "first" else -1])
    return float(getattr(cells.astype("float64"), pick)())


def _is_earlier(tables: Tables, table: str, where: dict | None, found: pd.DataFrame) -> bool:
    """Tell whether weaker evidence has a row before the first of those found."""
    every = select(tables[table], where or {})
    column = time_column(every)
    return len(every) > len(found) and str(every[column].min()) < str(found[column].min())


def _in_time(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sort rows by when they happened, those of one time by a column."""
    return frame.sort_values([*dict.fromkeys(name for name in (*TIMES, column) if name in frame)])


@check
def years_with(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    where: dict | None = None,
    column: str | None = None,
) -> Finding:
    """Give the share of the years of the claim's period that have at least one row.

    1 means every year; the years without one are named.
    """
    frame = tables[table]
    marks = marked(tables, table, where) & sure_marked(tables, table, chosen)
    marks &= timely(tables, table, claim, column)
    years = {int(day[:4]) for day in frame[column or time_column(frame)][marks].astype("str")}
    asked = run_years(claim)
    without = [year for year in asked if year not in years]
    return Finding(
        1 - len(without) / len(asked),
        unit="share of years",
        rows={table: frame.index[marks]},
        note=f"none in {_runs(without)}" if without else "every year",
    )


def _runs(years: list[int]) -> str:
    """Write years in words, three and more in a row as one stretch.

    Examples
    --------
    >>> _runs([2010, 2011, 2012, 2014, 2015])
    '2010 to 2012, 2014, 2015'
    """
    groups = {}
    for place, year in enumerate(years):
        groups.setdefault(year - place, []).append(year)
    words = [
        f"{g[0]} to {g[-1]}" if len(g) > 2 else ", ".join(map(str, g)) for g in groups.values()
    ]
    return ", ".join(words)


@check
def days_to(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    where: dict,
    day: str,
    column: str | None = None,
) -> Finding:
    """Count the days from the first such row to a given day; missing where its day is not known.

    Parameters
    ----------
    day
        The day counted to, such as 2022-02-24; a row after it gives a negative number.
    """
    found = sure(tables, table, chosen, where)
    days = found[column or time_column(found)].dropna().astype("str")
    first = days[days.str.len() == len("2022-02-24")].min()
    if pd.isna(first):
        return Finding(MISSING, unit="days", note=f"no whole date in {table} for this")
    vague = [other for other in days if len(other) < len(first) and other <= first[: len(other)]]
    if vague:
        return Finding(MISSING, unit="days", note=f"one of {vague[0]} may come before {first}")
    return Finding(
        float((pd.Timestamp(day) - pd.Timestamp(first)).days),
        unit="days",
        rows=labels(table, found.loc[days.index[days == first]]),
        note=f"{first} to {day}",
    )
