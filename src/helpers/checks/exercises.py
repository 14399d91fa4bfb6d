"""Checks on exercises, and trends over several series of events."""

import itertools
import json
import math
import re
from collections import Counter

import numpy as np
import pandas as pd

from helpers import arms, dates, evidence, exercises, stats
from helpers.checks.events import (
    Span,
    contacts,
    counted,
    gather,
    other_readings,
    stretches,
    within,
    years_covered,
)
from helpers.checks.select import during, sure
from helpers.choices import Choices, confident
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check

SERIES = {"tiv": "arms deliveries", "exercises": "exercises", "core_meetings": "meetings"}
# A break is compatible with a year whose log likelihood lies within this of the best one.
PROFILE = 1.92
# Fewer sizes than this make no trend.
ENOUGH = 10


@check
def event_rate(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    of: list[str] | None = None,
    where: dict | None = None,
    ukraine: str | None = None,
    is_total: bool = False,
    readings: list[dict] | None = None,
) -> Finding:
    """Give the events per year in the claim's period, with the exact Poisson interval.

    Parameters
    ----------
    of
        The series added up: exercises, meetings or both; exercises unless given.
    where, ukraine
        Conditions on exercises; those linked to the war or not (narrow, broad, not narrow, not
        broad).
    is_total
        Count the whole period instead; what happened is then counted, and has no interval.
    readings
        Other readings: reason, words, and under `with` the arguments that differ.
    """
    of = of or ["exercises"]
    (span,) = stretches(["claim"], tables, chosen, claim, of)
    (events,), rows = within(tables, chosen, [span], of, where, ukraine)
    note = f"in {span.words}" if is_total else f"{events} in {span.words}"
    if ukraine:
        # What was looked at matters, most of all where nothing was found.
        (every,), rows = within(tables, chosen, [span], of, where)
        note = f"of {every} in {span.words}" if is_total else f"{events} of {every} in {span.words}"
    arguments = {"of": of, "where": where, "ukraine": ukraine, "is_total": is_total}
    return Finding(
        *_rate(tables, events, span.years, is_total),
        unit="events" if is_total else "events per year",
        rows=rows,
        note=note,
        readings=other_readings(event_rate, (tables, chosen, claim), arguments, readings),
    )


def _rate(tables: Tables, events: int, years: float, is_total: bool) -> stats.Estimate:
    """Give a rate, or a count without an interval; missing where no year is covered."""
    if is_total or not years:
        return stats.Estimate(float(events) if years else MISSING, MISSING, MISSING)
    return tables.once(("rate", events, years), lambda: stats.poisson_rate(events, years))


@check
def event_rate_ratio(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    later: str,
    earlier: str,
    of: list[str] | None = None,
    where: dict | None = None,
    ukraine: str | None = None,
    readings: list[dict] | None = None,
) -> Finding:
    """Compare the yearly rates of two periods, later over earlier, with the exact interval.

    The interval is the conditional one (Przyborowski and Wilenski 1940); where a cut-off divides
    a year, exposure is counted in days.

    Parameters
    ----------
    later, earlier
        claim, window_1, window_2, era_1, era_2, era_3, or years such as 2008:2013.
    of, where, ukraine, readings
        As for `event_rate`.
    """
    of = of or ["exercises"]
    after, before = _apart(later, earlier, tables, chosen, claim, of)
    counts, rows = within(tables, chosen, [after, before], of, where, ukraine)
    ratio = _ratio(tables, counts[0], after.years, counts[1], before.years)
    arguments = {"later": later, "earlier": earlier, "of": of, "where": where, "ukraine": ukraine}
    return Finding(
        *ratio,
        unit="times",
        rows=rows,
        note=f"{counts[0]} in {after.words}, {counts[1]} in {before.words}",
        unchanged=1.0,
        readings=other_readings(event_rate_ratio, (tables, chosen, claim), arguments, readings),
    )


