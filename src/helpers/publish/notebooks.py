"""The notebooks: which there are, what they can be asked, and how they are executed."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from helpers import choices
from helpers.paths import NOTEBOOKS

# A busy machine may take its time to start a kernel.
KERNEL_SECONDS = 300
# Cells with this tag are about the pair that the articles speak of, and about no other.
ARTICLES = "articles"
PAIR = ("supplier", "recipient", "exporter", "importer")
LEFT_OUT = (
    "This run looks at another pair than the articles do. The parts about their claims, and about "
    "what is known of Russia and China only, are left out."
)
KEPT_METADATA = ("kernelspec", "language_info")


class NotebookError(Exception):
    """A cell of a notebook raised an error."""


class Parameter(NamedTuple):
    """One parameter of a notebook, as listed by `nolimits parameters`."""

    name: str
    type: str
    default: object
    allowed: str
    help: str


def every() -> list[Path]:
    """List the notebooks in their order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def find(which: str) -> Path:
    """Find a notebook by its number or its name.

    Raises
    ------
    ValueError
        If there is none; the message lists those that there are.

    Examples
    --------
    >>> find("03").stem
    '03_exercises'
    """
    for path in every():
        if which in (path.stem, path.name, path.stem[:2], path.stem[:2].lstrip("0") or "0"):
            return path
    there = ", ".join(path.stem for path in every())
    raise ValueError(f"no notebook {which!r}; there are {there} (the number is enough)")


def parameters(path: Path) -> list[Parameter]:
    """List what a notebook can be asked, from its parameters cell.

    The model of choices has the defaults and the help; a test holds the cell to it.
    """
    return [
        Parameter(
            name,
            choices.type_name(name),
            choices.default(name),
            choices.allowed(name),
            choices.describe(name),
        )
        for name in asks(path)
    ]


def asks(path: Path) -> list[str]:
    """List the names of a notebook's parameters."""
    return list(papermill.inspect_notebook(str(path)))


def read_parameters(path: Path, given: Sequence[tuple[str, str]]) -> dict[str, object]:
    """Read and check parameters from the command line, before any kernel starts.

    Raises
    ------
    ValueError
        Naming every parameter that the notebook does not have and every value that is not
        allowed.
    """
    # What is asked must also fit the defaults that the notebook keeps.
    defaults = {parameter.name: parameter.default for parameter in parameters(path)}
    known = list(defaults)
    strange = [
        f"{name}: {path.stem} has no such parameter; it has {', '.join(known)}"
        for name, _ in given
        if name not in known
    ]
    names = [name for name, _ in given]
    strange += [
        f"{name}: given {names.count(name)} times; once is enough"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    read = {name: choices.parse(name, text) for name, text in given if name in known}
    try:
        choices.choose(**(defaults | read))
    except ValueError as error:
        raise ValueError("\n".join([*strange, str(error)])) from None
    if strange:
        raise ValueError("\n".join(strange))
    return read


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


def execute(path: Path, asked: dict[str, object], output: Path) -> NotebookNode:
    """Execute a notebook with parameters and write the executed copy whole, or not at all.

    Raises
    ------
    NotebookError
        With the notebook, the cell, its code and the error.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".running-") as folder:
        part = Path(folder) / output.name
        if is_of_articles(asked):
            _run(path, asked, part)
        else:
            general = Path(folder) / f"general-{path.name}"
            nbformat.write(for_any_pair(nbformat.read(path, as_version=4)), general)
            _run(general, asked, part)
        executed = without_noise(nbformat.read(part, as_version=4))
        nbformat.write(executed, part)
        part.replace(output)
    return executed


def _run(path: Path, asked: dict[str, object], output: Path) -> None:
    """Let papermill execute a notebook, and say which cell failed if one does."""
    # The kernel is reached over sockets in a folder, not over ports: several kernels at once
    # never race for a port, and nothing listens on the network.
    with tempfile.TemporaryDirectory(prefix="nolimits-") as sockets:
        transport = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})
        try:
            papermill.execute_notebook(
                str(path),
                str(output),
                parameters=asked,
                kernel_name="python3",
                progress_bar=sys.stderr.isatty(),
                cwd=str(NOTEBOOKS),
                config=transport,
                start_timeout=KERNEL_SECONDS,
            )
        except PapermillExecutionError as error:
            raise NotebookError(
                f"{path.name} failed in cell {error.cell_index + 1} "
                f"(execution count {error.exec_count}):\n{error.source}\n"
                f"{error.ename}: {error.evalue}"
            ) from None


def without_noise(notebook: NotebookNode) -> NotebookNode:
    """Strip the metadata that differ from run to run; outputs and tags stay."""
    kept = {key: notebook.metadata[key] for key in KEPT_METADATA if key in notebook.metadata}
    notebook.metadata = NotebookNode(kept)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
    return notebook
