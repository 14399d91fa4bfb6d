"""What the trade section measures, on tiny frames with known answers."""

import pandas as pd
import pytest

from helpers import tables, trade
from helpers.choices import choose

PAIR = {"exporter": "CHN", "importer": "RUS"}
REPORTERS = {"baci": "reconciled", "comtrade": "CHN", "gacc": "CHN", "fcs": "RUS", "imf": "RUS"}
TO_KAZAKHSTAN = trade.Pair("CHN", "KAZ", "China", "Kazakhstan")
BACK = trade.Pair("RUS", "CHN", "Russia", "China")


def annual(*rows):
    """Make rows of trade_annual from product, level, year, dataset, value and weight."""
    columns = ["product", "product_level", "year", "dataset", "value_usd", "net_kg"]
    frame = pd.DataFrame(rows, columns=columns).assign(**PAIR)
    return frame.assign(
        product_name=frame["product"].str.capitalize(),
        reporter=frame["dataset"].map(REPORTERS),
        hs_revision="HS2017",
        n_months=pd.array([None] * len(frame), dtype="Int64"),
    )


def imports(*rows, **columns):
    """Make rows that the importer reports."""
    return annual(*rows).assign(**{"reporter": "RUS"} | columns)


def months(reporter, *values, start="2021-01"):
    names = pd.period_range(start, periods=len(values), freq="M").astype(str)
    return pd.DataFrame(
        {
            "month": names,
            "year": [int(name[:4]) for name in names],
            "reporter": reporter,
            "dataset": {"CHN": "comtrade", "RUS": "fcs"}[reporter],
            "product": "TOTAL",
            "value_usd": [v * 1e9 for v in values],
            **PAIR,
        }
    )


def figures(*rows):
    blank = {
        "measure": "m", "exporter": "CHN", "importer": "RUS", "reported_by": "china_customs",
        "period_start": "2023-01", "period_end": "2023-12", "value_usd": None, "net_kg": None,
        "share_pct": None, "is_repeat": False, "topic": "chips", "source_id": "x",
        "first_publisher": "NHK", "product": "drones", "figure": None,
    }  # fmt: skip
    return pd.DataFrame([blank | row for row in rows])


def test_yearly_takes_one_direction_and_dataset():
    frame = annual(
        ("trucks", "group", 2022, "baci", 5.0, 1.0), ("trucks", "group", 2022, "fcs", 9.0, 1.0)
    )
    back = frame.assign(exporter="RUS", importer="CHN")
    assert trade.yearly(pd.concat([frame, back]), "trucks").to_dict() == {2022: 5.0}


def test_monthly_totals_name_the_reporters():
    both = pd.concat([months("CHN", 1.0, 2.0), months("RUS", 3.0)])
    wide = trade.monthly_totals(both, choose())
    assert wide["China reports"].tolist() == [1.0, 2.0]
    assert wide["Russia reports"].isna().tolist() == [False, True]


def test_months_reported_twice_by_one_side_count_once():
    twice = months("CHN", 1.0, 2.0)
    both = pd.concat([twice.assign(dataset="gacc", value_usd=9e9), twice])
    assert trade.monthly_totals(both, choose())["China reports"].tolist() == [1.0, 2.0]


def test_months_of_another_pair_name_its_sides():
    there = months("CHN", 1.0).assign(importer="KAZ")
    back = there.assign(reporter="KAZ", value_usd=2e9)
    wide = trade.monthly_totals(pd.concat([there, back]), choose(), TO_KAZAKHSTAN)
    assert wide.iloc[0].to_dict() == {"China reports": 1.0, "Kazakhstan reports": 2.0}
    assert trade.monthly_totals(there, choose()).empty


def test_monthly_means_stay_on_their_side_of_the_cutoff():
    means = trade.monthly_means(months("CHN", 1, 2, 3, 10, 20), choose(cutoff_2="2021-04-15"), 2)
    assert means == {"before": 2.5, "after": 15.0}


def test_monthly_means_need_enough_months():
    means = trade.monthly_means(months("CHN", 1, 2, 3), choose(cutoff_2="2021-03-01"), 2)
    assert means["before"] == 1.5
    assert pd.isna(means["after"])


