"""Series over years: bars, stacked bars, lines with their names at the end."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.figures import style

MARKS = "os^DvPX*"
CROWD = 60  # of more points than these the marks would hide the line


def whole_years(ax: Axes) -> None:
    """Keep the ticks of an axis of years on whole years, without thousands separators."""
    room = int(style.panel_width(ax) // 36)  # points that a year and the gap after it need
    ax.xaxis.set_major_locator(
        MaxNLocator(integer=True, nbins=min(max(room, 2), 9), steps=[1, 2, 4, 5, 8, 10])
    )
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")


def bars(
    ax: Axes, x: pd.Series, heights: pd.Series, colour: str = "", label_top: bool = False
) -> None:
    """Draw one bar a year, from zero; a missing year is hatched.

    Parameters
    ----------
    x
        Years.
    heights
        One height a year; where it is missing, and where a year between others is left out,
        there is no bar but the sign for missing data.
    colour
        Hex colour; the first of the palette if not given.
    label_top
        Write each height above its bar.
    """
    years, tall = np.asarray(x, dtype=float), np.asarray(heights, dtype=float)
    ax.bar(years, tall, width=0.8, color=colour or style.PALETTE[0])
    style.mark_zero(ax)
    whole_years(ax)
    ax.set_xlim(years.min() - 0.6, years.max() + 0.6)
    style.mark_missing(ax, unknown(years, tall))
    if label_top:
        digits = 0 if np.array_equal(tall.round(), tall, equal_nan=True) else 1
        for year, height in zip(years, tall, strict=True):
            if height > 0:
                style.direct_label(ax, year, height, f"{height:,.{digits}f}", offset=(0, 2),
                                   ha="center", va="bottom", fontsize=style.SMALL)  # fmt: skip
        ax.set_ylim(top=1.1 * max(np.nanmax(tall, initial=0), 1e-9))


def unknown(years: np.ndarray, heights: np.ndarray) -> list[float]:
    """List the years from first to last that have no number.

    Examples
    --------
    >>> unknown(np.array([2001.0, 2002.0, 2004.0]), np.array([1.0, np.nan, 0.0]))
    [2002.0, 2003.0]
    """
    known = set(years[~np.isnan(heights)])
    return [year for year in np.arange(years.min(), years.max() + 1).tolist() if year not in known]


def stacked_bars(ax: Axes, frame: pd.DataFrame, colours: list[str] | None = None) -> None:
    """Stack the columns of a frame indexed by year, and name them in a row above the panel.

    Direct labels beside thin slices would overlap; the names stand above, in the order of the
    stack and in its colours. Parts of like lightness are hatched, for grey print.
    """
    colours = colours or style.PALETTE[: len(frame.columns)]
    years, base = frame.index.to_numpy(dtype=float), np.zeros(len(frame))
    for column, colour, hatch in zip(frame.columns, colours, style.hatches(colours), strict=True):
        tall = frame[column].fillna(0).to_numpy(dtype=float)
        ax.bar(years, tall, bottom=base, width=0.8, color=colour, label=column, hatch=hatch,
               edgecolor=style.COLOURS["paper"], linewidth=0.6)  # fmt: skip
        base += tall
    style.mark_zero(ax)
    whole_years(ax)
    ax.set_xlim(years.min() - 0.6, years.max() + 0.6)
    style.mark_missing(ax, unknown(years, frame.sum(axis=1, min_count=1).to_numpy(dtype=float)))
    names_above(ax)


def names_above(ax: Axes, columns: int = 4) -> None:
    """Name what is drawn in rows above the panel, in the order in which it was drawn."""
    handles, _ = ax.get_legend_handles_labels()
    style.name_marks(ax, handles, columns, lift=14)


def lines(ax: Axes, frame: pd.DataFrame, colours: list[str] | None = None) -> None:
    """Draw the columns of a frame as lines, each named at its end; gaps stay gaps.

    The names stand at the right of the panel; a line that ends earlier is named with its last
    year. Their marks differ too, for those who cannot go by colour, unless there are too many.
    """
    colours = colours or style.PALETTE[: len(frame.columns)]
    at = frame.index.to_numpy() if frame.index.dtype.kind == "M" else frame.index.astype(float)
    ends = {}
    for column, colour, mark in zip(frame.columns, colours, cycle(MARKS), strict=False):
        tall = frame[column].astype("float64").to_numpy()
        size = 3.4 if len(tall) <= CROWD else 0.0
        ax.plot(at, tall, color=colour, linewidth=1.9, marker=mark, markersize=size)
        known = np.flatnonzero(~np.isnan(tall))
        if len(known):
            last = frame.index[known[-1]]
            is_whole = known[-1] == len(tall) - 1
            name = column if is_whole else f"{column}, to {getattr(last, 'year', last)}"
            ends[name] = (tall[known[-1]], colour)
    if frame.index.dtype.kind != "M":
        whole_years(ax)
        ax.set_xlim(at.min() - 0.5, at.max() + 0.5)
    name_ends(ax, ends)


def name_ends(ax: Axes, ends: dict[str, tuple[float, str]]) -> None:
    """Write the names at the ends of lines, pushed apart where they would touch.

    Parameters
    ----------
    ends
        By name the height and the colour of each line.
    """
    ax.autoscale_view()
    low, high = ax.get_ylim()
    panel = ax.figure.get_figheight() * ax.get_position().height * 72
    line = 11 / panel
    placed: list[float] = []
    ordered = sorted(ends.items(), key=lambda item: item[1][0])
    sizes = [name.count("\n") + 1 for name, _ in ordered]
    for number, (_, (tall, _)) in enumerate(ordered):
        spot = (tall - low) / (high - low)
        gap = line * (sizes[number] + sizes[number - 1]) / 2
        placed.append(max(spot, placed[-1] + gap) if placed else spot)
    over = max(0.0, placed[-1] - 1.0) if placed else 0.0
    for (name, (_, colour)), spot in zip(ordered, placed, strict=True):
        ax.annotate(
            name, (1.0, spot - over), xycoords="axes fraction", xytext=(5, 0),
            textcoords="offset points", color=style.text_tone(colour), fontsize=8.5, va="center",
            annotation_clip=False,
        )  # fmt: skip
