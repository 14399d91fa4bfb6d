"""The index says what the cards of the handouts say, once each, and nothing else."""

import base64
import hashlib
import html
import re

import html5lib
import nbformat
import pandas as pd
import pytest

from helpers import sentences
from helpers.claims import ledger
from helpers.publish import index, notebooks

SIX = [
    {"claim_id": "CEPA-001"},
    {"claim_id": "CEPA-002", "verdict": "fails", "robustness": 0.5, "combinations": 8},
    {"claim_id": "CEPA-003b", "verdict": "opinion", "robustness": None, "combinations": None,
     "claimed": "", "found": ""},
    {"claim_id": "CEPA-010", "verdict": "holds_in_part", "robustness": 0.999},
]  # fmt: skip
OTHERS = [
    {"claim_id": "DIP-001", "article": "The Diplomat", "section": "exercises"},
    {"claim_id": "DIP-002", "article": "The Diplomat", "section": "exercises", "combinations": 1},
]


@pytest.fixture(scope="module")
def page(index_of, notebook_of, dispute):
    return index_of(**{
        "01_arms_trade": notebook_of(claims=SIX),
        "03_exercises": notebook_of("More drills?", OTHERS, "Drills were few. So were others."),
        "07_scorecard": notebook_of("Who is right?", (), "In all 6 hold. Two differ. A third.",
                                    [dispute(), dispute(Outcome="definition: it depends")]),
    })  # fmt: skip


@pytest.fixture(scope="module")
def tree(page):
    return html5lib.parse(page, namespaceHTMLElements=False)


def text(element):
    """Give the words of an element as one line."""
    return " ".join("".join(element.itertext()).split())


def rows_of(tree):
    """Give the rows of the table of claims, each as the words of its cells."""
    return {row.get("id"): [text(cell) for cell in row] for row in tree.iterfind(".//tbody/tr")}


def test_every_claim_stands_in_the_table_once_and_in_order(tree):
    assert list(rows_of(tree)) == [claim["claim_id"] for claim in SIX + OTHERS]


def test_every_claim_leads_to_its_card(tree):
    links = [link.get("href") for link in tree.iterfind(".//tbody/tr/th/a")]
    assert links == [f"01_arms_trade.html#{c['claim_id']}" for c in SIX] + [
        f"03_exercises.html#{c['claim_id']}" for c in OTHERS
    ]


def test_a_row_says_what_the_card_says(tree):
    assert rows_of(tree)["CEPA-002"] == [
        "CEPA-002", "CEPA, paragraph 7", "arms trade quantity", "Twelve submarines were sold.",
        "exactly 12 submarines", "12 submarines", "✕ fails", "50%",
    ]  # fmt: skip


def test_robustness_that_was_not_measured_is_a_dash_and_never_a_number(tree):
    assert rows_of(tree)["CEPA-003b"][4:] == ["–", "–", "○ opinion", "–"]


def test_only_a_whole_share_is_called_100_and_one_combination_no_choice(tree):
    firm = {claim_id: cells[-1] for claim_id, cells in rows_of(tree).items()}
    assert (firm["CEPA-001"], firm["CEPA-010"], firm["DIP-002"]) == ("100%", ">99%", "no choice")


def test_numbers_of_the_summary_add_up(tree):
    totals = {text(group[0]): group[1] for group in tree.iterfind(".//dl[@class='bars']/div")}
    assert list(totals) == ["All claims 6", "CEPA 4", "The Diplomat 2"]
    for name, shown in totals.items():
        words = shown.find("span").text
        assert sum(map(int, re.findall(r"\d+", words))) == int(name.split()[-1])
    assert totals["All claims 6"].find("span").text == (
        "3 hold, 1 holds in part, 1 fails, 1 opinion"
    )


def test_settings_of_each_filter_add_up_to_all_claims(tree):
    for select in tree.iter("select"):
        numbers = [int(text(o).rsplit("(", 1)[1][:-1]) for o in list(select)[1:]]
        assert (select.get("name"), sum(numbers)) == (select.get("name"), len(SIX + OTHERS))


def test_each_row_can_be_found_by_a_setting_of_each_filter(tree):
    for select in tree.iter("select"):
        settings = [option.get("value") for option in select]
        for row in tree.iterfind(".//tbody/tr"):
            assert row.get(f"data-{select.get('name')}") in settings[1:]


def test_the_answer_of_the_scorecard_leads(tree):
    assert tree.find(".//h2[@id='came-out']").text == "In all 6 hold."
    told = [text(p) for p in tree.iterfind(".//div[@class='more']/p")]
    assert told == ["Two differ.", "A third."]


def test_without_a_scorecard_the_cards_themselves_are_summed_up(index_of, notebook_of):
    page = index_of(**{"01_arms_trade": notebook_of(claims=SIX)})
    assert "Of 3 claims open to a test by data, 1 holds, 1 holds in part and 1 fails." in page


def test_only_conflicts_between_the_articles_are_listed(tree):
    (shown,) = tree.iterfind(".//ul[@class='disputes']/li")
    assert text(shown.find("h3")) == "Did it slow?"
    assert text(shown.find("p")) == "Each position holds in part."
    positions = [text(one) for one in shown.iterfind("ol/li")]
    assert positions == ["It slowed", "It did not"]
    assert shown.find("details") is None


