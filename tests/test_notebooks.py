"""Every notebook has the same anatomy, is executed, and asks only what the choices know."""

import json
import re
import symtable

import papermill
import pytest

from helpers import choices, claims
from helpers.paths import ROOT
from helpers.publish import execute, notebooks

SRC = ROOT / "src"
ANATOMY = [
    "title",
    "imports",
    "claims",
    "parameters",
    "validation",
    "tables",
    "figure",
    "verdicts",
    "robustness",
    "answer",
    "conclusion",
    "references",
]
EVERY = pytest.mark.parametrize("path", notebooks.every(), ids=lambda path: path.stem)


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def tags(cell):
    return cell["metadata"].get("tags", [])


def code(path):
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def outputs(path):
    return [output for cell in code(path) for output in cell["outputs"]]


def is_of_articles(cell):
    return execute.ARTICLES in tags(cell)


def scopes(table):
    """Give the scope of a cell and those within it."""
    yield table
    for child in table.get_children():
        yield from scopes(child)


def made_and_read(source):
    """Give the names that a cell makes, and those that it reads."""
    top = symtable.symtable(source, "cell", "exec")
    made = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    read = {
        symbol.get_name()
        for scope in scopes(top)
        for symbol in scope.get_symbols()
        if symbol.is_referenced() and (scope is top or symbol.is_global())
    }
    return made, read


def borrowed(listed):
    """List what cells for any pair read of the names that cells of the articles' pair make."""
    theirs, found = set(), []
    for cell in listed:
        made, read = made_and_read("".join(cell["source"]))
        if is_of_articles(cell):
            theirs |= made
        else:
            found += [(cell["id"], name) for name in sorted(read & theirs - made)]
            theirs -= made
    return found


# The first notebook judges the theses only; the last one is all verdicts, which come first.
UNLIKE = {
    "00": [tag for tag in ANATOMY if tag != "robustness"],
    "07": [*ANATOMY[:6], "verdicts", "figure", "robustness", *ANATOMY[9:]],
}


def test_there_are_eight():
    assert [path.stem[:2] for path in notebooks.every()] == [f"0{n}" for n in range(8)]


@EVERY
def test_parts_come_in_order(path):
    first = [tag for cell in cells(path) for tag in tags(cell) if tag != execute.ARTICLES]
    assert sorted(set(first), key=first.index) == UNLIKE.get(path.stem[:2], ANATOMY)


@EVERY
def test_no_cell_for_any_pair_needs_one_about_the_articles(path):
    assert borrowed(code(path)) == []


def test_borrowed_names_are_found_in_every_scope():
    def cell(name, source, *marks):
        return {"id": name, "source": [source], "metadata": {"tags": list(marks)}}

    listed = [
        cell("a", "import pandas as pd\nkept = 1"),
        cell("b", "items = [kept]\nkept = 2\nfor x in items: y = x", "articles"),
        cell("c", "print(pd, [i for i in items if i > y])"),
        cell("d", "kept = 3\nprint([y for y in range(3)])"),
        cell("e", "print(kept, f'{x:.1f}')"),
        cell("f", "print(items)", "articles"),
    ]
    assert borrowed(listed) == [("c", "items"), ("c", "y"), ("e", "x")]


@EVERY
def test_no_heading_is_left_without_its_cells(path):
    listed = cells(path)
    texts = [n for n, cell in enumerate(listed) if cell["cell_type"] == "markdown"]
    for start, end in zip(texts, [*texts[1:], len(listed)], strict=True):
        under = listed[start + 1 : end]
        if under and not is_of_articles(listed[start]) and "title" not in tags(listed[start]):
            assert not all(map(is_of_articles, under)), "".join(listed[start]["source"])


@EVERY
def test_a_notebook_with_a_pair_marks_what_is_about_the_articles_only(path):
    has_pair = bool({"supplier", "exporter"} & set(papermill.inspect_notebook(str(path))))
    marked = {tag for cell in cells(path) if is_of_articles(cell) for tag in tags(cell)}
    assert bool(marked) == has_pair
    assert not has_pair or {"claims", "verdicts", "robustness"} <= marked


@EVERY
def test_title_is_a_question(path):
    assert re.match(r"# .+\?$", "".join(cells(path)[0]["source"]).splitlines()[0])


@EVERY
def test_committed_notebook_is_executed_from_top_to_bottom(path):
    counts = [cell["execution_count"] for cell in code(path)]
    assert counts == list(range(1, len(counts) + 1))
    assert not [output for output in outputs(path) if output["output_type"] in ("error", "stream")]


@EVERY
def test_the_parts_that_speak_have_spoken(path):
    silent = ("title", "imports", "parameters")
    for tag in UNLIKE.get(path.stem[:2], ANATOMY):
        if tag in silent:
            continue
        spoken = [cell["outputs"] for cell in code(path) if tag in tags(cell)]
        assert spoken, tag
        assert all(spoken), tag


@EVERY
def test_parameters_cell_repeats_the_choices(path):
    for name, item in papermill.inspect_notebook(str(path)).items():
        assert item["help"] == choices.describe(name)
        assert item["inferred_type_name"] == choices.type_name(name)
        assert item["default"].strip('"') == str(choices.default(name))


@EVERY
def test_every_parameter_is_used(path):
    unused = {"parameters", "validation"}
    source = "\n".join("".join(c["source"]) for c in code(path) if not unused & set(tags(c)))
    names = ", ".join(re.findall(r"from helpers import (.*)", source)).split(", ")
    modules = [SRC / "helpers" / f"{name}.py" for name in names if name != "choices"]
    source += "\n".join(module.read_text() for module in modules)
    # Whatever the check of one of its claims reads, a notebook that judges claims uses.
    judges = "scorecard.evaluate" in source
    everything = path.stem[:2] == "07"
    own = claims.ledger() if everything else claims.of_notebook(path.stem[:2])
    read = {name for claim in own.values() for name in claim.choices} if judges else set()
    for name in papermill.inspect_notebook(str(path)):
        assert f"chosen.{name}" in source or name in read, f"{name} changes nothing"


@EVERY
def test_every_figure_has_its_own_alternative_text(path):
    figures = [output for output in outputs(path) if "image/svg+xml" in output.get("data", {})]
    alts = [figure["metadata"]["alt"] for figure in figures]
    assert len(alts) >= 5
    assert len(set(alts)) == len(alts)


@EVERY
def test_text_cells_hold_no_number_from_data(path):
    text = ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "markdown"]
    numbers = [n for t in text for n in re.findall(r"(?<![\w-])\d[\d,.]*(?![\w-])", t)]
    assert [n for n in numbers if not re.fullmatch(r"(19|20)\d\d[.,]?|95|\d[.,]?", n)] == []


@EVERY
def test_cells_are_small_and_define_nothing(path):
    for cell in code(path):
        source = "".join(cell["source"])
        assert not re.search(r"(?m)^\s*(def|class) ", source)
        assert max(map(len, source.splitlines()), default=0) <= 100


@EVERY
def test_metadata_carry_no_run_noise(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
    assert not re.search(r"/home/|/tmp/|/root/", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("which", ["01", "04"])
def test_a_deal_held_in_two_releases_is_shown_once(which):
    """Everything from China to Russia is two deals, in whatever release."""
    shown = [
        "".join(output["data"]["text/html"])
        for output in outputs(notebooks.find(which))
        if "text/html" in output.get("data", {})
    ]
    (table,) = [html for html in shown if re.search(r"from China to Russia( in SIPRI|, rel)", html)]
    assert table.count("<tr>") == 1 + 2
