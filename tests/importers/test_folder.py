import json

import pandas as pd
import pytest

from helpers import tables
from helpers.importers import folder

ABOUT = {"kind": "sipri", "release": "2027-03", "files": []}


def rows(tiv_mn=1.0):
    return tables.load("arms_tiv").head(3).assign(release="2027-03", tiv_mn=tiv_mn)


def everything(where):
    return {p.relative_to(where): p.read_bytes() for p in where.rglob("*") if p.is_file()}


def test_a_set_is_tables_and_a_description(tmp_path):
    made = folder.put(tmp_path / "new", "sipri-2027-03", {"arms_tiv": rows()}, ABOUT)
    assert sorted(p.name for p in made.iterdir()) == ["arms_tiv.csv", "import.json"]
    assert json.loads((made / "import.json").read_text()) == ABOUT
    assert len(pd.read_csv(made / "arms_tiv.csv")) == 3


def test_the_same_content_makes_the_same_files(tmp_path):
    for name in ("a", "b"):
        folder.put(tmp_path / name, "sipri-2027-03", {"arms_tiv": rows().iloc[::-1]}, ABOUT)
    assert everything(tmp_path / "a") == everything(tmp_path / "b")


def test_a_newer_set_takes_the_place_of_the_older_one_and_leaves_nothing_behind(tmp_path):
    folder.put(
        tmp_path,
        "sipri-2027-03",
        {"arms_tiv": rows(), "countries": tables.load("countries").head(1)},
        ABOUT,
    )
    folder.put(tmp_path, "sipri-2027-03", {"arms_tiv": rows(tiv_mn=2.0)}, ABOUT)
    assert {str(p) for p in everything(tmp_path)} == {
        "sipri-2027-03/arms_tiv.csv", "sipri-2027-03/import.json",
    }  # fmt: skip
    assert pd.read_csv(tmp_path / "sipri-2027-03" / "arms_tiv.csv")["tiv_mn"].tolist() == [2.0] * 3


def test_what_breaks_the_schema_is_refused_and_the_older_set_stays(tmp_path):
    folder.put(tmp_path, "sipri-2027-03", {"arms_tiv": rows()}, ABOUT)
    before = everything(tmp_path)
    with pytest.raises(ValueError, match="tiv_mn: found '-1'"):
        folder.put(tmp_path, "sipri-2027-03", {"arms_tiv": rows(tiv_mn=-1.0)}, ABOUT)
    assert everything(tmp_path) == before


def test_a_failure_while_writing_leaves_the_older_set(tmp_path, monkeypatch):
    folder.put(tmp_path, "sipri-2027-03", {"arms_tiv": rows()}, ABOUT)
    before = everything(tmp_path)

    def full(*_):
        raise OSError("no space left on the disk")

    monkeypatch.setattr(folder, "write_about", full)
    with pytest.raises(OSError, match="no space"):
        folder.put(tmp_path, "sipri-2027-03", {"arms_tiv": rows(tiv_mn=2.0)}, ABOUT)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "Upper", "", "a b"])
def test_names_of_sets_stay_inside_the_folder(tmp_path, name):
    with pytest.raises(ValueError, match="cannot name a set"):
        folder.put(tmp_path / "data", name, {"arms_tiv": rows()}, ABOUT)
    assert everything(tmp_path) == {}
