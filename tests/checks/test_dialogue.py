import pandas as pd
import pytest

from helpers import scorecard, tables
from helpers.choices import choose
from helpers.claims import Tables, ledger

LEDGER = ledger()
MEETINGS = tables.load("meetings")
CONSULTATIONS = tables.load("consultations")
AGREEMENTS = tables.load("agreements")
EXERCISES = tables.load("exercises")
SECURITY = "strategic_security_consultation"
NORTHEAST = "ne_asia_security_dialogue"


def decide(claim_id, parameters=None, **frames):
    return scorecard.decide(LEDGER[claim_id], Tables(frames), choose(**(parameters or {})))


def verdict(claim_id, parameters=None, **frames):
    return decide(claim_id, parameters, **frames)[1].verdict


def contact(day, **changed):
    """Make one meeting of a minister, bilateral and in person, a trip of its own."""
    row = {
        "meeting_id": f"M-{day}", "date_start": day, "date_end": None, "year": int(day[:4]),
        "mechanism": "defence_ministers", "round_no": None, "format": "in_person",
        "setting": "bilateral", "rank": "minister", "host_iso3": "RUS", "trip_id": f"T-{day}",
        "is_core": True, "claim_ids": None, "confidence": "high", "source_id": "s",
    }  # fmt: skip
    return row | changed


def meetings(*rows):
    return pd.DataFrame(rows, columns=[*contact("2022-01-01")]).astype(
        {"year": "Int64", "round_no": "Int64", "is_core": "boolean"}
    )


NO_ROUNDS = CONSULTATIONS.iloc[:0]


def rounds(mechanism, numbers):
    """Make the rounds of a mechanism from their numbers and days."""
    found = [
        contact(day, mechanism=mechanism, round_no=number, rank="minister")
        for number, day in numbers.items()
    ]
    return {"meetings": meetings(*found), "consultations": NO_ROUNDS}


# --- meetings per year


def some(count, years=(2022, 2023, 2024), **changed):
    days = [f"{years[i % 3]}-{i // 3 % 12 + 1:02d}-{i // 36 + 1:02d}" for i in range(count)]
    return meetings(*[contact(day, **changed) for day in days])


def test_four_a_year_is_twelve_contacts_in_three_years():
    found, judged = decide("DIP-071", meetings=some(12), consultations=NO_ROUNDS)
    assert (found.observed, judged.verdict) == (4, "holds")
    assert found.low == pytest.approx(2.067, abs=0.001)
    assert found.high == pytest.approx(6.987, abs=0.001)


def test_four_a_year_is_reached_by_the_heads_alone_or_not_at_all():
    found, judged = decide("DIP-071")
    assert found.low > 4 and judged.reason == "some_definitions_only"
    others = tables.load("meetings").query("mechanism != 'defence_ministers'")
    assert verdict("DIP-071", meetings=others) == "fails"


def test_too_few_contacts_fail_too():
    assert verdict("DIP-071", meetings=some(2), consultations=NO_ROUNDS) == "fails"


def test_twelve_trips_with_two_contacts_each_hold_in_part():
    twice = pd.concat(
        [some(12, trip_id="shared"), some(12, mechanism="moscow_conference")], ignore_index=True
    )
    twice["trip_id"] = [f"T{i % 12}" for i in range(24)]
    twice["meeting_id"] = [f"M{i}" for i in range(24)]
    found, judged = decide("DIP-071", meetings=twice, consultations=NO_ROUNDS)
    assert found.observed == 8
    assert (judged.verdict, judged.reason) == ("holds_in_part", "some_definitions_only")


@pytest.mark.parametrize(
    ("changed", "choice"),
    [
        ({"format": "virtual"}, {"count_virtual": False}),
        ({"rank": "chief_of_staff"}, {"rank_min": "minister"}),
        ({"confidence": "low"}, {"min_confidence": "high"}),
    ],
)
def test_contacts_that_a_choice_leaves_out_do_not_count(changed, choice):
    found, _ = decide("DIP-071", choice, meetings=some(12, **changed), consultations=NO_ROUNDS)
    assert found.observed == 0


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (3, ("holds_in_part", "within_interval_only")),
        (6, ("holds", "")),
        (11, ("holds", "")),
        (12, ("holds_in_part", "loose_floor")),
    ],
)
def test_at_least_two_a_year_is_a_floor(count, expected):
    frame = some(count, years=(2019, 2020, 2021))
    judged = decide("DIP-018", meetings=frame, consultations=NO_ROUNDS)[1]
    assert (judged.verdict, judged.reason) == expected


def test_no_contact_at_all_is_below_the_floor():
    none = MEETINGS[~MEETINGS["year"].between(2019, 2021)]
    assert verdict("DIP-018", meetings=none, consultations=NO_ROUNDS) == "fails"


