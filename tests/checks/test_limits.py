import pandas as pd
import pytest

from helpers import tables
from helpers.checks import limits
from helpers.choices import choose
from helpers.claims import Tables, ledger
from helpers.scorecard import decide

CLAIMS = ledger()


def verdict(claim_id, changed=None, **choices):
    found = decide(CLAIMS[claim_id], Tables(changed), choose(**choices))[1]
    return f"{found.verdict}/{found.reason}".rstrip("/")


def observed(claim_id, changed=None, **choices):
    return decide(CLAIMS[claim_id], Tables(changed), choose(**choices))[0].observed


def altered(table, rows, **cells):
    """Give a table with some cells of some rows replaced; the rows must exist."""
    frame = tables.load(table).copy()
    found = rows(frame)
    assert found.any(), "the test alters nothing"
    for column, cell in cells.items():
        frame.loc[found, column] = cell
    return {table: frame}


def coded(indicator, dyad="Russia-China", era="since_2022", **cells):
    return altered(
        "alliance_indicators",
        lambda f: (f["indicator"] == indicator) & (f["dyad"] == dyad) & (f["era"] == era),
        **cells,
    )


def incident(name, **cells):
    def rows(frame):
        return frame["event"].str.contains(name) & (frame["kind"] == "seabed_damage")

    return altered("incidents", rows, **cells)


# found_among


def test_a_defence_clause_in_one_text_would_break_the_claim_that_there_is_none():
    signed = altered(
        "agreements", lambda f: f["agreement_id"] == "AGR-001", mutual_defence_clause="yes"
    )
    assert verdict("CEPA-245", signed) == verdict("DIP-009", signed) == "fails"
    assert verdict("CEPA-245") == verdict("DIP-009") == "holds"


def test_a_defence_clause_after_publication_would_break_the_forecast_and_an_old_one_would_not():
    late = altered("agreements", lambda f: f["date"] == "2025-05-08", mutual_defence_clause="yes")
    early = altered("agreements", lambda f: f["year"] < 2020, mutual_defence_clause="yes")
    assert [verdict("CEPA-284", changed) for changed in (late, early, None)] == [
        "fails",
        "holds",
        "holds",
    ]


def test_nothing_found_where_nothing_was_looked_at_is_no_absence():
    agreements = tables.load("agreements")
    before = {"agreements": agreements[agreements["year"] < 2025]}
    assert verdict("CEPA-284", before) == "not_in_data"


def test_recognition_of_crimea_in_one_statement_would_break_the_claim_of_none():
    said = altered(
        "statements",
        lambda f: (f["issues"] == "crimea") & (f["date"] == "2014-03-16"),
        grade="explicit_support",
    )
    assert verdict("CEPA-203", said) == "fails"
    assert verdict("CEPA-203") == "holds"
    assert verdict("CEPA-204", said) == "holds"


def test_explicit_support_is_counted_for_both_sides_and_for_china_alone():
    assert verdict("CEPA-202") == "holds_in_part/some_definitions_only"
    chinese = altered(
        "statements",
        lambda f: (f["speaker_of"] == "CHN") & (f["issues"] == "annexations_2022"),
        grade="explicit_support",
    )
    assert verdict("CEPA-202", chinese) == "fails"
    silent = altered(
        "statements", lambda f: f["grade"] == "explicit_support", grade="implicit_support"
    )
    assert verdict("CEPA-202", silent) == "holds"


def test_the_one_yes_to_a_critical_text_decides_whether_china_never_condemned():
    def yes(frame):
        return (frame["vote_chn"] == "for") & (frame["claim_of"] == "RUS")

    assert verdict("CEPA-265") == "holds_in_part/some_definitions_only"
    assert verdict("CEPA-265", altered("statements", yes, grade="neutral")) == "holds"
    own = altered("statements", lambda f: f["statement_id"] == "STM-023", grade="against")
    assert verdict("CEPA-265", own) == "fails"


