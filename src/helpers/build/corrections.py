"""Declared corrections to collected data (data/corrections.yml).

Each names one raw cell, what stands there, and what becomes of it. When the cell no longer
reads as expected, upstream has changed and the build stops, so that no correction outlives its
reason.
"""

import pandas as pd
import yaml

from helpers.paths import DATA

KEYS = ("table", "file", "row", "column", "expect", "reason", "found")
OUTCOMES = ("becomes", "drop", "kept")


def read() -> list[dict]:
    """Read the declared corrections.

    Raises
    ------
    ValueError
        If the file is not YAML, or entries lack keys or name a raw file that is not there.
    """
    path = DATA / "corrections.yml"
    try:
        declared = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise ValueError(f"data/corrections.yml is not valid YAML: {error}") from None
    wrong = [
        f"  entry {number}: lacks {', '.join(lacking)}"
        for number, entry in enumerate(declared, start=1)
        if (lacking := [key for key in KEYS if key not in entry])
    ] or [
        f"  entry {number}: there is no file data/{entry['file']}"
        for number, entry in enumerate(declared, start=1)
        if not (DATA / entry["file"]).is_file()
    ]
    if wrong:
        raise ValueError("data/corrections.yml cannot be applied:\n" + "\n".join(wrong))
    return declared


def apply(raw: pd.DataFrame, file: str, corrections: list[dict]) -> pd.DataFrame:
    """Apply the corrections of one raw file.

    Raises
    ------
    ValueError
        Naming every correction that does not fit: its row is not there or not alone, or its
        cell is not as expected.
    """
    mended, dropped, wrong = raw.copy(), [], []
    for correction in corrections:
        if correction["file"] != file:
            continue
        rows = raw.index[_selected(raw, str(correction["row"]))]
        complaint = _misfit(raw, rows, correction)
        if complaint:
            wrong.append(f"  {file}, {correction['row']}, {correction['column']}: {complaint}")
        elif correction.get("drop"):
            dropped.append(rows[0])
        elif "becomes" in correction:
            mended.loc[rows[0], correction["column"]] = str(correction["becomes"])
    if wrong:
        raise ValueError(
            "data/corrections.yml does not fit the raw data any more:\n"
            + "\n".join(wrong)
            + "\nIf upstream was repaired, remove the correction; else correct its expectation."
        )
    return mended.drop(index=dropped).reset_index(drop=True)


def _selected(raw: pd.DataFrame, row: str) -> pd.Series:
    """Find the rows that a selection such as deal_id=12 means."""
    chosen = pd.Series(True, index=raw.index)
    for pair in row.split(","):
        column, _, cell = (part.strip() for part in pair.partition("="))
        chosen &= raw[column] == cell if column in raw else False
    return chosen


def _misfit(raw: pd.DataFrame, rows: pd.Index, correction: dict) -> str:
    """Say why a correction does not fit, or nothing."""
    if correction["column"] not in raw:
        return f"there is no such column; there are {', '.join(raw)}"
    if len(rows) != 1:
        return f"selects {len(rows)} rows instead of one"
    if sum(key in correction for key in OUTCOMES) != 1:
        return f"has not exactly one of {', '.join(OUTCOMES)}"
    found = raw.loc[rows[0], correction["column"]]
    if found != str(correction["expect"]):
        return f"found {found!r}, expected {str(correction['expect'])!r}"
    return ""
