"""The ledger as a whole, and that no goal post moved.

tests/frozen/claims_as_stated.csv keeps what each claim states. Whoever changes it in the ledger
must say why there (reading, tolerance_reason or note) and write the copy anew:

    .venv/bin/python tests/test_ledger.py
"""

import inspect
import json
import random
from itertools import product

import pandas as pd
import pytest

from helpers import choices, dates, schema, scorecard, tables
from helpers.claims import CHECKS, Declared, Tables, ledger
from helpers.paths import ROOT
from helpers.robustness import GRID, JUDGING, settings, with_choices

FROZEN = ROOT / "tests" / "frozen" / "claims_as_stated.csv"
STATED = [
    "claim_id", "source_id", "paragraph", "operator", "expected", "expected_high",
    "expected_loose", "expected_strict", "unit", "tolerance", "period_start", "period_end",
]  # fmt: skip
TESTABLE = ("computable", "codable")
# Combinations of choices tried besides the defaults and each change of one choice.
TRIED = 8


def as_stated():
    return tables.read("claims")[STATED]


CLAIMS = ledger()
CHECKED = {i: claim for i, claim in CLAIMS.items() if claim.check}
ROWS = tables.load("claims").set_index("claim_id", drop=False)


def offenders(marked):
    return ROWS.loc[marked, "claim_id"].tolist()


def test_no_goal_post_moved():
    frozen, now = schema.read_text(FROZEN).set_index("claim_id"), as_stated().set_index("claim_id")
    moved = [f"{i} is gone" for i in frozen.index.difference(now.index)]
    moved += [f"{i} is new" for i in now.index.difference(frozen.index)]
    moved += [
        f"{i}: {column} was {frozen.loc[i, column]!r} and is {now.loc[i, column]!r}"
        for i in now.index.intersection(frozen.index)
        for column in frozen
        if frozen.loc[i, column] != now.loc[i, column]
    ]
    assert len(frozen) > 380
    assert moved == [], (
        "A goal post moved. Explain each change in the ledger and repeat it in the frozen copy "
        "(.venv/bin/python tests/test_ledger.py):\n" + "\n".join(moved)
    )


def test_what_can_be_tested_has_a_check_or_says_what_it_needs():
    testable = ROWS["testability"].isin(TESTABLE)
    assert offenders(testable & ROWS["check"].isna() & ROWS["needs"].isna()) == []


def test_what_cannot_be_tested_says_what_would_have_made_it_testable():
    assert offenders((ROWS["testability"] == "untestable") & ROWS["needs"].isna()) == []


def test_only_what_can_be_tested_has_a_check():
    assert offenders(~ROWS["testability"].isin(TESTABLE) & ROWS["check"].notna()) == []


def test_a_check_has_something_to_compare_with():
    compared = ~ROWS["operator"].isin(["none", "increase", "decrease"])
    assert offenders(ROWS["check"].notna() & (ROWS["operator"] == "none")) == []
    assert offenders(compared & ROWS["expected"].isna()) == []


def test_a_tolerance_has_a_reason_and_a_reason_a_tolerance():
    assert offenders((ROWS["tolerance"] > 0) != ROWS["tolerance_reason"].notna()) == []


def test_numbers_read_from_words_say_how():
    vague = ROWS["expected_loose"].notna() | ROWS["expected_strict"].notna()
    assert offenders(vague & ROWS["reading"].isna()) == []


def test_a_loose_reading_asks_no_more_than_the_strict_one():
    floors, ceilings = [">=", ">", "exists", "increase"], ["<=", "<", "decrease"]
    steps = ROWS[["expected_loose", "expected", "expected_strict"]]
    falling = (steps["expected_loose"] > steps["expected"]) | (
        steps["expected"] > steps["expected_strict"]
    )
    rising = (steps["expected_loose"] < steps["expected"]) | (
        steps["expected"] < steps["expected_strict"]
    )
    assert offenders(ROWS["operator"].isin(floors) & falling) == []
    assert offenders(ROWS["operator"].isin(ceilings) & rising) == []


def test_the_years_of_every_period_are_in_order():
    started, ended = dates.first_day(ROWS["period_start"]), dates.last_day(ROWS["period_end"])
    assert offenders(started > ended) == []
    assert [i for i, c in CLAIMS.items() if c.years[0] > c.years[1] or c.years[0] < 1600] == []


