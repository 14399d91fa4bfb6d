"""The arms trade between Russia and China: volumes, shares, units, orders, releases, engines.

TIV is SIPRI's trend-indicator value, an index of military volume. Nothing here turns it into
money, and units are added only among weapons of one kind.
"""

import calendar
import json

import pandas as pd

from helpers import dates, stats
from helpers.choices import Choices

# Until 1991 the Soviet Union delivered; its last years open the series of Russia.
RUSSIA = ["RUS", "SUN"]
BASES = ["official_table", "register_sum", "mirror_sum"]
DEAL_FACTS = [
    "deal_id", "supplier", "recipient", "designation", "description", "category", "order_year",
    "is_component", "is_licensed", "is_second_hand",
]  # fmt: skip
ORIGINS = ["new, delivered whole", "new, licence-built in China", "second-hand"]


# The weapons that the articles count, by claim. Which deals are meant stands in the ledger.
WEAPONS = {
    "CEPA-011": "Combat aircraft",
    "CEPA-061": "Su-35 fighters",
    "CEPA-063": "Il-76 transports",
    "CEPA-019": "Mi-17 helicopters",
    "CEPA-020": "S-300 systems",
    "CEPA-059": "S-400 systems",
    "CEPA-021": "Tor-M1 systems",
    "CEPA-022": "Air-to-air missiles",
    "CEPA-027": "Kh-59 missiles",
    "CEPA-023": "Submarines",
    "CEPA-024": "of them Project 636",
    "CEPA-025": "of them Project 877",
    "CEPA-026": "Torpedoes",
    "CEPA-028": "AK-176 guns",
}


def release_name(release: str) -> str:
    """Write a release such as 2025-03 in words.

    Examples
    --------
    >>> release_name("2025-03")
    'March 2025'
    """
    year, month = release.split("-")
    return f"{calendar.month_name[int(month)]} {year}"


def series(tiv: pd.DataFrame, supplier: list[str], recipient: str, release: str) -> pd.DataFrame:
    """Give the yearly volume of one flow in one release.

    SIPRI's own table goes before our sum over its register, that before the sum over a mirror.
    A year that the release does not cover is taken from the newest earlier release that does;
    the column `release` says which one each year is from.

    Parameters
    ----------
    tiv
        Rows of arms_tiv.
    supplier
        Codes of the suppliers, such as ["RUS", "SUN"] or ["ALL"].
    recipient
        Code of the recipient, or ALL.
    release
        Release such as 2025-03.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: `tiv_mn` in million TIV, `release`, `basis`.
    """
    rows = tiv[tiv["supplier"].isin(supplier) & (tiv["recipient"] == recipient)]
    rows = rows[rows["release"] <= release].assign(rank=lambda r: r["basis"].map(BASES.index))
    best = rows.sort_values(["year", "release", "rank"], ascending=[True, False, True])
    return best.drop_duplicates("year").set_index("year")[["tiv_mn", "release", "basis"]]


