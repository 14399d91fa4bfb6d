import json

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import cli
from helpers.publish import execute, notebooks


@pytest.mark.parametrize("which", ["03", "3", "03_exercises", "03_exercises.ipynb"])
def test_a_notebook_is_found_by_number_or_name(which):
    assert notebooks.find(which).stem == "03_exercises"


@pytest.mark.parametrize("which", ["", "33", "../03_exercises", "exercises"])
def test_an_unknown_notebook_is_refused_with_those_there_are(which):
    with pytest.raises(ValueError, match="03_exercises"):
        notebooks.find(which)


def test_parameters_are_read_by_their_types():
    path = notebooks.find("03")
    asked = notebooks.read_parameters(path, [("end_year", "2021"), ("counting_rule", "bilateral")])
    assert asked == {"end_year": 2021, "counting_rule": "bilateral"}


def test_all_refusals_come_at_once():
    path = notebooks.find("03")
    with pytest.raises(ValueError) as error:
        notebooks.read_parameters(path, [("end_yaer", "2021"), ("end_year", "x"), ("count", "1")])
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "end_yaer",
        "count",
        "end_year",
    ]


def write(folder, *sources):
    path = folder / "99_test.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_a_failing_cell_is_named_with_its_code_and_error(tmp_path):
    path = write(tmp_path, "a = 1", "a / 0  # the culprit")
    with pytest.raises(notebooks.NotebookError) as error:
        execute.execute(path, {}, tmp_path / "out" / path.name)
    words = str(error.value)
    assert "99_test.ipynb failed in cell 2" in words
    assert "# the culprit" in words
    assert "ZeroDivisionError: division by zero" in words


def test_a_failure_leaves_the_last_good_result_and_nothing_else(tmp_path):
    output = tmp_path / "out" / "99_test.ipynb"
    output.parent.mkdir()
    output.write_text("last good")
    with pytest.raises(notebooks.NotebookError):
        execute.execute(write(tmp_path, "boom"), {}, output)
    assert [path.name for path in output.parent.iterdir()] == ["99_test.ipynb"]
    assert output.read_text() == "last good"


def test_executed_copies_carry_no_run_noise(tmp_path):
    executed = execute.execute(write(tmp_path, "1 + 1"), {}, tmp_path / "out.ipynb")
    assert "papermill" not in executed.metadata
    assert executed.cells[0].metadata == {}
    assert executed.cells[0].outputs[0].data["text/plain"] == "2"


def tagged(source, *tags):
    cell = new_code_cell(source)
    cell.metadata["tags"] = list(tags)
    return cell


def write_pair(folder):
    path = folder / "99_test.ipynb"
    title = new_markdown_cell("# Who sold what?")
    parameters = tagged('supplier: str = "RUS"', "parameters")
    cells = [title, parameters, tagged("of_articles = 1", "articles"), tagged("supplier")]
    python = {"language_info": {"name": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=python), path)
    return path


def test_another_pair_leaves_out_what_is_about_the_articles_and_says_so(tmp_path):
    path = write_pair(tmp_path)
    executed = execute.execute(path, {"supplier": "USA"}, tmp_path / "out" / path.name)
    sources = [cell.source for cell in executed.cells]
    assert sources[1] == execute.LEFT_OUT
    assert "of_articles = 1" not in sources
    assert executed.cells[-1].outputs[0].data["text/plain"] == "'USA'"
    assert [p.name for p in (tmp_path / "out").iterdir()] == [path.name]


def test_the_pair_of_the_articles_leaves_nothing_out(tmp_path):
    path = write_pair(tmp_path)
    executed = execute.execute(path, {"supplier": "RUS"}, tmp_path / "out" / path.name)
    assert "of_articles = 1" in [cell.source for cell in executed.cells]


def test_a_parameter_given_twice_is_refused():
    with pytest.raises(ValueError, match="end_year: given 2 times"):
        notebooks.read_parameters(
            notebooks.find("03"), [("end_year", "2021"), ("end_year", "2022")]
        )


def test_the_same_run_gives_the_same_bytes(tmp_path):
    path = write_pair(tmp_path)
    made = [execute.text_of(execute.execute(path, {"supplier": "USA"})) for _ in range(2)]
    assert made[0] == made[1]


def raw(folder, content):
    """Write a notebook as the JSON that it is."""
    path = folder / "99_test.ipynb"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def cell(source, *tags, kind="code"):
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}}


