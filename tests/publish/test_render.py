"""Handouts of small made-up notebooks: what the page makes of every kind of output."""

import base64
import hashlib
import html
import re
from urllib.parse import unquote

import html5lib
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import prose
from helpers.publish import parts, render

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 576 300"><style>* {fill: red}</style>'
    '<g id="frame-title"><text>Drawn title</text></g><defs><path id="i0"/></defs>'
    '<use href="#i0"/><text style="fill: #1f2328">label</text></svg>'
)
ABOUT = {
    "alt": "Bars of 2 years, 12 in 2024",
    "title": "Twelve in 2024",
    "subtitle": "Events a year, 2023 to 2024",
    "source": "our table",
    "panel": [40, 280],
}
CSV = "Year,Events\n2023,9\n2024,12\n"
CARD = '<article class="card holds" id="CEPA-001"><h3>● holds</h3><p class="claim">A</p></article>'
CARDS = f'<section class="cards"><style>.card {{}}</style>{CARD}</section>'
CARDS_CSV = "claim_id,verdict\nCEPA-001,holds\nCEPA-002,holds\nCEPA-003,fails\n"
CHOICES = (
    "Parameter,Meaning,This run,Default\nend_year,last year,2021,2024\nrule,counting rule,all,all\n"
)
TABLES = (
    "Table,One row is,Rows,Covers,Release,Sources,Licence\n"
    "exercises,one event,1082,2003 to 2024,2025-03,our reading,CC-BY-4.0\n"
)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def shown(data, **metadata):
    return new_output("display_data", data={"text/plain": "plain", **data}, metadata=metadata)


def code(*outputs, tags=(), source="run()"):
    metadata = {"tags": [*tags]} if tags else {}
    return new_code_cell(source, execution_count=1, outputs=[*outputs], metadata=metadata)


def figure(about=(), csv=CSV, svg=SVG):
    return shown({"image/svg+xml": svg, "text/csv": csv}, **ABOUT | dict(about))


def table(caption="A table", rows=2, csv=CSV):
    body = "".join(f'<tr><th scope="row">{n}</th><td>{n}</td></tr>' for n in range(rows))
    rich = (
        f'<div class="table"><table><caption>{caption}</caption><thead><tr><th scope="col">Year'
        f'</th><th scope="col">Events</th></tr></thead><tbody>{body}</tbody></table></div>'
    )
    return shown({"text/html": rich, "text/csv": csv}, caption=caption)


def page(*cells, title="Have exercises become more frequent?", lead=""):
    first = new_markdown_cell(f"# {title}\n\n{lead}", metadata={"tags": ["title"]})
    return render.handout(new_notebook(cells=[first, *cells]), "03_exercises")


@pytest.fixture(scope="module")
def whole():
    return page(
        code(shown({"text/csv": CHOICES, "text/html": "<p>choices"}), tags=["validation"]),
        code(shown({"text/csv": TABLES, "text/html": "<p>tables"}), tags=["tables"]),
        new_markdown_cell("## How many"),
        code(figure()),
        code(figure({"alt": "Bars of 3 years, 12 in 2024"})),
        new_markdown_cell("## How often"),
        code(table(), table("Another")),
        code(shown({"text/html": CARDS, "text/csv": CARDS_CSV}, kind="cards"), tags=["verdicts"]),
        code(shown({"text/markdown": "Twelve **events**."}), tags=["answer"]),
        code(shown({"text/markdown": "Half of them at sea."}), tags=["answer", "articles"]),
        lead="Events are counted.",
    )


def tree(text):
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    parsed = parser.parse(text)
    assert [(place, fault) for place, fault, _ in parser.errors] == []
    return parsed


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def downloads(text):
    addresses = re.findall(
        r'<a download="([^"]*)" href="data:text/csv;charset=utf-8,([^"]*)"', text
    )
    return {name: unquote(html.unescape(rest)).lstrip("\ufeff") for name, rest in addresses}


def test_the_page_is_well_formed(whole):
    assert tree(whole).find("body") is not None


def test_all_answers_stand_in_one_box_right_after_the_question(whole):
    box = re.findall(r'<section class="answer".*?</section>', whole, flags=re.S)
    assert len(box) == 1
    assert re.findall(r"<p>(.*?)</p>", box[0]) == [
        "Twelve <strong>events</strong>.",
        "Half of them at sea.",
    ]
    assert re.search(r'</h1>\s*<section class="answer"', whole)


def test_verdicts_are_counted_with_shape_word_and_number(whole):
    counts = re.search(r'<section class="counts".*?</section>', whole, flags=re.S)[0]
    items = [re.sub(r"<[^>]*>", "", item) for item in re.findall(r"<li.*?</li>", counts)]
    assert items == ["● 2 hold", "✕ 1 fails"]
    assert "3 claims" in re.sub(r"<[^>]*>", "", counts)
    assert re.findall(r'class="(\w+)" style="flex: (\d+) 0 0"', counts) == [
        ("holds", "2"),
        ("fails", "1"),
    ]


