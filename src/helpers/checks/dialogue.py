"""Checks on meetings, consultations and agreements."""

from collections.abc import Callable

import pandas as pd

from helpers import dates, dialogue, evidence, exercises, stats
from helpers.checks.events import contacts, counted_contacts
from helpers.checks.select import run_years, select, sure
from helpers.choices import Choices, confident
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check

# The narrowest reading of meetings of defence and security officials: the two heads themselves.
CHIEFS = ("defence_ministers", "strategic_security_consultation", "security_council_other")


def _rows(tables: Tables, met: pd.DataFrame) -> dict[str, pd.Index]:
    """Name the rows of both tables that contacts come from."""
    found = {}
    for name, key in (("meetings", "meeting_id"), ("consultations", "consultation_id")):
        frame = tables[name]
        found[name] = frame.index[frame[key].isin(met["contact_id"])]
    return found


@check
def meetings_per_year(tables: Tables, chosen: Choices, claim: Claim) -> Finding:
    """Count contacts of defence and security officials per year, with the exact interval.

    The years are those of the claim's period that were searched for contacts; readings count
    trips instead of contacts: all, bilateral ones, and those of the heads alone.
    """
    years = dialogue.years_covered(*claim.years)
    if not years:
        return Finding(MISSING, unit="contacts per year", note="years not searched")
    columns = ["contact_id", "year", "setting", "mechanism", "trip_id"]
    kept = counted_contacts(tables, chosen)[columns]
    kept = kept[kept["year"].isin(years)]
    trips, alone = kept[["trip_id"]], kept["setting"] == "bilateral"
    readings = {
        "counting trips instead of contacts": trips,
        "counting trips, and of these bilateral ones only": trips[alone],
        "counting bilateral trips of defence ministers and security-council chiefs only": (
            trips[alone & kept["mechanism"].isin(CHIEFS)]
        ),
    }
    return Finding(
        *stats.poisson_rate(len(kept), len(years)),
        unit="contacts per year",
        rows=_rows(tables, kept),
        note=f"{len(kept)} contacts in {len(years)} years",
        readings=tuple(
            Reading("some_definitions_only", words, len(dialogue.one_per_trip(met)) / len(years))
            for words, met in readings.items()
        ),
    )


@check
def rounds_each_year(tables: Tables, chosen: Choices, claim: Claim, mechanism: str) -> Finding:
    """Give the share of the years of the claim's period in which a mechanism held a round.

    A year without a page counts where the numbers of the rounds before and after it leave at
    least one round for every such year between them; without these it is a reading.

    Parameters
    ----------
    mechanism
        Code of the mechanism.
    """
    found = confident(contacts(tables), chosen.min_confidence)
    numbered = dialogue.rounds(found, mechanism)
    asked = run_years(claim)
    inside = numbered[numbered["year"].isin(asked)]
    if not len(inside):
        return Finding(MISSING, unit="share of years", note="no round of these years known")
    dated, held = set(inside["year"]), _years_implied(numbered)
    years = {
        "none in": [year for year in asked if year not in held],
        "by the numbers only in": [year for year in asked if year in held - dated],
    }
    notes = [f"{what} {', '.join(map(str, found))}" for what, found in years.items() if found]
    on_page = "counting only rounds that a page dates", len(dated) / len(asked)
    return Finding(
        1 - len(years["none in"]) / len(asked),
        unit="share of years",
        rows=_rows(tables, inside),
        note="; ".join(notes) or "one in every year",
        readings=(Reading("some_definitions_only", *on_page),),
    )


def _years_implied(numbered: pd.DataFrame) -> set[int]:
    """List the years with a round, those included that only the numbers tell of.

    Examples
    --------
    >>> frame = pd.DataFrame({"round_no": [11, 13, 14], "year": [2015, 2017, 2019]})
    >>> sorted(_years_implied(frame))
    [2015, 2016, 2017, 2019]
    """
    known = list(zip(numbered["year"], numbered["round_no"], strict=True))
    held = {int(year) for year, _ in known}
    for (before, low), (after, high) in zip(known, known[1:], strict=False):
        between = range(int(before) + 1, int(after))
        if high - low - 1 >= len(between):
            held |= set(between)
    return held


