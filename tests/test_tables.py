import pandas as pd
import pytest

from helpers import schema, tables


def test_each_load_gives_a_fresh_frame():
    first = tables.load("alliance_rubric")
    first.iloc[:, 0] = "spoiled"
    assert (tables.load("alliance_rubric").iloc[:, 0] != "spoiled").all()


def test_unknown_table_is_refused_with_the_names_there_are():
    with pytest.raises(KeyError, match="arms_deals"):
        tables.load("arms_deal")


def test_a_broken_file_is_refused_with_every_offender(monkeypatch):
    text = tables.read("alliance_rubric")
    text.iloc[[2, 5], 0] = ""
    monkeypatch.setattr(tables, "read", lambda name: text)
    with pytest.raises(ValueError, match=r"(?s)row 4,.*row 7,"):
        tables.load("alliance_rubric")


def test_describe_lists_the_columns_of_the_table():
    assert tables.describe("sources")["name"].tolist() == list(tables.load("sources").columns)


def test_check_reports_what_is_broken(monkeypatch):
    honest = tables.read
    broken = honest("claims").assign(source_id="nowhere")
    monkeypatch.setattr(tables, "read", lambda name: broken if name == "claims" else honest(name))
    found = tables.check()
    assert found
    assert {v.file for v in found} == {schema.resource("claims")["path"]}


def test_sources_of_finds_both_columns():
    ids = tables.load("sources")["source_id"].tolist()
    frame = pd.DataFrame({"source_id": ids[:1], "source_id_2": ids[4:5]})
    assert tables.sources_of(frame)["source_id"].tolist() == [ids[0], ids[4]]


def test_credit_names_the_most_cited_first():
    sources = tables.load("sources").drop_duplicates("publisher")
    often, seldom = sources["source_id"].iloc[:2]
    frame = pd.DataFrame({"source_id": [seldom, often, often]})
    assert tables.credit(frame) == "; ".join(sources["publisher"].iloc[:2])


def test_credit_counts_those_it_does_not_name():
    sources = tables.load("sources").drop_duplicates("publisher").iloc[:5]
    assert tables.credit(sources).endswith("and 2 more publishers")
