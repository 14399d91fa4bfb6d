"""What data/datapackage.json promises of every table, and whether a table keeps it.

The package description is the only place where types, units, constraints and keys are written.
Frames here hold text as it stands in the files, with "" for a missing cell; `to_types` makes
the typed frame that analysts work with.
"""

import json
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.paths import DATA

SHOWN = 100
TRUTH = {"true": True, "false": False}
DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}
# How the package writes that a column holds dates, whole or partial.
DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
DAY_OR_MONTH = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)
PATTERNS = {
    "integer": r"-?\d+",
    "number": r"-?\d+(\.\d+)?([eE][-+]?\d+)?",
    "boolean": r"true|false",
}
IN_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


class Violation(NamedTuple):
    """One cell that breaks the description: where it is, what was found, what is allowed."""

    file: str
    row: int
    column: str
    found: str
    allowed: str

    def __str__(self) -> str:
        """Read as one line, the way compilers report."""
        place = f"{self.file}, row {self.row}, {self.column}"
        return f"{place}: found {self.found!r}, allowed: {self.allowed}"


@cache
def resources() -> dict[str, dict]:
    """Give the description of every table, by name, in the order of the package."""
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def resource(name: str) -> dict:
    """Give the description of one table.

    Raises
    ------
    KeyError
        If there is no such table; the message lists those that there are.
    """
    if name not in resources():
        raise KeyError(f"no table {name!r}; there are {', '.join(resources())}")
    return resources()[name]


def fields(name: str) -> list[dict]:
    """Give the description of each column of a table, in order."""
    return resource(name)["schema"]["fields"]


def read_text(path: str) -> pd.DataFrame:
    """Read a CSV file as text, "" where a cell is empty.

    Raises
    ------
    ValueError
        If the file is not there, is not a table or is not UTF-8; the message names it.
    """
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (FileNotFoundError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{path} cannot be read as a table: {error}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text: {error}") from None
    # pandas takes surplus cells in every row for row names.
    if not isinstance(text.index, pd.RangeIndex):
        raise ValueError(f"{path} cannot be read as a table: more cells in a row than columns")
    return text


def to_types(text: pd.DataFrame, name: str) -> pd.DataFrame:
    """Turn the text of a table into typed columns.

    Strings become `str` and numbers `float64`, both with NaN where missing; whole numbers
    become `Int64` and booleans `boolean`, both with NA where missing.
    """
    typed = {f["name"]: _typed(text[f["name"]].tolist(), f["type"]) for f in fields(name)}
    return pd.DataFrame(typed, index=text.index)


def _typed(cells: list[str], kind: str) -> pd.api.extensions.ExtensionArray:
    """Turn the text of a column into values of a type of the package description."""
    if kind == "string":
        values = [cell or None for cell in cells]
    elif kind == "boolean":
        values = [TRUTH.get(cell) for cell in cells]
    else:
        values = pd.to_numeric(np.array([cell or np.nan for cell in cells], dtype=object))
    return pd.array(values, dtype=DTYPES[kind])


def violations(text: pd.DataFrame, name: str) -> list[Violation]:
    """List every cell that breaks the table's own rules: types, constraints, primary key.

    Foreign keys need other tables and are looked at by `dangling`.
    """
    file = resource(name)["path"]
    wanted = [field["name"] for field in fields(name)]
    if list(text.columns) != wanted:
        return [Violation(file, 1, "(header)", ",".join(text.columns), ",".join(wanted))]
    found = [v for field in fields(name) for v in _column_violations(text, field, file)]
    key = resource(name)["schema"]["primaryKey"]
    found += [
        Violation(file, row + 2, "+".join(key), "; ".join(cells), "each key only once")
        for row, cells in _repeated(text.index, zip(*(text[c].tolist() for c in key), strict=True))
    ]
    return sorted(found)


def _repeated(rows: Iterable[int], cells: Iterable) -> list[tuple[int, object]]:
    """Pair with their rows the cells that have come before.

    Examples
    --------
    >>> _repeated([0, 1, 2, 3], ["a", "b", "a", "a"])
    [(2, 'a'), (3, 'a')]
    """
    pairs = list(zip(rows, cells, strict=True))
    if len({cell for _, cell in pairs}) == len(pairs):
        return []
    seen = set()
    return [(row, cell) for row, cell in pairs if cell in seen or seen.add(cell)]


def _column_violations(text: pd.DataFrame, field: dict, file: str) -> list[Violation]:
    """Check one column against its type and constraints.

    A column has few different cells, so each of them is judged once, and only where one is wrong
    are its rows looked for.
    """
    cells = text[field["name"]].tolist()
    rules = field.get("constraints", {})
    known = set(cells) - {""}
    bad: list[tuple[set[str], str]] = []
    if rules.get("required"):
        bad.append(({""}, "a value in every row"))
    kind = field["type"]
    if kind in PATTERNS:
        strange = _unlike(known, PATTERNS[kind])
        bad.append((strange, IN_WORDS[kind]))
        known -= strange
    bad += _constraint_breaches(known, rules)
    found = [
        Violation(file, row + 2, field["name"], cell, allowed)
        for wrong, allowed in bad
        if not wrong.isdisjoint(cells)
        for row, cell in zip(text.index, cells, strict=True)
        if cell in wrong
    ]
    if rules.get("unique"):
        found += [
            Violation(file, row + 2, field["name"], cell, "each value only once")
            for row, cell in _repeated(text.index, cells)
            if cell in known
        ]
    return found


def _unlike(cells: set[str], pattern: str) -> set[str]:
    """Give the cells that do not match a pattern as a whole; its classes are those of ASCII."""
    fits = re.compile(pattern, re.ASCII).fullmatch
    return {cell for cell in cells if not fits(cell)}


def _constraint_breaches(known: set[str], rules: dict) -> list[tuple[set[str], str]]:
    """Pair the cells that break a constraint with what it allows."""
    bad = []
    if "enum" in rules:
        bad.append((known - {str(e) for e in rules["enum"]}, _either(rules["enum"])))
    if "pattern" in rules:
        bad.append((_unlike(known, rules["pattern"]), f"text like {rules['pattern']}"))
    if rules.get("pattern") == DATE:
        bad.append(({cell for cell in known if _is_no_day(cell)}, "a date that exists"))
    if "minimum" in rules:
        low = {cell for cell in known if float(cell) < rules["minimum"]}
        bad.append((low, f"at least {rules['minimum']}"))
    if "maximum" in rules:
        high = {cell for cell in known if float(cell) > rules["maximum"]}
        bad.append((high, f"at most {rules['maximum']}"))
    return bad


def _is_no_day(cell: str) -> bool:
    """Tell whether a cell is written like a day or a month but is none.

    Examples
    --------
    >>> [_is_no_day(cell) for cell in ("2014-02-31", "2014-13", "2014-02", "2014", "May 2014")]
    [True, True, False, False, False]
    """
    if not DAY_OR_MONTH.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell if len(cell) == 10 else f"{cell}-01")
    except ValueError:
        return True
    return False


