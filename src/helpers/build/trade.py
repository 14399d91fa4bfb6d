"""Clean tables of trade, published figures, goods in Russian use and Chinese export controls.

Frames are text, "" where missing. Sums (product groups, tiers, years of monthly figures) are
made here from the finer rows and flagged with `is_sum`, so that they can never disagree with them.
"""

import pandas as pd

from helpers.build import cleaning
from helpers.build.recipe import Recipe

FLOW = ["exporter", "importer"]
POUND_KG = 0.45359237
MONTHS = 12

# What a row rests on: a dataset, and the side whose reports they are.
BACI = {"dataset": "baci", "reporter": "reconciled"}
CHINA = {"dataset": "comtrade", "reporter": "CHN"}
RUSSIA = {"dataset": "comtrade", "reporter": "RUS"}
FCS = {"dataset": "fcs", "reporter": "RUS"}
# First year of each revision of the Harmonised System; both countries report in the latest.
REVISIONS = {2012: "HS2012", 2017: "HS2017", 2022: "HS2022"}
BACI_REVISION = "HS2017"
# The IMF goes on giving a figure for Russia after its reports end in January 2022.
FIRST_ESTIMATED_YEAR = 2022
USD = {"million_usd": 1e6, "billion_usd": 1e9}
KG = {"kg": 1.0, "tonne": 1e3, "million_lb": 1e6 * POUND_KG}
# HS 2017 codes that hold much more than the listed HS 2022 codes that they stand for.
TOO_WIDE = ["854140", "901380"]
OTHER_NAMES = {
    "TOTAL": "All goods",
    "chpl": "High-priority list, all tiers",
    "chpl_comparable": "High-priority list without solar cells and liquid crystal modules",
}
RECORDS = ("customs", "record", "inspection")


def trade_annual(
    hs6: pd.DataFrame,
    totals: pd.DataFrame,
    chipmaking: pd.DataFrame,
    minerals: pd.DataFrame,
    monthly: pd.DataFrame,
    fcs: pd.DataFrame,
    groups: pd.DataFrame,
    codes: pd.DataFrame,
) -> pd.DataFrame:
    """Gather the yearly flows: HS6 lines, product groups, high-priority tiers and totals.

    Parameters
    ----------
    hs6, totals, chipmaking
        Yearly figures as collected: BACI by HS6, totals by dataset, Russia's imports by HS6.
    minerals, monthly, fcs
        Monthly figures, summed here to years.
    groups, codes
        What belongs to a product group and to a tier of the high-priority list.
    """
    lines = hs6.rename(columns={"hs6": "product"})
    world = chipmaking.rename(columns={"hs6": "product"})
    by_code = minerals.rename(columns={"hs6": "product"})
    whole = pd.concat([monthly.assign(**CHINA), fcs.assign(**FCS)])
    imf = totals["dataset"] == "imf"
    parts = [
        lines.assign(product_level="hs6", **BACI),
        world.assign(product_level="hs6", **RUSSIA),
        totals[~imf].assign(product="TOTAL", product_level="total", **BACI),
        totals[imf].assign(product="TOTAL", product_level="total", reporter="RUS"),
        group_sums(lines, memberships(lines, groups)).assign(product_level="group"),
        group_sums(lines, tier_memberships(codes)).assign(product_level="tier"),
        yearly_sums(by_code.assign(product_level="hs6", **CHINA)),
        yearly_sums(whole.assign(product="TOTAL", product_level="total")),
    ]
    flows = named(pd.concat(parts, ignore_index=True).astype("object").fillna(""), groups, codes)
    return described(flows)