@check
def rounds_per_year(tables: Tables, chosen: Choices, claim: Claim, mechanism: str) -> Finding:
    """Give the rounds per year that the numbers of a mechanism's rounds imply.

    Measured from the first to the last numbered round of the claim's period, with the exact
    Poisson interval; a reading spreads the rounds over all its years.

    Parameters
    ----------
    mechanism
        Code of the mechanism.
    """
    found = dialogue.rounds(confident(contacts(tables), chosen.min_confidence), mechanism)
    asked = run_years(claim)
    inside = found[found["year"].isin(asked)].reset_index(drop=True)
    pace = dialogue.pace(inside)
    if pd.isna(pace):
        return Finding(MISSING, unit="rounds per year", note="fewer than two rounds numbered")
    first, last = inside.iloc[0], inside.iloc[-1]
    steps = int(last["round_no"] - first["round_no"])
    is_followed, after = (found["round_no"] > last["round_no"]).any(), "; none numbered later"
    words = f"spreading {steps + 1} rounds over {asked[0]} to {asked[-1]}"
    return Finding(
        *stats.poisson_rate(steps, steps / pace),
        unit="rounds per year",
        rows=_rows(tables, inside),
        note=f"rounds {first['round_no']} to {last['round_no']}, "
        f"{first['date_start']} to {last['date_start']}{'' if is_followed else after}",
        readings=(Reading("some_definitions_only", words, (steps + 1) / len(asked)),),
    )


@check
def roadmap_years(tables: Tables, chosen: Choices, claim: Claim) -> Finding:
    """Give the length of the roadmap that begins in the claim's first year, both ends counted.

    The other roadmaps are readings.
    """
    agreements = sure(tables, "agreements", chosen)
    plans = dialogue.roadmaps(agreements)
    is_asked = plans["first_year"] == claim.years[0]
    if not is_asked.any():
        return Finding(MISSING, unit="years", note=f"no roadmap from {claim.years[0]} known")
    asked = plans[is_asked].iloc[0]
    return Finding(
        float(asked["years"]),
        unit="years",
        rows={"agreements": agreements.index[agreements["kind"] == "roadmap"]},
        note=f"{asked['first_year']} to {asked['last_year']}",
        readings=tuple(
            Reading("other_period", f"the roadmap of {p.first_year} to {p.last_year}", p.years)
            for p in plans[~is_asked].itertuples()
        ),
    )


def _exercises(tables: Tables, chosen: Choices) -> pd.DataFrame:
    """Keep the exercises that count."""
    return sure(tables, "exercises", chosen, {f"counted_{chosen.counting_rule}": True})


Field = tuple[pd.Series, pd.DataFrame]


def _exercises_by_year(tables: Tables, chosen: Choices) -> Field:
    years, kept = tables["exercises"]["year"], _exercises(tables, chosen)
    covered = list(range(int(years.min()), int(years.max()) + 1))
    return exercises.per_year(kept, covered), kept


def _meetings_by_year(tables: Tables, chosen: Choices) -> Field:
    found = confident(contacts(tables), chosen.min_confidence)
    core = found[found["is_core"]]
    used = tables["meetings"].loc[_rows(tables, core)["meetings"]]
    return dialogue.per_year(core, dialogue.years_covered(*dialogue.COVERED)), used


def _deliveries_by_year(tables: Tables, chosen: Choices) -> Field:
    wanted = {"supplier": "RUS", "recipient": "CHN", "release": chosen.sipri_release}
    frame = tables["arms_tiv"]
    return evidence.tiv_series(frame, chosen.sipri_release), select(frame, wanted)


NAMES = {"arms_tiv": "arms deliveries"}
FIELDS: dict[str, Callable[[Tables, Choices], Field]] = {
    "exercises": _exercises_by_year,
    "meetings": _meetings_by_year,
    "arms_tiv": _deliveries_by_year,
}


def _field(tables: Tables, chosen: Choices, name: str) -> Field:
    """Give the yearly numbers of a field of cooperation and the rows behind them."""
    return tables.under(("field", name), chosen, lambda seen: FIELDS[name](tables, seen))


def _era(chosen: Choices, claim: Claim) -> list[int]:
    """List the years of the claim's period that lie in the era between the two cut-offs."""
    first, last = int(chosen.cutoff_1[:4]), int(chosen.cutoff_2[:4])
    return [year for year in run_years(claim) if first <= year < last]


