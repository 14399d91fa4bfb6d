"""The common way of every table: corrections, sources, order, text."""

import pandas as pd
import pytest

from helpers import build, schema
from helpers.build import cleaning, corrections, sources

RAW = pd.DataFrame({"toy_id": ["a", "b"], "year": ["2014", "2015"]})


def correct(**changes):
    entry = {"file": "raw/toys.csv", "row": "toy_id=b", "column": "year", "expect": "2015"}
    return corrections.apply(RAW, "raw/toys.csv", [entry | changes])


def test_a_correction_changes_its_cell_only():
    assert correct(becomes="2016")["year"].tolist() == ["2014", "2016"]
    assert RAW["year"].tolist() == ["2014", "2015"]


def test_a_correction_can_drop_its_row():
    assert correct(drop=True)["toy_id"].tolist() == ["a"]


def test_a_known_oddity_is_kept():
    assert correct(kept=True).equals(RAW)


def test_the_build_stops_when_upstream_was_repaired():
    with pytest.raises(ValueError, match=r"found '2015', expected '1999'(?s:.*)repaired"):
        correct(expect="1999", becomes="2016")


def test_what_does_not_fit_is_named_by_its_number_in_the_file():
    fits = {"file": "raw/toys.csv", "row": "toy_id=a", "column": "year", "expect": "2014"}
    other = {"file": "raw/other.csv", "row": "toy_id=a", "column": "year", "expect": "none"}
    entries = [fits | {"kept": True}, other | {"kept": True}, fits | {"expect": "", "becomes": "1"}]
    with pytest.raises(ValueError, match=r"entry 3 \(raw/toys.csv, toy_id=a, year\)") as told:
        corrections.apply(RAW, "raw/toys.csv", entries)
    assert "entry 1" not in str(told.value)
    assert "entry 2" not in str(told.value)


def test_an_entry_that_upstream_has_made_needless_is_told_to_go():
    with pytest.raises(ValueError, match="entry 1 .*'2015' as corrected.*this entry can go"):
        correct(expect="1999", becomes="2015")
    with pytest.raises(ValueError, match="entry 1 .*dropped the row too, this entry can go"):
        correct(row="toy_id=z", drop=True)


def test_a_correction_must_find_exactly_one_row():
    with pytest.raises(ValueError, match="selects 0 rows"):
        correct(row="toy_id=z", becomes="2016")


def test_a_correction_has_one_outcome():
    with pytest.raises(ValueError, match="exactly one"):
        correct(becomes="2016", drop=True)


def test_all_corrections_that_do_not_fit_are_named():
    entry = {
        "file": "raw/toys.csv",
        "row": "toy_id=z",
        "column": "year",
        "expect": "",
        "drop": True,
    }
    with pytest.raises(ValueError, match=r"(?s)toy_id=z.*toy_id=y"):
        corrections.apply(RAW, "raw/toys.csv", [entry, entry | {"row": "toy_id=y"}])


def test_a_correction_of_an_unknown_column_names_those_there_are():
    with pytest.raises(ValueError, match="no such column; there are toy_id, year"):
        correct(column="size", becomes="1")
    with pytest.raises(ValueError, match="selects 0 rows"):
        correct(row="size=1", becomes="1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {table: toys", "not valid YAML"),
        ("- {table: toys}", "entry 1: lacks file, row"),
        (
            "- {table: t, file: raw/no.csv, row: a=1, column: a, expect: b, reason: c, found: d}",
            "entry 1: lacks reported_by",
        ),
        (
            "- {table: t, file: raw/no.csv, row: a=1, column: a, expect: b, reason: c, found: d,"
            " reported_by: e}",
            "entry 1: there is no file data/raw/no.csv",
        ),
    ],
)
def test_corrections_that_cannot_be_applied_are_named(monkeypatch, tmp_path, text, said):
    (tmp_path / "corrections.yml").write_text(text)
    monkeypatch.setattr(corrections, "DATA", tmp_path)
    with pytest.raises(ValueError, match=said):
        corrections.read()


def test_a_lost_raw_column_is_named_with_its_file(monkeypatch):
    honest = build.read_raw
    lost = {"exercises/exercises": ["date_start"]}
    monkeypatch.setattr(
        build, "read_raw", lambda name, d: honest(name, d).drop(columns=lost.get(name, []))
    )
    with pytest.raises(ValueError, match=r"data/raw/exercises/exercises.csv(?s:.*)date_start"):
        build.clean_tables()


def cite(*urls, **parts):
    return pd.DataFrame({"source_url": urls, "source_publisher": "P", "source_title": "T"} | parts)


def test_a_page_cited_twice_is_one_source():
    pages = sources.page_table(sources.cited(cite("https://a.org/1", "https://a.org/1")))
    assert len(pages) == 1


def test_second_sources_are_collected_too():
    raw = cite("https://a.org/1", source_url_2="https://b.org/2", source_publisher_2="Q")
    assert sources.page_table(sources.cited(raw))["publisher"].tolist() == ["P", "Q"]


def test_the_commonest_description_of_a_page_wins():
    raw = cite(
        "https://a.org/1", "https://a.org/1", "https://a.org/1", source_title=["x", "y", "y"]
    )
    assert sources.page_table(sources.cited(raw))["title"].tolist() == ["y"]


def test_addresses_become_ids():
    raw = cite("https://a.org/1", "").assign(source_id=["", "sipri"])
    clean = sources.with_ids(raw, {"https://a.org/1": "a-org-1"})
    assert list(clean.columns) == ["source_id"]
    assert clean["source_id"].tolist() == ["a-org-1", "sipri"]


@pytest.fixture
def toys(monkeypatch):
    field = {"name": "toy_id", "type": "string"}, {"name": "year", "type": "integer"}
    toy = {"path": "clean/toys.csv", "schema": {"fields": field, "primaryKey": ["toy_id"]}}
    monkeypatch.setattr(schema, "resources", lambda: {"toys": toy})


def test_rows_and_columns_are_put_in_order(toys):
    frame = pd.DataFrame({"year": [2015.0, 2014.0], "toy_id": ["b", "a"]})
    text = build.conform(frame, "toys")
    assert text.to_csv(index=False) == "toy_id,year\na,2014\nb,2015\n"


def test_columns_beside_the_schema_are_refused(toys):
    with pytest.raises(ValueError, match=r"lacks the columns \['year'\] and has \['size'\]"):
        build.conform(pd.DataFrame({"toy_id": ["a"], "size": [1]}), "toys")


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (True, "boolean", "true"),
        (pd.NA, "boolean", ""),
        ("0.10", "number", "0.1"),
        (1e6, "number", "1000000"),
        (3.0, "integer", "3"),
        ("many", "integer", "many"),
        ("007", "string", "007"),
    ],
)
def test_cells_are_written_one_way(cell, kind, text):
    assert build.as_text(pd.Series([cell]), kind).tolist() == [text]


def test_a_violation_leaves_everything_as_it_was(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "DATA", tmp_path)
    broken = build.clean_tables()
    broken["claims"].loc[0, "paragraph"] = "first"
    monkeypatch.setattr(build, "clean_tables", lambda: broken)
    with pytest.raises(ValueError, match="clean/claims.csv, row 2, paragraph: found 'first'"):
        build.write()
    assert list(tmp_path.iterdir()) == []


def test_two_builds_give_the_same_bytes(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "DATA", tmp_path)
    assert len(build.write()) == len(schema.resources()) + 1
    assert build.write() == []


def test_yes_no_refuses_other_words():
    with pytest.raises(ValueError, match="maybe"):
        cleaning.yes_no(pd.Series(["yes", "maybe"]))