def test_monthly_means_of_nothing_are_missing():
    means = trade.monthly_means(months("CHN", 1.0), choose(start_year=1995, end_year=2000))
    assert all(pd.isna(mean) for mean in means.values())


def test_totals_by_dataset_are_in_billions():
    frame = annual(
        ("TOTAL", "total", 2021, "baci", 2e9, None), ("TOTAL", "total", 2021, "fcs", 3e9, None)
    )
    found = trade.totals_by_dataset(frame, choose())
    assert found.loc[2021].to_dict() == {"BACI (reconciled)": 2.0, "Russian customs": 3.0}


def test_compare_reads_base_and_last_year():
    series = pd.Series({2021: 50.0, 2022: 60.0, 2023: 75.0})
    found = trade.compare(series, choose(base_year=2021, end_year=2023))
    assert (found["last_year"], found["before"], found["after"]) == (2023, 50.0, 75.0)
    assert found["change_pct"] == 50.0


@pytest.mark.parametrize("window", [{"end_year": 2021}, {"start_year": 2022}])
def test_compare_is_missing_when_a_year_is_not_shown(window):
    series = pd.Series({2021: 50.0, 2022: 60.0})
    assert pd.isna(trade.compare(series, choose(base_year=2021, **window))["change_pct"])


def test_growth_from_nothing_is_no_percentage():
    series = pd.Series({2021: 0.0, 2022: 700.0})
    assert pd.isna(trade.compare(series, choose(base_year=2021))["change_pct"])


def test_lists_add_up_their_parts_and_miss_years_with_a_part_missing():
    frame = annual(
        ("tier_1", "tier", 2022, "baci", 1.0, 1.0),
        ("tier_2", "tier", 2022, "baci", 2.0, 1.0),
        ("tier_1", "tier", 2023, "baci", 4.0, 1.0),
    )
    total = trade.list_total(frame, "tier1_2")
    assert total[2022] == 3.0
    assert pd.isna(total[2023])


def test_break_ratio_needs_both_datasets():
    frame = annual(
        ("811292", "hs6", 2021, "comtrade", 1.0, None),
        ("811292", "hs6", 2021, "baci", 20.0, None),
        ("250410", "hs6", 2021, "baci", 20.0, None),
    )
    ratios = trade.break_ratios(frame)
    assert ratios.to_dict() == {2021: {"811292": 0.05}}


def test_break_ratio_is_of_the_exporter_whoever_it_is():
    frame = annual(
        ("811292", "hs6", 2023, "comtrade", 3.0, None), ("811292", "hs6", 2023, "baci", 2.0, None)
    ).assign(exporter="TUR", reporter=["TUR", "reconciled"])
    turkish = trade.Pair("TUR", "RUS", "Turkey", "Russia")
    assert trade.break_ratios(frame, turkish).loc["811292", 2023] == 1.5
    assert trade.break_ratios(frame).empty
    other_side = frame.assign(reporter=["RUS", "reconciled"])
    assert trade.break_ratios(other_side, turkish).empty


def test_break_test_parts_the_years_and_tells_repeats_from_near_misses():
    frame = annual(
        *[("a", "hs6", y, "baci", 100.0, None) for y in (2019, 2020, 2021, 2022, 2023)],
        *[("a", "hs6", y, "comtrade", v, None)
          for y, v in ((2019, 20.0), (2020, 100.0), (2021, 60.0), (2022, 100.05), (2023, 100.0))],
        ("b", "hs6", 2022, "baci", 100.0, None), ("b", "hs6", 2022, "comtrade", 101.0, None),
        ("c", "hs6", 2021, "baci", 0.0, None), ("c", "hs6", 2021, "comtrade", 5.0, None),
    )  # fmt: skip
    found = trade.break_test(frame, "CHN", "RUS")
    assert found.index.tolist() == ["a", "b"]
    assert found.loc["a", ["before", "after"]].tolist() == [0.6, pytest.approx(1.00025)]
    assert found.loc["a", ["exact_before", "exact_after"]].tolist() == [False, True]
    assert pd.isna(found.loc["b", "before"]) and pd.isna(found.loc["b", "exact_before"])
    assert found.loc["b", ["after", "exact_after"]].tolist() == [1.01, False]


