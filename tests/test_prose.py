"""Sentences and tables: right words, and nothing from data that becomes markup."""

import re

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
        lambda what, **more: seen.append(
            what | {"metadata": more["metadata"]} if isinstance(what, dict) else what.data
        ),
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


def test_dates_and_short_words_with_blanks_are_marked_so_that_they_do_not_break(shown):
    frame = pd.DataFrame(
        {
            "day": ["2014-03-18", None],
            "span": ["2014–2022", "2014"],
            "id": ["CEPA-001", "DIP-002"],
            "word": ["yes", "no"],
            "text": ["a longer piece of text", "short"],
        }
    )
    prose.show_table(frame, "T", {name: name.upper() for name in frame})
    row = shown[0]["text/html"].split("<tbody>")[1]
    assert '<th scope="row" class="date">2014-03-18</th><td class="date">2014–2022</td>' in row
    assert '<td class="short">CEPA-001</td><td>yes</td><td>a longer' in row


def test_a_table_can_be_downloaded_with_raw_numbers_in_the_order_shown(shown):
    frame = pd.DataFrame({"a": ["=1+1", "<b>"], "n": [1234.5678, None]}, index=[7, 7])
    prose.show_table(frame, "T", {"n": "N (kg)", "a": "A"})
    assert shown[0]["text/csv"] == "N (kg),A\n1234.5678,'=1+1\n,<b>\n"
    assert shown[0]["metadata"] == {"caption": "T"}


def test_two_columns_under_one_heading_are_refused():
    with pytest.raises(ValueError, match="two columns under one heading"):
        prose.show_table(pd.DataFrame({"a": [1], "b": [2]}), "T", {"a": "X", "b": "X"})


def test_a_table_brings_a_style_that_works_in_jupyterlab_only(shown):
    prose.show_table(pd.DataFrame({"a": ["x"]}), "T", {"a": "A"})
    (style,) = re.findall(r"<style>(.*?)</style>", shown[0]["text/html"], re.S)
    assert re.match(r"body\[data-jp-theme-light\] \.jp-RenderedHTML \.table {", style)
    depth = [0]
    for sign in re.findall(r"[{}]", style):
        depth.append(depth[-1] + (1 if sign == "{" else -1))
    assert (depth.count(0), depth[-1]) == (2, 0)


def test_the_source_stands_under_the_table_as_text(shown):
    frame = pd.DataFrame({"a": [1]})
    prose.show_table(frame, "T", {"a": "A"}, source=ATTACK)
    prose.show_table(frame, "T", {"a": "A"})
    assert '</table>\n<p class="table-source">Source: &lt;script&gt;' in shown[0]["text/html"]
    assert "source" not in shown[1]["text/html"]


def test_the_same_table_is_the_same_bytes(shown):
    frame = pd.DataFrame({"a": ["x"], "b": [1.5]})
    for _ in range(2):
        prose.show_table(frame, "T", {"a": "A", "b": "B"})
    assert shown[0] == shown[1]
    assert " id=" not in shown[0]["text/html"]


def test_an_empty_table_keeps_its_heads(shown):
    prose.show_table(pd.DataFrame({"a": [], "b": []}), "T", {"a": "A", "b": "B"})
    assert shown[0]["text/html"].count('<th scope="col"') == 2
    assert "<td" not in shown[0]["text/html"]


def test_table_escapes_cells_headings_and_caption(shown):
    prose.show_table(pd.DataFrame({"a": [ATTACK], "b": [ATTACK]}), ATTACK, {"a": ATTACK, "b": "B"})
    assert "<script>" not in shown[0]["text/html"]


def test_table_shows_missing_as_a_dash_and_years_without_commas(shown):
    frame = pd.DataFrame({"year": [2014], "n": pd.array([pd.NA], "Int64"), "ok": [True]})
    prose.show_table(frame, "T", {"year": "Year", "n": "N", "ok": "OK"})
    assert ">2014</th><td" in shown[0]["text/html"]
    assert ">–</td><td>yes</td>" in shown[0]["text/html"]


