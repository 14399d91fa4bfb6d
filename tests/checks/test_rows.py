"""Checks for any table: on a frame of a few rows, and on a real claim with altered data."""

import math

import pandas as pd
import pytest

from helpers import scorecard
from helpers.checks import rows
from helpers.choices import choose
from helpers.claims import CHECKS, Reading, Tables, ledger

EVENTS = pd.DataFrame(
    {
        "date_start": ["2018-05-04", "2019-07", "2020", "2020-12-31", "2022-02-01"],
        "year": pd.array([2018, 2019, 2020, 2020, 2022], dtype="Int64"),
        "kind": ["naval", "air_patrol", "naval", "ground", "naval"],
        "regions": ["Baltic", "Pacific;Japan;Arctic", None, "Pacific", "Arctic"],
        "ships_total": [2.0, float("nan"), 4.0, float("nan"), 12.0],
        "has_live_fire": pd.array([True, True, False, None, True], dtype="boolean"),
        "confidence": ["high", "high", "low", "high", "medium"],
    },
    index=[7, 3, 9, 1, 4],
)


@pytest.fixture
def measure(claim_of):
    """Run a check on the events for a claim about 2019 to 2021, or another period."""

    def run(check, period=("2019", "2021"), chosen=None, events=EVENTS, operator="=", **arguments):
        claim = claim_of(period_start=period[0], period_end=period[1], operator=operator)
        data = Tables({"exercises": events})
        return CHECKS[check](data, chosen or choose(), claim, table="exercises", **arguments)

    return run


def used(finding):
    return sorted(finding.rows["exercises"])


def test_rows_counted_counts_the_rows_of_the_period(measure):
    found = measure("rows_counted")
    assert (found.observed, found.unit, used(found)) == (3, "things", [1, 3, 9])


def test_rows_counted_counts_what_meets_the_conditions(measure):
    found = measure("rows_counted", where={"kind": "naval"})
    assert (found.observed, used(found)) == (1, [9])


def test_rows_counted_offers_all_years_of_what_happened_once(measure):
    found = measure("rows_counted", where={"kind": "naval"}, one_off=True)
    assert found.readings == (Reading("other_period", "counting all years, 2018 to 2022", 3),)


@pytest.mark.parametrize("operator", ["exists", "=", ">=", "<="])
def test_rows_counted_does_not_take_other_events_for_the_same(measure, operator):
    assert measure("rows_counted", where={"kind": "naval"}, operator=operator).readings == ()


def test_rows_counted_refuses_different_values_of_what_happened_once(measure):
    with pytest.raises(ValueError, match="no different year to count"):
        measure("rows_counted", distinct="year", one_off=True)


def test_only_single_events_are_read_in_all_years():
    single = {i: claim.check_args for i, claim in ledger().items() if "one_off" in claim.check_args}
    assert "DIP-069" in single
    for claim_id, arguments in single.items():
        assert not {"distinct", "any_time"} & set(arguments), claim_id
        where = arguments.get("where") or arguments["part"]
        # Editions of series, patrols and meetings come again.
        assert not {"series", "kind", "mechanism"} & set(where) or arguments["table"] not in (
            "exercises", "meetings", "consultations",
        ), claim_id  # fmt: skip


def test_rows_counted_does_not_take_weak_evidence_for_none(measure):
    sea, strict = {"kind": "naval"}, choose(min_confidence="medium")
    assert math.isnan(measure("rows_counted", where=sea, chosen=strict).observed)
    assert measure("rows_counted", where=sea, chosen=strict, any_time=True).observed == 2
    assert measure("rows_counted", where={"kind": "space"}, chosen=strict).observed == 0


def test_rows_counted_offers_no_other_period_where_there_is_none(measure):
    assert measure("rows_counted", ("2018", "2022"), one_off=True).readings == ()
    naval = {"kind": "naval"}
    assert measure("rows_counted", where=naval, any_time=True, one_off=True).readings == ()


