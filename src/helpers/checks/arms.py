"""Checks on arms transfers and technology imports.

Volumes are in million TIV, an index of military volume and not money.
"""

from typing import NamedTuple

import pandas as pd

from helpers import arms, dates, stats, trade
from helpers.checks.select import labels, select, sure
from helpers.choices import FIRST_YEAR, LAST_YEAR, Choices, choose
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check

FLOWS = {
    "pair": (arms.ARTICLES.suppliers, arms.ARTICLES.recipients),
    "exports": (arms.ARTICLES.suppliers, ("ALL",)),
    "imports": (("ALL",), arms.ARTICLES.recipients),
}
# Each measure: the flow it takes, the flow that is its whole, and its name.
MEASURES = {
    "volume": ("pair", None, "the volume from Russia to China"),
    "imports": ("imports", None, "what China imported from everyone"),
    "of_exports": ("pair", "exports", "China's share of Russian exports"),
    "of_imports": ("pair", "imports", "Russia's share of Chinese imports"),
    "both_ways": ("pair", "both_ways", "Russia's share of the volume both ways"),
}
EVENTS = {
    "order": ("order_year", min),
    "first_delivery": ("first_delivery_year", min),
    "last_delivery": ("last_delivery_year", max),
}
BATTERIES = "in SIPRI's unit, battery or battalion"


@check
def units_delivered(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    where: dict,
    wider: dict | None = None,
    other: str = "",
    year_rule: str = "",
    ever: bool = True,
) -> Finding:
    """Count the weapons that Russia delivered to China in the claim's period.

    Units are SIPRI's. Licence-built weapons count as chosen, and the other way as a reading.

    Parameters
    ----------
    where, wider
        The weapons, as `select` takes them, by columns of arms_deals; a wider definition.
    other
        Another period that the article may mean, such as 2018:2018.
    year_rule
        delivery or order, where the claim itself says which; otherwise as chosen.
    ever
        Offer the count of all years as that of another period.
    """
    rule = year_rule or chosen.year_rule
    release = chosen.sipri_release
    kind, broad = (_russian(tables, rule, release, which) for which in (where, wider or where))
    licensed = _counts_licensed(broad, chosen)
    inside = _in(kind, claim.years)
    readings = _wider_count(broad, kind, claim, licensed)
    readings += _other_counts(kind, claim, licensed, other, ever)
    observed = _units(inside, licensed)
    return Finding(
        observed,
        unit=claim.unit,
        rows={"arms_deliveries": pd.Index((inside if len(inside) else kind)["row"])},
        note=_unit_note(inside, kind, licensed),
        readings=tuple(reading for reading in readings if reading.observed != observed),
    )


def _counts_licensed(weapons: pd.DataFrame, chosen: Choices) -> bool:
    """Tell whether licence-built weapons count; where there are none, the choice is not read."""
    return bool(weapons["is_licensed"].any()) and chosen.include_licensed


def _russian(tables: Tables, year_rule: str, release: str, where: dict) -> pd.DataFrame:
    """Give the deliveries of some weapons by Russia itself, without those of the Soviet Union."""

    def choose_rows() -> pd.DataFrame:
        return select(_register(tables, year_rule, release), {"supplier": "RUS"} | where)

    return tables.once(("russian", year_rule, release, repr(where)), choose_rows)


def _wider_count(
    broad: pd.DataFrame, kind: pd.DataFrame, claim: Claim, licensed: bool
) -> list[Reading]:
    """Count the weapons of a wider definition, and name what it adds, if anything."""
    added = sorted(set(broad["designation"]) - set(kind["designation"]))
    units = _units(_in(broad, claim.years), licensed)
    return [Reading("some_definitions_only", f"with {', '.join(added)}", units)] if added else []


def _other_counts(
    kind: pd.DataFrame, claim: Claim, licensed: bool, other: str, ever: bool
) -> list[Reading]:
    """Count the weapons under the other rule on licences, in another period and in all years."""
    built = "those built in China under licence"
    swapped = _units(_in(kind, claim.years), not licensed)
    found = [
        Reading("some_definitions_only", f"{'without' if licensed else 'with'} {built}", swapped)
    ]
    if other:
        count = _units(_in(kind, dates.years(other)), licensed)
        found.append(Reading("other_period", _span(dates.years(other)), count))
    if ever and len(kind):
        words = f"all deliveries, {kind['year'].min()} to {kind['year'].max()}"
        found.append(Reading("other_period", words, _units(kind, licensed)))
        if kind["is_licensed"].any() and not licensed:
            found.append(Reading("other_period", f"{words}, with {built}", _units(kind, True)))
    return found


