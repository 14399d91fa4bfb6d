"""The claims and their conflicts: promised counts, consistency, and the cleaning steps."""

import pandas as pd
import pytest

from helpers import dates, tables
from helpers.build import claims as module

WORTH_A_VALUE = {"=", ">=", ">", "<=", "<", "~", "between", "exists"}
# The inventory had 289 and 102; eight statements turned out to be two.


@pytest.fixture(scope="module")
def ledger():
    return tables.load("claims")


@pytest.fixture(scope="module")
def conflicts():
    return tables.load("conflicts")


def test_every_claim_of_both_articles_is_there(ledger):
    assert ledger["source_id"].value_counts().to_dict() == {"cepa-2025": 294, "diplomat-2025": 105}


def test_a_split_claim_stands_beside_its_first_half(ledger):
    split = ledger[ledger["claim_id"].str[-1].isin(list("bcd"))]
    halves = ledger.set_index("claim_id").loc[split["claim_id"].str[:-1]]
    assert len(split) == 8
    assert (halves["paragraph"].to_numpy() == split["paragraph"].to_numpy()).all()


def test_ids_tell_the_article(ledger):
    letters = ledger["claim_id"].str.split("-").str[0]
    assert (ledger["source_id"] == letters.map(module.ARTICLES)).all()


def test_ids_follow_the_paragraphs(ledger):
    for _, claims in ledger.sort_values("claim_id").groupby("source_id"):
        assert claims["paragraph"].is_monotonic_increasing


def test_a_comparison_has_a_value(ledger):
    compared = ledger["operator"].isin(WORTH_A_VALUE)
    assert ledger.loc[compared, "expected"].notna().all()


def test_what_is_not_measured_has_no_value(ledger):
    assert ledger.loc[ledger["operator"] == "none", "expected"].isna().all()


def test_only_ranges_have_an_upper_end(ledger):
    ranged = ledger["operator"] == "between"
    assert ranged.any()
    assert ledger["expected_high"].notna().equals(ranged)
    assert (ledger.loc[ranged, "expected"] <= ledger.loc[ranged, "expected_high"]).all()


def test_periods_do_not_end_before_they_start(ledger):
    assert (dates.first_day(ledger["period_start"]) <= dates.last_day(ledger["period_end"])).all()


def test_what_can_be_computed_names_its_tables(ledger):
    computable = ledger[ledger["testability"] == "computable"]
    assert computable["evidence_tables"].notna().all()
    named = set(ledger["evidence_tables"].dropna().str.split(";").explode())
    assert named <= set(tables.names())


def test_every_section_has_a_notebook_and_every_notebook_claims(ledger):
    assert set(ledger["notebook"]) == {"01", "02", "03", "04", "05", "06"}
    assert ledger.groupby("section")["notebook"].nunique().eq(1).all()


def test_conflicts_of_both_articles_cite_both(conflicts):
    between = conflicts[conflicts["scope"] == "between_articles"]
    both = between[between["source_id_2"].notna()]
    assert len(conflicts) == 57
    assert len(both) == len(between) == 7


def test_no_claim_stands_twice_in_a_conflict(conflicts):
    assert conflicts["claim_ids"].str.split(";").map(lambda ids: len(ids) == len(set(ids))).all()
    assert (conflicts["claim_ids"].str.split(";").str.len() == conflicts["n_claims"]).all()


def test_conflicts_named_in_notes_exist(ledger, conflicts):
    named = set(ledger["note"].str.findall(r"X\d\d").explode().dropna())
    assert named
    assert named <= set(conflicts["conflict_id"].str[:3])


def test_claims_gets_notebook_and_tables_from_the_collected_words():
    raw = pd.DataFrame(
        {
            "section": ["greyzone"],
            "evidence_dataset": ["trade_flows"],
            "choices": ["min_grade"],
            "tolerance": ["0.1"],
            "expected_loose": [""],
            "expected_strict": ["3"],
        }
    )
    (claim,) = module.claims(raw).to_dict("records")
    assert claim["notebook"] == "04"
    assert claim["evidence_tables"] == "trade_annual;trade_monthly"
    assert claim["choices"] == "min_grade;tolerance;reading"


def test_claims_refuses_a_section_without_a_notebook():
    raw = pd.DataFrame({"section": ["space"], "evidence_dataset": ["none"]})
    with pytest.raises(ValueError, match="section: no rule for space"):
        module.claims(raw)


def test_conflicts_counts_claims_and_finds_both_articles():
    raw = pd.DataFrame({"claim_ids": ["DIP-001;CEPA-002", "DIP-003"]})
    clean = module.conflicts(raw)
    assert clean["n_claims"].tolist() == [2, 1]
    assert clean["source_id"].tolist() == ["cepa-2025", "diplomat-2025"]
    assert clean["source_id_2"].tolist() == ["diplomat-2025", ""]
