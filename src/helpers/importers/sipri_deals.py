"""SIPRI's register by deal and by delivery, joined into deals and deliveries."""

import pandas as pd

from helpers.importers import reading, sipri_join
from helpers.importers.sipri import BEGIN, DEALS, DELIVERIES, Export

COMPONENTS = ["Engines", "Sensors"]
END = 2100
# What makes records of different files the same deal; texts are revised between exports.
SAME_DEAL = ["supplier", "recipient", "order_year", "ordered_units", "designation",
             "delivered_units", "delivery_years", "condition", "unit_tiv_mn", "tiv_mn"]  # fmt: skip
OF_DEAL = ["supplier", "recipient", "order_year", "category", "condition", "is_licensed"]
SPAN = ["from_year", "to_year"]
CLEAN_DELIVERIES = ["deal_id", "year", "year_is_estimate", "delivered_units", "is_estimate",
                    "unit_tiv_mn", "unit_tiv_new_mn", "tiv_mn", "export_date"]  # fmt: skip


def _newest_first(exports: list[Export], form: str) -> list[Export]:
    ours = [e for e in exports if e.form == form]
    return sorted(ours, key=lambda e: (e.exported, e.path.name), reverse=True)


def deals_given(exports: list[Export], notes: list[str]) -> pd.DataFrame:
    """Put registers by deal together; a deal that several files have counts once.

    Records that are the same within one file are deals that SIPRI lists apart (the register by
    delivery has a number for each, and SIPRI's totals count each), so they are kept.

    Raises
    ------
    ValueError
        If files cover different years of the same pair, so that a deal stands in both with
        different numbers.
    """
    frames = []
    for e in _newest_first(exports, "by_deal"):
        turn = e.rows.groupby(SAME_DEAL, dropna=False).cumcount()
        frames.append(e.rows.assign(turn=turn, **_span(e)))
        n = int(e.rows.duplicated().sum())
        if n:
            notes.append(f"{e.path.name}: {n} records repeat another one in every cell; SIPRI"
                         " lists them as deals of their own, so they are kept.")  # fmt: skip
    if not frames:
        return pd.DataFrame(columns=[*DEALS, *SPAN])
    deals = pd.concat(frames)
    spans = deals.groupby(["supplier", "recipient"])[SPAN].nunique()
    mixed = spans[(spans > 1).any(axis=1)].index
    if len(mixed):
        pairs = ", ".join(f"{supplier} to {recipient}" for supplier, recipient in mixed[:5])
        raise ValueError(
            f"registers by deal of different years have the same pairs ({pairs}), so their deals"
            " cannot be told apart; export all of them for one range"
        )
    once = deals.drop_duplicates([*SAME_DEAL, "turn"])
    if len(once) < len(deals):
        notes.append(f"{len(deals) - len(once)} records are in several files and counted once.")
    order = [*SAME_DEAL, "description", "note"]
    return once.drop(columns="turn").sort_values(order, kind="stable").reset_index(drop=True)


def _span(export: Export) -> dict[str, int]:
    """Give the years that an export covers; where it names none, it has all."""
    return {"from_year": export.first_year or BEGIN, "to_year": export.last_year or END}


def deliveries_given(exports: list[Export]) -> pd.DataFrame:
    """Put registers by delivery together; rows that several files have count once.

    Raises
    ------
    ValueError
        If rows contradict each other, with each of them.
    """
    ours = _newest_first(exports, "by_delivery")
    if not ours:
        return pd.DataFrame(columns=[*DELIVERIES, "export_date", *SPAN])
    parts = [e.rows.assign(export_date=e.exported, **_span(e), path=e.path) for e in ours]
    rows = pd.concat([part.reset_index() for part in parts], ignore_index=True)
    wrong = []
    differs = rows.groupby("deal_id")[OF_DEAL].transform("nunique", dropna=False) > 1
    for column in OF_DEAL:
        wrong += [reading.problem(row.path, row.line, column, str(getattr(row, column)),
                                  f"the same in every row of deal {row.deal_id}")
                  for row in rows[differs[column]].itertuples()]  # fmt: skip
    numbers = rows.groupby(["deal_id", "year"])[["delivered_units", "tiv_mn"]]
    differs = (numbers.transform("nunique") > 1).any(axis=1)
    wrong += [reading.problem(row.path, row.line, "delivered_units", str(row.delivered_units),
                              f"the same in every file for deal {row.deal_id} in {row.year}")
              for row in rows[differs].itertuples()]  # fmt: skip
    reading.refuse(wrong)
    once = rows.drop_duplicates(["deal_id", "year"])
    return once.drop(columns=["path", "line"]).sort_values(["deal_id", "year"])


