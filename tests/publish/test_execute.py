"""Notebooks give the same outputs whether a warm process runs them or an ordinary kernel."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.publish import execute, notebooks, warm

# Each is a notebook; what a kernel makes of it is what is right.
CELLS = {
    "printed": ["print('a')\nprint('b', end='')", "import sys\nprint('c', file=sys.stderr)"],
    "mixed": ["print('a')\ndisplay('b')\nprint('c')\n'd'"],
    "values": ["1 + 1", "_ + 1", "2;", "None", "In[-1], Out[1]", "[1, 'x']"],
    "rich": [
        "class A:\n    _repr_html_ = lambda self: '<b>é</b>'\n    __repr__ = lambda self: 'A'",
        "A()",
        "import pandas as pd\npd.DataFrame({'a': [1.5, None]})",
        "from IPython.display import HTML, Markdown, Image, JSON\ndisplay(Markdown('*x*'))",
        "Image(b'not really one', format='png')",
        "display({'application/json': {'c': [1, None]}}, raw=True, metadata={'k': 1})",
    ],
    "updated": [
        "h = display('first', display_id='one')",
        "h2 = display('a', display_id=True)\nh2.update('b')",
        "from IPython.display import clear_output\nprint('x')\nclear_output()\nprint('y')",
        "print('x')\nclear_output(wait=True)\nprint('y')\nprint('z')",
        "print('x')\nclear_output(wait=True)",
    ],
    "plotted": [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "%matplotlib inline\nfig, ax = plt.subplots()\nplt.show()\nprint('after')",
    ],
    "magic": ["%time 1", "x = %pwd\nlen(x) > 3", "%%capture\nprint('unseen')"],
    "awaited": ["import asyncio\nawait asyncio.sleep(0)\n'woken'"],
    "functions": [
        "def f(n):\n    return n and f(n - 1)\nf(3)",
        "import pickle\npickle.loads(pickle.dumps(f)) is f",
    ],
    "named": [
        "__name__",
        "import sys\n'' in sys.path, sys.path[0] == ''",
        "import os\nos.path.basename(os.getcwd())",
    ],
    "warned": ["import warnings\nwarnings.simplefilter('always')\nprint('x')"],
}  # fmt: skip
TIMED = ("magic",)


def write(folder, *cells):
    path = folder / "99_test.ipynb"
    made = [one if isinstance(one, dict) else new_code_cell(one) for one in cells]
    nbformat.write(new_notebook(cells=made), path)
    return path


def outputs(notebook):
    return [(cell.get("execution_count"), cell.get("outputs")) for cell in notebook.cells]


@pytest.mark.parametrize("name", [name for name in CELLS if name not in TIMED])
def test_outputs_are_those_of_a_kernel(name, tmp_path):
    path = write(tmp_path, *CELLS[name])
    warmly = execute.execute(path, {}, engine="warm")
    usual = execute.execute(path, {}, engine="kernel")
    assert outputs(warmly) == outputs(usual)
    assert warmly.metadata == usual.metadata
    assert any(found for _, found in outputs(warmly))


def test_magic_works(tmp_path):
    made = execute.execute(write(tmp_path, *CELLS["magic"]), {})
    timed, longer, captured = [cell.outputs for cell in made.cells]
    assert "Wall time" in timed[0].text
    assert longer[0].data["text/plain"] == "True"
    assert captured == []


BOTH = """
from pathlib import Path
from helpers.publish import execute
warm = execute.text_of(execute.execute(Path(r"{path}"), {{}}, engine="warm"))
kernel = execute.text_of(execute.execute(Path(r"{path}"), {{}}, engine="kernel"))
Path(r"{out}").write_text("same" if warm == kernel else "other", encoding="utf-8")
"""


def test_all_notebooks_give_the_same_under_both_engines(tmp_path):
    every = notebooks.every()
    code = [BOTH.format(path=path, out=tmp_path / path.stem) for path in every]
    assert [one.failure for one in warm.each(exec, code, warm.cores())] == [""] * 8
    told = {path.stem: (tmp_path / path.stem).read_text() for path in every}
    assert told == {path.stem: "same" for path in every}


@pytest.mark.parametrize("engine", execute.ENGINES)
def test_an_error_is_told_with_its_traceback_without_colours(engine, tmp_path):
    path = write(tmp_path, "1", "def f():\n    boom\nf()", "never")
    with pytest.raises(notebooks.NotebookError, match="failed in cell 2") as error:
        execute.execute(path, {}, engine=engine)
    assert "NameError: name 'boom' is not defined" in str(error.value)
    assert "in f()" in error.value.traceback
    assert "\x1b" not in error.value.traceback


def test_cells_may_be_passed_over(tmp_path):
    skipped = new_code_cell("1 / 0", metadata={"tags": ["skip-execution"]})
    made = execute.execute(write(tmp_path, skipped, "2"), {})
    assert outputs(made)[0] == (None, [])
    assert made.cells[1].outputs[0].data["text/plain"] == "2"


def test_a_notebook_that_ends_its_process_says_so(tmp_path):
    with pytest.raises(ChildProcessError, match="exit code 7"):
        execute.execute(write(tmp_path, "import os\nos._exit(7)"), {})


def test_what_a_kernel_keeps_of_earlier_sessions_is_not_there(tmp_path):
    path = write(tmp_path, "left = 1", "'left' in globals()")
    again = write(tmp_path, "'left' in globals()")
    execute.execute(path, {})
    assert execute.execute(again, {}).cells[0].outputs[0].data["text/plain"] == "False"


def papermill(path, out, *words):
    """Run papermill's own command with our engine."""
    usual = [sys.executable, "-m", "papermill", "--engine", "warm", "-k", "python3", "-l", "python"]
    return subprocess.run([*usual, path, out, *words], capture_output=True, text=True)


def test_papermill_itself_can_use_the_engine(tmp_path):
    cells = [new_code_cell("a = 1", metadata={"tags": ["parameters"]}), new_code_cell("print(a)")]
    path, out = write(tmp_path, *cells), tmp_path / "out.ipynb"
    told = papermill(path, out, "-p", "a", "5", "--log-output")
    assert told.returncode == 0, told.stderr
    made = nbformat.read(out, as_version=4)
    assert made.cells[-1].outputs[0].text == "5\n"
    assert made.cells[-1].metadata.papermill.status == "completed"
    assert made.metadata.papermill.parameters == {"a": 5}
    assert "5" in told.stderr


def test_papermill_marks_the_cell_that_fails(tmp_path):
    path, out = write(tmp_path, "1 / 0", "2"), tmp_path / "out.ipynb"
    told = papermill(path, out)
    assert told.returncode == 1
    assert "ZeroDivisionError" in told.stderr
    assert "papermill-error-cell-tag" in out.read_text()
    assert nbformat.read(out, as_version=4).metadata.papermill.exception is True


def test_papermill_keeps_its_limit_for_one_cell(tmp_path):
    path, out = write(tmp_path, "import time\ntime.sleep(600)"), tmp_path / "out.ipynb"
    told = papermill(path, out, "--execution-timeout", "1")
    assert told.returncode == 1
    assert "limit for one step" in told.stderr
