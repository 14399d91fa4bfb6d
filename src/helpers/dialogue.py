"""Dialogue: contacts under every counting rule, rounds and gaps of mechanisms, the 'doubling'.

A contact is a meeting, a talk by video or a call. Whether it counts is a choice: frames go in
whole, rules select, and every contact is counted once.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers import dates, stats
from helpers.choices import Choices, confident

# The years that were searched for contacts; rounds known from before are context.
COVERED = (2012, 2025)
RANKS = ["official", "deputy_minister", "chief_of_staff", "minister"]
CORE_SERIES = ("strategic_security_consultation", "defence_ministers")
MECHANISMS = {
    "strategic_security_consultation": "Strategic security consultation",
    "security_council_other": "Other security-council talks",
    "law_enforcement_security": "Law-enforcement mechanism",
    "defence_ministers": "Defence ministers",
    "intergovernmental_mtc_commission": "Arms-trade commission",
    "sco_defence_ministers": "SCO defence ministers",
    "moscow_conference": "Moscow security conference",
    "xiangshan_forum": "Xiangshan Forum",
    "chiefs_of_staff": "Chiefs of staff",
    "sco_chiefs_of_staff": "SCO chiefs of staff",
    "service_chiefs": "Navy commanders",
    "ne_asia_security_dialogue": "Northeast Asia security dialogue",
    "asia_pacific_affairs_consultation": "Asia-Pacific consultation",
    "deputy_foreign_ministers_korea": "Deputy ministers on Korea",
    "missile_defence_consultations": "Missile-defence consultations",
    "trilateral_security_representatives": "Security heads with Mongolia",
    "brics_security_representatives": "BRICS security heads",
}
KINDS = {
    "joint_statement": "joint statements",
    "treaty": "treaties and protocols",
    "treaty_extension": "treaties and protocols",
    "intergovernmental_agreement": "treaties and protocols",
    "protocol": "treaties and protocols",
    "roadmap": "roadmaps",
    "memorandum": "memoranda and announcements",
    "announcement": "memoranda and announcements",
}
# Fractions as they are said; a ratio is told by the one nearest to it.
SPOKEN = {
    1 / 3: "about two thirds less often",
    1 / 2: "about half as often",
    2 / 3: "about a third less often",
    3 / 4: "about a quarter less often",
    7 / 8: "slightly less often",
    1: "about as often",
    9 / 8: "slightly more often",
    5 / 4: "about a quarter more often",
    4 / 3: "about a third more often",
    3 / 2: "about half more often",
    7 / 4: "about three quarters more often",
    2: "about twice as often",
    5 / 2: "about two and a half times as often",
    3: "about three times as often",
}
COLUMNS = [
    "contact_id", "date_start", "date_end", "year", "mechanism", "round_no", "format", "setting",
    "rank", "host_iso3", "trip_id", "is_core", "claim_ids", "confidence", "source_id",
]  # fmt: skip


def contacts(meetings: pd.DataFrame, consultations: pd.DataFrame) -> pd.DataFrame:
    """Put meetings and consultations together, each contact once.

    A round that is also a meeting is that meeting, with its round number filled in; the other
    rounds are contacts that the meetings lack.

    Parameters
    ----------
    meetings, consultations
        The tables of those names.

    Returns
    -------
    pandas.DataFrame
        One row per contact in order of time, with the columns of both that rules need.
    """
    linked = consultations.dropna(subset="meeting_id").set_index("meeting_id")["round_no"]
    met = meetings.rename(columns={"meeting_id": "contact_id"})
    met = met.assign(round_no=met["round_no"].fillna(met["contact_id"].map(linked)))
    alone = consultations[consultations["meeting_id"].isna()]
    alone = alone.rename(columns={"consultation_id": "contact_id"})
    alone = alone.assign(is_core=alone["mechanism"].isin(CORE_SERIES).astype("boolean"))
    both = pd.concat([met[COLUMNS], alone[COLUMNS]])
    return both.sort_values(["date_start", "contact_id"]).reset_index(drop=True)


def at_least(frame: pd.DataFrame, rank_min: str) -> pd.DataFrame:
    """Keep the contacts whose lower side has at least the given rank.

    Examples
    --------
    >>> frame = pd.DataFrame({"rank": ["official", "minister"]})
    >>> at_least(frame, "deputy_minister")["rank"].tolist()
    ['minister']
    """
    return frame[frame["rank"].isin(RANKS[RANKS.index(rank_min) :])]


def counted(frame: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Keep the contacts that count under the choices of a run."""
    kept = at_least(confident(frame, chosen.min_confidence), chosen.rank_min)
    remote = kept["format"].isin(["virtual", "hybrid"])
    call = kept["format"] == "call"
    return kept[(chosen.count_virtual | ~remote) & (chosen.count_calls | ~call)]


