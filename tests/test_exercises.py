import math

import numpy as np
import pandas as pd
import pytest

from helpers import exercises, tables
from helpers.choices import choose
from helpers.stats import Estimate


def made(*rows):
    """Make events from (id, date, changes), all of them joint exercises counted by every rule."""
    plain = {
        "parent_event": None,
        "kind": "exercise",
        "series": "Joint Sea",
        "domain": "naval",
        "domains": "sea",
        "regions": "sea_of_japan",
        "date_precision": "day",
        "both_took_part": "yes",
        "confidence": "high",
        "latitude_deg": 42.0,
        "longitude_deg": 132.0,
        "forces_scope": None,
        "partner_iso3": None,
    }
    plain |= {f"counted_{rule}": True for rule in exercises.RULES}
    plain |= dict.fromkeys(exercises.FEATURES, False)
    made = [
        plain | {"event_id": i, "name": i, "date_start": d, "date_end": d} | dict(more)
        for i, d, more in rows
    ]
    return pd.DataFrame(made).assign(year=lambda t: t["date_start"].str[:4].astype(int))


def test_a_rule_keeps_only_what_it_counts():
    events = made(("A", "2019-01-01", {}), ("B", "2019-02-01", {"counted_bilateral": False}))
    assert exercises.counted(events, "bilateral")["event_id"].tolist() == ["A"]


def test_parts_come_back_only_when_asked_for():
    part = {"parent_event": "P", "counted_all_joint": False}
    events = made(("A", "2015-05-11", {"parent_event": "P"}), ("B", "2015-08-20", part))
    chosen = choose()
    assert exercises.select(events, chosen)["event_id"].tolist() == ["A"]
    assert exercises.select(events, chosen, parts=True)["event_id"].tolist() == ["A", "B"]


def test_an_event_that_was_not_joint_is_no_part():
    odd = {"parent_event": "P", "counted_all_joint": False, "both_took_part": "no"}
    events = made(("A", "2015-05-11", {"parent_event": "P"}), ("B", "2015-08-20", odd))
    assert len(exercises.with_parts(events, "all_joint")) == 1


def test_selection_follows_years_and_confidence():
    events = made(
        ("A", "2003-05-11", {}), ("B", "2010-01-01", {"confidence": "low"}), ("C", "2024-01-01", {})
    )
    chosen = choose(start_year=2005, end_year=2024, min_confidence="medium")
    assert exercises.select(events, chosen)["event_id"].tolist() == ["C"]


def test_years_begin_with_the_table_not_before():
    events = made(("A", "2003-05-11", {}))
    assert exercises.years_shown(events, choose(end_year=2005)) == [2003, 2004, 2005]
    assert exercises.years_shown(events, choose(start_year=2004, end_year=2005)) == [2004, 2005]


def test_a_run_that_ends_before_the_table_shows_one_empty_year():
    events = made(("A", "2003-05-11", {}))
    chosen = choose(start_year=1992, end_year=1999)
    years = exercises.years_shown(events, chosen)
    assert exercises.per_year(exercises.select(events, chosen), years).to_dict() == {1999: 0}


def test_a_year_without_events_is_zero_not_missing():
    events = made(("A", "2019-01-01", {}), ("B", "2021-01-01", {}), ("C", "2021-02-01", {}))
    assert exercises.per_year(events, [2019, 2020, 2021]).tolist() == [1, 0, 2]


def test_groups_add_up_to_all_events():
    events = made(("A", "2019-01-01", {}), ("B", "2019-02-01", {"kind": "coast_guard_patrol"}))
    table = exercises.per_year_by_group(events, [2019])
    assert table.loc[2019, "security forces"] == 1
    assert table.loc[2019].sum() == 2


def test_windows_are_compared_with_the_exact_interval():
    early = [(f"A{i}", "2020-01-01", {}) for i in range(6)]
    late = [(f"B{i}", "2023-01-01", {}) for i in range(12)]
    events = made(("0", "2003-01-01", {}), *early, *late)
    row = exercises.windows_by_rule(events, choose()).loc["all_joint"]
    assert (row["events_1"], row["events_2"], row["rate_2"]) == (6, 12, 4.0)
    assert [round(x, 2) for x in row["ratio"]] == [2.0, 0.69, 6.49]


