import json

import pandas as pd
import pytest

from helpers import arms, choices, scorecard, tables
from helpers.claims import Tables, ledger


def tiv_rows(*rows):
    columns = ["supplier", "recipient", "year", "release", "basis", "tiv_mn"]
    return pd.DataFrame(rows, columns=columns)


def deal(deal_id, order_year=2000, **changes):
    row = {
        "deal_id": deal_id,
        "supplier": "RUS",
        "recipient": "CHN",
        "designation": "Su-27S",
        "description": "FGA aircraft",
        "category": "Aircraft",
        "order_year": order_year,
        "is_component": False,
        "is_licensed": False,
        "is_second_hand": False,
        "release": "2025-03",
        "delivered_units": 10,
        "tiv_mn": 100.0,
    }
    return row | changes


def deliveries(*rows):
    frame = pd.DataFrame(rows, columns=["deal_id", "year", "delivered_units", "tiv_mn"])
    return frame.assign(release="2025-03")


TWO_RELEASES = tiv_rows(
    ("RUS", "CHN", 2001, "2024-03", "official_table", 5.0),
    ("RUS", "CHN", 2002, "2024-03", "official_table", 6.0),
    ("RUS", "CHN", 2002, "2025-03", "register_sum", 7.4),
    ("RUS", "CHN", 2002, "2025-03", "official_table", 7.0),
    ("RUS", "CHN", 2003, "2025-03", "register_sum", 8.0),
    ("RUS", "CHN", 2003, "2026-03", "mirror_sum", 9.0),
)


def test_a_release_shows_its_own_table_first_and_earlier_releases_only_where_it_is_silent():
    found = arms.series(TWO_RELEASES, ["RUS"], ["CHN"], "2025-03")
    assert found["tiv_mn"].to_dict() == {2001: 5.0, 2002: 7.0, 2003: 8.0}
    assert found["release"].to_dict() == {2001: "2024-03", 2002: "2025-03", 2003: "2025-03"}


def test_a_release_knows_nothing_of_later_ones():
    found = arms.series(TWO_RELEASES, ["RUS"], ["CHN"], "2024-03")
    assert found["tiv_mn"].to_dict() == {2001: 5.0, 2002: 6.0}


def test_several_states_are_added_up():
    tiv = tiv_rows(
        ("RUS", "CHN", 2001, "2025-03", "official_table", 5.0),
        ("SUN", "CHN", 2001, "2025-03", "official_table", 3.0),
        ("SUN", "CHN", 2000, "2025-03", "official_table", 2.0),
    )
    found = arms.series(tiv, ["RUS", "SUN"], ["CHN"], "2025-03")
    assert found["tiv_mn"].to_dict() == {2000: 2.0, 2001: 8.0}


def test_a_pair_that_a_whole_register_lacks_is_zero_even_if_an_older_release_has_it():
    tiv = tiv_rows(
        ("RUS", "CHN", 2001, "2024-03", "official_table", 5.0),
        ("RUS", "CHN", 2003, "2024-03", "official_table", 6.0),
        ("ALL", "ALL", 2001, "2025-03", "register_sum", 900.0),
    )
    found = arms.series(tiv, ["RUS"], ["CHN"], "2025-03")
    assert found["tiv_mn"].to_dict() == {2001: 0.0, 2003: 6.0}


def test_historic_states_stay_apart_unless_joined():
    countries = tables.load("countries")
    apart = arms.pair(choices.choose(), countries)
    joined = arms.pair(choices.choose(join_historic=True), countries)
    assert (apart.suppliers, joined.suppliers) == (("RUS",), ("RUS", "SUN"))
    deals = pd.DataFrame([deal("1"), deal("2", supplier="SUN")])
    given = deliveries(("1", 1993, 1, 1.0), ("2", 1993, 1, 1.0))
    assert arms.flows(deals, given, apart, choices.choose())["deal_id"].tolist() == ["1"]
    assert arms.flows(deals, given, joined, choices.choose())["deal_id"].tolist() == ["1", "2"]


def test_deals_of_the_articles_keep_the_words_of_the_package():
    own = pd.DataFrame([deal("1", category="Aircraft", note="ours")])
    theirs = pd.DataFrame(
        [
            deal("1", designation="Su-27SK", note="theirs", release="2027-03", is_licensed=None),
            deal("x-RUS-CHN-2026-1", designation="Su-57", note="new", release="2027-03"),
            deal("3", recipient="IND", note="not studied", release="2027-03"),
        ]
    )  # fmt: skip
    found = arms.studied(theirs, own)
    assert found["designation"].tolist() == ["Su-27S", "Su-57"]
    assert found["note"].tolist() == ["ours", "new"]
    assert found["release"].tolist() == ["2027-03"] * 2
    assert found["is_licensed"].tolist() == [False, False]
    assert found.index.tolist() == [0, 1]