# --- rounds


YEARLY = {10: "2014-06-06", 11: "2015-05-25", 12: "2016-09-10", 13: "2017-07-26",
          14: "2018-08-14", 15: "2019-12-04"}  # fmt: skip


def test_a_dated_round_in_every_year_holds():
    found, judged = decide("CEPA-051", **rounds(SECURITY, YEARLY))
    assert (found.observed, judged.verdict) == (1, "holds")


def test_a_round_known_by_its_number_only_holds_in_part():
    dated = {number: day for number, day in YEARLY.items() if number != 12}
    found, judged = decide("CEPA-051", **rounds(SECURITY, dated))
    assert (found.observed, judged.verdict) == (1, "holds_in_part")
    assert "2016" in found.note


def test_a_year_that_the_numbers_leave_no_round_for_fails():
    skipped = {10: "2014-06-06", 11: "2015-05-25", 12: "2017-07-26", 13: "2018-08-14",
               14: "2019-12-04"}  # fmt: skip
    found, judged = decide("CEPA-051", **rounds(SECURITY, skipped))
    assert judged.verdict == "fails"
    assert found.observed == pytest.approx(5 / 6) and "none in 2016" in found.note


def test_the_real_rounds_without_the_twelfth_and_with_the_thirteenth_renumbered_fail():
    gone = CONSULTATIONS[
        ~((CONSULTATIONS["mechanism"] == SECURITY) & (CONSULTATIONS["round_no"] == 12))
    ].copy()
    gone.loc[
        (gone["mechanism"] == SECURITY) & (gone["round_no"] == 13), "round_no"
    ] = 12  # fmt: skip
    met = MEETINGS.copy()
    met.loc[(met["mechanism"] == SECURITY) & (met["round_no"] == 13), "round_no"] = 12
    assert verdict("CEPA-051", meetings=met, consultations=gone) == "fails"
    assert verdict("CEPA-051").startswith("holds")


def test_no_round_on_record_says_nothing():
    assert verdict("CEPA-051", **rounds(SECURITY, {18: "2023-09-19"})) == "not_in_data"


@pytest.mark.parametrize(
    ("numbers", "observed", "expected"),
    [
        ({1: "2015-01-01", 5: "2017-01-01"}, 2.0, "holds_in_part"),
        ({1: "2015-01-01", 25: "2017-01-01"}, 12.0, "fails"),
        ({1: "2015-01-01"}, None, "not_in_data"),
    ],
)
def test_the_pace_of_rounds_comes_from_their_numbers(numbers, observed, expected):
    found, judged = decide("CEPA-052", **rounds(NORTHEAST, numbers))
    assert judged.verdict == expected
    if observed:
        assert found.observed == pytest.approx(observed, abs=0.01)


def test_the_real_dialogue_renumbered_fails():
    faster = CONSULTATIONS.copy()
    last = (faster["mechanism"] == NORTHEAST) & (faster["round_no"] == 8)
    faster.loc[last, "round_no"] = 30
    assert verdict("CEPA-052", consultations=faster) == "fails"
    assert verdict("CEPA-052") != "fails"


# --- mechanisms and roadmaps


def test_mechanisms_whose_first_round_is_later_are_not_counted():
    later = CONSULTATIONS.copy()
    first = (later["round_no"] == 1) & later["year"].between(2014, 2019)
    later.loc[first, ["date_start", "year"]] = ["2021-05", 2021]
    assert verdict("CEPA-050", consultations=later[later["mechanism"] != SECURITY]) != "holds"
    assert decide("CEPA-050", consultations=later)[0].observed == 0
    assert decide("CEPA-050")[0].observed >= 2


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("2021", "2025", "holds"), ("2020", "2025", "holds_in_part"), ("2020", "2024", "fails")],
)
def test_the_roadmap_of_2017_decides_and_the_other_is_a_reading(first, second, expected):
    changed = AGREEMENTS.copy()
    is_plan = changed["kind"] == "roadmap"
    changed.loc[is_plan & (changed["valid_from"] == "2017"), "valid_to"] = first
    changed.loc[is_plan & (changed["valid_from"] == "2021"), "valid_to"] = second
    assert verdict("CEPA-053", agreements=changed) == expected


def test_without_a_roadmap_of_2017_nothing_is_said():
    none = AGREEMENTS[AGREEMENTS["valid_from"] != "2017"]
    assert verdict("CEPA-053", agreements=none) == "not_in_data"


def test_the_latest_roadmap_ends_when_the_table_says():
    changed = AGREEMENTS.copy()
    changed.loc[changed["valid_from"] == "2021", "valid_to"] = "2026"
    assert verdict("CEPA-054", agreements=changed) == "fails"
    assert verdict("CEPA-054") == "holds"


