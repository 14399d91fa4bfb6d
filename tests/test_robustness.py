"""All combinations of choices: none missing, shares that add up, and truly smallest flips."""

import itertools
import math
import random

import numpy as np
import pytest

from helpers import choices, robustness, tables
from helpers.choices import choose
from helpers.claims import CHECKS, Finding, Tables, ledger
from helpers.robustness import CODES, GRID, Curve
from helpers.scorecard import measure

HOLDS, PART, FAILS, BLIND = (CODES.index(v) for v in CODES[:4])


@pytest.fixture
def stub(monkeypatch):
    """Register a check whose number is what a function of the choices says."""

    def use(number):
        monkeypatch.setitem(CHECKS, "stub", lambda tables, chosen, claim: Finding(number(chosen)))

    return use


@pytest.fixture
def drawn(claim_of):
    """Make a curve of given verdicts, with a made-up choice for each axis."""

    def make(verdict):
        verdict = np.array(verdict)
        names = tuple("abcd"[: verdict.ndim])
        settings = [
            [f"{n}{i}" for i in range(size)] for n, size in zip(names, verdict.shape, strict=True)
        ]
        nothing = np.full(verdict.shape, np.nan)
        return Curve(claim_of(), names, settings, nothing, nothing, nothing, verdict)

    return make


@pytest.mark.parametrize("name", GRID)
def test_the_grid_begins_with_the_default_and_has_allowed_settings_once(name):
    assert GRID[name][0] == choices.default(name)
    assert len({str(setting) for setting in GRID[name]}) == len(GRID[name]) > 1
    for setting in GRID[name]:
        assert getattr(choose(**{name: setting}), name) == setting


@pytest.mark.parametrize(("first", "second"), [("cutoff_1", "cutoff_2"), ("window_1", "window_2")])
def test_all_pairs_of_the_grid_can_stand_together(first, second):
    for one, other in itertools.product(GRID[first], GRID[second]):
        choose(**{first: one, second: other})


def test_the_grid_holds_what_the_claims_depend_on_and_nothing_else():
    assert {name for claim in ledger().values() for name in claim.choices} == set(GRID)


def test_the_choices_of_the_run_come_first():
    base = choose(year_rule="order", base_year=2019)
    assert robustness.settings("year_rule", base) == ["order", "delivery"]
    assert robustness.settings("base_year", base) == [2019, 2021, 2020]


def test_a_setting_outside_the_grid_is_used_too(stub, claim_of):
    stub(lambda chosen: chosen.base_year - 2008)
    claim = claim_of(check="stub", choices=("base_year",))
    one = robustness.curve(claim, Tables(), choose(base_year=2018))
    assert one.settings == [[2018, 2021, 2020, 2019]]
    assert one.observed.tolist() == [10, 13, 12, 11]
    assert [CODES[code] for code in one.verdict] == ["holds", "fails", "fails", "fails"]


def test_windows_that_would_overlap_with_that_of_the_run_are_left_out():
    base = choose(window_1="2020:2022", window_2="2023:2025")
    assert robustness.settings("window_1", base) == [
        "2020:2022", "2019:2021", "2018:2019", "2016:2021",
    ]  # fmt: skip
    assert robustness.settings("window_2", base) == ["2023:2025", "2023:2024"]


def test_cut_offs_stay_in_order():
    base = choose(cutoff_1="2021-06-01", cutoff_2="2022-02-24")
    assert "2021-01-01" not in robustness.settings("cutoff_2", base)
    assert "2022-01-01" in robustness.settings("cutoff_2", base)


