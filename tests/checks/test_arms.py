"""Checks on arms and technology: each can fail, and known answers."""

import pandas as pd
import pytest

from helpers import scorecard, tables
from helpers.checks import arms as checks
from helpers.choices import choose
from helpers.claims import Tables, ledger

CLAIMS = ledger()
OWN = [c for c in CLAIMS.values() if c.section in ("arms_trade", "tech_import")]
DATA = Tables()


def decide(claim_id, data=None, **chosen):
    return scorecard.decide(CLAIMS[claim_id], data or DATA, choose(**chosen))


def verdict(claim_id, data=None, **chosen):
    return decide(claim_id, data, **chosen)[1].verdict


def altered(table, column, made, **where):
    """Give a copy of a table with another value in the rows whose columns match."""
    frame = tables.load(table).copy()
    keep = pd.Series(True, index=frame.index)
    for name, wanted in where.items():
        keep &= frame[name].astype("str").str.contains(wanted, regex=True)
    assert keep.any(), f"nothing to alter in {table}"
    frame.loc[keep, column] = made(frame.loc[keep, column]) if callable(made) else made
    return frame


def deliveries_of(designation):
    deals = tables.load("arms_deals")
    wanted = deals["designation"].str.match(designation) & (deals["supplier"] == "RUS")
    return "^(?:" + "|".join(deals.loc[wanted, "deal_id"]) + ")$"


def fewer(designation, units):
    """Leave out some units of the first delivery of a weapon."""
    frame = tables.load("arms_deliveries").copy()
    first = frame.index[frame["deal_id"].str.match(deliveries_of(designation))][0]
    frame.loc[first, "delivered_units"] -= units
    return Tables({"arms_deliveries": frame})


@pytest.mark.parametrize(
    ("claim_id", "designation", "units"),
    [
        ("CEPA-021", "Tor-M1", 1),
        ("CEPA-023", "Project-877", 1),
        ("CEPA-024", "Project-636", 1),
        ("CEPA-025", "Project-877", 1),
        ("CEPA-059", "S-400", 1),
        ("CEPA-063", "Il-76", 3),
    ],
)
def test_a_unit_less_refutes_a_count_that_the_register_bears_out_exactly(
    claim_id, designation, units
):
    assert verdict(claim_id, fewer(designation, units)) == "fails"
    assert verdict(claim_id) in ("holds", "holds_in_part")


def test_an_air_defence_delivery_after_2021_would_bear_out_that_china_still_buys_them():
    late = altered("arms_deliveries", "year", 2023, deal_id=deliveries_of("S-400"))
    # Two deliveries now lie in one year: the table's key plays no part here.
    assert verdict("CEPA-171", Tables({"arms_deliveries": late})) == "holds"
    assert verdict("CEPA-171") == "fails"


def test_guns_built_under_licence_count_as_chosen_and_the_years_as_the_rule_says():
    found, judged = decide("CEPA-028")
    assert found.observed == 0
    assert judged.reason == "other_period"
    with_licensed, _ = decide("CEPA-028", include_licensed=True)
    assert with_licensed.observed == 37
    by_order, judged = decide("CEPA-028", include_licensed=True, year_rule="order")
    assert by_order.observed == 120
    assert judged.words == "not under: without those built in China under licence"


def test_all_years_are_offered_once_where_nothing_was_built_under_licence():
    words = [reading.words for reading in decide("CEPA-063")[0].readings]
    assert words == ["all deliveries, 1993 to 2016"]
    both = [reading.words for reading in decide("CEPA-019")[0].readings[1:]]
    assert both == [
        "all deliveries, 1996 to 2022",
        "all deliveries, 1996 to 2022, with those built in China under licence",
    ]


def test_soviet_deliveries_are_not_russian_ones():
    soviet = altered("arms_deals", "supplier", "SUN", designation="^Project-636")
    assert decide("CEPA-024", Tables({"arms_deals": soviet}))[0].observed == 0


def test_a_count_without_a_delivery_in_the_period_says_when_the_last_one_was():
    assert decide("CEPA-171")[0].note == "none in the period, the last in 2019"


def test_the_year_of_a_deal_is_read_from_its_own_columns():
    later = altered("arms_deals", "first_delivery_year", 1999, note="105 of 200 J-11s")
    assert verdict("CEPA-017", Tables({"arms_deals": later})) == "fails"
    assert verdict("CEPA-017") == "holds"
    done = altered("arms_deals", "last_delivery_year", 2017, designation="^Su-35")
    assert verdict("CEPA-062", Tables({"arms_deals": done})) == "holds"
    assert verdict("CEPA-062") == "fails"