def test_combat_side_by_side_would_break_both_claims_on_joint_missions():
    fought = altered("joint_operations", lambda f: f["region"] == "Ukraine", is_side_by_side=True)
    assert verdict("CEPA-098", fought) == verdict("CEPA-095", fought) == "fails"
    assert verdict("CEPA-213", fought) == "fails"
    assert verdict("CEPA-098") == verdict("CEPA-213") == "holds"
    assert verdict("CEPA-095") == "holds_in_part/some_definitions_only"
    apart = altered("joint_operations", lambda f: f["is_real_task"], is_side_by_side=False)
    assert verdict("CEPA-095", apart) == "holds"


@pytest.mark.parametrize(
    ("claim_id", "feature"), [("CEPA-238", "is_combined_arms"), ("CEPA-239", "has_joint_command")]
)
def test_the_claims_of_never_fall_with_the_exercises_that_had_the_feature(claim_id, feature):
    assert verdict(claim_id) == "fails"
    without = altered("exercises", lambda f: f[feature], **{feature: False})
    assert verdict(claim_id, without) == "holds"
    only_one_side = altered("exercises", lambda f: f[feature], both_took_part="observer")
    assert verdict(claim_id, only_one_side) == "holds"


def test_an_incident_is_tested_by_what_happened_where_and_when():
    assert verdict("CEPA-187") == "holds"
    elsewhere = incident("Newnew Polar Bear", event="Newnew Polar Bear ran aground")
    assert verdict("CEPA-187", elsewhere) == "fails"
    later = incident("Newnew Polar Bear", date_start="2023-11-07")
    assert verdict("CEPA-187", later) == "not_in_data"


def test_a_contested_report_holds_in_part_only():
    assert verdict("CEPA-192") == "holds_in_part/some_definitions_only"
    plain = incident("Yi Peng 3", russian_role="captain reported as Russian")
    denied = incident("Yi Peng 3", russian_role="sailed from Ust-Luga")
    assert [verdict("CEPA-192", changed) for changed in (plain, denied)] == ["holds", "fails"]
    assert verdict("CEPA-192", min_grade="B") == "not_in_data"


def test_proof_of_a_joint_act_would_break_the_claim_that_there_is_none():
    assert verdict("CEPA-194") == "holds_in_part/some_definitions_only"
    assert verdict("CEPA-194", incident("Newnew Polar Bear", attribution="declared")) == "fails"
    assert verdict("CEPA-194", incident("Yi Peng 3", attribution="none_alleged")) == "holds"


def test_what_falls_outside_the_period_is_offered_as_another_period():
    claim = CLAIMS["CEPA-187"]._replace(period_start="2024-11", period_end="2024-11")
    asked = (Tables(), choose(), claim, "incidents", {"region": "baltic", "year": 2023})
    found = limits.found_among(*asked, one_off=True)
    assert found.observed == 0
    assert [(r.reason, r.observed) for r in found.readings] == [("other_period", 1)]
    # What may happen again is another event in another year.
    assert limits.found_among(*asked).readings == ()


def test_a_misdated_incident_holds_in_part_only():
    frame = tables.load("incidents").set_index("incident_id", drop=False)
    frame.loc[["GZA-006", "GZA-012"], "date_start"] = ["2024-11-17", "2023-10-07"]
    changed = {"incidents": frame.reset_index(drop=True)}
    assert verdict("CEPA-187", changed) == "holds_in_part/other_period"


def test_a_row_looked_through_is_one_row():
    assert decide(CLAIMS["CEPA-187"], Tables(), choose())[0].note == "1 row looked through"
    assert decide(CLAIMS["DIP-067"], Tables(), choose())[0].note == "2 rows looked through"


def test_the_rows_used_are_those_found_or_else_those_looked_through():
    found = decide(CLAIMS["CEPA-239"], Tables(), choose())[0]
    assert tables.load("exercises").loc[found.rows["exercises"], "has_joint_command"].all()
    none = decide(CLAIMS["DIP-009"], Tables(), choose())[0]
    texts = tables.load("agreements").loc[none.rows["agreements"]]
    assert len(texts) > 0
    assert set(texts["legally_binding"]) == {"yes"}


# indicator_coded


