"""Conflicts: the rule that settles them, their table and measures, and what is said of them."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import helpers.checks  # noqa: F401  (registers the checks)
from helpers import conflicts, robustness, scorecard, tables
from helpers.choices import Choices, choose
from helpers.claims import CHECKS, Tables, ledger
from helpers.robustness import CODES, Curve

LEDGER = ledger()
TABLE = tables.load("conflicts").set_index("conflict_id", drop=False)
MEASURES = tables.load("conflict_measures").to_dict("records")
TWO_SIDED = ("between_articles", "within_cepa", "within_diplomat")
STATES = ("stands", "partly", "falls", "open")
SWAPPED = {"first": "second", "second": "first"}


class Spy:
    """Choices that remember which of them were read."""

    def __init__(self):
        self.read = set()

    def __getattr__(self, name):
        self.read.add(name)
        return getattr(choose(), name)


def named(cell):
    return conflicts.ids(cell)


def swap(name):
    head, _, tail = name.partition("_")
    return f"{SWAPPED[head]}_{tail}" if head in SWAPPED else name


def settled(conflict_id, found=None, **altered):
    """Settle one conflict of the package, on altered tables if some are given."""
    data = Tables({"conflicts": TABLE.loc[[conflict_id]].reset_index(drop=True), **altered})
    claims = {i: LEDGER[i] for i in named(TABLE.loc[conflict_id, "claim_ids"])}
    results = scorecard.evaluate(choose(), claims, data)
    if found is None:
        found = robustness.curves(choose(), claims, data)
    row = conflicts.settle(results, found, data).iloc[0].to_dict()
    return row, results


@pytest.fixture(scope="module")
def everything():
    """All results, all conflicts settled without regard to choices, and all measures."""
    data = Tables()
    results = scorecard.evaluate(choose(), data=data)
    return (
        results,
        conflicts.settle(results, {}, data),
        conflicts.measures(data, choose()),
    )


# The rule.


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("stands", "falls", "first_ahead"),
        ("stands", "partly", "first_ahead"),
        ("stands", "stands", "both_stand"),
        ("stands", "open", "one_sided"),
        ("partly", "falls", "first_ahead"),
        ("partly", "partly", "each_in_part"),
        ("partly", "open", "one_sided"),
        ("falls", "falls", "neither"),
        ("falls", "open", "one_sided"),
        ("open", "open", "open"),
    ],
)
def test_two_positions_are_settled_from_their_states(first, second, outcome):
    for scope in TWO_SIDED:
        assert conflicts.outcome(scope, first, second, None) == outcome


@pytest.mark.parametrize(("first", "second"), [*product(STATES, STATES)])
@pytest.mark.parametrize("is_exclusive", [False, True])
def test_swapping_the_sides_swaps_the_winner(first, second, is_exclusive):
    for scope in TWO_SIDED:
        forth = conflicts.outcome(scope, first, second, None, is_exclusive)
        assert conflicts.outcome(scope, second, first, None, is_exclusive) == swap(forth)


@pytest.mark.parametrize(("first", "second"), [*product(STATES, STATES)])
def test_of_positions_that_can_both_be_right_none_wins_over_one_that_stands(first, second):
    own, alike = (
        conflicts.outcome("within_cepa", first, second, None, is_exclusive=exclusive)
        for exclusive in (True, False)
    )
    if {first, second} == {"stands", "partly"}:
        assert own in ("first_ahead", "second_ahead")
        assert alike == "both_in_part"
    else:
        assert alike == own


@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        ("stands", "no_slip"),
        ("partly", "slip_in_part"),
        ("falls", "slip_confirmed"),
        ("open", "open"),
    ],
)
def test_a_suspected_slip_is_settled_by_its_first_side(first, outcome):
    for second, turns in product(STATES, [False, True]):
        assert conflicts.outcome("suspected_slip", first, second, turns) == outcome


@pytest.mark.parametrize("first", STATES[:3])
def test_a_definition_is_settled_by_whether_a_verdict_turns_on_it(first):
    assert conflicts.outcome("definition", first, "open", True) == "definition_decides"
    assert conflicts.outcome("definition", first, "open", False) == "definition_indifferent"
    assert conflicts.outcome("definition", first, "open", None) == "definition_untried"
    assert conflicts.outcome("forecast", first, "open", None) == "too_early"
    assert conflicts.outcome("definition", "open", "open", True) == "open"


def test_every_outcome_is_named_and_can_come_out():
    scopes = tables.resource("conflicts")["schema"]["fields"][2]["constraints"]["enum"]
    cases = product(scopes, STATES, STATES, [None, False, True], [False, True])
    found = {conflicts.outcome(*case) for case in cases}
    assert found == set(conflicts.OUTCOMES)
    assert set(scopes) == set(conflicts.SCOPES)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        (["holds", "holds"], "stands"),
        (["holds", "cited", "opinion", "not_in_data"], "stands"),
        (["holds", "holds", "holds_in_part"], "partly"),
        (["holds_in_part"], "partly"),
        (["fails", "holds"], "partly"),
        (["fails", "fails"], "falls"),
        (["cited", "not_in_data"], "open"),
        ([], "open"),
    ],
)
def test_a_position_stands_as_its_judged_claims_do(verdicts, state):
    assert conflicts.state(verdicts) == state


# What a definition decides.


def curve(verdict, **settings):
    """Make a curve of verdicts laid out along choices."""
    shape = [len(values) for values in settings.values()]
    codes = np.array([CODES.index(name) for name in verdict]).reshape(shape)
    number = np.ones(shape)
    values = [list(own) for own in settings.values()]
    return Curve(LEDGER["DIP-083"], tuple(settings), values, number, number, number, codes)


def test_only_the_choices_that_embody_the_definition_count():
    one = curve(["holds", "fails", "holds", "fails"], counting_rule="ab", min_confidence="lh")
    assert conflicts.flip_by(one, ["counting_rule"]) == ({}, "")
    assert conflicts.flip_by(one, ["min_confidence"]) == ({"min_confidence": "h"}, "fails")


def test_the_smallest_change_and_of_these_the_greatest_is_told():
    one = curve(["holds", "holds_in_part", "fails"], reading=["default", "loose", "strict"])
    assert conflicts.flip_by(one, ["reading"]) == ({"reading": "strict"}, "fails")
    two = curve(["holds", "holds_in_part", "holds", "fails"], a="xy", b="xy")
    assert conflicts.flip_by(two, ["a", "b"]) == ({"b": "y"}, "holds_in_part")


def test_that_the_data_fall_silent_is_no_other_verdict():
    one = curve(["holds", "not_in_data"], min_confidence="lh")
    assert conflicts.flip_by(one, ["min_confidence"]) == ({}, "")
    one = curve(["not_in_data", "holds"], min_confidence="lh")
    assert conflicts.flip_by(one, ["min_confidence"]) == ({}, "")


def test_a_verdict_that_rests_on_a_reading_turns_on_the_definition():
    row, _ = settled("X13", {})
    assert row["outcome"] == "definition_decides"
    assert row["turning"][0].startswith("CEPA-095 (")
    assert ") holds only under another reading (" in row["turning"][0]


def test_a_definition_that_nothing_else_was_tried_for_says_so():
    row, results = settled("X08")
    assert row["outcome"] == "definition_untried"
    empty = pd.DataFrame({"conflict_id": []})
    assert conflicts.told(row, results, empty).startswith("No other definition was tried.")


def test_where_choices_embody_the_definition_a_reading_alone_does_not_count():
    row, results = settled("X06", {})
    assert results["reason"].isin(conflicts.READINGS).any()
    assert row["turning"] == []


# Real conflicts on altered data.


def test_without_the_exercises_of_2024_ten_in_one_year_falls():
    whole, _ = settled("X03", {})
    assert whole["state_second"] == "stands"
    exercises = tables.load("exercises")
    row, _ = settled("X03", {}, exercises=exercises[exercises["year"] != 2024])
    assert row["state_second"] == "falls"
    assert row["outcome"] != whole["outcome"]


def test_had_the_law_of_2003_come_in_2022_there_would_be_no_slip():
    assert settled("X37", {})[0]["outcome"] == "slip_confirmed"
    fighters = tables.load("foreign_fighters")
    later = fighters.assign(date=fighters["date"].replace("2003-11-11", "2022-09-24"))
    assert settled("X37", {}, foreign_fighters=later)[0]["outcome"] == "no_slip"


def test_a_year_without_a_consultation_would_make_only_the_second_position_hold():
    assert settled("X09", {})[0]["outcome"] == "both_stand"
    altered = {}
    for name in ("meetings", "consultations"):
        frame = tables.load(name)
        is_round = frame["mechanism"] == "strategic_security_consultation"
        altered[name] = frame[~is_round | (frame["year"] > 2018)]
    assert settled("X09", {}, **altered)[0]["outcome"] == "second_ahead"


def test_patrols_decide_whether_2024_is_a_record():
    row, _ = settled("X43")
    assert row["outcome"] == "definition_decides"
    assert "but with joint events other than patrols it" in row["turning"][0]
    exercises = tables.load("exercises")
    none = exercises[~exercises["is_patrol"].astype(bool) & (exercises["year"] == 2024)]
    assert settled("X43", exercises=none)[0]["outcome"] == "definition_indifferent"


# The table.


@pytest.mark.parametrize("row", TABLE.to_dict("records"), ids=TABLE.index)
def test_sides_are_of_the_claims_concerned_and_fit_the_scope(row):
    first, second = named(row["side_first"]), named(row["side_second"])
    assert set(first) | set(second) <= set(named(row["claim_ids"])) <= set(LEDGER)
    assert not set(first) & set(second)
    assert pd.isna(row["position_second"]) == (not second)
    assert bool(second) == (row["scope"] in TWO_SIDED)
    assert first or row["scope"] == "suspected_slip"
    assert pd.notna(row["is_exclusive"]) == bool(second)


@pytest.mark.parametrize("row", TABLE.to_dict("records"), ids=TABLE.index)
def test_only_definitions_name_choices_and_each_matters_to_a_claim(row):
    choices = set(named(row["choices"]))
    assert choices <= set(Choices.model_fields)
    assert not choices or row["scope"] == "definition"
    read = {name for i in named(row["claim_ids"]) for name in LEDGER[i].choices}
    assert not choices or choices & read


def test_positions_are_written_and_texts_hold_no_remark_of_the_collection():
    texts = TABLE[["position_first", "position_second", "as_stated", "turns_on"]].stack().dropna()
    assert not texts.str.contains("to be written|looked up|from memory", case=False).any()
    assert (texts.str.split().str.len() <= 70).all()
    assert not TABLE["position_first"].str.match("[.;]|.*[.]$").any()


@pytest.mark.parametrize("row", MEASURES, ids=[row["measure_id"] for row in MEASURES])
def test_a_measure_runs_and_declares_the_choices_it_reads(row):
    claim, spy = conflicts.as_claim(row), Spy()
    finding = CHECKS[claim.check](Tables(), spy, claim, **claim.check_args)
    assert spy.read == set(claim.choices)
    assert row["conflict_id"] in TABLE.index
    assert pd.notna(finding.observed)


def test_measures_are_numbered_within_their_conflict():
    for conflict_id, rows in pd.DataFrame(MEASURES).groupby("conflict_id"):
        numbers = [f"{conflict_id}-{n + 1}" for n in range(len(rows))]
        assert sorted(rows["measure_id"]) == sorted(numbers)


# All of them.


def test_every_conflict_has_an_outcome_of_the_list(everything):
    _, outcomes, _ = everything
    assert len(outcomes) == len(TABLE) > 50
    assert set(outcomes["outcome"]) <= set(conflicts.OUTCOMES)
    assert set(outcomes["state_first"]) | set(outcomes["state_second"]) <= set(STATES)


def test_swapping_the_sides_of_real_conflicts_swaps_their_winners(everything):
    results, forth, _ = everything
    mirrored = TABLE.rename(
        columns={
            f"{part}_{a}": f"{part}_{b}"
            for part in ("side", "position")
            for a, b in SWAPPED.items()
        }
    )
    back = conflicts.settle(results, {}, Tables({"conflicts": mirrored.reset_index(drop=True)}))
    two = TABLE["scope"].isin(TWO_SIDED).to_numpy()
    assert back["outcome"][two].tolist() == forth["outcome"][two].map(swap).tolist()


def test_what_is_told_is_short_and_whole(everything):
    results, outcomes, measured = everything
    for row in outcomes.to_dict("records"):
        said = conflicts.told(row, results, measured)
        assert said.endswith(".")
        assert said[0].isupper()
        assert not {"nan", "nan;", "nan."} & set(said.split())
        assert ": nothing" not in said
        assert len(said.split()) <= 130, said


def test_failing_claims_are_named_with_what_they_say(everything):
    results, outcomes, measured = everything
    row = outcomes.set_index("conflict_id", drop=False).loc["X01"].to_dict()
    said = conflicts.told(row, results, measured)
    assert "CEPA-101 (the 2022 invasion was the larger cause" in said
    assert "fails: 1.6" in said


def test_a_position_named_as_right_or_wrong_is_named_as_a_position(everything):
    results, outcomes, measured = everything
    rows = outcomes.set_index("conflict_id", drop=False)
    slip, single = (
        conflicts.told(rows.loc[i].to_dict(), results, measured) for i in ("X29", "X14")
    )
    assert slip.startswith("A slip is the statement that Project 877")
    assert single.startswith("The first position, that exercises have become larger, fails;")


def test_what_is_told_names_the_outcome_the_claims_and_the_measures(everything):
    results, outcomes, measured = everything
    row = outcomes.set_index("conflict_id", drop=False).loc["X03"].to_dict()
    said = conflicts.told(row, results, measured)
    assert said.startswith("Both positions hold, the first only in part; they do not exclude")
    assert "DIP-075" in said
    assert "DIP-083" in said
    own = measured[measured["conflict_id"] == "X03"]
    assert all(f"{number:.0f} events" in said for number in own["observed"])


def test_a_position_that_no_claim_can_judge_is_said_to_be_open(everything):
    results, outcomes, measured = everything
    row = outcomes.set_index("conflict_id", drop=False).loc["X46"].to_dict()
    assert row["outcome"] == "open"
    assert "electronic warfare): opinion" in conflicts.told(row, results, measured)


def test_names_in_the_legend_are_short():
    assert max(map(len, conflicts.SCOPES.values())) <= 18


def test_counts_add_up_to_the_conflicts_and_the_headline_to_the_counts(everything):
    _, outcomes, _ = everything
    assert conflicts.counts(outcomes).to_numpy().sum() == len(TABLE)
    made_up = pd.DataFrame(
        {
            "scope": ["between_articles"] * 3 + ["suspected_slip"] * 2 + ["definition"],
            "outcome": [
                "first_ahead", "both_stand", "open", "slip_confirmed", "no_slip",
                "definition_decides",
            ],
        }
    )  # fmt: skip
    said = conflicts.headline(made_up)
    assert "Of 3 contradictions the data put one position ahead in 1, let both hold" in said
    assert "of 2 suspected slips 1 are" in said
    assert "1 of 1 definitions" in said


def test_the_table_joins_question_and_positions(everything, capsys):
    results, outcomes, measured = everything
    conflicts.show(outcomes.iloc[[1, 2]], results, measured)
    shown = capsys.readouterr().out
    assert "X03: Six a year" in shown
    assert "Positions" in shown
    assert "nan" not in shown


def test_every_conflict_is_at_home_in_one_notebook():
    shares = [conflicts.of_notebook(TABLE, f"0{n}")["conflict_id"] for n in range(1, 7)]
    assert pd.concat(shares).sort_values().tolist() == sorted(TABLE.index)
    assert "X03" in shares[2].tolist()