def _units(rows: pd.DataFrame, licensed: bool) -> float:
    """Add up units, those built in China under licence only if asked for."""
    return float(rows.loc[licensed | ~rows["is_licensed"], "delivered_units"].sum())


def _unit_note(inside: pd.DataFrame, kind: pd.DataFrame, licensed: bool) -> str:
    """Say from how many deals a count comes, what it leaves out and what a unit is."""
    if not len(inside):
        return f"none in the period, the last in {kind['year'].max()}" if len(kind) else "none ever"
    deals = inside["deal_id"].nunique()
    said = [f"{deals} deal{'s' if deals > 1 else ''}"]
    built = int(inside.loc[inside["is_licensed"], "delivered_units"].sum())
    if built:
        said.append(f"{built} built in China under licence {'counted' if licensed else 'left out'}")
    if (inside["description"] == "SAM system").any():
        said.append(BATTERIES)
    return "; ".join(said)


@check
def deal_year(
    tables: Tables, chosen: Choices, claim: Claim, where: dict, event: str, also: str = ""
) -> Finding:
    """Give the year in which a weapon was ordered, first delivered or last delivered.

    Parameters
    ----------
    where
        The deals, as `select` takes them.
    event, also
        order, first_delivery or last_delivery; `also` is a second definition of the date.
    """
    deals = sure(tables, "arms_deals", chosen, where)
    if not len(deals):
        return Finding(MISSING, unit="year", note="no such deal in the register")
    year = {name: float(pick(deals[column])) for name, (column, pick) in EVENTS.items()}
    words = ", ".join(f"{name.replace('_', ' ')} {value:.0f}" for name, value in year.items())
    reading = Reading("some_definitions_only", f"dated by the {also.replace('_', ' ')}", MISSING)
    return Finding(
        year[event],
        unit="year",
        rows=labels("arms_deals", deals),
        note=words,
        readings=(reading._replace(observed=year[also]),) if also else (),
    )


@check
def tiv_share(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    measure: str | dict,
    wider: dict | None = None,
    wider_words: str = "",
) -> Finding:
    """Give a share of arms volume over the claim's period, in per cent: sum over sum.

    Parameters
    ----------
    measure
        of_exports, of_imports, both_ways, or conditions that make deliveries from Russia to
        China part of all of them; `form` is whole, licence or component.
    wider, wider_words
        Conditions of a wider definition of that part, and how to call it.
    """
    volume = _volume(tables, chosen, measure)
    readings = ()
    if wider:
        share = _level(_volume(tables, chosen, wider), claim.years)
        readings = (Reading("some_definitions_only", wider_words, share),)
    part, whole = _in(volume.yearly, claim.years)[["part", "whole"]].dropna().sum()
    return Finding(
        _level(volume, claim.years),
        unit="%",
        rows=volume.rows(claim.years),
        note=f"{part:,.0f} of {whole:,.0f} million TIV, {_known(volume, claim.years)}",
        readings=readings,
    )


@check
def tiv_trend(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    measure: str | dict,
    other: str = "",
    against: str = "",
    also: str = "",
) -> Finding:
    """Say how far arms volume, or a share of it, moved along a straight line over the period.

    The line is fitted by least squares; the number is its end over its beginning, 1 where
    nothing moved, with the 95 % interval that the slope's interval makes.

    Parameters
    ----------
    measure
        volume, imports, of_exports, of_imports, or conditions as for `tiv_share`.
    other
        Another period that the article may mean, such as 2014:2019.
    against
        Earlier years, or "before" for those before the first cut-off: the mean of the period
        over theirs is a second definition.
    also
        Another measure, as a second definition.
    """
    volume = _volume(tables, chosen, measure)
    return Finding(
        *_line(tables, volume, claim.years),
        unit="ratio",
        rows=volume.rows(claim.years),
        note=f"end over beginning of a fitted line; {_known(volume, claim.years)}",
        unchanged=1.0,
        readings=_other_trends(tables, chosen, claim, volume, other, against, also),
    )