def test_every_release_is_counted_in_the_same_words():
    deals = arms.studied(tables.load("arms_deals"), tables.own("arms_deals"))
    words = deals.groupby("deal_id")["designation"].nunique()
    assert len(words) == 200
    assert (words == 1).all()


def test_what_is_not_known_to_be_licence_built_counts():
    rows = pd.DataFrame([deal("1", is_licensed=None, is_component=None)])
    chosen = choices.choose(include_licensed=False, include_components=False)
    assert len(arms.counted(rows, chosen)) == 1


def test_deliveries_take_the_year_of_delivery_or_of_order():
    deals = pd.DataFrame([deal("1", order_year=2012)])
    given = deliveries(("1", 2014, 4, 40.0), ("1", 2015, 6, 60.0))
    by_delivery = arms.flows(deals, given, arms.ARTICLES, choices.choose())
    by_order = arms.flows(deals, given, arms.ARTICLES, choices.choose(year_rule="order"))
    assert by_delivery["year"].tolist() == [2014, 2015]
    assert by_delivery["era"].tolist() == ["2014 to 2021"] * 2
    assert by_order["year"].tolist() == [2012, 2012]
    assert by_order["era"].tolist() == ["before 2014"] * 2


def test_flows_are_russian_and_soviet_deliveries_to_china_within_the_years():
    deals = pd.DataFrame(
        [deal("1"), deal("2", supplier="UKR"), deal("3", supplier="CHN", recipient="RUS")]
    )
    given = deliveries(
        ("1", 1991, 1, 1.0), ("1", 2001, 1, 1.0), ("2", 2001, 1, 1.0), ("3", 2001, 1, 1.0)
    )
    found = arms.flows(deals, given, arms.ARTICLES, choices.choose())
    assert found[["deal_id", "year"]].values.tolist() == [["1", 2001]]


@pytest.mark.parametrize(
    ("licensed", "components", "kept"),
    [
        (False, True, ["1", "3"]),
        (True, True, ["1", "2", "3"]),
        (False, False, ["1"]),
        (True, False, ["1", "2"]),
    ],
)
def test_licence_built_weapons_and_components_count_as_chosen(licensed, components, kept):
    rows = pd.DataFrame([deal("1"), deal("2", is_licensed=True), deal("3", is_component=True)])
    chosen = choices.choose(include_licensed=licensed, include_components=components)
    assert arms.counted(rows, chosen)["deal_id"].tolist() == kept


def test_yearly_volume_misses_years_after_the_release():
    chosen = choices.choose(start_year=2001, end_year=2004, window_length=2)
    found = arms.yearly(TWO_RELEASES, pd.DataFrame([deal("1")]), arms.ARTICLES, chosen)
    assert found["tiv_mn"].fillna(-1).tolist() == [5.0, 7.0, 8.0, -1.0]
    assert found["mean_tiv_mn"].fillna(-1).tolist() == [-1.0, 6.0, 7.5, -1.0]


def test_volume_by_order_is_of_the_release_and_zero_in_years_without_orders():
    older = [deal("1", 2001), deal("2", 2003), deal("3", 2003)]
    newer = [row | {"release": "2026-03", "tiv_mn": 110.0} for row in older]
    deals = pd.DataFrame(older + newer)
    chosen = choices.choose(
        start_year=2001, end_year=2003, year_rule="order", sipri_release="2026-03"
    )
    found = arms.yearly(TWO_RELEASES, deals, arms.ARTICLES, chosen)
    assert found["tiv_mn"].tolist() == [110.0, 0.0, 220.0]


def test_era_totals_count_known_years_only():
    volume = pd.DataFrame(
        {
            "tiv_mn": [30.0, 10.0, None],
            "era": pd.Categorical(["a", "b", "b"], categories=["a", "b", "c"]),
        }
    )
    found = arms.era_totals(volume)
    assert found["years"].tolist() == [1, 1, 0]
    assert found["share_pct"].tolist() == [75.0, 25.0, 0.0]
    assert pd.isna(found.loc["c", "tiv_per_year_mn"])


