"""Every kind of violation is found, with file, row, column, what was found and what is allowed."""

import pandas as pd
import pytest

from helpers import schema

TOY = {
    "name": "toys",
    "path": "clean/toys.csv",
    "schema": {
        "fields": [
            {"name": "toy_id", "type": "string", "constraints": {"required": True}},
            {
                "name": "units",
                "type": "integer",
                "constraints": {"minimum": 0, "maximum": 9},
            },
            {"name": "length_m", "type": "number"},
            {"name": "is_new", "type": "boolean"},
            {"name": "kind", "type": "string", "constraints": {"enum": ["ball", "doll"]}},
            {"name": "date", "type": "string", "constraints": {"pattern": r"\d{4}"}},
            {
                "name": "friends",
                "type": "string",
                "items": {"separator": ";", "resource": "toys", "field": "toy_id"},
            },
        ],
        "primaryKey": ["toy_id"],
        "foreignKeys": [
            {"fields": ["friends"], "reference": {"resource": "", "fields": ["toy_id"]}}
        ],
    },
}
FINE = {
    "toy_id": "a",
    "units": "3",
    "length_m": "0.5",
    "is_new": "true",
    "kind": "ball",
    "date": "2014",
    "friends": "",
}


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    monkeypatch.setattr(schema, "resources", lambda: {"toys": TOY})


def table(*changes):
    return pd.DataFrame([FINE | {"toy_id": "abc"[i]} | change for i, change in enumerate(changes)])


def test_a_table_that_keeps_its_description_has_no_violations():
    assert schema.violations(table({}, {}), "toys") == []


@pytest.mark.parametrize(
    ("column", "cell", "allowed"),
    [
        ("toy_id", "", "a value in every row"),
        ("units", "3.5", "a whole number"),
        ("units", "-1", "at least 0"),
        ("units", "10", "at most 9"),
        ("length_m", "1,5", "a number"),
        ("is_new", "yes", "true or false"),
        ("kind", "car", "ball or doll"),
        ("date", "20145", r"text like \d{4}"),
    ],
)
def test_a_wrong_cell_is_reported_with_its_place(column, cell, allowed):
    found = schema.violations(table({}, {column: cell}), "toys")
    assert found == [schema.Violation("clean/toys.csv", 3, column, cell, allowed)]


@pytest.mark.parametrize("day", ["2014-02-31", "2014-13"])
def test_a_date_that_does_not_exist_is_reported(monkeypatch, day):
    toys = {"fields": [{"name": "date", "type": "string", "constraints": {"pattern": schema.DATE}}]}
    dated = {"toys": {"path": "clean/toys.csv", "schema": toys | {"primaryKey": ["date"]}}}
    monkeypatch.setattr(schema, "resources", lambda: dated)
    text = pd.DataFrame({"date": ["2014", "2014-02", "2014-02-28", day]})
    found = schema.violations(text, "toys")
    assert found == [schema.Violation("clean/toys.csv", 5, "date", day, "a date that exists")]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2,3\n", b"a\n\xff\n"])
def test_a_file_that_is_no_table_is_named(tmp_path, content):
    path = tmp_path / "toys.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"toys\.csv"):
        schema.read_text(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"toys\.csv cannot be read"):
        schema.read_text(tmp_path / "toys.csv")


def test_all_offenders_are_reported_at_once():
    found = schema.violations(table({"units": "x", "kind": "car"}, {"is_new": "no"}), "toys")
    assert [(v.row, v.column) for v in found] == [(2, "kind"), (2, "units"), (3, "is_new")]


def test_a_key_that_comes_twice_is_reported():
    (found,) = schema.violations(table({}, {"toy_id": "a"}), "toys")
    assert (found.row, found.column, found.found) == (3, "toy_id", "a")


def test_a_wrong_header_is_reported_before_anything_else():
    (found,) = schema.violations(table({}).drop(columns="kind"), "toys")
    assert (found.row, found.column) == (1, "(header)")


def test_empty_cells_are_missing_and_allowed_unless_required():
    assert schema.violations(table({"units": "", "kind": "", "is_new": ""}), "toys") == []


def test_pointers_to_nothing_are_reported():
    text = table({"friends": "b"}, {"friends": "z"})
    found = schema.dangling({"toys": text}, "toys")
    assert {(v.row, v.found) for v in found} == {(3, "z")}


def test_every_item_of_a_list_is_checked():
    text = table({"friends": "b;z"}, {})
    assert "z" in [v.found for v in schema.dangling({"toys": text}, "toys")]


def test_types_of_the_loaded_columns():
    typed = schema.to_types(table({}, {"units": "", "length_m": "", "is_new": ""}), "toys")
    assert [str(t) for t in typed.dtypes][:4] == ["str", "Int64", "float64", "boolean"]
    assert typed.loc[1, ["units", "length_m", "is_new"]].isna().all()


def test_an_unknown_table_names_those_that_are_there():
    with pytest.raises(KeyError, match="toys"):
        schema.resource("games")


def test_the_error_reads_well():
    violation = schema.Violation("clean/toys.csv", 3, "units", "10", "at most 9")
    with pytest.raises(ValueError, match=r"clean/toys.csv, row 3, units: found '10', allowed: at"):
        schema.complain([violation])
