"""Series over years: bars, stacked bars, lines with their names at the end."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.figures import style


def whole_years(ax: Axes) -> None:
    """Keep the ticks of an axis of years on whole years, without thousands separators."""
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")


def bars(
    ax: Axes, x: pd.Series, heights: pd.Series, colour: str = "", label_top: bool = False
) -> None:
    """Draw one bar a year, from zero; a missing year leaves a gap.

    Parameters
    ----------
    x
        Years.
    heights
        One height a year; missing values draw nothing.
    colour
        Hex colour; the first of the palette if not given.
    label_top
        Write each height above its bar.
    """
    years, tall = np.asarray(x, dtype=float), np.asarray(heights, dtype=float)
    ax.bar(years, tall, width=0.8, color=colour or style.PALETTE[0])
    whole_years(ax)
    ax.set_xlim(years.min() - 0.6, years.max() + 0.6)
    if label_top:
        for year, height in zip(years, tall, strict=True):
            if height > 0:
                style.direct_label(ax, year, height, f"{height:g}", offset=(0, 2), ha="center",
                                   va="bottom", fontsize=7.5)  # fmt: skip


def stacked_bars(ax: Axes, frame: pd.DataFrame, colours: list[str] | None = None) -> None:
    """Stack the columns of a frame indexed by year, and name them in a row above the panel.

    Direct labels beside thin slices would overlap; the names stand above, in the order of the
    stack and in its colours.
    """
    colours = colours or style.PALETTE[: len(frame.columns)]
    base = np.zeros(len(frame))
    for column, colour in zip(frame.columns, colours, strict=True):
        tall = frame[column].fillna(0).to_numpy(dtype=float)
        ax.bar(frame.index.to_numpy(dtype=float), tall, bottom=base, width=0.8, color=colour,
               label=column, edgecolor="white", linewidth=0.4)  # fmt: skip
        base += tall
    whole_years(ax)
    ax.set_xlim(frame.index.min() - 0.6, frame.index.max() + 0.6)
    names_above(ax)


def names_above(ax: Axes, columns: int = 4) -> None:
    """Name what is drawn in rows above the panel, instead of a legend over the marks."""
    ax.legend(
        loc="lower left", bbox_to_anchor=(-0.01, 1.04), ncols=columns, frameon=False,
        fontsize=8, handlelength=1.0, columnspacing=1.2, borderaxespad=0,
    )  # fmt: skip


def lines(ax: Axes, frame: pd.DataFrame, colours: list[str] | None = None) -> None:
    """Draw the columns of a frame as lines, each named at its end; gaps stay gaps."""
    colours = colours or style.PALETTE[: len(frame.columns)]
    at = frame.index.to_numpy() if frame.index.dtype.kind == "M" else frame.index.astype(float)
    ends = {}
    for column, colour in zip(frame.columns, colours, strict=True):
        tall = frame[column].astype("float64").to_numpy()
        ax.plot(at, tall, color=colour, linewidth=1.9, marker="o", markersize=2.6)
        known = np.flatnonzero(~np.isnan(tall))
        if len(known):
            ends[column] = (at[known[-1]], tall[known[-1]], colour)
    if frame.index.dtype.kind != "M":
        whole_years(ax)
        ax.set_xlim(at.min() - 0.5, at.max() + 0.5)
    _name_ends(ax, ends)


def _name_ends(ax: Axes, ends: dict[str, tuple]) -> None:
    """Write the names at the ends of lines, pushed apart where they would touch."""
    ax.autoscale_view()
    low, high = ax.get_ylim()
    panel = ax.figure.get_figheight() * ax.get_position().height * 72
    line = 11 / panel
    placed: list[float] = []
    ordered = sorted(ends.items(), key=lambda item: item[1][1])
    sizes = [name.count("\n") + 1 for name, _ in ordered]
    for number, (_, (_, tall, _)) in enumerate(ordered):
        spot = (tall - low) / (high - low)
        gap = line * (sizes[number] + sizes[number - 1]) / 2
        placed.append(max(spot, placed[-1] + gap) if placed else spot)
    over = max(0.0, placed[-1] - 1.0) if placed else 0.0
    for (name, (_, _, colour)), spot in zip(ordered, placed, strict=True):
        ax.annotate(
            name, (1.0, spot - over), xycoords="axes fraction", xytext=(5, 0),
            textcoords="offset points", color=colour, fontsize=8.5, va="center",
            annotation_clip=False,
        )  # fmt: skip
