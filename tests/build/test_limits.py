import pandas as pd
import pytest

from helpers import dates, tables
from helpers.build import limits

COUNTS = {
    "alliance_indicators": 126,
    "alliance_rubric": 17,
    "agreements": 16,
    "incidents": 18,
    "statements": 56,
    "foreign_fighters": 28,
    "perceptions": 81,
}


@pytest.mark.parametrize(("name", "rows"), COUNTS.items())
def test_every_collected_row_is_there(name, rows):
    assert len(tables.load(name)) == rows


def test_every_cell_of_the_rubric_has_one_primary_row():
    frame = tables.load("alliance_indicators")
    cell = ["indicator", "dyad", "era"]
    assert (frame.groupby(cell)["is_primary"].sum() == 1).all()
    current = frame[frame["era"] != "earlier"]
    assert len(current.drop_duplicates(cell)) == 114


def test_only_disputed_levels_have_no_score():
    frame = tables.load("alliance_indicators")
    assert (frame["score"].isna() == (frame["level"] == "disputed")).all()


def test_pairs_are_made_of_their_two_states():
    pairs = tables.load("alliance_indicators")[["dyad", "iso3_first", "iso3_second"]]
    assert len(pairs.drop_duplicates()) == pairs["dyad"].nunique() == 8


def test_eras_of_russia_china_follow_each_other():
    frame = tables.load("alliance_indicators")
    own = frame[~frame["is_comparison"]]
    spans = own.groupby("era")[["date_start", "date_end"]].first()
    assert spans.loc["2014_2022", "date_end"] < spans.loc["since_2022", "date_start"]
    assert set(own["era"]) == {"1992_2013", "2014_2022", "since_2022"}


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [("agreements", "valid_from", "valid_to"), ("incidents", "date_start", "date_end")],
)
def test_nothing_ends_before_it_starts(name, start, end):
    known = tables.load(name).dropna(subset=[start, end])
    assert len(known) >= 7
    assert (dates.last_day(known[end]) >= dates.first_day(known[start])).all()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("agreements", "date"),
        ("incidents", "date_start"),
        ("statements", "date"),
        ("foreign_fighters", "date"),
        ("perceptions", "date"),
    ],
)
def test_precision_and_year_fit_the_date(name, column):
    frame = tables.load(name)
    length = frame["date_precision"].map({"year": 4, "month": 7, "day": 10})
    assert (frame[column].str.len() == length).all()
    assert (frame["year"].astype("str") == frame[column].str[:4]).all()


def test_no_text_between_russia_and_china_has_a_defence_clause():
    assert (tables.load("agreements")["mutual_defence_clause"] == "no").all()


def test_tallies_are_of_whole_bodies():
    votes = tables.load("statements").query("is_vote")
    cast = votes[["votes_for", "votes_against", "votes_abstain"]].sum(axis=1)
    assert (cast[votes["form"] == "vote_unsc"] == 15).all()
    assert (cast[votes["form"] == "vote_unga"] <= 193).all()
    assert len(votes) == 17


def test_votes_and_only_votes_have_tallies_and_outcomes():
    frame = tables.load("statements")
    for column in ("votes_for", "vote_chn", "vote_rus", "is_vetoed", "is_adopted"):
        assert (frame[column].notna() == frame["is_vote"]).all(), column


def test_a_vote_not_seen_has_no_grade():
    frame = tables.load("statements")
    assert (frame["grade"].isna() == (frame["vote_chn"] == "not_seen")).all()
    assert frame["grade"].isna().sum() == 2


def test_ranges_run_upwards_and_numbers_have_units():
    frame = tables.load("foreign_fighters")
    both = frame.dropna(subset=["figure_low", "figure_high"])
    assert (both["figure_high"] > both["figure_low"]).all()
    assert frame.loc[frame["figure_low"].notna(), "figure_unit"].notna().all()


def test_a_level_becomes_a_score_and_a_dispute_none():
    raw = pd.DataFrame(
        {"level": ["absent", "present", "disputed"], "dyad": ["Russia-China", "US-Japan", "x"]}
    )
    made = limits.alliance_indicators(raw)
    assert made["score"].tolist() == ["0", "1", ""]
    assert made["is_comparison"].tolist() == ["false", "true", "true"]


def raw_statement(**changes):
    row = {
        "date": "2022-10-12",
        "form": "vote_unga",
        "issues": "annexations_2022",
        "grade": "neutral",
        "tally": "143-5-35",
    }
    return pd.DataFrame([row | changes])


def test_a_tally_is_split():
    made = limits.statements(raw_statement())
    assert made[["votes_for", "votes_against", "votes_abstain"]].values.tolist() == [
        ["143", "5", "35"]
    ]
    assert "tally" not in made


def test_a_statement_without_tally_has_no_votes():
    made = limits.statements(raw_statement(form="leader", tally=""))
    assert made[["is_vote", "votes_for"]].values.tolist() == [["false", ""]]


@pytest.mark.parametrize(
    ("issues", "expected"),
    [("taiwan;tibet", "true"), ("invasion", "false"), ("invasion;crimea", "true")],
)
def test_a_claim_to_land_makes_an_issue_territorial(issues, expected):
    assert limits.statements(raw_statement(issues=issues))["is_territorial"].tolist() == [expected]


def test_remarks_on_pages_stay_in_the_raw_table():
    raw = pd.DataFrame({"date": ["2025-04"], "source_date_note": ["inferred"]})
    assert limits.perceptions(raw).columns.tolist() == ["date", "year"]