def added_up(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Add the deliveries of each of SIPRI's deals up, in the columns of the register by deal."""
    groups = deliveries.groupby("deal_id")
    columns = ["supplier", "recipient", "designation", "description", "category", "order_year",
               "order_year_is_estimate", "condition", "unit_tiv_new_mn", "unit_tiv_mn",
               "is_licensed"]  # fmt: skip
    years = deliveries["year"].astype("str").groupby(deliveries["deal_id"])
    return groups[columns].first().rename_axis(None).assign(
        deal_id=lambda f: f.index,
        delivery_years=years.agg(";".join),
        delivered_units=groups["delivered_units"].sum(),
        delivered_units_is_estimate=groups["is_estimate"].max(),
        tiv_mn=groups["tiv_mn"].sum().round(6),
    )  # fmt: skip


def joined(
    given: pd.DataFrame,
    deliveries: pd.DataFrame,
    release: str,
    known: pd.DataFrame | None,
    notes: list[str],
) -> tuple[pd.DataFrame, set[str]]:
    """Join the two registers and give every deal a number.

    Returns
    -------
    tuple of pandas.DataFrame and set of str
        The deals, and the numbers whose deal could not be told from others: their deliveries
        would point to no deal.
    """
    deals = given.assign(deal_id=None, **dict.fromkeys(sipri_join.TAKEN)).astype(
        {"deal_id": object}
    )
    by_id = added_up(deliveries)
    for (first, last), part in given.groupby(SPAN):
        if len(by_id):
            first = max(first, deliveries["from_year"].min())
            last = min(last, deliveries["to_year"].max())
            inside = deliveries[deliveries["year"].between(first, last)]
            _take(deals, part, added_up(inside), first, last)
    unnamed = deals[deals["deal_id"].isna()]
    free = by_id.drop(deals["deal_id"].dropna())
    is_alike = sipri_join.alike(free, unnamed, sipri_join.PARTIES)
    lost, derived = free[is_alike], free[~is_alike]
    if len(deals) and len(by_id):
        notes += _unmatched(unnamed, lost, derived, deliveries, len(deals))
    elif len(by_id):
        notes.append(
            "No register by deal was given: deals are sums of their deliveries, numbers ordered"
            " are not known, and deals without a delivery are absent."
        )
    _inherit(deals, known, release, set(by_id.index), notes)
    deals["deal_id"] = deals["deal_id"].fillna(_running(deals))
    return pd.concat([f for f in (deals, derived) if len(f)] or [deals]), set(lost.index)


def _take(
    deals: pd.DataFrame, part: pd.DataFrame, others: pd.DataFrame, first: int, last: int
) -> None:
    """Let deals take over the number and facts of the others that they match one to one."""
    # Deals that are alike in all that counts are paired in order; the kind of weapon comes first.
    order = ["description", "designation", "deal_id"]
    right = sipri_join.facts(others.sort_values(order), first, last)
    right = right.join(others[sipri_join.TAKEN])
    left = sipri_join.facts(part.sort_values(order[:2], kind="stable"), first, last)
    match = sipri_join.pair(left, right)
    for column in ("deal_id", *sipri_join.TAKEN):
        deals.loc[match.index, column] = others.loc[match, column].to_numpy()


def _unmatched(
    unnamed: pd.DataFrame,
    lost: pd.DataFrame,
    derived: pd.DataFrame,
    deliveries: pd.DataFrame,
    n_deals: int,
) -> list[str]:
    """Say what of the two registers did not match one to one."""
    notes = [f"{n_deals - len(unnamed)} of {n_deals} deals have a number from the register by"
             " delivery."]  # fmt: skip
    first, last = deliveries["from_year"].min(), deliveries["to_year"].max()
    within = sipri_join.facts(unnamed, first, last).index
    missed = unnamed.loc[within]
    if len(missed):
        notes.append(f"{len(missed)} deals with a delivery in {first}-{last} match none of its"
                     f" deals one to one: {_listed(missed)}.")  # fmt: skip
    if len(lost):
        notes.append(f"{len(lost)} numbers of the register by delivery could belong to several of"
                     " them; their deliveries count in the volumes but are not in arms_deliveries:"
                     f" {', '.join(lost.index[:20])}.")  # fmt: skip
    if len(derived):
        notes.append(f"{len(derived)} deals are in the register by delivery only and come from it,"
                     f" without the number ordered: {_listed(derived)}.")  # fmt: skip
    return notes


def _listed(deals: pd.DataFrame) -> str:
    """Name some deals by their parties and order years."""
    named = [f"{d.supplier} to {d.recipient} {d.order_year}" for d in deals[:10].itertuples()]
    return ", ".join(named) + (" ..." if len(deals) > 10 else "")


def _inherit(
    deals: pd.DataFrame,
    known: pd.DataFrame | None,
    release: str,
    used: set[str],
    notes: list[str],
) -> None:
    """Let deals without a number take that of a known deal, of the nearest release first."""
    if known is None or deals.empty:
        return
    numbered = known[known["deal_id"].str.fullmatch(r"\d+")]
    numbered = numbered.set_index("deal_id", drop=False).rename_axis(None)
    releases = numbered["release"] if "release" in numbered else pd.Series(release, numbered.index)
    distance = {r: abs(int(r[:4]) - int(release[:4])) for r in releases.unique()}
    before = int(deals["deal_id"].notna().sum())
    for other in sorted(distance, key=distance.get):
        theirs = numbered[releases == other]
        theirs = theirs.drop(used | set(deals["deal_id"].dropna()), errors="ignore")
        for (first, last), part in deals[deals["deal_id"].isna()].groupby(SPAN):
            _take(deals, part, theirs, first, min(last, int(other[:4]) - 1, int(release[:4]) - 1))
    n = int(deals["deal_id"].notna().sum()) - before
    if n:
        notes.append(
            f"{n} deals took SIPRI's number, category and licence over from other releases."
        )


def _running(deals: pd.DataFrame) -> pd.Series:
    """Make numbers for deals that have none: they count within parties and order year."""
    order = [*sipri_join.PARTIES, "delivery_years", "delivered_units", "tiv_mn"]
    turn = deals.sort_values(order, kind="stable").groupby(sipri_join.PARTIES).cumcount() + 1
    parts = [deals[column].astype("str") for column in sipri_join.PARTIES]
    return (
        "x-"
        + parts[0]
        + "-"
        + parts[1]
        + "-"
        + parts[2]
        + "-"
        + turn.reindex(deals.index).astype("str")
    )


def clean_deals(deals: pd.DataFrame, deliveries: pd.DataFrame, release: str) -> pd.DataFrame:
    """Bring deals into the columns of the table arms_deals."""
    years = deals["delivery_years"].fillna("")
    units = deals["delivered_units"].astype("Int64").fillna(0)
    sums = deliveries.groupby("deal_id")[["delivered_units", "tiv_mn"]].sum()
    sums = sums.reindex(deals["deal_id"]).set_index(deals.index)
    adds_up = (sums["delivered_units"] == units) & ((sums["tiv_mn"] - deals["tiv_mn"]).abs() < 0.05)
    # Deliveries outside the years of the register by delivery are not known by year.
    first, last = pd.to_numeric(years.str[:4]), pd.to_numeric(years.str[-4:])
    is_known = first.ge(deliveries["from_year"].min()) & last.le(deliveries["to_year"].max())
    category = deals["category"]
    ordered = deals.get("ordered_units", pd.Series(index=deals.index, dtype="Int64"))
    columns = ["deal_id", "supplier", "recipient", "designation", "description", "category",
               "order_year", "order_year_is_estimate", "delivered_units_is_estimate", "condition",
               "is_licensed", "unit_tiv_mn", "unit_tiv_new_mn", "tiv_mn"]  # fmt: skip
    made = deals.reindex(columns=[*columns, "ordered_units_is_estimate", "ordered_tiv_mn", "note"])
    return made.assign(
        release=release,
        is_component=category.isin(COMPONENTS).astype("boolean").mask(category.isna()),
        ordered_units=ordered,
        # SIPRI writes 0 where it does not know how many were ordered.
        ordered_tiv_mn=made["ordered_tiv_mn"].where(ordered.notna()),
        delivered_units=units,
        delivery_years=years,
        first_delivery_year=years.str[:4],
        last_delivery_year=years.str[-4:],
        is_second_hand=deals["condition"] != "new",
        years_add_up=adds_up.astype("boolean").where(is_known & sums["tiv_mn"].notna()),
        source_id=f"sipri-{release}",
    ).reset_index(drop=True)


def clean_deliveries(deliveries: pd.DataFrame, lost: set[str], release: str) -> pd.DataFrame:
    """Bring deliveries into the columns of the table arms_deliveries."""
    kept = deliveries.loc[~deliveries["deal_id"].isin(lost), CLEAN_DELIVERIES]
    return kept.assign(
        release=release,
        export_date=kept["export_date"].replace("", release),
        source_id=f"sipri-{release}",
    ).reset_index(drop=True)
