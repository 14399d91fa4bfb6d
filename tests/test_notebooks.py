"""Every notebook has the same anatomy, is executed, and asks only what the choices know."""

import json
import re

import papermill
import pytest

from helpers import choices, claims
from helpers.paths import ROOT
from helpers.publish import notebooks

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


# The first notebook judges the theses only; the last one is all verdicts, which come first.
UNLIKE = {
    "00": [tag for tag in ANATOMY if tag != "robustness"],
    "07": [*ANATOMY[:6], "verdicts", "figure", "robustness", *ANATOMY[9:]],
}


def test_there_are_eight():
    assert [path.stem[:2] for path in notebooks.every()] == [f"0{n}" for n in range(8)]


@EVERY
def test_parts_come_in_order(path):
    first = [tag for cell in cells(path) for tag in tags(cell) if tag != notebooks.ARTICLES]
    assert sorted(set(first), key=first.index) == UNLIKE.get(path.stem[:2], ANATOMY)


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
