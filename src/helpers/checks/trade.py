"""Checks on dual-use flows, heavy weapons and documented transfers."""

import pandas as pd

from helpers import dates, pressure, trade
from helpers.checks.select import during, labels, select
from helpers.choices import Choices, choose, confident
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check

UNITS = {"value_usd": (1e6, "million dollars"), "net_kg": (1e3, "tonnes")}
CUSTOMS = "china_customs"
NONE = "no figure of this period but the article's own"
WIDE = "counting armoured vehicles and armed drones too"


@check
def trade_change(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    product: str = "",
    column: str = "value_usd",
    against: str = "",
    measure: str = "",
    least: float = 0.0,
) -> Finding:
    """Divide China's exports to Russia in the last year held by those of earlier years.

    The last year is that of the claim's period. A value is read by weight too.

    Parameters
    ----------
    product
        A group of goods in BACI; unless given, the list of goods that a run chooses, from the
        year that is fair on its baseline.
    column
        `value_usd` or `net_kg`.
    against
        The earlier years, such as 2017:2021; of a product the first year of the claim's period.
    measure
        Published figures of China's customs that stand for the years before the break of 2022
        on the baseline china_reported; on baci, and unless given, BACI is read throughout.
    least
        The smallest level, in tonnes or million dollars, that is divided by: a lower one of the
        earlier years is next to nothing, of which a ratio would say nothing.
    """
    if product:
        products, base = [product], dates.years(against or f"{claim.years[0]}:{claim.years[0]}")
        reported = measure if measure and chosen.baseline == "china_reported" else ""
    else:
        products, base, reported = trade.LISTS[chosen.hs_list], _fair(chosen), ""
    key = ("trade_change", claim.claim_id, column, base, reported, least, *products)
    return tables.once(key, lambda: _change(tables, claim, products, column, base, reported, least))


def _fair(chosen: Choices) -> tuple[int, int]:
    """Give the year that a run compares goods with as a window of one year."""
    year = trade.fair_base_year(chosen)
    return year, year


def _change(
    tables: Tables,
    claim: Claim,
    products: list[str],
    column: str,
    base: tuple[int, int],
    reported: str,
    least: float,
) -> Finding:
    """Measure the change of one column, and of the weight beside a value."""
    series, rows = _series(tables, claim, products, column, reported)
    before, after, last = _ends(series, base, claim)
    readings = ()
    if column == "value_usd":
        kilograms, _ = _series(tables, claim, products, "net_kg", reported)
        by_weight = _ratio(*_ends(kilograms, base, claim)[:2])
        readings = (Reading("some_definitions_only", "by weight", by_weight),)
    size, unit = UNITS[column]
    when = f"{base[0]}" if base[0] == base[1] else f"{base[0]} to {base[1]} on average"
    across = ", across the break of 2022" if trade.crosses_break(base[0], last) else ""
    raised = f", taken as {least:g}" if before < least * size else ""
    known = f"{before / size:,.1f} {unit} in {when}{raised}, {after / size:,.1f} in {last}{across}"
    return Finding(
        _ratio(max(before, least * size), after),
        unit="ratio",
        rows=rows,
        note=known if last and pd.notna(before) else f"not held for {when} and later",
        unchanged=1.0,
        readings=readings,
    )


def _series(
    tables: Tables, claim: Claim, products: list[str], column: str, reported: str
) -> tuple[pd.Series, dict[str, pd.Index]]:
    """Sum products by year in BACI; before the break take China's own figures where asked to."""
    annual = tables["trade_annual"]
    parts = [trade.yearly(annual, product, column=column) for product in products]
    series = pd.concat(parts, axis=1).astype("float64").sum(axis=1, min_count=len(parts))
    flows = trade.flow(annual)
    rows = flows[(flows["dataset"] == "baci") & flows["product"].isin(products)]
    if not reported:
        return series, labels("trade_annual", rows)
    own = trade.flow(_independent(tables["reported_figures"], claim.source_id))
    own = own[(own["measure"] == reported) & (own["reported_by"] == CUSTOMS) & own[column].notna()]
    whole = own[trade.months_covered(own) == 12]
    early = whole.set_index(dates.year(whole["period_start"]).astype(int))[column]
    early = early[early.index < trade.BREAK_YEAR].astype("float64")
    late = series[series.index >= trade.BREAK_YEAR]
    used = labels("trade_annual", rows[rows["year"] >= trade.BREAK_YEAR])
    return pd.concat([early, late]), used | labels("reported_figures", whole)


