"""The summary of a sweep in headless Chromium: narrow and wide, light and dark, on paper."""

import re
import shutil
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpers.publish import pdf, summary

LEVEL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (360, 1280)
VERDICTS = ("holds", "fails", "holds_in_part", "not_in_data", "opinion", "cited")
VARIED = {
    "counting_rule": ["all_joint", "bilateral", "no_sco", "no_patrols"],
    "window_2": ["2022:2024", "2022:2025"],
    "count_calls": [False, True],
}

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, pdf.NAMES)), reason="Chromium is not installed"
)


def result(swept, at, asked):
    """Give a run with every kind of finding: verdicts that move, numbers that do, neither."""
    if at == 5:
        wide = "x" * 300
        return swept(asked, failure=f"Traceback\n  {wide}\nValueError: <b>{wide}</b>")
    moving = {f"CEPA-{n:03}": (VERDICTS[(n + at) % 4], float(n + at)) for n in range(10, 22)}
    steady = {f"DIP-{n:03}": (VERDICTS[n % 6], None) for n in range(10, 30)}
    counted = {"DIP-001": ("holds", 0.25 * at), "DIP-002": ("holds_in_part", None)}
    return swept(asked, moving | counted | steady, seconds=1.5 * at)


@pytest.fixture(scope="module")
def made(swept, tmp_path_factory):
    grid = [dict(zip(VARIED, one, strict=True)) for one in product(*VARIED.values())]
    file = tmp_path_factory.mktemp("sweep") / "index.html"
    runs = [result(swept, *one) for one in enumerate(grid)]
    file.write_text(summary.page(runs, VARIED), encoding="utf-8")
    return file


@pytest.fixture
def opened(browser, made):
    """Open the page, everything unfolded; what it asks for and complains of is kept."""
    pages = []

    def open_page(scheme="light", **options):
        page = browser.new_page(color_scheme=scheme, **options)
        pages.append(page)
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto(made.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_asks_for_nothing_fits_its_window_and_axe_finds_no_violation(scheme, opened):
    page = opened(scheme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, width
        found = Axe().run(page, options={"runOnly": LEVEL}).response
        assert len(found["passes"]) > 20
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
    assert [url for url in page.asked if not url.startswith("data:")] == [page.url]
    assert page.wrong == []


def test_every_link_within_the_page_leads_somewhere(made):
    text = made.read_text(encoding="utf-8")
    anchors = re.findall(r'\bid="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    within = re.findall(r'href="#([^"]*)"', text)
    assert within
    assert set(within) <= set(anchors)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', text)) <= set(anchors)


def test_the_name_of_a_finding_stays_in_view_when_the_table_scrolls(opened):
    page = opened(viewport={"width": 360, "height": 900})
    region = page.locator(".heats")
    head = region.locator("tbody th[scope=row]").first
    before = head.bounding_box()["x"]
    region.evaluate("region => { region.scrollLeft = 300 }")
    assert region.evaluate("region => region.scrollLeft") == 300
    assert head.bounding_box()["x"] == pytest.approx(before, abs=1)


def test_the_keyboard_scrolls_what_is_wider_than_its_place(opened):
    page = opened(viewport={"width": 360, "height": 900})
    for region in page.locator("[role=region]").all():
        assert region.evaluate("r => r.scrollWidth > r.clientWidth")
        region.focus()
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('[role=region]').scrollLeft > 0")


def test_paper_shows_every_column(opened):
    """A4 is 1123 px long at 96 px an inch; without its margins the wide tables have 1002."""
    page = opened(viewport={"width": 1002, "height": 700})
    page.emulate_media(media="print")
    for selector in (".heats table", "table.runs", "figure svg"):
        right = page.locator(selector).evaluate("e => e.getBoundingClientRect().right")
        assert right <= 1003, selector
    assert page.evaluate("document.documentElement.scrollWidth") <= 1002
