import numpy as np
import pandas as pd
import pytest

from helpers import alliance, choices, tables

RUBRIC = pd.DataFrame(
    {
        "indicator": ["text", "drill", "base", "limit"],
        "theme": ["commitment", "practice", "integration", "practice"],
        "korolev_stage": ["moderate", "moderate", "deep", "none"],
        "depth_sign": [1, 1, 1, -1],
    }
)
WEIGHT = pd.Series(0.25, index=RUBRIC["indicator"].tolist())


def coding(coding_id, indicator, level, **changes):
    score = {"absent": 0.0, "partial": 0.5, "present": 1.0}.get(level)
    row = {"dyad": "Russia-China", "era": "since_2022", "confidence": "high", "is_primary": True}
    row |= {"coding_id": coding_id, "indicator": indicator, "level": level, "score": score}
    return row | {"is_comparison": False} | changes


def codings(*rows):
    return pd.DataFrame(list(rows))


def test_the_primary_row_stands_for_its_cell():
    frame = codings(coding("1", "text", "absent", is_primary=False), coding("2", "text", "present"))
    assert alliance.cells(frame, "low")["level"].tolist() == ["present"]


def test_another_row_stands_in_when_the_primary_one_is_not_confident():
    frame = codings(
        coding("1", "text", "present", confidence="low"),
        coding("2", "text", "partial", is_primary=False),
    )
    assert alliance.cells(frame, "medium")["level"].tolist() == ["partial"]


def test_past_states_of_comparison_pairs_are_left_out():
    frame = codings(coding("1", "text", "present", era="earlier"))
    assert alliance.cells(frame, "low").empty


def test_columns_name_the_era_of_russia_china_only():
    frame = codings(
        coding("1", "text", "absent"),
        coding("2", "text", "present", dyad="US-Japan", era="current", is_comparison=True),
    )
    picked = alliance.cells(frame, "low")
    assert picked["column"].tolist() == [alliance.LATEST, "US-Japan"]
    assert alliance.columns(frame)[-2:] == [alliance.LATEST, "US-Japan"]


def depths(**columns):
    return pd.DataFrame(columns, index=RUBRIC["indicator"].tolist())


def test_blank_cells_stay_missing_and_limits_are_turned_round():
    picked = alliance.cells(
        codings(coding("1", "text", "partial"), coding("2", "limit", "present")), "low"
    )
    made = alliance.depth(picked, RUBRIC, [alliance.LATEST])[alliance.LATEST]
    assert made["text"] == 0.5
    assert made["limit"] == 0.0
    assert made[["drill", "base"]].isna().all()


@pytest.mark.parametrize("name", alliance.WEIGHTINGS)
def test_the_weights_of_all_indicators_add_up_to_one(name):
    assert alliance.weights(tables.load("alliance_rubric"), name).sum() == pytest.approx(1)


def test_weightings_are_those_that_can_be_chosen():
    assert choices.allowed("rubric_weights") == " or ".join(alliance.WEIGHTINGS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("equal", [0.25, 0.25, 0.25, 0.25]),
        ("themes", [1 / 3, 1 / 6, 1 / 3, 1 / 6]),
        ("obligation", [0.5, 1 / 6, 1 / 6, 1 / 6]),
        ("practice", [0.25, 0.25, 0.25, 0.25]),
        ("deep", [1 / 6, 1 / 6, 0.5, 1 / 6]),
    ],
)
def test_each_weighting_does_what_it_says(name, expected):
    assert alliance.weights(RUBRIC, name).tolist() == pytest.approx(expected)


def test_a_blank_is_not_a_zero():
    mean = alliance.weighted_mean(depths(x=[1.0, 1.0, np.nan, np.nan]), WEIGHT)
    assert mean["x"] == 1.0


def test_a_column_without_any_cell_has_no_score():
    assert alliance.weighted_mean(depths(x=[np.nan] * 4), WEIGHT).isna().all()
    assert alliance.draws(depths(x=[np.nan] * 4), 10).isna().all().all()


def test_ranges_hold_the_score_and_widen_with_the_blanks():
    made = alliance.scores(depths(x=[1.0, 0.0, 0.5, np.nan]), RUBRIC, "equal").loc["x"]
    assert made["score"] == 0.5
    assert made["low"] < 0.5 < made["high"]
    assert (made["blank_low"], made["blank_high"]) == (0.375, 0.625)
    assert made["coded"] == 3


def test_random_weights_are_the_same_at_every_run():
    frame = depths(x=[1.0, 0.0, 0.5, np.nan])
    pd.testing.assert_frame_equal(alliance.draws(frame, 50), alliance.draws(frame, 50))


def test_random_weights_do_not_move_a_column_of_ones():
    assert np.allclose(alliance.draws(depths(x=[1.0] * 4), 20), 1)