def _other_trends(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    volume: "_Volume",
    other: str,
    against: str,
    also: str,
) -> tuple[Reading, ...]:
    """Give the readings of `tiv_trend`: against earlier years, by another measure or period."""
    readings = []
    if against:
        past = (1992, int(chosen.cutoff_1[:4]) - 1) if against == "before" else dates.years(against)
        ratio = _level(volume, claim.years) / _level(volume, past)
        words = f"the mean of the period over that of {_span(past)}"
        readings.append(Reading("some_definitions_only", words, ratio))
    if also:
        ratio = _line(tables, _volume(tables, chosen, also), claim.years).value
        readings.append(Reading("some_definitions_only", f"by {MEASURES[also][2]}", ratio))
    if other:
        ratio = _line(tables, volume, dates.years(other)).value
        readings.append(Reading("other_period", f"{_span(dates.years(other))} alone", ratio))
    return tuple(readings)


class _Volume(NamedTuple):
    """Yearly volumes: `part` and, for a share, `whole`; and the rows behind them by year."""

    key: tuple
    yearly: pd.DataFrame
    table: str
    labels: pd.DataFrame

    def rows(self, years: tuple[int, int]) -> dict[str, pd.Index]:
        """Name the rows behind some years."""
        return {self.table: pd.Index(_in(self.labels, years)["row"].drop_duplicates())}


def _volume(tables: Tables, chosen: Choices, measure: str | dict) -> _Volume:
    """Give a measure by year, remembered for each choice that it depends on."""
    release = chosen.sipri_release
    if isinstance(measure, dict):
        rule = chosen.year_rule
        key = ("tiv", repr(measure), rule, release)
        return tables.once(key, lambda: _part_of_register(tables, key, measure, rule, release))
    rule = chosen.year_rule if measure == "volume" else "delivery"
    key = ("tiv", measure, rule, release)
    if rule == "order":
        return tables.once(key, lambda: _by_order(tables, key, release))
    return tables.once(key, lambda: _by_delivery(tables, key, measure, release))


def _by_delivery(tables: Tables, key: tuple, measure: str, release: str) -> _Volume:
    """Read a measure from SIPRI's yearly totals."""
    part, whole, _ = MEASURES[measure]
    first, rows = _flow(tables, part, release)
    labelled = [rows]
    yearly = first.to_frame("part")
    if whole == "both_ways":
        frames = (tables[name] for name in ("arms_tiv", "arms_deals", "arms_deliveries"))
        back = arms.reverse_flow(*frames, arms.ARTICLES, release)
        yearly = yearly.assign(whole=yearly["part"] + back.reindex(yearly.index))
    elif whole:
        total, rows = _flow(tables, whole, release)
        labelled.append(rows)
        yearly = yearly.assign(whole=total.reindex(yearly.index))
    return _Volume(key, yearly, "arms_tiv", pd.concat(labelled))


def _flow(tables: Tables, name: str, release: str) -> tuple[pd.Series, pd.DataFrame]:
    """Give one flow by year, and the labels of the rows that each year is from."""
    suppliers, recipients = FLOWS[name]
    tiv = tables["arms_tiv"]
    best = arms.series(tiv, suppliers, recipients, release).reset_index()
    rows = tiv[tiv["supplier"].isin(suppliers) & tiv["recipient"].isin(recipients)]
    rows = rows[["year", "release", "basis"]].reset_index(names="row")
    # A year may rest on several rows, of the Soviet Union and of Russia, or on none: a zero.
    labelled = best.merge(rows, on=["year", "release", "basis"])[["year", "row"]]
    return best.set_index("year")["tiv_mn"], labelled


def _by_order(tables: Tables, key: tuple, release: str) -> _Volume:
    """Sum what was delivered under the deals of each year of order."""
    deals = tables["arms_deals"]
    run = _run(year_rule="order", sipri_release=release)
    volume = arms.yearly(tables["arms_tiv"], deals, arms.ARTICLES, run).dropna(subset="tiv_mn")
    yearly = volume.set_index("year")[["tiv_mn"]].rename(columns={"tiv_mn": "part"})
    bought = arms.deals_at(arms.ARTICLES.keep(deals), release)
    rows = bought[["order_year"]].reset_index(names="row")
    return _Volume(key, yearly, "arms_deals", rows.rename(columns={"order_year": "year"}))


