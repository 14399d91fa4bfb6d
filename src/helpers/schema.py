"""What data/datapackage.json promises of every table, and whether a table keeps it.

The package description is the only place where types, units, constraints and keys are written.
Frames here hold text as it stands in the files, with "" for a missing cell; `to_types` makes
the typed frame that analysts work with.
"""

import json
from functools import cache
from typing import NamedTuple

import pandas as pd

from helpers.paths import DATA

SHOWN = 100
DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean"}
# How the package writes that a column holds dates, whole or partial.
DATE = r"\d{4}(-\d{2}(-\d{2})?)?"
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
    typed = {}
    for field in fields(name):
        cells = text[field["name"]].mask(text[field["name"]] == "")
        if field["type"] == "boolean":
            cells = cells.map({"true": True, "false": False})
        elif field["type"] in ("integer", "number"):
            cells = pd.to_numeric(cells)
        typed[field["name"]] = cells.astype(DTYPES[field["type"]])
    return pd.DataFrame(typed)


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
    twice = text[text.duplicated(key, keep="first")]
    found += [
        Violation(file, row + 2, "+".join(key), "; ".join(cells), "each key only once")
        for row, cells in zip(twice.index, twice[key].to_numpy().tolist(), strict=True)
    ]
    return sorted(found)


def _column_violations(text: pd.DataFrame, field: dict, file: str) -> list[Violation]:
    """Check one column against its type and constraints."""
    cells = text[field["name"]]
    rules = field.get("constraints", {})
    filled = cells[cells != ""]
    bad = []
    if rules.get("required"):
        bad.append((cells[cells == ""], "a value in every row"))
    kind = field["type"]
    if kind in PATTERNS:
        fits = filled.str.fullmatch(PATTERNS[kind])
        bad.append((filled[~fits], IN_WORDS[kind]))
        filled = filled[fits]
    bad += _constraint_breaches(filled, rules)
    if rules.get("unique"):
        bad.append((filled[filled.duplicated()], "each value only once"))
    return [
        Violation(file, row + 2, field["name"], cell, allowed)
        for cells, allowed in bad
        for row, cell in cells.items()
    ]


def _constraint_breaches(filled: pd.Series, rules: dict) -> list[tuple[pd.Series, str]]:
    """Pair the cells that break a constraint with what it allows."""
    bad = []
    if "enum" in rules:
        bad.append((filled[~filled.isin([str(e) for e in rules["enum"]])], _either(rules["enum"])))
    if "pattern" in rules:
        bad.append(
            (filled[~filled.str.fullmatch(rules["pattern"])], f"text like {rules['pattern']}")
        )
    if rules.get("pattern") == DATE:
        days = filled[filled.str.fullmatch(r"\d{4}-\d{2}(-\d{2})?")]
        unreal = pd.to_datetime(days.str.ljust(10, "-").str.replace("---", "-01"),
                                format="%Y-%m-%d", errors="coerce").isna()  # fmt: skip
        bad.append((days[unreal], "a date that exists"))
    if "minimum" in rules:
        low = pd.to_numeric(filled) < rules["minimum"]
        bad.append((filled[low], f"at least {rules['minimum']}"))
    if "maximum" in rules:
        high = pd.to_numeric(filled) > rules["maximum"]
        bad.append((filled[high], f"at most {rules['maximum']}"))
    return bad


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
