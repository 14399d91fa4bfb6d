"""One row per thing: stacked shares, and dots over years sized by a count."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from helpers.figures import series, style


def stacked_rows(
    ax: Axes, frame: pd.DataFrame, colours: list[str] | None = None, digits: int = 0
) -> None:
    """Stack the columns of a frame along each row, first row at the top.

    Parts of like lightness are hatched, for grey print. A row without any number shows a dash.

    Parameters
    ----------
    frame
        Rows × parts, in one unit; missing parts draw nothing.
    colours
        One colour a part; the palette unless given.
    digits
        Decimals of the number written into each part that is wide enough for it.
    """
    colours = colours or style.PALETTE[: len(frame.columns)]
    at = np.arange(len(frame))[::-1]
    base = np.zeros(len(frame))
    whole = frame.sum(axis=1).max()
    for column, colour, hatch in zip(frame.columns, colours, style.hatches(colours), strict=True):
        long = frame[column].fillna(0).to_numpy(dtype=float)
        ax.barh(at, long, left=base, height=0.72, color=colour, label=column, hatch=hatch,
                edgecolor=style.COLOURS["paper"], linewidth=0.8)  # fmt: skip
        for row, start, width in zip(at, base, long, strict=True):
            if width > 0.05 * whole:
                style.label_part(ax, start + width / 2, row, f"{width:.{digits}f}", colour, hatch)
        base += long
    for row in at[frame.isna().all(axis=1).to_numpy()]:
        style.direct_label(ax, 0, row, "–")
    style.mark_zero(ax, vertical=True)
    _rows_axis(ax, frame.index, at)
    ax.set_xlim(0, whole * 1.02 or 1)
    longest = max((len(str(name)) for name in frame.columns), default=0)
    series.names_above(ax, columns=3 if longest > 18 else 4)


def bars(ax: Axes, lengths: pd.Series, colour: str = "", log: bool = False) -> None:
    """Draw one bar a row with its length in figures behind it, first row at the top."""
    at = np.arange(len(lengths))[::-1]
    long = lengths.to_numpy(dtype=float)
    ax.barh(at, np.nan_to_num(long), height=0.72, color=colour or style.PALETTE[0], log=log)
    for row, length in zip(at, long, strict=True):
        text, start = ("–", 0) if np.isnan(length) else (f"{length:,.0f}", length)
        style.direct_label(ax, max(start, 0.8 if log else 0), row, text, fontsize=style.SMALL)
    _rows_axis(ax, lengths.index, at)
    if not log:
        style.mark_zero(ax, vertical=True)
    else:
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
        ax.xaxis.set_minor_locator(NullLocator())


def dots(ax: Axes, counts: pd.DataFrame, colour: str = "") -> None:
    """Draw a dot for each row and year, its area growing with the count; nothing for zero."""
    at = np.arange(len(counts))[::-1]
    tall, years = counts.to_numpy(dtype=float), counts.columns.to_numpy(dtype=float)
    row, column = np.nonzero(tall)
    area = 6 + 90 * np.sqrt(tall[row, column] / (tall.max() or 1))
    style.dots(ax, years[column], at[row], area, colour or style.PALETTE[0])
    _rows_axis(ax, counts.index, at)
    ax.set_xlim(years.min() - 0.7, years.max() + 0.7)
    series.whole_years(ax)


def _rows_axis(ax: Axes, names: pd.Index, at: np.ndarray) -> None:
    """Name the rows and keep the panel tight."""
    ax.set_yticks(at, [str(name).replace("_", " ") for name in names], color=style.COLOURS["ink"])
    ax.set_ylim(-0.6, len(at) - 0.4)
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
