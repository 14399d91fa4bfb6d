"""Joint exercises and patrols: counts, rates, series, places, features and forces.

Frames in, frames out. Events are counted by one of the counting rules, which are columns of the
table `exercises` named counted_<rule>.
"""

import numpy as np
import pandas as pd

from helpers import choices, dates, stats
from helpers.choices import Choices

RULES = {
    "all_joint": "all joint events",
    "bilateral": "China and Russia alone",
    "no_patrols": "no patrols",
    "no_sco": "no SCO events",
    "armed_forces": "armed forces only",
    "core_military": "armed forces as principals",
}
MEANINGS = {
    "all_joint": "every event in which forces of both took part: patrols, security forces and "
    "third-party drills too; parts of one event count once",
    "bilateral": "of these, the events of China and Russia alone",
    "no_patrols": "of these, all but patrols",
    "no_sco": "of these, all but those of the Shanghai Cooperation Organisation",
    "armed_forces": "of these, those of the armed forces: without national guard, police, border "
    "guard and coast guard",
    "core_military": "of these, exercises and patrols of the armed forces in which China and "
    "Russia are the only or the principal partners: without third-party drills too",
}
GROUPS = {
    "exercise": "armed forces' exercises",
    "air_patrol": "air patrols",
    "naval_patrol": "naval patrols",
    "multinational_third_party": "third-party drills",
}
SECURITY = "security forces"
# Events nearer to each other than this, in degrees of latitude, are one place of a map.
APART_DEG = 7.0
FEATURES = {
    "is_combined_arms": "combined arms",
    "has_joint_command": "joint command",
    "has_command_post": "command-post part",
    "has_live_fire": "live fire",
}
REGIONS = {
    "amur_border": "Amur and Manzhouli border",
    "sea_of_japan": "Sea of Japan",
    "yellow_east_china_sea": "Yellow and East China Seas",
    "south_china_sea": "South China Sea",
    "north_pacific": "Okhotsk to North Pacific",
    "western_pacific": "Western Pacific",
    "indian_ocean": "Indian Ocean and Gulf of Oman",
    "mediterranean_baltic": "Mediterranean and Baltic",
    "southern_africa": "off South Africa",
    "south_east_asia": "South-East Asia",
    "central_asia": "Central Asia",
    "iran_pakistan_inland": "inland Iran and Pakistan",
    "arctic": "Arctic approaches",
    "russia_inland": "inland Russia",
    "china_inland": "inland China",
}
FORMS = {"field": "field", "command_post": "command post", "both": "field and command post"}
FINDINGS = {
    "found": "units of both, same task",
    "no_chinese_part": "no Chinese part found",
    "in_exercises": "patrols (counted above)",
}
COMBAT = {"none": "", "russia_only": "; Russia fought"}
QUANTITIES = {"personnel_total": "people", "ships_total": "ships", "aircraft_total": "aircraft"}
# Pairs of periods that the articles set against each other, besides the windows and the eras.
CLAIMED_PERIODS = {
    "2014 to 2019 against 2008 to 2013": ((2008, 2013), (2014, 2019)),
    "2020 and 2021 against 2018 and 2019": ((2018, 2019), (2020, 2021)),
    "2022 to 2024 against 2014 to 2019": ((2014, 2019), (2022, 2024)),
}


