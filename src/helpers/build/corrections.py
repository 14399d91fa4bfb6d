"""Declared corrections to collected data (data/corrections.yml).

Each names one raw cell, what stands there, and what becomes of it. When the cell no longer
reads as expected, upstream has changed and the build stops and says which entry can go, so that
no correction outlives its reason.
"""

import pandas as pd
import yaml

from helpers.build import drawn
from helpers.paths import DATA

KEYS = ("table", "file", "row", "column", "expect", "reason", "reported_by", "found")
OUTCOMES = ("becomes", "drop", "kept")
# Running text stands in tables; no figure draws it.
PROSE = ("note", "rationale")


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

    Parameters
    ----------
    raw
        The raw table, as text.
    file
        Its name in the entries, such as raw/arms/arms_deals.csv.
    corrections
        All declared corrections, as `read` gives them: an entry is called by its number there.

    Raises
    ------
    ValueError
        Naming every correction that does not fit by the number of its entry: its row is not
        there or not alone, or its cell is not as expected.
    """
    mended, dropped, wrong = raw.copy(), [], []
    for number, correction in enumerate(corrections, start=1):
        if correction["file"] != file:
            continue
        rows = raw.index[_selected(raw, str(correction["row"]))]
        complaint = _misfit(raw, rows, correction)
        if complaint:
            cell = f"{file}, {correction['row']}, {correction['column']}"
            wrong.append(f"  entry {number} ({cell}): {complaint}")
        elif correction.get("drop"):
            dropped.append(rows[0])
        elif "becomes" in correction:
            mended.loc[rows[0], correction["column"]] = str(correction["becomes"])
    if wrong:
        raise ValueError(
            "data/corrections.yml does not fit the raw data any more:\n"
            + "\n".join(wrong)
            + "\nRemove the entries whose cells upstream has repaired; correct the others."
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
    if sum(key in correction for key in OUTCOMES) != 1:
        return f"has not exactly one of {', '.join(OUTCOMES)}"
    if len(rows) == 0 and correction.get("drop"):
        return "selects 0 rows: if upstream has dropped the row too, this entry can go"
    if len(rows) != 1:
        return f"selects {len(rows)} rows instead of one"
    found = raw.loc[rows[0], correction["column"]]
    if "becomes" in correction and found == str(correction["becomes"]):
        return f"found {found!r} as corrected: upstream was repaired, this entry can go"
    if found != str(correction["expect"]):
        return f"found {found!r}, expected {str(correction['expect'])!r}"
    return ""


def in_figures(declared: list[dict], figures: list[drawn.Drawn]) -> pd.DataFrame:
    """List the corrections that touched a figure: they changed what the figure reads.

    A figure reads a corrected cell if it loads the table and names the column, a dropped row if
    it loads the table. An oddity that is kept changed nothing, running text is not drawn, and of
    a source only whether there is one can be.

    Parameters
    ----------
    declared
        The corrections, as `read` gives them.
    figures
        What each figure reads, as `drawn.figures` finds it.

    Returns
    -------
    pandas.DataFrame
        One row for each table and reason: table, columns, cells (how many entries), change (of
        a single cell), reason, reported_by, notebooks, figures (how many).
    """
    rows: dict[tuple, dict] = {}
    for entry in declared:
        readers = [figure for figure in figures if _touched(entry, figure)]
        if readers:
            same = (entry["table"], entry["reason"], entry["reported_by"])
            row = rows.setdefault(same, {"entries": [], "readers": {}})
            row["entries"].append(entry)
            row["readers"] |= {id(figure): figure for figure in readers}
    columns = [
        "table",
        "columns",
        "cells",
        "change",
        "reason",
        "reported_by",
        "notebooks",
        "figures",
    ]
    return pd.DataFrame([_summary(*row.values()) for row in rows.values()], columns=columns)


def _touched(entry: dict, figure: drawn.Drawn) -> bool:
    """Tell whether a correction changed what a figure reads."""
    if "kept" in entry or entry["table"] not in figure.tables:
        return False
    if "drop" in entry:
        return True
    column = entry["column"]
    # Mending an address leaves one source where one was.
    if column.startswith("source_") and not _comes_or_goes(entry):
        return False
    # The build makes ids of addresses.
    return column.replace("source_url", "source_id") in figure.words - {*PROSE}


def _comes_or_goes(entry: dict) -> bool:
    """Tell whether a correction fills an empty cell or empties a filled one."""
    return "" in (str(entry["expect"]), str(entry.get("becomes")))


def _summary(entries: list[dict], readers: dict[int, drawn.Drawn]) -> dict:
    """Sum up corrections of one table for one reason."""
    first, single = entries[0], len(entries) == 1
    before = _brief(first["expect"])
    after = "row left out" if "drop" in first else _brief(first.get("becomes"))
    return {
        "table": first["table"],
        "columns": ", ".join(dict.fromkeys(entry["column"] for entry in entries)),
        "cells": len(entries),
        "change": f"{before} → {after}" if single else "",
        "reason": first["reason"],
        "reported_by": first["reported_by"],
        "notebooks": ", ".join(sorted({figure.notebook for figure in readers.values()})),
        "figures": len(readers),
    }


def _brief(cell: object) -> str:
    """Write a cell, cut where it would stretch a table."""
    text = str(cell or "missing")
    return text if len(text) <= 40 else f"{text[:40]} ..."