def test_a_conflict_is_headed_by_the_position_that_holds_or_fails(index_of, notebook_of, dispute):
    told = "The first position, that it slowed, fails; the second holds. Rate: 2.5 times."
    made = dispute(**{"What the data say": told})
    page = index_of(**{"07_scorecard": notebook_of(others=[made])})
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (shown,) = tree.iterfind(".//ul[@class='disputes']/li")
    assert text(shown.find("p")) == "The first position fails; the second holds."
    assert text(shown.find("details/p")) == "Rate: 2.5 times."


def test_conflicts_that_other_handouts_show_too_are_not_told_twice(index_of, notebook_of, dispute):
    made = {n: notebook_of(others=[dispute()]) for n in ("03_exercises", "07_scorecard")}
    assert index_of(**made).count("Did it slow?</h3>") == 1


def test_each_handout_is_there_with_question_first_sentence_and_counts(tree):
    shown = [text(item) for item in tree.iterfind(".//ol[@class='handouts']/li")]
    assert shown[1] == "03 More drills? Drills were few. 2 claims: 2 hold"
    links = [link.get("href") for link in tree.iterfind(".//ol[@class='handouts']//h3/a")]
    assert links == ["01_arms_trade.html", "03_exercises.html", "07_scorecard.html"]


def test_without_a_script_the_table_is_whole_and_the_filters_are_not_there(tree):
    assert tree.find(".//form").get("hidden") is not None
    assert not [row for row in tree.iter("tr") if row.get("hidden") is not None]
    assert not list(tree.iterfind(".//table//button"))


def test_the_policy_allows_exactly_the_script_of_the_page(page, tree):
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = tree.find(".//meta[@http-equiv]").get("content")
    assert re.findall(r"'sha256-[^']+'", policy) == [f"'sha256-{digest}'"]
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"<[^>]*\son\w+=", page)


def test_the_page_is_well_formed(page):
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    assert parser.errors == []


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def test_text_from_data_stays_text(index_of, notebook_of, dispute):
    fields = ("paraphrase", "claimed", "found", "kind", "section", "article", "why")
    claim = dict.fromkeys(fields, HOSTILE) | {"claim_id": "CEPA-001"}
    others = [dispute(Conflict=f"X01: {HOSTILE}", **{"What the data say": HOSTILE})]
    page = index_of(**{"07_scorecard": notebook_of(HOSTILE, [claim], HOSTILE, others)})
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert page.count(html.escape(HOSTILE, quote=False).split('"')[0]) >= 8
    row = html5lib.parse(page, namespaceHTMLElements=False).find(".//tbody/tr")
    assert text(row[3]) == HOSTILE
    assert not [name for name in row.keys() if name.startswith("on")]  # noqa: SIM118


def test_a_formula_is_read_back_as_it_was_written(index_of, notebook_of):
    claim = {"claim_id": "CEPA-001", "paraphrase": "=1+1 is what it says."}
    page = index_of(**{"01_x": notebook_of(claims=[claim])})
    assert ">=1+1 is what it says.<" in page


def test_a_claim_on_the_cards_of_two_handouts_is_refused(index_of, notebook_of):
    twice = {name: notebook_of(claims=SIX[:1]) for name in ("01_x", "02_y")}
    with pytest.raises(ValueError, match="cards of two handouts: CEPA-001"):
        index_of(**twice)


def test_handouts_without_cards_still_get_their_index(index_of, notebook_of):
    page = index_of(**{"01_x": notebook_of()})
    assert 'href="01_x.html"' in page
    assert "<table" not in page
    assert "<form" not in page


def test_tables_and_codebook_are_linked(page):
    assert 'href="codebook.html#arms_deals"' in page
    assert 'href="tables/arms_deals.csv"' in page


def test_an_unknown_verdict_is_not_passed_over(notebook_of):
    made = index.handout(notebook_of(claims=[{"verdict": "maybe"}]), "01_x")
    with pytest.raises(KeyError, match="maybe"):
        index.page([made])


@pytest.fixture(scope="module")
def committed():
    return [index.handout(nbformat.read(p, as_version=4), p.stem) for p in notebooks.every()]


def test_the_committed_cards_hold_every_claim_of_the_ledger_once(committed):
    found = [claim_id for one in committed for claim_id in one.claims["claim_id"]]
    assert sorted(found) == sorted(ledger())


def test_the_committed_scorecard_says_what_the_cards_say(committed):
    claims = pd.concat([one.claims for one in committed])
    (scorecard,) = [one for one in committed if one.disputes is not None]
    assert scorecard.answer.startswith(f"{sentences.headline(claims)}. ")
    assert f"{sentences.articles_compared(claims)}." in scorecard.answer
    summed = claims.rename(columns={"combinations": "n_specifications"}).dropna(
        subset="n_specifications"
    )
    assert f"{sentences.steadiness(summed)}." in scorecard.answer
    assert scorecard.disputes["Conflict"].is_unique
    assert '<ul class="disputes">' in index.page(committed)
