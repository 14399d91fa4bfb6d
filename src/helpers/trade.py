"""Goods from China to Russia: flows by dataset, the break of 2022, published shares, items found.

BACI reconciles what exporter and importer report. Russia stopped reporting after January 2022,
so from that year BACI holds China's reports alone: a comparison of years on either side of the
break mixes a change in trade with a change in bookkeeping. Frames in, frames out; values in
dollars unless a name says otherwise.
"""

import pandas as pd

from helpers import dates, stats
from helpers.choices import Choices

BREAK_YEAR = 2022
CHINA_TO_RUSSIA = ("CHN", "RUS")
GRADES = ["A", "B", "C"]
LISTS = {
    "chpl50": ["chpl"],
    "tier1_2": ["tier_1", "tier_2"],
    "semiconductors": ["semiconductor_devices", "integrated_circuits"],
}
LIST_NAMES = {
    "chpl50": "the fifty high-priority goods",
    "tier1_2": "the high-priority goods of tiers 1 and 2",
    "semiconductors": "semiconductor devices and integrated circuits",
}
DATASET_NAMES = {
    "china_reported": "China's reports",
    "baci": "BACI (reconciled)",
    "fcs": "Russian customs",
    "imf": "IMF (estimate from 2022)",
}
WEAPON_GROUPS = ["tanks", "military_weapons", "ammunition", "propellants", "explosives"]
# Whole weapons that everybody calls heavy; a wide definition adds light armour and armed drones.
NARROW_HEAVY = ["tank", "artillery", "combat_aircraft", "warship", "missile"]
WIDE_HEAVY = [*NARROW_HEAVY, "armoured_vehicle", "armed_drone"]


