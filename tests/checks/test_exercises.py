"""Checks on exercises: each can fail, and gives known answers on known data."""

import math

import pandas as pd
import pytest

from helpers import stats, tables
from helpers.checks import events
from helpers.choices import choose
from helpers.claims import Tables, ledger
from helpers.scorecard import decide

LEDGER = ledger()
EXERCISES = tables.load("exercises")
MEETINGS = tables.load("meetings")
TIV = tables.load("arms_tiv")
AFTER = EXERCISES["date_start"] >= "2022-02-24"
JOINT = EXERCISES["counted_all_joint"].astype(bool)
YEAR = EXERCISES["year"]


def found(claim_id, parameters=None, **changed):
    return decide(LEDGER[claim_id], Tables(changed), choose(**(parameters or {})))


def verdict(claim_id, parameters=None, **changed):
    return found(claim_id, parameters, **changed)[1].verdict


def made(frame, per_year):
    """Rows like the first one, so many in each year."""
    years = [year for year, number in per_year.items() for _ in range(number)]
    rows = frame.iloc[[0] * len(years)].reset_index(drop=True)
    days = [f"{year}-06-01" for year in years]
    flags = [name for name in rows if name.startswith("counted_") or name == "is_core"]
    marks = dict.fromkeys(flags, True)
    sure = {"confidence": "high"}
    return rows.assign(date_start=days, date_end=days, year=years, **marks, **sure).astype(
        frame.dtypes.to_dict()
    )


def tiv(per_year):
    """A frame of Russian deliveries with these amounts by year, and nothing else."""
    pair = TIV[(TIV["supplier"] == "RUS") & (TIV["release"] == "2025-03")]
    rows = pair[(pair["recipient"] == "CHN") & (pair["basis"] == "official_table")]
    rows = rows[rows["year"].isin(per_year)]
    return rows.assign(tiv_mn=rows["year"].map(per_year).astype(float))


# --- rates -----------------------------------------------------------------------------------


def test_event_rate_can_fail():
    few = EXERCISES[~(JOINT & YEAR.between(2019, 2021))]
    assert verdict("DIP-025", exercises=few) == "fails"
    assert verdict("DIP-025") == "holds"


def test_event_rate_counts_what_the_rule_counts():
    finding, _ = found("DIP-025")
    own = EXERCISES[JOINT & YEAR.between(2019, 2021)]
    assert finding.observed == len(own) / 3
    assert set(finding.rows["exercises"]) == set(own.index)
    assert finding.low < finding.observed < finding.high
    strict, _ = found("DIP-025", {"counting_rule": "core_military"})
    assert strict.observed < finding.observed


def test_a_count_of_one_year_has_no_interval_and_can_fail():
    finding, judged = found("DIP-083")
    assert (finding.observed, judged.verdict) == ((JOINT & (YEAR == 2024)).sum(), "holds")
    assert math.isnan(finding.low)
    nine = EXERCISES.drop(EXERCISES[JOINT & (YEAR == 2024)].index[9:])
    assert verdict("DIP-083", exercises=nine) == "fails"


def test_interactions_are_exercises_and_meetings():
    chosen = {"rank_min": "official", "count_calls": True}
    both, _ = found("DIP-017", chosen)
    assert set(both.rows) == {"exercises", "meetings", "consultations"}
    assert both.observed * 3 == sum(len(labels) for labels in both.rows.values())
    ministers, _ = found("DIP-017")
    assert ministers.observed < both.observed


def test_a_drill_in_the_black_sea_is_linked_to_the_war():
    assert verdict("DIP-093") == "holds_in_part"
    linked = EXERCISES.copy()
    first = linked.index[JOINT & AFTER][0]
    linked.loc[first, "location"] = "Black Sea"
    assert found("DIP-093", exercises=linked)[0].observed == 1
    assert verdict("DIP-093", exercises=linked) == "fails"
    free = EXERCISES[~EXERCISES["partner_iso3"].str.contains("IRN|PRK|BLR").fillna(False)]
    assert verdict("DIP-093", exercises=free) == "holds"


def test_event_rate_ratio_can_hold_and_fail():
    assert verdict("CEPA-101") == "fails"
    assert verdict("CEPA-101", exercises=EXERCISES[~AFTER | (YEAR == 2025)]) == "holds"


