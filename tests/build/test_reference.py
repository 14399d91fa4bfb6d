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


def test_codes_that_are_no_countries_are_marked(countries):
    short_or_long = countries.index.str.len() != 3
    assert (countries.loc[short_or_long, "kind"] == "body").all()


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