def _apart(
    later: str, earlier: str, tables: Tables, chosen: Choices, claim: Claim, of: list[str]
) -> tuple[Span, Span]:
    """Read two periods, the earlier one cut where the later one begins."""

    def compute(seen: Choices) -> tuple[Span, Span]:
        after, before = stretches([later, earlier], tables, seen, claim, of)
        return after, Span(before.first, min(before.end, after.first))

    key = ("apart", later, earlier, claim.period_start, claim.period_end, *of)
    return tables.under(key, chosen, compute)


def _ratio(
    tables: Tables, events_2: int, exposure_2: float, events_1: int, exposure_1: float
) -> stats.Estimate:
    """Give a rate ratio, missing where one of the periods is not covered."""
    if not (exposure_1 > 0 and exposure_2 > 0):
        return stats.Estimate(MISSING, MISSING, MISSING)
    given = (events_2, exposure_2, events_1, exposure_1)
    return tables.once(("ratio", *given), lambda: stats.rate_ratio(*given))


@check
def event_share(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    part: dict,
    readings: list[dict] | None = None,
) -> Finding:
    """Give the share of the exercises counted that meet conditions, in per cent.

    Parameters
    ----------
    part
        The conditions, as `select` takes them.
    readings
        As for `event_rate`.
    """
    (span,) = stretches(["claim"], tables, chosen, claim)
    whole = counted(tables, chosen).within(span)
    hits = counted(tables, chosen, part).within(span)
    if not len(whole):
        return Finding(MISSING, unit="%", note="no event counted")
    counts = (len(hits), len(whole))
    share = tables.once(("share", *counts), lambda: stats.share(*counts))
    return Finding(
        *(100 * bound for bound in share),
        unit="%",
        rows={"exercises": pd.Index(whole)},
        note=f"{counts[0]} of {counts[1]} events in {span.words}",
        readings=other_readings(event_share, (tables, chosen, claim), {}, readings),
    )


@check
def feature_ratio(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    later: str,
    earlier: str,
    features: tuple[str, ...] = tuple(exercises.FEATURES),
    where: dict | None = None,
    readings: list[dict] | None = None,
) -> Finding:
    """Compare how many features an event has on average in two periods, later over earlier.

    Each feature of an event is one mark; the interval is the exact one for two rates with the
    events as exposure, and rather too wide for shares.

    Parameters
    ----------
    later, earlier
        As for `event_rate_ratio`.
    features
        Columns of marks: combined arms, joint command, command post and live fire unless given.
    where, readings
        As for `event_rate`.
    """
    spans = stretches([later, earlier], tables, chosen, claim)
    counts, rows = within(tables, chosen, spans, ["exercises"], where)

    def count(seen: Choices) -> list[int]:
        events = counted(tables, seen, where)
        per_event = tables.once(
            ("features", *features),
            lambda: tables["exercises"][list(features)].to_numpy().sum(axis=1),
        )
        return [int(per_event[events.places_within(span)].sum()) for span in spans]

    marks = tables.under(("marks", *features, json.dumps(where), *spans), chosen, count)
    found = zip(marks, counts, spans, strict=True)
    words = [f"{mark} marks of {count} events in {span.words}" for mark, count, span in found]
    arguments = {"later": later, "earlier": earlier, "features": features, "where": where}
    return Finding(
        *_ratio(tables, marks[0], counts[0], marks[1], counts[1]),
        unit="times",
        rows=rows,
        note=", ".join(words),
        unchanged=1.0,
        readings=other_readings(feature_ratio, (tables, chosen, claim), arguments, readings),
    )


@check
def size_trend(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    quantity: str,
    readings: list[dict] | None = None,
) -> Finding:
    """Give the yearly change of the size of events in the claim's period, in per cent.

    A straight line through the logarithms, over the events of which the forces of China and
    Russia, or a part of them, are stated. Sizes of all participants, or of a whole national
    exercise, are those of others too and left out. Missing below ten events.

    Parameters
    ----------
    quantity
        The column of forces: personnel_total, ships_total or aircraft_total.
    readings
        As for `event_rate`.
    """
    scope = {"forces_scope": ["china_and_russia", "part"], quantity: {"from": 1}}
    (span,) = stretches(["claim"], tables, chosen, claim)
    labels = counted(tables, chosen, scope).within(span)
    sizes = tables["exercises"].loc[labels, ["year", quantity]].astype("float64")
    stated = f"{len(labels)} of the events of {span.words} state {quantity.split('_')[0]}"
    if len(labels) < ENOUGH or sizes["year"].nunique() < 3:
        return Finding(MISSING, unit="% a year", note=f"only {stated}")
    key = ("size", quantity, *labels)
    logs = pd.Series(np.log(sizes[quantity]).to_numpy(), index=sizes["year"])
    slope = tables.once(key, lambda: stats.trend(logs))
    return Finding(
        *(100 * (math.exp(bound) - 1) for bound in slope),
        unit="% a year",
        rows={"exercises": pd.Index(labels)},
        note=stated,
        readings=other_readings(size_trend, (tables, chosen, claim), {}, readings),
    )