def test_event_rate_ratio_of_known_counts():
    frame = made(EXERCISES, {2003: 1, 2019: 3, 2020: 3, 2021: 3, 2022: 6, 2023: 6, 2024: 6})
    finding, judged = found("DIP-074", exercises=frame)
    assert finding[:3] == stats.rate_ratio(18, 3, 9, 3)
    assert judged.reason == "within_interval_only"
    many = made(EXERCISES, {2003: 1, 2019: 9, 2020: 9, 2021: 9, 2022: 18, 2023: 18, 2024: 18})
    assert verdict("DIP-074", exercises=many) == "holds"
    assert verdict("DIP-074", {"window_2": "2020:2021"}, exercises=many) == "fails"


def test_a_doubling_is_not_a_tenfold_rise():
    more = pd.concat([EXERCISES, *[EXERCISES[YEAR.between(2022, 2024)]] * 10], ignore_index=True)
    assert verdict("DIP-070", exercises=more) == "fails"
    assert verdict("DIP-070") == "holds_in_part"


def test_where_a_cut_off_divides_a_year_days_are_counted():
    claim, chosen, data = LEDGER["CEPA-101"], choose(), Tables()
    era = events.stretch("era_3", chosen, claim)
    assert era.years == pytest.approx((311 + 365 + 366) / 365.25)
    earlier = events.stretch("2019:2021", chosen, claim)
    assert earlier.years == 3
    assert events.covered(events.stretch("era_1", chosen, claim), data, ["meetings"]).words == (
        "2012-01-01 to 2014-03-17"
    )


def test_periods_that_no_table_covers_say_nothing():
    claim = LEDGER["DIP-074"]._replace(check_args={"later": "window_2", "earlier": "1995:1999"})
    finding, judged = decide(claim, Tables(), choose())
    assert math.isnan(finding.observed)
    assert judged.verdict == "not_in_data"


def test_a_slower_pace_is_seen_in_its_own_years():
    assert found("CEPA-099")[1].reason == "other_period"
    fewer = EXERCISES[~YEAR.between(2020, 2025) | (EXERCISES["series"] == "Joint air patrol")]
    assert verdict("CEPA-099", exercises=fewer) == "holds"
    more = pd.concat([EXERCISES, *[EXERCISES[YEAR.between(2020, 2021)]] * 3], ignore_index=True)
    assert verdict("CEPA-099", exercises=more) == "fails"


def test_an_unknown_link_or_series_is_refused():
    with pytest.raises(ValueError, match="not broad"):
        events.counted(Tables(), choose(), ukraine="loose")
    with pytest.raises(ValueError, match="core_meetings"):
        events.gather(Tables(), choose(), ["visits"])


# --- shares, features, sizes -------------------------------------------------------------------


def test_event_share_can_fail():
    assert verdict("DIP-099") == "holds"
    inland = EXERCISES.assign(regions=EXERCISES["regions"].where(YEAR < 2019, "central_asia"))
    assert found("DIP-099", exercises=inland)[0].observed == 0
    assert verdict("DIP-099", exercises=inland) == "fails"


@pytest.mark.parametrize("claim_id", ["CEPA-090", "CEPA-162"])
def test_feature_ratio_follows_the_marks(claim_id):
    names = ["is_combined_arms", "has_joint_command", "has_command_post", "has_live_fire"]
    new, old = EXERCISES.copy(), EXERCISES.copy()
    first = "2014-01-01" if claim_id == "CEPA-090" else "2022-02-24"
    late = EXERCISES["date_start"] >= first
    new[names] = new[names].mask(late, True).mask(~late & (EXERCISES.index % 4 > 0), False)
    old[names] = old[names].mask(late, False).mask(~late, True)
    assert verdict(claim_id, exercises=new) == "holds"
    assert verdict(claim_id, exercises=old) == "fails"


def test_feature_ratio_of_known_marks():
    frame = made(EXERCISES, {2010: 4, 2014: 2}).assign(
        is_combined_arms=[True, False, False, False, True, True],
        has_joint_command=False,
        has_command_post=False,
        has_live_fire=False,
    )
    finding, _ = found("CEPA-090", exercises=frame)
    assert finding.observed == 4
    assert finding.note.startswith("2 marks of 2 events in 2014")


