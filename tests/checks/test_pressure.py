import pandas as pd
import pytest

from helpers import scorecard, tables
from helpers.choices import choose
from helpers.claims import Tables, ledger

LEDGER = ledger()
SANCTIONS = tables.load("sanctions")


def decide(claim_id, parameters=None, **frames):
    return scorecard.decide(LEDGER[claim_id], Tables(frames), choose(**(parameters or {})))


def verdict(claim_id, parameters=None, **frames):
    return decide(claim_id, parameters, **frames)[1].verdict


def listing(date, entities, package=None, **changed):
    """Make one round of the European Union that may be summed."""
    row = {
        "date": date, "authority": "EU", "instrument": "annex_iv", "eu_package": package,
        "n_entities": entities, "n_hong_kong": 0, "count_kind": "exact", "is_additive": True,
        "named_entities": "", "count_basis": "", "confidence": "high",
    }  # fmt: skip
    return row | changed


def listings(*rows):
    return pd.DataFrame(rows).astype(
        {"eu_package": "Int64", "n_entities": "Int64", "n_hong_kong": "Int64",
         "is_additive": "boolean"}
    )  # fmt: skip


def without(column, value):
    return SANCTIONS[(SANCTIONS[column] != value).fillna(True)]


# --- entities listed


@pytest.mark.parametrize(
    ("entities", "expected"),
    [(23, "fails"), (24, "holds")],
)
def test_dozens_are_a_floor(entities, expected):
    frame = listings(listing("2023-04-12", entities, authority="USA"))
    assert verdict("DIP-049", sanctions=frame) == expected


def test_only_what_may_be_summed_and_lies_in_the_period_is_added_up():
    frame = listings(
        listing("2023-04-12", 20, authority="USA"),
        listing("2023-04-12", 31, authority="USA", is_additive=False),
        listing("2021-04-12", 40, authority="USA"),
        listing("2023-04-12", 50, authority="GBR"),
    )
    found = decide("DIP-049", sanctions=frame)[0]
    assert (found.observed, found.note) == (20, "1 row: as counted")
    both = pd.concat([frame, listings(listing("2023", 3, authority="USA", count_kind="at_least"))])
    again = decide("DIP-049", sanctions=both.reset_index(drop=True))[0]
    assert again.note == "2 rows: 3 a floor, 20 as counted"


def test_the_mainland_rule_leaves_out_entities_seated_in_hong_kong():
    names = "Xiamen Limbach; Redlepus"
    row = listing("2024-10-17", 2, authority="USA", n_hong_kong=1, named_entities=names)
    frame = listings(row)
    assert verdict("DIP-053", sanctions=frame) == "holds"
    assert verdict("DIP-053", {"jurisdiction_rule": "chn"}, sanctions=frame) == "fails"


@pytest.mark.parametrize("claim_id", ["DIP-049", "DIP-054", "DIP-055", "DIP-056"])
def test_where_the_article_names_hong_kong_it_counts_whatever_is_chosen(claim_id):
    assert "jurisdiction_rule" not in LEDGER[claim_id].choices
    mainland = {"jurisdiction_rule": "chn"}
    assert decide(claim_id, mainland)[0].note == decide(claim_id)[0].note
    frame = listings(listing("2023-04-12", 30, authority="USA", n_hong_kong=21))
    assert verdict("DIP-049", mainland, sanctions=frame) == "holds"


def test_the_real_sum_fails_without_the_entity_list():
    few = without("authority", "USA")
    assert verdict("DIP-049", sanctions=few) == "not_in_data"
    small = SANCTIONS[(SANCTIONS["authority"] != "USA") | (SANCTIONS["n_entities"] < 3)]
    assert verdict("DIP-049", sanctions=small) == "fails"
    assert verdict("DIP-049").startswith("holds")


@pytest.mark.parametrize(("entities", "expected"), [(2, "holds"), (3, "fails")])
def test_two_drone_firms_are_two(entities, expected):
    changed = SANCTIONS.copy()
    named = changed["named_entities"].str.contains("Limbach").fillna(False)
    changed.loc[named, "n_entities"] = entities
    assert verdict("DIP-053", sanctions=changed) == expected


