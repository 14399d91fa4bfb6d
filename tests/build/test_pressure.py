import pandas as pd
import pytest

from helpers import tables
from helpers.build import pressure


@pytest.mark.parametrize(("name", "rows"), [("sanctions", 37), ("outreach", 28)])
def test_every_collected_row_is_there(name, rows):
    assert len(tables.load(name)) == rows


def test_seats_never_exceed_the_entities_listed():
    listed = tables.load("sanctions").dropna(subset="n_entities")
    assert len(listed) == 33
    assert (listed["n_unseparated"] >= 0).all()
    parts = listed[["n_mainland", "n_hong_kong", "n_unseparated"]].sum(axis=1)
    assert (parts == listed["n_entities"]).all()


def test_a_row_that_may_be_summed_has_a_number():
    frame = tables.load("sanctions")
    assert frame.loc[frame["is_additive"], "n_entities"].notna().all()
    assert not frame.loc[frame["count_kind"] == "not_stated", "is_additive"].any()


def test_packages_belong_to_the_european_union():
    frame = tables.load("sanctions")
    assert (frame["eu_package"].notna() == (frame["authority"] == "EU")).all()
    assert set(frame["eu_package"].dropna()) == {11, 12, 13, 14, 15, 16, 18, 19}


def test_every_type_of_act_has_its_group():
    assert tables.load("outreach")["type_group"].notna().all()


def test_unseparated_counts_what_no_source_placed():
    raw = pd.DataFrame(
        {"n_entities": ["20", "21", ""], "n_mainland": ["", "0", ""], "n_hong_kong": ["", "21", ""]}
    )
    assert pressure.unseparated(raw).tolist() == [20, 0, pd.NA]


def test_a_package_number_is_read_only_from_the_unions_measures():
    raw = pd.DataFrame(
        {
            "date": ["2024-06-24", "2024-06"],
            "authority": ["EU", "USA"],
            "measure": ["14th package (Annex IV)", "14th package of another kind"],
            "is_additive": ["yes", "no"],
            "n_entities": ["19", ""],
            "n_mainland": ["", ""],
            "n_hong_kong": ["", ""],
        }
    )
    clean = pressure.sanctions(raw)
    assert clean["eu_package"].tolist() == ["14", ""]
    assert clean["date_precision"].tolist() == ["day", "month"]