def _either(options: list) -> str:
    return " or ".join(str(option) for option in options)


def complain(violations: list[Violation]) -> None:
    """Raise one error that names the violations: all, or the first hundred of a flood.

    Raises
    ------
    ValueError
        If there is any violation.
    """
    if violations:
        lines = [f"  {violation}" for violation in violations[:SHOWN]]
        lines += ["  ..."] if len(violations) > SHOWN else []
        many = f"{len(violations)} cells break data/datapackage.json:"
        raise ValueError("\n".join([many, *lines]))


def dangling(texts: dict[str, pd.DataFrame], name: str) -> list[Violation]:
    """List every cell of a table that points to a row that is not there.

    Parameters
    ----------
    texts
        The text of all tables by name; those pointed to must be among them.
    name
        The table to look at.
    """
    file = resource(name)["path"]
    text = texts[name]
    found = []
    for pointer in resource(name)["schema"].get("foreignKeys", []):
        target = pointer["reference"]["resource"] or name
        column, key = _only(pointer["fields"]), _only(pointer["reference"]["fields"])
        cells = text[column]
        lost = cells[(cells != "") & ~cells.isin(texts[target][key])]
        found += [_lost(file, row, column, cell, target, key) for row, cell in lost.items()]
    for field in fields(name):
        items = field.get("items", {})
        if "resource" in items:
            parts = text[field["name"]].str.split(items["separator"]).explode()
            known = texts[items["resource"]][items["field"]]
            lost = parts[(parts != "") & ~parts.isin(known)]
            found += [
                _lost(file, row, field["name"], part, items["resource"], items["field"])
                for row, part in lost.items()
            ]
    return sorted(found)


def _only(names: list[str] | str) -> str:
    """Give the one column of a key; the package has no foreign keys of several columns."""
    (name,) = [names] if isinstance(names, str) else names
    return name


def _lost(file: str, row: int, column: str, cell: str, target: str, key: str) -> Violation:
    return Violation(file, row + 2, column, cell, f"a {key} of {resource(target)['path']}")
