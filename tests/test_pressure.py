import pandas as pd
import pytest

from helpers import pressure, tables
from helpers.choices import choose

LISTED = pd.DataFrame(
    [
        ("2023-06-23", 2023, "EU", 11, 3, 0, 3, 0, "planned", True, "DIP-054"),
        ("2024-05-01", 2024, "USA", None, 20, None, None, 20, "exact", True, "DIP-049"),
        ("2024-05-01", 2024, "USA", None, 31, None, None, 31, "exact", False, "DIP-049"),
        ("2024-06-24", 2024, "EU", 14, 19, None, None, 19, "exact", True, None),
        ("2024-06-24", 2024, "EU", 14, 1, 1, 0, 0, "exact", True, "DIP-054"),
    ],
    columns=["date", "year", "authority", "eu_package", "n_entities", "n_mainland", "n_hong_kong",
             "n_unseparated", "count_kind", "is_additive", "claim_ids"],
).astype(
    dict.fromkeys(["eu_package", "n_entities", "n_mainland", "n_hong_kong"], "Int64")
    | {"n_unseparated": "Int64", "is_additive": "boolean"}
)  # fmt: skip


def act(date, bloc="ukraine", group="appeal", precision="day", confidence="high"):
    return {"outreach_id": date, "date": date, "year": int(date[:4]), "bloc": bloc,
            "type_group": group, "date_precision": precision, "confidence": confidence}  # fmt: skip


ACTS = pd.DataFrame(
    [
        act("2022-03-01"),
        act("2022-03", "united_states", "threat_or_warning", "month"),
        act("2022-04-01", "united_states", "threat_or_warning"),
        act("2023", "nato", "threat_or_warning", "year", "low"),
    ]
)


def test_years_are_clipped_to_those_searched():
    assert pressure.years_covered(choose()) == [2022, 2023, 2024]
    assert pressure.years_covered(choose(end_year=2010)) == []


def test_shown_keeps_years_and_confidence():
    assert len(pressure.shown(ACTS, choose(end_year=2022))) == 3
    assert len(pressure.shown(ACTS, choose(min_confidence="medium"))) == 3


def test_quarters_begin_with_that_of_the_cutoff():
    assert pressure.quarters(choose(end_year=2022, cutoff_2="2022-09-30"))[0] == "2022Q3"
    assert pressure.quarters(choose(end_year=2010)) == []


def test_acts_are_counted_by_quarter_and_empty_quarters_stay():
    wanted = ["2022Q1", "2022Q2", "2022Q3"]
    table = pressure.by_quarter(ACTS, "type_group", pressure.TYPES, wanted)
    assert table["appeals"].tolist() == [1, 0, 0]
    assert table["warnings and threats"].tolist() == [1, 1, 0]
    assert pressure.without_quarter(ACTS) == 1


def test_actors_are_ordered_by_their_acts():
    assert list(pressure.by_actor(ACTS).index)[0] == "United States"


def test_only_an_act_of_a_known_day_is_first():
    first = pressure.first_acts(ACTS, "2022-02-24").set_index("bloc")
    assert first["days"].to_dict() == {"ukraine": 5, "united_states": 36}


def test_only_additive_rows_are_summed():
    assert pressure.counted(LISTED, "chn_hkg")["n_counted"].sum() == 3 + 20 + 19 + 1


def test_the_mainland_rule_leaves_out_only_those_known_to_be_in_hong_kong():
    assert pressure.counted(LISTED, "chn")["n_counted"].tolist() == [0, 20, 19, 1]


def test_rows_of_one_round_are_added_up():
    made = pressure.rounds(pressure.counted(LISTED, "chn_hkg"))
    assert made[["authority", "n_counted"]].to_numpy().tolist() == [
        ["EU", 3],
        ["USA", 20],
        ["EU", 20],
    ]


def test_cumulative_listings_never_fall():
    table = pressure.cumulative(pressure.counted(LISTED, "chn_hkg"))
    assert table.iloc[-1].to_dict() == {"United States": 20, "European Union": 23}
    assert (table.diff().dropna() >= 0).all().all()


def test_seats_of_the_real_table_add_up_to_what_is_counted():
    listed = pressure.counted(tables.load("sanctions"), "chn_hkg")
    by_seat = pressure.by_seat(listed, "chn_hkg")
    assert by_seat.to_numpy().sum() == listed["n_counted"].sum() > 200
    mainland = pressure.counted(tables.load("sanctions"), "chn")
    assert pressure.by_seat(mainland, "chn").to_numpy().sum() == mainland["n_counted"].sum()


def test_a_package_without_listings_is_missing_not_zero():
    found = pressure.packages(LISTED, "chn_hkg").set_index("eu_package")
    assert found.index.tolist() == [11, 12, 13, 14]
    assert pd.isna(found.at[12, "n_counted"])
    assert found.at[14, "n_counted"] == 20


def test_the_articles_packages_are_read_from_the_ledger():
    stated = pressure.stated_packages(tables.load("claims")).set_index("eu_package")
    assert stated.index[stated["is_named"]].tolist() == [11, 13, 14, 15, 16]
    assert stated.at[12, "n_stated"] == 0
    assert stated.at[16, "n_stated"] == 25
    assert pd.isna(stated.at[14, "n_stated"])


@pytest.mark.parametrize(
    ("package", "outcome"),
    [
        (11, "named, and listings counted"),
        (12, "left out, and none counted"),
        (17, "not in the article, none counted"),
        (18, "not in the article, listings counted"),
    ],
)
def test_packages_are_compared_one_by_one(package, outcome):
    rows = pressure.packages_compared(tables.load("sanctions"), tables.load("claims"), "chn_hkg")
    assert rows.set_index("eu_package").at[package, "outcome"] == outcome


def test_kinds_of_numbers_of_packages_are_in_words():
    rows = pressure.packages_compared(tables.load("sanctions"), tables.load("claims"), "chn_hkg")
    words = rows.set_index("eu_package")["certainty"]
    assert words[14] == "as counted"
    assert words[16] == "planned before adoption"
    assert pd.isna(words[12])


def test_every_number_that_may_be_summed_is_of_a_kind_with_words():
    sanctions = tables.load("sanctions")
    assert set(sanctions.loc[sanctions["is_additive"], "count_kind"]) <= set(pressure.CERTAINTY)


def test_second_counts_are_set_beside_the_summed_one():
    rows = pressure.second_counts(tables.load("sanctions")).set_index("date")
    assert rows.loc["2024-05-01", ["n_summed", "n_other"]].tolist() == [20, 31]
    assert "2024-10-17" not in rows.index


def test_numbers_of_the_article_stand_beside_the_record():
    rows = pressure.recorded(tables.load("sanctions"), tables.load("claims"), "chn_hkg")
    found = rows.set_index("claim_id")["n_recorded"]
    assert found["DIP-053"] == 2
    assert found["DIP-055"] == 0
    assert found["DIP-056"] == 26
    assert found["DIP-057"] == 16
    assert found["DIP-058"] == 3


def test_kinds_of_numbers_add_up_to_what_is_counted():
    listed = pressure.counted(tables.load("sanctions"), "chn_hkg")
    assert pressure.by_certainty(listed).to_numpy().sum() == listed["n_counted"].sum()