def test_rows_counted_says_when_rows_of_other_years_were_found_only(measure):
    found = measure("rows_counted", ("2024", "2025"), where={"kind": "ground"})
    assert (found.observed, found.note, used(found)) == (0, "found 2020 only", [1])


def test_rows_counted_does_without_years_that_are_not_known(measure):
    undated = EVENTS.assign(date_start=pd.Series([None] * 5, index=EVENTS.index, dtype="str"))
    found = measure("rows_counted", events=undated, one_off=True)
    assert (found.observed, found.note) == (0, "found without a date only")
    assert found.readings[0].words == "counting all years, without a date"


def test_rows_counted_finds_nothing_as_zero_not_as_missing(measure):
    found = measure("rows_counted", where={"kind": "space"})
    assert (found.observed, found.n_rows, found.note) == (0, 0, "")


def test_rows_counted_counts_the_items_of_lists_once(measure):
    assert measure("rows_counted", distinct="regions").observed == 3
    assert measure("rows_counted", distinct="regions", any_time=True).observed == 4


def test_rows_counted_compares_the_column_of_dates_that_is_named(measure):
    assert measure("rows_counted", ("2020-12", "2020-12")).observed == 2
    assert measure("rows_counted", ("2020-12", "2020-12"), column="year").observed == 2
    assert measure("rows_counted", ("2019-08", "2019-12")).observed == 0
    assert measure("rows_counted", ("2019-08", "2019-12"), column="year").observed == 1


def test_rows_counted_offers_narrower_definitions(measure):
    found = measure("rows_counted", narrower={"at sea": {"kind": "naval"}})
    assert found.readings[0] == Reading("some_definitions_only", "at sea", 1)


def test_rows_counted_leaves_out_what_a_run_does_not_trust(measure):
    assert measure("rows_counted", chosen=choose(min_confidence="medium")).observed == 2


def test_rows_share_gives_per_cent_with_the_exact_interval(measure):
    found = measure("rows_share", part={"kind": "naval"}, any_time=True)
    assert found.observed == pytest.approx(60)
    # Clopper and Pearson, 3 of 5.
    assert (found.low, found.high) == pytest.approx((14.66, 94.73), abs=0.01)
    assert (found.unit, found.note, found.n_rows) == ("%", "3 of 5 rows", 5)


def test_rows_share_is_of_the_rows_asked_for_in_the_period(measure):
    found = measure("rows_share", of={"kind": ["naval", "ground"]}, part={"kind": "naval"})
    assert (found.observed, used(found)) == (50, [1, 9])


def test_rows_share_of_no_rows_is_missing(measure):
    found = measure("rows_share", part={"kind": "naval"}, of={"kind": "space"})
    assert math.isnan(found.observed)
    assert found.note == "no such row in exercises"


def test_rows_share_can_take_rows_of_any_confidence(measure):
    part, strict = {"confidence": "high"}, choose(min_confidence="high")
    assert measure("rows_share", part=part, chosen=strict).observed == 100
    found = measure("rows_share", part=part, chosen=strict, all_rows=True)
    assert found.observed == pytest.approx(200 / 3)


@pytest.mark.parametrize(
    ("pick", "observed"),
    [("first", 2), ("last", 12), ("min", 2), ("max", 12), ("sum", 18), ("mean", 6), ("median", 4)],
)
def test_cell_makes_one_number_of_several(measure, pick, observed):
    found = measure("cell", column="ships_total", pick=pick)
    assert (found.observed, used(found)) == (observed, [4, 7, 9])


@pytest.mark.parametrize("pick", rows.PICKS)
def test_cell_does_not_depend_on_the_order_of_rows(measure, pick):
    turned = measure("cell", column="ships_total", pick=pick, events=EVENTS[::-1])
    assert turned.observed == measure("cell", column="ships_total", pick=pick).observed


@pytest.mark.parametrize(("column", "year"), [("year", 2018), ("date_start", 2018)])
def test_cell_reads_the_year_of_a_date(measure, column, year):
    assert measure("cell", column=column, pick="min").observed == year


def test_cell_reads_the_period_only_if_asked(measure):
    assert measure("cell", column="ships_total", pick="sum", any_time=False).observed == 4


