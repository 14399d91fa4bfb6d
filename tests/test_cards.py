"""Cards say of every claim what is claimed, found and why, with rows and sources, as plain HTML."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import html5lib
import pandas as pd
import pytest

from helpers import cards, prose, robustness, scorecard, tables, verdicts
from helpers.choices import choose
from helpers.claims import VERDICTS, Finding, Tables, ledger

NAN = float("nan")
ATTACK = "<script>alert(1)</script>\"'&"
# One claim of every verdict and, beside them, some that depend on choices.
SECTIONS = ("limits", "outreach")


@pytest.fixture(scope="module")
def full():
    """Give claims of some sections, measured, judged and tried under all choices."""
    data, chosen = Tables(), choose()
    claims = {i: c for i, c in ledger().items() if c.section in SECTIONS}
    summed = robustness.summary(robustness.curves(chosen, claims, data))
    return scorecard.with_robustness(scorecard.evaluate(chosen, claims, data), summed)


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, as a list of bundles with their metadata."""
    seen = []
    monkeypatch.setattr(
        prose, "display", lambda what, metadata, **_: seen.append(what | {"metadata": metadata})
    )
    return seen


def laid_out(bundle):
    """Read the HTML of cards the way a browser does."""
    return html5lib.parse(bundle["text/html"], namespaceHTMLElements=False)


def text_of(element):
    """Give the words of an element, blanks drawn together."""
    return " ".join("".join(element.itertext()).split())


def facts(card):
    """Give the facts of a card, heading to words."""
    return {text_of(pair.find("dt")): text_of(pair.find("dd")) for pair in card.iter("div")}


def rows_of(bundle):
    """Read the CSV of cards."""
    return list(csv.DictReader(io.StringIO(bundle["text/csv"])))


def test_there_is_one_card_a_claim_in_order_with_its_own_anchor(shown, full):
    assert set(full["verdict"]) == set(VERDICTS)
    verdicts.show_cards(full, Tables(), "All of them")
    found = list(laid_out(shown[0]).iter("article"))
    assert [card.get("id") for card in found] == full["claim_id"].tolist()
    assert [card.get("class") for card in found] == [f"card {v}" for v in full["verdict"]]
    assert shown[0]["metadata"]["kind"] == "cards"
    assert shown[0]["metadata"]["caption"].startswith("All of them: ")


def test_cards_are_well_formed(shown, full):
    verdicts.show_cards(full, Tables())
    page = re.sub(r"<style>.*?</style>", "", shown[0]["text/html"])
    assert len(ET.fromstring(page).findall("article")) == len(full)


def test_a_card_says_the_same_as_its_row_of_the_download(shown, full):
    verdicts.show_cards(full, Tables())
    found = list(laid_out(shown[0]).iter("article"))
    rows = rows_of(shown[0])
    assert [*rows[0]] == [*verdicts.CARD_COLUMNS]
    for card, row in zip(found, rows, strict=True):
        told = facts(card)
        assert told.get("Claimed", "") == row["claimed"]
        assert told.get("Found", "") == row["found"]
        assert text_of(card.find("h3")).startswith(
            f"{verdicts.SHAPES[row['verdict']]} {VERDICTS[row['verdict']]} {row['claim_id']} "
            f"({row['article']}, paragraph {row['paragraph']})"
        )
        assert text_of(card.find("p")) == " ".join(row["paraphrase"].split())
        assert ("Robustness" in told) == bool(row["robustness"])
        if row["combinations"] not in ("", "1"):
            assert f"{row['combinations']} combinations" in told["Robustness"].replace(",", "")


def test_the_bar_of_robustness_shows_its_share(shown, full):
    verdicts.show_cards(full, Tables())
    bars = [float(bar.get("value")) for bar in laid_out(shown[0]).iter("meter")]
    assert bars == pytest.approx(full["robustness"].dropna().tolist(), abs=0.001)


def test_cards_name_the_change_that_flips_a_verdict(shown, full):
    one = full[full["flip"].fillna("").ne("")].head(1)
    verdicts.show_cards(one, Tables())
    assert f" with {one['flip'].item()}" in facts(laid_out(shown[0]))["Robustness"]
    assert rows_of(shown[0])[0]["flip"] == one["flip"].item()


