"""Names and numbers of other sources, read as countries."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import tables
from helpers.importers import codes

FILE = Path("export.csv")


def column(*cells):
    return pd.Series(
        cells, index=pd.Index(range(13, 13 + len(cells)), name="line"), name="Supplier"
    )


@pytest.mark.parametrize("scheme", ["sipri", "m49", "gacc"])
def test_every_code_means_a_row_of_countries(scheme):
    pairs = codes.known(scheme)
    assert len(pairs) > 200
    assert set(pairs.values()) <= set(tables.read("countries")["iso3"])
    assert codes.to_iso3(column(*pairs), scheme, FILE).tolist() == list(pairs.values())


@pytest.mark.parametrize(
    "scheme, code, iso3",
    [
        ("m49", "4", "AFG"),
        ("m49", "156", "CHN"),
        ("m49", "344", "HKG"),
        ("gacc", "344", "RUS"),
        ("gacc", "110", "HKG"),
        ("gacc", "116", "JPN"),
        ("gacc", "502", "USA"),
        ("m49", "116", "KHM"),
        ("m49", "643", "RUS"),
        ("m49", "810", "SUN"),
        ("m49", "278", "DDR"),
        ("m49", "280", "DEU"),
        ("m49", "490", "TWN"),
        ("m49", "842", "USA"),
        ("m49", "840", "USA"),
        ("m49", "699", "IND"),
        ("m49", "757", "CHE"),
        ("m49", "251", "FRA"),
        ("m49", "381", "ITA"),
        ("m49", "579", "NOR"),
        ("m49", "58", "BELLUX"),
        ("m49", "891", "SCG"),
        ("m49", "890", "YUG"),
        ("m49", "0", "WLD"),
        ("m49", "899", "AREASNES"),
        ("sipri", "Soviet Union", "SUN"),
        ("sipri", "Turkey", "TUR"),
        ("sipri", "Turkiye", "TUR"),
        ("sipri", "Viet Nam", "VNM"),
        ("sipri", "South Vietnam", "VIETNAMSOUTH"),
        ("sipri", "Congo", "COG"),
        ("sipri", "DR Congo", "COD"),
        ("sipri", "North Korea", "PRK"),
        ("sipri", "NATO**", "NATO"),
        ("sipri", "LTTE (Sri Lanka)*", "LTTELKA"),
        ("sipri", "unknown supplier(s)", "UNKSUPPLIER"),
    ],
)
def test_known_answers(scheme, code, iso3):
    assert codes.known(scheme)[code] == iso3


def test_numbers_are_written_one_way():
    for scheme in ("m49", "gacc"):
        assert all(code == str(int(code)) for code in codes.known(scheme))


def test_blanks_and_leading_zeros_do_not_matter():
    assert codes.to_iso3(column("Brunei ", " China"), "sipri", FILE).tolist() == ["BRN", "CHN"]
    assert codes.to_iso3(column("008", "000", " 36"), "m49", FILE).tolist() == ["ALB", "WLD", "AUS"]


def test_the_lines_of_the_file_stay_with_their_countries():
    assert codes.to_iso3(column("China", "Russia"), "sipri", FILE).to_dict() == {
        13: "CHN",
        14: "RUS",
    }


def test_every_unknown_code_is_named_with_its_line_and_column():
    with pytest.raises(ValueError) as refused:
        codes.to_iso3(column("China", "Atlantis", "", "=1+1"), "sipri", FILE)
    told = str(refused.value)
    assert told.startswith("3 problems")
    for line, found in ((14, "'Atlantis'"), (15, "''"), (16, "'=1+1'")):
        assert f"export.csv, row {line}, Supplier: found {found}" in told
    assert "row 13" not in told


def test_a_number_of_one_scheme_is_none_of_another():
    with pytest.raises(ValueError, match="643.*Chinese customs"):
        codes.to_iso3(column("344", "643"), "gacc", FILE)


def test_no_rows_are_no_countries():
    assert codes.to_iso3(column(), "m49", FILE).empty


def test_an_unknown_scheme_is_answered_with_those_there_are():
    with pytest.raises(
        ValueError, match="'fips' is no scheme of codes; there are sipri, m49, gacc"
    ):
        codes.known("fips")


def test_what_one_caller_does_to_the_codes_does_not_reach_another():
    codes.known("gacc").clear()
    assert codes.known("gacc")["344"] == "RUS"