def test_a_purchase_dated_by_its_delivery_is_right_under_another_definition_only():
    assert decide("CEPA-060")[1].reason == "some_definitions_only"
    ordered = altered("arms_deals", "order_year", 2018, designation="^S-400")
    assert verdict("CEPA-060", Tables({"arms_deals": ordered})) == "holds"
    neither = altered("arms_deals", "first_delivery_year", 2019, designation="^S-400")
    assert verdict("CEPA-060", Tables({"arms_deals": neither})) == "fails"


def test_a_deal_that_the_register_lacks_has_no_year():
    gone = tables.load("arms_deals").query("designation != 'S-400 Triumf'")
    assert verdict("CEPA-060", Tables({"arms_deals": gone})) == "not_in_data"


def test_shares_are_sums_over_sums():
    tiv = pd.DataFrame(
        [
            (supplier, recipient, year, "2025-03", "official_table", amount)
            for year, pair, total in [(1992, 30.0, 40.0), (1993, 10.0, 360.0)]
            for supplier, recipient, amount in [("RUS", "CHN", pair), ("ALL", "CHN", total)]
        ],
        columns=["supplier", "recipient", "year", "release", "basis", "tiv_mn"],
    )
    found, judged = decide("CEPA-042", Tables({"arms_tiv": tiv}))
    assert found.observed == pytest.approx(10)
    assert found.rows["arms_tiv"].tolist() == [0, 2, 1, 3]
    assert judged.verdict == "fails"
    assert verdict("CEPA-042") == "holds"


@pytest.mark.parametrize(
    ("claim_id", "table", "column", "made", "where"),
    [
        ("CEPA-010", "arms_deals", "category", "Artillery", {"description": "aircraft|submarine"}),
        ("CEPA-006", "arms_deals", "is_licensed", True, {"designation": "^(?:Su-|Project)"}),
        ("CEPA-269", "arms_deals", "description", "lorry", {"description": "FGA"}),
        ("CEPA-042", "arms_tiv", "tiv_mn", lambda tiv: tiv * 4, {"supplier": "ALL"}),
    ],
)
def test_a_share_of_the_volume_follows_the_rows_that_make_it(claim_id, table, column, made, where):
    changed = Tables({table: altered(table, column, made, **where)})
    assert {verdict(claim_id), verdict(claim_id, changed)} == {"holds", "fails"}


def test_one_delivery_the_other_way_ends_a_one_way_trade():
    back = tables.load("arms_deals").copy()
    turned = back["designation"] == "Su-35S"
    back.loc[turned, ["supplier", "recipient"]] = ["CHN", "RUS"]
    earlier = altered("arms_deliveries", "year", 2005, deal_id=deliveries_of("Su-35"))
    data = Tables({"arms_deals": back, "arms_deliveries": earlier})
    assert verdict("CEPA-034", data) == "fails"
    assert verdict("CEPA-034") == "holds"


def straight_line(start, step):
    rows = [
        ("RUS", "CHN", year, "2025-03", "official_table", start + step * (year - 2018))
        for year in range(2018, 2023)
    ]
    columns = ["supplier", "recipient", "year", "release", "basis", "tiv_mn"]
    return Tables({"arms_tiv": pd.DataFrame(rows, columns=columns)})


@pytest.mark.parametrize(
    ("step", "ratio", "falls", "level"),
    [
        (-10.0, 0.6, "holds", "fails"),
        (20.0, 1.8, "fails", "fails"),
        (-2.0, 0.92, "holds", "holds"),
    ],
)
def test_a_straight_line_is_its_own_trend(step, ratio, falls, level):
    found, judged = decide("CEPA-080", straight_line(100.0, step))
    assert found[:3] == pytest.approx((ratio, ratio, ratio))
    assert judged.verdict == falls
    assert verdict("CEPA-079", straight_line(100.0, step)) == level


def test_a_trend_needs_three_years_and_something_delivered():
    two = straight_line(100.0, 1.0)["arms_tiv"].head(2)
    assert verdict("CEPA-080", Tables({"arms_tiv": two})) == "not_in_data"
    assert verdict("CEPA-080", straight_line(0.0, 0.0)) == "not_in_data"