def test_break_test_of_a_pair_without_rows_is_empty():
    frame = annual(("a", "hs6", 2022, "baci", 1.0, None))
    assert trade.break_test(frame, "HKG", "RUS").empty
    assert trade.break_test(frame, "CHN", "RUS").empty


def test_only_the_largest_codes_are_kept_and_in_their_order():
    frame = annual(
        ("1", "hs6", 2022, "baci", 5.0, None), ("2", "hs6", 2022, "baci", 1.0, None),
        ("3", "hs6", 2022, "baci", 9.0, None),
    )  # fmt: skip
    ratios = pd.DataFrame({2022: [1.0, 1.0, 1.0]}, index=["1", "2", "3"])
    assert trade.largest(ratios, frame, most=2).index.tolist() == ["1", "3"]


def test_mirror_divides_the_importer_by_the_exporter_where_both_report():
    frame = pd.concat(
        [
            annual(
                ("TOTAL", "total", 2020, "comtrade", 50.0, None),
                ("TOTAL", "total", 2021, "comtrade", 80.0, None),
                ("854231", "hs6", 2021, "comtrade", 0.0, None),
                ("chips", "group", 2021, "comtrade", 4.0, None),
                ("TOTAL", "total", 2021, "baci", 1.0, None),
            ),
            imports(
                ("TOTAL", "total", 2021, "fcs", 88.0, None),
                ("854231", "hs6", 2021, "comtrade", 5.0, None),
                ("chips", "group", 2021, "comtrade", 4.0, None),
                ("TOTAL", "total", 2022, "fcs", 99.0, None),
            ),
        ]
    )
    found = trade.mirror(frame, "CHN", "RUS")
    assert found[["year", "product"]].to_numpy().tolist() == [[2021, "854231"], [2021, "TOTAL"]]
    whole = found.iloc[1]
    assert (whole["exporter_usd"], whole["importer_usd"]) == (80.0, 88.0)
    assert whole["ratio"] == pytest.approx(1.1)
    assert (whole["exporter_dataset"], whole["importer_dataset"]) == ("comtrade", "fcs")
    assert pd.isna(found.iloc[0]["ratio"])
    assert trade.mirror(frame, "RUS", "CHN").empty


def test_mirror_reads_one_dataset_a_side():
    frame = pd.concat(
        [
            annual(
                ("TOTAL", "total", 2021, "gacc", 70.0, None),
                ("TOTAL", "total", 2021, "comtrade", 80.0, None),
                ("TOTAL", "total", 2022, "gacc", 90.0, None),
            ),
            imports(
                ("TOTAL", "total", 2021, "imf", 87.0, None),
                ("TOTAL", "total", 2021, "fcs", 88.0, None),
                ("TOTAL", "total", 2022, "comtrade", 99.0, None),
            ),
        ]
    )
    found = trade.mirror(frame, "CHN", "RUS")
    assert found["exporter_dataset"].tolist() == ["comtrade", "gacc"]
    assert found["importer_dataset"].tolist() == ["fcs", "comtrade"]
    assert found["ratio"].tolist() == [1.1, 1.1]


def test_an_estimate_of_the_fund_is_nobodys_report():
    frame = pd.concat(
        [
            annual(("TOTAL", "total", 2023, "comtrade", 80.0, None)),
            imports(("TOTAL", "total", 2023, "imf", 88.0, None), reporter="IMF"),
        ]
    )
    assert trade.mirror(frame, "CHN", "RUS").empty


def test_years_that_have_only_begun_are_not_compared():
    frame = pd.concat(
        [
            annual(("TOTAL", "total", 2025, "comtrade", 80.0, None)).assign(n_months=3),
            imports(("TOTAL", "total", 2025, "comtrade", 400.0, None)),
        ]
    )
    assert trade.mirror(frame, "CHN", "RUS").empty
    assert len(trade.mirror(frame.assign(n_months=12), "CHN", "RUS")) == 1
    # Of a single code a month without a row had no trade; another product shows a whole year.
    code = frame.assign(product="854231", product_level="hs6")
    both = pd.concat([code.assign(n_months=3), frame.assign(n_months=12)])
    assert sorted(trade.mirror(both, "CHN", "RUS")["product"]) == ["854231", "TOTAL"]