def _part_of_register(
    tables: Tables, key: tuple, where: dict, year_rule: str, release: str
) -> _Volume:
    """Sum the deliveries that meet conditions, and all of them, by year."""
    rows = _register(tables, year_rule, release)
    sums = {"whole": rows.groupby("year")["tiv_mn"].sum()}
    sums["part"] = select(rows, where).groupby("year")["tiv_mn"].sum()
    yearly = pd.DataFrame(sums).fillna(0.0)
    return _Volume(key, yearly, "arms_deliveries", rows[["year", "row"]])


def _register(tables: Tables, year_rule: str, release: str) -> pd.DataFrame:
    """Join Russia's deliveries to China with their deals; `row` labels the delivery."""

    def join() -> pd.DataFrame:
        given, deals = tables["arms_deliveries"], tables["arms_deals"]
        run = _run(year_rule=year_rule, sipri_release=release)
        rows = arms.flows(deals, given.assign(row=given.index), arms.ARTICLES, run)
        flags = {flag: arms.known_true(rows[flag]) for flag in ("is_licensed", "is_component")}
        rows = rows.assign(**flags)
        form = pd.Series("whole", index=rows.index).mask(rows["is_licensed"], "licence")
        condition = arms.deals_at(deals, release).set_index("deal_id")["condition"]
        return rows.assign(
            form=form.mask(rows["is_component"], "component"),
            condition=rows["deal_id"].map(condition),
        )

    return tables.once(("register", year_rule, release), join)


def _run(**made: object) -> Choices:
    """Make choices that leave out no year; claims bring their own periods."""
    return choose(start_year=FIRST_YEAR, end_year=LAST_YEAR, **made)