def test_shares_over_an_era_are_sums_over_sums():
    tiv = tiv_rows(
        ("RUS", "CHN", 2001, "2025-03", "official_table", 10.0),
        ("RUS", "CHN", 2002, "2025-03", "official_table", 90.0),
        ("RUS", "ALL", 2001, "2025-03", "official_table", 20.0),
        ("RUS", "ALL", 2002, "2025-03", "official_table", 380.0),
        ("ALL", "CHN", 2001, "2025-03", "register_sum", 100.0),
        ("ALL", "CHN", 2002, "2025-03", "register_sum", 100.0),
    )
    chosen = choices.choose()
    by_year = arms.shares(tiv, arms.ARTICLES, chosen)
    assert by_year["of_exports_pct"].dropna().round(1).tolist() == [50.0, 23.7]
    over_era = arms.era_shares(by_year, chosen)
    assert over_era.loc["before 2014"].tolist() == [25.0, 50.0, 100.0]


def test_categories_stand_in_order_of_volume_and_empty_eras_have_no_shares():
    chosen = choices.choose()
    rows = arms.with_era(
        pd.DataFrame(
            {
                "year": [2001, 2001, 2015],
                "category": ["Ships", "Aircraft", "Aircraft"],
                "tiv_mn": [1.0, 3.0, 2.0],
            }
        ),
        chosen,
    )
    table = arms.by_category(rows)
    assert table.index.tolist() == ["Aircraft", "Ships"]
    percent = arms.percent_of_column(table)
    assert percent["before 2014"].tolist() == [75.0, 25.0]
    assert percent["since 2022"].isna().all()


def test_origin_tells_whole_licence_built_and_second_hand_apart():
    rows = pd.DataFrame(
        [deal("1"), deal("2", is_licensed=True), deal("3", is_second_hand=True)]
    ).assign(year=2001, tiv_mn=[5.0, 3.0, 2.0])
    found = arms.by_origin(arms.with_era(rows, choices.choose()))
    assert found["before 2014"].tolist() == [5.0, 3.0, 2.0]
    assert found["since 2022"].tolist() == [0.0, 0.0, 0.0]


@pytest.fixture(scope="module")
def real():
    return {n: tables.load(n) for n in ("claims", "arms_deals", "arms_deliveries", "arms_tiv")}


def units(real, **chosen):
    found = arms.claimed_units(
        real["claims"], real["arms_deals"], real["arms_deliveries"], choices.choose(**chosen)
    )
    return found.set_index("weapon")


def test_claimed_numbers_are_those_of_the_ledger(real):
    stated = real["claims"].set_index("claim_id")["expected"].dropna()
    for _, row in units(real).iterrows():
        assert row["claimed_units"] == stated[row["claim_id"]]


def test_recorded_units_match_the_register(real):
    found = units(real)
    assert found.loc["Submarines", "period_units"] == 12
    assert found.loc[["of them Project 636", "of them Project 877"], "period_units"].sum() == 12
    assert found.loc["Tor-M1 systems", "period_units"] == 35
    assert found.loc["S-400 systems", "all_units"] == 8
    assert found.loc["Su-35 fighters", ["period_units", "all_units"]].tolist() == [14, 24]


def test_ak_176_guns_are_all_licence_built(real):
    assert units(real).loc["AK-176 guns", "all_units"] == 0
    assert units(real, include_licensed=True).loc["AK-176 guns", "all_units"] == 120


def test_licence_built_units_are_told_apart_within_the_period_and_over_all_years(real):
    guns = units(real).loc["AK-176 guns"]
    assert guns["all_licensed_units"] == 120
    assert guns["period_licensed_units"] == 37
    assert units(real, include_licensed=True).loc["AK-176 guns", "period_units"] == 37


def test_the_order_rule_moves_the_s_400_out_of_its_period(real):
    assert units(real).loc["S-400 systems", "period_units"] == 8
    assert units(real, year_rule="order").loc["S-400 systems", "period_units"] == 0


def test_every_weapon_is_in_the_register(real):
    assert (units(real, include_licensed=True)["all_units"] > 0).all()


def test_naval_s_300_are_not_counted(real):
    assert units(real).loc["S-300 systems", "all_units"] == 24


@pytest.mark.parametrize("claim_id", arms.WEAPONS)
def test_the_weapons_of_the_figure_are_those_that_the_check_counts(real, claim_id):
    claim = ledger()[claim_id]
    assert claim.check == "units_delivered"
    found = scorecard.measure(claim, Tables(), choices.choose())
    assert units(real).loc[arms.WEAPONS[claim_id], "period_units"] == found.observed


def test_another_definition_in_the_ledger_is_another_count_in_the_figure(real):
    claims = real["claims"].copy()
    wider = json.dumps({"where": {"designation": {"matches": "^Kh-59"}}})
    claims.loc[claims["claim_id"] == "CEPA-027", "check_args"] = wider
    assert units(real).loc["Kh-59 missiles", "period_units"] == 175
    assert units(real | {"claims": claims}).loc["Kh-59 missiles", "period_units"] == 325


