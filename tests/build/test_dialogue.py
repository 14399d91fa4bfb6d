import pandas as pd
import pytest

from helpers import dates, tables
from helpers.build import dialogue


@pytest.mark.parametrize(("name", "rows"), [("meetings", 97), ("consultations", 32)])
def test_every_collected_row_is_there(name, rows):
    assert len(tables.load(name)) == rows


@pytest.mark.parametrize("name", ["meetings", "consultations"])
def test_no_contact_ends_before_it_starts(name):
    frame = tables.load(name).dropna(subset="date_end")
    assert len(frame) > 5
    assert (dates.first_day(frame["date_end"]) >= dates.first_day(frame["date_start"])).all()


@pytest.mark.parametrize("name", ["meetings", "consultations"])
def test_a_range_has_two_ends_and_a_day_is_a_day(name):
    frame = tables.load(name)
    assert frame.loc[frame["date_precision"] == "range", "date_end"].notna().all()
    assert (frame.loc[frame["date_precision"] == "day", "date_start"].str.len() == 10).all()


def test_linked_rounds_agree_with_their_meetings():
    linked = tables.load("consultations").merge(
        tables.load("meetings"), on="meeting_id", suffixes=("", "_meeting")
    )
    assert len(linked) == 20
    for column in ("year", "trip_id", "setting", "rank", "format", "host_iso3"):
        assert (linked[column] == linked[f"{column}_meeting"]).all(), column
    numbered = linked.dropna(subset=["round_no", "round_no_meeting"])
    assert (numbered["round_no"] == numbered["round_no_meeting"]).all()


def test_rounds_of_a_mechanism_follow_one_another_in_time():
    rounds = tables.load("consultations").dropna(subset="round_no")
    for _, series in rounds.groupby("mechanism"):
        in_order = series.sort_values("round_no")
        assert dates.first_day(in_order["date_start"]).is_monotonic_increasing


def test_the_first_row_of_each_trip_is_marked():
    raw = pd.DataFrame(
        {
            "date_start": ["2024-04-26", "2024-04-26", "2025"],
            "is_estimate": ["no", "no", "yes"],
            "is_core": ["yes", "no", "yes"],
            "trip_id": ["TR-1", "TR-1", "TR-2"],
        }
    )
    clean = dialogue.meetings(raw)
    assert clean["is_first_of_trip"].tolist() == ["true", "false", "true"]
    assert clean["year"].tolist() == [2024, 2024, 2025]
    assert clean["is_estimate"].tolist() == ["false", "false", "true"]


def test_a_round_takes_the_trip_of_its_meeting_or_keeps_its_own():
    raw = pd.DataFrame(
        {
            "date_start": ["2019-12", "2012-11-20"],
            "is_estimate": ["no", "no"],
            "meeting_id": ["MTG-1", ""],
            "trip_id": ["", "TR-9"],
        }
    )
    meetings = pd.DataFrame({"meeting_id": ["MTG-1"], "trip_id": ["TR-1"]})
    assert dialogue.consultations(raw, meetings)["trip_id"].tolist() == ["TR-1", "TR-9"]
