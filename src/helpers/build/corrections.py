"""Declared corrections to collected data (data/corrections.yml).

Each names one raw cell, what stands there, and what becomes of it. When the cell no longer
reads as expected, upstream has changed and the build stops, so that no correction outlives its
reason.
"""

import pandas as pd
import yaml

from helpers.paths import DATA

OUTCOMES = ("becomes", "drop", "kept")


def read() -> list[dict]:
    """Read the declared corrections."""
    return yaml.safe_load((DATA / "corrections.yml").read_text(encoding="utf-8")) or []


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
        rows = raw.index[_selected(raw, correction["row"])]
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
        column, cell = pair.split("=", 1)
        chosen &= raw[column.strip()] == cell.strip()
    return chosen


def _misfit(raw: pd.DataFrame, rows: pd.Index, correction: dict) -> str:
    """Say why a correction does not fit, or nothing."""
    if len(rows) != 1:
        return f"selects {len(rows)} rows instead of one"
    if sum(key in correction for key in OUTCOMES) != 1:
        return f"has not exactly one of {', '.join(OUTCOMES)}"
    found = raw.loc[rows[0], correction["column"]]
    if found != str(correction["expect"]):
        return f"found {found!r}, expected {str(correction['expect'])!r}"
    return ""
