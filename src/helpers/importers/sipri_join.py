"""Finding the same deal in two forms or releases of SIPRI's register.

Only the register by delivery has SIPRI's number of a deal. Names of weapons differ between the
forms and change between releases, so they are never compared: supplier, recipient, order year,
delivery years, numbers and TIV are. A match is made only where it is one to one.
"""

from collections.abc import Sequence

import pandas as pd

PARTIES = ["supplier", "recipient", "order_year"]
# From everything to the years alone; what fits one to one at a stricter step is settled there.
STEPS = (
    ["years", "units", "tiv", "unit_tiv", "condition"],
    ["years", "units", "tiv"],
    ["years", "units"],
    ["years", "unit_tiv", "condition"],
    ["years"],
)
# What a deal takes over from its match; where several deals look alike, these must be alike too.
TAKEN = ["category", "is_licensed", "unit_tiv_new_mn"]


def facts(deals: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Give what can be compared of deals: their years within a span, numbers, TIV.

    Parameters
    ----------
    deals
        One row a deal, in the columns of arms_deals.
    first, last
        The span of years that both sides cover. Numbers and TIV of a deal with deliveries
        outside it cannot be compared and are left empty.

    Returns
    -------
    pandas.DataFrame
        One row a deal with a delivery within the span, on the index of `deals`.
    """
    years = deals["delivery_years"].fillna("").str.split(";").explode()
    years = years[years != ""]
    inside = years[years.astype("int64").between(first, last)]
    listed = inside.groupby(level=0).agg(";".join)
    found = deals.loc[listed.index]
    is_whole = listed == found["delivery_years"]
    return found[PARTIES].assign(
        years=listed,
        units=found["delivered_units"].astype("float64").where(is_whole),
        tiv=found["tiv_mn"].astype("float64").round(2).where(is_whole),
        unit_tiv=found["unit_tiv_mn"].astype("float64").round(2),
        condition=found["condition"],
    )


def pair(left: pd.DataFrame, right: pd.DataFrame, steps: Sequence[list[str]] = STEPS) -> pd.Series:
    """Match the rows of two frames of `facts` one to one, step by step.

    Parameters
    ----------
    left, right
        Frames as `facts` gives; `right` also has the columns `TAKEN`. Both in an order that does
        not depend on the file, because deals that are alike in everything are paired in order.
    steps
        What must be equal beside the parties and the order year, the strictest first.

    Returns
    -------
    pandas.Series
        Index of `left` to index of `right`, for the rows that have a match.
    """
    found = pd.Series(dtype="object")
    for step in steps:
        matched = _step(left.drop(found.index), right.drop(found.to_numpy()), [*PARTIES, *step])
        found = pd.concat([found, matched])
    return found


def _step(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Match rows with the same keys: one to one, or n to n that would all take over the same."""
    sides = []
    for side in (left, right):
        side = side.dropna(subset=keys)
        groups = side.groupby(keys)
        sides.append(
            side.assign(turn=groups.cumcount(), n=groups["years"].transform("size"), row=side.index)
        )
    mine, theirs = sides
    if mine.empty or theirs.empty:
        return pd.Series(dtype="object")
    # One number a combination of what is taken over, missing values included.
    taken = theirs.groupby(TAKEN, dropna=False).ngroup()
    kinds = taken.groupby([theirs[key] for key in keys]).transform("nunique")
    both = mine.merge(theirs[kinds == 1], on=[*keys, "turn", "n"])
    return pd.Series(both["row_y"].to_numpy(), index=both["row_x"], dtype="object")


def alike(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Tell which rows of `left` have the same keys as some row of `right`."""
    theirs = pd.MultiIndex.from_frame(right[keys])
    return pd.Series(pd.MultiIndex.from_frame(left[keys]).isin(theirs), index=left.index)