def test_size_trend_follows_the_sizes():
    grown, shrunk = EXERCISES.copy(), EXERCISES.copy()
    for name in ("personnel_total", "ships_total", "aircraft_total"):
        known = EXERCISES[name].notna()
        grown.loc[known, name] = 10 * 2 ** (YEAR[known] - 2000)
        shrunk.loc[known, name] = 10 * 2 ** (2026 - YEAR[known])
    assert found("CEPA-157", exercises=grown)[0].observed == pytest.approx(100)
    assert verdict("CEPA-157", exercises=grown) == "holds"
    assert found("CEPA-157", exercises=shrunk)[0].observed == pytest.approx(-50)
    assert verdict("CEPA-157", exercises=shrunk) == "fails"


def sized(per_year, scope="china_and_russia"):
    """Exercises of which each year has so many, with a hundred ships in the first year."""
    frame = made(EXERCISES, per_year).assign(forces_scope=scope)
    ships = 100 * 2 ** (frame["year"] - frame["year"].min())
    return frame.assign(ships_total=ships, personnel_total=pd.NA, aircraft_total=pd.NA)


@pytest.mark.parametrize(
    ("per_year", "judged"),
    [({2014: 4, 2015: 3, 2016: 3}, "holds"), ({2014: 4, 2015: 3, 2016: 2}, "not_in_data"),
     ({2014: 5, 2015: 5}, "not_in_data")],
)  # fmt: skip
def test_size_trend_needs_ten_events_and_three_years(per_year, judged):
    finding, found_so = found("CEPA-157", exercises=sized(per_year))
    assert found_so.verdict == judged
    assert finding.note.startswith("only") == (judged == "not_in_data")
    # No number of people is stated, so that reading says nothing.
    assert all(math.isnan(reading.observed) for reading in finding.readings)


@pytest.mark.parametrize(
    ("scope", "judged"),
    [("part", "holds"), ("all_participants", "not_in_data"), ("whole_exercise", "not_in_data")],
)
def test_size_trend_leaves_out_the_forces_of_others(scope, judged):
    frame = sized({2014: 4, 2015: 4, 2016: 4}, scope)
    assert verdict("CEPA-157", exercises=frame) == judged


def test_items_found_can_fail():
    assert verdict("CEPA-165") == "holds"
    south = EXERCISES.assign(regions=EXERCISES["regions"].str.replace("arctic", "sea_of_japan"))
    finding, judged = found("CEPA-165", exercises=south)
    assert (finding.observed, judged.verdict) == (2, "fails")
    assert "Arctic in none" in finding.note


def test_partners_must_have_taken_part():
    assert verdict("DIP-094") == "holds"
    without = EXERCISES[EXERCISES["series"] != "Mosi"]
    assert verdict("DIP-094", exercises=without) == "fails"


def test_partners_are_third_states_whatever_events_a_run_counts():
    for rule in ("bilateral", "core_military", "no_patrols"):
        assert verdict("DIP-094", {"counting_rule": rule}) == "holds"
    # Where the claim says nothing of partners, the run's rule counts.
    assert found("CEPA-165", {"counting_rule": "no_patrols"})[0].observed < 3


def test_both_topics_are_needed():
    assert verdict("DIP-084") == "holds"
    words = EXERCISES["activities"].str.replace("mine", "", regex=False)
    assert verdict("DIP-084", exercises=EXERCISES.assign(activities=words)) == "fails"


def test_variety_can_hold_and_fail():
    near = EXERCISES.assign(regions=EXERCISES["regions"].where(YEAR < 2014, "sea_of_japan"))
    assert verdict("CEPA-089", exercises=near) == "fails"
    before = EXERCISES.assign(regions=EXERCISES["regions"].where(YEAR >= 2014, "sea_of_japan"))
    assert verdict("CEPA-089", exercises=before) == "holds"