def _ends(series: pd.Series, base: tuple[int, int], claim: Claim) -> tuple[float, float, int]:
    """Give the mean of the base years, and the last later year of the claim's period with it."""
    before = series[(series.index >= base[0]) & (series.index <= base[1])].mean()
    later = series[(series.index > base[1]) & (series.index <= claim.years[1])].dropna()
    last = int(later.index.max()) if len(later) else 0
    return float(before), float(later[last]) if last else MISSING, last


def _ratio(before: float, after: float) -> float:
    """Divide after by before; infinite from nothing to something, missing from nothing to nothing.

    Examples
    --------
    >>> _ratio(2.0, 3.0), _ratio(0.0, 3.0), _ratio(0.0, 0.0)
    (1.5, inf, nan)
    """
    if before == 0:
        return float("inf") if after > 0 else MISSING
    return after / before


def _independent(figures: pd.DataFrame, article: str) -> pd.DataFrame:
    """Keep the published figures that neither are an article's own nor retell another row."""
    own = figures["source_id"] == article
    publishers = figures.loc[own, "first_publisher"].unique()
    is_retold = figures["is_repeat"].astype(bool) | figures["first_publisher"].isin(publishers)
    return figures[~own & ~is_retold]


@check
def partner_share_change(
    tables: Tables, chosen: Choices, claim: Claim, partner: str = "CHN"
) -> Finding:
    """Divide a partner's share of Russia's imports in the last year held by that in the first.

    Shares are of the imports from the partners that Russia's customs listed, to 2021.

    Parameters
    ----------
    partner
        The partner's ISO code.
    """
    annual = tables["trade_annual"]
    shares = tables.once(
        ("partner_share_change", partner),
        lambda: trade.partner_shares(annual, choose(), [partner])[partner].dropna(),
    )
    inside = shares[(shares.index >= claim.years[0]) & (shares.index <= claim.years[1])]
    if len(inside) < 2:
        return Finding(MISSING, unit="ratio", note="Russia's customs are not held for two years")
    first, last = inside.iloc[0], inside.iloc[-1]
    rows = annual[(annual["dataset"] == "fcs") & annual["year"].isin(inside.index)]
    return Finding(
        float(last / first),
        unit="ratio",
        rows=labels("trade_annual", rows[rows["exporter"] == partner]),
        note=f"{first:.1f} per cent in {inside.index[0]}, {last:.1f} in {inside.index[-1]}",
        unchanged=1.0,
    )


@check
def published_figure(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    where: dict,
    column: str = "share_pct",
    part: bool = False,
    rest: dict[str, list[dict]] | None = None,
) -> Finding:
    """Give the median of what others published on the claim's measure and period.

    The article's own figures and retellings are left out. Figures of other periods are readings.

    Parameters
    ----------
    where, column
        The published figures, as `select` takes them, and which of their numbers is read.
    part
        Take figures of a part of the period too, as they are.
    rest
        Definitions that leave China at most the rest: words, others' dollars and the whole.
    """
    figures = _independent(tables["reported_figures"], claim.source_id)
    held = select(figures[figures[column].notna()], where)
    same = held[_of_period(held, claim, part)]
    others = held.drop(same.index).dropna(subset="period_start")
    note = f"published by {', '.join(same['first_publisher'].unique())}" if len(same) else NONE
    return Finding(
        float(same[column].astype("float64").median()),
        unit=claim.unit,
        rows=labels("reported_figures", same),
        note=note,
        readings=(*_left(figures, claim, rest or {}), *_otherwise(others, column)),
    )


def _of_period(figures: pd.DataFrame, claim: Claim, part: bool) -> pd.Series:
    """Mark the figures of the claim's period, or of a part of it where that will do."""
    start, end = _bounds(claim)
    first, last = dates.first_day(figures["period_start"]), dates.last_day(figures["period_end"])
    inside = (first >= start) & (last <= end)
    whole = (first == start) & (last == end)
    return (inside if part else whole).fillna(False).astype(bool)


def _bounds(claim: Claim) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Give the first and the last day of a claim's period."""
    first = dates.first_day(pd.Series([claim.period_start]))
    return first.iloc[0], dates.last_day(pd.Series([claim.period_end])).iloc[0]


def _left(figures: pd.DataFrame, claim: Claim, rest: dict[str, list[dict]]) -> list[Reading]:
    """Read a share as what is left of a whole, for figures of a part of the claim's period."""
    readings = []
    for words, conditions in rest.items():
        found = [select(figures, meant) for meant in conditions]
        theirs, whole = (
            f.loc[_of_period(f, claim, part=True), "value_usd"].median() for f in found
        )
        left = 100 * (1 - float(theirs) / float(whole))
        readings.append(Reading("some_definitions_only", f"{words}: {left:.0f} per cent", left))
    return readings