# --- growth


def test_a_field_that_did_not_grow_is_not_counted():
    fewer = EXERCISES[~EXERCISES["year"].between(2014, 2021)]
    before, after = decide("CEPA-046")[0], decide("CEPA-046", exercises=fewer)[0]
    assert after.observed == before.observed - 1
    assert "exercises 0.0" in after.note
    assert verdict("CEPA-046", exercises=fewer) == "fails"
    assert verdict("CEPA-046") == "holds"


def test_cut_offs_bound_the_period():
    found = decide("CEPA-046", {"cutoff_2": "2020-01-01"})[0]
    years = EXERCISES.loc[found.rows["exercises"], "year"]
    assert set(years) <= {*range(2008, 2020)}
    assert years.max() == 2019


def test_formats_that_fall_away_reverse_the_trend():
    early = EXERCISES[EXERCISES["year"] < 2016]
    met = MEETINGS[MEETINGS["year"] < 2016]
    rounds_held = CONSULTATIONS[CONSULTATIONS["year"] < 2016]
    frames = {"exercises": early, "meetings": met, "consultations": rounds_held}
    assert verdict("CEPA-048", **frames) == "fails"
    assert verdict("CEPA-048") != "fails"


def test_formats_are_counted_once_a_year():
    found = decide("CEPA-048")[0]
    in_2014 = EXERCISES[(EXERCISES["year"] == 2014) & EXERCISES["counted_all_joint"]]
    contacts = pd.concat([MEETINGS, CONSULTATIONS])
    in_use = in_2014["series"].nunique()
    in_use += contacts.loc[contacts["year"] == 2014, "mechanism"].nunique()
    assert f"2014 {in_use}," in found.note


def drills(**per_year):
    """Make exercises: so many in each of some years."""
    years = [int(year[1:]) for year, count in per_year.items() for _ in range(count)]
    frame = pd.DataFrame({"year": years, "confidence": "high", "counted_all_joint": True})
    return frame.astype({"year": "Int64"})


BASE = {f"y{year}": 1 for year in range(2008, 2014)}
MIDDLE = {f"y{year}": 4 for year in range(2014, 2020)}


@pytest.mark.parametrize(
    ("late", "lead", "expected"),
    [
        ({"y2020": 4, "y2021": 4, "y2022": 4, "y2023": 4, "y2024": 4}, 3.0, "holds"),
        ({"y2020": 4, "y2021": 4, "y2022": 8, "y2023": 8, "y2024": 8}, 2.0, "holds_in_part"),
        ({"y2020": 1, "y2021": 1, "y2022": 8, "y2023": 8, "y2024": 8}, -4.0, "fails"),
    ],
)
def test_the_fastest_phase_is_the_one_of_greatest_growth(late, lead, expected):
    found, judged = decide("CEPA-049", exercises=drills(**BASE, **MIDDLE, **late))
    assert (found.observed, judged.verdict) == (lead, expected)


def test_the_phase_is_no_longer_the_fastest_without_half_of_its_exercises():
    inside = EXERCISES["year"].between(2014, 2019)
    fewer = EXERCISES[~inside | (EXERCISES["year"] < 2016)]
    assert verdict("CEPA-049", exercises=fewer) == "fails"
    assert verdict("CEPA-049") != "fails"


# --- dates and single contacts


@pytest.mark.parametrize("claim_id", ["CEPA-103", "DIP-040"])
def test_a_statement_of_another_day_fails(claim_id):
    name = LEDGER[claim_id].check_args["table"]
    moved = tables.load(name).copy()
    moved.loc[moved["date"] == "2022-02-04", "date"] = "2022-02-05"
    assert verdict(claim_id, **{name: moved}) == "fails"
    assert verdict(claim_id) == "holds"


@pytest.mark.parametrize("claim_id", ["DIP-022", "DIP-023"])
def test_a_round_with_other_men_fails(claim_id):
    others = MEETINGS.assign(participants=MEETINGS["participants"].str.replace("Yang", "Wang"))
    assert verdict(claim_id, meetings=others) == "fails"
    assert verdict(claim_id) == "holds"


def test_a_visit_elsewhere_is_no_visit_to_russia():
    moved = MEETINGS.copy()
    moved.loc[moved["place"].str.contains("Moscow").fillna(False), "host_iso3"] = "BLR"
    assert verdict("DIP-072", meetings=moved) == "fails"
    assert verdict("DIP-072") == "holds"


def test_findings_name_rows_of_their_tables():
    data = Tables()
    for claim in LEDGER.values():
        if claim.section == "dialogue" and claim.check:
            found = scorecard.measure(claim, data, choose())
            for name, rows in scorecard.rows_used(found, data).items():
                assert len(rows) == len(found.rows[name]), claim.claim_id
