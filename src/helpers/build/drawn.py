"""What the figures of the notebooks read: found in their code, nothing is run.

From a cell with a figure we go back to the cells that make what it uses, and on into the
functions of this package that these name. Words that stand there whole, as text or after a dot,
can be columns. So a word may be taken for a column that only shares its name; but no column is
missed whose name is written out. Checks of claims are called by the ledger, not by name, and so
are not followed.
"""

import ast
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from helpers import schema
from helpers.paths import NOTEBOOKS

PACKAGE = Path(__file__).resolve().parents[1]
CODE = ("*.py", "figures/*.py", "checks/*.py")
# They read whatever table they are given, or print it.
NOT_FOLLOWED = {"schema.py", "tables.py", "prose.py"}


class Drawn(NamedTuple):
    """What one figure reads."""

    notebook: str
    tables: frozenset[str]
    words: frozenset[str]


class _Code(NamedTuple):
    """What code holds: texts and words after a dot, names that it reads, calls, tables loaded."""

    words: frozenset[str]
    names: frozenset[str]
    calls: frozenset[str]
    loads: frozenset[str]


NOTHING = _Code(frozenset(), frozenset(), frozenset(), frozenset())


def figures() -> list[Drawn]:
    """Give what each figure of each notebook reads."""
    return [drawn for path in sorted(NOTEBOOKS.glob("0*.ipynb")) for drawn in of_notebook(path)]


def of_notebook(path: Path) -> list[Drawn]:
    """Give what each figure of one notebook reads."""
    every = json.loads(path.read_text(encoding="utf-8"))["cells"]
    cells = [cell for cell in every if cell["cell_type"] == "code"]
    bodies = [ast.parse("".join(cell["source"])).body for cell in cells]
    return [
        _drawn(path.stem[:2], _behind(bodies[:number], bodies[number]))
        for number, cell in enumerate(cells)
        if "figure" in cell["metadata"].get("tags", [])
    ]


def _drawn(notebook: str, statements: list[ast.stmt]) -> Drawn:
    """Follow statements into the package: which texts they hold, which words stand on the way."""
    own = [_code(statement) for statement in statements]
    found, seen = list(own), set()
    while waiting := set().union(*(code.calls for code in found)) & set(_package()) - seen:
        seen |= waiting
        found += [_package()[name] for name in waiting]
    every = schema.resources() if any("tables.names" in code.calls for code in own) else ()
    return Drawn(
        notebook,
        frozenset(every).union(*(code.words for code in own), *(code.loads for code in found)),
        frozenset().union(*(code.words for code in found)),
    )


def _behind(before: list[list[ast.stmt]], cell: list[ast.stmt]) -> list[ast.stmt]:
    """List the statements of a cell and those of earlier cells that make what it uses."""
    needed, chosen = set(), list(cell)
    for statement in reversed(cell):
        needed = needed - _made_anew(statement) | _code(statement).names
    for statement in reversed([statement for body in before for statement in body]):
        if needed & _made(statement):
            needed = needed - _made_anew(statement) | _code(statement).names
            chosen.append(statement)
    return chosen


@cache
def _made(tree: ast.AST) -> frozenset[str]:
    """List the names that code sets, as a whole or in a part such as a column.

    As `_code`, it is asked of a statement for every figure after it.
    """
    stored = [n for n in ast.walk(tree) if isinstance(getattr(n, "ctx", None), ast.Store)]
    parts = (n.value if isinstance(n, ast.Subscript | ast.Attribute) else n for n in stored)
    return frozenset(part.id for part in parts if isinstance(part, ast.Name))


def _made_anew(statement: ast.stmt) -> set[str]:
    """List the names of which nothing earlier is left."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = (n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


@cache
def _code(tree: ast.AST, module: str = "") -> _Code:
    """Collect what code of a module holds, docstrings left out."""
    spoken = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    words, names, calls, loads = set(), set(), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= set() if id(node) in spoken else {node.value}
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
            calls |= {f"{node.value.id}.{node.attr}"} if isinstance(node.value, ast.Name) else set()
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.add(node.id)
            calls.add(f"{module}.{node.id}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "tables.load":
            loads |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return _Code(frozenset(words), frozenset(names), frozenset(calls), frozenset(loads))


@cache
def _package() -> dict[str, _Code]:
    """Give the code of the package's functions, classes and constants, as in trade.by_year."""
    known: dict[str, _Code] = {}
    paths = [path for kind in CODE for path in PACKAGE.glob(kind) if path.name not in NOT_FOLLOWED]
    for path in paths:
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            for name, code in _defined(statement, path.stem).items():
                # arms and checks/arms share a name; what is in either counts.
                other = known.get(name, NOTHING)
                known[name] = _Code(*(one | two for one, two in zip(code, other, strict=True)))
    return known


def _defined(statement: ast.stmt, module: str) -> dict[str, _Code]:
    """Give what a statement of a module defines, or brings in from another one."""
    if isinstance(statement, ast.ImportFrom):
        other = (statement.module or "").rpartition(".")[2]
        names = [alias.name for alias in statement.names]
        return {f"{module}.{n}": NOTHING._replace(calls=frozenset({f"{other}.{n}"})) for n in names}
    named = {getattr(statement, "name", "")} - {""} or _made(statement)
    return {f"{module}.{name}": _code(statement, module) for name in named}