def named(flows: pd.DataFrame, groups: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Add the name of each product where there is one, and the prefixes of each group."""
    # Where one HS 2017 code stands for several of the list, none of their names fits it.
    single = codes[~codes["hs2017"].duplicated(keep=False)]
    names = dict(zip(single["hs2017"], single["goods"], strict=True))
    names |= dict(zip(groups["product"], groups["product_name"], strict=True))
    names |= {f"tier_{t.lower()}": f"High-priority tier {t}" for t in codes["tier"].unique()}
    names |= OTHER_NAMES
    prefixes = dict(zip(groups["product"], groups["hs_prefixes"], strict=True))
    return flows.assign(
        product_name=flows["product"].map(names).fillna(""),
        hs_prefixes=flows["product"].map(prefixes).fillna(""),
    )


def described(flows: pd.DataFrame) -> pd.DataFrame:
    """Add how the rows count and value goods, and what is estimated."""
    guessed = (flows["dataset"] == "imf") & (flows["year"].astype(int) >= FIRST_ESTIMATED_YEAR)
    counted = _counted(flows)
    return counted.assign(
        # The total of a release is a sum over its lines, like the sums made here.
        is_sum=flows["is_sum"].replace("", "false").mask(flows["n_lines"] != "", "true"),
        reporter=flows["reporter"].mask(guessed, "IMF"),
        attribution=counted["attribution"].mask(guessed, "mixed"),
        is_estimate=cleaning.true_false(guessed),
    )


def _counted(flows: pd.DataFrame) -> pd.DataFrame:
    """Add the revision of the code, how goods are valued and what makes the partner.

    Exporters report fob and by destination, importers cif and by origin.
    """
    of_importer = flows["reporter"] == flows["importer"]
    reconciled = flows["dataset"] == "baci"
    revision = flows["year"].astype(int).map(latest_revision).mask(reconciled, BACI_REVISION)
    return flows.assign(
        hs_revision=revision.mask(flows["product_level"] == "total", ""),
        valuation=of_importer.map({True: "cif", False: "fob"}),
        attribution=of_importer.map({True: "origin", False: "destination"}).mask(
            reconciled, "mixed"
        ),
    )


def latest_revision(year: int) -> str:
    """Give the revision of the Harmonised System that was the latest in a year.

    Examples
    --------
    >>> latest_revision(2016), latest_revision(2022)
    ('HS2012', 'HS2022')
    """
    return next((name for first, name in reversed(REVISIONS.items()) if first <= year), "")


def memberships(lines: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Pair every product group with the HS6 codes that its prefixes cover.

    Examples
    --------
    >>> lines = pd.DataFrame({"product": ["854231", "848210"]})
    >>> groups = pd.DataFrame({"product": ["chips"], "hs_prefixes": ["8541;8542"]})
    >>> memberships(lines, groups).to_numpy().tolist()
    [['chips', '854231']]
    """
    pairs = [
        (group, code)
        for group, prefixes in groups[["product", "hs_prefixes"]].itertuples(index=False)
        for code in sorted(set(lines["product"]))
        if code.startswith(tuple(prefixes.split(";")))
    ]
    # A group without any trade keeps a pair with no code, so that it still gets its zero rows.
    empty = sorted(set(groups["product"]) - {group for group, _ in pairs})
    return pd.DataFrame([*pairs, *((group, "") for group in empty)], columns=["group", "code"])


def tier_memberships(codes: pd.DataFrame) -> pd.DataFrame:
    """Pair every tier, the whole list and its comparable part with their HS 2017 codes.

    Two HS 2017 codes hold much more than the HS 2022 codes that they stand for: 854140 all solar
    cells, 901380 all liquid crystal modules. `chpl_comparable` leaves them out.
    """
    code = codes["hs2017"]
    listed = pd.concat(
        [
            pd.DataFrame({"group": "tier_" + codes["tier"].str.lower(), "code": code}),
            pd.DataFrame({"group": "chpl", "code": code}),
            pd.DataFrame({"group": "chpl_comparable", "code": code[~code.isin(TOO_WIDE)]}),
        ]
    )
    return listed.drop_duplicates(ignore_index=True)


def group_sums(lines: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Sum BACI lines to groups of products, with a zero row where a group had no line.

    A year without a line is a true zero here, as BACI lists every flow that was reported;
    the weight of lines that lack one is not guessed but counted in `n_lines_no_weight`.
    """
    joined = members.merge(lines, left_on="code", right_on="product").assign(
        value=lambda f: f["value_usd"].astype(float),
        weight=lambda f: pd.to_numeric(f["net_kg"], errors="coerce"),
    )
    sums = joined.groupby(["group", "year"]).agg(
        value_usd=("value", "sum"),
        net_kg=("weight", "sum"),
        n_lines=("code", "size"),
        n_lines_no_weight=("net_kg", lambda cells: int((cells == "").sum())),
    )
    everything = pd.MultiIndex.from_product(
        [sorted(set(members["group"])), sorted(set(lines["year"]))], names=["product", "year"]
    )
    filled = sums.rename_axis(["product", "year"]).reindex(everything, fill_value=0).reset_index()
    flow = {column: lines[column].iloc[0] for column in [*FLOW, "source_id"]}
    return filled.round({"value_usd": 3, "net_kg": 3}).assign(is_sum="true", **BACI, **flow)


def yearly_sums(months: pd.DataFrame) -> pd.DataFrame:
    """Sum monthly flows to years and say how many months have a figure.

    The weight of a year is left empty when no month has one.
    """
    keys = [*FLOW, "product", "product_level", "dataset", "reporter", "year", "source_id"]
    typed = months.assign(
        year=months["month"].str[:4],
        value=months["value_usd"].astype(float),
        weight=pd.to_numeric(months.get("net_kg", ""), errors="coerce"),
    )
    sums = typed.groupby(keys, as_index=False).agg(
        value_usd=("value", "sum"),
        net_kg=("weight", lambda cells: cells.sum(min_count=1)),
        n_months=("month", "nunique"),
    )
    # Totals exist for every month; of single goods a month without a row had no trade.
    short = (sums["product_level"] == "total") & (sums["n_months"] < MONTHS)
    note = short.map({True: "Sum over fewer than twelve months.", False: ""})
    return sums.round({"value_usd": 3, "net_kg": 3}).assign(is_sum="true", note=note)


def trade_monthly(minerals: pd.DataFrame, monthly: pd.DataFrame, fcs: pd.DataFrame) -> pd.DataFrame:
    """Gather the monthly flows reported by China and by Russia."""
    by_code = minerals.rename(columns={"hs6": "product"}).assign(product_level="hs6", **CHINA)
    whole = pd.concat([monthly.assign(**CHINA), fcs.assign(**FCS)])
    flows = pd.concat([by_code, whole.assign(product="TOTAL", product_level="total")]).fillna("")
    return _counted(flows.assign(year=flows["month"].str[:4]))


def reported_figures(raw: pd.DataFrame) -> pd.DataFrame:
    """Bring published figures to common units and flag those that repeat an earlier row.

    A repeat has the same first publisher, measure, countries and period as a row above it:
    one figure retold is not a second witness.
    """
    figure = pd.to_numeric(raw["figure"], errors="coerce")
    same = ["first_publisher", "measure", "exporter", "importer", "product", "unit"]
    return raw.assign(
        value_usd=(figure * raw["unit"].map(USD)).round(0),
        net_kg=(figure * raw["unit"].map(KG)).round(0),
        share_pct=figure.where(raw["unit"] == "percent"),
        is_repeat=cleaning.true_false(raw.duplicated([*same, "period_start", "period_end"])),
    )


def transfers_to_russia(raw: pd.DataFrame) -> pd.DataFrame:
    """Grade the evidence of every item and read off the precision of its date."""
    precision = raw["date"].str.len().map({4: "year", 7: "month", 10: "day"})
    graded = [evidence_grade(*row) for row in raw[["evidence_class", "confidence"]].to_numpy()]
    return raw.assign(year=raw["date"].str[:4], date_precision=precision, evidence_grade=graded)


def evidence_grade(evidence_class: str, confidence: str) -> str:
    """Grade evidence from A (a record or inspection, well sourced) to C (weak or alleged).

    Examples
    --------
    >>> evidence_grade("customs", "high"), evidence_grade("imagery", "high")
    ('A', 'B')
    >>> evidence_grade("customs", "medium"), evidence_grade("allegation", "high")
    ('B', 'C')
    """
    is_record = evidence_class in RECORDS
    if evidence_class == "allegation":
        return "C"
    if confidence == "high":
        return "A" if is_record else "B"
    return "B" if is_record and confidence == "medium" else "C"


def export_controls(raw: pd.DataFrame) -> pd.DataFrame:
    """Turn the yes and no of the collected controls into booleans."""
    flags = [column for column in raw if column.startswith("is_")]
    return raw.assign(**{flag: cleaning.yes_no(raw[flag]) for flag in flags})


RECIPES = {
    "trade_annual": Recipe(
        trade_annual,
        (
            "trade/baci_hs6",
            "trade/totals_annual",
            "trade/chipmaking_imports",
            "trade/china_reported_minerals",
            "trade/china_reported_totals",
            "trade/fcs_totals",
            "trade/product_groups",
            "trade/hs_codes",
        ),
    ),
    "trade_monthly": Recipe(
        trade_monthly,
        ("trade/china_reported_minerals", "trade/china_reported_totals", "trade/fcs_totals"),
    ),
    "hs_codes": Recipe(cleaning.as_is, ("trade/hs_codes",)),
    "reported_figures": Recipe(reported_figures, ("trade/reported_figures",)),
    "transfers_to_russia": Recipe(transfers_to_russia, ("trade/transfers_to_russia",)),
    "export_controls": Recipe(export_controls, ("trade/export_controls",)),
}