def test_a_window_outside_the_years_is_not_compared():
    events = made(("0", "2003-01-01", {}), ("A", "2020-01-01", {}))
    row = exercises.windows_by_rule(events, choose(end_year=2021)).loc["all_joint"]
    assert row["years_2"] == 0
    assert math.isnan(row["ratio"].value)
    assert math.isnan(row["rate_2"])


def test_eras_are_cut_at_the_day():
    events = made(
        ("A", "2003-01-01", {}), ("B", "2022-02-23", {}), ("C", "2022-02-24", {}), ("D", "2024", {})
    )
    rates = exercises.era_rates(events, choose())
    assert rates["events"].tolist() == [1, 1, 2]
    assert rates["years"].sum() == pytest.approx(22, abs=0.02)
    assert rates["rate"].iloc[2] == pytest.approx(2 / 2.853, abs=0.01)


def test_an_era_outside_the_years_has_no_rate():
    events = made(("A", "2003-01-01", {}), ("B", "2015-01-01", {}))
    rates = exercises.era_rates(events, choose(end_year=2020))
    assert rates["years"].iloc[2] == 0
    assert np.isnan(rates["rate"].iloc[2])


def test_comparisons_outside_the_years_are_left_out():
    events = made(("A", "2003-01-01", {}), ("B", "2015-01-01", {}))
    names = exercises.comparisons(events, choose(end_year=2019)).index
    assert "2014 to 2019 against 2008 to 2013" in names
    assert not [name for name in names if "2022" in name or "2021 against 2018" in name]


def test_leaving_out_a_year_changes_exposure_too():
    events = made(
        ("0", "2003-01-01", {}), ("A", "2019-01-01", {}), ("B", "2022-01-01", {}),
        ("C", "2023-01-01", {}),
    )  # fmt: skip
    table = exercises.leave_one_out(events, choose())
    assert len(table) == 6
    assert table.loc["without 2022", "rate_2"] == 0.5
    assert table.loc["without 2019", "events_1"] == 0


def test_gap_years_lie_between_first_and_last_edition():
    events = made(("A", "2016-01-01", {}), ("B", "2019-01-01", {}))
    table = exercises.editions(events, list(range(2014, 2022)))
    summary = exercises.series_summary(table).loc["Joint Sea"]
    assert summary["gaps"] == [2017, 2018]
    assert not summary["is_yearly"]
    assert summary["per_year"] == pytest.approx(2 / 6)


def test_a_series_is_yearly_only_up_to_the_last_year_shown():
    events = made(("A", "2020-01-01", {}), ("B", "2021-01-01", {}))
    summary = exercises.series_summary(exercises.editions(events, [2020, 2021]))
    assert summary["is_yearly"].tolist() == [True]
    longer = exercises.series_summary(exercises.editions(events, [2020, 2021, 2022]))
    assert longer["is_yearly"].tolist() == [False]


def test_no_series_no_summary():
    events = made(("A", "2020-01-01", {}))
    assert exercises.series_summary(exercises.editions(events, [2020])).empty


def test_places_gather_near_events_of_one_era():
    events = made(
        ("A", "2023-01-01", {}),
        ("B", "2024-01-01", {"latitude_deg": 42.5}),
        ("C", "2015-01-01", {}),
        ("D", "2024-01-01", {"latitude_deg": np.nan}),
    )
    found = exercises.places(events, choose()).set_index("era")["events"]
    assert found.to_dict() == {"since 2022": 2, "2014 to 2021": 1}


def test_places_far_apart_stay_apart_and_the_date_line_parts_none():
    events = made(
        ("A", "2023-01-01", {"latitude_deg": 60.0, "longitude_deg": 179.0}),
        ("B", "2024-01-01", {"latitude_deg": 60.0, "longitude_deg": -177.0}),
        ("C", "2024-01-01", {"latitude_deg": 60.0, "longitude_deg": 160.0}),
    )
    found = exercises.places(events, choose())
    assert found["events"].tolist() == [2, 1]
    assert found["longitude_deg"].tolist() == [-179.0, 160.0]