def test_mirrored_codes_of_two_revisions_are_marked_and_left_out_of_the_median():
    frame = pd.concat(
        [
            annual(*[(str(c), "hs6", 2022, "comtrade", 1.0, None) for c in range(3)]),
            imports(*[(str(c), "hs6", 2022, "comtrade", c + 1.0, None) for c in range(3)]).assign(
                hs_revision=["HS2017", "HS2017", "HS2022"]
            ),
            annual(("0", "hs6", 2024, "comtrade", 2.0, None)),
            imports(("0", "hs6", 2024, "comtrade", 3.0, None)),
        ]
    )
    found = trade.mirror(frame, "CHN", "RUS")
    assert found["is_same_revision"].tolist() == [True, True, False, True]
    by_year = trade.mirror_by_year(found)
    assert list(by_year) == ["Median of single codes"]
    assert by_year.index.tolist() == [2022, 2023, 2024]
    assert by_year.iloc[[0, 2], 0].tolist() == [1.5, 1.5]
    assert pd.isna(by_year.iloc[1, 0])


def test_nothing_mirrored_has_no_years():
    assert trade.mirror_by_year(trade.mirror(annual(), "CHN", "RUS")).empty


def test_sides_held_are_told_apart():
    frame = pd.concat(
        [
            annual(
                ("TOTAL", "total", 2021, "comtrade", 1.0, None),
                ("TOTAL", "total", 2022, "comtrade", 1.0, None),
                ("TOTAL", "total", 2024, "baci", 1.0, None),
            ),
            imports(("TOTAL", "total", 2022, "fcs", 1.0, None)),
        ]
    )
    assert trade.sides_held(frame, "CHN", "RUS") == {
        "exporter": [2021, 2022],
        "importer": [2022],
        "both": [2022],
    }
    assert trade.sides_held(frame, "HKG", "RUS") == {"exporter": [], "importer": [], "both": []}


def test_real_mirror_of_china_and_russia():
    found = trade.mirror(tables.load("trade_annual"), "CHN", "RUS")
    assert found["product"].unique().tolist() == ["TOTAL"]
    assert found["year"].tolist() == [2017, 2018, 2019, 2020, 2021]
    # Russia's customs had 48.1 billion dollars of imports in 2017, China's 42.8 of exports.
    assert found["ratio"].iloc[0] == pytest.approx(48.055 / 42.831, rel=1e-3)


def test_totals_follow_the_baseline_and_the_pair():
    frame = pd.concat(
        [
            annual(
                ("TOTAL", "total", 2021, "comtrade", 1.0, None),
                ("TOTAL", "total", 2021, "baci", 2.0, None),
                ("TOTAL", "total", 2021, "fcs", 3.0, None),
            ),
            annual(
                ("TOTAL", "total", 2021, "comtrade", 4.0, None),
                ("TOTAL", "total", 2021, "fcs", 5.0, None),
            ).assign(exporter="RUS", importer="CHN"),
        ]
    )
    assert trade.totals_on_baseline(frame, choose()).to_dict() == {2021: 1.0}
    assert trade.totals_on_baseline(frame, choose(baseline="baci")).to_dict() == {2021: 2.0}
    assert trade.totals_on_baseline(frame, choose(), BACK).to_dict() == {2021: 4.0}
    named = trade.totals_by_dataset(frame, choose(), BACK)
    assert list(named) == ["China's reports", "Russian customs"]


def test_both_sides_of_comtrade_are_named_apart():
    frame = pd.concat(
        [
            annual(("TOTAL", "total", 2021, "comtrade", 1e9, None)),
            imports(("TOTAL", "total", 2021, "comtrade", 3e9, None)),
        ]
    )
    found = trade.totals_by_dataset(frame, choose()).loc[2021].to_dict()
    assert found == {"China's reports": 1.0, "Russia's reports": 3.0}


