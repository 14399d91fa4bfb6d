"""Handouts of the committed notebooks: self-contained, light, each figure with its own words."""

import html
import re
from urllib.parse import unquote

import html5lib
import nbformat
import pytest

from helpers.publish import notebooks, parts, render

NAMES = [path.stem for path in notebooks.every()]
MAX_BYTES = 1_500_000
EVERY_HANDOUT = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def executed():
    return {path.stem: nbformat.read(path, as_version=4) for path in notebooks.every()}


@pytest.fixture(scope="module")
def pages(executed):
    return {name: render.handout(notebook, name) for name, notebook in executed.items()}


def outputs(notebook, kind):
    return [output for output in parts.outputs(notebook) if kind in output.data]


@EVERY_HANDOUT
def test_page_is_well_formed(name, pages):
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(pages[name])
    assert [(place, code) for place, code, _ in parser.errors] == []


@EVERY_HANDOUT
def test_page_asks_nothing_of_any_other_host(name, pages):
    fetched = re.findall(
        r"<(?:img|image|use|script|iframe|link|source|video|audio|embed|object)\b[^>]*?"
        r"\b(?:src|href|data)=\"([^\"]*)\"",
        pages[name],
    )
    assert [address for address in fetched if not address.startswith(("data:", "#"))] == []
    assert "@import" not in pages[name]
    assert not re.search(r"url\((?!['\"]?(data:|#))", re.sub(r'href="data:[^"]*"', "", pages[name]))
    assert pages[name].count("<script") == 1


@EVERY_HANDOUT
def test_page_is_small_enough_to_send(name, pages):
    assert len(pages[name].encode()) < MAX_BYTES


@EVERY_HANDOUT
def test_every_figure_keeps_its_own_alternative_text(name, pages, executed):
    alts = re.findall(r'<svg [^>]*?aria-label="([^"]*)"', pages[name])
    expected = [output.metadata["alt"] for output in outputs(executed[name], "image/svg+xml")]
    assert [html.unescape(alt) for alt in alts] == expected
    assert len(set(alts)) == len(alts) >= 5


@EVERY_HANDOUT
def test_every_figure_states_its_finding_measure_and_source_and_has_its_numbers(
    name, pages, executed
):
    figures = re.findall(r"<figure.*?</figure>", pages[name], flags=re.S)
    drawn = outputs(executed[name], "image/svg+xml")
    assert len(figures) == len(drawn) == pages[name].count("Data behind this figure")
    for shown, output in zip(figures, drawn, strict=True):
        for part in ("title", "subtitle", "source"):
            assert output.metadata[part]
            assert output.metadata[part] in html.unescape(shown)


@EVERY_HANDOUT
def test_every_csv_of_the_notebook_can_be_downloaded(name, pages, executed):
    addresses = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', pages[name])
    held = [unquote(html.unescape(address)).lstrip("\ufeff") for address in addresses]
    assert held == [output.data["text/csv"] for output in outputs(executed[name], "text/csv")]


@EVERY_HANDOUT
def test_the_answer_stands_before_everything_else(name, pages, executed):
    answer = pages[name].index('<section class="answer"')
    assert pages[name].index("<h1") < answer < pages[name].index("<table")
    assert pages[name].count('<section class="answer"') == 1
    assert len(render.answer(executed[name])) > 80


@EVERY_HANDOUT
def test_the_top_counts_the_cards_that_follow(name, pages, executed):
    counted = sum(part["number"] for part in parts.verdict_counts(executed[name]))
    assert counted == len(re.findall(r'<article class="card ', pages[name]))
    assert ('<section class="counts"' in pages[name]) is (counted > 0)


@EVERY_HANDOUT
def test_code_is_there_and_folded_away(name, pages, executed):
    cells = [c for c in executed[name].cells if c.cell_type == "code" and c.source.strip()]
    folds = re.findall(r'<details class="code">(.*?)</details>', pages[name], flags=re.S)
    # Code that shows nothing by itself stands with the next result.
    last = max(at for at, cell in enumerate(cells) if cell.outputs)
    assert len(folds) == sum(bool(c.outputs) for c in cells) + len(cells[last + 1 :])
    shown = html.unescape(re.sub(r"<[^>]*>", "", " ".join(folds)))
    assert [c.source for c in cells if c.source.strip() not in shown] == []
    assert not re.search(r"<details[^>]* open", pages[name])


@EVERY_HANDOUT
def test_tables_have_captions_and_scopes(name, pages):
    tables = re.findall(r"<table\b.*?</table>", pages[name], flags=re.S)
    assert tables
    assert [table for table in tables if table.count("<caption") != 1] == []
    assert not re.search(r"<th\b(?![^>]*scope)", pages[name])


@EVERY_HANDOUT
def test_headings_go_down_one_at_a_time(name, pages):
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", pages[name])]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip(levels, levels[1:], strict=False))


@EVERY_HANDOUT
def test_every_anchor_leads_somewhere_and_no_id_stands_twice(name, pages):
    ids = re.findall(r'\sid="([^"]*)"', pages[name])
    assert len(ids) == len(set(ids))
    inside = {html.unescape(anchor) for anchor in re.findall(r'\shref="#([^"]*)"', pages[name])}
    assert inside <= {html.unescape(one) for one in ids}