def test_no_two_places_of_an_era_lie_near_each_other():
    events = tables.load("exercises")
    for _, era in exercises.places(events, choose()).groupby("era"):
        spots = np.c_[era["longitude_deg"] % 360 * np.cos(np.radians(35)), era["latitude_deg"]]
        gaps = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
        assert gaps[~np.eye(len(spots), dtype=bool)].min() > 0.6 * exercises.APART_DEG


def test_an_event_in_two_regions_counts_in_both():
    events = made(("A", "2022-05-24", {"regions": "sea_of_japan;western_pacific"}))
    table = exercises.by_item_and_year(events, "regions", [2022])
    assert table[2022].to_dict() == {"sea_of_japan": 1, "western_pacific": 1}


def test_every_region_of_the_table_has_a_name():
    regions = exercises.exploded(tables.load("exercises"), "regions")["regions"]
    assert set(regions) <= set(exercises.REGIONS)


def test_shares_of_features_say_of_how_many():
    events = made(("A", "2023-01-01", {"has_live_fire": True}), ("B", "2024-01-01", {}))
    table = exercises.feature_shares(events, choose()).set_index(["feature", "era"])
    row = table.loc[("has_live_fire", "since 2022")]
    assert (row["part"], row["whole"], row["share_pct"]) == (1, 2, 50.0)
    assert np.isnan(table.loc[("has_live_fire", "before 2014"), "share_pct"])


def test_forces_not_stated_stay_missing():
    events = made(("A", "2023-01-01", {}), ("B", "2024-01-01", {})).assign(
        ships_total=pd.array([None, 10], "Int64"), ships_total_high=pd.array([None, None], "Int64")
    )
    table = exercises.forces(events, "ships_total")
    assert table["is_stated"].tolist() == [False, True]
    assert table["is_floor"].tolist() == [False, True]
    assert np.isnan(table["count"][0])


def published(**cells):
    plain = {
        "count_low": 2,
        "count_high": 2,
        "comparable_rule": "all_joint",
        "comparable_series": None,
        "counts_parts": False,
        "measure": "total",
        "period_start": "2019",
        "period_end": "2020-06",
    }
    return pd.DataFrame([plain | cells]).astype({"count_low": "Int64", "count_high": "Int64"})


@pytest.mark.parametrize(
    ("cells", "ours", "agrees"),
    [
        ({}, 3, False),
        ({"count_high": None}, 3, True),
        ({"period_end": "2019"}, 2, True),
        ({"counts_parts": True}, 4, False),
        ({"measure": "mean_per_year"}, 1.5, False),
        ({"measure": "minimum_per_year"}, 1, False),
        ({"comparable_series": "Mosi"}, 1, False),
    ],
)
def test_our_count_follows_the_definition_of_the_published_one(cells, ours, agrees):
    part = {"parent_event": "P", "counted_all_joint": False}
    events = made(
        ("A", "2019-03-01", {"parent_event": "P"}),
        ("B", "2019-08-01", part),
        ("C", "2019-11-25", {"series": "Mosi"}),
        ("D", "2020-06-30", {}),
        ("E", "2020-07-01", {}),
    )
    row = exercises.against_published(published(**cells), events).iloc[0]
    assert row["ours"] == ours
    assert bool(row["agrees"]) is agrees


def test_a_count_without_a_number_is_not_compared():
    events = made(("A", "2019-03-01", {}))
    assert exercises.against_published(published(count_low=None), events).empty


def test_neighbours_overlap_or_follow_within_days():
    events = made(
        ("A", "2024-09-10", {"date_end": "2024-09-16"}),
        ("B", "2024-09-11", {"date_end": "2024-09-15"}),
        ("C", "2024-09-18", {}),
        ("D", "2024-09-30", {}),
        ("E", "2024-09", {"date_precision": "month"}),
        ("F", "2024-09-12", {"domain": "air"}),
    )
    table = exercises.neighbours(events, days=3)
    assert table[["first", "second", "days_common", "days_between"]].to_numpy().tolist() == [
        ["A", "B", 5, 0],
        ["A", "C", 0, 1],
        ["B", "C", 0, 2],
    ]