def test_a_curve_has_one_value_for_every_combination(stub, claim_of):
    stub(lambda chosen: GRID["hs_list"].index(chosen.hs_list) + 10 * chosen.count_calls)
    claim = claim_of(
        check="stub", tolerance=0.1, choices=("tolerance", "hs_list", "reading", "count_calls")
    )
    one = robustness.curve(claim, Tables(), choose())
    assert one.choices == ("hs_list", "count_calls", "tolerance", "reading")
    assert one.observed.shape == one.low.shape == one.verdict.shape == (3, 2, 3, 3)
    rows = one.frame()
    asked = itertools.product(*(GRID[name] for name in one.choices))
    assert list(rows[list(one.choices)].itertuples(index=False, name=None)) == list(asked)
    expected = rows["hs_list"].map(GRID["hs_list"].index) + 10 * rows["count_calls"]
    assert rows["observed"].tolist() == expected.tolist()


def test_each_combination_is_judged_by_its_own_tolerance_and_reading(stub, claim_of):
    stub(lambda chosen: 12.0)
    claim = claim_of(check="stub", tolerance=0.1, expected_strict=12.0,
                     choices=("tolerance", "reading"))  # fmt: skip
    rows = robustness.curve(claim, Tables(), choose()).frame()
    found = rows.set_index(["tolerance", "reading"])["verdict"].to_dict()
    assert found == {
        (tolerance, reading): "holds" if reading == "strict" or tolerance == "double" else "fails"
        for tolerance, reading in itertools.product(GRID["tolerance"], GRID["reading"])
    }


def test_a_check_is_measured_once_for_all_ways_to_judge(stub, claim_of):
    calls = []
    stub(lambda chosen: calls.append(chosen.baseline) or 10)
    claim = claim_of(check="stub", choices=("baseline", "tolerance", "reading"))
    assert robustness.curve(claim, Tables(), choose()).verdict.size == 18
    assert calls == GRID["baseline"]


def test_a_check_is_measured_once_for_all_settings_of_what_it_does_not_read(stub, claim_of):
    calls = []

    def measured(chosen):
        calls.append((chosen.baseline, chosen.hs_list if chosen.baseline == "baci" else ""))
        return GRID["hs_list"].index(chosen.hs_list) if chosen.baseline == "baci" else 10

    stub(measured)
    claim = claim_of(check="stub", choices=("baseline", "hs_list", "base_year"))
    one = robustness.curve(claim, Tables(), choose())
    assert calls == [("china_reported", ""), *(("baci", name) for name in GRID["hs_list"])]
    assert one.observed[0].tolist() == [[10] * 3] * 3
    assert one.observed[1].tolist() == [[0] * 3, [1] * 3, [2] * 3]


def test_whole_numbers_become_numbers_that_can_be_missing(stub, claim_of):
    stub(lambda chosen: 7)
    one = robustness.curve(claim_of(check="stub"), Tables(), choose())
    assert one.observed.dtype == float
    assert one.verdict.shape == ()


def test_a_claim_without_choices_has_one_combination(stub, claim_of):
    stub(lambda chosen: 10.0)
    one = robustness.curve(claim_of(check="stub"), Tables(), choose())
    assert (robustness.share_same(one), robustness.shares(one)) == (1, {"holds": 1})
    assert (robustness.flip(one), robustness.sway(one)) == (({}, ""), {})
    assert len(one.frame()) == len(robustness.measured(one)) == 1


def test_claims_without_a_check_have_no_curve(stub, claim_of):
    stub(lambda chosen: 10.0)
    claims = {"a": claim_of(), "b": claim_of(check="stub")}
    assert list(robustness.curves(choose(), claims, Tables())) == ["b"]


def test_sway_of_choices_that_decide_alone_half_or_never(drawn):
    only_a = drawn([[HOLDS, HOLDS], [FAILS, FAILS]])
    assert robustness.sway(only_a) == {"a": 1, "b": 0}
    corner = drawn([[HOLDS, HOLDS], [HOLDS, FAILS]])
    assert robustness.sway(corner) == {"a": 0.5, "b": 0.5}
    # b matters only where a is at its last of three settings; a in one of the two settings of b.
    strip = drawn([[HOLDS, HOLDS], [HOLDS, HOLDS], [HOLDS, PART]])
    assert robustness.sway(strip) == {"a": 0.5, "b": pytest.approx(1 / 3)}


