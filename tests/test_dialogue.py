import numpy as np
import pandas as pd
import pytest

from helpers import dialogue, tables
from helpers.choices import choose

CONTACTS = pd.DataFrame(
    [
        ("A", "2019-04-24", 2019, "in_person", "multilateral", "minister", "TR-1", True, "high"),
        ("B", "2019-04-25", 2019, "in_person", "bilateral", "minister", "TR-1", False, "low"),
        ("C", "2020-12-15", 2020, "virtual", "bilateral", "minister", "TR-2", True, "high"),
        ("D", "2022-08-24", 2022, "hybrid", "multilateral", "minister", "TR-3", True, "high"),
        ("E", "2022-10-26", 2022, "call", "bilateral", "minister", "TR-4", True, "medium"),
        ("F", "2023-07", 2023, None, "bilateral", "chief_of_staff", "TR-5", False, "high"),
        ("G", "2023-06-27", 2023, "in_person", "bilateral", "official", "TR-6", False, "high"),
    ],
    columns=["contact_id", "date_start", "year", "format", "setting", "rank", "trip_id",
             "is_core", "confidence"],
).astype({"is_core": "boolean", "year": "Int64"})  # fmt: skip
YEARS = list(range(2019, 2025))


def ids(frame):
    return "".join(frame["contact_id"])


def test_a_round_that_is_a_meeting_is_one_contact():
    both = dialogue.contacts(tables.load("meetings"), tables.load("consultations"))
    assert both["contact_id"].is_unique
    assert len(both) == 97 + 32 - 20
    assert set(both["mechanism"]) <= set(dialogue.MECHANISMS)


def test_a_linked_round_lends_its_number_to_the_meeting():
    both = dialogue.contacts(tables.load("meetings"), tables.load("consultations"))
    assert both.set_index("contact_id").at["MTG-024", "round_no"] == 6


@pytest.mark.parametrize(
    ("parameters", "kept"),
    [
        ({}, "ABCD"),
        ({"count_calls": True}, "ABCDE"),
        ({"count_virtual": False}, "AB"),
        ({"min_confidence": "high"}, "ACD"),
        ({"rank_min": "chief_of_staff"}, "ABCDF"),
        ({"rank_min": "official"}, "ABCDFG"),
    ],
)
def test_choices_select_contacts(parameters, kept):
    assert ids(dialogue.counted(CONTACTS, choose(**parameters))) == kept


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("every contact", "ABCDEFG"),
        ("without calls", "ABCDFG"),
        ("in person only", "ABFG"),
        ("bilateral only", "BCEFG"),
        ("chiefs of staff and above", "ABCDEF"),
        ("ministers only", "ABCDE"),
        ("one per trip", "ACDEFG"),
        ("ministers, one per trip", "ACDE"),
        ("core contact of each trip", "ACDE"),
    ],
)
def test_rules_select_contacts(rule, kept):
    assert ids(dialogue.RULES[rule](CONTACTS)) == kept


def test_every_rule_is_tested():
    rules = test_rules_select_contacts.pytestmark[0].args[1]
    assert [rule for rule, _ in rules] == list(dialogue.RULES)


def test_a_year_without_contacts_is_zero():
    assert dialogue.per_year(CONTACTS, YEARS).tolist() == [2, 1, 0, 2, 2, 0]


def test_years_outside_the_search_are_not_covered():
    assert dialogue.years_covered(1992, 2003) == []
    assert dialogue.years_covered(2024, 2025) == [2024, 2025]


def test_windows_are_compared_with_the_exact_interval():
    counts = pd.Series([2, 2, 2, 4, 4, 4], index=YEARS)
    found = dialogue.compare(counts, choose())
    assert (found["events_1"], found["events_2"]) == (6, 12)
    assert round(found["value"], 2) == 2.0
    assert (round(found["low"], 2), round(found["high"], 2)) == (0.69, 6.49)


def test_windows_of_unequal_length_are_compared_by_year():
    counts = pd.Series([2, 2, 2, 4, 4, 4], index=YEARS)
    found = dialogue.compare(counts, choose(window_1="2019:2020", window_2="2022:2024"))
    assert (found["years_1"], found["years_2"]) == (2, 3)
    assert found["value"] == pytest.approx(2.0)