def test_new_orders_fill_years_without_any():
    deals = pd.DataFrame([deal("1", 2001), deal("2", 2001, is_component=True), deal("3", 2003)])
    found = arms.new_orders(deals, arms.ARTICLES, choices.choose(start_year=2001, end_year=2003))
    assert found.values.tolist() == [[1, 1], [0, 0], [1, 0]]


def test_drift_keeps_each_release_to_its_own_years():
    found = arms.drift(TWO_RELEASES, arms.ARTICLES, choices.choose())
    assert found.loc[2002].fillna(-1).tolist() == [6.0, 7.0, -1.0]
    assert found.loc[2003].fillna(-1).tolist() == [-1.0, 8.0, 9.0]


def test_reverse_flow_reads_a_release_without_table_from_the_deliveries(real):
    args = (real["arms_tiv"], real["arms_deals"], real["arms_deliveries"], arms.ARTICLES)
    old, new = arms.reverse_flow(*args, "2025-03"), arms.reverse_flow(*args, "2026-03")
    assert old.loc[2018] == pytest.approx(9.6)
    assert old.loc[:2017].sum() == 0
    assert old.index.max() == 2024
    assert new.loc[2025] == 5


def test_ships_are_counted_once():
    engines = pd.DataFrame(
        {
            "ship_class": ["A", "A", "A", "B"],
            "in_ship_count": [True, True, False, True],
            "ships_as_planned": [5, 0, None, None],
            "ships_otherwise": [0, 4, 7, None],
            "fitted_iso3": ["DEU", "CHN", "CHN", None],
        }
    )
    found = arms.ships(engines)
    assert found.loc["A", ["as_planned", "CHN"]].tolist() == [5.0, 4.0]
    assert found.loc["B"].isna().all()


def test_lineage_counts_add_up(real):
    systems = tables.load("system_lineage")
    found = arms.lineage(systems)
    assert found["total"].sum() == len(systems)
    assert found["total"].is_monotonic_decreasing


def test_lags_leave_out_types_without_a_service_date():
    known = arms.lags(tables.load("weapon_service_entry"))
    assert known["lag_years"].notna().all()
    assert "Su-35 (Su-35S)" in set(known["system"])
    assert "R-77 (RVV-AE)" not in set(known["system"])


def test_peak_of_nothing_is_no_year():
    year, volume = arms.peak(pd.DataFrame({"year": [2025], "tiv_mn": [float("nan")]}))
    assert year == "no year"
    assert pd.isna(volume)


def test_a_slope_needs_three_years():
    assert pd.isna(arms.slope(pd.Series([1.0, 2.0], index=[2001, 2002])).value)
    assert arms.slope(pd.Series([1.0, 3.0, 5.0], index=[2001, 2002, 2003])).value == pytest.approx(
        2
    )


def test_an_empty_era_is_led_by_nothing():
    found = arms.leading(pd.DataFrame({"a": [30.0, 70.0], "b": [None, None]}, index=["x", "y"]))
    assert found["name"].to_dict() == {"a": "y", "b": "nothing"}


def test_totals_taken_from_an_earlier_release_are_named(real):
    assert arms.older(real["arms_tiv"], arms.ARTICLES, choices.choose()) == [1992, 1993, 1994]
    assert (
        arms.older(real["arms_tiv"], arms.ARTICLES, choices.choose(sipri_release="2026-03")) == []
    )


def test_a_run_without_any_delivery_gives_empty_frames_with_every_era(real):
    chosen = choices.choose(start_year=2020, year_rule="order")
    rows = arms.flows(real["arms_deals"], real["arms_deliveries"], arms.ARTICLES, chosen)
    assert rows.empty
    assert arms.by_category(rows).columns.tolist() == ["before 2014", "2014 to 2021", "since 2022"]
    assert arms.by_origin(rows).to_numpy().sum() == 0


def test_a_state_is_named_as_within_a_sentence():
    pair = arms.pair(choices.choose(supplier="SUN", recipient="IND"), tables.load("countries"))
    assert (pair.seller, pair.buyer) == ("the Soviet Union", "India")
    articled = ["Dominican Republic", "Falkland Islands", "Netherlands", "United Arab Emirates"]
    assert [arms.with_article(name) for name in articled] == [f"the {name}" for name in articled]
    bare = ["South Sudan", "Yemen", "Russia", "Hong Kong"]
    assert [arms.with_article(name) for name in bare] == bare


def test_a_small_volume_is_not_written_as_none():
    assert [arms.amount(x) for x in (0.04, 0.4, 9.96, 10.4)] == ["below 0.1", "0.4", "10", "10"]
