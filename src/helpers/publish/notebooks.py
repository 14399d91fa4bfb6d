"""The notebooks: which there are, and what they can be asked.

A command asks this before anything heavy is imported, so a notebook is read here as the JSON that
it is, and its parameters cell as text: nothing in it is run.
"""

import ast
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from helpers import choices
from helpers.paths import NOTEBOOKS

PARAMETERS, INJECTED = "parameters", "injected-parameters"


class NotebookError(Exception):
    """A cell of a notebook raised an error; `traceback` says where."""

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


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

    The model of choices has types, bounds and help.
    """
    return [
        Parameter(
            name,
            choices.type_name(name),
            default,
            choices.allowed(name),
            choices.describe(name),
        )
        for name, default in _defaults(path).items()
    ]


def asks(path: Path) -> list[str]:
    """List the names of a notebook's parameters, in their order.

    Raises
    ------
    ValueError
        If the file is no notebook, has not exactly one cell tagged `parameters`, or has anything
        in that cell but parameters with values that they may have. All that is wrong is named.
    """
    return list(_defaults(path))


def _defaults(path: Path) -> dict[str, object]:
    """Read the parameters cell of a notebook: names, each with its default."""
    cells = _cells(path)
    tagged = [
        at
        for at, cell in enumerate(cells, start=1)
        if PARAMETERS in _tags(cell) and cell.get("cell_type") == "code"
    ]
    if len(tagged) != 1:
        found = f"cells {', '.join(map(str, tagged))} have" if tagged else "no code cell has"
        raise ValueError(
            f"{path.name}: {found} the tag {PARAMETERS!r}; exactly one must have it, and hold one "
            "line for each parameter, such as end_year: int = 2024"
        )
    (at,) = tagged
    values, wrong = _assigned(_source(cells[at - 1]))
    wrong += _not_allowed(values)
    wrong += [
        f"cell {number} holds the parameters of an earlier run; take the notebook that was run"
        for number, cell in enumerate(cells, start=1)
        if INJECTED in _tags(cell)
    ]
    if wrong:
        listed = "\n  ".join(wrong)
        raise ValueError(f"{path.name}, cell {at}, tagged {PARAMETERS!r}:\n  {listed}")
    return values


def _cells(path: Path) -> list[dict]:
    """Read the cells of a notebook."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        cells = read["cells"]
        if not isinstance(cells, list):
            raise TypeError("cells are not listed")
        for at, cell in enumerate(cells, start=1):
            if not (_is_texts(cell["source"]) and isinstance(_tags(cell), list)):
                raise TypeError(f"cell {at} has a source that is no text, or tags without a list")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"
        raise ValueError(f"{path.name} cannot be read as a notebook ({why})") from None
    return cells


def _is_texts(source: object) -> bool:
    """Tell whether a source is a text, or lines of one."""
    return isinstance(source, str | list) and all(isinstance(line, str) for line in source)


def _source(cell: dict) -> str:
    """Give the source of a cell, which a file may hold in lines."""
    return "".join(cell["source"])


def _tags(cell: dict) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])


def _assigned(source: str) -> tuple[dict[str, object], list[str]]:
    """Read the lines of a parameters cell: the value of each name, and what is wrong.

    Examples
    --------
    >>> _assigned("end_year: int = 2024  # last year")
    ({'end_year': 2024}, [])
    >>> _assigned("end_year: int = open('x')")
    ({}, ['line 1: only NAME: TYPE = VALUE may stand here, with a plain value'])
    """
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {}, [f"this is not Python: {error}"]
    values, wrong = {}, []
    for line in lines:
        try:
            name, value = line.target.id, ast.literal_eval(line.value)
            if not isinstance(line, ast.AnnAssign) or not isinstance(value, int | str):
                raise ValueError("not a parameter")
        except (AttributeError, ValueError, TypeError, RecursionError, MemoryError):
            said = "only NAME: TYPE = VALUE may stand here, with a plain value"
            wrong.append(f"line {line.lineno}: {said}")
            continue
        if name in values:
            wrong.append(f"line {line.lineno}: {name} stands here twice")
        values[name] = value
    return values, wrong


def _not_allowed(values: dict[str, object]) -> list[str]:
    """Say which defaults of a notebook are no choices, or not allowed."""
    try:
        choices.choose(**values)
    except ValueError as error:
        return str(error).splitlines()
    return []


def read_parameters(
    path: Path, given: Sequence[tuple[str, str]], varied: Collection[str] = ()
) -> dict[str, object]:
    """Read and check parameters from the command line, before any kernel starts.

    Parameters
    ----------
    path
        The notebook.
    given
        Names and texts.
    varied
        Parameters that get other settings later, so that what is given need not fit their defaults.

    Raises
    ------
    ValueError
        Naming every parameter that the notebook does not have and every value that is not
        allowed.
    """
    # What is asked must also fit the defaults that the notebook keeps.
    defaults = {parameter.name: parameter.default for parameter in parameters(path)}
    known = list(defaults)
    kept = {name: default for name, default in defaults.items() if name not in varied}
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
        choices.choose(**(kept | read))
    except ValueError as error:
        raise ValueError("\n".join([*strange, str(error)])) from None
    if strange:
        raise ValueError("\n".join(strange))
    return read
