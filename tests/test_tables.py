import json

import pandas as pd
import pytest

from helpers import at_hand, schema, tables
from helpers.importers import folder
from helpers.paths import FOLDER


def test_each_load_gives_a_fresh_frame():
    first = tables.load("alliance_rubric")
    first.iloc[:, 0] = "spoiled"
    assert (tables.load("alliance_rubric").iloc[:, 0] != "spoiled").all()


def test_unknown_table_is_refused_with_the_names_there_are():
    with pytest.raises(KeyError, match="arms_deals"):
        tables.load("arms_deal")


def test_a_broken_file_is_refused_with_every_offender(tmp_path, monkeypatch):
    text = tables.read("alliance_rubric")
    path = tmp_path / schema.resource("alliance_rubric")["path"]
    path.parent.mkdir()
    text.to_csv(path, index=False)
    monkeypatch.setattr(tables, "DATA", tmp_path)
    assert len(tables.load("alliance_rubric")) == len(text)
    text.iloc[[2, 5], 0] = ""
    text.to_csv(path, index=False)
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


def volumes(*rows, release="2027-03"):
    frame = pd.DataFrame(rows, columns=["supplier", "recipient", "year", "tiv_mn"])
    return frame.assign(
        scope="pair", release=release, basis="register_sum", is_below_half=False,
        export_date="2027-04-01", source_id="sipri-2025-03",
    )  # fmt: skip


def put(where, name="sipri-2027-03", frame=None, **about):
    rows = volumes(("RUS", "IND", 2026, 12.5)) if frame is None else frame
    told = {"kind": "sipri", "release": "2027-03", "files": []} | about
    return folder.put(where, name, {"arms_tiv": rows}, told)


def test_without_a_folder_there_are_only_the_own_rows():
    assert at_hand.folder() is None
    assert at_hand.sets() == {}
    assert tables.read("arms_tiv").equals(
        schema.read_text(tables.DATA / schema.resource("arms_tiv")["path"])
    )


def test_rows_of_a_folder_stand_beside_the_own_ones(tmp_path, monkeypatch):
    put(tmp_path)
    own = tables.load("arms_tiv")
    both = tables.load("arms_tiv", tmp_path)
    assert len(both) == len(own) + 1
    assert both.iloc[-1][["supplier", "recipient", "year", "tiv_mn"]].tolist() == [
        "RUS", "IND", 2026, 12.5,
    ]  # fmt: skip
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert tables.load("arms_tiv").equals(both)


def test_a_release_can_be_asked_for_once_its_deals_are_held(tmp_path):
    put(tmp_path)
    assert at_hand.imported_releases(tmp_path) == []
    deals = tables.load("arms_deals").head(1).assign(release="2027-03")
    told = {"kind": "sipri", "release": "2027-03", "files": []}
    folder.put(tmp_path, "sipri-2027-03", {"arms_deals": deals}, told)
    assert at_hand.releases(tmp_path) == ["2025-03", "2026-03", "2027-03"]
    assert at_hand.imported_releases(tmp_path) == ["2027-03"]


def test_an_imported_row_with_the_same_key_takes_the_place_of_the_own_one(tmp_path):
    own = tables.load("arms_tiv")
    row = own[(own["release"] == "2025-03") & (own["basis"] == "register_sum")].head(1)
    put(tmp_path, frame=row.assign(tiv_mn=1.25))
    both = tables.load("arms_tiv", tmp_path)
    assert len(both) == len(own)
    assert both.iloc[-1]["tiv_mn"] == 1.25


def test_a_set_can_stand_in_for_all_rows_of_a_release(tmp_path):
    put(tmp_path, in_place_of={"arms_tiv": [{"release": "2025-03"}]})
    both = tables.load("arms_tiv", tmp_path)
    assert "2025-03" not in set(both["release"])
    assert "2024-03" in set(both["release"])
    assert len(tables.own("arms_tiv")) == len(tables.load("arms_tiv"))


def test_two_sets_may_hold_the_same_row_but_not_contradict_each_other(tmp_path):
    put(tmp_path)
    put(tmp_path, name="other")
    assert len(tables.load("arms_tiv", tmp_path)) == len(tables.load("arms_tiv")) + 1
    put(tmp_path, name="other", frame=volumes(("RUS", "IND", 2026, 99.0)))
    with pytest.raises(ValueError, match="remove the older set"):
        tables.load("arms_tiv", tmp_path)


def test_a_broken_row_of_a_set_is_named_with_its_file(tmp_path):
    path = put(tmp_path) / "arms_tiv.csv"
    path.write_text(path.read_text().replace("12.5", "many"))
    with pytest.raises(
        ValueError, match=r"sipri-2027-03/arms_tiv.csv, row 2, tiv_mn: found 'many'"
    ):
        tables.load("arms_tiv", tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_broken_description_of_a_set_is_named(tmp_path, text):
    (put(tmp_path) / "import.json").write_text(text)
    with pytest.raises(ValueError, match="import the set again"):
        at_hand.sets(tmp_path)


def test_a_folder_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setenv(FOLDER, "/no/such/folder")
    with pytest.raises(ValueError, match="no folder"):
        tables.load("arms_tiv")


def test_hidden_and_foreign_folders_are_passed_over(tmp_path):
    (tmp_path / ".sipri-half").mkdir()
    (tmp_path / ".sipri-half" / "import.json").write_text(json.dumps({"kind": "sipri"}))
    (tmp_path / "downloads").mkdir()
    assert at_hand.sets(tmp_path) == {}
