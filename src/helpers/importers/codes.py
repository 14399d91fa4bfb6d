"""The countries behind the names and numbers that other sources use."""

from functools import cache
from pathlib import Path

import pandas as pd

from helpers import tables
from helpers.importers import reading

HINTS = {
    "sipri": "a name of SIPRI's parties",
    "m49": "a number of M49, UN Comtrade or BACI",
    "gacc": "a number of the Chinese customs",
}


def known(scheme: str) -> dict[str, str]:
    """Give the codes of a scheme and the countries that they mean.

    Parameters
    ----------
    scheme
        sipri (names), m49 (UN Comtrade and BACI) or gacc (Chinese customs).

    Returns
    -------
    dict of str to str
        Code to country, as in the tables `country_codes` and `countries`.

    Raises
    ------
    ValueError
        If there is no such scheme.

    Examples
    --------
    >>> known("gacc")["344"], known("m49")["344"], known("sipri")["Soviet Union"]
    ('RUS', 'HKG', 'SUN')
    """
    if scheme not in HINTS:
        raise ValueError(f"{scheme!r} is no scheme of codes; there are {', '.join(HINTS)}")
    return dict(_pairs(scheme))


@cache
def _pairs(scheme: str) -> tuple[tuple[str, str], ...]:
    """Read the codes of a scheme once; tuples, so that no caller can change them for another."""
    codes = tables.read("country_codes")
    own = codes[codes["scheme"] == scheme]
    return tuple(zip(own["code"], own["iso3"], strict=True))


def to_iso3(cells: pd.Series, scheme: str, path: Path) -> pd.Series:
    """Turn the names or numbers of a source into codes of countries.

    Parameters
    ----------
    cells
        Text, indexed by line; its name is the column. Blanks around it and leading zeros of
        numbers do not matter.
    scheme
        As for `known`.
    path
        The file, for complaints.

    Raises
    ------
    ValueError
        Naming every cell that is no code of the scheme, with its line and column.

    Examples
    --------
    >>> to_iso3(pd.Series(["004", "643 "], name="j"), "m49", Path("baci.csv")).tolist()
    ['AFG', 'RUS']
    """
    tidy = cells.str.strip()
    if scheme != "sipri":
        # Not str.lstrip: the world is 0.
        tidy = tidy.str.replace(r"^0+(?=\d)", "", regex=True)
    found = tidy.map(known(scheme))
    expected = f"{HINTS[scheme]} that data/clean/country_codes.csv lists"
    reading.refuse(
        [
            reading.problem(path, line, str(cells.name), cell, expected)
            for line, cell in cells[found.isna()].items()
        ]
    )
    return found.astype("str")
