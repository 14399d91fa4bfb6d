"""What stands beside the handouts: all tables, and a codebook that says what is in them."""

import html5lib
import pytest

from helpers import at_hand, schema, tables
from helpers.build import codebook as source
from helpers.paths import DATA
from helpers.publish import codebook


@pytest.fixture(scope="module")
def page():
    return codebook.page()


@pytest.fixture(scope="module")
def tree(page):
    return html5lib.parse(page, namespaceHTMLElements=False)


def words(element):
    return " ".join("".join(element.itertext()).split())


def test_tables_are_written_as_the_package_holds_them():
    written = codebook.tables_as_csv()
    assert set(written) == set(tables.names())
    for name, text in written.items():
        own = (DATA / schema.resource(name)["path"]).read_bytes()
        assert text.encode() == own


def test_the_page_is_well_formed(page):
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page)
    assert parser.errors == []


def test_each_table_has_an_anchor_and_a_link_to_its_file(tree):
    heads = {head.get("id") for head in tree.iter("h2")}
    links = {link.get("href") for link in tree.iter("a")}
    assert heads == set(tables.names())
    assert {f"tables/{name}.csv" for name in tables.names()} <= links
    assert {link[1:] for link in links if link.startswith("#")} <= heads | {"tables"}


def test_each_column_is_described_under_heads_with_scope(tree):
    shown = [words(row[0]) for row in tree.iterfind(".//tbody/tr") if row[0].tag == "th"]
    columns = [field["name"] for name in tables.names() for field in schema.fields(name)]
    assert shown == [*tables.names(), *columns]
    assert {head.get("scope") for head in tree.iter("th")} == {"col", "row"}


def test_text_of_the_package_description_stays_text(monkeypatch):
    said = "\n## toys\n\n<script>alert(1)</script>\n\n[name](javascript:x) <b>\n"
    monkeypatch.setattr(source, "text", lambda _: source.HEAD + said)
    page = codebook.page()
    assert "<script" not in page
    assert "javascript:" not in page
    assert ">name</a>" in page
    assert "&lt;script&gt;" in page
    assert "script-src &#39;none&#39;" in page


def test_imports_of_the_analyst_are_named(monkeypatch):
    assert "Rows of your own" not in codebook.page()
    monkeypatch.setattr(at_hand, "sets", lambda: {"sipri-<2027>": {}})
    assert "Rows of your own imports are among them (sipri-&lt;2027&gt;)" in codebook.page()