def test_troops_in_support_would_break_the_claims_that_china_sent_none():
    sent = coded("troops_deployed_in_support", level="present", score=1)
    assert verdict("CEPA-097", sent) == verdict("CEPA-214", sent) == "fails"
    assert verdict("CEPA-097") == verdict("CEPA-214") == "holds"
    disputed = coded("troops_deployed_in_support", level="disputed", score=None)
    assert verdict("CEPA-097", disputed) == "not_in_data"
    assert verdict("CEPA-218", sent) == "fails"
    assert verdict("CEPA-218") == "holds"


def test_bases_come_closer_only_if_the_score_rises():
    assert verdict("CEPA-183") == "holds_in_part/some_definitions_only"
    before = coded("basing_rights", era="2014_2022", level="partial", score=0.5)
    now = coded("basing_rights", level="present", score=1)
    assert verdict("CEPA-183", before) == "fails"
    assert verdict("CEPA-183", now) == "holds"


def test_one_western_pair_without_a_clause_would_break_the_contrast():
    assert verdict("CEPA-199") == "holds"
    assert verdict("CEPA-199", coded("mutual_defence_clause", score=1)) == "fails"
    unbound = coded("mutual_defence_clause", "US-Japan", "current", score=0)
    assert verdict("CEPA-199", unbound) == "fails"


def test_another_coding_stands_in_only_where_it_is_confident_enough():
    unsure = coded("troops_deployed_in_support", confidence="low")
    assert verdict("CEPA-097", unsure) == "holds"
    assert verdict("CEPA-097", unsure, min_confidence="medium") == "not_in_data"


# indicators_counted


def test_what_an_alliance_lacks_must_be_known_to_be_absent():
    assert verdict("CEPA-005") == "holds"

    def own(frame):
        return frame["dyad"] == "Russia-China"

    whole = altered("alliance_indicators", own, level="present", score=1)
    # Of compliance with sanctions it is the absence that makes an alliance.
    follows = whole["alliance_indicators"]["indicator"].str.startswith("compliance_with")
    whole["alliance_indicators"].loc[follows, "score"] = 0
    unknown = altered("alliance_indicators", own, level="disputed", score=None)
    assert verdict("CEPA-005", whole) == "fails"
    assert verdict("CEPA-005", unknown) == "not_in_data"


def test_a_standing_command_would_break_the_claim_of_no_interoperability():
    assert verdict("CEPA-257") == "holds_in_part/some_definitions_only"
    merged = coded("combined_or_integrated_command", level="present", score=1)
    assert verdict("CEPA-257", merged) == "fails"


def test_heavy_weapons_from_china_would_break_the_claims_of_no_direct_support():
    sent = coded("heavy_weapons_transfer_second_to_first", level="present", score=1)
    for claim_id in ("CEPA-211", "CEPA-254", "DIP-091"):
        assert [verdict(claim_id), verdict(claim_id, sent)] == ["holds", "fails"]


def test_likeness_to_an_alliance_needs_an_indicator_as_deep_as_that_of_allies():
    assert verdict("DIP-036") == "holds"
    shallow = altered(
        "alliance_indicators",
        lambda f: (f["dyad"] == "Russia-China") & (f["era"] == "2014_2022"),
        level="absent",
        score=0,
    )
    assert verdict("DIP-036", shallow) == "fails"


def test_rules_compare_with_the_median_ally():
    depths = pd.DataFrame(
        {
            "Russia-China, 2014–Feb 2022": [0.0, 1.0, 1.0, None],
            "Russia-China, since Feb 2022": [0.0, 0.5, 1.0, 1.0],
            "US-Japan": [1.0, 0.5, None, 1.0],
            "China-Pakistan": [0.0, 1.0, 1.0, 1.0],
        },
        index=["mutual_defence_clause", "a", "b", "c"],
    )
    assert limits._allies(depths) == ["US-Japan"]

    def met(rule):
        found = limits._meeting(depths, rule, "since_2022", ["mutual_defence_clause", *"abc"])
        return found.index[found].tolist()

    assert met("as_allies") == ["a", "c"]
    assert met("absent") == ["mutual_defence_clause"]
    assert met("present") == ["b", "c"]


