import pandas as pd
import pytest

from helpers import dates, tables
from helpers.build import arms


def raw_deals(**changes):
    row = {
        "deal_id": "1",
        "category": "Engines",
        "condition": "new",
        "delivery_years": "2001;2003",
        "delivered_units": "5",
        "tiv_mn": "10",
        "unit_tiv_mn": "2",
        "order_year_is_estimate": "true",
        "delivered_units_2026": "6",
        "delivery_years_2026": "2001;2003;2025",
        "source_id": "sipri-2025-03",
        "source_id_2": "sipri-2026-03",
    }
    return pd.DataFrame([row | changes])


def raw_deliveries(units=("2", "3"), tiv=("4", "6")):
    return pd.DataFrame(
        {"deal_id": ["1", "1"], "delivered_units": list(units), "tiv_mn": list(tiv)}
    )


def test_years_that_sum_to_the_deal_add_up():
    made = arms.deals(raw_deals(), raw_deliveries())
    assert made["years_add_up"].tolist() == ["true", ""]


def test_each_release_is_a_row_of_its_own():
    made = arms.deals(raw_deals(), raw_deliveries()).set_index("release")
    assert made["delivered_units"].to_dict() == {"2025-03": "5", "2026-03": "6"}
    assert made["last_delivery_year"].to_dict() == {"2025-03": "2003", "2026-03": "2025"}
    assert made["source_id"].to_dict() == {"2025-03": "sipri-2025-03", "2026-03": "sipri-2026-03"}
    assert not [column for column in made if "2026" in column]


def test_what_was_not_collected_of_a_release_is_empty():
    newer = arms.deals(raw_deals(), raw_deliveries()).iloc[1]
    assert newer[["unit_tiv_mn", "order_year_is_estimate"]].tolist() == ["", ""]


@pytest.mark.parametrize("wrong", [{"delivered_units": "6"}, {"tiv_mn": "10.1"}])
def test_years_that_miss_the_deal_do_not_add_up(wrong):
    made = arms.deals(raw_deals(**wrong), raw_deliveries())
    assert made["years_add_up"].tolist()[0] == "false"


def test_first_and_last_year_come_from_the_list():
    made = arms.deals(raw_deals(), raw_deliveries())
    years = made[["first_delivery_year", "last_delivery_year"]].values.tolist()
    assert years == [["2001", "2003"], ["2001", "2025"]]


@pytest.mark.parametrize(
    ("category", "expected"), [("Engines", "true"), ("Sensors", "true"), ("Missiles", "false")]
)
def test_components_are_engines_and_sensors(category, expected):
    made = arms.deals(raw_deals(category=category), raw_deliveries())
    assert set(made["is_component"]) == {expected}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("new", "false"), ("second_hand", "true"), ("second_hand_modernised", "true")],
)
def test_used_weapons_are_second_hand_even_when_modernised(condition, expected):
    made = arms.deals(raw_deals(condition=condition), raw_deliveries())
    assert set(made["is_second_hand"]) == {expected}


def test_scope_of_a_volume_follows_from_its_parties():
    raw = pd.DataFrame({"supplier": ["RUS", "ALL", "RUS"], "recipient": ["CHN", "CHN", "ALL"]})
    assert arms.tiv(raw)["scope"].tolist() == ["pair", "all_suppliers", "all_recipients"]


def test_lag_counts_from_service_to_delivery_and_stays_missing_without_a_date():
    raw = pd.DataFrame(
        {
            "china_first_year": ["2016", "1997", ""],
            "ru_service_year": ["2012", "2014", "1980"],
            "ru_service_year_alt": ["2014", "", ""],
            "source_date_note": ["", "", "inferred"],
        }
    )
    made = arms.service_entry(raw)
    assert made["lag_years"].fillna(999).tolist() == [4, -17, 999]
    assert made["lag_alt_years"].fillna(999).tolist() == [2, 999, 999]
    assert "source_date_note" not in made


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("arms_deals", 400),
        ("arms_deliveries", 663),
        ("weapon_service_entry", 23),
        ("system_lineage", 29),
        ("ship_engines", 20),
    ],
)
def test_every_collected_row_is_there(name, rows):
    assert len(tables.load(name)) == rows


