"""Claims measured and judged: right wiring, clear refusals, and no dependence on row order."""

import random

import numpy as np
import pandas as pd
import pytest

from helpers import scorecard, tables
from helpers.choices import choose
from helpers.claims import CHECKS, Finding, Tables, ledger

LEDGER = ledger()
MADE_UP = pd.DataFrame(
    {
        "claim_id": list("abcdefg"),
        "section": ["x"] * 5 + ["y"] * 2,
        "verdict": ["holds", "holds", "holds_in_part", "fails", "opinion", "fails", "cited"],
        "robustness": [1.0, 0.8, 0.5, 0.75, float("nan"), 0.2, float("nan")],
        "flip": ["", "x 1", "x 2", "", float("nan"), "y 1", float("nan")],
        "n_specifications": [12, 4, 4, 4, float("nan"), 8, float("nan")],
        "n_effective": [6, 4, 4, 4, float("nan"), 8, float("nan")],
    }
)


@pytest.fixture
def stub(monkeypatch):
    """Register a check that finds the number it is given and reads the choices it is given."""

    def stub(tables, chosen, claim, number, reads=()):
        for name in reads:
            getattr(chosen, name)
        return Finding(float(number))

    monkeypatch.setitem(CHECKS, "stub", stub)


def test_a_check_is_called_with_the_arguments_of_the_ledger(stub, claim_of):
    claim = claim_of(check="stub", check_args={"number": 10})
    finding, verdict = scorecard.decide(claim, Tables(), choose())
    assert (finding.observed, verdict.verdict) == (10, "holds")
    row = scorecard.evaluate(claims={"CEPA-999": claim}).iloc[0]
    assert row[["observed", "verdict", "unit", "article"]].tolist() == [
        10,
        "holds",
        "things",
        "CEPA",
    ]


def test_the_unit_is_that_of_the_measurement(claim_of, monkeypatch):
    monkeypatch.setitem(CHECKS, "stub", lambda *_: Finding(10.0, unit="dozens"))
    row = scorecard.evaluate(claims={"CEPA-999": claim_of(check="stub")}).iloc[0]
    assert row["unit"] == "dozens"


def test_a_check_that_there_is_not_is_refused_with_those_that_there_are(claim_of):
    with pytest.raises(ValueError, match="CEPA-999: no check 'guess'; there are .*rows_counted"):
        scorecard.measure(claim_of(check="guess"), Tables(), choose())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "missing a required argument: 'number'"),
        ({"number": 1, "colour": "red"}, "got an unexpected keyword argument 'colour'"),
    ],
)
def test_wrong_arguments_are_refused_with_those_that_are_taken(stub, claim_of, arguments, said):
    with pytest.raises(ValueError) as error:
        scorecard.measure(claim_of(check="stub", check_args=arguments), Tables(), choose())
    assert str(error.value) == f"CEPA-999: stub: {said}; it takes number, reads"


def test_an_error_inside_a_check_names_the_claim_and_is_not_taken_for_wrong_arguments(
    stub, claim_of
):
    with pytest.raises(ValueError, match="CEPA-999: stub with .*float") as caught:
        scorecard.measure(claim_of(check="stub", check_args={"number": None}), Tables(), choose())
    assert isinstance(caught.value.__cause__, TypeError)
    assert "it takes" not in str(caught.value)


@pytest.mark.parametrize(
    "where", [{"designation": {"matches": "^(Su-35"}}, "Su-35", {"colour": "red"}]
)
def test_conditions_that_cannot_be_followed_name_the_claim(where):
    claim = LEDGER["CEPA-061"]._replace(check_args=LEDGER["CEPA-061"].check_args | {"where": where})
    with pytest.raises(ValueError, match="CEPA-061: units_delivered with "):
        scorecard.measure(claim, Tables(), choose())