def counted(events: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Keep the events that a counting rule counts; parts of one event are one event."""
    return events[events[f"counted_{rule}"]]


def counting_rules(events: pd.DataFrame) -> pd.DataFrame:
    """List the counting rules: rule, name, meaning, and the events of a table that each counts."""
    rows = [[r, RULES[r], MEANINGS[r], len(counted(events, r))] for r in RULES]
    return pd.DataFrame(rows, columns=["rule", "name", "meaning", "events"])


def with_parts(events: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Keep the events that a rule counts and the further parts of them, each part on its own.

    Examples
    --------
    >>> parts = pd.DataFrame({"event_id": ["A", "B"], "parent_event": ["P", "P"],
    ...     "both_took_part": "yes", "counted_all_joint": [True, False]})
    >>> len(counted(parts, "all_joint")), len(with_parts(parts, "all_joint"))
    (1, 2)
    """
    whole = events["parent_event"].fillna(events["event_id"])
    chosen = whole[events[f"counted_{rule}"].astype(bool)]
    return events[whole.isin(chosen) & (events["both_took_part"] == "yes")]


def years_shown(events: pd.DataFrame, chosen: Choices) -> list[int]:
    """List the years of a run: those asked for, from the first year that the table covers.

    A run that ends before the table begins shows its last year, in which nothing is counted.
    """
    first = max(chosen.start_year, int(events["year"].min()))
    return list(range(min(first, chosen.end_year), chosen.end_year + 1))


def select(
    events: pd.DataFrame, chosen: Choices, rule: str | None = None, parts: bool = False
) -> pd.DataFrame:
    """Keep the events of a run: counted by its rule, confident enough, in its years.

    Parameters
    ----------
    events
        Rows of `exercises`.
    chosen
        The choices of the run.
    rule
        Another counting rule than that of the run.
    parts
        Keep further parts of events too, each with its own place and forces.
    """
    sure = choices.confident(events, chosen.min_confidence)
    kept = (with_parts if parts else counted)(sure, rule or chosen.counting_rule)
    return kept[kept["year"].between(chosen.start_year, chosen.end_year)]


def group(kinds: pd.Series) -> pd.Series:
    """Sort kinds of events into the five groups that figures show.

    Examples
    --------
    >>> group(pd.Series(["air_patrol", "border_guard"])).tolist()
    ['air patrols', 'security forces']
    """
    return kinds.map(GROUPS).fillna(SECURITY)


def per_year(events: pd.DataFrame, years: list[int]) -> pd.Series:
    """Count events per year; a year without any is zero."""
    counts = events["year"].value_counts().reindex(years, fill_value=0).astype("int64")
    return counts.rename_axis("year")


def per_year_by_group(events: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Count events per year and group of kinds, a column per group."""
    names = group(events["kind"])
    columns = [*GROUPS.values(), SECURITY]
    return pd.DataFrame({name: per_year(events[names == name], years) for name in columns})


def per_year_by_rule(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Count events per year under every counting rule, a column per rule."""
    years = years_shown(events, chosen)
    return pd.DataFrame({r: per_year(select(events, chosen, r), years) for r in RULES})


def window_years(window: str | tuple[int, int], years: list[int]) -> list[int]:
    """List the years of a window that are shown.

    Examples
    --------
    >>> window_years("2019:2021", [2020, 2021, 2022])
    [2020, 2021]
    """
    first, last = dates.years(window) if isinstance(window, str) else window
    return [year for year in years if first <= year <= last]


def compare(counts: pd.Series, earlier: list[int], later: list[int]) -> dict:
    """Compare the yearly rates of two periods.

    Parameters
    ----------
    counts
        Events by year.
    earlier, later
        Years of the two periods, which must be in the index of `counts`.

    Returns
    -------
    dict
        events_1, years_1, rate_1, events_2, years_2, rate_2 and ratio, an `Estimate` of later
        over earlier; the ratio is unknown when one of the periods has no years.

    Examples
    --------
    >>> found = compare(pd.Series({2020: 2, 2021: 4, 2022: 12}), [2020, 2021], [2022])
    >>> found["events_1"], found["rate_2"], round(found["ratio"].value, 1)
    (6, 12.0, 4.0)
    """
    before, after = int(counts[earlier].sum()), int(counts[later].sum())
    return stats.compare_rates(before, len(earlier), after, len(later))


def _compared(rows: dict[str, dict], name: str) -> pd.DataFrame:
    """Make a frame of comparisons; without any it still has its columns."""
    columns = list(stats.compare_rates(0, 0, 0, 0))
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(name)


def windows_by_rule(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Compare the two windows of a run under every counting rule, a row per rule."""
    counts = per_year_by_rule(events, chosen)
    shown = counts.index.tolist()
    earlier = window_years(chosen.window_1, shown)
    later = window_years(chosen.window_2, shown)
    rows = {rule: compare(counts[rule], earlier, later) for rule in RULES}
    return _compared(rows, "rule")


def ratio_table(table: pd.DataFrame) -> pd.DataFrame:
    """Lay comparisons out for readers: counts of both periods, ratio, bounds of its interval.

    Examples
    --------
    >>> rates = pd.Series({2020: 2, 2021: 4, 2022: 12})
    >>> found = _compared({"late": compare(rates, [2020, 2021], [2022])}, "Pair")
    >>> ratio_table(found).iloc[0, :5].tolist()
    [6.0, 2.0, 12.0, 1.0, 4.0]
    """
    counts = table[["events_1", "years_1", "events_2", "years_2"]]
    names = ["Events, earlier", "Years, earlier", "Events, later", "Years, later"]
    ratios = pd.DataFrame(
        [tuple(ratio) for ratio in table["ratio"]],
        index=table.index,
        columns=["Times as many", "95 % from", "95 % to"],
    )
    return counts.set_axis(names, axis=1).join(ratios).round(3)


def course(rates: pd.Series) -> str:
    """Say how the yearly rates of successive eras run.

    Examples
    --------
    >>> course(pd.Series([1.4, 5.2, 8.8])), course(pd.Series([1.4, 5.2, 2.0]))
    ('Events a year rose from era to era', 'Events a year by era')
    """
    steps = rates.diff().dropna()
    if len(steps) and (steps > 0).all():
        return "Events a year rose from era to era"
    if len(steps) and (steps < 0).all():
        return "Events a year fell from era to era"
    return "Events a year by era"


def of_all(part: int, whole: int) -> str:
    """Say how many of some things it is.

    Examples
    --------
    >>> of_all(0, 6), of_all(2, 6), of_all(6, 6), of_all(1, 1)
    ('none of 6', '2 of 6', 'all 6', '1 of 1')
    """
    if part == whole > 1:
        return f"all {whole}"
    return f"{part or 'none'} of {whole}"


def era_rates(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Count the selected events of a run by era, with days observed and events per year.

    The eras begin at the cut-off days; a year is 365.25 days. What lies before the first year of
    the table, or outside the years of the run, is not observed.

    Returns
    -------
    pandas.DataFrame
        By era: events, years, rate, low, high; an era that is not observed has no rate.
    """
    shown = years_shown(events, chosen)
    kept = select(events, chosen)
    labels = dates.era_labels(chosen.cutoff_1, chosen.cutoff_2)
    counts = dates.era(kept["date_start"], chosen.cutoff_1, chosen.cutoff_2).value_counts()
    ends = [f"{shown[0]}-01-01", chosen.cutoff_1, chosen.cutoff_2, f"{shown[-1] + 1}-01-01"]
    edges = pd.to_datetime(pd.Series(ends)).clip(pd.Timestamp(ends[0]), pd.Timestamp(ends[-1]))
    years = edges.diff().dt.days.iloc[1:].to_numpy() / 365.25
    table = pd.DataFrame({"events": counts.reindex(labels, fill_value=0).astype(int)})
    table["years"] = years
    rates = [
        stats.poisson_rate(e, y) if y else stats.Estimate(np.nan, np.nan, np.nan)
        for e, y in zip(table["events"], table["years"], strict=True)
    ]
    table[["rate", "low", "high"]] = pd.DataFrame(rates, index=table.index)
    return table.rename_axis("era")


def comparisons(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Compare periods under the rule of a run: its windows, its eras, and those of the articles.

    Returns
    -------
    pandas.DataFrame
        By name of the comparison, the columns of `compare`. Pairs of periods that are not wholly
        within the years shown are left out.
    """
    shown = years_shown(events, chosen)
    counts = per_year(select(events, chosen), shown)
    windows = (dates.years(chosen.window_1), dates.years(chosen.window_2))
    pairs = {_against(*windows): windows} | CLAIMED_PERIODS
    rows = {
        name: compare(counts, window_years(early, shown), window_years(late, shown))
        for name, (early, late) in pairs.items()
        if {*early, *late} <= set(shown)
    }
    eras = era_rates(events, chosen)
    for first, second in zip(eras.index[:-1], eras.index[1:], strict=True):
        one, two = eras.loc[first], eras.loc[second]
        if one["years"] > 0 and two["years"] > 0:
            rows[f"{second} against {first} (by day)"] = stats.compare_rates(
                int(one["events"]), one["years"], int(two["events"]), two["years"]
            )
    return _compared(rows, "comparison")


def _against(earlier: tuple[int, int], later: tuple[int, int]) -> str:
    """Name a comparison of two windows."""
    return f"{later[0]} to {later[1]} against {earlier[0]} to {earlier[1]}"


def leave_one_out(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Compare the two windows again, leaving out each year of either in turn."""
    shown = years_shown(events, chosen)
    counts = per_year(select(events, chosen), shown)
    first = window_years(chosen.window_1, shown)
    second = window_years(chosen.window_2, shown)
    rows = {
        f"without {out}": compare(
            counts, [y for y in first if y != out], [y for y in second if y != out]
        )
        for out in sorted({*first, *second})
    }
    return _compared(rows, "left_out")


def editions(events: pd.DataFrame, years: list[int], least: int = 2) -> pd.DataFrame:
    """Count editions per series and year, for series with at least so many years of editions.

    Returns
    -------
    pandas.DataFrame
        A row per series, in the order of first editions, a column per year.
    """
    table = events.groupby(["series", "year"]).size().unstack(fill_value=0)
    table = table.reindex(columns=years, fill_value=0).astype(int)
    kept = table[(table > 0).sum(axis=1) >= least]
    order = (kept > 0).idxmax(axis=1).astype(int).sort_values(kind="stable").index
    return kept.loc[order]


def gap_years(table: pd.DataFrame) -> pd.DataFrame:
    """Mark the years without an edition between the first and the last one of each series.

    Examples
    --------
    >>> gap_years(pd.DataFrame([[1, 0, 2, 0]], columns=[2016, 2017, 2018, 2019])).iloc[0].tolist()
    [False, True, False, False]
    """
    held = table > 0
    begun = held.cummax(axis=1)
    ended = held.iloc[:, ::-1].cummax(axis=1).iloc[:, ::-1]
    return begun & ended & ~held


def series_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Say of each series of `editions` its years, gap years and editions per year since the first.

    Returns
    -------
    pandas.DataFrame
        By series: editions, first_year, last_year, gaps (list of years), per_year (to the last
        year shown), is_yearly (an edition in every year from the first to the last shown).
    """
    gaps = gap_years(table)
    rows = {}
    for name, counts in table.iterrows():
        held = counts.index[counts > 0]
        span = counts.loc[held[0] :]
        rows[name] = {
            "editions": int(counts.sum()),
            "first_year": int(held[0]),
            "last_year": int(held[-1]),
            "gaps": [int(y) for y in gaps.columns[gaps.loc[name]]],
            "per_year": counts.sum() / len(span),
            "is_yearly": bool((span > 0).all()),
        }
    columns = ["editions", "first_year", "last_year", "gaps", "per_year", "is_yearly"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("series")


def places(events: pd.DataFrame, chosen: Choices, apart: float = APART_DEG) -> pd.DataFrame:
    """Gather events into places by era: those near each other, at their mean position.

    Parameters
    ----------
    events
        Selected events; those without a position are left out.
    apart
        Mean distance in degrees of latitude below which events are one place.

    Returns
    -------
    pandas.DataFrame
        era, latitude_deg, longitude_deg, events; the largest places first.
    """
    known = events.dropna(subset=["latitude_deg", "longitude_deg"])
    era = dates.era(known["date_start"], chosen.cutoff_1, chosen.cutoff_2).astype(str)
    # Counted from mid-Atlantic, where no event is, so that the date line parts no neighbours.
    east = (known["longitude_deg"] + 30) % 360 - 30
    spots = known.assign(era=era, place=0, longitude_deg=east)
    for _, part in spots.groupby("era"):
        spots.loc[part.index, "place"] = _near(part, apart)
    found = spots.groupby(["era", "place"], as_index=False).agg(
        latitude_deg=("latitude_deg", "mean"),
        longitude_deg=("longitude_deg", "mean"),
        events=("event_id", "size"),
    )
    found["longitude_deg"] = (found["longitude_deg"] + 180) % 360 - 180
    return found.drop(columns="place").sort_values(
        ["events", "latitude_deg"], ascending=False, ignore_index=True
    )


def _near(spots: pd.DataFrame, apart: float) -> np.ndarray:
    """Give each spot the number of its place, by mean distances as the map draws them."""
    from scipy.cluster import hierarchy  # only maps need it, and it imports much

    points = np.c_[spots["longitude_deg"] * np.cos(np.radians(35)), spots["latitude_deg"]]
    if len(points) < 2:
        return np.ones(len(points), dtype=int)
    return hierarchy.fcluster(hierarchy.linkage(points, "average"), apart, "distance")


def place_table(places: pd.DataFrame, regions: dict[str, pd.Series], top: int) -> pd.DataFrame:
    """Lay out for readers what the maps and the bars beside them draw.

    Parameters
    ----------
    places
        As `places` gives them.
    regions
        As `regions_by_era` gives them.
    top
        How many regions of each era have a bar.
    """
    names = {"era": "Era", "latitude_deg": "Latitude (°)", "longitude_deg": "Longitude (°)",
             "events": "Events"}  # fmt: skip
    circles = places.rename(columns=names).assign(Mark="circle on the map").round(1)
    bars = pd.DataFrame(
        [(era, "bar", name, count) for era, counts in regions.items()
         for name, count in counts.head(top).items()],
        columns=["Era", "Mark", "Region", "Events"],
    )  # fmt: skip
    columns = ["Era", "Mark", "Region", "Latitude (°)", "Longitude (°)", "Events"]
    return pd.concat([circles, bars], ignore_index=True).reindex(columns=columns)


def exploded(events: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give a row per item of a list column; an event with three regions has three rows."""
    items = events[column].str.split(";")
    return events.assign(**{column: items}).explode(column).dropna(subset=[column])


def by_item_and_year(events: pd.DataFrame, column: str, years: list[int]) -> pd.DataFrame:
    """Count events by item of a list column and year, the commonest item first."""
    table = exploded(events, column).groupby([column, "year"]).size().unstack(fill_value=0)
    table = table.reindex(columns=years, fill_value=0).astype(int)
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def regions_by_era(events: pd.DataFrame, chosen: Choices) -> dict[str, pd.Series]:
    """Count for each era the events that name a region, the commonest region first."""
    rows = exploded(events, "regions")
    era = dates.era(rows["date_start"], chosen.cutoff_1, chosen.cutoff_2)
    names = rows["regions"].map(REGIONS)
    return {label: names[era == label].value_counts() for label in era.cat.categories}


def commonest(counts: pd.Series) -> list:
    """List the index of the largest counts: more than one if they are equal, none if all are zero.

    Examples
    --------
    >>> commonest(pd.Series({2014: 4, 2015: 2, 2017: 4}))
    [2014, 2017]
    """
    return counts.index[(counts == counts.max()) & (counts > 0)].tolist()


def comparable(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the comparisons whose ratio is known."""
    return table[np.array([ratio.value >= 0 for ratio in table["ratio"]], dtype=bool)]


def feature_shares(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Count by era the selected events for which a feature is stated.

    Returns
    -------
    pandas.DataFrame
        feature, era, part (events with it), whole (events), share_pct, low_pct, high_pct; an era
        without events has no share.
    """
    era = dates.era(events["date_start"], chosen.cutoff_1, chosen.cutoff_2)
    rows = []
    for feature in FEATURES:
        for label in era.cat.categories:
            flags = events.loc[era == label, feature]
            part, whole = int(flags.sum()), len(flags)
            found = stats.share(part, whole) if whole else stats.Estimate(np.nan, np.nan, np.nan)
            rows.append([feature, label, part, whole, *(100 * x for x in found)])
    columns = ["feature", "era", "part", "whole", "share_pct", "low_pct", "high_pct"]
    return pd.DataFrame(rows, columns=columns)


def forces(events: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Give the events with the number of forces stated for each, and how it was stated.

    Returns
    -------
    pandas.DataFrame
        day, name, forces_scope, count (missing where not stated), is_floor (only a least number
        is stated) and is_stated.
    """
    stated = events[quantity].notna()
    return pd.DataFrame(
        {
            "day": dates.first_day(events["date_start"]),
            "name": events["name"],
            "forces_scope": events["forces_scope"],
            "count": events[quantity].astype("float64"),
            "is_floor": stated & events[f"{quantity}_high"].isna(),
            "is_stated": stated,
        }
    ).sort_values("day", ignore_index=True)


def force_table(events: pd.DataFrame, scopes: dict[str, str]) -> pd.DataFrame:
    """Lay out for readers what the panels of sizes draw: a row per event.

    Parameters
    ----------
    events
        Selected events.
    scopes
        The words for whose forces a number holds, by the code in `forces_scope`.
    """
    drawn = {unit: forces(events, quantity) for quantity, unit in QUANTITIES.items()}
    first = drawn[QUANTITIES["personnel_total"]]
    least = [
        ", ".join(unit for unit, rows in drawn.items() if rows.at[row, "is_floor"])
        for row in first.index
    ]
    return pd.DataFrame(
        {
            "Began": first["day"].dt.strftime("%Y-%m-%d"),
            "Event": first["name"],
            **{unit.capitalize(): rows["count"] for unit, rows in drawn.items()},
            "Whose forces": first["forces_scope"].map(scopes),
            "At least so many": least,
        }
    )


def size_by_era(events: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Summarise by era how many events state their forces and the median of those that do.

    Only forces of China and Russia in the joint event count, and of all participants; numbers of
    whole national exercises would drown the rest.
    """
    joint = events[events["forces_scope"].isin(["china_and_russia", "all_participants"])]
    rows = []
    for quantity in QUANTITIES:
        era = dates.era(joint["date_start"], chosen.cutoff_1, chosen.cutoff_2)
        every = dates.era(events["date_start"], chosen.cutoff_1, chosen.cutoff_2)
        for label in era.cat.categories:
            known = joint.loc[era == label, quantity].dropna().astype("float64")
            median = known.median() if len(known) else np.nan
            rows.append([quantity, label, int((every == label).sum()), len(known), median])
    return pd.DataFrame(rows, columns=["quantity", "era", "events", "stated", "median"])


def against_published(reported: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Set our counts beside those published by others, for the same period and nearest rule.

    Parameters
    ----------
    reported
        Rows of `exercise_counts_reported`; those without a number or a nearest rule are left out.
    events
        Rows of `exercises`, not limited to the years of a run, as the periods are others'.

    Returns
    -------
    pandas.DataFrame
        The rows of `reported` with ours, published (the floor where only a floor is stated),
        agrees (ours lies within what the statement allows) and gap (ours less the nearest
        number that it allows).
    """
    known = reported.dropna(subset=["count_low", "comparable_rule"])
    ours = pd.Series([_ours(row, events) for row in known.to_dict("records")], known.index, float)
    low = known["count_low"].astype("float64")
    high = known["count_high"].astype("float64").fillna(np.inf)
    nearest = ours.clip(low, high)
    return known.assign(
        ours=ours, published=low, agrees=ours == nearest, gap=ours - nearest
    ).reset_index(drop=True)


def published_labels(reported: pd.DataFrame) -> pd.Series:
    """Name published counts by who counted, without where it was read, and by their period.

    Examples
    --------
    >>> published_labels(pd.DataFrame({"counted_by": ["US NDU via Bloomberg"],
    ...     "period_start": ["2014"], "period_end": ["2023-06"]})).tolist()
    ['US NDU, 2014 to 2023-06']
    """
    who = reported["counted_by"].str.replace(r" (via|Center for).*| \(.*", "", regex=True)
    first, last = reported["period_start"], reported["period_end"]
    return who + ", " + first.where(first == last, first + " to " + last)


def explained(beside: pd.DataFrame, whole: pd.DataFrame) -> pd.Series:
    """Say of each published count what may explain that ours is another.

    The notes collected with the counts were written beside our whole table. Where a run counts
    fewer events, such a note may be false, so that the words then name the run instead.

    Parameters
    ----------
    beside
        As `against_published` gives it for the events of a run.
    whole
        The same for all events of the table.
    """
    instead = [
        f"This run leaves out events of less confidence; with them our count is {count:.3g}."
        for count in whole["ours"]
    ]
    return beside["difference"].where(beside["ours"] == whole["ours"], instead)


def widest(beside: pd.DataFrame) -> str:
    """Name the published count that differs most from ours, and by how many.

    Examples
    --------
    >>> widest(pd.DataFrame({"label": ["A", "B"], "gap": [1.0, -18.0]}))
    'the widest gap is 18 (B)'
    """
    gaps = beside["gap"].abs()
    if not gaps.any():
        return "none is apart"
    return f"the widest gap is {gaps.max():.0f} ({beside.loc[gaps.idxmax(), 'label']})"


def _ours(row: dict, events: pd.DataFrame) -> float:
    """Count for ourselves what one published row counted."""
    count = with_parts if row["counts_parts"] is True else counted
    kept = count(events, row["comparable_rule"])
    if isinstance(row["comparable_series"], str):
        kept = kept[kept["series"] == row["comparable_series"]]
    ends = pd.Series([row["period_start"], row["period_end"]])
    day = dates.first_day(kept["date_start"])
    inside = kept[day.between(dates.first_day(ends)[0], dates.last_day(ends)[1])]
    first, last = dates.year(ends)
    counts = per_year(inside, list(range(first, last + 1)))
    summary = {"total": "sum", "mean_per_year": "mean", "minimum_per_year": "min"}
    return float(counts.agg(summary[row["measure"]]))


def neighbours(events: pd.DataFrame, days: int = 3) -> pd.DataFrame:
    """List pairs of events of the same domain that overlap or follow each other within days.

    Such a pair may be one deployment that makes two events. Events known only to the month are
    left out.

    Returns
    -------
    pandas.DataFrame
        first, second (names), date_start (of the second), days_common and days_between.
    """
    exact = events[events["date_precision"] == "day"]
    spans = exact[["name", "domain"]].assign(
        start=dates.first_day(exact["date_start"]), end=dates.last_day(exact["date_end"])
    )
    pairs = spans.merge(spans, on="domain", suffixes=("_1", "_2"))
    later = pairs["start_1"] < pairs["start_2"]
    same_day = (pairs["start_1"] == pairs["start_2"]) & (pairs["name_1"] < pairs["name_2"])
    common = (pairs[["end_1", "end_2"]].min(axis=1) - pairs["start_2"]).dt.days + 1
    near = pairs[(later | same_day) & (common > -days)]
    return pd.DataFrame(
        {
            "first": near["name_1"],
            "second": near["name_2"],
            "date_start": near["start_2"].dt.strftime("%Y-%m-%d"),
            "days_common": common[near.index].clip(lower=0),
            "days_between": (-common[near.index]).clip(lower=0),
        }
    ).sort_values("date_start", ignore_index=True)


def partners(events: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Count the selected events by third partner, the commonest first.

    Parameters
    ----------
    events
        Selected events.
    names
        Rows of `countries`, for the names of partners.
    """
    rows = exploded(events, "partner_iso3")
    found = rows.groupby("partner_iso3").agg(
        events=("event_id", "size"), first_year=("year", "min"), last_year=("year", "max")
    )
    found = found.join(names.set_index("iso3")["name"]).reset_index()
    return found.sort_values(["events", "partner_iso3"], ascending=[False, True], ignore_index=True)


def in_words(ratio: stats.Estimate) -> str:
    """Say what a rate ratio with its interval allows to conclude.

    Examples
    --------
    >>> in_words(stats.Estimate(1.7, 0.9, 3.4))
    'no change and a doubling are both within the interval'
    >>> in_words(stats.Estimate(4.0, 2.5, 6.0))
    'an increase is sure at that level, and it is more than a doubling'
    """
    if np.isnan(ratio.value):
        return "there is nothing to compare"
    if ratio.high < 1:
        return "a decrease is sure at that level"
    doubling = ratio.low <= 2 <= ratio.high
    if ratio.low <= 1:
        if doubling:
            return "no change and a doubling are both within the interval"
        return "no change is within the interval, a doubling is not"
    if ratio.low > 2:
        return "an increase is sure at that level, and it is more than a doubling"
    if doubling:
        return "an increase is sure at that level, and a doubling is within the interval"
    return "an increase is sure at that level, but it is less than a doubling"


def ratio_text(ratio: stats.Estimate) -> str:
    """Write a ratio with its interval.

    Examples
    --------
    >>> ratio_text(stats.Estimate(2.0, 0.6947, 6.4947))
    '2.00 (0.69 to 6.49)'
    """
    if np.isnan(ratio.value):
        return "not comparable"
    return f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"