def test_variety_is_expected_among_equally_many_events():
    frame = made(EXERCISES, {2010: 2, 2014: 4})
    frame["regions"] = ["arctic", "sea_of_japan", "arctic", "arctic", "sea_of_japan", "china"]
    finding, _ = found("CEPA-089", exercises=frame)
    assert finding.observed == 3 / 2
    # Of six pairs of the four events one names one region and five name two.
    assert finding.readings[0].observed == pytest.approx((1 / 6 + 2 * 5 / 6) / 2)


def test_record_year_can_fail():
    assert verdict("DIP-082") == "holds"
    assert verdict("DIP-082", exercises=EXERCISES[YEAR != 2024]) == "fails"
    later = made(EXERCISES, {2024: 5, 2025: 9})
    finding, judged = found("DIP-082", exercises=later)
    assert (judged.verdict, finding.note, finding.readings) == ("holds", "5 events", ())


def test_a_record_that_is_shared_is_no_record_alone():
    tie = made(EXERCISES, {2018: 2, 2019: 5, 2024: 5})
    finding, judged = found("DIP-082", exercises=tie)
    assert finding.note == "5 events in 2019, 2024 alike, next 2 in 2018"
    assert [(r.reason, r.words, r.observed) for r in finding.readings] == [
        ("some_definitions_only", "2024, level with 2019", 2024)
    ]
    assert set(finding.rows["exercises"]) == set(tie.index[tie["year"] != 2018])
    assert judged.verdict == "holds_in_part"
    first = LEDGER["DIP-082"]._replace(expected=2019)
    assert decide(first, Tables({"exercises": tie}), choose())[1].verdict == "holds_in_part"
    higher = made(EXERCISES, {2019: 6, 2024: 5})
    assert verdict("DIP-082", exercises=higher) == "fails"


@pytest.mark.parametrize(("claim_id", "name"), [("DIP-033", "H-6K"), ("DIP-034", "Tu-95MS")])
def test_forces_named_reads_the_number(claim_id, name):
    assert verdict(claim_id) == "holds"
    three = EXERCISES["forces"].str.replace(f"2 {name}", f"3 {name}")
    finding, judged = found(claim_id, exercises=EXERCISES.assign(forces=three))
    assert (finding.observed, judged.verdict) == (3, "fails")
    silent = EXERCISES["forces"].str.replace(f"2 {name}", name)
    assert verdict(claim_id, exercises=EXERCISES.assign(forces=silent)) == "not_in_data"


# --- several series ----------------------------------------------------------------------------


def test_older_share_can_fail():
    assert verdict("CEPA-002") == "holds"
    names = ("exercises", "meetings", "consultations")
    new = {name: tables.load(name).query("year >= 2021") for name in names}
    assert found("CEPA-002", **new)[0].observed == 0
    assert verdict("CEPA-002", **new) == "fails"


def test_yearly_trend_follows_the_years():
    assert verdict("CEPA-259") == "fails"
    rising = {year: 100.0 + 5 * (year - 1992) for year in range(1992, 2025)}
    finding, judged = found("CEPA-259", arms_tiv=tiv(rising))
    assert finding.observed == pytest.approx(5)
    assert judged.verdict == "holds"
    falling = {year: 1000.0 - 5 * (year - 1992) for year in range(1992, 2025)}
    assert verdict("CEPA-259", arms_tiv=tiv(falling)) == "fails"


def test_yearly_trend_adds_exercises_and_meetings():
    drills = made(EXERCISES, {2003: 1} | {year: year - 2013 for year in range(2014, 2022)})
    talks = made(MEETINGS, dict.fromkeys(range(2014, 2022), 2))
    ids = [f"M{i}" for i in range(len(talks))]
    talks = talks.assign(meeting_id=ids, trip_id=ids, rank="minister", format="in_person")
    alone = tables.load("consultations").iloc[:0]
    changed = {"exercises": drills, "meetings": talks, "consultations": alone}
    finding, _ = found("DIP-035", **changed)
    assert finding.observed == pytest.approx(1)
    assert finding.note == "3 in 2014, 10 in 2021"
    backwards = made(EXERCISES, {2003: 1} | {year: 2022 - year for year in range(2014, 2022)})
    assert verdict("DIP-035", **changed | {"exercises": backwards}) == "fails"


GROWING = {2012: 1, 2016: 2, 2021: 3, 2022: 14, 2023: 15, 2024: 16}