def test_changed_parameters_are_shown_open_and_the_others_folded(whole):
    facts = re.search(r'<section class="facts".*?</section>', whole, flags=re.S)[0]
    outside = re.sub(r"<details>.*?</details>", "", facts, flags=re.S)
    assert "end_year" in outside
    assert "2021 (default 2024)" in outside
    assert "rule" not in outside
    assert "1 of 2 changed" in facts


def test_tables_releases_version_date_and_citation_stand_at_the_top(whole, monkeypatch):
    top = re.sub(r"<[^>]*>", "", whole[: whole.index('<h2 id="How-many">')])
    for words in ("exercises", "1,082 rows; 2003 to 2024; our reading", "release: 2025-03"):
        assert words in top
    assert "CC-BY-4.0" in top
    assert f"version {render.page_facts('x', 'x')['version']}, handout 03: “Have exercises" in top


def test_a_page_without_cards_parameters_and_answer_has_no_empty_boxes():
    bare = page(new_markdown_cell("Words."), code())
    assert not re.search(r'class="(answer|counts|lead|contents[\w -]*|table|drawing)"', bare)
    assert not re.search(r"<(p|div|ul|ol|dl|section|nav|summary)[^>]*>\s*</\1>", bare)
    assert "Parameters" not in bare
    assert "<h1>Have exercises" in bare
    tree(bare)


def test_contents_lead_to_the_sections(whole):
    links = re.findall(r'<li><a href="#([^"]*)">([^<]*)</a></li>', whole)
    assert links == [("How-many", "How many"), ("How-often", "How often")] * 2
    assert all(f'id="{anchor}"' in whole for anchor, _ in links)


def test_every_anchor_leads_somewhere_and_no_id_stands_twice(whole):
    ids = re.findall(r'\bid="([^"]*)"', whole)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', whole)) <= set(ids)


def test_figures_are_numbered_with_their_words_outside_the_drawing(whole):
    drawn = tree(whole).findall(".//figure")
    assert [figure.get("id") for figure in drawn] == ["figure-1", "figure-2"]
    words = [text_of(part) for part in drawn[1].iter("figcaption")]
    assert words == ["Figure 2Twelve in 2024Events a year, 2023 to 2024"]
    assert text_of(drawn[1]).endswith("Source: our table")
    assert "Drawn title" not in whole
    assert "fill: red" not in whole


def test_every_figure_keeps_its_own_alternative_text(whole):
    labels = re.findall(r'<svg [^>]*aria-label="([^"]*)"', whole)
    assert labels == ["Bars of 2 years, 12 in 2024", "Bars of 3 years, 12 in 2024"]


def test_a_figure_without_a_panel_is_shown_whole_and_numbered():
    lone = new_output("display_data", data={"image/svg+xml": SVG}, metadata={"alt": "Bars of 2"})
    shown_page = page(code(lone))
    assert "Drawn title" in shown_page
    assert 'id="figure-1"' in shown_page
    assert "Data behind" not in shown_page
    tree(shown_page)


def test_the_numbers_behind_a_figure_are_a_table_and_a_download(whole):
    behind = re.search(r'<details class="data">.*?</details>', whole, flags=re.S)[0]
    cells = re.findall(r"<t[hd](?: scope=\"\w+\")?>([^<]*)<", behind)
    assert cells == ["Year", "Events", "2023", "9", "2024", "12"]
    assert downloads(whole)["03_exercises-figure-1.csv"] == CSV


def test_tables_are_numbered_and_each_has_its_download(whole):
    captions = re.findall(r"<caption>(.*?)</caption>", whole)
    assert [re.sub(r"<[^>]*>", "", c) for c in captions if "Table" in c] == [
        "Table 1 A table",
        "Table 2 Another",
    ]
    assert downloads(whole)["03_exercises-table-2.csv"] == CSV


def test_cards_are_shown_with_one_download_for_all(whole):
    assert CARD in whole
    assert downloads(whole)["03_exercises-cards.csv"] == CARDS_CSV
    assert "<style>.card {}" not in whole


def test_code_is_folded_under_each_result(whole):
    assert whole.count('<details class="code"><summary>Code</summary>') == 8
    assert not re.search(r"<details[^>]* open", whole)


def test_code_that_shows_nothing_stands_with_the_next_result():
    silent = [code(source=source) for source in ("import one", "two = 2")]
    result = code(new_output("stream", name="stdout", text="3"), source="print(two + 1)")
    last = code(source="last = 4")
    shown_page = page(*silent, result, last)
    folds = re.findall(r'<details class="code">(.*?)</details>', shown_page, flags=re.S)
    shown = [html.unescape(re.sub(r"<[^>]*>", "", fold)).split() for fold in folds]
    assert [" ".join(words) for words in shown] == [
        "Code import one two = 2 print(two + 1)",
        "Code last = 4",
    ]


