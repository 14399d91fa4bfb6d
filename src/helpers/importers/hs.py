"""Codes of the Harmonised System in another revision: only what has been looked up is answered.

This rests on the reviewed table `hs_codes`: the fifty codes of the Common High Priority List (HS
2022) with the codes that hold the same goods in HS 2017. Six have another number there, and two
HS 2017 codes hold much more than the listed goods. A code of the same number can hold other
goods in another revision, so a code that is not in the table is never passed on as it is: the
answer is missing and says why. Missing is not zero: goods without a code of their own were
traded, but cannot be told from others.
"""

import pandas as pd

from helpers import tables

REVISIONS = ("HS2017", "HS2022")
COLUMNS = ["code", "target_code", "is_exact", "note"]
DRONES = "8806"
NO_FORERUNNER = (
    "No code before HS 2022: unmanned aircraft lay within 8802 and 8525, beside other goods. "
    "Figures before 2022 are missing, not zero."
)
SAME = "The same goods."
WIDER = "The HS 2017 code holds other goods too."
PARTLY = "Part of the HS 2017 code only; its other goods have other codes in HS 2022."
NOT_HELD = "Not among the codes that have been looked up; the same number may mean other goods."


def translate(codes: list[str], source: str, target: str) -> pd.DataFrame:
    """Give the codes that hold the same goods in another revision.

    Parameters
    ----------
    codes
        Codes of six digits, or TOTAL.
    source, target
        HS2017 or HS2022.

    Returns
    -------
    pandas.DataFrame
        code, target_code (missing where there is none or none is known), is_exact (the same goods
        and no others), note. A code that became several has a row for each.

    Raises
    ------
    ValueError
        If a revision is not covered.

    Examples
    --------
    >>> translate(["854231", "854151", "880622"], "HS2022", "HS2017")["target_code"].tolist()
    ['854231', '854150', nan]
    """
    _covered([source, target])
    pairs = _pairs()
    if source == "HS2017":
        pairs = pairs.rename(columns={"HS2017": "code", "HS2022": "target_code"})
        pairs = pairs.assign(note=pairs["is_exact"].map({True: SAME, False: PARTLY}))
    else:
        pairs = pairs.rename(columns={"HS2022": "code", "HS2017": "target_code"})
        pairs = pairs.assign(note=pairs["is_exact"].map({True: SAME, False: WIDER}))
    rows = [row for code in codes for row in _answers(code, pairs, source, target)]
    found = pd.DataFrame(rows, columns=COLUMNS)
    types = {"code": "str", "target_code": "str", "is_exact": "boolean", "note": "str"}
    return found.astype(types)


def _pairs() -> pd.DataFrame:
    """Pair the codes of the list with their HS 2017 codes; exact if these hold no other goods."""
    listed = tables.load("hs_codes")
    exact = listed["is_exact_hs2017"]
    return pd.DataFrame({"HS2022": listed["hs6"], "HS2017": listed["hs2017"], "is_exact": exact})


def _answers(code: str, pairs: pd.DataFrame, source: str, target: str) -> list[tuple]:
    """Give the rows of the answer for one code."""
    if source == target or code == "TOTAL":
        return [(code, code, True, SAME)]
    found = pairs[pairs["code"] == code]
    if len(found):
        return list(found[COLUMNS].itertuples(index=False, name=None))
    if code.startswith(DRONES):
        note = NO_FORERUNNER if source == "HS2022" else "There is no 8806 in HS 2017."
        return [(code, None, False, note)]
    return [(code, None, pd.NA, NOT_HELD)]


def listed(hs_revision: str) -> pd.DataFrame:
    """Give the high-priority list in the codes of a revision.

    Parameters
    ----------
    hs_revision
        HS2017 or HS2022.

    Returns
    -------
    pandas.DataFrame
        hs6 (the code on the list, HS 2022), code (in the revision), is_exact (the same goods and
        no others), note.

    Raises
    ------
    ValueError
        If the revision is not covered.

    Examples
    --------
    >>> found = listed("HS2017")
    >>> len(found), (found["hs6"] != found["code"]).sum(), found["code"].nunique()
    (50, np.int64(6), 49)
    """
    own = tables.load("hs_codes")["hs6"].tolist()
    found = translate(own, "HS2022", hs_revision)
    return found.rename(columns={"code": "hs6", "target_code": "code"})


def _covered(revisions: list[str]) -> None:
    """Complain of a revision for which no codes have been looked up."""
    other = [revision for revision in revisions if revision not in REVISIONS]
    if other:
        raise ValueError(
            f"codes of {', '.join(other)} have not been looked up, only those of "
            f"{' and '.join(REVISIONS)}; the same number may mean other goods in another revision"
        )