def grown(tiv_mn=None):
    """Frames in which every series rises each year, most of all in 2022."""
    amounts = {year: float(number) for year, number in GROWING.items()}
    return {
        "exercises": made(EXERCISES, {2003: 1, **GROWING}),
        "meetings": made(MEETINGS, GROWING),
        "arms_tiv": tiv(tiv_mn or amounts),
    }


def test_one_fall_is_a_fall():
    assert verdict("DIP-096") == "fails"
    assert verdict("DIP-096", **grown()) == "holds"
    fell = grown(GROWING | {2023: 13.0})
    finding, judged = found("DIP-096", **fell)
    assert finding.observed == pytest.approx(100 * 8 / 9)
    assert judged.verdict == "fails"
    assert "arms deliveries in 2023" in finding.note


@pytest.mark.parametrize("claim_id", ["CEPA-102", "CEPA-242"])
def test_eras_moved_follows_the_means(claim_id):
    frames = grown()
    assert found(claim_id, **frames)[0].observed == 100
    assert verdict(claim_id, **frames) == "holds"
    falling = {year: 9 if year < 2014 else 5 if year < 2022 else 4 for year in range(2003, 2026)}
    down = {"exercises": made(EXERCISES, falling), "meetings": made(MEETINGS, falling)}
    assert verdict(claim_id, arms_tiv=TIV, **down) == "fails"


def test_falling_faster_amplifies_a_fall_but_is_no_growth():
    falling = {2012: 20.0, 2016: 18.0, 2022: 2.0, 2023: 2.0, 2024: 2.0}
    frames = grown(falling)
    assert found("CEPA-102", **frames)[0].observed == 100
    finding, _ = found("CEPA-242", **frames)
    assert finding.note == "2 of 3; not arms deliveries"


def test_one_break_is_that_of_the_change_point():
    data = Tables()
    counts = EXERCISES[JOINT]["year"].value_counts()
    counts = counts.reindex(range(YEAR.min(), YEAR.max() + 1), fill_value=0)
    finding, _ = decide(LEDGER["CEPA-043"], data, choose())
    assert finding.observed == stats.change_point(counts, rounds=1).year
    assert finding.low <= finding.observed <= finding.high


def test_break_years_can_hold_and_fail():
    sharp = {year: 1 if year < 2014 else 9 for year in range(2003, 2026)}
    assert verdict("CEPA-043", exercises=made(EXERCISES, sharp)) == "holds"
    late = {year: 1 if year < 2020 else 9 for year in range(2003, 2026)}
    finding, judged = found("CEPA-043", exercises=made(EXERCISES, late))
    assert (finding.observed, judged.verdict) == (2020, "fails")


def test_two_breaks_are_held_against_the_cut_offs():
    steps = {y: 1 if y < 2014 else 8 if y < 2022 else 20 for y in range(2003, 2026)}
    frame = made(EXERCISES, steps)
    finding, judged = found("CEPA-003", exercises=frame)
    assert (finding.observed, judged.verdict) == (0, "holds")
    other = {"cutoff_1": "2010-01-01"}
    assert found("CEPA-003", other, exercises=frame)[0].observed == 4
    assert verdict("CEPA-003", other, exercises=frame) == "fails"


# --- claims that the checks of any table answer ------------------------------------------------


@pytest.mark.parametrize(
    ("claim_id", "series"),
    [("DIP-027", "Mosi"), ("DIP-028", "Maritime Security Belt"), ("DIP-080", "Mosi"),
     ("DIP-029", "Joint Sea / Maritime Interaction"), ("DIP-032", "Joint air patrol"),
     ("DIP-030", "Joint Sea / Maritime Interaction"), ("DIP-088", "Joint air patrol"),
     ("CEPA-237", "Joint Sea / Maritime Interaction"), ("DIP-089", "Joint air patrol")],
)  # fmt: skip
def test_an_event_that_did_not_happen_is_missed(claim_id, series):
    assert verdict(claim_id) == "holds"
    first, last = LEDGER[claim_id].years
    assert verdict(claim_id, exercises=EXERCISES[EXERCISES["series"] != series]) == "fails"
    gone = EXERCISES[(EXERCISES["series"] != series) | ~YEAR.between(first, last)]
    assert verdict(claim_id, exercises=gone) != "holds"


