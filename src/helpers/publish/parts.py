"""What the outputs of an executed notebook say of it: verdicts, choices, tables, contents.

Everything is read from the CSV of the outputs, so that the top of a page and the page itself
cannot differ.
"""

import copy
import csv
import io
import re
from importlib.metadata import metadata
from typing import NamedTuple
from urllib.parse import quote

import numpy as np
import pandas as pd
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode

from helpers import prose, verdicts
from helpers.claims import PLURAL, VERDICTS

HEADING = re.compile(r'<h2 id="([^"]*)">(.*?)<a class="anchor-link"')
# What `prose.csv_text` puts before text that a spreadsheet would take for a formula.
MARKED = re.compile(r"^'(?=[=+\-@\t\r])")
# Letters that stand for themselves in the address of a download.
PLAIN = "/:,;()+*=@!$'"
# Programs that open a CSV as UTF-8 only if it says so look for this mark.
BYTE_ORDER_MARK = "\ufeff"
DIGITS = 4


class Data(NamedTuple):
    """The table behind a figure: headings, rows as shown, which columns are numbers (classes)."""

    headings: list[str]
    rows: list[list[str]]
    numbers: str


def read_csv(text: str) -> pd.DataFrame:
    r"""Read as text what `prose.csv_text` wrote, without its marks against formulas.

    Examples
    --------
    >>> read_csv("What,Note\n'=1+1,\n").to_dict("records")
    [{'What': '=1+1', 'Note': ''}]
    """
    headings, *rows = _cells(text)
    return pd.DataFrame(rows, columns=headings, dtype="str")


def _cells(text: str) -> list[list[str]]:
    """Take CSV apart into its cells, the headings first."""
    rows = csv.reader(io.StringIO(text, newline=""))
    return [[_unmarked(cell) for cell in row] for row in rows if row]


def _headings(text: str) -> list[str]:
    """Give the headings of CSV, without reading the rest."""
    return [_unmarked(name) for name in next(csv.reader(io.StringIO(text, newline="")), [])]


def _unmarked(cell: str) -> str:
    return MARKED.sub("", cell) if cell.startswith("'") else cell


def tags(cell: NotebookNode) -> list[str]:
    """Give the tags of a cell."""
    return cell.metadata.get("tags", [])


def outputs(notebook: NotebookNode, tag: str = "") -> list[NotebookNode]:
    """List what the cells of a notebook showed, or those with a tag."""
    cells = [cell for cell in notebook.cells if not tag or tag in tags(cell)]
    return [o for cell in cells for o in cell.get("outputs", []) if "data" in o]


def frames(notebook: NotebookNode, *columns: str, tag: str = "") -> pd.DataFrame:
    """Join the tables that have these columns; empty if there is none."""
    texts = [o.data["text/csv"] for o in outputs(notebook, tag) if "text/csv" in o.data]
    found = [read_csv(text) for text in texts if {*columns} <= {*_headings(text)}]
    return pd.concat([pd.DataFrame(columns=[*columns]), *found], ignore_index=True).fillna("")


def verdict_counts(notebook: NotebookNode) -> list[dict]:
    """Count the verdicts on the cards of a notebook: key, shape, words, number.

    The list is empty where there are no cards.
    """
    cards = [o for o in outputs(notebook) if o.metadata.get("kind") == "cards"]
    judged = [read_csv(o.data["text/csv"])["verdict"] for o in cards if "text/csv" in o.data]
    counts = pd.concat([pd.Series(dtype=str), *judged]).value_counts()
    return [
        {
            "key": key,
            "shape": verdicts.SHAPES[key],
            "words": (VERDICTS if counts[key] == 1 else PLURAL)[key],
            "number": int(counts[key]),
        }
        for key in VERDICTS
        if key in counts
    ]


def parameters(notebook: NotebookNode) -> list[dict]:
    """List the parameters of a run: name, meaning, setting, default, whether it was changed."""
    shown = frames(notebook, "Parameter", "Meaning", "This run", "Default", tag="validation")
    return [
        {
            "name": row["Parameter"],
            "meaning": row["Meaning"],
            "setting": row["This run"],
            "default": row["Default"],
            "changed": row["This run"] != row["Default"],
        }
        for row in shown.drop_duplicates("Parameter").to_dict("records")
    ]


def tables(notebook: NotebookNode) -> list[dict]:
    """List the tables behind a notebook: name, rows, what they cover, release, sources, licence."""
    shown = frames(notebook, "Table", "Rows", "Covers", "Sources", "Licence")
    return [
        {
            "name": row["Table"],
            "facts": [
                f"{prose.number(float(row['Rows']))} rows",
                *(row.get(name, "") for name in ("Covers", "Sources")),
            ],
            "release": row.get("Release", ""),
            "licence": row["Licence"],
        }
        for row in shown.drop_duplicates("Table").to_dict("records")
    ]