def asked(folder, *cells):
    return notebooks.asks(raw(folder, {"cells": list(cells)}))


def refusal(folder, content):
    """Give the words with which a notebook is refused."""
    with pytest.raises(ValueError) as error:
        notebooks.asks(raw(folder, content))
    return str(error.value)


def refusals(folder, source):
    """Give what is said to be wrong with a parameters cell, the second of a notebook."""
    said = refusal(folder, {"cells": [cell("# Title"), cell(source, "parameters")]})
    first, *wrong = said.split("\n  ")
    assert first == "99_test.ipynb, cell 2, tagged 'parameters':"
    return wrong


def test_a_parameters_cell_is_read_in_its_order(tmp_path):
    source = [
        "# of this run\n",
        "rank_min: str = 'minister'  # lowest\n",
        "\n",
        "end_year: int=2020",
    ]
    assert asked(tmp_path, cell(source, "parameters", "other")) == ["rank_min", "end_year"]


def test_a_parameters_cell_may_be_empty(tmp_path):
    assert asked(tmp_path, cell("# none", "parameters")) == []


def test_a_notebook_keeps_defaults_of_its_own(tmp_path):
    source = "end_year: int = 2020\ncount_calls: bool = True\nwindow_1: str = '2018:2019'"
    path = raw(tmp_path, {"cells": [cell(source, "parameters")]})
    assert [(one.name, one.default) for one in notebooks.parameters(path)] == [
        ("end_year", 2020),
        ("count_calls", True),
        ("window_1", "2018:2019"),
    ]


@pytest.mark.parametrize(
    "cells", [[], [cell("end_year: int = 2024")], [cell("end_year: int = 2024", "parameter")],
              [cell("end_year: int = 2024", "parameters", kind="markdown")]],
)  # fmt: skip
def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path, cells):
    said = refusal(tmp_path, {"cells": cells})
    assert said.startswith("99_test.ipynb: no code cell has the tag 'parameters'; exactly one must")


def test_two_parameters_cells_are_refused_with_their_places(tmp_path):
    twice = [cell("a"), cell("", "parameters"), cell("b"), cell("", "parameters")]
    said = refusal(tmp_path, {"cells": twice})
    assert said.startswith("99_test.ipynb: cells 2, 4 have the tag 'parameters'; exactly one")


NO_PARAMETER = [
    "open('SENTINEL', 'w')",
    "end_year: int = open('SENTINEL', 'w')",
    "end_year: int = (lambda: open('SENTINEL', 'w'))()",
    "end_year: int = lambda: 2024",
    "end_year: open('SENTINEL', 'w') = __import__('os').mkdir('SENTINEL')",
    "from pathlib import Path",
    "import os; os.mkdir('SENTINEL')",
    "rank_min: str = f'{open(chr(83), chr(119))}'",
    "rank_min: str = f'minister'",
    "end_year: int = [2024]",
    "end_year: int = {'a': 2024}",
    "end_year: int = {[]: 1}",
    "end_year: int = None",
    "end_year: int = 2024.0",
    "end_year: int = 2000 + 24",
    "end_year: int = year",
    "end_year: int",
    "end_year = 2024",
    "end_year += 1",
    "here.end_year: int = 2024",
    "here[0]: int = 2024",
    "a, b = 1, 2",
    "(end_year := 2024)",
    "if True:\n    end_year: int = 2024",
    "def end_year(): pass",
    "del end_year",
    "'''words'''",
    "assert True",
    "end_year: int = " + "-" * 100 + "1",
]