def test_a_check_cannot_read_a_choice_that_its_claim_does_not_declare(stub, claim_of):
    arguments = {"number": 1, "reads": ["year_rule"]}
    claim = claim_of(check="stub", check_args=arguments, choices=("year_rule",))
    assert scorecard.measure(claim, Tables(), choose()).observed == 1
    with pytest.raises(ValueError, match="CEPA-999: .*year_rule.*declares none"):
        scorecard.measure(claim._replace(choices=()), Tables(), choose())


def test_a_claim_without_a_check_is_not_in_the_data_and_says_what_it_needs(claim_of):
    finding, verdict = scorecard.decide(claim_of(needs="a register"), Tables(), choose())
    assert (verdict.verdict, finding.note, finding.n_rows) == ("not_in_data", "a register", 0)


def test_no_claims_give_an_empty_table_with_its_columns():
    found = scorecard.evaluate(claims={})
    assert len(found) == 0
    assert {"claim_id", "verdict", "observed", "n_rows"} <= set(found)


def test_the_expected_number_is_that_of_the_reading_chosen(claim_of):
    claims = {"CEPA-999": claim_of(expected_loose=5.0, expected_strict=20.0)}
    expected = [
        scorecard.evaluate(choose(reading=reading), claims)["expected"].item()
        for reading in ("default", "loose", "strict")
    ]
    assert expected == [10, 5, 20]


def test_every_claim_has_one_row_in_the_order_of_the_ledger(results):
    assert results["claim_id"].tolist() == list(LEDGER)
    assert len(results) > 380
    assert results["verdict"].nunique() == 6


def test_untestable_claims_are_opinions_and_citable_ones_cited(results):
    words = results.groupby("testability")["verdict"].unique().map(list)
    assert words["untestable"] == ["opinion"]
    assert words["citable"] == ["cited"]
    assert not {"opinion", "cited"} & {*words["computable"], *words["codable"]}


def test_what_holds_rests_on_rows_unless_it_says_that_there_are_none(results):
    held = results[results["verdict"].isin(["holds", "holds_in_part"])]
    assert held.loc[(held["n_rows"] == 0) & (held["observed"] != 0), "claim_id"].tolist() == []


def test_the_order_of_rows_does_not_matter(results):
    shuffled = {
        name: tables.load(name).sample(frac=1, random_state=7).reset_index(drop=True)
        for name in tables.names()
    }
    found = scorecard.evaluate(data=Tables(shuffled))
    words, numbers = ["verdict", "reason", "n_rows"], ["observed", "low", "high"]
    differs = (found[words] != results[words]).any(axis=1) | (
        (found[numbers] - results[numbers]).abs().max(axis=1) > 1e-9
    )
    assert found.loc[differs, "claim_id"].tolist() == []


def test_measuring_alters_no_table(results):
    data = Tables()
    before = {name: data[name].copy() for name in tables.names()}
    scorecard.evaluate(data=data)
    changed = [name for name in before if not before[name].equals(data[name])]
    assert changed == []


def test_rows_used_are_those_that_the_finding_names():
    claim, data = LEDGER["DIP-032"], Tables()
    finding = scorecard.measure(claim, data, choose())
    used = scorecard.rows_used(finding, data)
    assert list(used) == ["exercises"]
    assert len(used["exercises"]) == finding.n_rows > 0


def test_every_citable_claim_has_something_to_cite():
    data = Tables()
    silent = [
        i
        for i, claim in LEDGER.items()
        if claim.testability == "citable" and not scorecard.cited(claim, data).n_rows
    ]
    assert silent == []


def test_citing_counts_what_is_said_for_and_against():
    views = tables.load("perceptions").head(3).copy()
    views["claim_ids"] = "CEPA-014"
    views["bearing"] = ["for", "against", "for"]
    finding = scorecard.cited(LEDGER["CEPA-014"], Tables({"perceptions": views}))
    assert "2 for it, 1 against it" in finding.note
    assert np.isnan(finding.observed)