def test_one_of_the_two_firms_alone_is_not_the_round():
    changed = SANCTIONS.copy()
    changed["named_entities"] = changed["named_entities"].str.replace("Redlepus", "Another")
    assert verdict("DIP-053", sanctions=changed) == "not_in_data"
    assert verdict("DIP-053") == "holds"


@pytest.mark.parametrize(("entities", "expected"), [(0, "holds"), (3, "fails")])
def test_a_package_without_entities_needs_a_row_that_says_so(entities, expected):
    rest = without("eu_package", 12)
    missing, judged = decide("DIP-055", sanctions=rest)
    assert (missing.note, judged.verdict) == ("no such round in sanctions", "not_in_data")
    row = listing("2023-12-18", entities, 12)
    frame = pd.concat([rest, listings(row)], ignore_index=True)
    assert verdict("DIP-055", sanctions=frame) == expected


@pytest.mark.parametrize(
    ("annex", "full", "expected"),
    [(25, 0, "holds"), (25, 1, "holds_in_part"), (24, 1, "holds_in_part"), (28, 1, "fails")],
)
def test_twenty_five_may_mean_trade_restrictions_alone(annex, full, expected):
    frame = listings(
        listing("2025-02-24", annex, 16),
        listing("2025-02-24", full, 16, instrument="asset_freeze"),
    )
    # 24 and 1 make 25, but not under trade restrictions alone.
    assert verdict("DIP-056", sanctions=frame) == expected


def test_another_number_in_the_real_package_fails():
    changed = SANCTIONS.copy()
    changed.loc[changed["eu_package"] == 16, "n_entities"] = 40
    assert verdict("DIP-056", sanctions=changed) == "fails"
    assert verdict("DIP-056").startswith("holds")


def test_ukraine_listed_another_number():
    changed = SANCTIONS.copy()
    changed.loc[changed["date"] == "2025-04-18", "n_entities"] = 4
    assert verdict("DIP-058", sanctions=changed) == "fails"
    assert verdict("DIP-058") == "holds"


# --- packages


def packages(*numbers, **changed):
    return listings(*[listing("2024-02-23", 4, number, **changed) for number in numbers])


@pytest.mark.parametrize(
    ("numbers", "observed", "expected"),
    [
        ((11, 13, 14, 15, 16), 5, "holds"),
        ((11, 13, 14, 15), 4, "fails"),
        ((11, 12, 13, 14, 15, 16), 4, "fails"),
    ],
)
def test_only_the_very_set_of_packages_holds(numbers, observed, expected):
    found, judged = decide("DIP-054", sanctions=packages(*numbers))
    assert (found.observed, judged.verdict) == (observed, expected)


def test_a_package_with_hong_kong_firms_only_does_not_count_for_the_mainland():
    frame = packages(11, 13, 14, 15, 16)
    frame.loc[frame["eu_package"] == 11, "n_hong_kong"] = 4
    assert verdict("DIP-054", sanctions=frame) == "holds"
    arguments = LEDGER["DIP-054"].check_args | {"jurisdiction": "chn"}
    mainland = LEDGER["DIP-054"]._replace(check_args=arguments)
    judged = scorecard.decide(mainland, Tables({"sanctions": frame}), choose())[1]
    assert judged.verdict == "fails"


UNNUMBERED = {"is_additive": False, "count_kind": "not_stated"}
CONFIRMING = "entities registered in China are among those added"
SILENT = "29 entities; China is not named"


@pytest.mark.parametrize(
    ("basis", "observed", "judged"), [(CONFIRMING, 5, "holds"), (SILENT, 4, "fails")]
)
def test_a_package_is_confirmed_without_a_number_only_by_a_row_that_says_so(
    basis, observed, judged
):
    row = listing("2023-06-23", None, 11, count_basis=basis, **UNNUMBERED)
    frame = pd.concat([packages(13, 14, 15, 16), listings(row)], ignore_index=True)
    finding, found = decide("DIP-054", sanctions=frame)
    assert (finding.observed, found.verdict) == (observed, judged)
    assert ("confirmed without a number: 11" in finding.note) == (observed == 5)


def test_the_row_of_the_twelfth_package_confirms_no_listing():
    row = SANCTIONS[SANCTIONS["eu_package"] == 12]
    assert len(row) == 1
    frame = pd.concat([packages(11, 13, 14, 15, 16), row], ignore_index=True)
    assert verdict("DIP-054", sanctions=frame) == "holds"


