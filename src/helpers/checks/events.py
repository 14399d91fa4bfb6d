"""Events gathered over stretches of time: what the checks on exercises and dialogue count."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

import numpy as np
import pandas as pd

from helpers import dates, dialogue
from helpers.checks.select import marked, sure_marked
from helpers.choices import Choices
from helpers.claims import Check, Claim, Reading, Tables

# What ties an event to the war: where it was held, or with whom. Iran and North Korea arm Russia,
# Belarus is its ally in the war.
THEATRE = "mediterranean_baltic"
WAR_PARTNERS = "IRN|PRK|BLR"
LINKS = ("narrow", "broad", "not narrow", "not broad")


@dataclass(frozen=True)
class Span:
    """A stretch of time: its first day and the first day after it."""

    first: date
    end: date

    @property
    def is_whole(self) -> bool:
        """Whether it is made of calendar years."""
        return all((day.month, day.day) == (1, 1) for day in (self.first, self.end))

    @cached_property
    def years(self) -> float:
        """Length in years: whole calendar years count as such, others by days."""
        if self.is_whole:
            return float(max(self.end.year - self.first.year, 0))
        return max((self.end - self.first).days, 0) / 365.25

    @cached_property
    def words(self) -> str:
        """Name the years, and the days where the stretch does not begin or end with a year."""
        last = self.end - timedelta(days=1)
        if self.is_whole:
            return f"{self.first.year} to {last.year}" if self.years > 1 else f"{last.year}"
        return f"{self.first} to {last}"


@dataclass(frozen=True, eq=False)
class Events:
    """Dated events of one table: their places in it, their labels and their days."""

    table: str
    places: np.ndarray
    labels: np.ndarray
    days: np.ndarray

    def inside(self, span: Span) -> np.ndarray:
        """Mark the events of a stretch of time."""
        first, end = np.datetime64(span.first), np.datetime64(span.end)
        return (self.days >= first) & (self.days < end)

    def within(self, span: Span) -> np.ndarray:
        """Give the labels of the events of a stretch of time."""
        return self.labels[self.inside(span)]

    def places_within(self, span: Span) -> np.ndarray:
        """Give the places in the table of the events of a stretch of time."""
        return self.places[self.inside(span)]

    @cached_property
    def years(self) -> np.ndarray:
        """Year of each event."""
        return pd.DatetimeIndex(self.days).year.to_numpy()


def _dated(tables: Tables, table: str, marks: np.ndarray) -> Events:
    """Make events of marked rows of a table; of a partial date the first day counts."""
    frame, places = tables[table], np.flatnonzero(marks)
    days = tables.once(("days", table), lambda: dates.first_day(frame["date_start"]).to_numpy())
    return Events(table, places, frame.index.to_numpy()[places], days[places])


def stretch(word: str, chosen: Choices, claim: Claim) -> Span:
    """Read a stretch of time: claim, window_1, window_2, era_1 to era_3, or years as 2008:2013.

    The eras are what the cut-offs make of the time up to the end of the claim's period.
    """
    match word:
        case "claim":
            return _between(claim.period_start, claim.period_end)
        case "era_1":
            return Span(_between("1992", "1992").first, _between(chosen.cutoff_1, "2100").first)
        case "era_2":
            return Span(
                _between(chosen.cutoff_1, "2100").first, _between(chosen.cutoff_2, "2100").first
            )
        case "era_3":
            return _between(chosen.cutoff_2, claim.period_end)
    window = getattr(chosen, word) if word.startswith("window_") else word
    return _between(*map(str, dates.years(window)))


@cache
def _between(start: str, end: str) -> Span:
    """Make a stretch of time from two partial dates, both included.

    Examples
    --------
    >>> _between("2019", "2021").years, _between("2022-02-24", "2024").words
    (3.0, '2022-02-24 to 2024-12-31')
    """
    ends = pd.Series([start, end])
    last = dates.last_day(ends)[1].date()
    return Span(dates.first_day(ends)[0].date(), last + timedelta(days=1))


def covered(span: Span, tables: Tables, of: list[str]) -> Span:
    """Cut a stretch of time to the years that the tables of all the series cover."""
    known = tables.once(("years covered",), lambda: years_covered(tables))
    first = max(known[name].first for name in of)
    end = min(known[name].end for name in of)
    return Span(max(span.first, first), max(min(span.end, end), first))


def years_covered(tables: Tables) -> dict[str, Span]:
    """Say for each series of events which whole years its tables cover."""
    years = tables["exercises"]["year"]
    known = {
        "exercises": (int(years.min()), int(years.max())),
        "meetings": dialogue.COVERED,
        "core_meetings": dialogue.COVERED,
    }
    return {name: _between(str(first), str(last)) for name, (first, last) in known.items()}


def counted(
    tables: Tables,
    chosen: Choices,
    where: dict | None = None,
    ukraine: str | None = None,
    rule: str = "",
) -> Events:
    """Give the exercises that meet conditions and count: by a rule, or as the run chooses."""

    def compute(seen: Choices) -> Events:
        marks = sure_marked(tables, "exercises", seen)
        marks &= marked(tables, "exercises", {f"counted_{rule or seen.counting_rule}": True})
        marks &= marked(tables, "exercises", where)
        if ukraine:
            linked = tables.once(("linked", ukraine), lambda: _linked(tables["exercises"], ukraine))
            marks &= linked.to_numpy()
        return _dated(tables, "exercises", marks)

    key = ("exercises counted", rule, json.dumps(where), ukraine)
    return tables.under(key, chosen, compute)


def stretches(
    words: list[str], tables: Tables, chosen: Choices, claim: Claim, of: list[str] | None = None
) -> list[Span]:
    """Read stretches of time, cut to the years that the tables of series cover.

    Parameters
    ----------
    of
        The series; exercises unless given.
    """
    of = of or ["exercises"]
    return tables.under(
        ("stretches", *words, claim.period_start, claim.period_end, *of),
        chosen,
        lambda seen: [covered(stretch(word, seen, claim), tables, of) for word in words],
    )


def _linked(events: pd.DataFrame, ukraine: str) -> pd.Series:
    """Mark the events with a link to the war in Ukraine, or without, under one of two rules.

    A narrow link is an event in the Mediterranean, the Black Sea or the Baltic; a broad one is
    besides any event with a state that arms Russia or fights on its side.
    """
    if ukraine not in LINKS:
        raise ValueError(f"ukraine {ukraine!r}: use one of {', '.join(LINKS)}")
    place = events["regions"].str.contains(THEATRE) | events["location"].str.contains("Black Sea")
    partner = events["partner_iso3"].str.contains(WAR_PARTNERS)
    linked = place.fillna(False).astype(bool)
    if ukraine.endswith("broad"):
        linked |= partner.fillna(False).astype(bool)
    return ~linked if ukraine.startswith("not") else linked


def gather(
    tables: Tables,
    chosen: Choices,
    of: list[str],
    where: dict | None = None,
    ukraine: str | None = None,
) -> list[Events]:
    """Gather the events of the series: exercises as counted, and meetings of the run's rules."""
    found = []
    for name in of:
        if name == "exercises":
            found.append(counted(tables, chosen, where, ukraine))
        elif name == "meetings":
            found += tables.under(("meetings",), chosen, lambda seen: _meetings(tables, seen))
        elif name == "core_meetings":
            found += tables.under(("core",), chosen, lambda seen: _core_meetings(tables, seen))
        else:
            raise ValueError(f"no series {name!r}; use exercises, meetings or core_meetings")
    return found


