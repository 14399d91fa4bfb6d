"""Codes in another revision: what is looked up, and that the rest is missing and says why."""

import pytest

from helpers import tables
from helpers.importers import hs

# The six codes with another number in HS 2017, and the two whose HS 2017 code is much wider.
MOVED = {
    "852589": "852580", "854149": "854140", "854151": "854150", "854159": "854150",
    "854800": "854890", "880730": "880330",
}  # fmt: skip


def test_the_list_in_hs_2017():
    found = hs.listed("HS2017")
    assert found.columns.tolist() == ["hs6", "code", "is_exact", "note"]
    assert len(found) == 50
    moved = found[found["hs6"] != found["code"]]
    assert dict(zip(moved["hs6"], moved["code"], strict=True)) == MOVED
    inexact = found.loc[~found["is_exact"], "hs6"]
    assert sorted(inexact) == sorted([*MOVED, "901380"])
    assert found["note"].notna().all()


def test_the_list_in_its_own_revision():
    found = hs.listed("HS2022")
    assert found["code"].tolist() == tables.load("hs_codes")["hs6"].tolist()
    assert found["is_exact"].all()


@pytest.mark.parametrize("revision", ["HS2012", "HS1992", "H6", "HS"])
def test_other_revisions_are_refused(revision):
    with pytest.raises(ValueError, match=f"codes of {revision} have not been looked up"):
        hs.listed(revision)
    with pytest.raises(ValueError, match="the same number may mean other goods"):
        hs.translate(["854231"], "HS2022", revision)


@pytest.mark.parametrize("code", ["880610", "880621", "880629", "880691", "880699"])
def test_drones_had_no_code_of_their_own(code):
    (row,) = hs.translate([code], "HS2022", "HS2017").to_dict("records")
    assert row["target_code"] != row["target_code"]
    assert row["is_exact"] is False
    assert row["note"] == hs.NO_FORERUNNER
    assert "missing, not zero" in row["note"]


def test_there_is_no_8806_to_translate_from():
    (row,) = hs.translate(["880621"], "HS2017", "HS2022").to_dict("records")
    assert row["target_code"] != row["target_code"]
    assert row["note"] == "There is no 8806 in HS 2017."


def test_a_code_that_was_not_looked_up_is_not_passed_on():
    found = hs.translate(["811292", "854231"], "HS2022", "HS2017")
    assert found["target_code"].isna().tolist() == [True, False]
    assert found["is_exact"].isna().tolist() == [True, False]
    assert found["note"].tolist() == [hs.NOT_HELD, hs.SAME]


def test_backwards_a_code_can_become_several():
    found = hs.translate(["854150", "854140", "848210"], "HS2017", "HS2022")
    assert found["target_code"].tolist() == ["854151", "854159", "854149", "848210"]
    assert found["is_exact"].tolist() == [False, False, False, True]
    assert found["note"].tolist() == [hs.PARTLY, hs.PARTLY, hs.PARTLY, hs.SAME]


def test_totals_and_the_same_revision_need_no_table():
    assert hs.translate(["TOTAL"], "HS2017", "HS2022")["target_code"].tolist() == ["TOTAL"]
    found = hs.translate(["880621", "811292"], "HS2022", "HS2022")
    assert found["target_code"].tolist() == ["880621", "811292"]
    assert found["is_exact"].all()


def test_no_codes_give_no_rows():
    assert hs.translate([], "HS2022", "HS2017").columns.tolist() == hs.COLUMNS