@check
def items_found(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    column: str,
    among: dict[str, str],
    rule: str = "",
) -> Finding:
    """Count which of some items the exercises of the claim's period name.

    Parameters
    ----------
    column
        A column of exercises such as regions, partner_iso3 or activities.
    among
        The items looked for, in words, and a regular expression for each.
    rule
        Which events count, where the claim itself allows one rule only; otherwise as chosen.
    """
    (span,) = stretches(["claim"], tables, chosen, claim)
    events = counted(tables, chosen, rule=rule)
    cells = tables["exercises"].loc[events.within(span), column].dropna()
    hits = {name: cells[cells.str.contains(pattern)] for name, pattern in among.items()}
    found = {name: events for name, events in hits.items() if len(events)}
    used = sorted({label for events in found.values() for label in events.index})
    missing = [name for name in among if name not in found]
    words = [f"{name} in {len(events)}" for name, events in found.items()]
    return Finding(
        float(len(found)),
        unit=claim.unit,
        rows={"exercises": pd.Index(used)},
        note=", ".join([*words, *(f"{name} in none" for name in missing)]),
    )


@check
def variety(
    tables: Tables, chosen: Choices, claim: Claim, column: str, later: str, earlier: str
) -> Finding:
    """Compare how many different items exercises name in two periods, later over earlier.

    More events name more items by themselves; so the items expected among equally many events of
    both periods (rarefaction, Hurlbert 1971) are offered as another definition.

    Parameters
    ----------
    column
        A list column of exercises, such as regions or kind.
    later, earlier
        As for `event_rate_ratio`.
    """
    spans = stretches([later, earlier], tables, chosen, claim)
    events, cells = counted(tables, chosen), tables["exercises"][column]
    parts = [events.within(span) for span in spans]
    items = tables.once(("items", column), lambda: [_items(cell) for cell in cells])
    lists = [[items[at] for at in events.places_within(span) if items[at]] for span in spans]
    counts = [Counter(itertools.chain.from_iterable(named)) for named in lists]
    sizes = [len(named) for named in lists]
    if not min(sizes):
        return Finding(MISSING, unit="times", note="a period without any event", unchanged=1.0)
    even = [
        _rarefied(sorted(found.values(), reverse=True), size, min(sizes))
        for found, size in zip(counts, sizes, strict=True)
    ]
    text = f"expected among {min(sizes)} events of each period: {even[0]:.1f} against {even[1]:.1f}"
    return Finding(
        len(counts[0]) / len(counts[1]),
        unit="times",
        rows={"exercises": pd.Index(np.concatenate(parts))},
        note=f"{len(counts[0])} in {spans[0].words}, {len(counts[1])} in {spans[1].words}",
        unchanged=1.0,
        readings=(Reading("some_definitions_only", text, even[0] / even[1]),),
    )


def _items(cell: object) -> list[str]:
    """List the items of a cell of a list column; none of a missing one."""
    return [] if pd.isna(cell) else str(cell).split(";")


def _rarefied(counts: list[int], events: int, drawn: int) -> float:
    """Expect how many different items so many events drawn at random would name.

    Parameters
    ----------
    counts
        How many of the events name each item.
    events, drawn
        How many events there are, and how many of them are drawn.

    Examples
    --------
    >>> _rarefied([1, 1], 2, 1)
    1.0
    """
    ways = math.comb(events, drawn)
    return float(sum(1 - math.comb(events - n, drawn) / ways for n in counts))