def test_a_card_without_a_style_or_class_has_all_its_words(shown, full):
    verdicts.show_cards(full.head(5), Tables())
    bare = re.sub(r"<style>.*?</style>|</?(?!h3|p|dl|dt|dd|details|summary|ul|li|a)\w+[^>]*>", "",
                  shown[0]["text/html"])  # fmt: skip
    for row in full.head(5).to_dict("records"):
        assert f"{verdicts.SHAPES[row['verdict']]} {VERDICTS[row['verdict']]}" in bare
        assert row["claim_id"] in bare


def test_the_text_has_a_line_a_claim(shown, full):
    verdicts.show_cards(full, Tables())
    first, *lines = shown[0]["text/plain"].splitlines()
    assert first == shown[0]["metadata"]["caption"]
    assert [line.split()[0] for line in lines] == full["claim_id"].tolist()


def test_a_card_lists_five_rows_with_their_sources_and_counts_the_rest(shown, full):
    one = full[full["n_rows"] > 10].head(1)
    verdicts.show_cards(one, Tables())
    fold = laid_out(shown[0]).find(".//details")
    (name, labels), *more = one["rows"].item().items()
    assert not more
    assert text_of(fold.find("summary")) == f"{len(labels)} rows of {name}"
    items = [text_of(item) for item in fold.iter("li")]
    assert items[5:] == [f"and {len(labels) - 5} more"]
    rows = tables.load(name).loc[labels].head(5)
    places = tables.load("sources").set_index("source_id").loc[rows["source_id"]]
    assert [link.get("href") for link in fold.iter("a")] == places["url"].tolist()
    for item, publisher in zip(items, places["publisher"], strict=False):
        assert item.endswith(f": {publisher}")


def test_a_claim_that_is_only_cited_shows_both_sides_of_what_is_said(shown, full):
    views = (
        tables.load("perceptions")
        .head(8)
        .assign(claim_ids="CEPA-014", bearing=["for"] * 6 + ["mixed", "against"])
    )
    found = cards.evidence({"perceptions": views}, Tables())
    assert [row.split(", ")[2].split(":")[0] for row in found.rows] == [
        "for", "mixed", "against", "for", "for",
    ]  # fmt: skip
    assert found.more == 3
    cited = full[full["verdict"] == "cited"]
    verdicts.show_cards(cited, Tables())
    for card in laid_out(shown[0]).iter("article"):
        assert "Sources" in facts(card)
        assert not {"Found", "Robustness"} & set(facts(card))
        assert card.find("details") is not None


def test_an_opinion_takes_one_line(shown, full):
    verdicts.show_cards(full[full["verdict"] == "opinion"], Tables())
    assert {tuple(facts(card)) for card in laid_out(shown[0]).iter("article")} == {("Needed",)}


def test_rows_of_several_tables_share_the_five_lines():
    data = Tables()
    rows = {name: data[name].head(9) for name in ("exercises", "meetings")}
    found = cards.evidence(rows | {"sanctions": data["sanctions"].head(0)}, data)
    assert found.counted == "9 rows of exercises and 9 rows of meetings"
    assert (len(found.rows), found.more) == (4, 14)


def test_no_rows_give_no_evidence():
    assert cards.evidence({}, Tables()) == ("none", [], 0)


@pytest.mark.parametrize("name", cards.ROW_WORDS)
def test_every_row_of_a_table_can_be_put_into_words(name):
    data = Tables()
    lines = cards._lines(name, data[name], data)
    assert len(lines) == len(data[name])
    for line in lines:
        words = str(line).split('<a href="')[0]
        assert len(words) > 5
        assert "nan" not in words.split()
        assert "<NA>" not in words


def test_every_table_that_decides_a_claim_can_be_put_into_words(results):
    assert {name for rows in results["rows"] for name in rows} <= set(cards.ROW_WORDS)