def test_an_event_without_both_forces_is_none():
    alone = EXERCISES.assign(both_took_part="no")
    for claim_id in ("CEPA-236", "CEPA-237", "DIP-028", "DIP-085", "DIP-086", "DIP-087"):
        assert verdict(claim_id) == "holds"
        assert verdict(claim_id, exercises=alone) == "fails"


def test_zapad_interaction_2021_is_not_zapad():
    hosted = EXERCISES[EXERCISES["name"].str.startswith("Zapad/Interaction 2021")]
    assert hosted["location"].str.contains("Ningxia").tolist() == [True]
    assert found("CEPA-160")[0].observed == 0
    renamed = EXERCISES.copy()
    series = "Russian strategic exercise (Vostok/Tsentr/Kavkaz/Zapad/Ocean)"
    renamed.loc[hosted.index, ["name", "series"]] = ["Zapad 2021", series]
    assert found("CEPA-160", exercises=renamed)[0].observed == pytest.approx(1 / 17)


@pytest.mark.parametrize("claim_id", ["CEPA-159", "CEPA-160", "CEPA-161", "CEPA-236b"])
def test_a_series_held_every_year_would_be_yearly(claim_id):
    assert verdict(claim_id) == "fails"
    where = LEDGER[claim_id].check_args["where"]
    name = {"CEPA-160": "Zapad 20", "CEPA-161": "Joint Sea"}.get(claim_id, "Vostok")
    every = made(EXERCISES, dict.fromkeys(range(2009, 2026), 1)).assign(
        name=name, series=where["series"], both_took_part="yes"
    )
    assert verdict(claim_id, exercises=every) == "holds"
    gap = every[every["year"] != 2015]
    assert verdict(claim_id, exercises=gap) == "fails"


@pytest.mark.parametrize("claim_id", ["DIP-031", "DIP-077", "DIP-078"])
def test_one_edition_in_three_years_is_not_regular(claim_id):
    assert verdict(claim_id) == "holds"
    where = LEDGER[claim_id].check_args["where"]
    own = EXERCISES[(EXERCISES["series"] == where["series"]) & YEAR.isin([2019, 2024])]
    assert verdict(claim_id, exercises=own) == "fails"
    # DIP-031 speaks of ten years, the others of three, of which one edition makes a third.
    loose = "fails" if claim_id == "DIP-031" else "holds"
    assert verdict(claim_id, {"reading": "loose"}, exercises=own) == loose


def test_northern_interaction_before_2022_would_be_seen():
    finding, judged = found("DIP-078b")
    assert (finding.observed, judged.reason) == (0, "some_definitions_only")
    assert [r.reason for r in finding.readings] == ["some_definitions_only"]
    early = EXERCISES.copy()
    own = early["series"] == "Northern/Interaction"
    early.loc[own, "date_start"] = "2020-07-20"
    assert found("DIP-078b", exercises=early)[0].observed == own.sum()
    none = EXERCISES[~EXERCISES["series"].str.contains("Interaction")]
    assert verdict("DIP-078b", exercises=none) == "fails"


def test_drills_with_iran_count_by_year():
    assert verdict("DIP-079") == "holds"
    gone = EXERCISES[(EXERCISES["series"] != "Maritime Security Belt") | (YEAR != 2023)]
    assert verdict("DIP-079", exercises=gone) == "fails"


def test_grades_of_evidence_are_not_filtered_before_they_are_counted():
    transfers = tables.load("transfers_to_russia")
    usual, strict = (found("CEPA-004", {"min_grade": grade})[0] for grade in ("C", "A"))
    assert usual.observed == strict.observed < 100
    assert verdict("CEPA-004") == "holds"
    best = transfers.assign(evidence_grade="A")
    assert verdict("CEPA-004", transfers_to_russia=best) == "fails"


# --- edges -------------------------------------------------------------------------------------


def test_the_first_day_of_an_era_belongs_to_it_and_only_to_it():
    frame = made(EXERCISES, {2003: 1, 2020: 1, 2022: 1})
    frame["date_start"] = ["2003-06-01", "2022-02-23", "2022-02-24"]
    finding, _ = found("CEPA-156", exercises=frame)
    assert finding.note.startswith("1 in 2022-02-24")
    assert ", 1 in 2014-03-18 to 2022-02-23" in finding.note