def test_speaking_finds_the_rows_that_name_a_claim():
    data = Tables()
    cited = next(i for i, c in LEDGER.items() if scorecard.speaking(i, data))
    for name, rows in scorecard.speaking(cited, data).items():
        assert name not in ("claims", "conflicts")
        assert all(cited in cell.split(";") for cell in rows["claim_ids"])
    assert scorecard.speaking("CEPA-999", data) == {}


def test_counts_have_a_column_for_every_verdict_and_the_largest_row_first():
    found = scorecard.counts(MADE_UP, "section")
    assert found.index.tolist() == ["x", "y"]
    assert found.loc["x"].to_dict() == {
        "holds": 2, "holds in part": 1, "fails": 1, "not in the data": 0, "cited only": 0,
        "opinion": 1,
    }  # fmt: skip
    assert found.to_numpy().sum() == len(MADE_UP)


def test_right_pct_is_of_judged_claims_in_groups_large_enough():
    assert scorecard.right_pct(MADE_UP, "section", least=4).to_dict() == {"x": 50}
    assert scorecard.right_pct(MADE_UP, "section", least=1).to_dict() == {"x": 50, "y": 0}


def test_two_sources_rates_rows_by_their_second_source_and_keeps_the_others():
    own, data = Tables(), scorecard.two_sources(Tables())
    second = own["exercises"]["source_id_2"].notna()
    assert second.any()
    assert not second.all()
    assert ((data["exercises"]["confidence"] == "high") == second).all()
    assert set(data["exercises"].loc[~second, "confidence"]) == {"low"}
    for name in ("trade_annual", "claims"):
        assert data[name].equals(own[name])


def test_on_weaker_evidence_only_a_claim_falls_silent():
    single = tables.load("exercises").assign(source_id_2=None)
    claim = ledger()["DIP-032"]
    data = scorecard.two_sources(Tables({"exercises": single}))
    strict = choose(min_confidence="high")
    assert scorecard.decide(claim, data, choose())[1].verdict == "holds"
    assert scorecard.decide(claim, data, strict)[1].verdict == "not_in_data"


def test_steadiness_counts_every_judged_claim_once():
    found = scorecard.steadiness(MADE_UP)
    assert found.sum(axis=1).tolist() == [1, 2, 1, 1]
    assert found.sum().to_dict() == {"holds": 2, "holds in part": 1, "fails": 2}


def test_fragile_are_claims_that_some_combination_judges_otherwise_and_solid_those_of_most():
    # The robustness of d is lowered by silence only.
    assert scorecard.fragile(MADE_UP)["claim_id"].tolist() == ["f", "c", "b"]
    steady = MADE_UP.assign(robustness=MADE_UP["robustness"].replace(0.8, 1.0))
    steady.loc[0, "n_specifications"] = 99
    steady.loc[1, "n_effective"] = 12
    assert scorecard.solid(steady)["claim_id"].tolist() == ["b", "a"]


def known(results):
    """Give results by claim without what cannot be compared."""
    return results.set_index("claim_id").drop(columns="rows").sort_index()


def rows_named(results):
    """Give the labels of the rows behind each claim."""
    pairs = zip(results["claim_id"], results["rows"], strict=True)
    return {i: {name: list(labels) for name, labels in rows.items()} for i, rows in pairs}


@pytest.mark.parametrize("seed", [1, 2])
def test_results_do_not_depend_on_what_was_evaluated_before(seed):
    order = random.Random(seed)
    runs = [
        choose(),
        choose(counting_rule="bilateral", rank_min="official"),
        choose(min_confidence="high", baseline="baci"),
        choose(cutoff_1="2013-01-01", year_rule="order", min_grade="A"),
    ]
    own = [i for i, claim in ledger().items() if claim.notebook in ("03", "05")]
    shared = Tables()
    for run in order.sample(runs, len(runs)):
        claims = {i: ledger()[i] for i in order.sample(own, len(own))}
        again = scorecard.evaluate(run, claims, shared)
        fresh = scorecard.evaluate(run, claims, Tables())
        pd.testing.assert_frame_equal(known(again), known(fresh), check_exact=True)
        assert rows_named(again) == rows_named(fresh)
