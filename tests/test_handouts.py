"""Handouts: well-formed, self-contained, every figure with its own words."""

import html
import re

import html5lib
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.publish import notebooks, render

NAMES = [path.stem for path in notebooks.every()]
MAX_BYTES = 1_500_000


@pytest.fixture(scope="module")
def executed():
    return {path.stem: nbformat.read(path, as_version=4) for path in notebooks.every()}


@pytest.fixture(scope="module")
def pages(executed):
    made = {name: render.handout(notebook, name) for name, notebook in executed.items()}
    cards = [
        {
            "file": f"{name}.html",
            "number": name[:2],
            "title": render.title(notebook),
            "answer": render.answer(notebook),
        }
        for name, notebook in executed.items()
    ]
    return made | {"index": render.index(cards)}


EVERY_PAGE = pytest.mark.parametrize("name", [*NAMES, "index"])
EVERY_HANDOUT = pytest.mark.parametrize("name", NAMES)


@EVERY_PAGE
def test_page_is_well_formed(name, pages):
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(pages[name])
    assert [(place, code) for place, code, _ in parser.errors] == []


@EVERY_PAGE
def test_page_asks_nothing_of_any_other_host(name, pages):
    fetched = re.findall(
        r"<(?:img|script|iframe|link|source|video|audio|embed|object)\b[^>]*?"
        r"\b(?:src|href|data)=\"([^\"]*)\"",
        pages[name],
    )
    assert [address for address in fetched if not address.startswith("data:")] == []
    assert "@import" not in pages[name]
    assert not re.search(r"url\((?!['\"]?(data:|#))", re.sub(r'src="data:[^"]*"', "", pages[name]))
    assert "<script" not in pages[name]


@EVERY_PAGE
def test_page_is_small_enough_to_send(name, pages):
    assert len(pages[name].encode()) < MAX_BYTES


@EVERY_HANDOUT
def test_every_figure_keeps_its_own_alternative_text(name, pages, executed):
    alts = re.findall(r"<img [^>]*?alt=\"([^\"]*)\"", pages[name])
    expected = [
        output.metadata["alt"]
        for cell in executed[name].cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert [html.unescape(alt) for alt in alts] == expected
    assert len(set(alts)) == len(alts) >= 5


@EVERY_HANDOUT
def test_the_answer_stands_before_everything_else(name, pages, executed):
    answer = pages[name].index('class="answer"')
    assert pages[name].index("<h1") < answer < pages[name].index("<table")
    assert len(render.answer(executed[name])) > 80


@EVERY_HANDOUT
def test_code_is_there_and_folded_away(name, pages, executed):
    cells = [c for c in executed[name].cells if c.cell_type == "code" and c.source.strip()]
    assert pages[name].count('<details class="code">') == len(cells)
    assert '<details class="code" open' not in pages[name]


@EVERY_HANDOUT
def test_tables_have_captions_and_scopes(name, pages):
    assert pages[name].count("<table>") == pages[name].count("<caption>") > 0
    assert not re.search(r"<th(?![^>]*scope)[ >]", pages[name])


@EVERY_HANDOUT
def test_headings_go_down_one_at_a_time(name, pages):
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", pages[name])]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(levels, levels[1:], strict=False))


def test_index_leads_to_every_handout_and_gives_its_answer(pages, executed):
    for name, notebook in executed.items():
        assert f'href="{name}.html"' in pages["index"]
        assert render.answer(notebook) in html.unescape(pages["index"])


def cell(source="1", count=1, outputs=()):
    return new_code_cell(source, execution_count=count, outputs=list(outputs))


def test_a_notebook_that_was_not_executed_is_refused():
    with pytest.raises(ValueError, match="99, cell 1: not executed"):
        render.handout(new_notebook(cells=[cell(count=None)]), "99")


def test_a_figure_without_words_is_refused():
    mute = new_output("display_data", data={"image/svg+xml": "<svg/>"})
    with pytest.raises(ValueError, match="99, cell 1: a figure without alternative text"):
        render.handout(new_notebook(cells=[cell(outputs=[mute])]), "99")


def test_a_page_is_written_whole(tmp_path):
    render.write_whole(tmp_path / "deep" / "a.html", "new")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.html"]