def test_sway_names_the_most_important_choice_first(drawn):
    one = drawn([[HOLDS, FAILS], [HOLDS, FAILS]])
    assert list(robustness.sway(one)) == ["b", "a"]


def test_shares_are_of_the_combinations(drawn):
    one = drawn([[HOLDS, FAILS, FAILS, BLIND]])
    assert robustness.shares(one) == {"holds": 0.25, "fails": 0.5, "not_in_data": 0.25}
    assert robustness.share_same(one) == 0.25


def brute_flip(one):
    """Try changes of one choice, then of two, and so on."""
    own = one.verdict.flat[0]
    axes = [range(len(values)) for values in one.settings]
    for size in range(1, len(axes) + 1):
        for place in itertools.product(*axes):
            verdict = one.verdict[place]
            if sum(map(bool, place)) == size and verdict not in (own, BLIND):
                changed = {n: one.settings[a][i] for a, (n, i) in
                           enumerate(zip(one.choices, place, strict=True)) if i}  # fmt: skip
                return changed, CODES[verdict]
    return {}, ""


def test_a_flip_is_the_smallest_that_there_is(drawn):
    dice = np.random.default_rng(1)
    sizes = set()
    for number in range(300):
        shape = dice.integers(1, 4, size=dice.integers(1, 5))
        rare = [0.9, 0.05, 0.02, 0.03] if number % 2 else [0.97, 0.01, 0.01, 0.01]
        one = drawn(dice.choice([HOLDS, PART, FAILS, BLIND], size=shape, p=rare))
        flip = robustness.flip(one)
        assert flip == brute_flip(one)
        sizes.add(len(flip[0]))
    assert sizes >= {0, 1, 2, 3}


def test_silent_data_are_no_flip(drawn):
    assert robustness.flip(drawn([HOLDS, BLIND])) == ({}, "")


def test_a_flip_from_silence_is_one(drawn):
    assert robustness.flip(drawn([BLIND, BLIND, HOLDS])) == ({"a": "a2"}, "holds")


def test_a_flip_does_what_it_says(stub, claim_of):
    stub(lambda chosen: 10 if chosen.min_grade == "A" and chosen.include_licensed else 7)
    claim = claim_of(check="stub", choices=("include_licensed", "min_grade", "year_rule"))
    changed, verdict = robustness.flip(robustness.curve(claim, Tables(), choose()))
    assert (changed, verdict) == ({"include_licensed": True, "min_grade": "A"}, "holds")
    again = robustness.curve(claim, Tables(), choose(**changed))
    assert CODES[again.verdict.flat[0]] == verdict
    assert robustness.in_words(changed) == (
        "weapons built under licence counted and evidence of grade A only"
    )


def test_three_changes_are_listed_as_in_a_sentence():
    changed = {"min_grade": "A", "base_year": 2019, "count_calls": False}
    assert robustness.in_words(changed) == (
        "evidence of grade A only, 2019 as the base year and no calls"
    )


def test_choices_that_move_nothing_do_not_count_as_combinations(stub, claim_of):
    stub(lambda chosen: 12.0 if chosen.year_rule == "order" else math.nan)
    claim = claim_of(check="stub", choices=("sipri_release", "year_rule", "min_grade"))
    one = robustness.curve(claim, Tables(), choose())
    assert (one.verdict.size, robustness.n_effective(one)) == (12, 2)


def test_a_choice_that_moves_only_the_number_or_only_the_verdict_counts(drawn):
    still = drawn([[HOLDS, HOLDS], [HOLDS, HOLDS]])
    assert robustness.n_effective(still) == 1
    assert robustness.n_effective(drawn([[HOLDS, FAILS], [HOLDS, FAILS]])) == 2
    moved = still._replace(observed=np.array([[1.0, 1.0], [2.0, 2.0]]))
    assert robustness.n_effective(moved) == 2
    corner = still._replace(observed=np.array([[1.0, 1.0], [1.0, math.nan]]))
    assert robustness.n_effective(corner) == 4