@pytest.mark.parametrize(
    "column", ["claim_id", "article", "paraphrase", "words", "note", "caveat", "needs", "unit"]
)
def test_hostile_text_of_claims_stays_text(shown, full, column, monkeypatch):
    one = full[full["reason"] != ""].head(1)
    if column == "needs":
        one = full[full["verdict"] == "opinion"].head(1)
    known = dict.fromkeys([ATTACK], ledger()["CEPA-001"]) | ledger()
    monkeypatch.setattr(verdicts, "ledger", lambda: known)
    verdicts.show_cards(one.assign(**{column: ATTACK}), Tables(), "C")
    assert "<script" not in shown[0]["text/html"].lower()
    assert ATTACK in "".join(laid_out(shown[0]).itertext())
    assert not list(laid_out(shown[0]).iter("script"))


def test_hostile_captions_rows_and_sources_stay_text(shown, full):
    data = Tables()
    name = "exercises"
    one = full.head(1).assign(rows=[{name: data[name].index[:1]}])
    source = data[name]["source_id"].iloc[0]
    places = data["sources"].assign(publisher=ATTACK, title=ATTACK, url="javascript:alert(1)")
    hostile = Tables({name: data[name].assign(name=ATTACK), "sources": places})
    assert source in set(places["source_id"])
    verdicts.show_cards(one, hostile, ATTACK)
    page = laid_out(shown[0])
    assert not list(page.iter("script"))
    assert text_of(page.find(".//summary")) == "1 row of exercises"
    assert not list(page.find(".//details").iter("a"))
    assert "javascript:" not in shown[0]["text/html"]
    assert shown[0]["text/html"].count("&lt;script&gt;") == 3


def test_a_row_that_cannot_be_written_as_markup_is_no_markup_either(full):
    finding = Finding(NAN, rows={"exercises": tables.load("exercises").index[:1]})
    (rows,) = scorecard.rows_used(finding, Tables()).values()
    lines = cards.evidence({"exercises": rows.assign(name="{claim_id} {0}")}, Tables()).rows
    assert "{claim_id} {0}" in lines[0]


def test_the_style_works_in_jupyterlab_only_and_once(shown, full):
    verdicts.show_cards(full, Tables())
    (style,) = re.findall(r"<style>(.*?)</style>", shown[0]["text/html"])
    plain = re.sub(r"/\*.*?\*/", "", style).strip()
    assert plain.startswith("body[data-jp-theme-light] .cards {")
    depth = [0]
    for sign in re.findall(r"[{}]", plain):
        depth.append(depth[-1] + (1 if sign == "{" else -1))
    assert (depth.count(0), depth[-1]) == (2, 0)
    for verdict in VERDICTS:
        assert f".{verdict} " in style


def test_cards_are_light(shown, full):
    verdicts.show_cards(full, Tables())
    assert len(shown[0]["text/html"].encode()) / len(full) < 2500


def test_the_same_results_give_the_same_cards(shown, full):
    verdicts.show_cards(full, Tables())
    verdicts.show_cards(full, Tables())
    assert shown[0] == shown[1]


def test_results_of_no_claims_give_no_card(shown, full):
    verdicts.show_cards(full.head(0), Tables(), "None")
    assert not list(laid_out(shown[0]).iter("article"))
    assert rows_of(shown[0]) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"combinations": 1, "robustness": 1.0}, "no choice bears on it"),
        ({"robustness": 1.0}, "all 1,200 combinations of choices"),
        ({}, "50% of 1,200 combinations of choices; it holds in part with no calls"),
        (
            {"flip": ""},
            "50% of 1,200 combinations of choices; under the others the data are silent",
        ),
        ({"robustness": 0.999}, "over 99% of 1,200 combinations of choices; "),
        ({"robustness": 0.001}, "under 1% of 1,200 combinations of choices; "),
    ],
)
def test_firmness_in_words(said, words):
    row = {"robustness": 0.5, "combinations": 1200, "flip": "no calls",
           "flip_verdict": "holds_in_part"}  # fmt: skip
    assert verdicts.firmness(row | said).startswith(words)


def test_words_of_results_keep_their_rows_and_order(full):
    told = verdicts.in_words(full)
    assert told["claim_id"].tolist() == full["claim_id"].tolist()
    assert pd.notna(told["flip"]).all()
