"""The arms trade between two states: volumes, shares, units, orders, releases, engines.

The articles are about Russia and China; every function that takes a `Pair` serves any two.
TIV is SIPRI's trend-indicator value, an index of military volume. Nothing here turns it into
money, and units are added only among weapons of one kind.
"""

import calendar
import json
import re
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from helpers import dates, stats
from helpers.choices import Choices

BASES = ["official_table", "register_sum", "mirror_sum"]
DEAL_FACTS = [
    "deal_id", "supplier", "recipient", "designation", "description", "category", "order_year",
    "is_component", "is_licensed", "is_second_hand",
]  # fmt: skip
WORDS = ["designation", "description", "category", "is_component", "is_licensed", "note"]
ORIGINS = ["new, delivered whole", "new, licence-built by the buyer", "second-hand"]

# Names of states and organisations that take an article within a sentence.
TAKES_ARTICLE = re.compile(
    r"^(United (States|Kingdom|Nations|Arab Emirates|Wa State)|Netherlands|Philippines|Bahamas"
    r"|Comoros|Gambia|Maldives|Seychelles|Holy See|US |British (Antarctic|Indian)|French Southern)"
    r"|\b(Union|Republic|Republic of the Congo|Islands)$"
)

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


class Pair(NamedTuple):
    """Who supplies and who receives: codes, historic states included if joined, and names."""

    suppliers: tuple[str, ...]
    recipients: tuple[str, ...]
    seller: str
    buyer: str

    def keep(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of this pair."""
        mine = rows["supplier"].isin(self.suppliers) & rows["recipient"].isin(self.recipients)
        return rows[mine]

    def back(self) -> "Pair":
        """Give the same two the other way round."""
        return Pair(self.recipients, self.suppliers, self.buyer, self.seller)


# The pair of the articles. Until 1991 the Soviet Union delivered; its last years open the series.
ARTICLES = Pair(("RUS", "SUN"), ("CHN",), "Russia", "China")
# The pairs that the articles make claims about.
STUDIED = [("RUS", "CHN"), ("SUN", "CHN"), ("UKR", "CHN"), ("CHN", "RUS")]


def pair(chosen: Choices, countries: pd.DataFrame) -> Pair:
    """Give the pair that a run asks for.

    Historic states stay apart from their successors unless the run joins them.

    Examples
    --------
    >>> from helpers import tables
    >>> from helpers.choices import choose
    >>> pair(choose(recipient="IND", join_historic=True), tables.load("countries"))
    Pair(suppliers=('RUS', 'SUN'), recipients=('IND', 'SKM'), seller='Russia', buyer='India')
    """
    name = countries.set_index("iso3")["name"].map(with_article)
    suppliers, recipients = (
        (code, *countries.loc[countries["successor_iso3"] == code, "iso3"])
        if chosen.join_historic
        else (code,)
        for code in (chosen.supplier, chosen.recipient)
    )
    return Pair(suppliers, recipients, name[chosen.supplier], name[chosen.recipient])


def with_article(name: str) -> str:
    """Write a state's name as it stands within a sentence.

    Examples
    --------
    >>> [with_article(name) for name in ("Soviet Union", "Netherlands", "China")]
    ['the Soviet Union', 'the Netherlands', 'China']
    """
    return f"the {name}" if TAKES_ARTICLE.search(name) else name


def capital(sentence: str) -> str:
    """Begin a sentence or a label with a capital letter.

    Examples
    --------
    >>> capital("the Soviet Union delivered"), capital("")
    ('The Soviet Union delivered', '')
    """
    return sentence[:1].upper() + sentence[1:]


def amount(tiv_mn: float) -> str:
    """Write a volume in million TIV; a small one keeps a decimal, so that it is not taken for none.

    Examples
    --------
    >>> amount(38160.6), amount(4.84), amount(0.0), amount(float("nan"))
    ('38,161', '4.8', '0', 'no data')
    """
    if pd.isna(tiv_mn):
        return "no data"
    if 0 < abs(tiv_mn) < 0.05:
        return "below 0.1"
    return f"{tiv_mn:,.{1 if 0 < abs(tiv_mn) < 9.95 else 0}f}"


def joined_words(of: Pair, countries: pd.DataFrame, tiv: pd.DataFrame) -> str:
    """Say whether historic states stand apart from the two of a pair or count with them.

    Only states that occur in the rows of arms_tiv are named.

    Examples
    --------
    >>> from helpers import tables
    >>> data = tables.load("countries"), tables.load("arms_tiv")
    >>> joined_words(ARTICLES, *data)
    'Counted with its successor: the Soviet Union.'
    >>> joined_words(Pair(("RUS",), ("IND",), "Russia", "India"), *data)
    'Historic states stand apart: the Soviet Union.'
    """
    both = [*of.suppliers, *of.recipients]
    before = countries[countries["successor_iso3"].isin(both)]
    before = before[before["iso3"].isin(pd.concat([tiv["supplier"], tiv["recipient"]]))]
    if before.empty:
        return ""
    joined = before["iso3"].isin(both).any()
    words = "Counted with its successor" if joined else "Historic states stand apart"
    return f"{words}: {', '.join(sorted(before['name'].map(with_article)))}."


def from_older(tiv: pd.DataFrame, of: Pair, chosen: Choices) -> list[int]:
    """List the years of a run whose volume had to be taken from an earlier release."""
    volume = series(tiv, of.suppliers, of.recipients, chosen.sipri_release)
    years = volume.index[volume["release"] < chosen.sipri_release]
    return [int(year) for year in years if chosen.start_year <= year <= chosen.end_year]


def register_words(deals: pd.DataFrame, of: Pair, chosen: Choices) -> str:
    """Say what the register at hand lacks for a pair: its deals, or whether they are licensed.

    Empty where nothing lacks.
    """
    mine = of.keep(deals)
    now = deals_at(mine, chosen.sipri_release)
    if now.empty:
        others = sorted(mine["release"].unique())
        known = f"; it is held in {', '.join(map(release_name, others))}" if others else ""
        asked = release_name(chosen.sipri_release)
        return f"The release of {asked} holds no deal of this pair{known}."
    unknown = int(now["is_licensed"].isna().sum())
    if not unknown:
        return ""
    return (
        f"For {unknown} of {len(now)} deals the exports do not say whether they were licence-built "
        "or components; these always count."
    )


def not_held(yearly_tiv: pd.DataFrame) -> list[int]:
    """List the years of a run whose volume no release at hand covers.

    Examples
    --------
    >>> not_held(pd.DataFrame({"year": [1994, 1995], "tiv_mn": [None, 7.0]}))
    [1994]
    """
    return [int(year) for year in yearly_tiv.loc[yearly_tiv["tiv_mn"].isna(), "year"]]


def release_name(release: str) -> str:
    """Write a release such as 2025-03 in words.

    Examples
    --------
    >>> release_name("2025-03")
    'March 2025'
    """
    year, month = release.split("-")
    return f"{calendar.month_name[int(month)]} {year}"


def studied(deals: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Keep the deals of the pairs that the articles speak of, in the words of this package.

    Names and descriptions change from release to release, but the ledger's conditions are written
    in one wording; a deal that the package knows is given that, a new one keeps its own.

    Parameters
    ----------
    deals
        Rows of arms_deals, of any pair and release.
    own
        Those of them that the package holds itself.
    """
    pairs = pd.MultiIndex.from_frame(deals[["supplier", "recipient"]])
    kept = deals[pairs.isin(STUDIED)]
    known = own.sort_values("release", kind="stable").drop_duplicates("deal_id")
    known = known.set_index("deal_id")[WORDS].reindex(kept["deal_id"]).set_index(kept.index)
    return kept.assign(
        **{word: known[word].where(known[word].notna(), kept[word]) for word in WORDS}
    )


def deals_at(deals: pd.DataFrame, release: str) -> pd.DataFrame:
    """Keep the deals as one release has them; labels of the index stay."""
    return deals[deals["release"] == release]


def deliveries_at(deliveries: pd.DataFrame, release: str) -> pd.DataFrame:
    """Keep each year of delivery from the newest release that covers it, up to the one asked for.

    A release covers the years from its first to its last delivery.

    Examples
    --------
    >>> rows = [("2024-03", 1994), ("2024-03", 1995), ("2025-03", 1995), ("2026-03", 1995)]
    >>> rows = pd.DataFrame(rows, columns=["release", "year"])
    >>> deliveries_at(rows, "2025-03")["release"].tolist()
    ['2024-03', '2025-03']
    """
    known = deliveries[deliveries["release"] <= release]
    spans = known.groupby("release")["year"].agg(["min", "max"])
    covers = pd.Series("", index=known.index)
    for covering, (first, last) in spans.iterrows():
        covers = covers.mask(known["year"].between(first, last), covering)
    return known[known["release"] == covers]


def series(
    tiv: pd.DataFrame, suppliers: Sequence[str], recipients: Sequence[str], release: str
) -> pd.DataFrame:
    """Give the yearly volume of one flow in one release.

    SIPRI's own table goes before our sum over its register, that before the sum over a mirror.
    A year that the release does not cover is taken from the newest earlier release that does.
    Where a whole register was summed, a pair without a row had no delivery: the volume is zero.

    Parameters
    ----------
    tiv
        Rows of arms_tiv.
    suppliers, recipients
        Codes, such as ["RUS", "SUN"] and ["CHN"], or ["ALL"]; several are added up.
    release
        Release such as 2025-03.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: `tiv_mn` in million TIV; `release` (the oldest) and `basis` that the
        year rests on.
    """
    known = tiv[tiv["release"] <= release]
    whole = known[_of_whole_register(known)]
    parts = [_best(known, whole, s, r) for s in suppliers for r in recipients]
    rows = pd.concat(parts).sort_values(["year", "release"], kind="stable")
    by_year = rows.groupby("year")
    return by_year.agg(
        tiv_mn=("tiv_mn", "sum"), release=("release", "first"), basis=("basis", "first")
    )


def _of_whole_register(tiv: pd.DataFrame) -> pd.Series:
    """Mark the rows that sum up a whole register: what lacks there was not delivered.

    A total of SIPRI's own says nothing of the pairs behind it.
    """
    both = (tiv["supplier"] == "ALL") & (tiv["recipient"] == "ALL")
    return both & (tiv["basis"] == "register_sum")


def _best(known: pd.DataFrame, whole: pd.DataFrame, supplier: str, recipient: str) -> pd.DataFrame:
    """Give the best row of each year of one supplier and recipient."""
    rows = known[(known["supplier"] == supplier) & (known["recipient"] == recipient)]
    rows = pd.concat(
        [
            rows.assign(rank=rows["basis"].map(BASES.index)),
            # Years of a summed register in which this pair does not occur.
            whole.assign(tiv_mn=0.0, rank=len(BASES)),
        ]
    )
    best = rows.sort_values(["year", "release", "rank"], ascending=[True, False, True])
    return best.drop_duplicates("year")


def flows(deals: pd.DataFrame, deliveries: pd.DataFrame, of: Pair, chosen: Choices) -> pd.DataFrame:
    """Join the deliveries of a pair with their deals, in the years and eras of a run.

    The column `year` is that of the delivery or, under the rule "order", that of the order.
    """
    facts = deals_at(of.keep(deals), chosen.sipri_release)[DEAL_FACTS]
    given = deliveries_at(deliveries, chosen.sipri_release)
    rows = given.merge(facts, on="deal_id", validate="many_to_one")
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
    # What an export does not say counts: it cannot be known to be licence-built or a component.
    if not chosen.include_licensed:
        keep &= ~known_true(rows["is_licensed"])
    if not chosen.include_components:
        keep &= ~known_true(rows["is_component"])
    return rows[keep]


def known_true(flags: pd.Series) -> pd.Series:
    """Mark what is known to be so; what is not known is not marked."""
    return flags.fillna(False).astype(bool)


def yearly(tiv: pd.DataFrame, deals: pd.DataFrame, of: Pair, chosen: Choices) -> pd.DataFrame:
    """Give the volume from supplier to recipient in each year of a run, and its running mean.

    By delivery it is SIPRI's yearly series; by order it is what was delivered under the deals
    ordered in the year, zero where there is none.

    Returns
    -------
    pandas.DataFrame
        Columns `year`, `tiv_mn`, `mean_tiv_mn`, `era`; missing where the release ends earlier.
    """
    if chosen.year_rule == "delivery":
        volume = series(tiv, of.suppliers, of.recipients, chosen.sipri_release)["tiv_mn"]
    else:
        volume = _by_order_year(of.keep(deals), chosen.sipri_release)
    mean = stats.running_mean(volume, chosen.window_length)
    frame = pd.DataFrame({"tiv_mn": volume, "mean_tiv_mn": mean})
    frame = frame.reindex(run_years(chosen)).reset_index()
    return with_era(frame.astype({"year": "Int64"}), chosen)


def _by_order_year(bought: pd.DataFrame, release: str) -> pd.Series:
    """Sum what was delivered under the deals of each year of order, up to the release's end."""
    bought = deals_at(bought, release)
    sums = bought.groupby(bought["order_year"].astype("int64"))["tiv_mn"].sum()
    if sums.empty:
        return pd.Series(dtype="float64", name="tiv_mn")
    last = max(int(release[:4]) - 1, sums.index.max())
    return sums.reindex(range(sums.index.min(), last + 1), fill_value=0.0)


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


def shares(tiv: pd.DataFrame, of: Pair, chosen: Choices) -> pd.DataFrame:
    """Give the buyer's share of the seller's exports and the seller's of the buyer's imports.

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
            "pair_tiv_mn": series(tiv, of.suppliers, of.recipients, release)["tiv_mn"],
            "exports_tiv_mn": series(tiv, of.suppliers, ["ALL"], release)["tiv_mn"],
            "imports_tiv_mn": series(tiv, ["ALL"], of.recipients, release)["tiv_mn"],
        }
    ).reindex(run_years(chosen))
    exports, imports = (frame[c].where(frame[c] > 0) for c in frame.columns[1:])
    frame["of_exports_pct"] = 100 * frame["pair_tiv_mn"] / exports
    frame["of_imports_pct"] = 100 * frame["pair_tiv_mn"] / imports
    return frame


def older(tiv: pd.DataFrame, of: Pair, chosen: Choices) -> list[int]:
    """List the years of a run in which a total had to be taken from an earlier release."""
    release = chosen.sipri_release
    parts = [
        series(tiv, of.suppliers, ["ALL"], release),
        series(tiv, ["ALL"], of.recipients, release),
    ]
    years = {int(y) for part in parts for y in part.index[part["release"] < release]}
    return sorted(y for y in years if chosen.start_year <= y <= chosen.end_year)


def era_shares(yearly_shares: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Give both shares over each era: sums divided by sums, not means of yearly shares.

    `imports_tiv_per_year_mn` is what the buyer imported from everyone in a year of the era.
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
    kind = kind.mask(known_true(rows["is_licensed"]), ORIGINS[1])
    kind = kind.mask(known_true(rows["is_second_hand"]), ORIGINS[2])
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
    deals = deals_at(deals, chosen.sipri_release)
    deliveries = deliveries_at(deliveries, chosen.sipri_release)
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
    period = [int(str(claim[column])[:4]) for column in ("period_start", "period_end")]
    return {
        "operator": claim["operator"],
        "claimed_units": int(claim["expected"]),
        "period_start": period[0],
        "period_end": period[1],
        "period_units": _units_within(kind, deliveries, period, chosen),
        "all_units": int(kind["delivered_units"].sum()),
        "period_licensed_units": _units_within(licensed, deliveries, period, chosen),
        "all_licensed_units": int(licensed["delivered_units"].sum()),
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


def new_orders(deals: pd.DataFrame, of: Pair, chosen: Choices) -> pd.DataFrame:
    """Count the deals that the buyer placed with the seller in each year of a run.

    Always by year of order. Licence-built weapons and components count as chosen.

    Returns
    -------
    pandas.DataFrame
        Indexed by year: `systems` and `components`, numbers of deals.
    """
    placed = counted(deals_at(of.keep(deals), chosen.sipri_release), chosen)
    kind = known_true(placed["is_component"]).map({True: "components", False: "systems"})
    counts = placed.groupby([placed["order_year"].astype("int64"), kind]).size().unstack()
    frame = counts.reindex(index=run_years(chosen), columns=["systems", "components"])
    return frame.fillna(0).astype(int).rename_axis(columns=None)


def drift(tiv: pd.DataFrame, of: Pair, chosen: Choices) -> pd.DataFrame:
    """Compare what each release says of the deliveries of a pair, in its own years only.

    Returns
    -------
    pandas.DataFrame
        Indexed by year, one column a release, million TIV; releases without the pair left out.
    """
    flow = {}
    for release in sorted(tiv["release"].unique()):
        own = tiv[tiv["release"] == release]
        flow[release] = series(own, of.suppliers, of.recipients, release)["tiv_mn"]
    return pd.DataFrame(flow).reindex(run_years(chosen)).dropna(axis=1, how="all")


def reverse_flow(
    tiv: pd.DataFrame, deals: pd.DataFrame, deliveries: pd.DataFrame, of: Pair, release: str
) -> pd.Series:
    """Give the volume that went the other way by year in one release.

    Releases without a table of this flow are read from the deliveries by deal and year.
    """
    back, now = of.back(), tiv[tiv["release"] == release]
    has_table = len(back.keep(now)) or _of_whole_register(now).any()
    if has_table:
        return series(tiv, back.suppliers, back.recipients, release)["tiv_mn"]
    facts = deals_at(back.keep(deals), release)[["deal_id"]]
    rows = deliveries_at(deliveries, release).merge(facts, on="deal_id")
    known = now["year"].dropna()
    if known.empty:
        return pd.Series(dtype="float64", name="tiv_mn")
    sums = rows.groupby("year")["tiv_mn"].sum()
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