@pytest.mark.parametrize("line", NO_PARAMETER)
def test_what_is_no_parameter_is_refused_with_its_line_and_not_run(tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    assert set(refusals(tmp_path, f"start_year: int = 1992\n\n{line}")) == {
        "line 3: only NAME: TYPE = VALUE may stand here, with a plain value"
    }
    assert [path.name for path in tmp_path.iterdir()] == ["99_test.ipynb"]


@pytest.mark.parametrize(
    "source", ["end_year: int = ", "%matplotlib inline", "end_year: int = 'a", "a\0b", "\ud800 = 1",
               "(" * 100_000, "x: int = " + "-" * 50_000 + "1", "x: int = " + "9" * 5_000,
               "  end_year: int = 2024"],
)  # fmt: skip
def test_what_is_no_python_is_refused(tmp_path, source):
    (said,) = refusals(tmp_path, source)
    assert said.startswith(("this is not Python: ", "line 1: "))


def test_a_name_that_stands_twice_is_refused(tmp_path):
    assert refusals(tmp_path, "end_year: int = 2024\nend_year: int = 2023") == [
        "line 2: end_year stands here twice"
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("end_yaer: int = 2024", "end_yaer: no such choice; there are "),
        ("end_year: int = 2031", "end_year: 2031 is not allowed; it may be a whole number from"),
        ("end_year: int = -2024", "end_year: -2024 is not allowed"),
        ("end_year: int = '2024'", "end_year: '2024' is not allowed"),
        ("end_year: int = True", "end_year: True is not allowed"),
        ("count_calls: bool = 1", "count_calls: 1 is not allowed; it may be true or false"),
        ("rank_min: str = 'general'", "rank_min: 'general' is not allowed"),
        ("start_year: int = 2025; end_year: int = 2024", "start_year (2025) must not come after"),
    ],
)
def test_a_default_that_is_not_allowed_is_refused(tmp_path, line, said):
    (wrong,) = refusals(tmp_path, line)
    assert wrong.startswith(said)


def test_all_that_is_wrong_with_a_notebook_is_named_at_once(tmp_path):
    source = "import os\nend_year: int = 1\nend_year: int = 2\nrank: str = 'a'\nx = 3"
    cells = [cell(source, "parameters"), cell("end_year = 2", "injected-parameters")]
    said = refusal(tmp_path, {"cells": cells}).split("\n  ")
    assert [words.split(" ")[0:2] for words in said] == [
        ["99_test.ipynb,", "cell"],
        ["line", "1:"],
        ["line", "3:"],
        ["line", "5:"],
        ["end_year:", "2"],
        ["rank:", "no"],
        ["cell", "2"],
    ]


def test_a_notebook_that_was_run_with_parameters_is_refused(tmp_path):
    cells = [cell("", "parameters"), cell("end_year = 2020", "injected-parameters")]
    said = refusal(tmp_path, {"cells": cells})
    assert "cell 2 holds the parameters of an earlier run" in said


def a_cell(**said):
    return {"cells": [cell("", "parameters"), cell("1 + 1") | said]}


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "not JSON", "[]", "{}", "null", "3", '"cells"', "[" * 100_000, '{"cells":' * 9_000,
        {"cells": None}, {"cells": 3}, {"cells": "abc"}, {"cells": {"source": ""}},
        {"cells": {}}, {"cells": [None]}, {"cells": [[]]}, {"cells": ["source"]}, {"cells": [{}]},
        a_cell(source=None), a_cell(source=3), a_cell(source={"1 + 1": 2}), a_cell(source=[1]),
        a_cell(source=[["1 + 1"]]), a_cell(metadata=None), a_cell(metadata=[]),
        a_cell(metadata={"tags": None}), a_cell(metadata={"tags": 3}),
        a_cell(metadata={"tags": "my parameters"}), a_cell(metadata={"tags": {"parameters": 1}}),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_with_its_name(tmp_path, content):
    assert refusal(tmp_path, content).startswith("99_test.ipynb cannot be read as a notebook (")


def test_a_notebook_that_is_no_text_or_is_not_there_is_refused(tmp_path):
    path = tmp_path / "99_test.ipynb"
    with pytest.raises(ValueError, match=r"99_test.ipynb cannot be read .*FileNotFoundError"):
        notebooks.asks(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"99_test.ipynb cannot be read .*UnicodeDecodeError"):
        notebooks.asks(path)


def test_a_cell_of_the_wrong_shape_is_named_with_its_place(tmp_path):
    assert "cell 2 has a source that is no text" in refusal(tmp_path, a_cell(source=3))


@pytest.mark.parametrize("command", ["rerun", "parameters", "sweep", "handouts"])
def test_commands_refuse_a_notebook_with_code_among_its_parameters(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    path = raw(tmp_path, {"cells": [cell("open('SENTINEL', 'w')", "parameters")]})
    monkeypatch.setattr(notebooks, "find", lambda _: path)
    monkeypatch.setattr(notebooks, "every", lambda: [path])
    more = {"handouts": [], "sweep": ["99", "-g", "end_year=2021"]}.get(command, ["99"])
    result = CliRunner().invoke(cli.main, [command, *more])
    assert result.exit_code == 1
    assert "99_test.ipynb, cell 1, tagged 'parameters'" in result.output
    assert isinstance(result.exception, SystemExit)
    assert [path.name for path in tmp_path.iterdir()] == ["99_test.ipynb"]
