"""The verdict rule: every operator, tolerance, reading and reason by example, then at random."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from helpers import claims
from helpers.checks.rows import rows_counted
from helpers.choices import choose
from helpers.claims import Declared, Finding, Reading, Tables, Verdict, judge

NAN = float("nan")
RANK = {"fails": 0, "holds_in_part": 1, "holds": 2}


def verdict(claim, observed, chosen=None, **measured):
    return judge(claim, Finding(observed, **measured), chosen or choose())


@pytest.mark.parametrize(
    ("operator", "met", "missed"),
    [
        ("=", [10], [9, 11]),
        ("~", [10], [9, 11]),
        (">=", [10, 11], [9.9]),
        (">", [10.1], [10, 9]),
        ("<=", [10, 9, -3], [10.1]),
        ("<", [9.9, 0], [10, 11]),
        ("between", [10, 15, 20], [9, 21]),
        ("exists", [10, 500], [9, 0]),
        ("increase", [10, 11, math.inf], [9, 0.5]),
    ],
)
def test_each_operator_compares_as_it_reads(claim_of, operator, met, missed):
    claim = claim_of(operator=operator, expected_high=20.0)
    assert [verdict(claim, number) for number in met] == [Verdict("holds")] * len(met)
    assert [verdict(claim, number) for number in missed] == [Verdict("fails")] * len(missed)


@pytest.mark.parametrize(
    ("operator", "unchanged", "met", "missed"),
    [
        ("increase", 0.0, [0.1, 7], [0, -0.1]),
        ("increase", 1.0, [1.1, 7], [1, 0.9]),
        ("decrease", 0.0, [-0.1, -7], [0, 0.1]),
        ("decrease", 1.0, [0.9, 0], [1, 1.1]),
    ],
)
def test_a_bare_change_is_told_from_no_change(claim_of, operator, unchanged, met, missed):
    claim = claim_of(operator=operator, expected=NAN)
    for number in met:
        assert verdict(claim, number, unchanged=unchanged).verdict == "holds"
    for number in missed:
        assert verdict(claim, number, unchanged=unchanged).verdict == "fails"


def test_a_halving_is_met_by_a_half_and_less_but_not_by_two_thirds(claim_of):
    claim = claim_of(operator="decrease", expected=0.5)
    found = [verdict(claim, ratio, unchanged=1.0).verdict for ratio in (0.3, 0.5, 0.66, 1.2)]
    assert found == ["holds", "holds", "fails", "fails"]


def test_sums_of_floating_numbers_are_not_missed_by_their_last_bit(claim_of):
    claim = claim_of(expected=0.3)
    assert verdict(claim, 0.1 + 0.2) == Verdict("holds")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("none", ["fails", "fails", "fails"]),
        ("ledger", ["holds", "fails", "fails"]),
        ("double", ["holds", "holds", "fails"]),
    ],
)
@pytest.mark.parametrize(
    ("operator", "misses"),
    [
        ("=", [11, 12, 12.1]),
        ("~", [9, 8, 7.9]),
        (">=", [9, 8, 7.9]),
        (">", [9.1, 8.1, 8]),
        ("<=", [11, 12, 12.1]),
        ("<", [10.9, 11.9, 12]),
        ("between", [9, 8, 7.9]),
        ("exists", [9, 8, 7.9]),
        ("increase", [9, 8, 7.9]),
    ],
)
def test_a_tolerance_of_a_tenth_counts_never_once_or_twice(
    claim_of, setting, expected, operator, misses
):
    claim = claim_of(operator=operator, tolerance=0.1, expected_high=10.0)
    chosen = choose(tolerance=setting)
    assert [verdict(claim, number, chosen).verdict for number in misses] == expected


def test_the_tolerance_of_a_range_counts_at_its_upper_end_too(claim_of):
    claim = claim_of(operator="between", expected_high=20.0, tolerance=0.1)
    assert [verdict(claim, number).verdict for number in (21, 21.1)] == ["holds", "fails"]


@pytest.mark.parametrize(
    ("reading", "least"), [("default", 24.0), ("loose", 12.0), ("strict", 36.0)]
)
def test_words_are_read_as_the_run_reads_them(claim_of, reading, least):
    claim = claim_of(operator=">=", expected=24.0, expected_loose=12.0, expected_strict=36.0)
    chosen = choose(reading=reading)
    assert verdict(claim, least, chosen) == Verdict("holds")
    assert verdict(claim, least - 1, chosen) == Verdict("fails")


def test_the_tolerance_is_a_share_of_the_number_as_it_is_read(claim_of):
    claim = claim_of(operator="~", expected=10.0, expected_strict=100.0, tolerance=0.1)
    chosen = choose(reading="strict")
    assert [verdict(claim, n, chosen).verdict for n in (90, 89)] == ["holds", "fails"]


@pytest.mark.parametrize("reading", ["loose", "strict"])
def test_a_number_that_the_article_gives_is_not_a_matter_of_reading(claim_of, reading):
    assert verdict(claim_of(), 10, choose(reading=reading)) == Verdict("holds")


@pytest.mark.parametrize("operator", [">=", ">"])
def test_a_floor_of_half_the_number_or_less_is_loose(claim_of, operator):
    claim = claim_of(operator=operator)
    assert verdict(claim, 19.9) == Verdict("holds")
    assert verdict(claim, 20) == Verdict("holds_in_part", "loose_floor")


def test_a_floor_of_zero_is_not_loose(claim_of):
    assert verdict(claim_of(operator=">", expected=0.0), 50) == Verdict("holds")


@pytest.mark.parametrize("operator", ["exists", "increase", "<=", "="])
def test_only_floors_can_be_loose(claim_of, operator):
    claim = claim_of(operator=operator, expected=10.0)
    assert verdict(claim, 50).reason == ""


@pytest.mark.parametrize(
    ("operator", "observed"),
    [("=", 8), ("~", 8), (">=", 8), (">", 8), ("<=", 12), ("<", 12), ("between", 8)],
)
def test_a_number_in_the_interval_holds_in_part(claim_of, operator, observed):
    claim = claim_of(operator=operator, expected_high=11.0)
    wide = verdict(claim, observed, low=5, high=15)
    assert wide == Verdict("holds_in_part", "within_interval_only")
    narrow = verdict(claim, observed, low=observed - 1, high=observed + 1)
    assert narrow == Verdict("fails")


@pytest.mark.parametrize(
    ("operator", "observed", "low", "high"), [(">", 7, 5, 10), ("<", 13, 10, 15)]
)
def test_an_interval_that_ends_where_the_claim_begins_has_nothing_of_it(
    claim_of, operator, observed, low, high
):
    assert verdict(claim_of(operator=operator), observed, low=low, high=high) == Verdict("fails")


@pytest.mark.parametrize(
    ("operator", "observed", "low", "high"), [(">=", 7, 5, 10), ("<=", 13, 10, 15)]
)
def test_an_interval_has_its_ends(claim_of, operator, observed, low, high):
    found = verdict(claim_of(operator=operator), observed, low=low, high=high)
    assert found == Verdict("holds_in_part", "within_interval_only")


def test_one_known_end_of_an_interval_is_enough(claim_of):
    claim = claim_of(operator=">=")
    assert verdict(claim, 8, low=3, high=math.inf).reason == "within_interval_only"
    assert verdict(claim_of(operator="<="), 12, low=3, high=NAN).reason == "within_interval_only"


@pytest.mark.parametrize(
    ("operator", "observed", "low", "high"),
    [
        ("increase", 1.5, 0.8, 3.0),
        ("increase", 1.5, 1.0, 3.0),
        ("decrease", 0.7, 0.4, 1.1),
        ("decrease", 0.7, 0.4, 1.0),
    ],
)
def test_a_change_whose_interval_has_no_change_holds_in_part(
    claim_of, operator, observed, low, high
):
    claim = claim_of(operator=operator, expected=NAN)
    found = verdict(claim, observed, low=low, high=high, unchanged=1.0)
    assert found == Verdict("holds_in_part", "within_interval_only")


def test_a_change_whose_interval_excludes_no_change_holds(claim_of):
    claim = claim_of(operator="increase", expected=NAN)
    assert verdict(claim, 1.5, low=1.1, high=3.0, unchanged=1.0) == Verdict("holds")


@pytest.mark.parametrize(("operator", "observed"), [("increase", 0.9), ("decrease", 1.1)])
def test_an_interval_does_not_turn_a_change_round(claim_of, operator, observed):
    claim = claim_of(operator=operator, expected=NAN)
    assert verdict(claim, observed, low=0.2, high=5.0, unchanged=1.0) == Verdict("fails")


def test_what_is_not_on_record_does_not_come_from_an_interval(claim_of):
    assert verdict(claim_of(operator="exists"), 9, low=5, high=15) == Verdict("fails")


@pytest.mark.parametrize("reason", ["other_period", "unit_differs", "some_definitions_only"])
def test_a_number_that_is_right_when_read_otherwise_holds_in_part(claim_of, reason):
    readings = (Reading("other_period", "never", 3), Reading(reason, "in all years", 10))
    found = verdict(claim_of(), 7, readings=readings)
    assert found == Verdict("holds_in_part", reason, "in all years")


def test_a_number_that_is_right_in_no_reading_fails(claim_of):
    readings = (Reading("other_period", "in all years", 12), Reading("unit_differs", "pairs", NAN))
    assert verdict(claim_of(), 7, readings=readings) == Verdict("fails")


def test_another_definition_that_denies_a_right_number_takes_from_it(claim_of):
    found = verdict(claim_of(), 10, readings=(Reading("some_definitions_only", "hulls", 4),))
    assert found == Verdict("holds_in_part", "some_definitions_only", "not under: hulls")


@pytest.mark.parametrize(
    "reading",
    [
        Reading("some_definitions_only", "agrees", 10),
        Reading("some_definitions_only", "not known", NAN),
        Reading("other_period", "all years", 30),
        Reading("unit_differs", "pairs", 5),
    ],
)
def test_other_readings_leave_a_right_number_alone(claim_of, reading):
    assert verdict(claim_of(), 10, readings=(reading,)) == Verdict("holds")


def test_what_was_not_measured_is_not_in_the_data(claim_of):
    right = (Reading("other_period", "all years", 10),)
    assert verdict(claim_of(), NAN, low=5, high=15, readings=right) == Verdict("not_in_data")


def test_what_states_nothing_measurable_is_not_in_the_data(claim_of):
    assert verdict(claim_of(operator="none"), 10) == Verdict("not_in_data")


def test_an_operator_without_a_rule_is_refused_by_name(claim_of):
    with pytest.raises(ValueError, match="CEPA-999: no rule for the operator '!='"):
        verdict(claim_of(operator="!="), 10)


# Small whole numbers meet each other often; the others try everything between.
numbers = some.integers(-12, 12).map(float) | some.floats(-1e6, 1e6)
operators = some.sampled_from([o for o in claims.OPERATORS if o != "none"])
runs = some.builds(
    lambda tolerance, reading: choose(tolerance=tolerance, reading=reading),
    some.sampled_from(["none", "ledger", "double"]),
    some.sampled_from(["default", "loose", "strict"]),
)


@some.composite
def any_claim(draw, operator=operators, **said):
    """Draw what a claim expects: numbers that may be missing where the ledger allows it."""
    maybe = some.one_of(some.just(NAN), numbers)
    chosen = draw(operator)
    expected = draw(maybe if chosen in ("increase", "decrease") else numbers)
    return {
        "operator": chosen,
        "expected": expected,
        "expected_high": expected + draw(some.floats(0, 1e6)) if chosen == "between" else NAN,
        "expected_loose": draw(maybe),
        "expected_strict": draw(maybe),
        "tolerance": draw(some.floats(0, 0.5)),
    } | said


@some.composite
def any_surroundings(draw):
    """Draw all of a finding but the number: interval, no change, other readings."""
    low, high = sorted([draw(numbers), draw(numbers)])
    if draw(some.booleans()):
        low = high = NAN
    reading = some.builds(
        Reading, some.sampled_from([*claims.REASONS]), some.just("x"), some.just(NAN) | numbers
    )
    readings = tuple(draw(some.lists(reading, max_size=3)))
    unchanged = draw(some.sampled_from([0.0, 1.0]))
    return {"low": low, "high": high, "unchanged": unchanged, "readings": readings}


anything = some.just(NAN) | numbers | some.sampled_from([math.inf, -math.inf])


@given(any_claim(), anything, any_surroundings(), runs)
def test_verdicts_and_reasons_are_those_that_there_are(claim_of, said, observed, around, chosen):
    found = verdict(claim_of(**said), observed, chosen, **around)
    assert found.verdict in claims.VERDICTS
    assert found.reason in ("", *claims.REASONS)
    assert (found.verdict == "holds_in_part") == bool(found.reason)


@given(any_claim(), any_surroundings(), runs)
def test_nothing_holds_that_was_not_observed(claim_of, said, around, chosen):
    assert verdict(claim_of(**said), NAN, chosen, **around) == Verdict("not_in_data")


@given(any_claim(), anything, any_surroundings(), runs)
def test_opinions_stay_opinions_and_citations_citations(claim_of, said, observed, around, chosen):
    finding = Finding(observed, **around)
    for testability, word in {"untestable": "opinion", "citable": "cited"}.items():
        assert judge(claim_of(**said, testability=testability), finding, chosen) == Verdict(word)


def never_falls(found):
    failing = [one.verdict == "fails" for one in found]
    return failing == sorted(failing, reverse=True)


@given(
    any_claim(some.sampled_from([">=", ">", "exists", "increase"])),
    some.lists(numbers, min_size=2, max_size=6), any_surroundings(), runs,
)  # fmt: skip
def test_more_never_makes_a_floor_fail(claim_of, said, observed, around, chosen):
    claim = claim_of(**said)
    assert never_falls([verdict(claim, o, chosen, **around) for o in sorted(observed)])


@given(
    any_claim(some.sampled_from(["<=", "<", "decrease"])),
    some.lists(numbers, min_size=2, max_size=6), any_surroundings(), runs,
)  # fmt: skip
def test_less_never_makes_a_ceiling_fail(claim_of, said, observed, around, chosen):
    claim = claim_of(**said)
    found = [verdict(claim, o, chosen, **around) for o in sorted(observed, reverse=True)]
    assert never_falls(found)


@given(
    any_claim(some.sampled_from(["=", "~"]), expected_loose=NAN, expected_strict=NAN),
    some.lists(numbers, min_size=2, max_size=6), any_surroundings(), runs,
)  # fmt: skip
def test_farther_from_a_number_is_never_better(claim_of, said, misses, around, chosen):
    claim = claim_of(**said)
    found = [
        verdict(claim, said["expected"] + m, chosen, **around) for m in sorted(misses, key=abs)
    ]
    ranks = [RANK[one.verdict] for one in found]
    assert ranks == sorted(ranks, reverse=True)


@given(any_claim(), numbers, any_surroundings())
def test_tolerance_only_widens(claim_of, said, observed, around):
    claim = claim_of(**said)
    ranks = [
        RANK[verdict(claim, observed, choose(tolerance=t), **around).verdict]
        for t in ("none", "ledger", "double")
    ]
    assert ranks == sorted(ranks)


def test_a_choice_that_is_not_declared_is_refused_with_claim_and_choice():
    seen = Declared(choose(year_rule="order"), ("year_rule",), "CEPA-999")
    assert seen.year_rule == "order"
    with pytest.raises(AttributeError, match="CEPA-999: .* choice baseline, .* declares year_rule"):
        seen.baseline  # noqa: B018


def test_two_checks_of_one_name_are_refused(monkeypatch):
    monkeypatch.setattr(claims, "CHECKS", {"rows_counted": rows_counted})

    def another():
        """Stand in for a check of another module."""

    another.__name__ = "rows_counted"
    with pytest.raises(ValueError, match="two checks called rows_counted"):
        claims.check(another)
    assert claims.check(rows_counted) is rows_counted


def test_tables_load_once_and_remember_what_was_computed():
    data = Tables()
    assert data["countries"] is data["countries"]
    computed = []
    for _ in range(2):
        assert data.once(("a", 1), lambda: computed.append(1) or 5) == 5
    assert computed == [1]


def by_date(seen):
    """Read a second choice, or a third, or none, depending on the first."""
    if seen.baseline == "baci":
        return ("baci", seen.base_year)
    return ("china", seen.hs_list) if seen.count_calls else "china"


RUNS = [
    choose(baseline=baseline, base_year=year, hs_list=goods, count_calls=calls)
    for baseline in ("china_reported", "baci")
    for year in (2021, 2019)
    for goods in ("chpl50", "semiconductors")
    for calls in (False, True)
]


@given(some.permutations(RUNS))
def test_what_is_remembered_under_choices_does_not_depend_on_their_order(runs):
    data, computed = Tables(), []
    for run in runs:
        found = data.under(("a",), run, lambda seen: computed.append(1) or by_date(seen))
        assert found == by_date(run)
    # Two base years on one baseline; on the other two lists with calls and one result without.
    assert len(computed) == 5


@given(some.permutations(RUNS))
def test_what_is_read_through_something_remembered_counts_as_read(runs):
    data = Tables()

    def around(seen):
        return data.under(("inner",), seen, by_date), seen.year_rule

    for run in runs:
        assert data.under(("outer",), run, around) == (by_date(run), "delivery")


def test_nothing_is_remembered_of_what_failed():
    data, tries = Tables(), []

    def compute(seen):
        tries.append(seen.baseline)
        if len(tries) == 1:
            raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        data.under(("a",), choose(), compute)
    assert [data.under(("a",), choose(), compute) for _ in range(2)] == [None, None]
    assert len(tries) == 2


def test_a_choice_that_is_not_declared_is_refused_even_where_its_result_is_remembered():
    data = Tables()
    data.under(("a",), choose(), lambda seen: seen.baseline)
    with pytest.raises(AttributeError, match="CEPA-999: .* choice baseline"):
        data.under(("a",), Declared(choose(), (), "CEPA-999"), lambda seen: seen.baseline)


def test_a_claim_read_twice_is_the_same_claim():
    first, second = claims.ledger(), claims.ledger()
    assert first == second
    assert [*map(hash, first.values())] == [*map(hash, second.values())]
    one = first["CEPA-023"]
    assert one != one._replace(check_args=one.check_args | {"ever": False})


def test_a_ledger_row_is_read_with_its_lists_and_its_gaps():
    cell = {"CEPA-001": "increase", "CEPA-023": "="}
    ledger = claims.ledger()
    assert {i: ledger[i].operator for i in cell} == cell
    for claim in ledger.values():
        texts = (claim.unit, claim.reading, claim.check, claim.caveat, claim.needs)
        assert all(isinstance(text, str) for text in texts)
        assert isinstance(claim.check_args, dict)
        assert "" not in claim.choices


def test_the_years_of_a_claim_are_those_of_its_period(claim_of):
    assert claim_of(period_start="1991-12", period_end="2014-03-18").years == (1991, 2014)