def test_code_reads_as_it_was_written():
    source = 'for x in [1 < 2, "a & b"]:  # why\n    print(x)'
    shown_page = page(code(source=source))
    block = re.search(r'<div class="[^"]*highlight.*?</div>', shown_page, flags=re.S)[0]
    assert html.unescape(re.sub(r"<[^>]*>", "", block)).strip() == source
    assert '<span class="c1"># why</span>' in block


def test_the_policy_lets_run_our_script_and_no_other(whole):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', whole)[1]
    scripts = re.findall(r"<script>(.*?)</script>", whole, flags=re.S)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline'; font-src" in policy
    assert "unsafe-eval" not in policy


def test_the_page_asks_nothing_of_any_other_host(whole):
    fetched = re.findall(r"\b(?:src|srcset|data|poster|action)=\"([^\"]*)\"", whole)
    assert fetched == []
    assert set(re.findall(r"url\(\"?(\w+):", whole)) == {"data"}
    assert "@import" not in whole


HOSTILE_PAGES = {
    "title": lambda: page(code(), title=HOSTILE),
    "figure title": lambda: page(code(figure({"title": HOSTILE}))),
    "figure subtitle": lambda: page(code(figure({"subtitle": HOSTILE}))),
    "figure source": lambda: page(code(figure({"source": HOSTILE}))),
    "alternative text": lambda: page(code(figure({"alt": HOSTILE}))),
    "cell behind a figure": lambda: page(code(figure(csv=csv_of(HOSTILE)))),
    "heading behind a figure": lambda: page(code(figure(csv=csv_of("x", heading=HOSTILE)))),
    "download of a table": lambda: page(code(table(csv=csv_of(HOSTILE)))),
    "parameter": lambda: page(code(shown({"text/csv": choices_of(HOSTILE)}), tags=["validation"])),
    "table name": lambda: page(code(shown({"text/csv": tables_of(HOSTILE)}), tags=["tables"])),
    "code": lambda: page(code(source=f"x = {HOSTILE!r}")),
    "stream": lambda: page(code(new_output("stream", text=HOSTILE))),
    "plain text": lambda: page(code(new_output("display_data", data={"text/plain": HOSTILE}))),
}


def csv_of(cell, heading="What"):
    return prose.csv_text(pd.DataFrame({heading: [cell], "Number": [1]}))


def choices_of(cell):
    row = {"Parameter": cell, "Meaning": cell, "This run": cell, "Default": "x"}
    return prose.csv_text(pd.DataFrame([row]))


def tables_of(cell):
    row = dict.fromkeys(("Table", "Covers", "Release", "Sources", "Licence"), cell) | {"Rows": 1}
    return prose.csv_text(pd.DataFrame([row]))


@pytest.mark.parametrize("place", HOSTILE_PAGES)
def test_text_from_data_stays_text(place):
    shown_page = HOSTILE_PAGES[place]()
    assert shown_page.count("<script") == 1
    parsed = tree(shown_page)
    assert parsed.findall(".//img") == []
    events = [name for element in parsed.iter() for name in element.attrib if name[:2] == "on"]
    assert events == []
    assert "alert(1)" in unquote(html.unescape(shown_page))


def test_a_title_in_the_running_head_cannot_end_the_style():
    shown_page = page(code(), title='A "B" </style><script>alert(1)</script>')
    assert shown_page.count("</style>") == 1
    assert "\\3c " in shown_page


def cell(source="1", count=1, outputs=()):
    return new_code_cell(source, execution_count=count, outputs=list(outputs))


def test_a_notebook_that_was_not_executed_is_refused():
    with pytest.raises(ValueError, match="99, cell 1: not executed"):
        render.handout(new_notebook(cells=[cell(count=None)]), "99")


def test_a_figure_without_words_is_refused():
    mute = new_output("display_data", data={"image/svg+xml": "<svg/>"})
    with pytest.raises(ValueError, match="99, cell 1: a figure without alternative text"):
        render.handout(new_notebook(cells=[cell(outputs=[mute])]), "99")


def test_the_notebook_itself_is_left_as_it_was():
    notebook = new_notebook(cells=[new_markdown_cell("# T"), code(figure(), source="run()")])
    before = str(notebook)
    parts.numbered(notebook, "99")
    assert str(notebook) == before


def test_the_day_stands_in_one_line_and_can_be_set(monkeypatch):
    notebook = new_notebook(cells=[new_markdown_cell("# T"), code(figure(), source="run()")])
    pages = []
    for epoch in ("0", "86400", "86400"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        pages.append(render.handout(notebook, "99").splitlines())
    one, other, again = pages
    assert other == again
    assert len(one) == len(other)
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert "1970-01-01" in differing[0][0]
    assert "1970-01-02" in differing[0][1]
