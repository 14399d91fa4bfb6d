"""Cleaning of the arms tables: deals, deliveries, yearly volumes, service, lineage, engines."""

import pandas as pd

from helpers.build.cleaning import true_false
from helpers.build.recipe import Recipe

COMPONENTS = ["Engines", "Sensors"]
VALUES = ("unit_tiv_mn", "unit_tiv_new_mn", "ordered_tiv_mn")


def deals(raw: pd.DataFrame, deliveries: pd.DataFrame) -> pd.DataFrame:
    """Give each deal once for each release that is held, with what its other columns say.

    Components are SIPRI's categories of engines and sensors: parts that go into a weapon. The
    first and last year come from the list of delivery years; `years_add_up` tells whether the
    deliveries by year sum to the deal, in units and in TIV, where both are of one release.
    """
    newest = [column for column in raw if "2026" in column]
    older = raw.drop(columns=[*newest, "source_id_2"])
    years_add_up = _add_up(older, deliveries)
    newer = older.assign(
        # Of this release neither the marks of uncertainty nor values per unit were collected.
        **dict.fromkeys([c for c in older if c.endswith(("_is_estimate", *VALUES))], ""),
        **{column.replace("_2026", ""): raw[column] for column in newest},
        source_id=raw["source_id_2"],
    )
    both = pd.concat([older.assign(years_add_up=years_add_up), newer.assign(years_add_up="")])
    years = both["delivery_years"].str.split(";")
    return both.assign(
        release=release_of(both["source_id"]),
        first_delivery_year=years.map(min),
        last_delivery_year=years.map(max),
        is_component=true_false(both["category"].isin(COMPONENTS)),
        is_second_hand=true_false(both["condition"] != "new"),
    )


def release_of(source_id: pd.Series) -> pd.Series:
    """Read the release off the id of its source.

    Examples
    --------
    >>> release_of(pd.Series(["sipri-2025-03"])).tolist()
    ['2025-03']
    """
    return source_id.str.removeprefix("sipri-")


def _add_up(raw: pd.DataFrame, deliveries: pd.DataFrame) -> pd.Series:
    """Tell of each deal whether its deliveries by year sum to it."""
    by_year = _sums(deliveries).reindex(raw["deal_id"])
    same_units = by_year["delivered_units"].to_numpy() == _number(raw["delivered_units"])
    same_tiv = (by_year["tiv_mn"].to_numpy() - _number(raw["tiv_mn"])).abs() < 0.05
    return true_false(same_units & same_tiv)


def _sums(deliveries: pd.DataFrame) -> pd.DataFrame:
    """Add up units and TIV of each deal over its years."""
    amounts = deliveries[["delivered_units", "tiv_mn"]].apply(_number)
    return amounts.groupby(deliveries["deal_id"]).sum()


def _number(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce")


def tiv(raw: pd.DataFrame) -> pd.DataFrame:
    """Say of each yearly volume whether it is of one pair or a total over all partners."""
    scope = pd.Series("pair", index=raw.index)
    scope = scope.mask(raw["supplier"] == "ALL", "all_suppliers")
    scope = scope.mask(raw["recipient"] == "ALL", "all_recipients")
    # None of the collected zeros was written as a volume below one half.
    return raw.assign(scope=scope, is_below_half="false")


def with_release(raw: pd.DataFrame) -> pd.DataFrame:
    """Say of each delivery which release it is from."""
    return raw.assign(release=release_of(raw["source_id"]))


def service_entry(raw: pd.DataFrame) -> pd.DataFrame:
    """Compute the years between Russian service and the first delivery to China.

    `lag_years` starts from the first service date, `lag_alt_years` from the other one that
    sources give; both are negative where China had the type before Russia.
    """
    first = _number(raw["china_first_year"])
    return raw.drop(columns="source_date_note").assign(
        lag_years=(first - _number(raw["ru_service_year"])).astype("Int64"),
        lag_alt_years=(first - _number(raw["ru_service_year_alt"])).astype("Int64"),
    )


def without_date_note(raw: pd.DataFrame) -> pd.DataFrame:
    """Leave out how the date of the page was found; the raw table keeps it."""
    return raw.drop(columns="source_date_note")


RECIPES = {
    "arms_deals": Recipe(deals, ("arms/arms_deals", "arms/arms_deliveries")),
    "arms_deliveries": Recipe(with_release, ("arms/arms_deliveries",)),
    "arms_tiv": Recipe(tiv, ("arms/arms_tiv",)),
    "weapon_service_entry": Recipe(service_entry, ("arms/weapon_service_entry",)),
    "system_lineage": Recipe(without_date_note, ("arms/system_lineage",)),
    "ship_engines": Recipe(without_date_note, ("arms/ship_engines",)),
}
