"""The index in headless Chromium: search, filters, order, and a view that can be sent."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from helpers import files
from helpers.publish import codebook, pdf

HOSTILE = "<img src=x onerror=document.title='run'>"

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, pdf.NAMES)), reason="Chromium is not installed"
)

# As many claims as the articles make, so that speed and layout are those of the real page.
VERDICTS = ("holds", "holds", "fails", "holds_in_part", "not_in_data", "opinion", "cited")
ROBUST = (1.0, 0.9, 0.6, 0.1, None, None, None)
CLAIMS = [
    {
        "claim_id": f"CEPA-{n:03}" if n < 300 else f"DIP-{n - 299:03}",
        "article": "CEPA" if n < 300 else "The Diplomat",
        "paragraph": n % 41,
        "section": ("arms_trade", "dual_use", "limits")[n % 3],
        "kind": ("quantity", "event")[n % 2],
        "paraphrase": f"Claim number {n} on {'boats' if n % 50 else 'drones'} and on Wärtsilä.",
        "verdict": VERDICTS[n % 7],
        "robustness": ROBUST[n % 7],
    }
    for n in range(1, 400)
]
DRONES = [claim["claim_id"] for claim in CLAIMS if "drones" in claim["paraphrase"]]
FAILING = [claim["claim_id"] for claim in CLAIMS if claim["verdict"] == "fails"]


@pytest.fixture(scope="module")
def site(index_of, notebook_of, dispute, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    made = {
        "01_boats": notebook_of("What of boats?", CLAIMS),
        "07_scorecard": notebook_of("Who is right?", others=[dispute()]),
    }
    files.write_whole(folder / "index.html", index_of(**made))
    files.write_whole(folder / "codebook.html", codebook.page())
    return folder


@pytest.fixture
def opened(browser, site):
    """Open the index, with a fragment if asked, and fail on any error or request."""
    made, wrong = [], []

    def open_index(fragment="", **options):
        context = browser.new_context(**options)
        page = context.new_page()
        made.append(context)
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:"))
                else wrong.append(r.url))  # fmt: skip
        page.goto((site / "index.html").as_uri() + fragment)
        return page

    yield open_index
    for context in made:
        context.close()
    assert wrong == []


def shown(page):
    """Give the ids of the rows that can be seen, in their order."""
    return page.evaluate("[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden)"
                         ".map(r => r.id)")  # fmt: skip


def fragment(page):
    return page.url.partition("#")[2]


def test_all_words_of_a_search_must_be_there_whatever_their_case(opened):
    page = opened()
    page.get_by_label("Search").fill("DRONES wartsila")
    assert shown(page) == DRONES
    expect(page.locator("#count")).to_have_text(f"{len(DRONES)} of 399 claims")
    page.get_by_label("Search").fill("drones boats")
    assert shown(page) == []
    expect(page.locator("#none")).to_be_visible()


def test_filters_work_together_and_stand_in_the_address(opened):
    page = opened()
    page.get_by_label("Verdict", exact=True).select_option("fails")
    page.get_by_label("Article", exact=True).select_option("the_diplomat")
    assert shown(page) == [i for i in FAILING if i.startswith("DIP")]
    assert fragment(page) == "article=the_diplomat&verdict=fails"


@pytest.mark.parametrize(
    ("setting", "share"),
    [("every_combination", 1.0), ("three_in_four_or_more", 0.9), ("half_or_more", 0.6),
     ("fewer_than_half", 0.1), ("not_measured", None)],
)  # fmt: skip
def test_fragility_has_bands(opened, setting, share):
    page = opened(f"#fragility={setting}")
    assert shown(page) == [c["claim_id"] for c in CLAIMS if c["robustness"] == share]


def test_a_view_is_restored_from_its_address(opened):
    page = opened("#q=claim+number&verdict=fails&section=dual_use&sort=-where")
    wanted = [c for c in CLAIMS if c["verdict"] == "fails" and c["section"] == "dual_use"]
    assert sorted(shown(page)) == [claim["claim_id"] for claim in wanted]
    assert page.get_by_label("Search").input_value() == "claim number"
    assert page.get_by_label("Section").input_value() == "dual_use"
    assert shown(page)[0].startswith("DIP-")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#claims")).to_be_in_viewport()


def test_a_setting_may_be_typed_in_capitals(opened):
    wanted = [claim["claim_id"] for claim in CLAIMS if claim["article"] == "CEPA"]
    assert shown(opened("#article=CEPA")) == wanted


def test_back_and_forward_go_through_the_views(opened):
    page = opened()
    page.get_by_label("Verdict", exact=True).select_option("fails")
    page.get_by_label("Search").press_sequentially("drones")
    expect(page).to_have_url(re.compile("#q=drones&verdict=fails$"))
    both = shown(page)
    page.go_back()
    assert page.get_by_label("Search").input_value() == ""
    assert shown(page) == FAILING
    page.go_back()
    assert len(shown(page)) == len(CLAIMS)
    page.go_forward()
    page.go_forward()
    assert shown(page) == both


def test_clear_shows_all_again(opened):
    page = opened("#q=drones&verdict=fails&sort=verdict")
    page.get_by_role("button", name="Clear").click()
    assert shown(page) == [claim["claim_id"] for claim in CLAIMS]
    assert fragment(page) == "claims"
    expect(page.locator("#count")).to_have_text("399 claims")


@pytest.mark.parametrize(
    "hostile",
    [f"q={HOSTILE}", f"verdict={HOSTILE}", f"sort={HOSTILE}", "__proto__=x&constructor=y",
     "q=%E0%A4%A&verdict=%", "verdict=nothing&section=&article=RAND", "sort=toString",
     "q=" + "x" * 9999],
)  # fmt: skip
def test_hostile_addresses_set_nothing_but_words_to_search_for(opened, hostile):
    page = opened(f"#{hostile}")
    assert page.evaluate("document.images.length") == 0
    assert page.title().startswith("No Limits?")
    assert {box.input_value() for box in page.locator("select").all()} == {""}
    assert len(page.get_by_label("Search").input_value()) <= 200
    expect(page.locator("th[aria-sort]")).to_have_count(0)
    page.get_by_role("button", name="Clear").click()
    assert len(shown(page)) == len(CLAIMS)


def test_columns_sort_both_ways_and_missing_robustness_stays_last(opened):
    page = opened()
    button = page.get_by_role("columnheader").get_by_role("button", name="Same verdict")
    measured = {c["claim_id"]: c["robustness"] for c in CLAIMS if c["robustness"] is not None}
    for turn in (False, True):
        button.click()
        ids = shown(page)
        shares = [measured[i] for i in ids[: len(measured)]]
        assert shares == sorted(shares, reverse=turn)
        assert not set(ids[len(measured) :]) & set(measured)
    button.click()
    assert shown(page) == [claim["claim_id"] for claim in CLAIMS]


def test_paragraphs_sort_as_numbers(opened):
    page = opened("#sort=where&article=cepa")
    places = {claim["claim_id"]: claim["paragraph"] for claim in CLAIMS}
    found = [places[i] for i in shown(page)]
    assert found == sorted(found)


def test_a_verdict_in_the_summary_leads_to_its_claims(opened):
    page = opened()
    page.locator(".legend").get_by_role("link", name="fail").click()
    assert shown(page) == FAILING
    assert fragment(page) == "verdict=fails"
    expect(page.locator("#claims")).to_be_in_viewport()


def test_the_link_of_a_view_can_be_copied(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Search").fill("drones")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("index.html#q=drones")


def test_the_keyboard_reaches_and_works_everything(opened):
    page = opened()
    reached = []
    page.get_by_label("Search").focus()
    for _ in range(13):
        reached.append(page.evaluate("document.activeElement.id || "
                                     "document.activeElement.textContent"))  # fmt: skip
        page.keyboard.press("Tab")
    assert reached == [
        "q", "article", "section", "kind", "verdict", "fragility", "clear", "copy", "Claim",
        "Article, paragraph", "Section", "Verdict", "Same verdict",
    ]  # fmt: skip
    page.get_by_label("Kind").focus()
    page.keyboard.press("ArrowDown")
    page.locator("th[data-sort=verdict] button").press("Enter")
    assert fragment(page).startswith("kind=")
    assert fragment(page).endswith("sort=verdict")
    page.get_by_label("Search").press("Enter")
    assert fragment(page).endswith("sort=verdict")


def test_without_script_the_table_is_whole_and_no_filter_shows(opened):
    page = opened(java_script_enabled=False)
    expect(page.locator("tbody tr")).to_have_count(399)
    expect(page.locator("form")).to_be_hidden()
    expect(page.locator("tbody tr").last).to_be_visible()


def test_print_leaves_the_filters_out_and_keeps_the_view(opened):
    page = opened("#verdict=fails")
    page.emulate_media(media="print")
    expect(page.locator("form")).to_be_hidden()
    expect(page.locator(f"[id='{FAILING[0]}']")).to_be_visible()
    expect(page.locator("[id='CEPA-001']")).to_be_hidden()