def test_without_russia_there_is_no_break():
    assert trade.fair_base_year(choose(base_year=2021), TO_KAZAKHSTAN) == 2021
    assert not trade.crosses_break(2021, 2023, TO_KAZAKHSTAN)
    assert trade.fair_base_year(choose(base_year=2021), BACK) == 2022
    assert trade.crosses_break(2021, 2023, BACK)
    assert (BACK.remaining, trade.CHINA_TO_RUSSIA.remaining) == ("China", "China")


def test_another_pair_has_its_own_rows_only():
    frame = annual(
        ("trucks", "group", 2022, "baci", 1e6, 1.0), ("tier_1", "tier", 2022, "baci", 1e6, 1.0)
    )
    both = pd.concat([frame, frame.assign(importer="KAZ", value_usd=5e6)])
    values = trade.group_values(both, ["trucks"], choose(), TO_KAZAKHSTAN)
    assert values.loc[2022].tolist() == [5.0]
    assert trade.by_tier(both, choose(), TO_KAZAKHSTAN).loc[2022, "tier 1"] == 5.0
    change = trade.group_changes(both, ["trucks"], choose(), TO_KAZAKHSTAN)
    assert change["base_year"].tolist() == [2021]


def test_value_change_is_weight_times_price():
    frame = annual(
        ("trucks", "group", 2022, "baci", 10.0, 5.0), ("trucks", "group", 2023, "baci", 60.0, 15.0)
    )
    (row,) = trade.group_changes(frame, ["trucks"], choose()).to_dict("records")
    assert (row["value_ratio"], row["weight_ratio"], row["price_ratio"]) == (6.0, 3.0, 2.0)


def test_groups_keep_the_order_asked_for():
    frame = annual(("a", "group", 2022, "baci", 1e6, 1.0), ("b", "group", 2022, "baci", 2e6, 1.0))
    assert list(trade.group_values(frame, ["b", "a"], choose())) == ["B", "A"]


def test_chips_keep_the_two_baselines_apart():
    frame = annual(("integrated_circuits", "group", 2021, "baci", 216e6, 1.0))
    said = figures(
        {
            "measure": "integrated_circuit_exports",
            "value_usd": 74e6,
            "period_start": "2021-01",
            "period_end": "2021-12",
        },
        {"measure": "integrated_circuit_exports", "value_usd": 1e6, "exporter": "TUR"},
    )
    both = trade.chips_on_both_baselines(frame, said, choose())
    assert both.loc[2021].to_dict() == {"baci": 216.0, "china_reported": 74.0}


def test_published_weights_leave_repeats_out():
    said = figures(
        {"net_kg": 700e3, "period_start": "2022-01", "period_end": "2022-12"},
        {"net_kg": 700e3, "is_repeat": True},
        {"net_kg": 110e3, "period_start": "2024-01", "period_end": "2024-03"},
    )
    found = trade.published_weights(said, "m")
    assert found["tonnes"].tolist() == [700.0, 110.0]
    assert found["is_whole_year"].tolist() == [True, False]


def test_shares_put_the_article_first_and_keep_to_china():
    said = figures(
        {"share_pct": 90.0},
        {"share_pct": 89.0, "source_id": "cepa-2025"},
        {"share_pct": 72.0, "exporter": "USA"},
        {"share_pct": 89.0, "is_repeat": True},
    )
    found = trade.shares(said, ["chips"])
    assert found["share_pct"].tolist() == [89.0, 90.0]
    assert found["is_claimed"].tolist() == [True, False]


def test_period_without_a_start_or_at_all():
    words = trade.period_words(pd.Series([None, None]), pd.Series(["2023-12", None]))
    assert words.tolist() == ["until 2023-12", "no period given"]


def test_chipmaking_share_divides_china_by_the_world():
    china = annual(("848620", "hs6", 2017, "baci", 5.0, None))
    world = imports(("848620", "hs6", 2017, "comtrade", 50.0, None), exporter="WLD")
    assert trade.chipmaking_shares(pd.concat([china, world])).to_dict() == {"848620": {2017: 10.0}}


def test_values_are_brought_to_one_month():
    frame = annual(("trucks", "group", 2023, "baci", 12e6, 1.0))
    said = figures({"value_usd": 30e6, "period_start": "2022-03", "period_end": "2023-05"})
    found = trade.monthly_values(frame, ["trucks"], said, ["m"], 2023)
    assert found["million_a_month"].tolist() == [2.0, 1.0]
    assert found["is_published"].tolist() == [True, False]


