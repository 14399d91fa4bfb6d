"""Reading files that come from elsewhere: every fault is named with file, line and column.

Text comes in as it stands in the file; nothing in it is ever run. Frames of text are indexed by
the line of the file that each row begins on, so that a complaint can say where to look.
"""

import csv
import hashlib
import io
from pathlib import Path

import pandas as pd

from helpers.schema import Violation

# Longer fields do not occur in real exports; they point to a lost quote or separator.
MAX_CELL = 100_000
SHOWN = 20


def refuse(problems: list[Violation], beside: int = 0) -> None:
    """Raise one error that names the problems found, the first of them in full.

    Parameters
    ----------
    problems
        What was found.
    beside
        How many more there are that were only counted.

    Raises
    ------
    ValueError
        If there is any problem.
    """
    if not problems:
        return
    lines = [f"  {problem}" for problem in sorted(problems)[:SHOWN]]
    count = len(problems) + beside
    rest = count - len(lines)
    more = [f"  ... and {rest} more"] if rest > 0 else []
    many = "1 problem" if count == 1 else f"{count} problems"
    raise ValueError("\n".join([f"{many}; nothing was imported:", *lines, *more]))


def problem(file: Path, line: int, column: str, found: str, expected: str) -> Violation:
    """Describe one fault of a file; what was found is cut to a readable length.

    Examples
    --------
    >>> print(problem(Path("a/deals.csv"), 3, "Year", "x" * 80, "a year")) # doctest: +ELLIPSIS
    deals.csv, row 3, Year: found 'xxx...xxx ...', allowed: a year
    """
    short = found if len(found) <= 60 else f"{found[:60]} ..."
    return Violation(file.name, line, column, short, expected)


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def text_of(path: Path, encodings: tuple[str, ...] = ("utf-8-sig", "cp1252")) -> str:
    """Read a text file in the first encoding that fits.

    Parameters
    ----------
    path
        The file.
    encodings
        Tried in order; the first should be the strictest.

    Raises
    ------
    ValueError
        If the file is not there, is empty, is not text in any of the encodings, or is a web page
        under another name.
    """
    if not path.is_file():
        raise ValueError(f"{path}: there is no such file")
    content = path.read_bytes()
    text, fault = _decoded(content, path, encodings)
    start = text.lstrip()[:500].lower()
    if not content.strip():
        fault = problem(path, 1, "(file)", "an empty file", "an export with a header and rows")
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        expected = f"text in {' or '.join(encodings)}; save it again as CSV in UTF-8"
        fault = problem(path, 1, "(file)", "text in UTF-16", expected)
    elif b"\x00" in content:
        fault = problem(path, 1, "(file)", "binary data", "a text file")
    elif start.startswith(("<!doctype", "<html", "<head", "<?xml")):
        fault = problem(path, 1, "(file)", text.strip(), "an export, not a web page")
    refuse([fault] if fault else [])
    return text


def _decoded(
    content: bytes, path: Path, encodings: tuple[str, ...]
) -> tuple[str, Violation | None]:
    """Decode bytes in the first encoding that fits, or say which byte fits none."""
    for encoding in encodings:
        try:
            return content.decode(encoding), None
        except UnicodeDecodeError as error:
            line, bad = content[: error.start].count(b"\n") + 1, content[error.start]
    return "", problem(
        path, line, "(file)", f"byte 0x{bad:02x}", f"text in {' or '.join(encodings)}"
    )


def other_separator(text: str) -> str:
    r"""Say, for the end of a complaint, that cells are separated by something else than commas.

    Examples
    --------
    >>> other_separator("a;b;c;d;e;f\n")
    '; its cells seem to be separated by semicolons, save it with commas'
    >>> other_separator("a,b,c,d,e,f\n")
    ''
    """
    lines = text.splitlines()[:100]
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if any(line.count(mark) >= 5 and line.count(mark) > line.count(",") for line in lines):
            return f"; its cells seem to be separated by {name}, save it with commas"
    return ""


def records(text: str, path: Path, separator: str = ",") -> list[tuple[int, list[str]]]:
    """Split text into records, each with the line that it begins on; blank lines are left out.

    Raises
    ------
    ValueError
        If a quote is never closed or a field is longer than `MAX_CELL`.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found, begins = [], 1
    csv.field_size_limit(MAX_CELL)
    try:
        for cells in reader:
            if any(cells):
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        expected = f"a whole record with {separator!r} between fields"
        refuse([problem(path, begins, "(record)", str(error), expected)])
    return found


def frame(rows: list[tuple[int, list[str]]], columns: list[str], path: Path) -> pd.DataFrame:
    """Make a frame of text from records, indexed by line.

    Raises
    ------
    ValueError
        Naming every record that has more or fewer cells than there are columns.
    """
    refuse(
        [
            problem(path, line, "(record)", f"{len(cells)} cells: {','.join(cells)}",
                    f"{len(columns)} cells; is the file cut off or its separator another?")
            for line, cells in rows
            if len(cells) != len(columns)
        ]
    )  # fmt: skip
    index = pd.Index([line for line, _ in rows], name="line")
    return pd.DataFrame([cells for _, cells in rows], index=index, columns=columns, dtype="str")


def numbers(
    cells: pd.Series,
    path: Path,
    low: float = float("-inf"),
    high: float = float("inf"),
    whole: bool = False,
) -> tuple[pd.Series, list[Violation]]:
    """Read the numbers of a column of text, missing where it is empty.

    Parameters
    ----------
    cells
        Text, indexed by line; its name is the column.
    path
        The file, for complaints.
    low, high
        Smallest and largest number that can be right.
    whole
        Only whole numbers are right.

    Returns
    -------
    tuple of pandas.Series and list of Violation
        The numbers as float64, and every cell that is none or out of range.

    Examples
    --------
    >>> found, wrong = numbers(pd.Series(["1.5", ""], name="v"), Path("a.csv"), low=0)
    >>> found.tolist(), wrong
    ([1.5, nan], [])
    """
    stripped = cells.str.strip()
    filled = stripped[stripped != ""]
    written = filled.str.fullmatch(
        r"[-+]?\d+(\.0*)?" if whole else r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
    )
    read = pd.to_numeric(filled.where(written), errors="coerce").astype("float64")
    kind = "a whole number" if whole else "a number"
    span = (
        f"{kind} from {low:g} to {high:g}"
        if high < float("inf")
        else (f"{kind} of at least {low:g}" if low > float("-inf") else kind)
    )
    bad = filled[~read.between(low, high) | read.isin([float("inf"), float("-inf")])]
    wrong = [problem(path, line, str(cells.name), cell, span) for line, cell in bad.items()]
    return read.reindex(cells.index), wrong