def test_partners_are_named_and_counted():
    events = made(
        ("A", "2019-01-01", {"partner_iso3": "IRN;ZAF"}),
        ("B", "2022-01-01", {"partner_iso3": "IRN"}),
    )
    names = pd.DataFrame({"iso3": ["IRN", "ZAF"], "name": ["Iran", "South Africa"]})
    table = exercises.partners(events, names)
    assert table[["name", "events", "first_year", "last_year"]].to_numpy().tolist() == [
        ["Iran", 2, 2019, 2022],
        ["South Africa", 1, 2019, 2019],
    ]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (Estimate(np.nan, np.nan, np.nan), "nothing to compare"),
        (Estimate(0.5, 0.2, 0.9), "a decrease is sure"),
        (Estimate(1.7, 0.9, 3.4), "no change and a doubling are both"),
        (Estimate(1.1, 0.8, 1.6), "a doubling is not"),
        (Estimate(1.8, 1.1, 2.9), "a doubling is within"),
        (Estimate(1.5, 1.2, 1.9), "less than a doubling"),
        (Estimate(3.0, 2.1, 4.0), "more than a doubling"),
        (Estimate(np.inf, 1.3, np.inf), "a doubling is within"),
    ],
)
def test_words_follow_the_interval(ratio, words):
    assert words in exercises.in_words(ratio)


def test_the_collected_events_reproduce_the_counts_of_the_notes():
    events = tables.load("exercises")
    row = exercises.windows_by_rule(events, choose()).loc["core_military"]
    assert (row["events_2"], row["rate_2"]) == (21, 7.0)


def test_every_counting_rule_is_explained_and_counted():
    events = made(("A", "2019-01-01", {}), ("B", "2019-02-01", {"counted_bilateral": False}))
    rules = exercises.counting_rules(events).set_index("rule")
    assert list(rules.index) == list(exercises.RULES) == list(exercises.MEANINGS)
    assert rules.loc[["all_joint", "bilateral"], "events"].tolist() == [2, 1]


def test_every_code_shown_in_a_table_has_words():
    events, operations = tables.load("exercises"), tables.load("joint_operations")
    assert set(events["form"].dropna()) <= set(exercises.FORMS)
    assert set(operations["finding"]) <= set(exercises.FINDINGS)
    assert set(operations["combat"]) <= set(exercises.COMBAT)


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ([3.0, 2.0, 1.0], "Events a year fell from era to era"),
        ([1.0, 1.0], "Events a year by era"),
        ([4.0], "Events a year by era"),
    ],
)
def test_a_course_is_named_only_if_every_step_goes_the_same_way(rates, words):
    assert exercises.course(pd.Series(rates)) == words


def test_the_table_of_places_holds_circles_and_bars():
    events = made(("A", "2019-01-01", {"regions": "arctic;sea_of_japan"}), ("B", "2019-02-01", {}))
    chosen = choose()
    laid = exercises.place_table(
        exercises.places(events, chosen), exercises.regions_by_era(events, chosen), top=1
    )
    assert laid["Mark"].tolist() == ["circle on the map", "bar"]
    assert laid["Events"].tolist() == [2, 2]
    assert laid["Region"].tolist()[1] == "Sea of Japan"


def test_the_table_of_forces_says_which_numbers_are_floors():
    stated = {"personnel_total": 500.0, "personnel_total_high": 500.0, "ships_total": 9.0,
              "ships_total_high": None, "aircraft_total": None, "aircraft_total_high": None,
              "forces_scope": "part"}  # fmt: skip
    laid = exercises.force_table(made(("A", "2019-01", stated)), {"part": "a part"})
    assert laid.iloc[0, :4].tolist() == ["2019-01-01", "A", 500.0, 9.0]
    assert laid.loc[0, ["Whose forces", "At least so many"]].tolist() == ["a part", "ships"]
    assert math.isnan(laid.loc[0, "Aircraft"])


def test_a_note_stands_only_beside_the_count_it_was_written_for():
    whole = pd.DataFrame({"ours": [84.0, 9.0]})
    beside = pd.DataFrame({"ours": [70.0, 9.0], "difference": ["theirs is wider", "a floor"]})
    fewer, same = exercises.explained(beside, whole)
    assert "84" in fewer and "wider" not in fewer
    assert same == "a floor"


def test_without_a_gap_no_count_is_named_as_the_widest():
    agreeing = pd.DataFrame({"label": ["A"], "gap": [0.0]})
    assert exercises.widest(agreeing) == "none is apart"