@check
def record_year(tables: Tables, chosen: Choices, claim: Claim) -> Finding:
    """Name the year with the most exercises up to the claim's period.

    Of years that share the record the first is named; each of the others is a reading.
    """
    events = counted(tables, chosen)
    counts = pd.Series(events.years[events.years <= claim.years[1]]).value_counts().sort_index()
    if counts.empty:
        return Finding(MISSING, unit="year", note="no event counted")
    best, *level = (int(year) for year in counts.index[counts == counts.max()])
    rest = counts[counts < counts.max()]
    after = f", next {rest.max()} in {rest.idxmax()}" if len(rest) else ""
    shared = f" in {', '.join(map(str, [best, *level]))} alike" if level else ""
    return Finding(
        float(best),
        unit="year",
        rows={"exercises": pd.Index(events.labels[np.isin(events.years, [best, *level])])},
        note=f"{counts.max()} events{shared}{after}",
        readings=tuple(
            Reading("some_definitions_only", f"{year}, level with {best}", float(year))
            for year in level
        ),
    )


@check
def forces_named(tables: Tables, chosen: Choices, claim: Claim, name: str, where: dict) -> Finding:
    """Read from the forces of exercises how many of a type took part.

    Parameters
    ----------
    name
        The type as the text has it, after its number.
    where
        Conditions on the exercises of the claim's period.
    """
    found = during(sure(tables, "exercises", chosen, where), claim)
    numbers = found["forces"].str.extract(rf"(\d+) {re.escape(name)}\b")[0].dropna()
    if numbers.empty:
        return Finding(MISSING, unit=claim.unit, note=f"no number of {name} is stated")
    return Finding(
        float(numbers.astype(int).sum()),
        unit=claim.unit,
        rows={"exercises": numbers.index},
        note="; ".join(found.loc[numbers.index, "name"]),
    )


@check
def older_share(tables: Tables, chosen: Choices, claim: Claim, years_before: int = 0) -> Finding:
    """Give the share of the formats in use since the second cut-off that are older, in per cent.

    Formats are mechanisms of meetings, whatever the rank, and series of exercises; one is older
    if its first contact or edition on record lies so many years before the cut-off. It may have
    begun before its first row.

    Parameters
    ----------
    years_before
        How many years before the cut-off a format must have begun.
    """
    formats = tables.under(("formats",), chosen, lambda seen: _formats(tables, seen))
    cut = np.datetime64(chosen.cutoff_2)
    alive = formats[formats["last"] >= cut]
    if alive.empty:
        return Finding(MISSING, unit="%", note="no format on record since the cut-off")
    older = alive[alive["first"] < pd.Timestamp(cut) - pd.DateOffset(years=years_before)]
    events, in_use = counted(tables, chosen), alive.index
    series = tables["exercises"]["series"].take(events.places)
    rows = {"exercises": series.index[series.isin(in_use)]}
    for table in ("meetings", "consultations"):
        frame = sure(tables, table, chosen)
        rows[table] = frame.index[frame["mechanism"].isin(in_use)]
    share = stats.share(len(older), len(alive))
    return Finding(
        *(100 * bound for bound in share),
        unit="%",
        rows=rows,
        note=f"{len(older)} of {len(alive)} formats in use",
    )


def _formats(tables: Tables, chosen: Choices) -> pd.DataFrame:
    """Give the first and the last day on record of each series of exercises and mechanism."""
    events, every = counted(tables, chosen), contacts(tables)
    met = tables.once(
        ("days of mechanisms",),
        lambda: every[["mechanism", "confidence"]].assign(day=dates.first_day(every["date_start"])),
    )
    met = confident(met, chosen.min_confidence)
    series = tables["exercises"]["series"].take(events.places)
    days = np.concatenate([events.days, met["day"]])
    found = pd.DataFrame({"name": [*series, *met["mechanism"]], "day": days})
    return found.groupby("name")["day"].agg(first="min", last="max")


def _yearly(tables: Tables, chosen: Choices, name: str) -> pd.Series:
    """Give a series by year, for the years covered: TIV delivered, or events."""
    return tables.under(("yearly", name), chosen, lambda seen: _by_year(tables, seen, name))