def test_varying_are_the_curves_with_more_than_one_verdict_the_frailest_first(drawn):
    found = {
        "x": drawn([HOLDS, HOLDS]),
        "y": drawn([HOLDS, FAILS, HOLDS]),
        "z": drawn([HOLDS, PART]),
    }
    assert robustness.varying(found) == [found["z"], found["y"]]


def test_measured_keeps_the_run_s_own_way_to_judge(stub, claim_of):
    stub(lambda chosen: 11.0)
    claim = claim_of(check="stub", tolerance=0.1, choices=("baseline", "tolerance", "reading"))
    rows = robustness.measured(robustness.curve(claim, Tables(), choose(tolerance="none")))
    assert rows.columns.tolist() == ["baseline", "observed", "low", "high", "verdict"]
    assert rows["verdict"].tolist() == ["fails", "fails"]


def test_summary_has_one_row_a_claim_and_shares_that_add_up(drawn):
    curves = {"x": drawn([[HOLDS, HOLDS], [HOLDS, FAILS]]), "y": drawn([HOLDS, HOLDS])}
    found = robustness.summary(curves)
    assert found[list(CODES)].sum(axis=1).tolist() == [1, 1]
    assert found["n_specifications"].tolist() == [4, 2]
    assert found["n_effective"].tolist() == [4, 1]
    assert found["robustness"].tolist() == [0.75, 1]
    assert found["most_important"].tolist() == ["a", ""]
    assert found["flip"].tolist() == ["a a1 and b b1", ""]
    assert found["flip_verdict"].tolist() == ["fails", ""]


def test_infinite_and_missing_numbers_stay_what_they_are(stub, claim_of):
    stub(lambda chosen: {"delivery": math.inf, "order": math.nan}[chosen.year_rule])
    claim = claim_of(check="stub", operator=">=", choices=("year_rule",))
    one = robustness.curve(claim, Tables(), choose())
    assert one.observed[0] == math.inf
    assert math.isnan(one.observed[1])
    assert one.frame()["verdict"].tolist() == ["holds_in_part", "not_in_data"]


@pytest.fixture(scope="module")
def some_curves():
    """Give the curves of a section of the ledger."""
    limits = {i: c for i, c in ledger().items() if c.section in ("limits", "dual_use")}
    return robustness.curves(claims=limits)


def test_curves_of_the_ledger_are_whole(some_curves):
    assert len(some_curves) > 10
    for one in some_curves.values():
        assert one.verdict.size == math.prod(len(GRID[name]) for name in one.claim.choices)
        assert sum(robustness.shares(one).values()) == pytest.approx(1)
        assert all(0 <= moved <= 1 for moved in robustness.sway(one).values())


def test_the_first_of_a_curve_is_the_verdict_of_the_run(some_curves, results):
    verdicts = results.set_index("claim_id")["verdict"]
    assert {i: CODES[one.verdict.flat[0]] for i, one in some_curves.items()} == {
        i: verdicts[i] for i in some_curves
    }


def test_what_tables_remember_is_of_the_same_choices():
    # Whatever a check remembers has to be kept by all that it depends on.
    frames = {name: tables.load(name) for name in tables.names()}
    shared, base, differs = Tables(frames), choose(), []
    dice = random.Random(5)
    for claim in (claim for claim in ledger().values() if claim.check):
        names = tuple(name for name in claim.choices if name not in robustness.JUDGING)
        every = list(itertools.product(*(GRID[name] for name in names)))
        for own in dice.sample(every, min(2, len(every))):
            chosen = robustness.with_choices(base, names, own)
            found, again = (measure(claim, data, chosen) for data in (shared, Tables(frames)))
            if not np.array_equal(found[:3], again[:3], equal_nan=True):
                differs.append(
                    f"{claim.claim_id} {robustness.in_words(dict(zip(names, own, strict=True)))}"
                )
    assert differs == []
