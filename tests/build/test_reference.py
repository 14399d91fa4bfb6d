"""Countries and sources."""

import pandas as pd
import pytest

from helpers import tables
from helpers.build import reference


@pytest.fixture(scope="module")
def countries():
    return tables.load("countries").set_index("iso3")


def test_the_soviet_union_is_not_russia(countries):
    assert countries.loc["SUN", "is_historic"]
    assert not countries.loc["RUS", "is_historic"]
    assert countries.loc["SUN", "successor_iso3"] == "RUS"


def test_only_historic_states_have_successors(countries):
    assert not countries.loc[countries["successor_iso3"].notna(), "kind"].ne("historic").any()


def test_iso_has_all_its_states_and_territories(countries):
    alpha3 = countries[countries["source_id"] == "iso-3166"]
    kinds = alpha3["kind"].value_counts()
    # The members of the United Nations, their two observer states, and the 54 territories.
    assert kinds["state"] == 193 + 2
    assert kinds["territory"] == 54
    assert {"AND", "ATA", "PSE", "SSD", "VAT", "ZWE"} <= set(alpha3.index)


def test_our_own_codes_cannot_be_taken_for_iso_codes(countries):
    iso = countries["source_id"].isin(["iso-3166", "iso-3166-3"])
    ours = countries.index[~iso | countries["kind"].isin(["body", "group", "unspecified"])]
    assert len(ours) > 100
    # Bodies keep their own abbreviations; none of three letters is a code of ISO 3166.
    assert set(ours[ours.str.len() <= 3]) == {"EU", "UN", "SCO", "WLD"}


def test_parties_that_are_no_countries_are_marked(countries):
    assert countries.loc["NATO", "kind"] == "body"
    assert countries.loc["HEZBOLLAH", "kind"] == "group"
    assert countries.loc["UNKSUPPLIER", "kind"] == "unspecified"
    assert countries.loc["KOSOVO", "kind"] == "territory"


def test_every_former_code_is_historic(countries):
    former = countries[countries["source_id"] == "iso-3166-3"]
    assert {"CSK", "DDR", "SCG", "YMD", "YUG"} <= set(former.index)
    assert former["is_historic"].all()
    gone = ["SUN", "BIAFRA", "KATANGA", "VIETNAMSOUTH", "YEMENNORTH", "ZANZIBAR"]
    assert countries.loc[gone, "is_historic"].all()


def test_only_one_state_can_continue_another(countries):
    successors = countries["successor_iso3"].dropna()
    assert successors["DDR"] == "DEU"
    assert not set(successors.index) & {"CSK", "YUG", "ANT", "BELLUX"}
    assert not countries.loc[successors, "is_historic"].any()


def test_the_same_number_means_different_countries_to_different_sources():
    numbers = tables.load("country_codes").set_index(["scheme", "code"])["iso3"]
    assert numbers["m49", "344"] == "HKG"
    assert numbers["gacc", "344"] == "RUS"


def test_m49_is_iso_but_for_known_departures(countries):
    numbers = tables.load("country_codes").query("scheme == 'm49'").set_index("code")["iso3"]
    current = countries[countries["source_id"] == "iso-3166"]
    named = set(current.index[current["kind"].isin(["state", "territory"])])
    # UN Comtrade counts Monaco with France and uses its number for something else.
    assert named - set(numbers) == {"MCO"}


def test_countries_marks_states_that_are_gone():
    raw = pd.DataFrame({"kind": ["historic", "state"]})
    assert reference.countries(raw)["is_historic"].tolist() == ["true", "false"]


def test_both_articles_are_sources():
    sources = tables.load("sources")
    articles = sources[sources["kind"] == "article"]
    assert articles["source_id"].tolist() == ["cepa-2025", "diplomat-2025"]


def test_one_address_is_one_page():
    sources = tables.load("sources")
    pages = sources[sources["kind"] == "page"]
    assert len(pages) > 100
    assert not pages["url"].duplicated().any()


def test_every_source_is_cited():
    cited = set()
    for name in tables.names():
        frame = tables.load(name)
        for column in {"source_id", "source_id_2"} & set(frame):
            if name != "sources":
                cited |= set(frame[column].dropna())
    assert set(tables.load("sources")["source_id"]) == cited