def test_cell_divides(measure):
    assert measure("cell", column="ships_total", pick="sum", per=2).observed == 9


def test_cell_without_a_number_is_missing(measure):
    found = measure("cell", column="ships_total", where={"kind": "ground"})
    assert math.isnan(found.observed)
    assert found.note == "no ships_total in exercises for this"


def test_cell_refuses_a_pick_that_there_is_not(measure):
    with pytest.raises(ValueError, match="pick 'best': use one of first, last, min"):
        measure("cell", column="ships_total", pick="best")


def test_years_with_names_the_years_without(measure):
    found = measure("years_with", ("2018", "2021"))
    assert (found.observed, found.note) == (0.75, "none in 2021")
    assert used(found) == [1, 3, 7, 9]


def test_years_with_writes_years_in_a_row_as_one_stretch(measure):
    found = measure("years_with", ("2018", "2027"), where={"kind": ["naval", "air_patrol"]})
    assert found.note == "none in 2021, 2023 to 2027"


def test_years_with_is_one_when_every_year_has_a_row(measure):
    found = measure("years_with", ("2018", "2020"))
    assert (found.observed, found.note) == (1, "every year")


def test_years_with_is_zero_when_none_has(measure):
    found = measure("years_with", ("2023", "2024"))
    assert (found.observed, found.note) == (0, "none in 2023, 2024")


def test_days_to_counts_from_the_first_whole_date(measure):
    found = measure("days_to", where={"kind": "naval"}, day="2018-05-14")
    assert (found.observed, found.unit, used(found)) == (10, "days", [7])


def test_days_to_is_negative_for_a_row_after_the_day(measure):
    assert measure("days_to", where={"kind": "ground"}, day="2020-12-30").observed == -1


def test_days_to_does_not_fill_up_a_partial_date(measure):
    found = measure("days_to", where={"kind": "air_patrol"}, day="2019-07-31")
    assert math.isnan(found.observed)
    assert found.note == "no whole date in exercises for this"


def test_days_to_does_not_take_the_second_row_for_the_first(measure):
    # The row of 2020 may lie before or after that of its last day.
    found = measure("days_to", where={"kind": ["naval", "ground"], "year": 2020}, day="2021-01-01")
    assert math.isnan(found.observed)


def without_patrols(frame):
    return frame[frame["kind"] != "air_patrol"]


def all_solid(frame):
    return frame.assign(evidence_grade="A")


def a_year_later(frame):
    return frame.assign(year=frame["year"] + 1)


def nothing_after_2023(frame):
    return frame[frame["year"] <= 2023]


def a_day_later(frame):
    return frame.assign(date=frame["date"].replace("2022-02-04", "2022-02-05"))


@pytest.mark.parametrize(
    ("check", "claim_id", "table", "altered"),
    [
        ("rows_counted", "DIP-032", "exercises", without_patrols),
        ("rows_share", "CEPA-004", "transfers_to_russia", all_solid),
        ("cell", "DIP-014", "agreements", a_year_later),
        ("years_with", "CEPA-210", "statements", nothing_after_2023),
        ("days_to", "DIP-040", "agreements", a_day_later),
    ],
)
def test_a_real_claim_holds_on_the_data_and_falls_with_them(check, claim_id, table, altered):
    claim, data = ledger()[claim_id], Tables()
    assert claim.check == check
    assert scorecard.decide(claim, data, choose())[1].verdict == "holds"
    changed = Tables({table: altered(data[table].copy())})
    assert scorecard.decide(claim, changed, choose())[1].verdict != "holds"
    restored = Tables({table: data[table]})
    assert scorecard.decide(claim, restored, choose())[1].verdict == "holds"


def test_every_generic_check_is_tried_on_a_real_claim():
    generic = {name for name, check in CHECKS.items() if check.__module__ == rows.__name__}
    marks = test_a_real_claim_holds_on_the_data_and_falls_with_them.pytestmark
    assert {case[0] for mark in marks for case in mark.args[1]} == generic
