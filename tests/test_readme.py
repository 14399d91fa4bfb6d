"""The README says what is so: commands, findings, paths, and what --help says."""

import re

import nbformat
import pytest
from click.testing import CliRunner

from helpers import cli, sentences, tables
from helpers.paths import ROOT
from helpers.publish import notebooks, render

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", README, flags=re.S))
COMMANDS = sorted(set(re.findall(r"\bnolimits ((?:data )?[a-z]+)\b", README)))


@pytest.mark.parametrize("path", notebooks.every(), ids=lambda path: path.stem)
def test_findings_are_those_of_the_notebooks(path):
    notebook = nbformat.read(path, as_version=4)
    finding = re.split(r"(?<=[.!?])\s", render.answer(notebook))[0]
    assert f"- **{render.title(notebook)}** {finding}\n" in README


def test_the_headline_table_is_current(results):
    between = README.split("<!-- verdicts -->\n")[1].split("\n<!-- /verdicts -->")[0]
    assert between == sentences.headline_table(results), "put the table on the right into README.md"


@pytest.mark.parametrize("line", re.findall(r"nolimits (check (?!--json|--data).*)", SHELL))
def test_the_checks_in_the_readme_run(line):
    result = CliRunner().invoke(cli.main, line.split())
    assert result.exit_code == 0, result.output
    assert len(result.output) > 100


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_the_readme_exists(command):
    result = CliRunner().invoke(cli.main, [*command.split(), "--help"])
    assert result.exit_code == 0, result.output


def test_every_command_of_the_program_is_in_the_readme():
    groups = {name for name in cli.main.commands if name != "data"}
    groups |= {f"data {name}" for name in cli.data.commands}
    assert groups - set(COMMANDS) == set()


def test_every_import_and_fetch_of_the_program_is_in_the_readme():
    for name in ("import", "fetch"):
        named = set(re.findall(rf"nolimits data {name}\s+([a-z]+)", README))
        assert named == set(cli.data.commands[name].commands)


def test_the_rerun_in_the_readme_is_valid():
    (which, words) = re.search(r"nolimits rerun (\d\d) (.*) -o", SHELL).groups()
    asked = re.findall(r"-p (\S+) (\S+)", words)
    assert len(notebooks.read_parameters(notebooks.find(which), asked)) == len(asked) == 2


def test_every_target_in_the_readme_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"\bmake ([a-z]+)", README)):
        assert f"\n{target}: " in makefile


def test_every_path_in_the_readme_exists():
    paths = re.findall(r"^\| `([^`]+)` \|", README, flags=re.M)
    assert len(paths) >= 8
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_number_of_tables_is_right():
    assert f"{len(tables.names())} tables" in README


def test_the_python_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    scope = {}
    exec(example, scope)
    assert len(scope["exercises"]) > 0


@pytest.mark.parametrize("words", [[], ["rerun"], ["data"], ["parameters"], ["execute"]])
def test_help_says_what_every_command_is_for(words):
    result = CliRunner().invoke(cli.main, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.output
    assert len(result.output.splitlines()) > 4