def test_a_window_outside_the_years_gives_no_ratio():
    found = dialogue.compare(pd.Series([4], index=[2023]), choose())
    assert np.isnan(found["value"])
    assert np.isnan(found["rate_1"])


def test_the_articles_means_make_its_events():
    rows = dialogue.stated(tables.load("claims")).set_index("rule")
    assert rows.loc["meetings", ["events_1", "events_2"]].tolist() == [6, 12]
    assert rows.loc["exercises", ["events_1", "events_2"]].tolist() == [9, 18]
    assert round(rows.at["meetings and exercises", "low"], 2) == 1.04


def test_rates_of_periods_know_what_is_not_covered():
    counts = pd.Series([2, 2, 2, 4, 4, 4], index=YEARS)
    rates = dialogue.rates_in(counts, {"all": (2019, 2024), "never": (1990, 1995)})
    assert rates["value"].tolist()[0] == 3
    assert np.isnan(rates["value"].tolist()[1])


def test_contacts_are_listed_under_the_claims_that_they_bear_on():
    frame = pd.DataFrame(
        {
            "claim_ids": ["A-1;B-2", None, "B-2"],
            "date_start": ["2019-05", "2020", "2021"],
            "year": [2019, 2020, 2021],
        }
    )
    claims = pd.DataFrame(
        {
            "claim_id": ["B-2", "C-3"],
            "paraphrase": ["b", "c"],
            "period_start": ["2019", "2019"],
            "period_end": ["2020-06-30", "2024"],
        }
    )
    found = dialogue.bearing(frame, claims, ["B-2", "C-3"])
    assert found["contacts"].tolist() == [1, 0]
    assert found["when"].tolist() == ["2019-05", ""]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.1, "about 10 times as often in A as in B"),
        (0.5, "about half as often in B as in A"),
        (0.66, "about a third less often in B than in A"),
        (0.98, "about as often in B as in A"),
        (1.58, "about half more often in B than in A"),
        (3.1, "about three times as often in B as in A"),
        (7.2, "about 7 times as often in B as in A"),
        (0.0, "in A, but not in B"),
        (np.nan, "neither in B nor in A"),
    ],
)
def test_ratios_are_said_as_one_says_them(ratio, words):
    assert dialogue.how_often(ratio, "B", "A") == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.5, 0.8, "50 to 20 per cent fewer"),
        (1.002, 3.9, "less than 1 per cent more to 3.9 times as many"),
        (1.0, 1.5, "no change to 50 per cent more"),
        (2.1, 3.0, "2.1 to 3.0 times as many"),
        (1.5, 1.996, "50 per cent more to 2.0 times as many"),
        (0.0, np.inf, "none at all to any number"),
    ],
)
def test_intervals_are_said_as_changes(low, high, words):
    assert dialogue.changes(low, high) == words


def test_every_reading_of_an_interval_has_a_meaning():
    ends = [(np.nan, np.nan), (2.1, 3), (1.1, 1.9), (1.1, 3), (0.2, 0.9), (0.7, 1.8), (0.7, 3)]
    readings = dialogue.reading(pd.DataFrame(ends, columns=["low", "high"]))
    assert set(readings) == set(dialogue.MEANING)


def test_numbers_behind_a_forest_plot_name_their_windows():
    rows = dialogue.comparisons({"all": pd.Series([2, 2, 2, 4, 4, 4], index=YEARS)}, choose())
    data = dialogue.forest_data(rows, "2019–2021", "2022–2024", "contacts")
    assert data.iloc[0, :4].tolist() == ["all", 6, 12, 2.0]
    assert list(data.columns[1:3]) == ["2019–2021 (contacts)", "2022–2024 (contacts)"]


def test_missing_rounds_stand_between_their_neighbours():
    frame = pd.DataFrame({"round_no": [1, 4], "date_start": ["2015-01-01", "2018-01-01"]})
    placed = dialogue.with_missing(frame)
    assert placed["round_no"].tolist() == [1, 2, 3, 4]
    assert placed["is_found"].tolist() == [True, False, False, True]
    assert placed["at"].round(0).tolist() == [2015, 2016, 2017, 2018]


