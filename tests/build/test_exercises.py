import pandas as pd
import pytest

from helpers import dates, schema, tables
from helpers.build import exercises as build
from helpers.paths import RAW


def event(**cells):
    plain = {
        "event_id": "E1",
        "kind": "exercise",
        "setting": "bilateral",
        "series": "Joint Sea",
        "both_took_part": "yes",
        "parent_event": "",
        "date_start": "2016-09-12",
        "date_precision": "day",
    }
    return plain | cells


def test_all_events_collected_are_in_the_table():
    assert len(tables.load("exercises")) == 107
    assert len(tables.load("exercise_counts_reported")) == 46
    assert len(tables.load("joint_operations")) == 9


@pytest.mark.parametrize("name", ["exercises", "joint_operations"])
def test_no_event_ends_before_it_starts(name):
    table = tables.load(name).dropna(subset=["date_end"])
    assert len(table) > 0
    assert (dates.last_day(table["date_end"]) >= dates.first_day(table["date_start"])).all()


def test_no_published_period_ends_before_it_starts():
    table = tables.load("exercise_counts_reported")
    first, last = dates.first_day(table["period_start"]), dates.last_day(table["period_end"])
    assert (last >= first).all()


def test_a_date_known_only_to_the_month_is_said_to_be():
    table = tables.load("exercises")
    whole = (table["date_start"].str.len() == 10) & (table["date_end"].str.len() == 10)
    assert (table.loc[~whole, "date_precision"] == "month").all()


def test_every_row_has_a_day_in_the_year_of_its_id():
    table = tables.load("exercises")
    assert (table["event_id"].str[3:7].astype(int) == table["year"]).all()


def test_no_rule_counts_more_than_all_joint_events():
    table = tables.load("exercises")
    rules = [c for c in table if c.startswith("counted_")]
    assert len(rules) == 6
    for rule in rules:
        assert not (table[rule] & ~table["counted_all_joint"]).any()
        assert 0 < table[rule].sum() <= table["counted_all_joint"].sum()


def test_events_in_which_one_side_only_watched_are_never_counted():
    table = tables.load("exercises")
    others = table[table["both_took_part"] != "yes"]
    assert len(others) > 0
    assert not others.filter(like="counted_").any(axis=None)


def test_parts_of_one_event_are_counted_once():
    table = tables.load("exercises")
    parts = table[table["parent_event"].notna()]
    assert (parts.groupby("parent_event").size() > 1).all()
    assert (parts.groupby("parent_event")["counted_all_joint"].sum() == 1).all()


def test_bounds_enclose_the_best_figure():
    table = tables.load("exercises")
    for quantity in build.QUANTITIES:
        known = table.dropna(subset=[quantity])
        assert len(known) > 5
        assert (known[f"{quantity}_low"] <= known[quantity]).all()
        high = known[f"{quantity}_high"].fillna(known[quantity])
        assert (high >= known[quantity]).all()


def test_the_two_sides_are_no_larger_than_the_total():
    table = tables.load("exercises").dropna(
        subset=["personnel_china", "personnel_russia", "personnel_total"]
    )
    assert len(table) > 3
    sides = table["personnel_china_low"] + table["personnel_russia_low"]
    assert (sides <= table["personnel_total_high"]).all()


def test_numbers_of_forces_say_whose_they_are():
    raw = schema.read_text(RAW / "exercises/exercises.csv")
    stated = (raw[build.QUANTITIES] != "").any(axis=1)
    assert (stated == (raw["forces_scope"] != "")).all()
    assert (stated == (raw["forces_basis"] != "")).all()
    assert (raw.loc[stated, "forces"] + raw.loc[stated, "note"] != "").all()


def test_every_event_lies_in_a_region():
    assert tables.load("exercises")["regions"].notna().all()


@pytest.mark.parametrize("place", ["Kola Bay, Murmansk", "Arctic approaches", "Chukchi Sea"])
def test_the_seas_of_the_arctic_are_arctic(place):
    found = build.words_found(pd.Series([place]), build.REGION_WORDS)
    assert "arctic" in found[0].split(";")


def test_the_arctic_has_a_patrol_in_the_air_and_one_at_sea():
    events = tables.load("exercises").query("counted_all_joint")
    arctic = events[events["regions"].str.contains("arctic")]
    assert arctic["event_id"].tolist() == ["RC-2024-06", "RC-2024-10"]


def test_the_first_day_decides_which_part_counts():
    parts = pd.DataFrame(
        [
            event(event_id="A", parent_event="P", date_start="2015-08-20"),
            event(event_id="B", parent_event="P", date_start="2015-05-11"),
            event(event_id="C", parent_event="Q", date_start="2025-08", date_precision="month"),
            event(event_id="D", parent_event="Q", date_start="2025-08-06"),
        ]
    )
    assert build.first_part(parts).tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("cells", "uncounted"),
    [
        ({}, set()),
        ({"kind": "air_patrol"}, {"no_patrols"}),
        ({"kind": "coast_guard_patrol"}, {"no_patrols", "armed_forces", "core_military"}),
        ({"kind": "border_guard"}, {"armed_forces", "core_military"}),
        (
            {"kind": "multinational_third_party", "setting": "multilateral"},
            {"bilateral", "core_military"},
        ),
        ({"series": "Peace Mission", "setting": "multilateral"}, {"bilateral", "no_sco"}),
        ({"series": "Peace Mission"}, set()),
    ],
)
def test_a_rule_leaves_out_what_it_names(cells, uncounted):
    rules = build.counting_rules(pd.DataFrame([event(**cells)]))
    assert {r.removeprefix("counted_") for r, flags in rules.items() if not flags[0]} == uncounted


def test_an_event_not_shown_to_be_joint_counts_under_no_rule():
    rules = build.counting_rules(pd.DataFrame([event(both_took_part="unclear")]))
    assert not any(flags[0] for flags in rules.values())


def test_numbers_of_forces_are_read_with_their_bounds():
    read = build.bounds(pd.Series(["646", "~4000", ">500", "187-600", ""]))
    assert read["low"].tolist() == ["646", "4000", "500", "187", ""]
    assert read["best"].tolist() == ["646", "4000", "500", "393", ""]
    assert read["high"].tolist() == ["646", "4000", "", "600", ""]


def test_forces_in_words_are_refused():
    with pytest.raises(ValueError, match="many"):
        build.bounds(pd.Series(["many"], name="ships_total"))


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("naval; exercise; submarine rescue; 4 helicopters", "sea;air;undersea"),
        ("combined; exercise; counter-terrorism; ", "land"),
        ("internal-security; coast_guard_patrol; joint patrol; ", "sea"),
        ("internal-security; cyber_law_enforcement; cyber counter-terrorism; ", "cyber"),
        ("naval; exercise; helicopter cross-deck; 2 frigates", "sea;air"),
        ("air; air_patrol; bomber patrol; CN 2 H-6K", "air"),
    ],
)
def test_domains_come_from_the_words_of_the_text(text, domains):
    assert build.words_found(pd.Series([text]), build.DOMAIN_WORDS).tolist() == [domains]


def test_who_fought_is_coded():
    raw = pd.DataFrame(
        {
            "date_start": ["2022-02-24", "2021-10"],
            "real_task": ["yes", "presence, no third-party task"],
            "side_by_side": ["no", "yes"],
            "combat": ["yes (Russia)", "no"],
        }
    )
    clean = build.joint_operations(raw)
    assert clean["combat"].tolist() == ["russia_only", "none"]
    assert clean["is_real_task"].tolist() == ["true", "false"]
    assert clean["date_precision"].tolist() == ["day", "month"]