@pytest.mark.parametrize(("rule", "at"), [("deep", "since_2022"), ("present", "now")])
def test_a_rule_that_is_not_defined_is_refused(rule, at):
    with pytest.raises(ValueError, match="use one of"):
        limits.indicators_counted(Tables(), choose(), CLAIMS["CEPA-005"], rule, at)


# depth_compared


def test_depth_decides_how_far_from_an_alliance():
    assert verdict("CEPA-197") == "holds_in_part/within_interval_only"

    def own(frame):
        return frame["dyad"] == "Russia-China"

    nothing = altered("alliance_indicators", own, level="absent", score=0)
    everything = altered("alliance_indicators", own, level="present", score=1)
    assert verdict("CEPA-197", nothing) == "holds"
    assert verdict("CEPA-197", everything) == "fails"


def test_the_ratio_is_the_mean_over_pairs_on_shared_indicators():
    found = limits.depth_compared(
        Tables(), choose(), CLAIMS["CEPA-197"], pairs=["Russia-North Korea"]
    )
    rubric = limits._rubric(Tables(), "low").depths[
        ["Russia-China, since Feb 2022", "Russia-North Korea"]
    ]
    both = rubric.dropna()
    assert found.observed == pytest.approx(both.iloc[:, 0].mean() / both.iloc[:, 1].mean())
    assert found.low < found.observed < found.high


def test_without_a_formal_alliance_there_is_nothing_to_compare_with():
    unbound = altered(
        "alliance_indicators", lambda f: f["indicator"] == "mutual_defence_clause", score=0
    )
    assert verdict("CEPA-197", unbound) == "not_in_data"


def test_weights_move_the_depth():
    assert observed("CEPA-197", rubric_weights="deep") < observed("CEPA-197")


# objects_damaged


def test_objects_are_counted_with_and_without_the_russian_ones():
    assert verdict("CEPA-189") == "holds_in_part/some_definitions_only"
    for text, expected in {
        "one gas pipeline and two cables": "holds",
        "one gas pipeline and three cables": "fails",
        "1 pipeline and 2 data cables": "holds",
        "a stretch of seabed": "not_in_data",
    }.items():
        changed = incident("Newnew Polar Bear", objects_damaged=text)
        assert verdict("CEPA-189", changed) == expected, text


def test_one_cable_instead_of_two_would_make_the_claim_hold():
    assert verdict("CEPA-191") == "fails"
    assert verdict("CEPA-191", incident("Yi Peng 3", objects_damaged="one cable")) == "holds"


# bunched


def test_disclaimers_of_an_alliance_must_come_more_often_than_before():
    assert verdict("CEPA-206") == "holds_in_part/within_interval_only"
    early = altered("agreements", lambda f: f["year"] < 2022, is_alliance_disclaimed=True)
    assert verdict("CEPA-206", early) == "fails"
    never = altered("agreements", lambda f: f["year"] > 0, is_alliance_disclaimed=False)
    assert verdict("CEPA-206", never) == "not_in_data"
    only_late = altered(
        "agreements", lambda f: f["year"].between(2022, 2025), is_alliance_disclaimed=True
    )
    assert verdict("CEPA-206", only_late) == "holds"


# generic checks as these sections use them


def test_when_foreigners_could_first_sign_a_contract():
    assert verdict("CEPA-221") == "fails"
    new = altered(
        "foreign_fighters",
        lambda f: f["subject"].str.contains("serve under contract"),
        date="2022-09-24",
    )
    assert verdict("CEPA-221", new) == "holds"


def test_reported_numbers_of_chinese_fighters():
    assert verdict("CEPA-215") == verdict("DIP-060") == "holds"
    three = altered(
        "foreign_fighters", lambda f: f["subject"] == "Chinese citizens captured", figure_low=3
    )
    assert verdict("CEPA-215", three) == "fails"
    few = altered("foreign_fighters", lambda f: f["speaker"] == "Zelenskyy", figure_low=20)
    assert verdict("DIP-060", few) == "fails"
