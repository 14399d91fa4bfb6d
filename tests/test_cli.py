"""The command line as its user meets it."""

import json

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook

from helpers import build, cli, schema, tables
from helpers.publish import notebooks


def run(*words):
    return CliRunner().invoke(cli.main, list(words))


@pytest.fixture
def no_kernel(monkeypatch):
    """Fail if a kernel would be started."""

    def started(*_, **__):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(notebooks, "execute", started)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rerun", "33"], "03_exercises"),
        (["rerun", "03", "-p", "end_yaer", "2021"], "end_year"),
        (["rerun", "03", "-p", "end_year", "twenty"], "a whole number from 1990 to 2025"),
        (["rerun", "03", "-p", "end_year", "2031"], "a whole number from 1990 to 2025"),
        (["rerun", "03", "-p", "counting_rule", "mine"], "all_joint or bilateral"),
        (["rerun", "03", "-p", "start_year", "2020", "-p", "end_year", "2010"], "start_year"),
        (["parameters", "33"], "03_exercises"),
        (["execute", "03", "33"], "03_exercises"),
    ],
)
def test_mistakes_are_refused_before_a_kernel_starts(no_kernel, words, said):
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_cannot_be_made_is_refused_without_a_traceback(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = run("rerun", "03", "-o", str(tmp_path / "file" / "out"))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "file" in result.output


def test_parameters_lists_what_rerun_takes():
    result = run("parameters", "03")
    assert "end_year (int, default 2024): last year" in result.output
    assert "allowed: a whole number from 1990 to 2025" in result.output
    listed = [line.split(" ")[0] for line in result.output.splitlines() if line[0] != " "]
    assert listed == [item.name for item in notebooks.parameters(notebooks.find("03"))]


def test_a_failing_notebook_ends_with_its_cell_and_code_1(monkeypatch, tmp_path):
    path = tmp_path / "03_exercises.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), path)
    monkeypatch.setattr(notebooks, "find", lambda which: path)
    result = run("rerun", "03", "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "03_exercises.ipynb failed in cell 1" in result.output
    assert "ZeroDivisionError" in result.output
    assert not (tmp_path / "out" / "03_exercises.html").exists()


def test_a_failing_notebook_ends_handouts_too(monkeypatch, tmp_path):
    path = tmp_path / "03_exercises.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), path)
    monkeypatch.setattr(notebooks, "every", lambda: [path])
    result = run("handouts", "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "[1/1] 03_exercises: executing" in result.output
    assert not (tmp_path / "out" / "index.html").exists()


def test_data_check_prints_every_violation(monkeypatch):
    found = [schema.Violation("clean/toys.csv", row, "kind", "car", "ball") for row in (3, 9)]
    monkeypatch.setattr(tables, "check", lambda: found)
    result = run("data", "check")
    assert result.exit_code == 1
    assert [str(violation) in result.output for violation in found] == [True, True]


def test_data_build_says_what_is_wrong(monkeypatch):
    def broken():
        raise ValueError("1 cells break data/datapackage.json:\n  clean/toys.csv, row 3")

    monkeypatch.setattr(build, "write", broken)
    result = run("data", "build")
    assert result.exit_code == 1
    assert "clean/toys.csv, row 3" in result.output


def test_a_rerun_writes_handout_and_notebook(tmp_path):
    result = run("rerun", "03", "-p", "end_year", "2021", "-p", "counting_rule", "bilateral",
                 "-o", str(tmp_path))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert (tmp_path / "03_exercises.html").exists()
    executed = json.loads((tmp_path / "notebooks" / "03_exercises.ipynb").read_text())
    injected = ["".join(c["source"]) for c in executed["cells"] if "injected-parameters" in
                c["metadata"].get("tags", [])]  # fmt: skip
    assert len(injected) == 1
    assert "end_year = 2021" in injected[0]
