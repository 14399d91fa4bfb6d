"""Every page in headless Chromium: narrow and wide, light and dark, on paper, by keyboard."""

import csv
import io
import re
import shutil
from urllib.parse import unquote

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from helpers import files
from helpers.publish import codebook, index, notebooks, pdf, render

NAMES = [path.stem for path in notebooks.every()]
PAGES = [*NAMES, "index", "codebook"]
WIDTHS = (360, 768, 1280)
LEVEL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, pdf.NAMES)), reason="Chromium is not installed"
)
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
EVERY_HANDOUT = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All pages as `nolimits handouts` leaves them, from the committed notebooks."""
    made = tmp_path_factory.mktemp("handouts")
    entries = []
    for path in notebooks.every():
        notebook = nbformat.read(path, as_version=4)
        files.write_whole(made / f"{path.stem}.html", render.handout(notebook, path.stem))
        entries.append(index.handout(notebook, path.stem))
    files.write_whole(made / "index.html", index.page(entries))
    files.write_whole(made / "codebook.html", codebook.page())
    for name, text in codebook.tables_as_csv().items():
        files.write_whole(made / "tables" / f"{name}.csv", text)
    return made


@pytest.fixture
def opened(browser, folder):
    """Open a page by name, in light or dark; everything it asks for and complains of is kept."""
    pages = []

    def open_page(name, scheme="light", width=1280):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


def overflow(page):
    """How many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def open_all(page):
    """Unfold everything, so that what is folded is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


@EVERY_PAGE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_asks_for_nothing_complains_of_nothing_and_fits_its_window(name, scheme, opened):
    page = opened(name, scheme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0, width
        open_all(page)
        assert overflow(page) <= 0, f"{width}, unfolded"
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in page.asked if url.startswith("file:")]) == 1
    assert page.wrong == []


# axe-core looks at every element against every other; of what repeats, a few of each kind do.
THIN = """() => {
    const keep = (nodes, many) => [...nodes].slice(many).forEach(node => node.remove());
    document.querySelectorAll('tbody').forEach(body => keep(body.children, 3));
    document.querySelectorAll('ol, main ul').forEach(list => keep(list.children, 6));
    const kinds = [...new Set([...document.querySelectorAll('.card')].map(c => c.className))];
    kinds.forEach(kind => keep(document.getElementsByClassName(kind), 2));
    ['details.code', 'figure', '.table'].forEach(kind => keep(document.querySelectorAll(kind), 3));
}"""


def violations(page):
    """What axe-core finds: the rule, how often, and the first place."""
    found = Axe().run(page, options={"runOnly": LEVEL}).response
    assert len(found["passes"]) > 20
    return [
        (rule["id"], len(rule["nodes"]), rule["nodes"][0]["html"][:200])
        for rule in found["violations"]
    ]


@EVERY_PAGE
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(name, scheme, opened):
    page = opened(name, scheme)
    open_all(page)
    page.evaluate(THIN)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == [], width


@EVERY_PAGE
def test_every_link_within_the_folder_leads_somewhere(name, folder):
    anchors = {p: set(re.findall(r'\bid="([^"]+)"', (folder / f"{p}.html").read_text()))
               for p in PAGES}  # fmt: skip
    text = (folder / f"{name}.html").read_text()
    inner = [a for a in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', text)
             if not a.startswith(("http://", "https://", "data:"))]  # fmt: skip
    assert inner
    lost = []
    for address in set(inner):
        file, _, anchor = address.partition("#")
        there = (folder / file).is_file() if file else True
        at = file.removesuffix(".html") if file else name
        if not there or (anchor and unquote(anchor) not in anchors[at]):
            lost.append(address)
    assert lost == []


@EVERY_PAGE
def test_no_two_places_share_an_id(name, folder):
    ids = re.findall(r'<[a-z][^>]*?\sid="([^"]+)"', (folder / f"{name}.html").read_text())
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


# How many rows stand where a download leads: cards, the table behind a figure, or a table.
SHOWN = """link => {
    const [, kind] = link.download.match(/-((?:figure|table)-\\d+|cards)\\.csv$/);
    if (kind === 'cards') return document.querySelectorAll('.card').length;
    const own = kind.startsWith('table') ? document.getElementById(kind) : link.closest('.tools');
    return own.querySelector('tbody').rows.length;
}"""


@EVERY_HANDOUT
def test_downloads_hold_the_rows_shown(name, opened):
    page = opened(name)
    links = page.locator("a[download]").all()
    assert len(links) > 5
    for link in links:
        _, text = unquote(link.get_attribute("href")).split(",", 1)
        _, *rows = csv.reader(io.StringIO(text))
        assert len(rows) == link.evaluate(SHOWN), link.get_attribute("download")


@EVERY_HANDOUT
def test_the_keyboard_opens_the_code(name, opened):
    fold = opened(name).locator("details.code").first
    fold.locator("summary").press("Enter")
    assert fold.evaluate("fold => fold.open")
    assert fold.locator("pre").is_visible()


@EVERY_PAGE
def test_tab_never_gets_caught(name, opened):
    """Tab goes through everything that takes it, in the order of the page, and shows where."""
    page = opened(name)
    seen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("""() => { const e = document.activeElement;
            const s = getComputedStyle(e);
            return [e.tagName, e.getBoundingClientRect().top + scrollY,
                    s.outlineStyle !== 'none' || s.boxShadow !== 'none'] }""")
        )
    assert len({(tag, top) for tag, top, _ in seen}) > 8
    assert all(visible for tag, _, visible in seen if tag != "BODY")


@EVERY_HANDOUT
def test_a_handout_prints_on_a_sane_number_of_pages(name, folder, tmp_path):
    pdf.print_pdf(folder / f"{name}.html", tmp_path / "a.pdf")
    printed = (tmp_path / "a.pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 60


@EVERY_HANDOUT
def test_no_figure_is_wider_than_paper(name, opened):
    """A4 is 794 px wide at 96 px an inch; what lies beyond the margins would be cut."""
    page = opened(name, width=680)
    page.emulate_media(media="print")
    wide = page.evaluate(
        """[...document.querySelectorAll('figure svg')]
            .filter(svg => svg.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert page.locator("figure svg").count() >= 5
    assert wide == 0
