"""What figures read, found in the code of notebooks; which corrections touched them."""

import json

import pytest

from helpers import schema
from helpers.build import corrections, drawn


@pytest.fixture
def notebook(tmp_path):
    def write(*cells):
        path = tmp_path / "00_toys.ipynb"
        made = [
            {"cell_type": "code", "metadata": {"tags": tags}, "source": source.splitlines(True)}
            for source, *tags in cells
        ]
        path.write_text(json.dumps({"cells": made}))
        return drawn.of_notebook(path)

    return write


def test_a_figure_reads_what_its_names_were_made_of(notebook):
    (figure,) = notebook(
        ['toys = tables.load("toys")\nballs = tables.load("balls")'],
        ['sizes = toys[toys["is_red"]].groupby("age")["size_cm"].sum()'],
        ["bars(ax, sizes)", "figure"],
    )
    assert figure.notebook == "00"
    assert "toys" in figure.tables
    assert "balls" not in figure.tables
    assert {"is_red", "age", "size_cm"} <= figure.words


def test_a_column_set_afterwards_counts_and_a_table_shown_does_not(notebook):
    (figure,) = notebook(
        ['toys = tables.load("toys")'],
        ['toys["big"] = toys["size_cm"] > 9'],
        ['prose.show_table(toys, "Toys", {"maker": "Maker"})'],
        ["bars(ax, toys.big)", "figure"],
    )
    assert {"big", "size_cm"} <= figure.words
    assert "maker" not in figure.words


def test_what_a_name_held_before_does_not_count(notebook):
    first, second = notebook(
        ['fig = tables.load("toys")["age"]\nbars(fig)', "figure"],
        ['fig = tables.load("balls")["size_cm"]\nbars(fig)', "figure"],
    )
    assert ("toys" in first.tables, "balls" in first.tables) == (True, False)
    assert ("toys" in second.tables, "balls" in second.tables) == (False, True)
    assert "age" not in second.words


def test_whoever_loads_every_table_reads_every_table(notebook):
    (figure,) = notebook(
        ["frames = {name: tables.load(name) for name in tables.names()}"],
        ["bars(ax, frames)", "figure"],
    )
    assert set(schema.resources()) <= figure.tables


def test_the_functions_of_the_package_are_followed(notebook):
    (figure,) = notebook(
        ['rows = evidence.first_editions(tables.load("exercises"))'], ["dots(rows)", "figure"]
    )
    assert {"series", "date_start"} <= figure.words
    # A constant that such a function uses, in another module.
    (figure,) = notebook(["x = dialogue.bearing(y)\ndots(x)", "figure"])
    assert "claim_ids" in figure.words


def test_every_notebook_has_figures_that_read_tables():
    figures = drawn.figures()
    assert {figure.notebook for figure in figures} == {f"0{n}" for n in range(8)}
    known = set(schema.resources())
    of_tables = {f"0{n}": set() for n in range(8)}
    for figure in figures:
        of_tables[figure.notebook] |= figure.tables & known
    assert all(of_tables.values())
    assert "trade_annual" in of_tables["02"]
    assert "trade_annual" not in of_tables["03"]


ENTRY = {"table": "toys", "column": "age", "expect": "3", "reason": "r", "reported_by": "us"}
FIGURE = drawn.Drawn("02", frozenset({"toys"}), frozenset({"age", "note"}))


def touched(*entries):
    return corrections.in_figures([ENTRY | entry for entry in entries], [FIGURE])


def test_a_changed_cell_that_a_figure_reads_is_listed():
    row = touched({"becomes": "4"}).loc[0]
    assert row.to_dict() == {
        "table": "toys",
        "columns": "age",
        "cells": 1,
        "change": "3 → 4",
        "reason": "r",
        "reported_by": "us",
        "notebooks": "02",
        "figures": 1,
    }


@pytest.mark.parametrize(
    "entry",
    [
        {"kept": True},
        {"becomes": "4", "table": "balls"},
        {"becomes": "4", "column": "source_url"},
        {"becomes": "4", "column": "note"},
    ],
)
def test_what_no_figure_reads_is_not_listed(entry):
    assert touched(entry).empty


def test_a_source_that_comes_or_goes_is_read_and_a_mended_address_is_not():
    figure = FIGURE._replace(words=frozenset({"source_id_2", "source_id", ""}))
    gone = ENTRY | {"column": "source_url_2", "expect": "https://a.org", "becomes": ""}
    mended = gone | {"becomes": "https://b.org"}
    name = gone | {"column": "source_publisher_2"}
    assert len(corrections.in_figures([gone, mended, name], [figure])) == 1
    assert corrections.in_figures([gone], [FIGURE]).empty


def test_a_dropped_row_touches_every_figure_of_its_table():
    assert touched({"drop": True, "column": "anything"})["change"].tolist() == ["3 → row left out"]


def test_cells_mended_for_one_reason_are_one_row():
    listed = touched(
        {"becomes": "4"}, {"becomes": "", "expect": "5"}, {"becomes": "4", "reason": "q"}
    )
    assert listed["cells"].tolist() == [2, 1]
    assert listed["change"].tolist() == ["", "3 → 4"]
    assert touched({"becomes": "x" * 90})["change"].tolist() == ["3 → " + "x" * 40 + " ..."]
    assert touched({"becomes": "", "expect": ""})["change"].tolist() == ["missing → missing"]


def test_known_answers_of_the_package():
    listed = corrections.in_figures(corrections.read(), drawn.figures())
    pairs = {(r.table, column) for r in listed.itertuples() for column in r.columns.split(", ")}
    # The weights of minerals are drawn in notebook 02, Mi-171 deliveries in 01.
    assert {("trade_monthly", "net_kg"), ("weapon_service_entry", "china_first_year")} <= pairs
    assert {c for _, c in pairs if c.startswith("source_")} == {"source_url_2"}
    weights = listed[listed["columns"] == "net_kg"]
    assert set(weights["notebooks"]) == {"02"}