def within(frame: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Keep the rows whose `year` lies in the years chosen.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> frame = pd.DataFrame({"year": [2016, 2020, 2024]})
    >>> within(frame, choose(start_year=2017, end_year=2023))["year"].tolist()
    [2020]
    """
    return frame[frame["year"].between(chosen.start_year, chosen.end_year)]


def flow(frame: pd.DataFrame, pair: tuple[str, str] = CHINA_TO_RUSSIA) -> pd.DataFrame:
    """Keep the rows of one exporter and importer, given as ISO codes."""
    return frame[(frame["exporter"] == pair[0]) & (frame["importer"] == pair[1])]


def yearly(
    annual: pd.DataFrame, product: str, dataset: str = "baci", column: str = "value_usd"
) -> pd.Series:
    """Give one product's flow from China to Russia by year.

    Parameters
    ----------
    annual
        Rows of the table `trade_annual`.
    product, dataset
        As in that table, such as "TOTAL" and "china_reported".
    column
        What to read: `value_usd` or `net_kg`.

    Returns
    -------
    pandas.Series
        Indexed by year; years without a row are absent.
    """
    rows = flow(annual)
    rows = rows[(rows["product"] == product) & (rows["dataset"] == dataset)]
    return rows.set_index("year")[column].sort_index().rename(product)


def monthly_totals(monthly: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Put China's total exports to Russia by month as each side reports them side by side.

    Returns
    -------
    pandas.DataFrame
        Indexed by the first day of the month; a column per reporter, in billion dollars.
    """
    rows = within(flow(monthly), chosen)
    rows = rows[rows["product"] == "TOTAL"]
    wide = rows.pivot(index="month", columns="reporter", values="value_usd") / 1e9
    named = wide.rename(columns={"CHN": "China reports", "RUS": "Russia reports"})
    named.index = pd.DatetimeIndex(pd.to_datetime(named.index, format="%Y-%m"))
    return named.rename_axis(columns=None)


def monthly_means(monthly: pd.DataFrame, chosen: Choices, months: int = 12) -> dict[str, float]:
    """Average China's reported monthly exports just before the cut-off and in the last months.

    Returns
    -------
    dict
        `before` and `after` in billion dollars; missing where fewer months than asked are held
        on that side of the cut-off. The month of the cut-off itself counts as after.
    """
    totals = monthly_totals(monthly, chosen)
    if "China reports" not in totals:
        return {"before": float("nan"), "after": float("nan")}
    series = totals["China reports"].dropna()
    cutoff = pd.Timestamp(chosen.cutoff_2).replace(day=1)
    before, after = series[series.index < cutoff], series[series.index >= cutoff]
    return {
        "before": before.tail(months).mean() if len(before) >= months else float("nan"),
        "after": after.tail(months).mean() if len(after) >= months else float("nan"),
    }


def totals_by_dataset(annual: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give China's total exports to Russia by year and dataset, in billion dollars."""
    rows = within(flow(annual), chosen)
    rows = rows[rows["product"] == "TOTAL"]
    wide = rows.pivot(index="year", columns="dataset", values="value_usd") / 1e9
    ordered = [d for d in DATASET_NAMES if d in wide]
    return wide[ordered].rename(columns=DATASET_NAMES).rename_axis(columns=None)


def spread(totals: pd.DataFrame) -> pd.Series:
    """Say by how many per cent the highest dataset lies above the lowest, by year.

    Years with a single dataset are left out.

    Examples
    --------
    >>> spread(pd.DataFrame({"a": [100.0, 50.0], "b": [110.0, None]}, index=[2020, 2021])).to_dict()
    {2020: 10.0}
    """
    several = totals[totals.notna().sum(axis=1) > 1]
    return ((several.max(axis=1) / several.min(axis=1) - 1) * 100).round(6)


def change_pct(before: float, after: float) -> float:
    """Give the change in per cent; missing from a base that is zero or missing.

    Examples
    --------
    >>> change_pct(50.0, 75.0), change_pct(0.0, 7.0)
    (50.0, nan)
    """
    if pd.isna(before) or pd.isna(after) or before == 0:
        return float("nan")
    return (after / before - 1) * 100


def last_year(series: pd.Series, chosen: Choices) -> int | None:
    """Give the last year of a series within the years chosen, or None."""
    years = series.dropna().index
    held = [int(year) for year in years if chosen.start_year <= year <= chosen.end_year]
    return max(held, default=None)


def fair_base_year(chosen: Choices) -> int:
    """Give the year from which goods can be compared on the baseline chosen.

    By single goods China's own reports are held only through BACI, and so only from the break
    on: an earlier base year is moved up to it. On BACI itself the base year stays.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> fair_base_year(choose(base_year=2021)), fair_base_year(choose(baseline="baci"))
    (2022, 2021)
    """
    return chosen.base_year if chosen.baseline == "baci" else max(chosen.base_year, BREAK_YEAR)


def compare(series: pd.Series, chosen: Choices, base_year: int | None = None) -> dict[str, float]:
    """Compare a base year, that of the choices unless given, with the last year held.

    Returns
    -------
    dict
        `base_year`, `last_year`, `before`, `after` (missing where not held or where the last
        year is not after the base year) and `change_pct`.
    """
    base = base_year or chosen.base_year
    last = last_year(series, chosen)
    before = float(series.get(base, float("nan"))) if chosen.start_year <= base else float("nan")
    after = float(series[last]) if last is not None and last > base else float("nan")
    return {
        "base_year": base,
        "last_year": last,
        "before": before,
        "after": after,
        "change_pct": change_pct(before, after),
    }


def crosses_break(first: int, last: int) -> bool:
    """Tell whether two years lie on either side of the break in BACI.

    Examples
    --------
    >>> crosses_break(2021, 2023), crosses_break(2022, 2023)
    (True, False)
    """
    return first < BREAK_YEAR <= last


def list_total(annual: pd.DataFrame, hs_list: str) -> pd.Series:
    """Give the yearly value of a list of dual-use goods in BACI, in dollars."""
    parts = [yearly(annual, product) for product in LISTS[hs_list]]
    return pd.concat(parts, axis=1).sum(axis=1, min_count=len(parts)).rename(hs_list)


def break_ratios(annual: pd.DataFrame) -> pd.DataFrame:
    """Divide China's reported exports by BACI's for every code that both hold, by year.

    Near one means that BACI took China's figure; far from one, that Russia's report weighed in.
    """
    rows = flow(annual)
    rows = rows[rows["product_level"] == "hs6"]
    wide = rows.pivot(index=["product", "year"], columns="dataset", values="value_usd")
    ratio = (wide["china_reported"] / wide["baci"]).dropna()
    return ratio.unstack("year").rename_axis(index=None, columns=None)


def group_values(annual: pd.DataFrame, products: list[str], chosen: Choices) -> pd.DataFrame:
    """Give the yearly BACI values of product groups in million dollars, one column each.

    Columns carry the names of the groups, in the order given.
    """
    rows = within(flow(annual), chosen)
    rows = rows[(rows["dataset"] == "baci") & rows["product"].isin(products)]
    names = rows.drop_duplicates("product").set_index("product")["product_name"]
    wide = rows.pivot(index="year", columns="product", values="value_usd") / 1e6
    held = [product for product in products if product in wide]
    return wide[held].rename(columns=names).rename_axis(columns=None)


def group_changes(annual: pd.DataFrame, products: list[str], chosen: Choices) -> pd.DataFrame:
    """Compare value, weight and price per kilogram of groups from the fair base year on.

    Returns
    -------
    pandas.DataFrame
        One row a group with `name`, `before` and `after` (million dollars) and the factors
        `value_ratio`, `weight_ratio` and `price_ratio`; the product of the last two is the
        first. Factors from a base of zero are missing.
    """
    found = []
    for product in products:
        base = fair_base_year(chosen)
        value = compare(yearly(annual, product), chosen, base)
        weight = compare(yearly(annual, product, column="net_kg"), chosen, base)
        found.append(
            {
                "product": product,
                "base_year": base,
                "last_year": value["last_year"],
                "before": value["before"] / 1e6,
                "after": value["after"] / 1e6,
                "value_ratio": 1 + value["change_pct"] / 100,
                "weight_ratio": 1 + weight["change_pct"] / 100,
            }
        )
    names = annual.drop_duplicates("product").set_index("product")["product_name"]
    changes = pd.DataFrame(found)
    return changes.assign(
        name=changes["product"].map(names),
        price_ratio=changes["value_ratio"] / changes["weight_ratio"],
    )


def chips_on_both_baselines(
    annual: pd.DataFrame, figures: pd.DataFrame, chosen: Choices
) -> pd.DataFrame:
    """Set integrated circuits (HS 8542) in BACI beside what Chinese customs reported.

    The Chinese figures are those that a newspaper published from Chinese customs.

    Returns
    -------
    pandas.DataFrame
        Indexed by year; `baci` and `china_reported` in million dollars, missing where not held.
    """
    published = figures[
        (figures["measure"] == "integrated_circuit_exports")
        & (figures["exporter"] == "CHN")
        & (figures["reported_by"] == "china_customs")
    ]
    reported = pd.Series(
        published["value_usd"].to_numpy() / 1e6,
        index=dates.year(published["period_start"]).astype(int),
    )
    both = pd.DataFrame(
        {"baci": yearly(annual, "integrated_circuits") / 1e6, "china_reported": reported}
    )
    return within(both.rename_axis("year").reset_index(), chosen).set_index("year")


def by_tier(annual: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give high-priority goods by tier and year in BACI, in million dollars."""
    tiers = {f"tier_{t.lower()}": f"tier {t}" for t in ["1", "2", "3A", "3B", "4A", "4B"]}
    rows = within(flow(annual), chosen)
    rows = rows[rows["product"].isin(tiers)]
    wide = rows.pivot(index="year", columns="product", values="value_usd") / 1e6
    return wide.reindex(columns=list(tiers)).rename(columns=tiers).rename_axis(columns=None)


def published_weights(figures: pd.DataFrame, measure: str) -> pd.DataFrame:
    """List the distinct published weights of one measure from China to Russia.

    Returns
    -------
    pandas.DataFrame
        `year`, `tonnes`, `is_whole_year`, `first_publisher`, `qualifier`; repeats left out.
    """
    rows = figures[
        (figures["measure"] == measure)
        & (figures["exporter"] == "CHN")
        & (figures["importer"] == "RUS")
        & figures["net_kg"].notna()
        & ~figures["is_repeat"].astype(bool)
    ]
    return rows.assign(
        year=dates.year(rows["period_start"]),
        tonnes=rows["net_kg"] / 1e3,
        is_whole_year=rows["period_start"].str[5:7].eq("01") & rows["period_end"].str[5:7].eq("12"),
    ).sort_values(["year", "first_publisher"])


def shares(figures: pd.DataFrame, topics: list[str]) -> pd.DataFrame:
    """List China's published shares on some topics, repeats left out, the articles' first.

    Returns
    -------
    pandas.DataFrame
        Rows of `reported_figures` with `is_claimed` (published by the article under test) and
        `when`, the period in words.
    """
    rows = figures[
        figures["share_pct"].notna()
        & figures["topic"].isin(topics)
        & figures["exporter"].str.contains("CHN", na=False)
        & ~figures["is_repeat"].astype(bool)
    ]
    return rows.assign(
        is_claimed=rows["source_id"] == "cepa-2025",
        when=period_words(rows["period_start"], rows["period_end"]),
    ).sort_values(["is_claimed", "topic", "period_end", "share_pct"], ascending=False)


def period_words(start: pd.Series, end: pd.Series) -> pd.Series:
    """Write periods in words: 2023, 2023-07, 2023-01 to 2023-06, until 2023-12.

    Examples
    --------
    >>> start = pd.Series(["2023-01", "2023-07", "2022-02-24"])
    >>> period_words(start, pd.Series(["2023-12", "2023-07", "2023-03"])).tolist()
    ['2023', '2023-07', '2022-02-24 to 2023-03']
    """
    first, last = start.fillna("").astype("str"), end.fillna("").astype("str")
    words = (first + " to " + last).mask(first == last, first).mask(first == "", "until " + last)
    whole = first.str.endswith("-01") & last.str.endswith("-12") & (first.str[:4] == last.str[:4])
    is_month = (first.str.len() == 7) & (last.str.len() == 7)
    return words.mask(whole & is_month, first.str[:4]).mask(last == "", "no period given")


def chipmaking_shares(annual: pd.DataFrame) -> pd.DataFrame:
    """Compute China's share of Russia's reported imports of chip-making machines, by code.

    The numerator is BACI, the denominator Russia's own report of its imports from everywhere:
    two datasets, so the share is rough.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, one column a code, in per cent; only years that both hold.
    """
    lines = annual[annual["product_level"] == "hs6"]
    world = flow(lines, ("WLD", "RUS")).pivot(index="year", columns="product", values="value_usd")
    china = flow(lines[lines["dataset"] == "baci"]).pivot(
        index="year", columns="product", values="value_usd"
    )
    both = china.reindex(index=world.index, columns=world.columns) / world * 100
    return both.dropna(how="all").rename_axis(columns=None)


def monthly_values(
    annual: pd.DataFrame, products: list[str], figures: pd.DataFrame, measures: list[str], year: int
) -> pd.DataFrame:
    """Bring goods to dollars a month: BACI groups of one year and published drone figures.

    Returns
    -------
    pandas.DataFrame
        `name`, `million_a_month` and `is_published`, the greatest first.
    """
    values = {p: yearly(annual, p).get(year, float("nan")) / 1e6 / 12 for p in products}
    names = annual.drop_duplicates("product").set_index("product")["product_name"]
    groups = pd.DataFrame(
        {
            "name": [f"{names[p]}, {year}" for p in products],
            "million_a_month": [values[p] for p in products],
            "is_published": False,
        }
    )
    rows = figures[
        figures["measure"].isin(measures) & figures["value_usd"].notna()
        & (figures["importer"] == "RUS")
    ]  # fmt: skip
    published = pd.DataFrame(
        {
            "name": rows["product"].str.capitalize()
            + ", " + period_words(rows["period_start"], rows["period_end"])
            + " (" + rows["first_publisher"] + ")",
            "million_a_month": rows["value_usd"] / 1e6 / months_covered(rows),
            "is_published": True,
        }
    )  # fmt: skip
    both = pd.concat([groups, published]).dropna(subset="million_a_month")
    return both.sort_values("million_a_month", ascending=False, ignore_index=True)


def months_covered(figures: pd.DataFrame) -> pd.Series:
    """Count the calendar months that the periods of published figures touch.

    Examples
    --------
    >>> rows = pd.DataFrame({"period_start": ["2023-01"], "period_end": ["2023-06"]})
    >>> months_covered(rows).tolist()
    [6]
    """
    first, last = dates.first_day(figures["period_start"]), dates.last_day(figures["period_end"])
    return (last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month + 1


def press_check(figures: pd.DataFrame, monthly: pd.DataFrame) -> pd.DataFrame:
    """Compare published totals of China's customs with the sums of the monthly table.

    Returns
    -------
    pandas.DataFrame
        `figure_id`, `when`, `published` and `summed` in billion dollars, `difference_pct`;
        only periods of which every month is held.
    """
    totals = flow(monthly[(monthly["product"] == "TOTAL") & (monthly["reporter"] == "CHN")])
    values = totals.set_index("month")["value_usd"] / 1e9
    rows = figures[
        (figures["measure"] == "total_exports") & (figures["reported_by"] == "china_customs")
    ]
    spans = [values[start:end] for start, end in rows[["period_start", "period_end"]].to_numpy()]
    checked = rows.assign(
        when=period_words(rows["period_start"], rows["period_end"]),
        published=rows["value_usd"] / 1e9,
        summed=[span.sum() for span in spans],
        months=[len(span) for span in spans],
    )
    whole = checked[checked["months"] == months_covered(checked)]
    return whole.assign(difference_pct=(whole["published"] / whole["summed"] - 1) * 100)


def partner_shares(annual: pd.DataFrame, chosen: Choices, partners: list[str]) -> pd.DataFrame:
    """Give partners' shares of Russia's imports from the partners that its customs listed.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, one column a partner in per cent, and `hhi`, the concentration over all
        the listed partners from 0 to 1.
    """
    rows = within(annual[(annual["dataset"] == "fcs") & (annual["importer"] == "RUS")], chosen)
    wide = rows.pivot(index="year", columns="exporter", values="value_usd").astype("float64")
    part = wide.div(wide.sum(axis=1), axis=0) * 100
    held = part.reindex(columns=partners).rename_axis(columns=None)
    return held.assign(hhi=[stats.hhi(row) for _, row in wide.iterrows()])


def graded(transfers: pd.DataFrame, min_grade: str) -> pd.DataFrame:
    """Keep the items in Russian military use whose evidence is at least of a grade.

    Examples
    --------
    >>> items = pd.DataFrame({"evidence_grade": ["A", "C"], "is_in_military_use": [True, True]})
    >>> graded(items, "B")["evidence_grade"].tolist()
    ['A']
    """
    enough = GRADES[: GRADES.index(min_grade) + 1]
    is_used = transfers["is_in_military_use"].astype(bool)
    return transfers[is_used & transfers["evidence_grade"].isin(enough)]


def items_by_class(items: pd.DataFrame) -> pd.DataFrame:
    """Count items by class and grade, the largest class first."""
    counts = items.pivot_table(
        index="item_class", columns="evidence_grade", values="transfer_id", aggfunc="count"
    )
    counts = counts.reindex(columns=GRADES).fillna(0).astype(int).rename_axis(columns=None)
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return counts.loc[order]


def heavy(items: pd.DataFrame, is_wide: bool) -> pd.DataFrame:
    """Keep the items from China that count as heavy weapons, under one of two definitions.

    The narrow one takes tanks, artillery, combat aircraft, warships and missiles; the wide one
    adds armoured vehicles of any kind and armed drones.
    """
    classes = WIDE_HEAVY if is_wide else NARROW_HEAVY
    return items[items["heavy_class"].isin(classes) & items["is_supplied_from_china"].astype(bool)]


def declared_weapons(annual: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give declared exports of weapons and explosives by group and year, in thousand dollars."""
    return group_values(annual, WEAPON_GROUPS, chosen).T * 1000