def _by_year(tables: Tables, chosen: Choices, name: str) -> pd.Series:
    """Read TIV by year, or count events."""
    if name == "tiv":
        return evidence.tiv_series(tables["arms_tiv"], chosen.sipri_release)
    found = gather(tables, chosen, [name])
    known = tables.once(("years covered",), lambda: years_covered(tables))[name]
    every = np.concatenate([events.years for events in found])
    shown = range(known.first.year, known.end.year)
    counts = np.bincount(every, minlength=shown.stop)[shown.start : shown.stop]
    return pd.Series(counts.astype(float), index=shown)


def _series_rows(
    tables: Tables, chosen: Choices, of: list[str], first: int = 1, last: int = 9999
) -> dict[str, pd.Index]:
    """Name the rows of series in some years: events that count, and TIV of the pair and release."""
    key = ("series rows", *of, first, last)
    return tables.under(key, chosen, lambda seen: _rows_within(tables, seen, of, first, last))


def _rows_within(
    tables: Tables, chosen: Choices, of: list[str], first: int, last: int
) -> dict[str, pd.Index]:
    """Find the rows of series in some years."""
    rows = {}
    if "tiv" in of:
        tiv = tables["arms_tiv"]
        pair = (tiv["supplier"] == "RUS") & (tiv["recipient"] == "CHN")
        shown = (tiv["release"] == chosen.sipri_release) & tiv["year"].between(first, last)
        # One row a year, that of the basis which the series takes.
        place = tiv[pair & shown]["basis"].map(arms.BASES.index).sort_values(kind="stable")
        once = tiv.loc[place.index].drop_duplicates("year")
        rows["arms_tiv"] = once.index.sort_values()
    for events in gather(tables, chosen, [name for name in of if name != "tiv"]):
        inside = (events.years >= first) & (events.years <= last)
        rows[events.table] = pd.Index(events.labels[inside])
    return rows


@check
def yearly_trend(tables: Tables, chosen: Choices, claim: Claim, of: list[str]) -> Finding:
    """Fit a straight line to a series by year in the claim's period, and give its slope.

    Parameters
    ----------
    of
        tiv alone, or exercises and meetings, which are added up.
    """
    first, last = claim.years
    total = sum(_yearly(tables, chosen, name) for name in of)
    known = total[(total.index >= first) & (total.index <= last)].dropna()
    unit = "million TIV a year" if "tiv" in of else "events per year, each year"
    if len(known) < 3:
        return Finding(MISSING, unit=unit, note="fewer than three years are covered")
    slope = tables.once(("trend", *known.index, *known), lambda: stats.trend(known))
    ends = f"{known.iloc[0]:g} in {known.index[0]}, {known.iloc[-1]:g} in {known.index[-1]}"
    rows = _series_rows(tables, chosen, of, first, last)
    return Finding(*slope, unit=unit, rows=rows, note=ends)


@check
def yearly_steps(tables: Tables, chosen: Choices, claim: Claim, years: str) -> Finding:
    """Give the share of steps from one year to the next that are no fall, in per cent.

    The series are arms deliveries, exercises and core meetings, each stepped through by itself.

    Parameters
    ----------
    years
        The years stepped through, such as 2021:2024.
    """
    first, last = dates.years(years)
    steps = {}
    for name in SERIES:
        levels = _yearly(tables, chosen, name)
        change = levels[(levels.index >= first) & (levels.index <= last)].diff().dropna()
        steps |= {f"{SERIES[name]} in {year}": step >= 0 for year, step in change.items()}
    rows = _series_rows(tables, chosen, list(SERIES), first, last)
    return _share_of(steps, rows)


