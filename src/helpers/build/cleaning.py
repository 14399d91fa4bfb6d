"""Cleaning steps that several tables share; frames of text, "" where missing."""

import pandas as pd


def as_is(raw: pd.DataFrame) -> pd.DataFrame:
    """Take a raw table that already has the columns of the clean one."""
    return raw


def yes_no(cells: pd.Series) -> pd.Series:
    """Turn yes and no into true and false; empty stays empty.

    Raises
    ------
    ValueError
        If a cell is anything else.

    Examples
    --------
    >>> yes_no(pd.Series(["yes", "no", ""])).tolist()
    ['true', 'false', '']
    """
    words = {"yes": "true", "no": "false", "": ""}
    odd = sorted(set(cells) - set(words))
    if odd:
        raise ValueError(f"{cells.name}: neither yes nor no: {', '.join(odd)}")
    return cells.map(words)


def true_false(flags: pd.Series) -> pd.Series:
    """Write booleans as the text true and false; missing becomes empty.

    Examples
    --------
    >>> true_false(pd.Series([True, None])).tolist()
    ['true', '']
    """
    return flags.astype("boolean").map({True: "true", False: "false"}).astype("object").fillna("")
