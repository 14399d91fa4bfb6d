"""Dots by row and year (which years had one, which were missed), and bars with their names."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.figures import series, style


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
    numbers = counts.to_numpy(dtype=float)
    rows, columns = np.nonzero(numbers > 0)
    many = numbers[rows, columns]
    colour = colour or style.PALETTE[0]
    style.dots(ax, years[columns], rows, np.minimum(40 + 30 * many, 190), colour)
    for row, column, number in zip(rows, columns, many, strict=True):
        if number > 1:
            ax.text(
                years[column], row, f"{number:.0f}", color=style.ink_on(colour),
                fontsize=style.SMALL, fontweight="bold", ha="center", va="center",
                zorder=4,
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
    series.whole_years(ax)


def named_bars(ax: Axes, counts: pd.Series, colour: str = "") -> None:
    """Draw one bar per row with its name and number above it, for narrow panels.

    Parameters
    ----------
    counts
        Whole numbers by name; the first comes to the top.
    colour
        Hex colour; the first of the palette if not given.
    """
    rows = np.arange(len(counts))
    ax.barh(rows, counts.to_numpy(), color=colour or style.PALETTE[0], height=0.3)
    style.mark_zero(ax, vertical=True)
    for row, (name, number) in zip(rows, counts.items(), strict=True):
        style.direct_label(ax, 0, row - 0.38, f"{name}: {number}", fontsize=style.SMALL)
    top = counts.max() if len(counts) else 1
    ax.set(ylim=(max(5.4, len(counts) - 0.6), -0.8), yticks=[], xticks=[], xlim=(0, top * 1.3))
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