def asked():
    """Give every use of a check: place in the ledger or among the measures, name, arguments."""
    measures = tables.load("conflict_measures")
    yield from ((i, claim.check, claim.check_args) for i, claim in CHECKED.items())
    for row in measures.to_dict("records"):
        yield row["measure_id"], row["check"], json.loads(row["check_args"])


def test_every_check_exists_and_takes_its_arguments():
    wrong = []
    for place, name, arguments in asked():
        if name not in CHECKS:
            wrong.append(f"{place}: no check {name}")
            continue
        try:
            inspect.signature(CHECKS[name]).bind(None, None, None, **arguments)
        except TypeError as error:
            wrong.append(f"{place}: {name}: {error}")
    assert wrong == []


def test_every_check_is_used():
    assert sorted(set(CHECKS) - {name for _, name, _ in asked()}) == []


def conditions(arguments):
    """Give the conditions on the rows of the table that arguments name, nested ones too."""
    groups = [arguments.get(name) or {} for name in ("where", "part", "of")]
    groups += (arguments.get("narrower") or {}).values()
    for where in groups:
        for column, condition in where.items():
            while isinstance(condition, dict) and "not" in condition:
                condition = condition["not"]
            if not isinstance(condition, dict):
                yield column, condition if isinstance(condition, list) else [condition]
            elif "has" in condition:
                yield column, [condition["has"]]


def test_conditions_ask_only_for_what_a_column_may_hold():
    # A misspelt value would find no row and pass for a finding.
    data, wrong = Tables(), []
    for place, _, arguments in asked():
        if "table" not in arguments:
            continue
        table = data[arguments["table"]]
        fields = {field["name"]: field for field in schema.fields(arguments["table"])}
        for column, values in conditions(arguments):
            allowed = fields[column].get("constraints", {}).get("enum")
            if allowed is None:
                allowed = set(table[column].dropna())
                if "items" in fields[column]:
                    allowed = {item for cell in allowed for item in str(cell).split(";")}
            wrong += [f"{place}: {column} {v!r}" for v in values if v not in allowed]
    assert wrong == []


def test_choices_are_those_of_the_grid():
    named = {name for claim in CLAIMS.values() for name in claim.choices}
    assert named <= set(choices.Choices.model_fields)
    assert named <= set(GRID)


def test_what_the_judgement_depends_on_is_declared():
    wrong = []
    for i, claim in CHECKED.items():
        vague = pd.notna(claim.expected_loose) or pd.notna(claim.expected_strict)
        depends = {"tolerance": claim.tolerance > 0, "reading": vague}
        wrong += [i for name, needed in depends.items() if needed != (name in claim.choices)]
    assert wrong == []


def some_combinations(measuring):
    """Give the defaults, every change of one choice, and a few more combinations."""
    base = choices.choose()
    axes = [settings(name, base) for name in measuring]
    own = tuple(axis[0] for axis in axes)
    yield own
    for place, axis in enumerate(axes):
        yield from (own[:place] + (other,) + own[place + 1 :] for other in axis[1:])
    every = list(product(*axes))
    yield from random.Random(0).sample(every, min(TRIED, len(every)))


def test_every_claim_declares_the_choices_that_its_check_reads(monkeypatch):
    read = set()

    class Spy(Declared):
        def __getattr__(self, name):
            read.add(name)
            return super().__getattr__(name)

    monkeypatch.setattr(scorecard, "Declared", Spy)
    data, base, wrong = Tables(), choices.choose(), []
    for i, claim in CHECKED.items():
        measuring = tuple(name for name in claim.choices if name not in JUDGING)
        read.clear()
        for own in some_combinations(measuring):
            scorecard.measure(claim, data, with_choices(base, measuring, own))
        if read != set(measuring):
            wrong.append(f"{i} {claim.check}: declares {measuring}, reads {sorted(read)}")
    assert wrong == []


@pytest.mark.parametrize("testability", TESTABLE)
def test_the_ledger_was_not_read_empty(testability):
    assert (ROWS["testability"] == testability).sum() > 100
    assert len(CHECKED) > 100


@pytest.mark.parametrize("text", ["{bad", "[1]"])
def test_broken_arguments_are_refused_with_the_claim(text, monkeypatch):
    rows = tables.load("claims").head(1).assign(check_args=text)
    monkeypatch.setattr(tables, "load", lambda name: rows)
    with pytest.raises(ValueError, match="CEPA-001, check_args: "):
        ledger()


if __name__ == "__main__":
    FROZEN.parent.mkdir(exist_ok=True)
    as_stated().to_csv(FROZEN, index=False, lineterminator="\n")