def contents(notebook: NotebookNode) -> list[tuple[str, str]]:
    """List the sections of a page: the id of each heading and its text, as HTML."""
    written = [markdown2html_mistune(c.source) for c in notebook.cells if c.cell_type == "markdown"]
    return [found for text in written for found in HEADING.findall(text)]


def citation(title: str, name: str, version: str, made: str) -> str:
    """Say how to cite a handout.

    Examples
    --------
    >>> citation("How many?", "03_exercises", "0.1.0", "2026-01-31")
    'No Limits?, version 0.1.0, handout 03: “How many?”, 2026-01-31.'
    """
    number = name[:2] if name[:2].isdigit() else name
    return f"No Limits?, version {version}, handout {number}: “{title}”, {made}."


def licence() -> str:
    """Name the licence of the code, as the package states it."""
    return metadata("no-limits")["License-Expression"]


def gathered(notebook: NotebookNode) -> NotebookNode:
    """Put the code of cells that show nothing before that of the next cell that shows something.

    Returns
    -------
    NotebookNode
        A copy, in which no code stands alone unless nothing follows it.
    """
    made, kept, silent = copy.deepcopy(notebook), [], []
    for cell in made.cells:
        if cell.cell_type == "code" and cell.source.strip() and not cell.outputs:
            silent.append(cell)
            continue
        if cell.cell_type == "code" and cell.source.strip():
            cell.source = "\n\n".join(part.source.strip("\n") for part in [*silent, cell])
            silent = []
        kept.append(cell)
    made.cells = [*kept, *silent]
    return made


def numbered(notebook: NotebookNode, name: str) -> NotebookNode:
    """Give every figure and every table of a notebook its number, its anchor and its download.

    Returns
    -------
    NotebookNode
        A copy; the metadata of each such output hold `number`, `anchor` and, where there are
        data, `download` (an address that holds the CSV) and `file` (its name).
    """
    marked, last = copy.deepcopy(notebook), {"figure": 0, "table": 0}
    for output in outputs(marked):
        kind = _kind(output)
        if kind in last:
            last[kind] += 1
            output.metadata |= {"number": last[kind], "anchor": f"{kind}-{last[kind]}"}
        if kind and "text/csv" in output.data:
            anchor = output.metadata.get("anchor", kind)
            output.metadata |= {
                "download": csv_address(output.data["text/csv"]),
                "file": f"{name}-{anchor}.csv",
            }
    return marked


def _kind(output: NotebookNode) -> str:
    """Tell what an output is: figure, table, what its metadata say, or nothing of these."""
    if "image/svg+xml" in output.data:
        return "figure"
    is_table = "<table" in output.data.get("text/html", "")
    return output.metadata.get("kind") or ("table" if is_table else "")


def csv_address(text: str) -> str:
    r"""Write CSV as an address that holds it whole.

    Examples
    --------
    >>> csv_address("Year,Events\n2024,12\n")
    'data:text/csv;charset=utf-8,%EF%BB%BFYear,Events%0A2024,12%0A'
    """
    return f"data:text/csv;charset=utf-8,{quote(BYTE_ORDER_MARK + text, safe=PLAIN)}"


def behind(text: str) -> Data:
    r"""Prepare CSV as the table behind a figure.

    Examples
    --------
    >>> data = behind("Year,Force,Share\n2024,navy,0.123456\n2025,,\n")
    >>> data.rows, data.numbers
    ([['2024', 'navy', '0.1235'], ['2025', '–', '–']], 'n1 n3')
    """
    headings, *rows = _cells(text)
    columns = [[row[at] for row in rows] for at in range(len(headings))]
    numbers = [_is_number(cells) for cells in columns]
    shown = [
        [_rounded(cell) for cell in cells] if is_number else cells
        for is_number, cells in zip(numbers, columns, strict=True)
    ]
    told = [[cell or prose.MISSING for cell in row] for row in zip(*shown, strict=True)]
    marks = " ".join(f"n{at}" for at, is_number in enumerate(numbers, start=1) if is_number)
    return Data(headings, told, marks)


def _is_number(cells: list[str]) -> bool:
    known = np.array([cell for cell in cells if cell], dtype=object)
    return len(known) > 0 and not np.isnan(pd.to_numeric(known, errors="coerce")).any()


def _rounded(cell: str) -> str:
    """Shorten a number for reading; the download keeps it whole.

    Examples
    --------
    >>> _rounded("1234.56789"), _rounded("0.000123456"), _rounded("2024"), _rounded("-3.50")
    ('1234.57', '0.0001235', '2024', '−3.5')
    """
    whole, _, decimals = cell.partition(".")
    if cell == "":
        return cell
    if len(decimals) > 2 or "e" in cell:
        size = abs(float(cell))
        kept = f"{float(cell):.2f}" if size >= 100 else f"{float(cell):.{DIGITS}g}"
        whole, _, decimals = (kept if "e" not in kept else cell).partition(".")
    rest = decimals.rstrip("0") if "e" not in decimals else decimals
    return (f"{whole}.{rest}" if rest else whole).replace("-", "−")
