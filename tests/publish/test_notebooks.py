import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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
