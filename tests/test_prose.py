"""Sentences and tables: right words, and nothing from data that becomes markup."""

import pandas as pd
import pytest

from helpers import choices, prose, tables

ATTACK = "<script>alert(1)</script>\"'&"


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, as a list of bundles."""
    seen = []
    monkeypatch.setattr(
        prose,
        "display",
        lambda what, **_: seen.append(what if isinstance(what, dict) else what.data),
    )
    return seen


def test_missing_numbers_are_said_to_be_missing():
    assert prose.number(pd.NA) == prose.percent(float("nan")) == "no data"


def test_negative_numbers_have_a_minus_sign():
    assert prose.number(-5) == "−5"


@pytest.mark.parametrize(("items", "text"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b")])
def test_listing(items, text):
    assert prose.listing(items) == text


@pytest.mark.parametrize(
    ("years", "text"), [([], "none"), ([2001], "2001"), ([2003, 2001, 2002, 2002], "2001–2003")]
)
def test_year_list(years, text):
    assert prose.year_list(years) == text


def test_say_joins_sentences_and_escapes(shown):
    prose.say("One.", f"Two {ATTACK}.")
    assert shown[0].startswith("One. Two &lt;script&gt;")
    assert "<" not in shown[0]


def test_table_has_caption_scopes_and_units(shown):
    prose.show_table(
        pd.DataFrame({"a": ["x"], "b": [1.5]}), "What", {"a": "A", "b": "B (kg)"}, {"b": 1}
    )
    page = shown[0]["text/html"]
    assert "<caption>What</caption>" in page
    assert '<th scope="row">x</th><td class="number">1.5</td>' in page
    assert '<th scope="col" class="number">B (kg)</th>' in page


def test_table_escapes_cells_headings_and_caption(shown):
    prose.show_table(pd.DataFrame({"a": [ATTACK], "b": [ATTACK]}), ATTACK, {"a": ATTACK, "b": "B"})
    assert "<script>" not in shown[0]["text/html"]


def test_table_shows_missing_as_a_dash_and_years_without_commas(shown):
    frame = pd.DataFrame({"year": [2014], "n": pd.array([pd.NA], "Int64"), "ok": [True]})
    prose.show_table(frame, "T", {"year": "Year", "n": "N", "ok": "OK"})
    assert ">2014</th><td" in shown[0]["text/html"]
    assert ">–</td><td>yes</td>" in shown[0]["text/html"]


def test_links_lead_to_the_web_only(shown):
    frame = pd.DataFrame(
        {"t": ["good", "bad"], "u": ["https://a.org/?x=1&y", "javascript:alert(1)"]}
    )
    prose.show_table(frame, "T", {"t": "T"}, link={"t": "u"})
    page = shown[0]["text/html"]
    assert '<a href="https://a.org/?x=1&amp;y">good</a>' in page
    assert "javascript" not in page


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        prose.show_table(pd.DataFrame({"a": [1]}), "T", {"b": "B"})


def test_choices_that_differ_are_marked(shown):
    prose.show_choices(choices.choose(end_year=2021), "start_year", "end_year")
    assert shown[0]["text/html"].count(">changed<") == 1


def test_choices_at_their_defaults_are_not_marked(shown):
    prose.show_choices(choices.choose(), "start_year", "end_year")
    assert "hanged" not in shown[0]["text/html"]


def test_claims_of_a_notebook_come_from_the_ledger(shown):
    prose.show_claims("05")
    expected = tables.load("claims")["notebook"].str[:2].eq("05").sum()
    assert shown[0]["text/html"].count('<th scope="row">') == expected > 0


def test_references_list_only_what_was_used(shown):
    prose.references(tables.load("sources").head(3))
    assert shown[0]["text/html"].count("<li>") == 3
