"""Results in words, as JSON and as tables."""

import json
import math

import pandas as pd
import pytest

from helpers import prose, robustness, scorecard, verdicts
from helpers.choices import choose
from helpers.claims import CHECKS, REASONS, VERDICTS, Finding, Reading, Tables, ledger
from helpers.paths import NOTEBOOKS

NAN = float("nan")
KEYS = [
    "claim_id", "paraphrase", "verdict", "reason", "observed", "low", "high", "unit", "operator",
    "expected", "n_rows", "robustness",
]  # fmt: skip
ATTACK = "<script>alert(1)</script>\"'&"


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, as a list of bundles."""
    seen = []
    monkeypatch.setattr(prose, "display", lambda what, **_: seen.append(what))
    return seen


@pytest.fixture
def stub(monkeypatch):
    """Register a check that finds what a test says."""

    def use(finding):
        monkeypatch.setitem(CHECKS, "stub", lambda tables, chosen, claim: finding)

    return use


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        ("=", "exactly 10 things"),
        ("~", "about 10 things"),
        (">=", "at least 10 things"),
        (">", "more than 10 things"),
        ("<=", "at most 10 things"),
        ("<", "less than 10 things"),
        ("between", "between 10 and 20 things"),
        ("exists", "at least 10 things on record"),
        ("increase", "an increase, to 10 times or beyond"),
        ("decrease", "a decrease, to 10 times or beyond"),
    ],
)
def test_expectations_in_words(claim_of, operator, words):
    assert verdicts.expectation(claim_of(operator=operator, expected_high=20.0)) == words


@pytest.mark.parametrize(
    ("operator", "words"),
    [("increase", "an increase"), ("decrease", "a decrease"), ("none", "no number")],
)
def test_expectations_without_a_number(claim_of, operator, words):
    assert verdicts.expectation(claim_of(operator=operator, expected=NAN, unit="")) == words


@pytest.mark.parametrize(
    ("operator", "expected", "unit", "words"),
    [
        ("~", 1.0, "ratio", "about the same"),
        ("=", 1.0, "ratio", "exactly the same"),
        ("~", 2.0, "ratio", "about 2 times"),
        ("=", 2022.0, "year", "2022"),
        (">=", 2022.0, "year", "2022 or later"),
        ("<", 2022.0, "year", "before 2022"),
        ("=", 0.0, "score", "a score of exactly 0"),
        ("<=", 3.0, "rank", "a rank of at most 3"),
    ],
)
def test_expectations_as_one_says_them(claim_of, operator, expected, unit, words):
    claim = claim_of(operator=operator, expected=expected, unit=unit)
    assert verdicts.expectation(claim) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "0"), (2021.0, "2021"), (1899.0, "1,899"), (-3.0, "−3"), (0.256, "0.26"),
        (12.34, "12.3"), (-12.34, "−12.3"), (12345.6, "12,345.6"), (math.inf, "infinity"),
        (NAN, "no number"), (pd.NA, "no number"),
    ],
)  # fmt: skip
def test_numbers_are_written_plainly(amount, words):
    assert verdicts.plain(amount) == words


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ((NAN, 1.0, 2.0, "events"), "nothing"),
        ((3.0, NAN, NAN, "events"), "3 events"),
        ((3.0, NAN, NAN, ""), "3"),
        ((1.5, 0.8, math.inf, "ratio"), "1.50 times (0.80 to infinity)"),
        ((0.0, NAN, NAN, "items"), "0 items"),
    ],
)
def test_what_was_found_in_words(cells, words):
    assert verdicts.found(*cells) == words


@pytest.mark.parametrize("verdict", VERDICTS)
def test_verdicts_in_words(verdict):
    assert verdicts.verdict_words(verdict) == VERDICTS[verdict]
    assert "_" not in verdicts.verdict_words(verdict)


@pytest.mark.parametrize("reason", REASONS)
def test_reasons_in_words(reason):
    assert verdicts.verdict_words("holds_in_part", reason, "x") == (
        f"holds in part: {REASONS[reason]} (x)"
    )


def strictly(text):
    """Read JSON as the standard has it, without NaN and Infinity."""

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def as_json(claims, chosen=None):
    data, chosen = Tables(), chosen or choose()
    results = scorecard.evaluate(chosen, claims, data)
    found = robustness.curves(chosen, claims, data)
    return verdicts.as_json(results, {i: robustness.share_same(one) for i, one in found.items()})


def test_json_has_exactly_its_keys_in_order():
    claims = {i: c for i, c in ledger().items() if c.section in ("limits", "outreach")}
    objects = strictly(as_json(claims))
    assert [o["claim_id"] for o in objects] == list(claims)
    assert all(list(o) == KEYS for o in objects)
    assert {o["verdict"] for o in objects} <= set(VERDICTS)


def test_json_has_null_for_what_is_missing_or_infinite(stub, claim_of):
    stub(Finding(math.inf, 2.0, math.inf, "ratio"))
    (found,) = strictly(
        as_json({"CEPA-999": claim_of(check="stub", expected=NAN, operator="increase")})
    )
    assert (found["observed"], found["low"], found["high"], found["expected"]) == (
        None, 2, None, None,
    )  # fmt: skip


def test_json_gives_robustness_only_of_what_has_a_check(stub, claim_of):
    stub(Finding(12.0))
    claims = {
        "CEPA-998": claim_of(claim_id="CEPA-998"),
        "CEPA-999": claim_of(check="stub", tolerance=0.1, choices=("tolerance",)),
    }
    without, checked = strictly(as_json(claims))
    assert without["robustness"] is None
    assert checked["robustness"] == pytest.approx(2 / 3)


def test_json_gives_the_number_expected_in_the_reading_of_the_run(stub, claim_of):
    stub(Finding(12.0))
    claims = {"CEPA-999": claim_of(check="stub", expected_strict=12.0, choices=("reading",))}
    (found,) = strictly(as_json(claims, choose(reading="strict")))
    assert (found["expected"], found["verdict"]) == (12, "holds")


def test_json_of_no_claims_is_an_empty_list():
    assert strictly(as_json({})) == []


def test_json_keeps_letters_beyond_ascii(stub, claim_of):
    stub(Finding(12.0, unit="Größe"))
    assert "Größe" in as_json({"CEPA-999": claim_of(check="stub")})


def test_wanted_gives_all_claims_unless_something_is_asked():
    assert list(verdicts.wanted((), None, None, None)) == list(ledger())


def test_wanted_gives_what_meets_every_demand():
    found = verdicts.wanted((), "exercises", "diplomat", None)
    assert found
    assert all(c.section == "exercises" and i.startswith("DIP") for i, c in found.items())
    assert list(verdicts.wanted(("DIP-032", "CEPA-023"), None, None, None)) == [
        "CEPA-023", "DIP-032",
    ]  # fmt: skip
    assert verdicts.wanted(("DIP-032",), None, "cepa", None) == {}


def test_wanted_names_all_that_there_is_not():
    with pytest.raises(ValueError) as error:
        verdicts.wanted(("CEPA-999", "DIP-032", "cepa-001"), "sports", None, "maybe")
    first, second, third = str(error.value).splitlines()
    assert first.startswith("no claim CEPA-999, cepa-001; ids run from CEPA-001 to DIP-")
    assert second.startswith("no section 'sports'; there are ")
    assert "exercises" in second
    assert third == f"no verdict 'maybe'; there are {', '.join(VERDICTS)}"


def test_the_text_has_a_line_a_claim_and_counts_that_add_up(results):
    *lines, last = verdicts.as_text(results).splitlines()
    assert [line[:10].strip() for line in lines] == results["claim_id"].tolist()
    assert last.startswith(f"{len(results)} claims: ")
    counts = [int(part.split(" ", 1)[0]) for part in last.split(": ", 1)[1].split(", ")]
    assert sum(counts) == len(results)


def test_the_text_of_no_claims_says_so():
    assert verdicts.as_text(scorecard.evaluate(claims={})) == "0 claims: none"


def test_explain_tells_statement_measurement_rule_rows_and_sources():
    told = verdicts.explain(ledger()["DIP-032"], Tables(), choose())
    assert told.startswith("DIP-032  The Diplomat, paragraph ")
    for part in ("\nClaim: ", "\nPeriod: 2019 to 2019", "\nExpected: at least 1 ",
                 "\nObserved: 1 ", "\nMeasured by: check rows_counted", "\nVerdict: holds",
                 "combinations of choices: holds ", "\n1 row of exercises:\n  ", ": https://",
                 ):  # fmt: skip
        assert part.replace(": https://", "https://") in told
    assert max(map(len, told.split("1 row of")[0].splitlines())) <= 100


def test_explain_tells_what_flips_a_verdict(stub, claim_of):
    stub(Finding(11.0))
    claim = claim_of(check="stub", tolerance=0.1, choices=("tolerance",))
    told = verdicts.explain(claim, Tables(), choose())
    assert "Expected: exactly 10 things, give or take 10%\n" in told
    assert (
        "Under 3 combinations of choices: holds 67%, fails 33%; with no tolerance it fails"
    ) in told


@pytest.mark.parametrize(
    ("tolerance", "words"), [("none", "things\n"), ("double", "things, give or take 20%\n")]
)
def test_explain_tells_the_tolerance_of_the_run(stub, claim_of, tolerance, words):
    stub(Finding(11.0))
    claim = claim_of(check="stub", tolerance=0.1, choices=("tolerance",))
    told = verdicts.explain(claim, Tables(), choose(tolerance=tolerance))
    assert f"Expected: exactly 10 {words}" in told


def test_explain_tells_what_is_expected_in_the_reading_of_the_run(stub, claim_of):
    stub(Finding(11.0))
    claim = claim_of(check="stub", expected_strict=20.0, reading="ten or more",
                     choices=("reading",))  # fmt: skip
    told = verdicts.explain(claim, Tables(), choose(reading="strict"))
    assert "Expected: exactly 20 things" in told
    assert "Reading: ten or more" in told


def test_explain_tells_other_readings_caveats_and_notes(stub, claim_of):
    stub(Finding(7.0, note="as far as known", readings=(Reading("other_period", "ever", 10.0),)))
    told = verdicts.explain(claim_of(check="stub", caveat="few rows"), Tables(), choose())
    for part in ("Observed: 7; as far as known", "Read otherwise: ever: 10", "Caveat: few rows",
                 "holds in part: the number is right for another period (ever)"):  # fmt: skip
        assert part in told


def test_explain_counts_the_rows_that_it_does_not_list():
    claim = next(c for c in ledger().values() if c.check == "rows_counted" and
                 scorecard.measure(c, Tables(), choose()).n_rows > 13)  # fmt: skip
    finding = scorecard.measure(claim, Tables(), choose())
    told = verdicts.explain(claim, Tables(), choose())
    assert f"\n{finding.n_rows} rows of {claim.check_args['table']}:\n" in told
    assert told.endswith(f"  and {finding.n_rows - verdicts.ROWS_SHOWN} more")


@pytest.mark.parametrize(
    ("testability", "word"), [("untestable", "opinion"), ("citable", "cited only")]
)
def test_explain_measures_nothing_that_cannot_be_measured(testability, word):
    claim = next(c for c in ledger().values() if c.testability == testability)
    told = verdicts.explain(claim, Tables(), choose())
    assert f"\nVerdict: {word}\n" in told + "\n"
    assert "Expected:" not in told
    assert "Measured by" not in told


def test_explain_cites_the_rows_that_speak_to_a_claim():
    data = Tables()
    claim = next(c for i, c in ledger().items()
                 if c.testability == "citable" and scorecard.speaking(i, data))  # fmt: skip
    told = verdicts.explain(claim, data, choose())
    for name, rows in scorecard.speaking(claim.claim_id, data).items():
        assert f"{prose.plural(len(rows), 'row')} of {name}:" in told


def test_every_claim_can_be_explained():
    data, chosen = Tables(), choose()
    for claim in list(ledger().values())[::10]:
        assert claim.paraphrase.split()[0] in verdicts.explain(claim, data, chosen)


def test_the_table_shows_what_was_asked_found_and_why(shown, results):
    verdicts.show_verdicts(results[results["claim_id"] == "DIP-032"], "Patrols")
    rich = shown[0]["text/html"]
    for part in ("Patrols: 1 holds", " on record", "● holds", ">DIP-032<"):
        assert part in rich


def test_the_table_shows_what_is_expected_in_the_reading_of_the_run(shown):
    claim = next(c for c in ledger().values() if c.check and c.operator == ">=" and
                 c.expected_strict > c.expected)  # fmt: skip
    results = scorecard.evaluate(choose(reading="strict"), {claim.claim_id: claim})
    verdicts.show_verdicts(results)
    assert f"at least {verdicts.plain(claim.expected_strict)}" in shown[0]["text/html"]


def test_ids_in_the_table_lead_to_the_cards(shown, results):
    verdicts.show_verdicts(results[results["claim_id"].isin(["CEPA-023", "DIP-032"])])
    for address in ("01_arms_trade.ipynb#CEPA-023", "03_exercises.ipynb#DIP-032"):
        assert f'<a href="{address}">' in shown[0]["text/html"]


def test_every_claim_has_a_card_in_a_handout_that_there_is():
    assert {claim.notebook for claim in ledger().values()} == set(verdicts.CARDS_IN)
    for name in verdicts.CARDS_IN.values():
        assert (NOTEBOOKS / f"{name}.ipynb").exists()


def test_long_tables_are_folded_and_short_ones_are_not(shown, results):
    verdicts.show_verdicts(results.head(verdicts.FOLDED))
    verdicts.show_verdicts(results.head(verdicts.FOLDED + 1))
    assert ["<details>" in bundle["text/html"] for bundle in shown] == [False, True]


@pytest.mark.parametrize("column", ["paraphrase", "words", "note", "caveat", "needs", "unit"])
def test_the_table_escapes_hostile_text(shown, results, column):
    measured = results["observed"].notna() if column == "unit" else results["reason"] != ""
    if column == "needs":
        measured = results["verdict"] == "opinion"
    verdicts.show_verdicts(results[measured].head(3).assign(**{column: ATTACK}), f"{ATTACK}")
    rich = shown[0]["text/html"]
    assert "<script" not in rich
    assert rich.count("&lt;script&gt;alert(1)") == 4


def test_every_verdict_has_its_own_shape():
    assert list(verdicts.SHAPES) == list(VERDICTS)
    assert len(set(verdicts.SHAPES.values())) == len(VERDICTS)


def test_robustness_shows_only_what_varies_the_frailest_first(shown):
    full = pd.DataFrame(
        {
            "claim_id": ["a", "b", "c"],
            "paraphrase": [ATTACK, "two", "three"],
            "verdict": ["holds", "holds", "fails"],
            "n_specifications": [4, 6, 8],
            "robustness": [0.75, 1.0, 0.5],
            "most_important": ["year of delivery or order", "", "base year of trade"],
            "flip": ["weapons counted in the year of order", "", ""],
            "flip_verdict": ["fails", "", ""],
        }
    )
    verdicts.show_robustness(full, "Choices")
    rich = shown[0]["text/html"]
    assert rich.index(">c<") < rich.index(">a<")
    assert ">b<" not in rich
    assert "weapons counted in the year of order: fails" in rich
    assert "the data fall silent" in rich
    assert "<script" not in rich
