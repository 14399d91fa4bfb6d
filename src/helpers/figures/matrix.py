"""A matrix of dots, rows by years: which years had one, which were missed."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.figures import style


def dots(
    ax: Axes, counts: pd.DataFrame, gaps: pd.DataFrame | None = None, colour: str = ""
) -> None:
    """Draw a dot for every year in which a row has something, with its number when above one.

    Parameters
    ----------
    counts
        Whole numbers, a row per thing, a column per year; the first row comes to the top.
    gaps
        The same shape, true for years to mark as missed with a cross.
    colour
        Hex colour; the first of the palette if not given.
    """
    years = counts.columns.to_numpy(dtype=float)
    rows, columns = np.nonzero(counts.to_numpy() > 0)
    many = counts.to_numpy()[rows, columns]
    ax.scatter(
        years[columns], rows, s=np.where(many > 1, 95, 52), color=colour or style.PALETTE[0],
        zorder=3,
    )  # fmt: skip
    for row, column, number in zip(rows, columns, many, strict=True):
        if number > 1:
            ax.text(
                years[column], row, f"{number:.0f}", color="white", fontsize=7,
                fontweight="bold", ha="center", va="center", zorder=4,
            )  # fmt: skip
    if gaps is not None:
        missed_rows, missed = np.nonzero(gaps.to_numpy())
        ax.scatter(
            years[missed], missed_rows, marker="x", s=16, linewidths=1.0,
            color=style.COLOURS["muted"], zorder=2,
        )  # fmt: skip
    _frame(ax, counts)


def _frame(ax: Axes, counts: pd.DataFrame) -> None:
    """Name the rows and lay out the years."""
    ax.set_yticks(range(len(counts)), counts.index, color=style.COLOURS["ink"])
    ax.set_ylim(len(counts) - 0.4, -0.6)
    years = counts.columns.to_numpy(dtype=float)
    ax.set_xlim(years.min() - 0.6, years.max() + 0.6)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