@pytest.mark.parametrize("claim_id", ["CEPA-080", "CEPA-234"])
def test_a_fall_turned_round_is_no_fall(claim_id):
    years = CLAIMS[claim_id].years
    tiv = tables.load("arms_tiv").copy()
    pair = (tiv["supplier"] == "RUS") & (tiv["recipient"] == "CHN")
    inside = pair & tiv["year"].between(*years)
    tiv.loc[inside, "year"] = sum(years) - tiv.loc[inside, "year"]
    assert verdict(claim_id, Tables({"arms_tiv": tiv})) in ("fails", "not_in_data")
    assert verdict(claim_id).startswith("holds")


def test_a_flow_that_kept_its_level_would_not_slacken():
    kept = altered("arms_tiv", "tiv_mn", 500.0, supplier="RUS", recipient="CHN")
    assert verdict("CEPA-170", Tables({"arms_tiv": kept})) == "holds"
    assert verdict("CEPA-170") == "fails"


def test_a_line_that_falls_below_zero_ends_at_zero():
    assert checks._ratio(10.0, -5.0, [-2.0, 2.0]) == 0
    assert checks._ratio(10.0, 5.0, [-2.0, 2.0]) == float("inf")


def lag_table(*rows):
    columns = ["system", "weapon_class", "china_first_year", "lag_years", "lag_alt_years"]
    frame = pd.DataFrame(rows, columns=columns)
    return Tables({"weapon_service_entry": frame.assign(status="delivered", confidence="high")})


def test_the_lag_compares_medians_after_and_before_the_first_cut_off():
    data = lag_table(
        ("a", "fighter", 1992, 10, None),
        ("b", "fighter", 2000, 6, None),
        ("c", "transport", 2001, 30, None),
        ("d", "fighter", 2016, 4, 12),
    )
    found, judged = decide("CEPA-058", data)
    assert found.observed == 4 - 10
    assert [reading.observed for reading in found.readings] == [12 - 10, 4 - 8]
    assert judged.reason == "some_definitions_only"
    later, _ = decide("CEPA-058", data, cutoff_1="2001-01-01")
    assert later.observed == 4 - 8


def test_older_weapons_after_2014_would_refute_that_they_were_newer():
    old = altered("weapon_service_entry", "lag_years", 30, system="Su-35|S-400")
    assert verdict("CEPA-058", Tables({"weapon_service_entry": old})) == "fails"
    assert verdict("CEPA-058") != "fails"
    none = tables.load("weapon_service_entry").query("china_first_year < 2014")
    assert verdict("CEPA-058", Tables({"weapon_service_entry": none})) == "not_in_data"


def test_ships_are_counted_once_and_the_longer_series_is_a_second_definition():
    found, judged = decide("CEPA-073")
    assert found.observed == 4
    assert judged.reason == "some_definitions_only"
    five = altered("ship_engines", "ships_otherwise", 5, engine_id="ENG-002")
    assert verdict("CEPA-073", Tables({"ship_engines": five})) == "fails"
    short = tables.load("ship_engines").query("role != 'counter_evidence'")
    assert verdict("CEPA-073", Tables({"ship_engines": short})) == "holds"
    uncounted = tables.load("ship_engines").assign(in_ship_count=False)
    assert verdict("CEPA-073", Tables({"ship_engines": uncounted})) == "not_in_data"


def test_the_largest_share_of_chip_machines_decides_on_the_only_source():
    annual = tables.load("trade_annual").copy()
    china = (annual["dataset"] == "baci") & (annual["product"] == "848620")
    annual.loc[china & (annual["year"] == 2018), "value_usd"] = 46423807.0
    found, judged = decide("CEPA-047", Tables({"trade_annual": annual}))
    assert found.observed == pytest.approx(100)
    assert judged.verdict == "holds"
    assert verdict("CEPA-047") == "fails"
    silent = annual[annual["reporter"] != "RUS"]
    assert verdict("CEPA-047", Tables({"trade_annual": silent})) == "not_in_data"


