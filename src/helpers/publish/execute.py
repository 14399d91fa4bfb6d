"""Notebooks executed through papermill, whole or not at all."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers import choices, files
from helpers.paths import NOTEBOOKS
from helpers.publish.notebooks import INJECTED, NotebookError

# How cells are run: in a process forked from one that holds what is heavy, or in a kernel.
ENGINES = ("warm", "kernel")
# A busy machine may take its time to start a kernel.
KERNEL_SECONDS = 300
# Cells with this tag are about the pair that the articles speak of, and about no other.
ARTICLES = "articles"
PAIR = ("supplier", "recipient", "exporter", "importer")
LEFT_OUT = (
    "This run looks at another pair than the articles do. The parts about their claims, and about "
    "what is known of Russia and China only, are left out."
)
# What a terminal would show in colour.
COLOURED = re.compile(r"\x1b\[[\d;]*m")
KEPT_METADATA = ("kernelspec", "language_info")


def is_of_articles(asked: dict[str, object]) -> bool:
    """Tell whether a run asks for the pair that the articles are about.

    Examples
    --------
    >>> is_of_articles({"end_year": 2021}), is_of_articles({"recipient": "IND"})
    (True, False)
    """
    return all(asked.get(name, choices.default(name)) == choices.default(name) for name in PAIR)


def for_any_pair(notebook: NotebookNode) -> NotebookNode:
    """Leave out the cells that are about the articles' own pair, and say so under the title."""
    note = nbformat.v4.new_markdown_cell(LEFT_OUT, id="left-out")
    kept = [c for c in notebook.cells if ARTICLES not in c.metadata.get("tags", [])]
    notebook.cells = [kept[0], note, *kept[1:]]
    return notebook


def execute(
    path: Path, asked: dict[str, object], output: Path | None = None, engine: str = "warm"
) -> NotebookNode:
    """Execute a notebook with parameters and give the executed copy.

    Parameters
    ----------
    path
        The notebook.
    asked
        Its parameters; those that are not named keep their defaults.
    output
        Where the executed copy goes, if it is to be kept; it appears whole or not at all.
    engine
        One of `ENGINES`.

    Raises
    ------
    NotebookError
        With the notebook, the cell, its code and the error.
    """
    notebook = nbformat.read(path, as_version=4)
    if not is_of_articles(asked):
        notebook = for_any_pair(notebook)
    executed = without_noise(_run(without_outputs(notebook), path.name, asked, engine))
    if output:
        files.write_whole(output, text_of(executed))
    return executed


def text_of(notebook: NotebookNode) -> str:
    """Write a notebook as its file has it."""
    return nbformat.writes(notebook) + "\n"


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Drop what an earlier run has left in a notebook."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _run(notebook: NotebookNode, name: str, asked: dict[str, object], engine: str) -> NotebookNode:
    """Let papermill execute a notebook, and say which cell failed if one does."""
    # Importing it takes a while, which only those pay who execute.
    import papermill
    from papermill.exceptions import PapermillExecutionError

    with _engine(engine) as how, tempfile.TemporaryDirectory(prefix="nolimits-") as folder:
        source = Path(folder) / name
        nbformat.write(notebook, source)
        try:
            return papermill.execute_notebook(
                str(source),
                None,
                parameters=asked,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=str(NOTEBOOKS),
                **how,
            )
        except PapermillExecutionError as error:
            raise NotebookError(
                f"{name} failed in cell {error.cell_index + 1} "
                f"(execution count {error.exec_count}):\n{error.source}\n"
                f"{error.ename}: {error.evalue}",
                COLOURED.sub("", "\n".join(error.traceback)),
            ) from None


@contextmanager
def _engine(name: str) -> Iterator[dict[str, object]]:
    """Say to papermill how cells are to be run."""
    if name == "warm":
        yield {"engine_name": "warm"}
        return
    from traitlets.config import Config

    # The kernel is reached over sockets in a folder, not over ports: several kernels at once
    # never race for a port, and nothing listens on the network.
    with tempfile.TemporaryDirectory(prefix="nolimits-") as sockets:
        transport = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})
        yield {"config": transport, "start_timeout": KERNEL_SECONDS}


def without_noise(notebook: NotebookNode) -> NotebookNode:
    """Strip the metadata that differ from run to run; outputs and tags stay."""
    kept = {key: notebook.metadata[key] for key in KEPT_METADATA if key in notebook.metadata}
    notebook.metadata = NotebookNode(kept)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
        if INJECTED in tags:  # papermill makes up an id
            cell.id = INJECTED
    return notebook