def test_links_lead_to_the_web_only(shown):
    good = {"a<b": "https://a.org/?x=1&y", "card": "01_arms_trade.ipynb#CEPA-023"}
    bad = [
        "javascript:alert(1)",
        "data:text/html,x.ipynb#a",
        "//evil.org/x.ipynb#a",
        None,
        "x.ipynb#a b",
    ]
    frame = pd.DataFrame({"t": [*good, *bad], "u": [*good.values(), *bad]})
    prose.show_table(frame, "T", {"t": "T"}, link={"t": "u"})
    page = shown[0]["text/html"]
    assert '<a href="https://a.org/?x=1&amp;y">a&lt;b</a>' in page
    assert '<a href="01_arms_trade.ipynb#CEPA-023">card</a>' in page
    assert page.count("<a ") == len(good)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(KeyError):
        prose.show_table(pd.DataFrame({"a": [1]}), "T", {"b": "B"})


def test_choices_that_differ_are_marked(shown):
    prose.show_choices(choices.choose(end_year=2021), "start_year", "end_year")
    assert shown[0]["text/html"].count(">changed<") == 1
    assert shown[0]["text/csv"].splitlines()[0] == "Parameter,Meaning,This run,Default,Changed"


def test_codes_of_settings_stand_beside_their_meaning(shown):
    prose.show_choices(choices.choose(count_calls=True), "counting_rule", "count_calls", "supplier")
    for words in ("all_joint: all joint events", "true: calls counted", "RUS: Russia"):
        assert words in shown[0]["text/html"]


def test_tables_are_listed_with_their_release(shown):
    prose.show_tables("arms_deals", "exercises", "conflict_measures")
    first, *rows = shown[0]["text/csv"].splitlines()
    assert first == "Table,One row is,Rows,Covers,Release,Sources,Licence"
    assert ",2025-03 and 2026-03," in rows[0]
    assert re.search(r",pages to 20\d\d", rows[1])
    assert ",–,–," in rows[2]


def test_the_release_of_data_is_that_of_the_sources_and_of_pages_the_latest():
    known = tables.load("sources")
    trade = known[known["source_id"].isin(["fcs-2021", "baci-v202501"])]
    pages = known[known["kind"].eq("page") & known["date"].notna()].head(20)
    told = prose.release_words(pd.concat([trade, pages]))
    assert told == f"CEPII 2025-01; FCS 2022; pages to {pages['date'].max()}"
    sipri = known[known["source_id"].isin(["sipri-2024-03", "sipri-2025-03"])]
    assert prose.release_words(sipri) == "SIPRI 2024-03 and 2025-03"
    undated = known[known["date"].isna()].head(3)
    assert prose.release_words(undated) == "–"


def test_choices_at_their_defaults_are_not_marked(shown):
    prose.show_choices(choices.choose(), "start_year", "end_year")
    assert "hanged" not in shown[0]["text/html"]


def test_claims_of_a_notebook_come_from_the_ledger(shown):
    prose.show_claims("05")
    expected = tables.load("claims")["notebook"].str[:2].eq("05").sum()
    assert shown[0]["text/html"].count('<th scope="row"') == expected > 0


def test_references_list_only_what_was_used(shown):
    used = tables.load("sources").head(3)
    prose.references(used)
    assert shown[0]["metadata"] == {"kind": "references"}
    found = re.findall(r'<li id="ref-([^"]*)">', shown[0]["text/html"])
    assert sorted(found) == sorted(used["source_id"])
    assert shown[0]["text/html"].startswith('<ol class="references">')


def test_references_without_a_title_are_named_by_their_id(shown):
    sources = tables.load("sources")
    used = sources[sources["title"].isna()].head(2)
    prose.references(used)
    plain = shown[0]["text/plain"]
    assert "nan" not in plain
    assert all(f": {source_id}" in plain for source_id in used["source_id"])


def test_references_keep_hostile_text_text(shown, monkeypatch):
    hostile = (
        tables.load("sources")
        .head(1)
        .assign(publisher=ATTACK, title=ATTACK, date=ATTACK, url="javascript:alert(1)")
    )
    monkeypatch.setattr(tables, "sources_of", lambda *frames: hostile)
    prose.references(hostile)
    page = shown[0]["text/html"]
    assert "<script" not in page
    assert "<a " not in page
    assert page.count("&lt;script&gt;") == 3