@pytest.mark.parametrize(
    ("claim_id", "table", "column", "made", "where"),
    [
        ("CEPA-012", "arms_deals", "supplier", "UKR", {"designation": "^Su-30"}),
        ("CEPA-016", "arms_deals", "is_licensed", False, {"designation": "^Su-27"}),
        ("CEPA-025b", "weapon_service_entry", "system", "Project 877 (Lada)", {"system": "877"}),
        ("CEPA-029", "arms_deals", "note", "Guns for Type-052D ships", {"designation": "^AK-176"}),
        ("CEPA-029b", "arms_deals", "note", "For frigates", {"designation": "Rif|Shtil"}),
        ("CEPA-031", "arms_deals", "note", "Kiev, scrapped", {"designation": "^Kuznetsov"}),
        ("CEPA-032", "arms_deals", "supplier", "RUS", {"designation": "^Kuznetsov"}),
        ("CEPA-040", "arms_deals", "order_year", 2010, {"supplier": "CHN"}),
        ("CEPA-044", "ship_engines", "outcome", "as_planned", {"planned_iso3": "UKR"}),
        ("CEPA-057", "arms_deals", "order_year", 2010, {"designation": "^S-400"}),
        ("CEPA-064", "transfers_to_russia", "date", "2012", {"item": "CHD622V20 marine"}),
        ("CEPA-067", "ship_engines", "outcome", "as_planned", {"planned_iso3": "DEU"}),
        ("CEPA-068", "ship_engines", "planned_engine", "MAN 32/44", {"planned_engine": "MTU"}),
        ("CEPA-069", "ship_engines", "outcome", "as_planned", {"planned_iso3": "UKR"}),
        ("CEPA-071", "ship_engines", "planned_iso3", "RUS", {"ship_class": "Buyan"}),
        ("CEPA-072", "ship_engines", "ships_as_planned", 6, {"engine_id": "ENG-001"}),
        ("CEPA-076", "ship_engines", "fitted_iso3", "CHN", {"ship_class": "Karakurt"}),
        ("CEPA-077", "ship_engines", "fitted_iso3", "DEU", {"ship_class": "Rubin"}),
        ("CEPA-082b", "alliance_indicators", "level", "absent", {"rationale": "[Hh]elicopter"}),
        ("CEPA-228", "arms_deals", "delivery_years", "2010", {"category": "Aircraft|Engines"}),
        ("CEPA-228b", "arms_deals", "delivery_years", "2010", {"designation": "^MR-90"}),
        ("DIP-012", "agreements", "date", "2018-10-03", {"early_warning_clause": "assistance"}),
    ],
)
def test_a_stated_fact_turned_round_in_the_table_turns_the_verdict(
    claim_id, table, column, made, where
):
    changed = Tables({table: altered(table, column, made, **where)})
    before, after = verdict(claim_id), verdict(claim_id, changed)
    assert {before == "fails", after == "fails"} == {True, False}


def test_every_claim_of_these_sections_is_checked_or_says_what_it_needs():
    for claim in OWN:
        assert claim.testability == "citable" or bool(claim.check) != bool(claim.needs), claim


def test_the_rows_that_a_finding_names_are_rows_of_the_tables():
    for claim in OWN:
        found, _ = scorecard.decide(claim, DATA, choose())
        used = scorecard.rows_used(found, DATA)
        assert sum(map(len, used.values())) == found.n_rows
        assert found.n_rows or not claim.check or found.observed == 0, claim.claim_id


def test_a_wider_definition_names_what_it_adds():
    found, judged = decide("CEPA-027")
    assert found.observed == 175
    assert (judged.reason, judged.words) == ("some_definitions_only", "with Kh-59ME Ovod")
    more = altered("arms_deliveries", "delivered_units", 50, deal_id=deliveries_of("Kh-59MK"))
    assert verdict("CEPA-027", Tables({"arms_deliveries": more})) == "holds"


def test_a_year_in_which_both_the_soviet_union_and_russia_stand_counts_once():
    """A register that begins in 1950 has both in 1990 and 1991, one of them with zero."""
    own = tables.load("arms_tiv")
    soviet = own[(own["supplier"] == "SUN") & (own["release"] == "2026-03")]
    twins = soviet.assign(supplier="RUS", tiv_mn=0.0)
    both = pd.concat([own, twins], ignore_index=True)
    volumes = [
        checks._volume(Tables({"arms_tiv": frame}), choose(sipri_release="2026-03"), "of_exports")
        for frame in (own, both)
    ]
    assert volumes[1].yearly.index.is_unique
    assert volumes[0].yearly.equals(volumes[1].yearly)
    years = (1990, 1991)
    assert len(volumes[1].rows(years)["arms_tiv"]) == 2 * len(volumes[0].rows(years)["arms_tiv"])
