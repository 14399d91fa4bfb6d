"""Conditions on rows, periods of partial dates, least confidence and grade."""

import pandas as pd
import pytest

from helpers.checks import select as module
from helpers.choices import choose
from helpers.claims import Tables

TOYS = pd.DataFrame(
    {
        "toy": ["ball", "car", "kite", "doll"],
        "year": pd.array([2019, 2020, None, 2022], dtype="Int64"),
        "topics": ["a;b", "b", "ab", None],
        "is_red": pd.array([True, False, None, True], dtype="boolean"),
        "weight_kg": [1.5, float("nan"), 0.0, 3.0],
        "date": ["2022-02-23", "2022-02", "2022", "2021-12-31"],
    }
)


def kept(**where):
    return module.select(TOYS, where)["toy"].tolist()


@pytest.mark.parametrize(
    ("where", "toys"),
    [
        ({"toy": "car"}, ["car"]),
        ({"toy": ["car", "doll", "train"]}, ["car", "doll"]),
        ({"year": 2020}, ["car"]),
        ({"is_red": True}, ["ball", "doll"]),
        ({"is_red": False}, ["car"]),
        ({"year": {"from": 2020}}, ["car", "doll"]),
        ({"year": {"to": 2020}}, ["ball", "car"]),
        ({"year": {"from": 2020, "to": 2021}}, ["car"]),
        ({"weight_kg": {"from": 0}}, ["ball", "kite", "doll"]),
        ({"toy": {"matches": "^k|ll$"}}, ["ball", "kite", "doll"]),
        ({"topics": {"has": "b"}}, ["ball", "car"]),
        ({"topics": {"has": "a"}}, ["ball"]),
        ({"weight_kg": {"known": True}}, ["ball", "kite", "doll"]),
        ({"topics": {"known": False}}, ["doll"]),
        ({"toy": {"not": "car"}}, ["ball", "kite", "doll"]),
        ({"toy": {"not": ["car", "kite"]}}, ["ball", "doll"]),
        ({"topics": {"not": {"has": "b"}}}, ["kite"]),
        ({"year": {"not": {"from": 2020}}}, ["ball"]),
        ({"is_red": True, "year": {"from": 2020}}, ["doll"]),
        ({}, ["ball", "car", "kite", "doll"]),
    ],
)
def test_each_condition_keeps_its_rows_and_no_missing_cells(where, toys):
    assert kept(**where) == toys


@pytest.mark.parametrize(
    ("condition", "toys"),
    [
        ({"to": "2022-02-22"}, ["car", "kite", "doll"]),
        ({"to": "2021"}, ["doll"]),
        ({"to": "2022"}, ["ball", "car", "kite", "doll"]),
        ({"from": "2022-02-24"}, ["car", "kite"]),
        ({"from": "2022"}, ["ball", "car", "kite"]),
        ({"from": "2022-03"}, ["kite"]),
    ],
)
def test_partial_dates_are_compared_only_as_far_as_both_are_known(condition, toys):
    assert kept(date=condition) == toys


def test_columns_that_are_not_there_are_all_named():
    with pytest.raises(ValueError, match="no column weight, colour; there are toy, year"):
        kept(weight=1, colour="red", year=2019)


def test_a_condition_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="no condition 'like'; use from, to, matches"):
        kept(toy={"like": "car"})


def test_the_rows_keep_their_labels():
    assert module.select(TOYS, {"toy": "kite"}).index.tolist() == [2]


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        ("2022-02-23", False),
        ("2022-02-24", True),
        ("2022-02", True),
        ("2022-01", False),
        ("2022", True),
        ("2021", False),
        ("2023-06-30", True),
        ("2023-06", True),
        ("2023-07-01", False),
        ("2023-07", False),
        ("2023", True),
        ("2024", False),
        (None, False),
        ("unknown", False),
    ],
)
def test_a_partial_date_counts_if_it_may_lie_in_the_period(claim_of, day, inside):
    claim = claim_of(period_start="2022-02-24", period_end="2023-06")
    rows = pd.DataFrame({"date": pd.Series([day], dtype="str")})
    assert bool(len(module.during(rows, claim))) == inside


@pytest.mark.parametrize(("year", "inside"), [(2021, False), (2022, True), (2024, False)])
def test_years_count_in_a_period_of_days(claim_of, year, inside):
    claim = claim_of(period_start="2022-02-24", period_end="2023-06")
    rows = pd.DataFrame({"year": pd.array([year], dtype="Int64")})
    assert bool(len(module.during(rows, claim))) == inside


def test_a_period_may_be_compared_with_another_column(claim_of):
    rows = pd.DataFrame({"date": ["2010"], "order_year": [2020]})
    assert len(module.during(rows, claim_of(), "order_year")) == 1
    assert len(module.during(rows, claim_of())) == 0


def test_a_table_without_dates_or_years_is_refused():
    with pytest.raises(ValueError, match="no column of dates or years among toy"):
        module.time_column(pd.DataFrame({"toy": ["ball"]}))


def test_only_rows_of_the_confidence_and_grade_asked_for_are_sure():
    frame = pd.DataFrame(
        {"confidence": ["low", "medium", "high"], "evidence_grade": ["A", "C", "B"]}
    )
    data = Tables({"toys": frame})
    assert len(module.sure(data, "toys", choose())) == 3
    assert module.sure(data, "toys", choose(min_confidence="medium")).index.tolist() == [1, 2]
    assert module.sure(data, "toys", choose(min_grade="B")).index.tolist() == [0, 2]


def test_a_table_without_confidence_or_grade_is_taken_whole():
    data = Tables({"toys": TOYS})
    assert len(module.sure(data, "toys", choose(min_confidence="high", min_grade="A"))) == 4


def test_an_item_of_a_list_is_found_only_whole():
    cells = pd.Series(["CEPA-001;CEPA-002b", "CEPA-002", None])
    assert module.has(cells, "CEPA-002").tolist() == [False, True, False]