@check
def fields_grown(
    tables: Tables, chosen: Choices, claim: Claim, fields: list[str], against: str, by: float
) -> Finding:
    """Count the fields of cooperation whose yearly mean grew between two periods.

    The later period is the claim's, as far as it lies between the two cut-offs.

    Parameters
    ----------
    fields
        Tables: exercises, meetings (one for each trip of heads of defence or security, with
        consultations), arms_tiv (Russian deliveries to China).
    against
        The earlier years, as far as they lie before the first cut-off.
    by
        How many times the earlier mean makes growth.
    """
    later, (first, last) = _era(chosen, claim), dates.years(against)
    earlier = list(range(first, min(last, int(chosen.cutoff_1[:4]) - 1) + 1))
    ratios, rows = {}, {}
    for name in fields:
        ratios[name], rows[name] = tables.under(
            ("field grown", name, *earlier, "to", *later),
            chosen,
            lambda seen, name=name: _grown(_field(tables, seen, name), earlier, later),
        )
    grown = sum(ratio >= by for ratio in ratios.values())
    known = [f"{NAMES.get(name, name)} {ratio:.1f}" for name, ratio in ratios.items()]
    return Finding(
        float(grown) if later and earlier else MISSING,
        unit="fields",
        rows=rows,
        note=f"later over earlier yearly mean: {', '.join(known)}",
    )


def _grown(field: Field, earlier: list[int], later: list[int]) -> tuple[float, pd.Index]:
    """Divide the later yearly mean of a field by the earlier one, and name the rows of both."""
    numbers, used = field
    before, after = (numbers[numbers.index.isin(years)].mean() for years in (earlier, later))
    ratio = float(after / before) if before else MISSING
    return ratio, used.index[used["year"].isin([*earlier, *later])]


@check
def formats_trend(tables: Tables, chosen: Choices, claim: Claim) -> Finding:
    """Fit a line to the yearly number of standing formats in use: series of exercises, mechanisms.

    A series counts in a year with an edition, a mechanism of consultation in a year with a
    contact of any rank. Years are those of the claim's period between the two cut-offs.
    """
    years = _era(chosen, claim)
    if len(years) < 3:
        return Finding(MISSING, unit="formats per year", note="fewer than three years")
    series, drills = _in_use(tables, chosen, "exercises", years)
    mechanisms, met = _in_use(tables, chosen, "contacts", years)
    counts = series + mechanisms
    return Finding(
        *stats.trend(counts.astype("float64")),
        unit="more formats each year",
        rows=drills | met,
        note="formats in use: " + ", ".join(f"{y} {n}" for y, n in counts.items()),
    )


def _in_use(
    tables: Tables, chosen: Choices, name: str, years: list[int]
) -> tuple[pd.Series, dict[str, pd.Index]]:
    """Count the series of exercises, or the mechanisms of contacts, with one in each year."""

    def compute(seen: Choices) -> tuple[pd.Series, dict[str, pd.Index]]:
        if name == "exercises":
            frame = _exercises(tables, seen)[["year", "series"]]
        else:
            every = contacts(tables)[["year", "mechanism", "contact_id", "confidence"]]
            frame = confident(every, seen.min_confidence)
        inside = frame[frame["year"].isin(years)]
        counts = inside.groupby("year")[frame.columns[1]].nunique()
        counts = counts.reindex(years, fill_value=0)
        used = {"exercises": inside.index} if name == "exercises" else _rows(tables, inside)
        return counts, used

    return tables.under(("formats in use", name, *years), chosen, compute)


@check
def phase_growth(tables: Tables, chosen: Choices, claim: Claim, phases: list[str]) -> Finding:
    """Compare the growth of exercises in the claim's period with that in any other phase.

    Growth is a phase's yearly rate over that of the phase before; the finding is by how much the
    claim's growth exceeds the greatest other one, the reading the same in events a year.

    Parameters
    ----------
    phases
        Windows of years in order, the claim's among them; the first only serves as a base.
    """
    counts, used = _field(tables, chosen, "exercises")
    rates = [counts.loc[slice(*dates.years(phase))].mean() for phase in phases]
    if 0 in rates[:-1]:
        return Finding(MISSING, unit="times", note="a phase without any exercise")
    own = phases.index(":".join(str(year) for year in claim.years)) - 1
    pairs = list(zip(rates, rates[1:], strict=False))
    times = [later / earlier for earlier, later in pairs]
    gains = [later - earlier for earlier, later in pairs]
    leads = [
        grown[own] - max(other for place, other in enumerate(grown) if place != own)
        for grown in (times, gains)
    ]
    words = [
        f"{phase.replace(':', '–')} {ratio:.1f} times, {gain:+.1f} a year"
        for phase, ratio, gain in zip(phases[1:], times, gains, strict=True)
    ]
    return Finding(
        float(leads[0]),
        unit="times, above the next fastest phase",
        rows={"exercises": used.index[used["year"].between(*_ends(phases))]},
        note="; ".join(words),
        readings=(Reading("some_definitions_only", "growth in events a year", float(leads[1])),),
    )


def _ends(windows: list[str]) -> tuple[int, int]:
    """Give the first and the last year of windows in order."""
    return dates.years(windows[0])[0], dates.years(windows[-1])[1]