def test_leaving_one_out_moves_the_score_by_its_weight():
    made = alliance.leave_one_out(depths(x=[1.0, 0.0, 0.0, 0.0]), RUBRIC, "equal").loc["x"]
    assert (made["low"], made["high"]) == (0, pytest.approx(1 / 3))


def test_like_for_like_uses_only_what_both_have():
    frame = depths(**{alliance.LATEST: [1, 0, 0, np.nan], "US-Japan": [1, 1, np.nan, 1]})
    made = alliance.like_for_like(frame.astype(float), RUBRIC, "equal").loc["US-Japan"]
    assert made.tolist() == [2, 0.5, 1]


def test_like_for_like_without_a_common_indicator_is_missing():
    frame = depths(**{alliance.LATEST: [1, np.nan, 0, 0], "US-Japan": [np.nan, 1, np.nan, np.nan]})
    made = alliance.like_for_like(frame.astype(float), RUBRIC, "equal").loc["US-Japan"]
    assert made["shared"] == 0
    assert made[["reference", "other"]].isna().all()


def test_groups_average_their_known_cells():
    made = alliance.by_group(depths(x=[1.0, 0.0, np.nan, 1.0]), RUBRIC, "theme")["x"]
    assert made["practice"] == 0.5
    assert np.isnan(made["integration"])


def statement(statement_id, speaker, of, grade, vote=False, **changes):
    score = {"explicit_support": 2, "neutral": 0, "against": -2}.get(grade)
    row = {"statement_id": statement_id, "speaker_of": speaker, "claim_of": of, "grade": grade}
    row |= {"score": score, "is_vote": vote, "is_territorial": True, "is_withdrawn": False}
    return row | {"confidence": "high", "date": "2023-01-01"} | changes


def statements(*rows):
    return pd.DataFrame(list(rows)).astype({"score": "Int64"})


def test_mutual_statements_count_in_both_directions():
    split = alliance.recognition(statements(statement("1", "both", "both", "neutral")))
    assert [len(part) for part in split.values()] == [1, 1]


def test_votes_can_be_left_out_of_the_grades():
    frame = statements(
        statement("1", "CHN", "RUS", "neutral", vote=True), statement("2", "CHN", "RUS", "against")
    )
    made = alliance.grade_counts(frame)
    assert made.loc["China on Russia's claims,\nwith votes"].sum() == 2
    assert made.loc["China on Russia's claims,\nwithout votes"].tolist() == [0, 0, 0, 0, 1]


def test_withdrawn_ungraded_and_doubtful_statements_do_not_count():
    frame = statements(
        statement("1", "CHN", "RUS", "neutral", is_withdrawn=True),
        statement("2", "CHN", "RUS", None),
        statement("3", "CHN", "RUS", "neutral", confidence="medium"),
        statement("4", "CHN", "RUS", "against"),
    )
    kept = alliance.graded(frame, choices.choose(min_confidence="high"))
    assert kept["statement_id"].tolist() == ["4"]


def test_a_cut_off_moves_a_statement_into_another_era():
    frame = statements(statement("1", "CHN", "RUS", "neutral"))
    eras = [
        str(alliance.graded(frame, choices.choose(cutoff_2=day))["era"].iloc[0])
        for day in ("2022-02-24", "2023-06-01")
    ]
    assert eras[0] != eras[1]


def test_an_era_without_statements_has_no_mean():
    frame = statements(statement("1", "RUS", "CHN", "explicit_support"))
    kept = alliance.graded(frame, choices.choose())
    made = alliance.era_grades(kept, kept["era"].cat.categories.tolist())
    assert made["score"].notna().sum() == 2
    assert made.loc[made["score"].isna(), "statements"].eq(0).all()


def test_a_higher_grade_is_asked_for_and_given():
    frame = tables.load("incidents")
    best = alliance.shown_incidents(frame, "A", "low")
    assert set(best["evidence_grade"]) == {"A"}
    assert len(alliance.shown_incidents(frame, "C", "low")) == len(frame)


def test_numbers_of_people_leave_out_laws_countries_and_words():
    made = alliance.headcounts(tables.load("foreign_fighters"), "low")
    assert set(made["figure_unit"]) == {"people"}
    assert made["figure_low"].notna().all()
    assert made["population"].iloc[0] == "chinese"


def test_a_view_on_two_topics_counts_under_each():
    frame = pd.DataFrame(
        {"topics": ["trust;copying", "trust"], "bearing": ["for", "against"], "confidence": "high"}
    )
    made = alliance.views(frame, "low")
    assert made.loc["trust"].tolist() == [1, 0, 1]
    assert made.loc["copying of weapons"].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("perceptions", "topics", alliance.TOPICS),
        ("perceptions", "bearing", alliance.BEARINGS),
        ("alliance_rubric", "korolev_stage", alliance.STAGE_LABELS),
    ],
)
def test_every_code_that_is_shown_has_its_words(table, column, words):
    assert set(tables.load(table)[column].str.split(";").explode().dropna()) <= set(words)