def _otherwise(others: pd.DataFrame, column: str) -> list[Reading]:
    """Read the figures of other periods."""
    when = trade.period_words(others["period_start"], others["period_end"])
    told = zip(others["first_publisher"], when, others[column], strict=True)
    return [Reading("other_period", f"{who}, {period}", float(n)) for who, period, n in told]


@check
def lines_traded(tables: Tables, chosen: Choices, claim: Claim, least_usd: float = 1e6) -> Finding:
    """Give the share of a list's customs codes that China sells to Russia, in per cent.

    Parameters
    ----------
    least_usd
        A code counts from this value in one year of the claim's period on: single parcels do
        not make a trade.
    """
    listed = tables["hs_codes"]
    is_meant = {
        "chpl50": listed["hs2017"].notna(),
        "tier1_2": listed["tier"].isin(["1", "2"]),
        "semiconductors": listed["hs2017"].str[:4].isin(["8541", "8542"]),
    }
    wanted = set(listed.loc[is_meant[chosen.hs_list], "hs2017"])
    flows = during(trade.flow(tables["trade_annual"]), claim)
    rows = flows[(flows["dataset"] == "baci") & flows["product"].isin(wanted)]
    traded = rows[rows["value_usd"] >= least_usd]["product"].nunique()
    return Finding(
        100 * traded / len(wanted) if len(rows) else MISSING,
        unit="%",
        rows=labels("trade_annual", rows),
        note=f"{traded} of {len(wanted)} codes reach {least_usd / 1e6:g} million dollars a year",
    )


@check
def heavy_items(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    where: dict | None = None,
    also: dict[str, dict] | None = None,
) -> Finding:
    """Count documented heavy weapons from China in Russian use, in the claim's period.

    Heavy are tanks, artillery, combat aircraft, warships and missiles; that the wide definition
    adds armoured vehicles and armed drones is a reading.

    Parameters
    ----------
    where
        What an item must meet besides, as `select` takes it; on `heavy_class` it replaces both
        definitions.
    also
        Other definitions in words, and the items from China that they count.
    """
    where = where or {}
    graded = during(trade.graded(tables["transfers_to_russia"], chosen.min_grade), claim)
    supplied = graded[graded["is_supplied_from_china"].astype(bool)]
    others = {words: select(supplied, meant) for words, meant in (also or {}).items()}
    found = select(supplied, where)
    if "heavy_class" not in where:
        others = {WIDE: trade.heavy(found, is_wide=True)} | others
        found = trade.heavy(found, is_wide=False)
    return Finding(
        float(len(found)),
        unit="items",
        rows=labels("transfers_to_russia", found if len(found) else supplied),
        note=f"of {len(supplied)} items from China on record",
        readings=tuple(_counted(words, items) for words, items in others.items()),
    )


def _counted(words: str, items: pd.DataFrame) -> Reading:
    """Read a definition as the items that it counts, naming them."""
    named = f"{words}: {', '.join(items['item']) or 'none'}"
    return Reading("some_definitions_only", named, float(len(items)))


@check
def means_used(
    tables: Tables, chosen: Choices, claim: Claim, blocs: list[str], authorities: list[str]
) -> Finding:
    """Count which of appeals, threats and sanctions towards China are on record.

    Warnings count as threats, listings of Chinese entities as sanctions.

    Parameters
    ----------
    blocs
        Whose appeals and threats count, as in the table of outreach.
    authorities
        Whose listings count, as in the table of sanctions.
    """
    acts = during(confident(tables["outreach"], chosen.min_confidence), claim)
    acts = acts[acts["bloc"].isin(blocs) & acts["type_group"].isin(["appeal", "threat_or_warning"])]
    listed = pressure.counted(confident(tables["sanctions"], chosen.min_confidence), "chn_hkg")
    listed = during(listed[listed["n_counted"] > 0], claim)
    listed = listed[listed["authority"].isin(authorities)]
    numbers = {**acts["type_group"].map(pressure.TYPES).value_counts(), "listings": len(listed)}
    return Finding(
        float(sum(n > 0 for n in numbers.values())),
        unit="kinds",
        rows=labels("outreach", acts) | labels("sanctions", listed),
        note="; ".join(f"{kind}: {n}" for kind, n in numbers.items()),
    )
