"""Goods between two states: flows by dataset, mirrored reports, the break of 2022, items found.

The articles are about goods from China to Russia; every function that takes a `Pair` serves any
two. BACI reconciles what exporter and importer report. Russia stopped reporting after January
2022, so from that year BACI holds its partners' reports alone: a comparison of years on either
side of the break mixes a change in trade with a change in bookkeeping. Frames in, frames out;
values in dollars unless a name says otherwise.
"""

from typing import NamedTuple

import pandas as pd

from helpers import dates, stats
from helpers.arms import capital, with_article
from helpers.choices import Choices

BREAK_YEAR = 2022
# BACI repeats a report where it differs by no more than this part.
EXACT = 0.001
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
# Datasets that hold what one side reports, the one to be read first in front.
ONE_SIDED = ["comtrade", "gacc", "fcs", "imf"]
DATASET_NAMES = {
    "baci": "BACI (reconciled)",
    "gacc": "Chinese customs",
    "fcs": "Russian customs",
    "imf": "IMF (estimate from 2022)",
}
SCALES = {"billion": 1e9, "million": 1e6, "thousand": 1e3}
# Units of published figures that are not said as they are spelled.
UNIT_WORDS = {"percent": "per cent", "percent_change": "per cent more", "tonne": "tonnes"}
# Codes in which a name hides.
CODE_WORDS = {"china_customs": "Chinese customs", "russia_customs": "Russian customs"}
# Kinds of machines for making and testing chips of which Russia's own imports are held.
CHIPMAKING = ["848620", "903082", "903141"]
WEAPON_GROUPS = ["tanks", "military_weapons", "ammunition", "propellants", "explosives"]
# Whole weapons that everybody calls heavy; a wide definition adds light armour and armed drones.
NARROW_HEAVY = ["tank", "artillery", "combat_aircraft", "warship", "missile"]
WIDE_HEAVY = [*NARROW_HEAVY, "armoured_vehicle", "armed_drone"]


class Pair(NamedTuple):
    """Who exports and who imports: codes and names."""

    exporter: str
    importer: str
    seller: str
    buyer: str

    @property
    def way(self) -> str:
        """Say where goods go from and to."""
        return f"from {self.seller} to {self.buyer}"

    @property
    def has_break(self) -> bool:
        """Tell whether BACI breaks for this pair, because Russia is one of the two."""
        return "RUS" in self[:2]

    @property
    def remaining(self) -> str:
        """Name the side whose reports alone BACI holds from the break on, if there is one."""
        return self.buyer if self.exporter == "RUS" else self.seller


# The pair of the articles.
CHINA_TO_RUSSIA = Pair("CHN", "RUS", "China", "Russia")


def pair_of(chosen: Choices, countries: pd.DataFrame) -> Pair:
    """Give the pair that a run asks for.

    Examples
    --------
    >>> from helpers import tables
    >>> from helpers.choices import choose
    >>> pair_of(choose(importer="KAZ"), tables.load("countries")).way
    'from China to Kazakhstan'
    """
    name = countries.set_index("iso3")["name"].map(with_article)
    codes = (chosen.exporter, chosen.importer)
    return Pair(*codes, *(name[code] for code in codes))