def test_every_vote_on_russia_has_its_words():
    votes = alliance.chinese_votes(tables.load("statements"), "low")
    names = alliance.vote_names(votes)
    assert len(names) > 10
    assert names.notna().all()


def test_numbers_in_a_reserve_that_are_no_claims_stay_numbers():
    frame = pd.DataFrame(
        {"bearing_note": ["500 in 2019", None], "claim_ids": ["CEPA-086", "DIP-002"]}
    )
    assert alliance.reserves(frame).tolist() == ["500 in 2019", ""]


def test_every_item_in_military_use_is_counted_once():
    items = alliance.military_items(tables.load("transfers_to_russia"), "C", "low")
    made = alliance.by_nature(items)
    assert made.to_numpy().sum() == len(items) > 0
    assert list(made.columns) == ["A", "B", "C"]


def test_natures_go_from_weapons_to_what_kills_nobody():
    items = pd.DataFrame(
        {"lethality": ["non_lethal", "dual_use", "weapon"], "evidence_grade": ["A", "C", "C"]}
    )
    made = alliance.by_nature(items)
    assert made.index.tolist() == ["weapon", "dual use", "not lethal"]
    assert made["C"].tolist() == [1, 1, 0]


def volume(supplier, recipient, release, basis, tiv_mn):
    row = {"supplier": supplier, "recipient": recipient, "release": release, "basis": basis}
    return row | {"scope": "pair", "year": 2018, "tiv_mn": tiv_mn}


def test_both_ways_come_from_one_release_that_has_both():
    frame = pd.DataFrame(
        [
            volume("RUS", "CHN", "2024-03", "mirror_sum", 1.0),
            volume("CHN", "RUS", "2024-03", "mirror_sum", 2.0),
            volume("RUS", "CHN", "2026-03", "official_table", 3.0),
        ]
    )
    release, basis = alliance.release_both_ways(frame)
    assert (release, basis) == ("2024-03", "mirror_sum")
    made = alliance.two_way_tiv(frame, release, basis)
    assert made.loc[2018].tolist() == [1, 2]


def test_without_a_release_that_has_both_ways_there_is_no_comparison():
    frame = pd.DataFrame([volume("RUS", "CHN", "2024-03", "mirror_sum", 1.0)])
    with pytest.raises(ValueError, match="both directions"):
        alliance.release_both_ways(frame)


def test_items_need_military_use_and_grade():
    row = {"transfer_id": "1", "date": "2023", "confidence": "high"}
    frame = pd.DataFrame(
        [
            row | {"is_in_military_use": True, "evidence_grade": "A"},
            row | {"is_in_military_use": True, "evidence_grade": "C"},
            row | {"is_in_military_use": False, "evidence_grade": "A"},
        ]
    )
    assert len(alliance.military_items(frame, "B", "low")) == 1


def test_the_share_of_weights_under_which_a_pair_scores_higher():
    frame = depths(**{alliance.LATEST: [0.5] * 4, "above": [1.0] * 4, "below": [0.0] * 4})
    assert alliance.scored_higher(frame).to_dict() == {"above": 100, "below": 0}


def test_indicators_go_by_theme_from_texts_to_politics():
    made = alliance.by_theme(RUBRIC)["theme"].tolist()
    assert made == ["commitment", "integration", "practice", "practice"]


def test_clauses_are_laid_out_oldest_first():
    made = alliance.clause_matrix(tables.load("agreements"))
    assert made.index[0] == "AGR-001"
    assert set(made["Says: no alliance"]) == {"yes", "no"}


def test_two_codings_are_compared_cell_by_cell():
    first = pd.DataFrame(
        {
            "coding_id": ["a", "b", "c"],
            "indicator": "x",
            "dyad": "y",
            "era": "z",
            "level": ["absent", "partial", "disputed"],
            "rationale": "r",
        }
    )
    second = pd.DataFrame(
        {"coding_id": ["a", "b", "c"], "level": ["present", "partial", "absent"], "rationale": "s"}
    )
    both = alliance.two_codings(first, second)
    assert both["steps"].fillna(-1).tolist() == [2, 0, -1]
    assert alliance.cross_coded(both).to_numpy().sum() == 2


def test_every_primary_cell_was_coded_twice():
    indicators = tables.load("alliance_indicators")
    second = tables.load("alliance_second_coding")
    primary = indicators[indicators["is_primary"].astype(bool)]
    assert sorted(primary["coding_id"]) == sorted(second["coding_id"])
    both = alliance.two_codings(primary, second)
    assert (both["indicator"].notna() & both["level_second"].notna()).all()
