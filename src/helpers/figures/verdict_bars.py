"""Bars of claims by verdict."""

import pandas as pd

from helpers import prose
from helpers.claims import VERDICTS
from helpers.figures import rows, style

SOURCE = "the ledger of claims, measured against the tables of this package"


def show_verdict_bars(table: pd.DataFrame, title: str, subtitle: str) -> None:
    """Show a framed figure of verdicts stacked along each row.

    Parameters
    ----------
    table
        Counts: rows × verdicts in words, as `scorecard.counts` gives them.
    title, subtitle
        What it finds, and what is counted.
    """
    colours = dict(zip(VERDICTS.values(), style.VERDICT_COLOURS.values(), strict=True))
    kept = table.loc[:, table.sum() > 0]
    fig, ax = style.canvas(0.9 + 0.27 * len(kept))
    rows.stacked_rows(ax, kept, [colours[verdict] for verdict in kept])
    style.show(
        fig, title, subtitle, SOURCE, f"{subtitle}. {in_words(kept)}.",
        kept.rename_axis("Claims"),
    )  # fmt: skip


def in_words(table: pd.DataFrame) -> str:
    """Write a table of counts in words, row by row, leaving out zeros.

    Examples
    --------
    >>> in_words(pd.DataFrame({"holds": [2], "fails": [1]}, index=["CEPA"]))
    'CEPA: 2 holds, 1 fails'
    """
    told = []
    for name, counts in table.iterrows():
        parts = [f"{prose.number(n)} {verdict}" for verdict, n in counts.items() if n]
        told.append(f"{name}: {', '.join(parts) or 'none'}")
    return "; ".join(told)
