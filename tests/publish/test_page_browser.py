"""The script of handouts, and what their policy refuses, in a real browser."""

import csv
import io
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.publish import pdf, render

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, pdf.NAMES)), reason="Chromium is not installed"
)

ROWS = [
    ("Ж, late", "1,200", "2024-05-01"),
    ("b, early", "−3.5", "1999-12-31"),
    ("a", "–", "2003"),
    ("c", "20", "2003-02"),
    ("item 10", "3%", "–"),
    ("item 9", "0", "2001-01-01"),
]
CSV = 'Name,Number\n"a, ""b""",1\nЖ–é # 100%,2\n'


def display(**data):
    metadata = {"caption": "Rows"} if "html" in data else {}
    kinds = {"html": "text/html", "csv": "text/csv"}
    return new_output(
        "display_data", data={kinds[k]: text for k, text in data.items()}, metadata=metadata
    )


def table(rows, head=("Name", "Number", "Day")):
    heads = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{c}</td>" for c in row[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="table"><table><caption>Rows</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    hostile = (
        "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
        '<a id="lure" href="javascript:window.ran = 3">x</a>'
        '<link rel="stylesheet" href="https://a.example/a.css">'
    )
    folded = f"<details><summary>Folded</summary>{table(ROWS[:2]).replace('Rows', 'In')}</details>"
    wide = table([["word " * 9] * 14] * 2, ["Heading"] * 14)
    outputs = [table(ROWS), table(ROWS[:5]), wide, hostile, folded]
    cells = [new_markdown_cell("# Question?"), new_markdown_cell("## Part")]
    cells += [
        new_code_cell(f"show({at})", execution_count=1, outputs=[display(html=text, csv=CSV)])
        for at, text in enumerate(outputs)
    ]
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(render.handout(new_notebook(cells=cells), "99_page"), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.asked = {}
    opened.on("request", lambda request: opened.asked.setdefault(request.url, "sent"))
    opened.on("requestfailed", lambda failed: opened.asked.update({failed.url: failed.failure}))
    opened.goto(address)
    yield opened
    opened.close()


def column(page, at):
    return page.locator(f"#table-1 tbody tr > :nth-child({at})").all_inner_texts()


def test_scripts_and_events_of_data_do_not_run_and_nothing_is_fetched(page):
    page.locator("#lure").dispatch_event("click")
    assert page.evaluate("window.ran") is None
    # What the policy refuses is seen as a request that fails before it is sent.
    outside = {url: how for url, how in page.asked.items() if url.startswith("http")}
    assert outside == {"https://a.example/a.css": "csp"}


def test_numbers_sort_as_numbers_and_what_is_missing_comes_last(page):
    button = page.locator("#table-1").get_by_role("button", name="Number")
    button.click()
    assert column(page, 2) == ["−3.5", "0", "3%", "20", "1,200", "–"]
    assert page.locator('#table-1 th[aria-sort="ascending"]').inner_text().startswith("Number")
    button.click()
    assert column(page, 2) == ["1,200", "20", "3%", "0", "−3.5", "–"]
    assert page.locator("#table-1 th[aria-sort]").count() == 1


def test_days_and_names_sort_and_rows_stay_together(page):
    page.locator("#table-1").get_by_role("button", name="Day").press("Enter")
    assert column(page, 3) == ["1999-12-31", "2001-01-01", "2003", "2003-02", "2024-05-01", "–"]
    assert column(page, 1)[0] == "b, early"
    page.locator("#table-1").get_by_role("button", name="Name").press("Space")
    assert column(page, 1) == ["a", "b, early", "c", "item 9", "item 10", "Ж, late"]


def test_short_tables_have_no_buttons(page):
    assert page.locator("#table-1 button.sort").count() == 3
    assert page.locator("#table-2 button.sort").count() == 0


def test_one_switch_opens_and_closes_all_code(page):
    switch = page.locator(".contents-column .code-switch")
    assert page.locator("details.code[open]").count() == 0
    switch.click()
    assert page.locator("details.code[open]").count() == page.locator("details.code").count() == 5
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert page.locator("details.code[open]").count() == 0


def test_only_what_is_wider_than_the_page_can_be_reached_to_scroll_it(page):
    assert page.locator("#table-3 .table").get_attribute("tabindex") == "0"
    assert page.locator("#table-3 .table").get_attribute("aria-label").endswith("Table 3 Rows")
    assert page.locator("#table-1 .table").get_attribute("tabindex") is None


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_never_scrolls_sideways(width, page):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_contents_are_a_column_on_wide_screens_and_a_fold_on_small_ones(page):
    assert page.locator(".contents-column").is_visible()
    page.set_viewport_size({"width": 768, "height": 800})
    assert not page.locator(".contents-column").is_visible()
    page.locator(".contents-folded > summary").click()
    page.locator(".contents-folded a", has_text="Part").click()
    assert page.url.endswith("#Part")


def test_a_download_holds_the_rows_as_they_were(page):
    with page.expect_download() as waiting:
        page.locator("#table-1").locator("xpath=../../..").get_by_role("link").last.click()
    got = waiting.value
    assert got.suggested_filename == "99_page-table-1.csv"
    with open(got.path(), encoding="utf-8-sig") as file:  # noqa: PTH123
        assert [*csv.reader(file)] == [*csv.reader(io.StringIO(CSV))]


def test_a_link_into_a_fold_opens_it(page, address):
    page.evaluate("document.querySelector('#table-4 tbody tr').id = 'deep'")
    assert not page.locator("#deep").is_visible()
    page.evaluate("location.hash = 'deep'")
    page.locator("#deep").wait_for(state="visible")


def test_without_a_script_nothing_is_missing(browser, address):
    opened = browser.new_context(java_script_enabled=False).new_page()
    opened.goto(address)
    assert opened.locator("button:visible").count() == 0
    opened.locator("details.code > summary").first.click()
    assert opened.locator("details.code[open]").count() == 1
    opened.context.close()


def test_print_is_light_in_the_dark_and_leaves_out_what_cannot_be_used(browser, address):
    opened = browser.new_page(color_scheme="dark")
    opened.goto(address)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert opened.evaluate(ground) == "rgb(20, 23, 26)"
    opened.emulate_media(media="print", color_scheme="dark")
    assert opened.evaluate(ground) == "rgb(255, 255, 255)"
    for hidden in (".tools", ".contents-column", ".contents-folded"):
        assert opened.locator(f"{hidden} >> visible=true").count() == 0
    assert opened.locator("header.site").is_visible()
    opened.close()


def test_print_shows_how_to_cite_and_the_heads_of_tables_that_sort(page):
    cited = page.locator(".facts details").last.locator("p").first
    seen = "found => found.checkVisibility({contentVisibilityAuto: true})"
    assert not cited.evaluate(seen)
    page.emulate_media(media="print")
    assert cited.evaluate(seen)
    # A button has no box on paper: Chromium does not repeat boxes of buttons with the head.
    shown = "button => getComputedStyle(button).display"
    assert page.locator("#table-1 th button.sort").first.evaluate(shown) == "contents"


def test_the_head_begins_where_the_sheet_does(page):
    for width in (360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        left = "found => found.getBoundingClientRect().left + parseFloat(getComputedStyle(found)"
        lefts = {
            page.locator(one).evaluate(f"{left}.paddingLeft)")
            for one in ("header.site", ".sheet", "footer.site")
        }
        assert len(lefts) == 1, (width, lefts)