def test_years_compared_do_not_overlap():
    finding, _ = found("CEPA-101", {"cutoff_2": "2021-01-01"})
    assert finding.note.endswith("in 2019 to 2020")


@pytest.mark.parametrize("claim_id", ["DIP-008", "DIP-068"])
def test_what_is_linked_to_the_war_is_left_out(claim_id):
    frame = made(EXERCISES, {2003: 1, 2019: 20, 2023: 60, 2025: 1}).assign(partner_iso3=pd.NA)
    quiet = {"exercises": frame, "meetings": MEETINGS.iloc[:0]}
    quiet["consultations"] = tables.load("consultations").iloc[:0]
    assert found(claim_id, **quiet)[0].observed == 3
    assert verdict(claim_id, **quiet) == "holds"
    late = frame["year"] == 2023
    baltic = frame.assign(regions=frame["regions"].mask(late, "mediterranean_baltic"))
    assert found(claim_id, **quiet | {"exercises": baltic})[0].observed == 0
    assert verdict(claim_id, **quiet | {"exercises": baltic}) == "fails"
    iranian = frame.assign(partner_iso3=pd.Series("IRN", frame.index).where(late))
    assert verdict(claim_id, **quiet | {"exercises": iranian}) == "holds_in_part"


def test_forces_of_two_digits_are_read_whole():
    twelve = EXERCISES["forces"].str.replace("2 H-6K", "12 H-6K")
    assert found("DIP-033", exercises=EXERCISES.assign(forces=twelve))[0].observed == 12


def test_formats_no_longer_in_use_do_not_count():
    old = {name: tables.load(name).query("year < 2020") for name in ("meetings", "consultations")}
    mixed = made(EXERCISES, {2005: 1, 2010: 1, 2023: 1})
    mixed["series"] = ["ended", "kept", "kept"]
    finding, _ = found("CEPA-002", exercises=mixed, **old)
    assert (finding.observed, finding.note) == (100, "1 of 1 formats in use")


LEVELS = {"steady": (1, 3, 5), "slower": (1, 4, 5), "faster": (1, 2, 5), "turned": (5, 4, 9)}


@pytest.mark.parametrize(
    ("how", "as_ratio", "moved"),
    [("rose", False, {"steady", "slower", "faster", "turned"}),
     ("rose_most", False, {"faster", "turned"}),
     ("amplified", False, {"faster"}),
     ("amplified", True, {"faster"}),
     ("rose_most", True, {"faster", "turned"})],
)  # fmt: skip
def test_moves_between_eras(how, as_ratio, moved):
    for name, levels in LEVELS.items():
        years = {y: levels[(y >= 2014) + (y >= 2022)] for y in range(2003, 2026)}
        frames = {"exercises": made(EXERCISES, years), "meetings": made(MEETINGS, years)}
        claim = LEDGER["CEPA-102"]._replace(check_args={"how": how, "as_ratio": as_ratio})
        finding, _ = decide(claim, Tables(frames | {"arms_tiv": tiv(years)}), choose())
        assert finding.observed == (100 if name in moved else 0), name


def test_differences_and_ratios_need_not_agree():
    years = {y: (1, 3, 6)[(y >= 2014) + (y >= 2022)] for y in range(2003, 2026)}
    frames = {"exercises": made(EXERCISES, years), "meetings": made(MEETINGS, years)}
    finding, judged = found("CEPA-102", arms_tiv=tiv(years), **frames)
    assert (finding.observed, finding.readings[0].observed) == (100, 0)
    assert judged.reason == "some_definitions_only"


def test_only_core_meetings_are_a_series_of_their_own():
    frames = grown()
    frames["meetings"] = frames["meetings"].assign(is_core=False)
    finding, _ = found("CEPA-242", **frames)
    assert finding.note == "2 of 3; not meetings"


def test_a_series_of_arms_rests_on_one_row_a_year():
    data = Tables()
    finding, _ = decide(ledger()["DIP-096"], data, choose())
    assert data["arms_tiv"].loc[finding.rows["arms_tiv"], "year"].is_unique