def one_per_trip(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the first contact of every trip."""
    return frame[~frame["trip_id"].duplicated()]


RULES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "every contact": lambda c: c,
    "without calls": lambda c: c[c["format"] != "call"],
    "in person only": lambda c: c[c["format"].fillna("in_person") == "in_person"],
    "bilateral only": lambda c: c[c["setting"] == "bilateral"],
    "chiefs of staff and above": lambda c: at_least(c, "chief_of_staff"),
    "ministers only": lambda c: at_least(c, "minister"),
    "one per trip": one_per_trip,
    "ministers, one per trip": lambda c: one_per_trip(at_least(c, "minister")),
    "core contact of each trip": lambda c: c[c["is_core"]],
}


def years_covered(first: int, last: int) -> list[int]:
    """List the years from first to last that were searched for contacts.

    Examples
    --------
    >>> years_covered(1992, 2014)
    [2012, 2013, 2014]
    """
    return list(range(max(first, COVERED[0]), min(last, COVERED[1]) + 1))


def per_year(frame: pd.DataFrame, years: list[int]) -> pd.Series:
    """Count rows by year; a year without any is zero, since it was searched."""
    found = frame.groupby("year").size()
    return found.reindex(years, fill_value=0).rename_axis("year").astype("int64")


def per_year_by_rule(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Count contacts by year under every rule, one column a rule."""
    return pd.DataFrame({name: per_year(rule(frame), years) for name, rule in RULES.items()})


def compare(counts: pd.Series, chosen: Choices) -> dict:
    """Compare the yearly rates of the two windows of a run.

    Parameters
    ----------
    counts
        Counts by year, for all years that are covered; windows are clipped to them.
    chosen
        For `window_1` and `window_2`.

    Returns
    -------
    dict
        events_1, years_1, events_2, years_2, rate_1, rate_2 (per year), and the rate ratio
        second over first with its exact interval (`stats.rate_ratio`) as value, low, high; all
        missing when a window lies outside the years covered.
    """
    (events_1, years_1), (events_2, years_2) = (
        _window(counts, window) for window in (chosen.window_1, chosen.window_2)
    )
    found = stats.compare_rates(events_1, years_1, events_2, years_2)
    ratio = found.pop("ratio")
    return {**found, **ratio._asdict()}


def _window(counts: pd.Series, window: str) -> tuple[int, int]:
    """Give events and years of a window, as far as the counts cover it."""
    first, last = dates.years(window)
    inside = counts[(counts.index >= first) & (counts.index <= last)]
    return int(inside.sum()), len(inside)


def years_of(window: str, years: list[int]) -> list[int]:
    """List the years of a window that are among some years.

    Examples
    --------
    >>> years_of("2010:2013", [2012, 2013, 2014])
    [2012, 2013]
    """
    first, last = dates.years(window)
    return [year for year in years if first <= year <= last]


def comparisons(counts: dict[str, pd.Series] | pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Compare the two windows for each named series of yearly counts, one row a name."""
    rows = [{"rule": name, **compare(series, chosen)} for name, series in counts.items()]
    return pd.DataFrame(rows)


def estimates(rows: pd.DataFrame) -> list[stats.Estimate]:
    """Take the estimates in a frame's columns value, low, high, for a forest plot."""
    return [stats.Estimate(*row) for row in rows[["value", "low", "high"]].to_numpy()]


def reading(rows: pd.DataFrame) -> pd.Series:
    """Say for each ratio what its interval leaves possible.

    Examples
    --------
    >>> for words in reading(pd.DataFrame({"low": [0.7, 1.1, 0.4], "high": [6.5, 1.9, 1.8]})):
    ...     print(words)
    no change and doubling both possible
    a rise, but no doubling
    no change possible, doubling not
    """
    words = [
        (rows["low"].isna(), "not covered"),
        (rows["low"] > 2, "more than doubled"),
        ((rows["low"] > 1) & (rows["high"] < 2), "a rise, but no doubling"),
        (rows["low"] > 1, "a rise, doubling possible"),
        (rows["high"] < 1, "a fall"),
        (rows["high"] < 2, "no change possible, doubling not"),
    ]
    tests, names = zip(*words, strict=True)
    texts = np.select(tests, names, "no change and doubling both possible")
    return pd.Series(texts, index=rows.index)


MEANING = {
    "not covered": "the two cannot be compared",
    "more than doubled": "the rate more than doubled",
    "a rise, but no doubling": "the rate rose, but did not double",
    "a rise, doubling possible": "a rise is sure at that level and a doubling possible",
    "a fall": "the rate fell",
    "no change possible, doubling not": "a doubling is ruled out, and any rise may be chance",
    "no change and doubling both possible": "a doubling is neither confirmed nor ruled out",
}


def how_often(ratio: float, later: str, earlier: str) -> str:
    """Say a ratio of yearly rates the way one says it, to the nearest common fraction.

    Examples
    --------
    >>> how_often(1.47, "2022–2024", "2019–2021")
    'about half more often in 2022–2024 than in 2019–2021'
    >>> how_often(1.97, "2023", "2022")
    'about twice as often in 2023 as in 2022'
    >>> how_often(float("inf"), "2023", "2022")
    'in 2023, but not in 2022'
    """
    if np.isnan(ratio):
        return f"neither in {later} nor in {earlier}"
    if ratio in (0, np.inf):
        held, idle = (later, earlier) if ratio else (earlier, later)
        return f"in {held}, but not in {idle}"
    if not 0.3 <= ratio <= 3.3:
        times = ratio if ratio > 1 else 1 / ratio
        words = f"about {times:.0f} times as often"
        held, idle = (later, earlier) if ratio > 1 else (earlier, later)
        return f"{words} in {held} as in {idle}"
    nearest = min(SPOKEN, key=lambda known: abs(np.log(ratio / known)))
    words = SPOKEN[nearest]
    return f"{words} in {later} {'as' if ' as ' in words else 'than'} in {earlier}"


def change(ratio: float) -> str:
    """Say a ratio as a change in per cent, or from two on as a multiple.

    Examples
    --------
    >>> [change(ratio) for ratio in (0.794, 1.47, 2.79, 1.0, 0.0)]
    ['21 per cent fewer', '47 per cent more', '2.8 times as many', 'no change', 'none at all']
    >>> change(float("inf")), change(float("nan"))
    ('any number', 'not known')
    """
    if np.isnan(ratio) or ratio in (0, np.inf):
        return "not known" if np.isnan(ratio) else "any number" if ratio else "none at all"
    if ratio >= 1.995:
        return f"{ratio:.1f} times as many"
    if ratio == 1:
        return "no change"
    part = abs(round(100 * ratio) - 100) or "less than 1"
    return f"{part} per cent {'more' if ratio > 1 else 'fewer'}"


def changes(low: float, high: float) -> str:
    """Say an interval of ratios as a range of changes.

    Examples
    --------
    >>> changes(0.794, 2.79), changes(1.25, 1.93)
    ('21 per cent fewer to 2.8 times as many', '25 to 93 per cent more')
    """
    first, last = change(low), change(high)
    shared = first.partition(" ")[2]
    if first[0].isdigit() and last.endswith(f" {shared}"):
        first = first.removesuffix(f" {shared}")
    return f"{first} to {last}"


def forest_data(rows: pd.DataFrame, earlier: str, later: str, what: str) -> pd.DataFrame:
    """Give the numbers behind a forest plot under headings for readers.

    Parameters
    ----------
    rows
        As `comparisons` or `leave_one_out` give them; the first column names the rows.
    earlier, later
        The two windows in words.
    what
        What is counted, such as contacts.
    """
    headings = {
        "events_1": f"{earlier} ({what})",
        "events_2": f"{later} ({what})",
        "value": "Ratio of yearly rates",
        "low": "95 % interval from",
        "high": "95 % interval to",
    }
    return rows[[rows.columns[0], *headings]].rename(columns={rows.columns[0]: "Row", **headings})


def article_windows(claims: pd.DataFrame) -> dict[str, str]:
    """Read from the ledger the two windows that the article compares (DIP-018 and DIP-071).

    Examples
    --------
    >>> from helpers import tables
    >>> article_windows(tables.load("claims"))
    {'window_1': '2019:2021', 'window_2': '2022:2024'}
    """
    periods = claims.set_index("claim_id")[["period_start", "period_end"]]
    return {
        "window_1": ":".join(periods.loc["DIP-018"]),
        "window_2": ":".join(periods.loc["DIP-071"]),
    }


def stated(claims: pd.DataFrame) -> pd.DataFrame:
    """Compare the article's windows as it states its yearly means (DIP-018, 071, 025, 075).

    The means times the years of the windows give the events that the article speaks of.

    Returns
    -------
    pandas.DataFrame
        Rows as of `comparisons`: meetings, exercises, meetings and exercises.
    """
    windows = article_windows(claims)
    mean = claims.set_index("claim_id")["expected"]
    ids = {"meetings": ("DIP-018", "DIP-071"), "exercises": ("DIP-025", "DIP-075")}
    series = {
        name: pd.concat(
            [_constant(mean[claim], w) for claim, w in zip(pair, windows.values(), strict=True)]
        )
        for name, pair in ids.items()
    }
    series["meetings and exercises"] = series["meetings"] + series["exercises"]
    return comparisons(series, Choices(**windows))


def _constant(mean: float, window: str) -> pd.Series:
    """Give the same count to every year of a window."""
    first, last = dates.years(window)
    return pd.Series(float(mean), index=range(first, last + 1))


def leave_one_out(counts: pd.Series, chosen: Choices) -> pd.DataFrame:
    """Compare the windows again with each of their years left out, one row a year."""
    windows = [dates.years(w) for w in (chosen.window_1, chosen.window_2)]
    inside = [y for y in counts.index if any(a <= y <= b for a, b in windows)]
    rows = [{"year": year, **compare(counts.drop(year), chosen)} for year in inside]
    return pd.DataFrame(rows)


def events_needed(ratio: int, confidence: float = 0.95) -> int:
    """Give the fewest events in the earlier of two equal windows that make a ratio clear.

    Clear means that the exact interval of the observed ratio leaves out 1.

    Examples
    --------
    >>> events_needed(2)
    14
    """
    events = 1
    while stats.rate_ratio(ratio * events, 1, events, 1, confidence).low <= 1:
        events += 1
    return events


def rates_by_era(frame: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give contacts per year by era, with exact intervals; exposure is counted in days.

    Returns
    -------
    pandas.DataFrame
        era, events, years (of 365.25 days), value, low, high. Eras without any day among the
        years covered and shown are left out.
    """
    shown = years_covered(chosen.start_year, chosen.end_year)
    if not shown:
        return pd.DataFrame(columns=["era", "events", "years", "value", "low", "high"])
    inside = frame[frame["year"].isin(shown)]
    first, last = pd.Timestamp(shown[0], 1, 1), pd.Timestamp(shown[-1] + 1, 1, 1)
    cuts = [pd.Timestamp(chosen.cutoff_1), pd.Timestamp(chosen.cutoff_2)]
    edges = [first, *[min(max(cut, first), last) for cut in cuts], last]
    eras = dates.era(inside["date_start"], chosen.cutoff_1, chosen.cutoff_2)
    rows = []
    for i, label in enumerate(eras.cat.categories):
        years = (edges[i + 1] - edges[i]).days / 365.25
        if years > 0:
            events = int((eras == label).sum())
            rate = stats.poisson_rate(events, years)
            rows.append({"era": label, "events": events, "years": years, **rate._asdict()})
    return pd.DataFrame(rows)


def rates_in(counts: pd.Series, periods: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Give the yearly rate in named periods, with exact intervals; both end years included.

    Returns
    -------
    pandas.DataFrame
        period, events, years, value, low, high; a period without any year covered has no rate.
    """
    rows = []
    for name, (first, last) in periods.items():
        events, years = _window(counts, f"{first}:{last}")
        rate = stats.poisson_rate(events, years) if years else stats.Estimate(*[np.nan] * 3)
        rows.append({"period": name, "events": events, "years": years, **rate._asdict()})
    return pd.DataFrame(rows)


def bearing(frame: pd.DataFrame, claims: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """List the contacts that bear on single claims, in the period of each: one row a claim.

    Returns
    -------
    pandas.DataFrame
        claim_id, paraphrase, contacts (number), when (their dates).
    """
    own = frame["claim_ids"].fillna("").str.split(";")
    rows = claims[claims["claim_id"].isin(ids)]
    ends = rows.set_index("claim_id")[["period_start", "period_end"]].map(lambda day: int(day[:4]))
    found = {
        i: frame[own.map(lambda listed, i=i: i in listed) & frame["year"].between(first, last)]
        for i, first, last in ends.itertuples()
    }
    return rows[["claim_id", "paraphrase"]].assign(
        contacts=[len(found[i]) for i in rows["claim_id"]],
        when=[", ".join(found[i]["date_start"]) for i in rows["claim_id"]],
    )


def by_mechanism(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Count contacts of each mechanism by year; the index is the mechanism in words."""
    table = pd.crosstab(frame["mechanism"].map(MECHANISMS), frame["year"])
    shown = table.reindex(columns=years, fill_value=0)
    order = [name for name in MECHANISMS.values() if name in shown.index]
    return shown.loc[order][shown.loc[order].sum(axis=1) > 0]


def gaps(matrix: pd.DataFrame) -> pd.DataFrame:
    """Sum up a matrix of mechanisms by year: first and last year, years met, years without.

    Only years between the first and the last contact found can be gaps.
    """
    rows = []
    for name, row in matrix.iterrows():
        met = [int(year) for year in row.index[row > 0]]
        idle = [year for year in range(met[0], met[-1] + 1) if year not in met]
        rows.append(
            {"mechanism": name, "first_year": met[0], "last_year": met[-1],
             "contacts": int(row.sum()), "years_met": len(met), "gap_years": idle}
        )  # fmt: skip
    columns = ["mechanism", "first_year", "last_year", "contacts", "years_met", "gap_years"]
    return pd.DataFrame(rows, columns=columns)


def rounds(frame: pd.DataFrame, mechanism: str) -> pd.DataFrame:
    """Give the numbered rounds of a mechanism in order: round_no, date_start, year."""
    numbered = frame[(frame["mechanism"] == mechanism) & frame["round_no"].notna()]
    columns = ["contact_id", "round_no", "date_start", "year"]
    return numbered.sort_values("round_no")[columns].reset_index(drop=True)


def missing_rounds(numbered: pd.DataFrame) -> list[int]:
    """List the round numbers between the first and the last that no page was found for.

    Examples
    --------
    >>> missing_rounds(pd.DataFrame({"round_no": [4, 6, 8]}))
    [5, 7]
    """
    known = set(numbered["round_no"])
    return [n for n in range(min(known), max(known) + 1) if n not in known] if known else []


def with_missing(numbered: pd.DataFrame) -> pd.DataFrame:
    """Place numbered rounds in time; rounds without a page stand between their neighbours.

    Returns
    -------
    pandas.DataFrame
        round_no, at (years and decimals) and is_found, by number.

    Examples
    --------
    >>> frame = pd.DataFrame({"round_no": [1, 3], "date_start": ["2015-01-01", "2017-01-01"]})
    >>> with_missing(frame)["at"].round(1).tolist()
    [2015.0, 2016.0, 2017.0]
    """
    days = dates.first_day(numbered["date_start"])
    at = (days.dt.year + (days.dt.day_of_year - 1) / 365.25).to_numpy(dtype="float64")
    found = pd.Series(at, index=numbered["round_no"].astype("int64"))
    whole = sorted([*found.index, *missing_rounds(numbered)])
    placed = found.reindex(whole).interpolate()
    return pd.DataFrame(
        {"round_no": whole, "at": placed.to_numpy(), "is_found": [n in found for n in whole]}
    )


def held_between(numbered: pd.DataFrame, first: int, last: int) -> tuple[int, list[int]]:
    """Tell how many rounds the numbers imply in some years, and which years lack a page.

    The count runs from the first to the last number found in those years, so rounds before or
    after these are not in it.

    Examples
    --------
    >>> held_between(pd.DataFrame({"round_no": [3, 5], "year": [2015, 2017]}), 2015, 2017)
    (3, [2016])
    """
    inside = numbered[numbered["year"].between(first, last)]
    numbers = inside["round_no"].astype("int64")
    implied = int(numbers.max() - numbers.min() + 1) if len(numbers) else 0
    return implied, [year for year in range(first, last + 1) if year not in set(inside["year"])]


def pace(numbered: pd.DataFrame) -> float:
    """Give the rounds per year that the numbers imply, found or not; NaN for fewer than two.

    Examples
    --------
    >>> frame = pd.DataFrame({"round_no": [1, 5], "date_start": ["2015-01-01", "2017-01-01"]})
    >>> round(pace(frame), 2)
    2.0
    """
    if len(numbered) < 2:
        return float("nan")
    days = dates.first_day(numbered["date_start"])
    span = (days.iloc[-1] - days.iloc[0]).days / 365.25
    return float(numbered["round_no"].iloc[-1] - numbered["round_no"].iloc[0]) / span


def by_format(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Count contacts by year and by their form, one column a form in words."""
    names = {"in_person": "in person", "hybrid": "one side by video", "virtual": "by video"}
    forms = frame["format"].fillna("in_person").map(names | {"call": "call"})
    table = pd.crosstab(frame["year"], forms).reindex(index=years, fill_value=0)
    return table[[name for name in (*names.values(), "call") if name in table]]


def visits(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Count contacts by year and by where they were held: China, Russia, elsewhere, remote."""
    place = frame["host_iso3"].map({"CHN": "in China", "RUS": "in Russia"})
    place = place.mask(frame["host_iso3"].notna() & place.isna(), "in a third country")
    place = place.mask(frame["format"].isin(["virtual", "call"]), "by video or telephone")
    columns = ["in China", "in Russia", "in a third country", "by video or telephone"]
    table = pd.crosstab(frame["year"], place.fillna("not known"))
    return table.reindex(index=years, fill_value=0).reindex(columns=columns, fill_value=0)


def agreements_by_kind(agreements: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Count agreements by year and kind in words, one column a kind, most frequent first."""
    kinds = agreements["kind"].map(KINDS)
    table = pd.crosstab(dates.year(agreements["date"]).astype("int64"), kinds)
    order = table.sum().sort_values(ascending=False, kind="stable").index
    return table[order].reindex(years, fill_value=0)


def roadmaps(agreements: pd.DataFrame) -> pd.DataFrame:
    """Give the roadmaps with the years that they cover, both ends included.

    Returns
    -------
    pandas.DataFrame
        agreement_id, title, first_year, last_year, years.
    """
    plans = agreements[agreements["kind"] == "roadmap"]
    first, last = dates.year(plans["valid_from"]), dates.year(plans["valid_to"])
    found = plans[["agreement_id", "title"]].assign(first_year=first, last_year=last)
    return found.assign(years=last - first + 1).sort_values("first_year", ignore_index=True)


def standing(frame: pd.DataFrame, cutoff: str) -> pd.DataFrame:
    """List the mechanisms that met since a day, and whether they had met before it.

    First contacts are those on record, so a mechanism may be older than it looks.

    Returns
    -------
    pandas.DataFrame
        mechanism (in words), first (date of the first contact on record), is_older.
    """
    days = dates.first_day(frame["date_start"])
    alive = set(frame.loc[days >= pd.Timestamp(cutoff), "mechanism"])
    first = days.groupby(frame["mechanism"]).min().loc[lambda d: d.index.isin(alive)].sort_values()
    return pd.DataFrame(
        {
            "mechanism": first.index.map(MECHANISMS),
            "first": first.dt.strftime("%Y-%m").to_numpy(),
            "is_older": (first < pd.Timestamp(cutoff)).to_numpy(),
        }
    )