def test_forms_without_a_contact_have_no_column():
    table = dialogue.by_format(CONTACTS, YEARS)
    assert list(table.columns) == ["in person", "one side by video", "by video", "call"]
    assert table.loc[2023].tolist() == [2, 0, 0, 0]
    assert list(dialogue.by_format(CONTACTS[:2], YEARS).columns) == ["in person"]


def test_leaving_a_year_out_shortens_its_window():
    counts = pd.Series([2, 2, 2, 4, 4, 10], index=YEARS)
    left = dialogue.leave_one_out(counts, choose()).set_index("year")
    assert len(left) == 6
    assert left.at[2024, "events_2"] == 8
    assert left.at[2024, "years_2"] == 2
    assert left.at[2024, "years_1"] == 3


def test_rates_by_era_count_days_of_exposure():
    rates = dialogue.rates_by_era(CONTACTS, choose(start_year=2019, end_year=2024)).set_index("era")
    assert list(rates.index) == ["2014 to 2021", "since 2022"]
    assert rates["events"].tolist() == [3, 4]
    assert rates["years"].sum() == pytest.approx(6, abs=0.01)
    assert rates.at["2014 to 2021", "years"] == pytest.approx(3.15, abs=0.01)


def test_no_rate_where_nothing_was_searched():
    assert dialogue.rates_by_era(CONTACTS, choose(end_year=2005)).empty


def test_gaps_lie_between_the_first_and_the_last_contact():
    matrix = pd.DataFrame([[0, 1, 0, 2, 0]], index=["Forum"], columns=range(2019, 2024))
    (row,) = dialogue.gaps(matrix).to_dict("records")
    assert (row["first_year"], row["last_year"]) == (2020, 2022)
    assert row["gap_years"] == [2021]
    assert (row["contacts"], row["years_met"]) == (3, 2)


def test_mechanisms_without_a_contact_are_left_out():
    frame = pd.DataFrame({"mechanism": ["xiangshan_forum", "service_chiefs"], "year": [2019, 2010]})
    assert list(dialogue.by_mechanism(frame, [2019, 2020]).index) == ["Xiangshan Forum"]


def test_missing_rounds_need_a_first_and_a_last():
    assert dialogue.missing_rounds(pd.DataFrame({"round_no": []})) == []
    assert np.isnan(dialogue.pace(pd.DataFrame({"round_no": [3], "date_start": ["2019"]})))


def test_a_contact_by_video_is_in_no_country():
    frame = pd.DataFrame(
        {
            "year": [2023, 2023, 2023, 2024],
            "host_iso3": ["RUS", "IND", None, "RUS"],
            "format": ["in_person", "in_person", "virtual", "virtual"],
        }
    )
    table = dialogue.visits(frame, [2023, 2024])
    assert table.loc[2023].tolist() == [0, 1, 1, 1]
    assert table.loc[2024].tolist() == [0, 0, 0, 1]


def test_agreements_are_counted_by_kind():
    frame = pd.DataFrame(
        {"date": ["2001-07-16", "2019-06", "2019"], "kind": ["protocol", "roadmap", "roadmap"]}
    )
    table = dialogue.agreements_by_kind(frame, [2001, 2019, 2020])
    assert list(table.columns) == ["roadmaps", "treaties and protocols"]
    assert table.loc[2019].tolist() == [2, 0]
    assert table.loc[2020].sum() == 0


def test_every_kind_of_agreement_has_words():
    assert set(tables.load("agreements")["kind"]) <= set(dialogue.KINDS)


def test_roadmaps_count_both_ends():
    found = dialogue.roadmaps(tables.load("agreements"))
    assert found[["first_year", "last_year", "years"]].to_numpy().tolist() == [
        [2017, 2020, 4],
        [2021, 2025, 5],
    ]


def test_standing_mechanisms_are_those_that_met_since_the_cutoff():
    frame = pd.DataFrame(
        {
            "mechanism": [
                "xiangshan_forum",
                "xiangshan_forum",
                "service_chiefs",
                "chiefs_of_staff",
            ],
            "date_start": ["2019-10-21", "2023", "2023-07-03", "2018"],
        }
    )
    found = dialogue.standing(frame, "2022-02-24").set_index("mechanism")["is_older"]
    assert found.to_dict() == {"Xiangshan Forum": True, "Navy commanders": False}