@pytest.mark.parametrize("weak", [13, 12])
def test_a_package_that_only_better_evidence_leaves_out_says_nothing(weak):
    frame = packages(11, 13, 14, 15, 16, *([weak] if weak == 12 else []))
    frame["confidence"] = frame["confidence"].mask(frame["eu_package"] == weak, "medium")
    finding, judged = decide("DIP-054", {"min_confidence": "high"}, sanctions=frame)
    assert judged.verdict == "not_in_data"
    assert finding.note == f"only on weaker evidence than asked for: {weak}"
    assert verdict("DIP-054", {"min_confidence": "medium"}, sanctions=frame) == (
        "holds" if weak == 13 else "fails"
    )


def test_a_round_without_a_number_is_not_called_no_round():
    finding, judged = decide("DIP-055")
    assert judged.verdict == "not_in_data"
    assert finding.note == "on record without a number that may be summed"
    assert len(finding.rows["sanctions"]) == 1


@pytest.mark.parametrize("claim_id", ["DIP-055", "DIP-056"])
def test_a_round_that_only_weaker_evidence_has_is_said_to_be_so(claim_id):
    # Of package 16 a row of high confidence has no number, and the numbers are of medium.
    finding, judged = decide(claim_id, {"min_confidence": "high"})
    assert judged.verdict == "not_in_data"
    assert finding.note == "only on weaker evidence than asked for"


def test_packages_known_from_drafts_are_named():
    frame = packages(11, 13, 14, 15, 16)
    frame.loc[frame["eu_package"] == 16, "count_kind"] = "planned"
    assert "drafts only: 16" in decide("DIP-054", sanctions=frame)[0].note


def test_the_real_set_without_the_thirteenth_fails():
    assert verdict("DIP-054", sanctions=without("eu_package", 13)) == "fails"
    assert verdict("DIP-054") == "holds"


def test_a_later_package_would_be_the_latest():
    frame = pd.concat([SANCTIONS, listings(listing("2025-05-05", 3, 17))], ignore_index=True)
    assert verdict("DIP-057", sanctions=frame) == "fails"
    assert verdict("DIP-057") == "holds"


# --- single facts


def test_a_drone_rule_that_names_conflict_zones_would_hold():
    rules = tables.load("export_controls")
    named = rules.assign(is_naming_conflict_zone=True)
    assert verdict("CEPA-134", export_controls=named) == "holds"
    found, judged = decide("CEPA-134")
    assert (judged.verdict, judged.reason) == ("holds_in_part", "some_definitions_only")
    none = rules[rules["date_effective"] != "2023-09-01"]
    assert verdict("CEPA-134", export_controls=none.assign(date_effective="2023-08")) != "holds"


@pytest.mark.parametrize(
    ("claim_id", "column", "value"),
    [
        ("DIP-051", "date", "2023-02-26"),
        ("DIP-052", "ground", "Sale of engines"),
        ("DIP-059", "ground", "Sale of drones"),
        ("DIP-059", "measure", "warning"),
    ],
)
def test_a_listing_with_another_fact_does_not_hold(claim_id, column, value):
    assert verdict(claim_id, sanctions=SANCTIONS.assign(**{column: value})) != "holds"
    assert verdict(claim_id) == "holds"


@pytest.mark.parametrize(("score", "expected"), [(1.0, "fails"), (0.5, "holds"), (0.0, "holds")])
def test_sanctions_of_the_chinese_state_would_fail_the_claim(score, expected):
    coded = tables.load("alliance_indicators").copy()
    coded.loc[coded["indicator"].str.startswith("compliance_with"), "score"] = score
    assert verdict("CEPA-226", alliance_indicators=coded) == expected


def test_a_year_without_support_breaks_the_backing():
    votes = tables.load("statements")
    silent = votes[~((votes["year"] == 2024) & (votes["speaker_of"] == "CHN"))]
    assert verdict("CEPA-210", statements=silent) == "fails"
    assert verdict("CEPA-210") == "holds"


def test_findings_name_rows_of_their_tables():
    data = Tables()
    for claim in LEDGER.values():
        if claim.section == "sanctions" and claim.check:
            found = scorecard.measure(claim, data, choose())
            for name, rows in scorecard.rows_used(found, data).items():
                assert len(rows) == len(found.rows[name]), claim.claim_id
