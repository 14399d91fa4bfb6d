"""Which data are at hand: the analyst's own folder, the sets in it, releases and countries.

A command asks this before it does anything heavy, so nothing here needs pandas.
"""

import csv
import json
import os
from functools import cache
from pathlib import Path

from helpers.paths import CLEAN, FOLDER


def folder() -> Path | None:
    """Give the analyst's data folder, named by the environment variable NOLIMITS_DATA.

    Raises
    ------
    ValueError
        If the variable names no folder.
    """
    named = os.environ.get(FOLDER, "")
    if named and not Path(named).is_dir():
        raise ValueError(f"{FOLDER} names {named}, which is no folder; import something into it")
    return Path(named).resolve() if named else None


def sets(where: Path | None = None) -> dict[str, dict]:
    """Give what the sets of a data folder say of themselves, by name.

    Parameters
    ----------
    where
        The data folder, that of the environment unless given.

    Returns
    -------
    dict
        Name of the set to its `import.json`; empty without a folder.
    """
    where = where or folder()
    found = sorted(where.glob("[!.]*/import.json")) if where else []
    return {path.parent.name: _about(path) for path in found}


def _about(path: Path) -> dict:
    """Read what a set says of itself."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}; import the set again") from None
    if not isinstance(about, dict):
        raise ValueError(f"{path} does not describe an import; import the set again")
    return about


def imported_releases(where: Path | None = None) -> list[str]:
    """List the releases of the SIPRI database whose deals a data folder holds, oldest first.

    A set of TIV tables alone holds no deals, so its release cannot be asked for.
    """
    where = where or folder()
    return sorted(
        about["release"]
        for name, about in sets(where).items()
        if about.get("kind") == "sipri" and (where / name / "arms_deals.csv").is_file()
    )


def releases(where: Path | None = None) -> list[str]:
    """List the releases of the SIPRI database whose deals are at hand, oldest first.

    Examples
    --------
    >>> releases()
    ['2025-03', '2026-03']
    """
    return sorted(_own_releases() | set(imported_releases(where)))


@cache
def _own_releases() -> frozenset[str]:
    """Give the releases of the package's own deals."""
    return frozenset(row["release"] for row in _rows(CLEAN / "arms_deals.csv"))


@cache
def countries(where: Path | None = None) -> dict[str, str]:
    """Give the names of all countries, historic states and groups by code.

    Parameters
    ----------
    where
        A data folder, whose own countries are among them; the package's own without one.

    Examples
    --------
    >>> countries()["CHN"]
    'China'
    """
    imported = [where / name / "countries.csv" for name in sets(where)] if where else []
    own = [CLEAN / "countries.csv", *(path for path in imported if path.is_file())]
    return {row.get("iso3"): row.get("name") for path in own for row in _rows(path)}


def _rows(path: Path) -> list[dict[str, str]]:
    """Read the rows of a table as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