def of(name: str) -> str:
    """Write whose something is.

    Examples
    --------
    >>> of("China"), of("United States")
    ("China's", "United States'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def sides(pair: Pair) -> dict[str, str]:
    """Name what each side of a pair reports, the exporter's first, with the code of the side.

    Examples
    --------
    >>> sides(CHINA_TO_RUSSIA)
    {'China reports': 'CHN', 'Russia reports': 'RUS'}
    """
    both = ((pair.seller, pair.exporter), (pair.buyer, pair.importer))
    return {capital(f"{name} reports"): code for name, code in both}


def scale(dollars: pd.DataFrame | pd.Series | float) -> tuple[float, str]:
    """Choose the unit in which the largest of some amounts is not nothing, and name it.

    Examples
    --------
    >>> scale(67.2e9), scale(pd.Series([2e6, 950.0])), scale(0.0)
    ((1000000000.0, 'billion dollars'), (1000000.0, 'million dollars'), (1.0, 'dollars'))
    """
    most = pd.Series(dollars) if isinstance(dollars, float) else dollars
    top = pd.DataFrame(most).abs().max().max()
    for name, size in SCALES.items():
        if top >= size:
            return size, f"{name} dollars"
    return 1.0, "dollars"


def money(dollars: float) -> str:
    """Write an amount of dollars to three figures, in the unit that suits its size.

    Examples
    --------
    >>> money(67.24e9), money(3e6), money(1.5e12), money(420.0), money(float("nan"))
    ('67.2 billion', '3 million', '1,500 billion', '420', 'no data')
    """
    if pd.isna(dollars):
        return "no data"
    size, unit = scale(float(dollars))
    part = dollars / size
    written = f"{part:,.0f}" if abs(part) >= 1000 else f"{part:.3g}"
    return f"{written} {unit.removesuffix('dollars')}".strip()


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


def flow(frame: pd.DataFrame, pair: Pair | tuple[str, str] = CHINA_TO_RUSSIA) -> pd.DataFrame:
    """Keep the rows of one exporter and importer."""
    return frame[(frame["exporter"] == pair[0]) & (frame["importer"] == pair[1])]


def reported_by(frame: pd.DataFrame, reporter: str) -> pd.DataFrame:
    """Keep what one state reports, each flow from the first of its datasets that has it."""
    rows = frame[(frame["reporter"] == reporter) & frame["dataset"].isin(ONE_SIDED)]
    when = "month" if "month" in rows else "year"
    order = rows["dataset"].map(ONE_SIDED.index).to_numpy().argsort(kind="stable")
    return rows.iloc[order].drop_duplicates(["exporter", "importer", "product", when]).sort_index()


def yearly(
    annual: pd.DataFrame,
    product: str,
    dataset: str = "baci",
    column: str = "value_usd",
    pair: Pair = CHINA_TO_RUSSIA,
) -> pd.Series:
    """Give one product's flow between a pair by year.

    Parameters
    ----------
    annual
        Rows of the table `trade_annual`.
    product, dataset
        As in that table, such as "TOTAL" and "baci"; of one-sided datasets give the rows of one
        reporter only.
    column
        What to read: `value_usd` or `net_kg`.
    pair
        Who exports and who imports.

    Returns
    -------
    pandas.Series
        Indexed by year; years without a row are absent.
    """
    rows = flow(annual, pair)
    rows = rows[(rows["product"] == product) & (rows["dataset"] == dataset)]
    return rows.set_index("year")[column].sort_index().rename(product)


def baseline_reporter(chosen: Choices, pair: Pair) -> str:
    """Give whose reports a run reads totals from: China's where it can, or the exporter's.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> baseline_reporter(choose(), Pair("RUS", "CHN", "Russia", "China"))
    'CHN'
    >>> baseline_reporter(choose(), Pair("TUR", "RUS", "Turkey", "Russia"))
    'TUR'
    >>> baseline_reporter(choose(baseline="baci"), CHINA_TO_RUSSIA)
    'reconciled'
    """
    if chosen.baseline == "baci":
        return "reconciled"
    return "CHN" if "CHN" in pair[:2] else pair.exporter


def baseline_name(chosen: Choices, pair: Pair) -> str:
    """Name whose figures a run reads totals from.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> baseline_name(choose(), CHINA_TO_RUSSIA)
    "China's reports"
    """
    names = {pair.exporter: pair.seller, pair.importer: pair.buyer}
    reporter = baseline_reporter(chosen, pair)
    return f"{of(names[reporter])} reports" if reporter in names else DATASET_NAMES["baci"]


def totals_on_baseline(
    annual: pd.DataFrame, chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.Series:
    """Give all goods between a pair by year, from the reports that the baseline names."""
    reporter = baseline_reporter(chosen, pair)
    if reporter == "reconciled":
        return yearly(annual, "TOTAL", pair=pair)
    rows = reported_by(flow(annual, pair), reporter)
    rows = rows[rows["product"] == "TOTAL"]
    return rows.set_index("year")["value_usd"].sort_index().rename("TOTAL")


def monthly_totals(
    monthly: pd.DataFrame, chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.DataFrame:
    """Put all goods between a pair by month as each side reports them side by side.

    Returns
    -------
    pandas.DataFrame
        Indexed by the first day of the month; a column per side that reports, the exporter's
        first, in billion dollars.
    """
    rows = within(flow(monthly, pair), chosen)
    rows = rows[rows["product"] == "TOTAL"]
    columns = {
        name: reported_by(rows, reporter).set_index("month")["value_usd"].astype("float64") / 1e9
        for name, reporter in sides(pair).items()
    }
    wide = pd.DataFrame({name: column for name, column in columns.items() if len(column)})
    wide.index = pd.DatetimeIndex(pd.to_datetime(wide.index, format="%Y-%m"), name="month")
    return wide.sort_index()


def monthly_means(
    monthly: pd.DataFrame, chosen: Choices, months: int = 12, pair: Pair = CHINA_TO_RUSSIA
) -> dict[str, float]:
    """Average the exporter's reported months just before the cut-off and the last months.

    Returns
    -------
    dict
        `before` and `after` in billion dollars; missing where fewer months than asked are held
        on that side of the cut-off. The month of the cut-off itself counts as after.
    """
    totals = monthly_totals(monthly, chosen, pair)
    exporters, _ = sides(pair)
    if exporters not in totals:
        return {"before": float("nan"), "after": float("nan")}
    series = totals[exporters].dropna()
    cutoff = pd.Timestamp(chosen.cutoff_2).replace(day=1)
    before, after = series[series.index < cutoff], series[series.index >= cutoff]
    return {
        "before": before.tail(months).mean() if len(before) >= months else float("nan"),
        "after": after.tail(months).mean() if len(after) >= months else float("nan"),
    }


def by_dataset(
    annual: pd.DataFrame, product: str, chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.DataFrame:
    """Set what each dataset has of one product side by side, in dollars by year.

    Columns are in the order of `dataset_names`; those without a row are absent.
    """
    rows = within(flow(annual, pair), chosen)
    rows = rows[rows["product"] == product]
    own = rows["dataset"] + " " + rows["reporter"]
    named = rows["dataset"].mask(rows["dataset"] == "comtrade", own).map(dataset_names(pair))
    wide = rows.assign(named=named).pivot(index="year", columns="named", values="value_usd")
    ordered = [name for name in dataset_names(pair).values() if name in wide]
    return wide[ordered].astype("float64").rename_axis(columns=None)


def dataset_names(pair: Pair = CHINA_TO_RUSSIA) -> dict[str, str]:
    """Name the datasets for a pair, UN Comtrade by the side that reports.

    Examples
    --------
    >>> list(dataset_names().values())[:3]
    ["China's reports", 'BACI (reconciled)', "Russia's reports"]
    """
    baci = {"baci": DATASET_NAMES["baci"]}
    sides = ((pair.exporter, pair.seller), (pair.importer, pair.buyer))
    first, second = ({f"comtrade {code}": capital(f"{of(name)} reports")} for code, name in sides)
    return first | baci | second | DATASET_NAMES


def totals_by_dataset(
    annual: pd.DataFrame, chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.DataFrame:
    """Give all goods between a pair by year and dataset, in billion dollars."""
    return by_dataset(annual, "TOTAL", chosen, pair) / 1e9


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


def fair_base_year(chosen: Choices, pair: Pair = CHINA_TO_RUSSIA) -> int:
    """Give the year from which goods can be compared on the baseline chosen.

    By single goods the exporter's own reports are read through BACI, where they stand alone only
    from the break on: an earlier base year is moved up to it. On BACI itself, and for a pair
    without the break, the base year stays.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> fair_base_year(choose(base_year=2021)), fair_base_year(choose(baseline="baci"))
    (2022, 2021)
    """
    if chosen.baseline == "baci" or not pair.has_break:
        return chosen.base_year
    return max(chosen.base_year, BREAK_YEAR)


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


def crosses_break(first: int, last: int, pair: Pair = CHINA_TO_RUSSIA) -> bool:
    """Tell whether two years lie on either side of the break in BACI, if the pair has one.

    Examples
    --------
    >>> crosses_break(2021, 2023), crosses_break(2022, 2023)
    (True, False)
    """
    return pair.has_break and first < BREAK_YEAR <= last


def list_total(annual: pd.DataFrame, hs_list: str, pair: Pair = CHINA_TO_RUSSIA) -> pd.Series:
    """Give the yearly value of a list of dual-use goods in BACI, in dollars."""
    parts = [yearly(annual, product, pair=pair) for product in LISTS[hs_list]]
    return pd.concat(parts, axis=1).sum(axis=1, min_count=len(parts)).rename(hs_list)


def _side(annual: pd.DataFrame, exporter: str, importer: str, reporter: str) -> pd.DataFrame:
    """Give what one of two states reports of a flow, by code and in total, for whole years."""
    rows = reported_by(flow(annual, (exporter, importer)), reporter)
    # A year of which no product has all its months has only begun, or has ended early.
    months = rows.groupby(["dataset", "year"])["n_months"].transform("max").fillna(12)
    return rows[rows["product_level"].isin(["hs6", "total"]) & (months >= 12)]


def mirror(annual: pd.DataFrame, exporter: str, importer: str) -> pd.DataFrame:
    """Set what the importer reports against what the exporter reports of the same flow.

    The exporter counts goods without freight and by last known destination, the importer as a
    rule with freight and by origin, so the two never agree exactly.

    Parameters
    ----------
    annual
        Rows of the table `trade_annual`.
    exporter, importer
        ISO codes.

    Returns
    -------
    pandas.DataFrame
        A row for each year and product (code or TOTAL) that both sides report: `exporter_usd`,
        `importer_usd`, `ratio` (importer's by exporter's, missing where that is zero), the
        datasets, and `is_same_revision`: whether both mean the same code.
    """
    key = ["year", "product"]
    facts = ["value_usd", "dataset", "hs_revision"]
    theirs, ours = (
        _side(annual, exporter, importer, reporter)[[*key, *facts]]
        for reporter in (exporter, importer)
    )
    both = theirs.merge(ours, on=key, suffixes=("_exporter", "_importer")).sort_values(key)
    sent, got = both["value_usd_exporter"], both["value_usd_importer"]
    revisions = both[["hs_revision_exporter", "hs_revision_importer"]].fillna("")
    found = {
        "year": both["year"],
        "product": both["product"],
        "exporter_usd": sent,
        "importer_usd": got,
        "ratio": got / sent.mask(sent == 0),
        "exporter_dataset": both["dataset_exporter"],
        "importer_dataset": both["dataset_importer"],
        "is_same_revision": revisions.iloc[:, 0] == revisions.iloc[:, 1],
    }
    return pd.DataFrame(found).reset_index(drop=True)


def mirror_by_year(mirrored: pd.DataFrame) -> pd.DataFrame:
    """Sum up a mirror comparison: the ratio of all goods and the median of single codes by year.

    Codes of different revisions are left out; years without a ratio between others are missing.
    """
    known = mirrored[mirrored["is_same_revision"]].dropna(subset="ratio")
    is_total = known["product"] == "TOTAL"
    ratios = {
        "All goods": known[is_total].set_index("year")["ratio"],
        "Median of single codes": known[~is_total].groupby("year")["ratio"].median(),
    }
    wide = pd.DataFrame({name: r.astype("float64") for name, r in ratios.items() if len(r)})
    return wide.reindex(range(wide.index.min(), wide.index.max() + 1)) if len(wide) else wide


def sides_held(annual: pd.DataFrame, exporter: str, importer: str) -> dict[str, list[int]]:
    """List the whole years that each side reports, by code or in total.

    Returns
    -------
    dict
        Years of the `exporter`, of the `importer`, and those that `both` report.
    """
    held = {
        name: sorted({int(y) for y in _side(annual, exporter, importer, reporter)["year"]})
        for name, reporter in (("exporter", exporter), ("importer", importer))
    }
    return held | {"both": sorted(set(held["exporter"]) & set(held["importer"]))}


def break_ratios(annual: pd.DataFrame, pair: Pair = CHINA_TO_RUSSIA) -> pd.DataFrame:
    """Divide the exporter's reports by BACI for every code that both hold, by year.

    Near one means that BACI took the exporter's figure; far from one, that the importer's report
    weighed in.
    """
    key = ["product", "year"]
    own = _side(annual, *pair[:2], pair.exporter)
    rows = flow(annual, pair)
    baci, own = (
        frame[frame["product_level"] == "hs6"].set_index(key)["value_usd"].astype("float64")
        for frame in (rows[rows["dataset"] == "baci"], own)
    )
    ratio = (own / baci.mask(baci == 0)).dropna()
    return ratio.unstack("year").rename_axis(index=None, columns=None)


def largest(
    ratios: pd.DataFrame, annual: pd.DataFrame, pair: Pair = CHINA_TO_RUSSIA, most: int = 12
) -> pd.DataFrame:
    """Keep the codes with the largest yearly flows in BACI, in their order."""
    rows = flow(annual, pair)
    size = rows[rows["dataset"] == "baci"].groupby("product")["value_usd"].max()
    kept = size.reindex(ratios.index).nlargest(most).index
    return ratios[ratios.index.isin(kept)]


def break_test(annual: pd.DataFrame, exporter: str, importer: str) -> pd.DataFrame:
    """Compare the exporter's reports with BACI before the break of 2022 and from then on.

    Returns
    -------
    pandas.DataFrame
        Indexed by code; `before` and `after`, the median ratios of the exporter's reports to
        BACI, and `exact_before` and `exact_after`, whether BACI repeats them in every year;
        missing where no year is held on that side.
    """
    ratios = break_ratios(annual, Pair(exporter, importer, exporter, importer))
    early = ratios.columns < BREAK_YEAR
    found = {}
    for name, part in (("before", ratios.loc[:, early]), ("after", ratios.loc[:, ~early])):
        off = (part - 1).abs().max(axis=1)
        found[name] = part.median(axis=1)
        found[f"exact_{name}"] = (off < EXACT).astype("boolean").mask(off.isna())
    return pd.DataFrame(found)[["before", "after", "exact_before", "exact_after"]]


def group_values(
    annual: pd.DataFrame, products: list[str], chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.DataFrame:
    """Give the yearly BACI values of product groups in million dollars, one column each.

    Columns carry the names of the groups, in the order given.
    """
    rows = within(flow(annual, pair), chosen)
    rows = rows[(rows["dataset"] == "baci") & rows["product"].isin(products)]
    names = rows.drop_duplicates("product").set_index("product")["product_name"]
    wide = rows.pivot(index="year", columns="product", values="value_usd") / 1e6
    held = [product for product in products if product in wide]
    return wide[held].rename(columns=names).rename_axis(columns=None)


def group_changes(
    annual: pd.DataFrame, products: list[str], chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.DataFrame:
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
        base = fair_base_year(chosen, pair)
        value = compare(yearly(annual, product, pair=pair), chosen, base)
        weight = compare(yearly(annual, product, column="net_kg", pair=pair), chosen, base)
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


def by_tier(annual: pd.DataFrame, chosen: Choices, pair: Pair = CHINA_TO_RUSSIA) -> pd.DataFrame:
    """Give high-priority goods by tier and year in BACI, in million dollars."""
    tiers = {f"tier_{t.lower()}": f"tier {t}" for t in ["1", "2", "3A", "3B", "4A", "4B"]}
    rows = within(flow(annual, pair), chosen)
    rows = rows[(rows["dataset"] == "baci") & rows["product"].isin(tiers)]
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


def code_words(codes: pd.Series) -> pd.Series:
    """Write codes such as not_stated as a reader says them.

    Examples
    --------
    >>> code_words(pd.Series(["not_stated", "russia_customs", None])).tolist()
    ['not stated', 'Russian customs', nan]
    """
    return codes.replace(CODE_WORDS).str.replace("_", " ")


def state_words(codes: pd.Series, countries: pd.DataFrame) -> pd.Series:
    """Write one or several country codes as names.

    Examples
    --------
    >>> from helpers import tables
    >>> state_words(pd.Series(["CHN;HKG", "WLD", None]), tables.load("countries")).tolist()
    ['China, Hong Kong', 'World', nan]
    """
    names = countries.set_index("iso3")["name"]
    return codes.map(lambda code: ", ".join(names[c] for c in code.split(";")), na_action="ignore")


def figure_words(figures: pd.DataFrame) -> pd.Series:
    """Write published figures with their units, or as they are put where they are no numbers.

    Examples
    --------
    >>> figures = pd.DataFrame({"figure": [0.079, -28.0, None, 2500.0],
    ...     "unit": ["million_usd", "percent_change", None, "tonne"],
    ...     "figure_text": [None, None, "sole supplier", None]})
    >>> figure_words(figures).tolist()
    ['0.079 million dollars', '28 per cent less', 'sole supplier', '2,500 tonnes']
    """
    units = figures["unit"].fillna("").replace(UNIT_WORDS).str.replace("usd", "dollars")
    numbers = figures["figure"].map("{:,.10g}".format).where(figures["figure"].notna(), "")
    said = (numbers + " " + units.str.replace("_", " ")).str.strip()
    is_fall = figures["unit"].eq("percent_change") & figures["figure"].lt(0)
    falls = said.str.removeprefix("-").str.replace("more", "less")
    return figures["figure_text"].fillna(said.mask(is_fall, falls))


def where_read(figures: pd.DataFrame) -> pd.Series:
    """Say who published figures first and, if another, whose page they were read on.

    Parameters
    ----------
    figures
        Rows with `first_publisher`, and with the `publisher` of their source.

    Examples
    --------
    >>> figures = pd.DataFrame({"first_publisher": ["Nikkei", "CEPA", None],
    ...     "publisher": ["Asia Financial", "Policy Analysis (CEPA)", "RUSI"]})
    >>> where_read(figures).tolist()
    ['Nikkei, read in Asia Financial', 'Policy Analysis (CEPA)', 'RUSI']
    """
    first, page = figures["first_publisher"], figures["publisher"]
    is_own = [pd.isna(who) or who in where for who, where in zip(first, page, strict=True)]
    return page.where(is_own, first + ", read in " + page)


def with_words(
    figures: pd.DataFrame, sources: pd.DataFrame, countries: pd.DataFrame
) -> pd.DataFrame:
    """Write published figures as a table shows them: codes as words, each with its source.

    Parameters
    ----------
    figures
        Rows of `reported_figures`.
    sources, countries
        The tables of these names.

    Returns
    -------
    pandas.DataFrame
        The rows with `when`, `said` (figure and unit), `share` (per cent, with its qualifier),
        `where_read`, the columns of their source, and codes and countries in words.
    """
    read = figures.merge(sources, on="source_id", suffixes=("", "_source"), validate="many_to_one")
    codes = ["basis", "counts_by", "includes_hkg", "reported_by"]
    qualifier = code_words(read["qualifier"]).mask(read["qualifier"] == "exact", "")
    return read.assign(
        when=period_words(read["period_start"], read["period_end"]),
        said=figure_words(read),
        share=(qualifier + " " + read["share_pct"].map("{:g}".format)).str.strip(),
        where_read=where_read(read),
        **{column: code_words(read[column]) for column in codes},
        **{side: state_words(read[side], countries) for side in ("exporter", "importer")},
    )


def share_table(published: pd.DataFrame) -> pd.DataFrame:
    """Give published shares as the numbers behind a figure, under names for readers.

    Parameters
    ----------
    published
        What `shares` gives.
    """
    names = {
        "share_of": "Share of",
        "share_pct": "China's share (per cent)",
        "when": "Period",
        "first_publisher": "First published by",
    }
    return published[list(names)].rename(columns=names)


def named_words(controls: pd.DataFrame, countries: pd.DataFrame) -> pd.Series:
    """Say what a rule names: countries, by name where they are recorded, or a conflict zone.

    Examples
    --------
    >>> from helpers import tables
    >>> rules = pd.DataFrame({"countries_named": ["RUS;UKR", None, None],
    ...     "is_naming_country": [True, True, False],
    ...     "is_naming_conflict_zone": [True, False, False]})
    >>> named_words(rules, tables.load("countries")).tolist()
    ['Russia, Ukraine, a conflict zone', 'a country', 'no country']
    """
    states = state_words(controls["countries_named"], countries)
    states = states.where(controls["is_naming_country"].astype(bool), "").fillna("a country")
    is_zone = controls["is_naming_conflict_zone"].astype(bool)
    return (
        (states + ", " + is_zone.map({True: "a conflict zone", False: ""}))
        .str.strip(", ")
        .replace("", "no country")
    )


def chipmaking_shares(annual: pd.DataFrame) -> pd.DataFrame:
    """Compute China's share of Russia's reported imports of chip-making machines, by code.

    The numerator is BACI, the denominator Russia's own report of its imports from everywhere:
    two datasets, so the share is rough.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, one column a code, in per cent; only years that both hold.
    """
    lines = annual[annual["product"].isin(CHIPMAKING)]
    world = reported_by(flow(lines, ("WLD", "RUS")), "RUS").pivot(
        index="year", columns="product", values="value_usd"
    )
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
    totals = reported_by(flow(monthly[monthly["product"] == "TOTAL"]), "CHN")
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


def declared_weapons(
    annual: pd.DataFrame, chosen: Choices, pair: Pair = CHINA_TO_RUSSIA
) -> pd.DataFrame:
    """Give declared exports of weapons and explosives by group and year, in thousand dollars."""
    return group_values(annual, WEAPON_GROUPS, chosen, pair).T * 1000