def _in(frame: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Keep the rows of some years, by column or index."""
    year = frame["year"] if "year" in frame else frame.index.to_series()
    return frame[year.between(*years).to_numpy(dtype=bool)]


def _level(volume: _Volume, years: tuple[int, int]) -> float:
    """Give the mean yearly volume of some years, or the share in per cent, sum over sum."""
    found = _in(volume.yearly, years).dropna()
    if not len(found):
        return MISSING
    if "whole" not in found:
        return float(found["part"].mean())
    whole = float(found["whole"].sum())
    return 100 * float(found["part"].sum()) / whole if whole else MISSING


def _series(volume: _Volume, years: tuple[int, int]) -> pd.Series:
    """Give a measure year by year, shares in per cent; years of no volume are missing."""
    found = _in(volume.yearly, years)
    if "whole" not in found:
        return found["part"].astype("float64")
    return (100 * found["part"] / found["whole"].where(found["whole"] > 0)).astype("float64")


def _line(tables: Tables, volume: _Volume, years: tuple[int, int]) -> stats.Estimate:
    """Divide the end of a fitted line by its beginning; volumes below zero count as zero."""

    def fit() -> stats.Estimate:
        known = _series(volume, years).dropna()
        if len(known) < 3 or not known.mean() > 0:
            return stats.Estimate(MISSING, MISSING, MISSING)
        year = known.index.to_numpy(dtype="float64")
        ends = [float(year[i] - year.mean()) for i in (0, -1)]
        return stats.Estimate(*(_ratio(known.mean(), slope, ends) for slope in stats.trend(known)))

    return tables.once(("line", *volume.key, years), fit)


def _ratio(mean: float, slope: float, ends: list[float]) -> float:
    """Divide the end of a line by its beginning.

    Examples
    --------
    >>> _ratio(10.0, 2.0, [-2.5, 2.5]), _ratio(10.0, -4.0, [-2.5, 2.5])
    (3.0, 0.0)
    """
    first, last = (max(mean + slope * end, 0.0) for end in ends)
    return float(last / first) if first else float("inf")


def _known(volume: _Volume, years: tuple[int, int]) -> str:
    """Say what the first and the last year known of a period have."""
    known = _series(volume, years).dropna()
    if not len(known):
        return "no year known"
    unit = "%" if "whole" in volume.yearly else " million TIV"
    first, last = known.index[0], known.index[-1]
    return f"{first}: {known.iloc[0]:,.0f}{unit}, {last}: {known.iloc[-1]:,.0f}{unit}"


def _span(years: tuple[int, int]) -> str:
    """Write years in words.

    Examples
    --------
    >>> _span((2018, 2018)), _span((2014, 2019))
    ('2018', '2014 to 2019')
    """
    return str(years[0]) if years[0] == years[1] else f"{years[0]} to {years[1]}"


@check
def service_lag(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    narrower: dict | None = None,
    narrower_words: str = "",
) -> Finding:
    """Compare how long Russia had types in service before China first received them.

    The number is the median lag, in years, of the types first delivered in the claim's period
    less that of the types first delivered before the first cut-off; below zero the later ones
    were newer. A second definition takes the other year of Russian service where one is given.

    Parameters
    ----------
    narrower, narrower_words
        Conditions of a narrower choice of types, and how to call it.
    """
    rows = sure(tables, "weapon_service_entry", chosen)
    rows = rows[(rows["status"] == "delivered") & rows["lag_years"].notna()]
    cut = int(chosen.cutoff_1[:4])
    span = (max(cut, claim.years[0]), claim.years[1])
    late, early = _by_first_delivery(rows, span, cut)
    other = rows.assign(lag_years=rows["lag_alt_years"].fillna(rows["lag_years"]))
    words = "by the other year of Russian service, such as formal acceptance"
    readings = [Reading("some_definitions_only", words, _gap(other, span, cut))]
    if narrower:
        gap = _gap(select(rows, narrower), span, cut)
        readings.append(Reading("some_definitions_only", narrower_words, gap))
    return Finding(
        _gap(rows, span, cut),
        unit="years",
        rows=labels("weapon_service_entry", pd.concat([late, early])),
        note=f"{len(late)} types after, {len(early)} before",
        readings=tuple(readings),
    )


def _by_first_delivery(
    rows: pd.DataFrame, span: tuple[int, int], cut: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part types into those that China first received in some years and those before a year."""
    year = rows["china_first_year"].astype("float64")
    return rows[year.between(*span)], rows[year < cut]


def _gap(rows: pd.DataFrame, span: tuple[int, int], cut: int) -> float:
    """Subtract the median lag of earlier types from that of later ones; missing without both."""
    late, early = (part["lag_years"].dropna() for part in _by_first_delivery(rows, span, cut))
    return float(late.median() - early.median()) if len(late) and len(early) else MISSING


@check
def ships_fitted(
    tables: Tables, chosen: Choices, claim: Claim, where: dict, origin: str
) -> Finding:
    """Count the ships of a class that were fitted with other engines than planned, by origin.

    Parameters
    ----------
    where
        The ships, as `select` takes them, by columns of ship_engines.
    origin
        ISO code of the state that the engines fitted come from.
    """
    rows = sure(tables, "ship_engines", chosen, where | {"fitted_iso3": origin})
    once = rows[rows["in_ship_count"]].dropna(subset="ships_otherwise")
    if not len(once):
        return Finding(MISSING, unit="ships", note="no count of such ships")
    count = float(once["ships_otherwise"].sum())
    most = float(rows["ships_otherwise_high"].max())
    words = "counting the ships by which the series was later extended, at most"
    return Finding(
        count,
        unit="ships",
        rows=labels("ship_engines", rows),
        note=f"hulls {', '.join(rows['hulls'].dropna().unique())}",
        readings=(Reading("some_definitions_only", words, most),) if most > count else (),
    )


@check
def chip_machine_share(tables: Tables, chosen: Choices, claim: Claim) -> Finding:
    """Give China's largest yearly share of Russia's imports of a kind of chip-making machine.

    In per cent of what Russia reported to import from everyone: the kind and the year of the
    claim's period that favour China most. A low number refutes that China was the only source;
    a high one would say nothing of other technology.
    """
    annual = tables["trade_annual"]
    shares = tables.once(("chip_machines",), lambda: trade.chipmaking_shares(annual))
    held = _in(shares, claim.years).stack().dropna()
    if not len(held):
        return Finding(MISSING, unit="%", note="Russia's imports from everyone are not held")
    years = held.index.get_level_values(0)
    codes = held.index.get_level_values(1).unique()
    used = annual["product"].isin(codes) & annual["year"].isin(years)
    flow = used & annual["exporter"].isin(["CHN", "WLD"]) & (annual["importer"] == "RUS")
    sets = annual["reporter"].isin(["reconciled", "RUS"])
    return Finding(
        float(held.max()),
        unit="%",
        rows=labels("trade_annual", annual[flow & sets]),
        note=f"largest of {len(codes)} kinds of machine, {years.min()} to {years.max()}",
    )