def test_press_check_needs_every_month():
    monthly = months("CHN", 5.0, 5.0, start="2021-01")
    said = figures(
        {"measure": "total_exports", "value_usd": 11e9, "period_start": "2021-01",
         "period_end": "2021-02", "figure_id": "held"},
        {"measure": "total_exports", "value_usd": 11e9, "period_start": "2021-01",
         "period_end": "2021-03", "figure_id": "not held"},
    )  # fmt: skip
    checked = trade.press_check(said, monthly)
    assert checked["figure_id"].tolist() == ["held"]
    assert checked["difference_pct"].item() == pytest.approx(10.0)


def test_partner_shares_and_concentration():
    frame = pd.concat(
        [
            annual(("TOTAL", "total", 2021, "fcs", 3.0, None)),
            annual(("TOTAL", "total", 2021, "fcs", 1.0, None)).assign(exporter="DEU"),
        ]
    )
    found = trade.partner_shares(frame, choose(), ["CHN"]).loc[2021]
    assert (found["CHN"], found["hhi"]) == (75.0, 0.625)


def items(**columns):
    return pd.DataFrame(
        {
            "transfer_id": ["T1", "T2", "T3", "T4"],
            "item_class": ["tank", "armoured_vehicle", "armoured_vehicle", "imagery"],
            "heavy_class": ["tank", "armoured_vehicle", "armoured_vehicle", "none"],
            "evidence_grade": ["B", "A", "A", "C"],
            "is_in_military_use": [True, True, True, True],
            "is_supplied_from_china": [True, True, False, True],
        }
        | columns
    )


def test_graded_leaves_out_what_is_not_used():
    used = items(is_in_military_use=[False, True, True, True])
    assert trade.graded(used, "B")["transfer_id"].tolist() == ["T2", "T3"]


def test_heavy_depends_on_the_definition_and_on_the_supplier():
    assert trade.heavy(items(), is_wide=False)["transfer_id"].tolist() == ["T1"]
    assert trade.heavy(items(), is_wide=True)["transfer_id"].tolist() == ["T1", "T2"]


def test_items_by_class_show_empty_grades_as_zero():
    counts = trade.items_by_class(items())
    assert counts.index[0] == "armoured_vehicle"
    assert counts.loc["imagery"].to_dict() == {"A": 0, "B": 0, "C": 1}


def test_declared_weapons_are_in_thousands():
    frame = annual(("ammunition", "group", 2021, "baci", 9779.0, 1.0))
    assert trade.declared_weapons(frame, choose()).loc["Ammunition", 2021] == pytest.approx(9.779)


def test_a_state_is_named_as_within_a_sentence_and_at_the_head_of_a_line():
    pair = trade.pair_of(choose(exporter="USA"), tables.load("countries"))
    assert pair.way == "from the United States to Russia"
    assert list(trade.sides(pair)) == ["The United States reports", "Russia reports"]
    assert next(iter(trade.dataset_names(pair).values())) == "The United States' reports"


def test_small_flows_are_not_rounded_to_nothing():
    assert trade.scale(pd.DataFrame({"a": [3e5, None]}))[1] == "thousand dollars"
    assert trade.scale(pd.Series(dtype="float64")) == (1.0, "dollars")
    assert [trade.money(x) for x in (0.0, 12.3, 4.56e5)] == ["0", "12.3", "456 thousand"]


def test_published_figures_are_told_in_words():
    figures = tables.load("reported_figures")
    told = trade.with_words(figures, tables.load("sources"), tables.load("countries"))
    assert told["figure_id"].tolist() == figures["figure_id"].tolist()
    assert told[["said", "where_read", "when"]].notna().all(axis=None)
    for column in ("said", "basis", "counts_by", "reported_by", "exporter", "importer"):
        assert not told[column].str.contains("_|CHN|RUS|usd", na=False).any(), column
    both = told["exporter"][figures["exporter"].eq("CHN;HKG").to_numpy(bool, na_value=False)]
    assert set(both) == {"China, Hong Kong"}