def _meetings(tables: Tables, chosen: Choices) -> list[Events]:
    """Give the meetings that count, as rows of the two tables that hold them."""
    kept = counted_contacts(tables, chosen)
    kept = kept[kept["year"].between(*dialogue.COVERED)]
    return [
        _dated(tables, table, tables[table][column].isin(kept["contact_id"]).to_numpy(dtype=bool))
        for table, column in (("meetings", "meeting_id"), ("consultations", "consultation_id"))
    ]


def contacts(tables: Tables) -> pd.DataFrame:
    """Put meetings and consultations together, each contact once."""
    frames = tables["meetings"], tables["consultations"]
    return tables.once(("contacts",), lambda: dialogue.contacts(*frames))


def counted_contacts(tables: Tables, chosen: Choices) -> pd.DataFrame:
    """Keep the contacts that count under the choices of a run."""
    every = contacts(tables)
    return tables.under(("contacts",), chosen, lambda seen: dialogue.counted(every, seen))


def _core_meetings(tables: Tables, chosen: Choices) -> list[Events]:
    """Give the one core meeting of each trip, whatever its form."""
    first, last = dialogue.COVERED
    core = {"is_core": True, "year": {"from": first, "to": last}}
    marks = sure_marked(tables, "meetings", chosen) & marked(tables, "meetings", core)
    return [_dated(tables, "meetings", marks)]


def within(
    tables: Tables,
    chosen: Choices,
    spans: list[Span],
    of: list[str],
    where: dict | None = None,
    ukraine: str | None = None,
) -> tuple[list[int], dict[str, pd.Index]]:
    """Count the events of series in stretches of time, and name the rows of all of them."""
    conditions = json.dumps(where)
    parts = [
        tables.under(
            ("within", name, conditions, ukraine, *spans),
            chosen,
            lambda c, name=name: _within(gather(tables, c, [name], where, ukraine), spans),
        )
        for name in of
    ]
    counts = [sum(part[i] for part, _ in parts) for i in range(len(spans))]
    return counts, {table: rows for _, named in parts for table, rows in named.items()}


def _within(found: list[Events], spans: list[Span]) -> tuple[list[int], dict[str, pd.Index]]:
    """Count events in stretches of time, and name the rows of all of them."""
    parts = [[events.within(span) for span in spans] for events in found]
    counts = [sum(len(part[i]) for part in parts) for i in range(len(spans))]
    rows = {
        events.table: pd.Index(np.concatenate(part))
        for events, part in zip(found, parts, strict=True)
    }
    return counts, rows


def other_readings(
    measure: Check, given: tuple, arguments: dict, others: list[dict] | None
) -> tuple[Reading, ...]:
    """Measure again with other arguments: the ledger's list of reason, words and `with`."""
    tables, chosen, claim = given
    found = []
    for other in others or []:
        changed = {**arguments, **other["with"]}
        observed = tables.under(
            ("reading", measure, claim, json.dumps(changed)),
            chosen,
            lambda seen, changed=changed: measure(tables, seen, claim, **changed).observed,
        )
        found.append(Reading(other["reason"], other["words"], observed))
    return tuple(found)