@check
def eras_moved(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    how: str,
    as_ratio: bool = False,
    readings: list[dict] | None = None,
) -> Finding:
    """Give the share of series whose yearly mean moved between eras as a claim says, in per cent.

    The series are arms deliveries, exercises and core meetings; a year belongs to the era that
    begins in it.

    Parameters
    ----------
    how
        rose: since the second cut-off; rose_most: by more than at the first; amplified: by more
        than at the first, and the same way.
    as_ratio
        Compare means by their ratios instead of their differences.
    readings
        As for `event_rate`.
    """
    moved = {
        name: tables.under(
            ("moved", series, how, as_ratio),
            chosen,
            lambda c, series=series: _moved(_yearly(tables, c, series), how, c, as_ratio),
        )
        for series, name in SERIES.items()
    }
    known = {name: hit for name, hit in moved.items() if hit is not None}
    finding = _share_of(known, _series_rows(tables, chosen, list(SERIES)))
    arguments = {"how": how, "as_ratio": as_ratio}
    others = other_readings(eras_moved, (tables, chosen, claim), arguments, readings)
    return finding._replace(readings=others)


def _share_of(marks: dict[str, bool], rows: dict[str, pd.Index]) -> Finding:
    """Give the share of marks that are set, in per cent, and name the others."""
    if not marks:
        return Finding(MISSING, unit="%", note="no series covers the periods")
    against = [name for name, mark in marks.items() if not mark]
    share = 100 * (1 - len(against) / len(marks))
    note = f"{len(marks) - len(against)} of {len(marks)}"
    if against:
        note += f"; not {', '.join(against)}"
    return Finding(share, unit="%", rows=rows, note=note)


def _moved(series: pd.Series, how: str, chosen: Choices, as_ratio: bool) -> bool | None:
    """Tell whether the mean of a series moved between eras as asked; None if not covered."""
    first, second = int(chosen.cutoff_1[:4]), int(chosen.cutoff_2[:4])
    years, levels = series.index.to_numpy(), series.to_numpy()
    parts = (years < first, (years >= first) & (years < second), years >= second)
    means = np.array([levels[part].mean() if part.any() else MISSING for part in parts])
    one, two, three = np.log(np.where(means > 0, means, MISSING)) if as_ratio else means
    before, after = two - one, three - two
    if pd.isna(after) or (how != "rose" and pd.isna(before)):
        return None
    if how == "rose":
        return bool(after > 0)
    if how == "rose_most":
        return bool(after > max(before, 0))
    if how == "amplified":
        return bool(after * before > 0 and abs(after) > abs(before))
    raise ValueError(f"how {how!r}: use rose, rose_most or amplified")


@check
def break_years(tables: Tables, chosen: Choices, claim: Claim, breaks: int = 1) -> Finding:
    """Find the years that best divide the yearly exercises into two or three rates.

    One break gives its year, with the years whose profile likelihood is close enough (95 %).
    Two breaks give how many years the farther one lies from its cut-off.

    Parameters
    ----------
    breaks
        1 or 2.
    """
    fits = tables.under(
        ("breaks", breaks),
        chosen,
        lambda seen: _fits(_yearly(tables, seen, "exercises"), breaks),
    )
    best = max(fits, key=fits.get)
    rows = _series_rows(tables, chosen, ["exercises"])
    if breaks == 1:
        near = [cut[0] for cut, fit in fits.items() if fit >= fits[best] - PROFILE]
        note = "the other years of the interval divide them about as well"
        return Finding(float(best[0]), min(near), max(near), "year", rows, note)
    cuts = (int(chosen.cutoff_1[:4]), int(chosen.cutoff_2[:4]))
    off = max(abs(year - cut) for year, cut in zip(best, cuts, strict=True))
    words = " and ".join(map(str, best))
    return Finding(float(off), unit="years", rows=rows, note=f"best breaks {words}")


def _fits(counts: pd.Series, breaks: int) -> dict[tuple[int, ...], float]:
    """Give for each set of years that begin a new rate its Poisson log likelihood."""
    years = counts.index.to_list()
    sums = np.concatenate([[0.0], counts.cumsum().to_numpy()])

    def part(first: int, end: int) -> float:
        events = sums[end] - sums[first]
        return events * math.log(events / (end - first)) if events else 0.0

    fits = {}
    for cut in itertools.combinations(range(2, len(years) - 1), breaks):
        edges = [0, *cut, len(years)]
        if min(np.diff(edges)) >= 2:
            fits[tuple(years[i] for i in cut)] = sum(
                itertools.starmap(part, itertools.pairwise(edges))
            )
    return fits
