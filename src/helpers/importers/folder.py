"""The analyst's own data folder: each import is a set of clean tables in a folder of its own.

A set such as sipri-2026-03 holds tables under the names and in the schema of the package's own
and `import.json`, which says what they were made from. It is written whole or not at all:
everything is made ready in a hidden folder beside it, which then takes its place.
"""

import json
from pathlib import Path

import pandas as pd

from helpers import files, schema
from helpers.build import conform

ABOUT = "import.json"


def put(folder: Path, name: str, frames: dict[str, pd.DataFrame], about: dict) -> Path:
    """Write one set of tables into a data folder, in place of an older set of the same name.

    Parameters
    ----------
    folder
        The data folder; made if it is not there.
    name
        Name of the set, lower case, digits, - and _ only, such as sipri-2026-03.
    frames
        Clean tables by name, in the columns of their schema.
    about
        What `import.json` is to say: kind, release, files, rows ...

    Returns
    -------
    pathlib.Path
        The folder of the set.

    Raises
    ------
    ValueError
        If the name cannot be one of a set, or a table breaks its schema: every offending cell is
        named, nothing is written.
    """
    if not name.replace("-", "").replace("_", "").isalnum() or name != name.lower():
        raise ValueError(f"{name!r} cannot name a set: only a-z, 0-9, - and _")
    texts = {table: conform(frame, table) for table, frame in frames.items()}
    schema.complain([v for table, text in texts.items() for v in schema.violations(text, table)])
    with files.staged(folder / name) as stage:
        for table, text in texts.items():
            text.to_csv(stage / f"{table}.csv", index=False, lineterminator="\n")
        write_about(stage, about)
    return folder / name


def write_about(stage: Path, about: dict) -> None:
    """Write what a set was made from."""
    text = json.dumps(about, indent=1, ensure_ascii=False, sort_keys=True)
    files.write_whole(stage / ABOUT, text + "\n")