def flows(deals: pd.DataFrame, deliveries: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Join Russia's deliveries to China with their deals, in the years and eras of a run.

    The column `year` is that of the delivery or, under the rule "order", that of the order.
    """
    rows = deliveries.merge(deals[DEAL_FACTS], on="deal_id", validate="many_to_one")
    rows = rows[rows["supplier"].isin(RUSSIA) & (rows["recipient"] == "CHN")]
    if chosen.year_rule == "order":
        rows = rows.assign(year=rows["order_year"])
    return with_era(rows, chosen)


def with_era(rows: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Keep the rows whose `year` is in the run, and add their `era`."""
    kept = rows[rows["year"].between(chosen.start_year, chosen.end_year)]
    return kept.assign(era=dates.era(kept["year"], chosen.cutoff_1, chosen.cutoff_2))


def run_years(chosen: Choices) -> pd.Index:
    """List the years of a run, for frames that keep a place for each."""
    return pd.RangeIndex(chosen.start_year, chosen.end_year + 1, name="year")


def counted(rows: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Leave out licence-built weapons and components where the run does not count them."""
    keep = pd.Series(True, index=rows.index)
    if not chosen.include_licensed:
        keep &= ~rows["is_licensed"]
    if not chosen.include_components:
        keep &= ~rows["is_component"]
    return rows[keep]


def yearly(tiv: pd.DataFrame, deals: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give the volume from Russia to China in each year of a run, and its running mean.

    By delivery it is SIPRI's yearly series; by order it is what was delivered under the deals
    ordered in the year, zero where there is none.

    Returns
    -------
    pandas.DataFrame
        Columns `year`, `tiv_mn`, `mean_tiv_mn`, `era`; missing where the release ends earlier.
    """
    if chosen.year_rule == "delivery":
        volume = series(tiv, RUSSIA, "CHN", chosen.sipri_release)["tiv_mn"]
    else:
        volume = _by_order_year(deals, chosen.sipri_release)
    mean = stats.running_mean(volume, chosen.window_length)
    frame = pd.DataFrame({"tiv_mn": volume, "mean_tiv_mn": mean})
    frame = frame.reindex(run_years(chosen)).reset_index()
    return with_era(frame.astype({"year": "Int64"}), chosen)


def _by_order_year(deals: pd.DataFrame, release: str) -> pd.Series:
    """Sum what was delivered under the deals of each year of order, up to the release's end."""
    bought = deals[deals["supplier"].isin(RUSSIA) & (deals["recipient"] == "CHN")]
    column = tiv_column(release)
    sums = bought.groupby(bought["order_year"].astype("int64"))[column].sum()
    last = int(release[:4]) - 1
    return sums.reindex(range(sums.index.min(), last + 1), fill_value=0.0)


def tiv_column(release: str) -> str:
    """Name the column of arms_deals that holds the delivered TIV of a release.

    Examples
    --------
    >>> tiv_column("2026-03")
    'tiv_2026_mn'
    """
    return "tiv_2026_mn" if release == "2026-03" else "tiv_mn"


def era_totals(yearly_tiv: pd.DataFrame) -> pd.DataFrame:
    """Sum the yearly volume over each era.

    Returns
    -------
    pandas.DataFrame
        Indexed by era: `years` known, `tiv_mn`, `share_pct` of the whole, `tiv_per_year_mn`.
    """
    known = yearly_tiv.dropna(subset="tiv_mn")
    found = known.groupby("era", observed=False)["tiv_mn"].agg(years="size", tiv_mn="sum")
    return found.assign(
        share_pct=100 * found["tiv_mn"] / found["tiv_mn"].sum(),
        tiv_per_year_mn=found["tiv_mn"] / found["years"].where(found["years"] > 0),
    )


def peak(yearly_tiv: pd.DataFrame) -> tuple[str, float]:
    """Give the year with the largest volume and that volume; "no year" where there is none.

    Examples
    --------
    >>> peak(pd.DataFrame({"year": [2004, 2005], "tiv_mn": [2893.0, 3066.0]}))
    ('2005', 3066.0)
    """
    known = yearly_tiv[yearly_tiv["tiv_mn"] > 0]
    if known.empty:
        return "no year", float("nan")
    top = known.loc[known["tiv_mn"].idxmax()]
    return str(int(top["year"])), float(top["tiv_mn"])


def slope(amounts: pd.Series) -> stats.Estimate:
    """Give the yearly change of a series with its 95 % interval; missing under three years."""
    if amounts.notna().sum() < 3:
        return stats.Estimate(float("nan"), float("nan"), float("nan"))
    return stats.trend(amounts)


def shares(tiv: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give China's share of Russia's exports and Russia's share of China's imports by year.

    Always by year of delivery: the totals of all partners are not known by year of order.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, with the three volumes in million TIV, `of_exports_pct` and
        `of_imports_pct`.
    """
    release = chosen.sipri_release
    frame = pd.DataFrame(
        {
            "pair_tiv_mn": series(tiv, RUSSIA, "CHN", release)["tiv_mn"],
            "exports_tiv_mn": series(tiv, RUSSIA, "ALL", release)["tiv_mn"],
            "imports_tiv_mn": series(tiv, ["ALL"], "CHN", release)["tiv_mn"],
        }
    ).reindex(run_years(chosen))
    frame["of_exports_pct"] = 100 * frame["pair_tiv_mn"] / frame["exports_tiv_mn"]
    frame["of_imports_pct"] = 100 * frame["pair_tiv_mn"] / frame["imports_tiv_mn"]
    return frame


def older(tiv: pd.DataFrame, chosen: Choices) -> list[int]:
    """List the years of a run in which a total had to be taken from an earlier release."""
    release = chosen.sipri_release
    parts = [series(tiv, RUSSIA, "ALL", release), series(tiv, ["ALL"], "CHN", release)]
    years = {int(y) for part in parts for y in part.index[part["release"] < release]}
    return sorted(y for y in years if chosen.start_year <= y <= chosen.end_year)


def era_shares(yearly_shares: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give both shares over each era: sums divided by sums, not means of yearly shares.

    `imports_tiv_per_year_mn` is what China imported from everyone in a year of the era.
    """
    rows = yearly_shares.dropna().reset_index()
    era = dates.era(rows["year"].astype("Int64"), chosen.cutoff_1, chosen.cutoff_2)
    by_era = rows.groupby(era, observed=False)
    total = by_era[["pair_tiv_mn", "exports_tiv_mn", "imports_tiv_mn"]].sum()
    return pd.DataFrame(
        {
            "of_exports_pct": 100 * total["pair_tiv_mn"] / total["exports_tiv_mn"],
            "of_imports_pct": 100 * total["pair_tiv_mn"] / total["imports_tiv_mn"],
            "imports_tiv_per_year_mn": by_era["imports_tiv_mn"].mean(),
        }
    )


def by_category(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum TIV over category (rows, largest first) and era (columns)."""
    table = _by_era(rows, "category")
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _by_era(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sum TIV over a column (rows) and era (columns), with every era even when it is empty."""
    eras = rows["era"].cat.categories
    sums = {era: rows[rows["era"] == era].groupby(key)["tiv_mn"].sum() for era in eras}
    return pd.DataFrame(sums).fillna(0.0)


def leading(percent: pd.DataFrame) -> pd.DataFrame:
    """Name the largest row of each column, and its share; an empty column has "nothing".

    Examples
    --------
    >>> leading(pd.DataFrame({"a": [25.0, 75.0]}, index=["ships", "engines"])).to_dict("index")
    {'a': {'name': 'engines', 'share_pct': 75.0}}
    """
    known = percent.dropna(axis=1, how="all")
    most = {era: known[era].idxmax() for era in known}
    found = {
        era: {"name": most.get(era, "nothing"), "share_pct": percent[era].max()} for era in percent
    }
    return pd.DataFrame.from_dict(found, orient="index")


def percent_of_column(table: pd.DataFrame) -> pd.DataFrame:
    """Turn amounts into per cent of their column; a column without any is missing.

    Examples
    --------
    >>> percent_of_column(pd.DataFrame({"a": [1.0, 3.0]}))["a"].tolist()
    [25.0, 75.0]
    """
    total = table.sum()
    return 100 * table / total.where(total > 0)


def by_origin(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum TIV over how the weapons were made (rows) and era (columns)."""
    kind = pd.Series(ORIGINS[0], index=rows.index)
    kind = kind.mask(rows["is_licensed"].astype(bool), ORIGINS[1])
    kind = kind.mask(rows["is_second_hand"].astype(bool), ORIGINS[2])
    return _by_era(rows.assign(kind=kind), "kind").reindex(ORIGINS, fill_value=0.0)


def claimed_units(
    claims: pd.DataFrame, deals: pd.DataFrame, deliveries: pd.DataFrame, chosen: Choices
) -> pd.DataFrame:
    """Set the numbers that the articles give beside those that the register holds.

    Parameters
    ----------
    claims
        The ledger; the weapons meant, number and period come from it, by claim id.
    deals, deliveries
        The arms tables; only what Russia itself supplied counts.
    chosen
        Licence-built weapons count if chosen; the year rule places deliveries in the period.

    Returns
    -------
    pandas.DataFrame
        One row a weapon: `weapon`, `claim_id`, `operator`, `claimed_units`, the period,
        `period_units` within it and `all_units` over all years in the chosen release;
        `period_licensed_units` and `all_licensed_units` are those built in China under licence,
        part of the former only if chosen.
    """
    from_russia = deals[(deals["supplier"] == "RUS") & (deals["recipient"] == "CHN")]
    ledger = claims.set_index("claim_id")
    rows = [_claimed(ledger.loc[i], from_russia, deliveries, chosen) for i in WEAPONS]
    names = {"weapon": list(WEAPONS.values()), "claim_id": list(WEAPONS)}
    return pd.DataFrame(names).join(pd.DataFrame(rows))


def _claimed(
    claim: pd.Series, deals: pd.DataFrame, deliveries: pd.DataFrame, chosen: Choices
) -> dict:
    """Count one weapon for `claimed_units`."""
    kind = _meant(deals, json.loads(claim["check_args"])["where"])
    licensed = kind[kind["is_licensed"]]
    kind = kind if chosen.include_licensed else kind[~kind["is_licensed"]]
    units = "delivered_units_2026" if chosen.sipri_release == "2026-03" else "delivered_units"
    period = [int(str(claim[column])[:4]) for column in ("period_start", "period_end")]
    return {
        "operator": claim["operator"],
        "claimed_units": int(claim["expected"]),
        "period_start": period[0],
        "period_end": period[1],
        "period_units": _units_within(kind, deliveries, period, chosen),
        "all_units": int(kind[units].sum()),
        "period_licensed_units": _units_within(licensed, deliveries, period, chosen),
        "all_licensed_units": int(licensed[units].sum()),
    }


def _meant(deals: pd.DataFrame, where: dict) -> pd.DataFrame:
    """Keep the deals that the ledger means: cells that match a pattern, or are equal."""
    for column, wanted in where.items():
        is_pattern = isinstance(wanted, dict)
        cells = deals[column].str
        deals = deals[cells.contains(wanted["matches"]) if is_pattern else deals[column] == wanted]
    return deals


def _units_within(
    deals: pd.DataFrame, deliveries: pd.DataFrame, period: list[int], chosen: Choices
) -> int:
    """Count the units of some deals that were delivered, or ordered, within a period."""
    given = deliveries.merge(deals[["deal_id", "order_year"]], on="deal_id")
    year = given["order_year"] if chosen.year_rule == "order" else given["year"]
    return int(given.loc[year.between(*period), "delivered_units"].sum())


def new_orders(deals: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Count the deals that China placed with Russia in each year of a run.

    Always by year of order. Licence-built weapons and components count as chosen.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: `systems` and `components`, numbers of deals.
    """
    placed = deals[deals["supplier"].isin(RUSSIA) & (deals["recipient"] == "CHN")]
    placed = counted(placed, chosen)
    kind = placed["is_component"].map({True: "components", False: "systems"})
    counts = placed.groupby([placed["order_year"].astype("int64"), kind]).size().unstack()
    frame = counts.reindex(index=run_years(chosen), columns=["systems", "components"])
    return frame.fillna(0).astype(int).rename_axis(columns=None)


def drift(tiv: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Compare what each release says of Russia's deliveries to China, in its own years only.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, one column a release, million TIV.
    """
    releases = sorted(tiv["release"].unique())
    flow = {r: series(tiv, RUSSIA, "CHN", r).query("release == @r")["tiv_mn"] for r in releases}
    return pd.DataFrame(flow).reindex(run_years(chosen))


def reverse_flow(
    tiv: pd.DataFrame, deals: pd.DataFrame, deliveries: pd.DataFrame, release: str
) -> pd.Series:
    """Give the volume from China to Russia by year in one release.

    Releases without a table of this flow are read from the deliveries, which are of the release
    of March 2025.
    """
    if ((tiv["supplier"] == "CHN") & (tiv["release"] == release)).any():
        return series(tiv, ["CHN"], "RUS", release)["tiv_mn"]
    rows = deliveries.merge(deals[DEAL_FACTS], on="deal_id")
    from_china = rows[(rows["supplier"] == "CHN") & (rows["recipient"] == "RUS")]
    known = tiv.loc[tiv["release"] == release, "year"].dropna()
    sums = from_china.groupby("year")["tiv_mn"].sum()
    return sums.reindex(range(int(known.min()), int(known.max()) + 1), fill_value=0.0)


def ships(engines: pd.DataFrame) -> pd.DataFrame:
    """Add up ships by class: with the planned engine, and with another one by its origin.

    Only rows that are counted once are added; a class whose numbers nobody gives is missing.

    Returns
    -------
    pandas.DataFrame
        Indexed by class: `as_planned` and one column for each origin of other engines.
    """
    rows = engines[engines["in_ship_count"]]
    by_class = rows.groupby("ship_class", sort=False)
    frame = pd.DataFrame({"as_planned": by_class["ships_as_planned"].sum(min_count=1)})
    for origin in ("CHN", "RUS", "DEU"):
        ours = rows.assign(n=rows["ships_otherwise"].where(rows["fitted_iso3"] == origin))
        frame[origin] = ours.groupby("ship_class", sort=False)["n"].sum(min_count=1)
    total = frame.sum(axis=1)
    return frame.astype("float64").loc[total.sort_values(ascending=False, kind="stable").index]


def lineage(systems: pd.DataFrame) -> pd.DataFrame:
    """Count Chinese systems by how they came from a foreign one, and by how sure that is."""
    return (
        systems.groupby(["kind", "confidence"]).size().unstack(fill_value=0)
        .reindex(columns=["high", "medium", "low"], fill_value=0)
        .assign(total=lambda t: t.sum(axis=1))
        .sort_values(["total", "kind"], ascending=[False, True])
    )  # fmt: skip


def lags(entry: pd.DataFrame) -> pd.DataFrame:
    """Keep the types whose lag behind Russian service is known, oldest delivery first."""
    known = entry.dropna(subset=["lag_years"])
    return known.sort_values(["china_first_year", "entry_id"]).reset_index(drop=True)
