"""What a result rests on, as a short text that changes when any of it does.

Whether something has to be made again is decided by content, never by the time of a file.
"""

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from helpers import at_hand
from helpers.paths import CLEAN, DATA

PACKAGE = Path(__file__).parents[1]
# What is compiled from code says nothing that the code does not.
COMPILED = "__pycache__"


def of_run(path: Path, asked: dict[str, object]) -> str:
    """Sum up a run: its notebook, its parameters, and all that every run rests on."""
    parts = [path.name, of_file(path), json.dumps(asked, sort_keys=True), of_surroundings()]
    return of_parts(parts)


@cache
def of_surroundings() -> str:
    """Sum up what every run rests on: helpers, tables, versions, and the day set for pages."""
    return of_parts(
        [
            *_of_folder(PACKAGE, "*"),
            *_of_folder(CLEAN, "*.csv"),
            of_file(DATA / "datapackage.json"),
            *_imported(),
            *_versions(),
            os.environ.get("SOURCE_DATE_EPOCH", ""),
        ]
    )


def of_file(path: Path) -> str:
    """Sum up the content of a file; "" if there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_parts(parts: Iterable[str]) -> str:
    """Sum up texts, each of which counts by itself.

    Examples
    --------
    >>> of_parts(["ab", "c"]) == of_parts(["a", "bc"])
    False
    """
    return hashlib.sha256(json.dumps(list(parts)).encode()).hexdigest()


def _of_folder(folder: Path, pattern: str) -> list[str]:
    """Name the files of a folder and of those in it, each with its content."""
    found = sorted(p for p in folder.rglob(pattern) if p.is_file() and COMPILED not in p.parts)
    return [part for p in found for part in (p.relative_to(folder).as_posix(), of_file(p))]


def _imported() -> list[str]:
    """Name the tables of the analyst's data folder, each with its content."""
    where = at_hand.folder()
    return [part for name in at_hand.sets(where) for part in _of_set(where / name)]


def _of_set(folder: Path) -> list[str]:
    """Name the files of one set; the year files of a BACI store are read by no notebook."""
    return [folder.name, *_of_folder(folder, "*.csv"), of_file(folder / "import.json")]


def _versions() -> list[str]:
    """Name the system, the Python and every package that is installed, with its version."""
    installed = {path.name for entry in sys.path for path in Path(entry).glob("*.dist-info")}
    return [platform.platform(), sys.version, *sorted(installed)]
