"""Sentences over all results say what the results say."""

import re

import pandas as pd
import pytest

from helpers import robustness, scorecard, sentences, tables, trade
from helpers.claims import VERDICTS


def made(*verdicts, **columns):
    """Make results of verdicts alone, with what else a test needs."""
    return pd.DataFrame({"verdict": verdicts, "claim_id": range(len(verdicts))} | columns)


def test_the_headline_leaves_out_what_cannot_be_tested():
    found = made("holds", "holds", "fails", "not_in_data", "cited", "opinion")
    told = "Of 4 claims open to a test by data, 2 hold, 1 fails and on 1 the data are silent"
    assert sentences.headline(found) == told


def test_the_headline_numbers_add_up(results):
    whole, *parts = map(int, re.findall(r"\d+", sentences.headline(results)))
    assert whole == sum(parts)


def test_articles_are_compared_by_what_holds_of_what_was_judged():
    found = made("holds", "fails", "opinion", "holds", article=["CEPA"] * 3 + ["The Diplomat"])
    told = sentences.articles_compared(found)
    assert "50 per cent of those of CEPA and 100 per cent of those of The Diplomat" in told


def test_steadiness_counts_claims_with_one_verdict():
    summed = pd.DataFrame({"robustness": [1.0, 0.5], "n_specifications": [6, 1200]})
    told = "Under all 1,206 combinations of choices, 1 of 2 measured claims keep one verdict"
    assert sentences.steadiness(summed).startswith(told)


def test_stricter_evidence_is_compared_by_the_claims_that_hold():
    standards = pd.DataFrame({"holds": [5, 3]}, index=["all evidence", "two sources only"])
    told = "Claims that hold: 5 with all evidence and 3 with two sources only"
    assert sentences.stricter(standards) == told


@pytest.mark.parametrize(
    ("firm", "told"),
    [
        ({"holds": 2, "fails": 1}, "2 of its claims hold and 1 fails."),
        ({"holds": 1}, "1 of its claims holds and none fail."),
    ],
)
def test_what_stands_whatever_the_choices(firm, told):
    verdicts = [verdict for verdict, number in firm.items() for _ in range(number)]
    full = made(*verdicts, article="CEPA", section="limits", robustness=[1.0] * len(verdicts))
    assert sentences.of_article("CEPA", full)[-1] == f"Whatever the choices, {told}"


def test_of_an_article_the_best_and_the_worst_section_are_named():
    full = made(
        *["holds"] * 5, *["fails"] * 5,
        article="CEPA", section=["limits"] * 5 + ["arms_trade"] * 5, robustness=0.5,
    )  # fmt: skip
    told = " ".join(sentences.of_article("CEPA", full))
    assert "right on limits (100 per cent hold) and least often on arms trade (0 per cent)" in told


def test_the_reserve_counts_frail_verdicts():
    summed = pd.DataFrame({"robustness": [0.4, 0.6]})
    told = " ".join(sentences.reserve(made("opinion", "cited", "not_in_data"), summed))
    assert told.startswith("Opinions, motives and forecasts make up 1 claim, and another 1 can")
    assert "1 verdict would be another" in told


def test_the_headline_table_has_every_claim_once(results):
    *rows, both = sentences.headline_table(results).splitlines()[2:]
    numbers = [list(map(int, re.findall(r"\d+", row))) for row in (*rows, both)]
    assert numbers[-1] == [sum(column) for column in zip(*numbers[:-1], strict=True)]
    assert all(whole == sum(parts) for whole, *parts in numbers)
    assert sentences.headline_table(results).count("|") == 5 * (len(VERDICTS) + 3)


def test_a_section_says_how_many_verdicts_would_change(results):
    told = sentences.of_section(results, {})
    assert told.endswith("; 0 verdicts would change under other defensible choices.")


def test_what_the_scorecard_shows_is_summed_from_all_claims(results):
    summed = robustness.summary({})
    assert summed.empty
    table = scorecard.counts(results, "section")
    assert int(table.to_numpy().sum()) == len(results)


def side(reporter, *years, **columns):
    """Make rows that one side reports of all goods from China to Russia."""
    same = {
        "exporter": "CHN", "importer": "RUS", "product": "TOTAL", "product_level": "total",
        "dataset": "comtrade", "reporter": reporter, "value_usd": 1.0, "hs_revision": None,
        "n_months": pd.NA,
    }  # fmt: skip
    return pd.DataFrame([same | {"year": year} | columns for year in years])


def test_both_sides_held_name_the_years_that_both_have():
    told = sentences.sides_held(tables.load("trade_annual"), trade.CHINA_TO_RUSSIA)
    assert "exports to Russia are held for 2017–2024" in told
    assert "imports from China are held for 2006–2021" in told
    assert told.endswith("both report 2017–2021.")


def test_a_missing_side_says_whose_reports_of_which_years_to_import():
    told = sentences.sides_held(side("CHN", 2019, 2020), trade.CHINA_TO_RUSSIA)
    assert "Russia's reports of imports from China are not held" in told
    assert "(reporter RUS, imports, partner CHN, 2019–2020)" in told
    assert "nolimits data import comtrade FILE..." in told


def test_years_apart_ask_for_either_side():
    frame = pd.concat([side("CHN", 2020), side("RUS", 2014, 2015)])
    told = sentences.sides_held(frame, trade.CHINA_TO_RUSSIA)
    assert "(reporter CHN, exports, partner RUS, 2014–2015; reporter RUS, imports" in told
    assert "partner CHN, 2020)" in told


def test_nothing_held_asks_for_both_sides():
    pair = trade.Pair("HKG", "RUS", "Hong Kong", "Russia")
    told = sentences.sides_held(side("CHN", 2020), pair)
    assert told.count("not held") == 2
    assert "(reporter HKG, exports, partner RUS; reporter RUS, imports, partner HKG)" in told


def test_mirror_words_give_the_span_or_the_one_ratio():
    ratios = pd.DataFrame({"All goods": [1.2, None, 0.904]}, index=[2019, 2020, 2021])
    told = sentences.mirror_words(ratios, trade.CHINA_TO_RUSSIA)
    assert told == "On all goods, Russia reports 0.90 to 1.20 times what China reports"
    one = ratios.rename(columns={"All goods": "Median of single codes"}).head(1)
    told = sentences.mirror_words(one, trade.CHINA_TO_RUSSIA)
    assert told == "On the median code, Russia reports 1.20 times what China reports"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([False, False], [True, True], "for 2 of the 2 codes tested; before, it mostly does not"),
        ([True, False], [False, None], "for 0 of the 1 codes tested; before, it mostly does too"),
        ([None, None], [True, False], "for 1 of the 2 codes tested"),
        ([True, None], [None, None], "for 1 of 1 codes tested"),
    ],
)
def test_break_words_tell_the_side_that_is_known(before, after, told):
    tested = pd.DataFrame(
        {
            "exact_before": pd.array(before, dtype="boolean"),
            "exact_after": pd.array(after, dtype="boolean"),
        }
    )
    pair = trade.Pair("CHN", "KAZ", "China", "Kazakhstan")
    words = sentences.break_words(tested, pair)
    assert words.endswith(told)
    assert words.startswith("Before 2022" if after == [None, None] else "From 2022 BACI repeats")