def test_deals_by_pair():
    by_release = tables.load("arms_deals").groupby(["release", "supplier", "recipient"]).size()
    assert by_release.loc["2025-03"].equals(by_release.loc["2026-03"])
    assert by_release.loc["2025-03"].to_dict() == {
        ("RUS", "CHN"): 97,
        ("SUN", "CHN"): 84,
        ("UKR", "CHN"): 17,
        ("CHN", "RUS"): 2,
    }


def test_only_soviet_deals_fail_to_add_up():
    deals = tables.load("arms_deals")
    odd = deals[~deals["years_add_up"].fillna(True)]
    assert sorted(odd["deal_id"]) == ["14042", "25215", "8624", "8919"]
    assert set(odd["supplier"]) == {"SUN"}


def test_delivered_tiv_is_units_times_their_volume():
    deals = tables.load("arms_deals")
    off = (deals["delivered_units"] * deals["unit_tiv_mn"] - deals["tiv_mn"]).abs()
    assert deals.loc[off > 0.06, "designation"].tolist() == ["T-34 Mentor"]


def test_no_deal_delivers_more_than_ordered_or_before_its_order():
    deals = tables.load("arms_deals")
    assert not (deals["delivered_units"] > deals["ordered_units"]).any()
    assert not (deals["first_delivery_year"] < deals["order_year"]).any()
    assert not (deals["last_delivery_year"] < deals["first_delivery_year"]).any()


def test_a_size_that_is_not_known_has_no_volume():
    deals = tables.load("arms_deals")
    unknown = deals[deals["ordered_units"].isna()]
    assert unknown["deal_id"].tolist() == ["63580"] * 2
    assert unknown["ordered_tiv_mn"].isna().all()


def test_deliveries_sum_to_the_published_series():
    tiv = tables.load("arms_tiv").query("supplier == 'RUS' and recipient == 'CHN'")
    table = tiv.query("release == '2025-03' and basis == 'official_table'").set_index("year")
    deals = tables.load("arms_deals").query("supplier == 'RUS'")["deal_id"]
    deliveries = tables.load("arms_deliveries")
    sums = deliveries[deliveries["deal_id"].isin(deals)].groupby("year")["tiv_mn"].sum()
    assert len(table) == 33
    assert (sums - table["tiv_mn"]).abs().max() <= 0.5


def test_releases_differ_where_sipri_revised():
    tiv = tables.load("arms_tiv").query("supplier == 'RUS' and recipient == 'CHN' and year == 2021")
    by_release = tiv.set_index(["release", "basis"])["tiv_mn"]
    assert by_release["2022-03", "official_table"] == 773
    assert by_release["2025-03", "official_table"] == 467


def test_all_is_a_total_and_never_a_pair():
    tiv = tables.load("arms_tiv")
    total = (tiv["supplier"] == "ALL") | (tiv["recipient"] == "ALL")
    assert ((tiv["scope"] == "pair") == ~total).all()
    assert set(tiv["scope"]) == {"pair", "all_suppliers", "all_recipients"}


def test_a_pair_never_exceeds_its_totals():
    tiv = tables.load("arms_tiv").query("release == '2025-03'")
    wide = tiv.pivot_table(
        index="year", columns=["supplier", "recipient"], values="tiv_mn"
    ).dropna()
    assert len(wide) >= 30
    assert (wide["RUS", "CHN"] <= wide["RUS", "ALL"]).all()
    assert (wide["RUS", "CHN"] <= wide["ALL", "CHN"] + 0.5).all()


def test_years_of_lineage_are_in_order():
    lineage = tables.load("system_lineage")
    known = lineage.dropna(subset=["first_seen_year_low", "first_seen_year_high"])
    assert len(known) > 15
    assert (known["first_seen_year_low"] <= known["first_seen_year_high"]).all()


def test_ship_ranges_hold_their_best_value():
    engines = tables.load("ship_engines")
    known = engines.dropna(subset=["ships_otherwise"])
    assert len(known) >= 8
    assert (known["ships_otherwise_low"] <= known["ships_otherwise"]).all()
    assert (known["ships_otherwise"] <= known["ships_otherwise_high"]).all()


def test_failure_dates_are_dates():
    engines = tables.load("ship_engines").dropna(subset=["failure_date"])
    assert dates.first_day(engines["failure_date"]).notna().all()
    assert engines["failure_date_precision"].notna().all()
