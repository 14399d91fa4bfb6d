"""Flows of goods: bars on both sides of a break in the data, published shares, ranks of values."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from helpers import trade
from helpers.figures import series, style

STATES = {"CHN": style.COLOURS["china"], "RUS": style.COLOURS["russia"]}


def pair_colours(exporter: str, importer: str) -> tuple[str, str]:
    """Give the colours of two states: China and Russia have their own, others share two.

    Examples
    --------
    >>> pair_colours("CHN", "KAZ") == (style.COLOURS["china"], style.PALETTE[5])
    True
    """
    return STATES.get(exporter, style.PALETTE[6]), STATES.get(importer, style.PALETTE[5])


def dataset_colours(pair: trade.Pair) -> dict[str, str]:
    """Give each dataset its colour, under the name that it has for a pair."""
    seller, _ = pair_colours(pair.exporter, pair.importer)
    other = (style.COLOURS[name] for name in ("both", "warn", "russia", "accent"))
    baci, gacc, fcs, imf = other
    names = trade.dataset_names(pair)
    return dict(zip(names.values(), [seller, baci, style.PALETTE[5], gacc, fcs, imf], strict=True))


def mark_break(ax: Axes, year: int, text: str = "") -> None:
    """Mark that a yearly series means something else from a year on.

    Nothing is drawn where the axis does not reach across the break.
    """
    at = year - 0.5
    left, right = ax.get_xlim()
    if not left < at < right:
        return
    ax.axvline(at, color=style.COLOURS["ink"], linewidth=1.1, linestyle=(0, (1, 1.5)), zorder=0.8)
    if text:
        ax.annotate(
            text, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(-3, 1),
            textcoords="offset points", fontsize=style.SMALL, color=style.COLOURS["ink"],
            ha="right", va="bottom",
        )  # fmt: skip


def split_bars(
    ax: Axes,
    heights: pd.Series,
    year: int,
    digits: int = 0,
    label_top: bool = True,
    lift: float = 2,
) -> None:
    """Draw one bar a year, pale before a break and full from it on.

    Parameters
    ----------
    heights
        Indexed by year; missing years are hatched, zero is written as 0.
    year
        First year after the break.
    digits
        Decimals of the figures above the bars.
    label_top
        Write each height above its bar.
    lift
        Points between a bar and its figure, more where marks stand on the bars.
    """
    years = heights.index.to_numpy(dtype=float)
    tall = heights.to_numpy(dtype=float)
    before = years < year
    ax.bar(years[before], tall[before], width=0.8, color=style.COLOURS["paper"],
           edgecolor=style.COLOURS["china"], linewidth=1.2, hatch="////")  # fmt: skip
    ax.bar(years[~before], tall[~before], width=0.8, color=style.COLOURS["china"],
           edgecolor=style.COLOURS["china"], linewidth=1.2)  # fmt: skip
    style.mark_zero(ax)
    series.whole_years(ax)
    ax.set_xlim(years.min() - 0.6, years.max() + 0.6)
    style.mark_missing(ax, series.unknown(years, tall))
    ax.set_ylim(0, max(np.nanmax(tall, initial=0) * 1.18, 1e-9))
    if label_top:
        for at, height in zip(years, tall, strict=True):
            if not np.isnan(height):
                style.direct_label(ax, at, height, f"{height:,.{digits}f}", offset=(0, lift),
                                   ha="center", va="bottom", fontsize=style.SMALL)  # fmt: skip
    mark_break(ax, year)


def published_marks(ax: Axes, amounts: pd.Series, name: str) -> None:
    """Set published figures as diamonds on a chart by year, with their amounts in boxes.

    Parameters
    ----------
    amounts
        Indexed by year; several figures of one year may follow each other.
    name
        What the diamonds are, for the key above the panel.
    """
    ax.scatter(
        amounts.index.astype(float), amounts, marker="D", s=52, zorder=4, label=name,
        color=style.COLOURS["russia"], edgecolors=style.COLOURS["paper"], clip_on=False,
    )  # fmt: skip
    for year, amount in amounts[~amounts.index.duplicated()].items():
        box = {"facecolor": style.COLOURS["paper"], "edgecolor": "none", "pad": 1.2}
        style.direct_label(ax, year, amount, f"{amount:,.0f}", style.COLOURS["russia"],
                           offset=(9, 1), va="bottom", fontsize=style.SMALL, bbox=box,
                           zorder=5)  # fmt: skip
    series.names_above(ax)


def few_years(ax: Axes, years: pd.Index) -> None:
    """Keep only the first, middle and last year on the axis of a small panel."""
    ordered = sorted(int(year) for year in years)
    ax.set_xticks(sorted({ordered[0], ordered[len(ordered) // 2], ordered[-1]}))


def share_dots(
    ax: Axes, labels: list[str], shares: list[float], is_marked: list[bool], marked_name: str = ""
) -> None:
    """Draw published shares from 0 to 100 per cent, first row at the top.

    Parameters
    ----------
    labels
        What each share is, in words; above its line, so that a phone shows something of both.
    shares
        Per cent.
    is_marked
        Which rows to set off by colour and shape; `marked_name` says in the key what they are.
    """
    rows = _rows(ax, labels)
    for row, share, marked in zip(rows, shares, is_marked, strict=True):
        colour = style.COLOURS["china"] if marked else style.COLOURS["russia"]
        ax.hlines(row, 0, share, color=style.COLOURS["grid"], linewidth=2.5, zorder=1)
        ax.scatter([share], [row], s=48, marker="D" if marked else "o", color=colour, zorder=3)
        style.direct_label(ax, share, row, f"{share:g}", colour, offset=(7, 0))
    ax.set_xlim(0, 104)
    if marked_name and any(is_marked) and not all(is_marked):
        _key(ax, marked_name, "others")


def rank_dots(
    ax: Axes, labels: list[str], amounts: list[float], is_marked: list[bool], marked_name: str
) -> None:
    """Draw amounts on a logarithmic axis, first row at the top, some set off from the rest.

    Their names stand above them.
    """
    rows = _rows(ax, labels)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1,)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(min(amounts) / 1.6, max(amounts) * 2.4)
    for row, amount, marked in zip(rows, amounts, is_marked, strict=True):
        colour = style.COLOURS["china"] if marked else style.COLOURS["russia"]
        start = ax.get_xlim()[0]  # a thin line leads to the mark; its length means nothing
        ax.hlines(row, start, amount, color=style.COLOURS["grid"], linewidth=0.8, zorder=1)
        ax.scatter([amount], [row], s=48, marker="D" if marked else "o", color=colour, zorder=3)
        text = f"{amount:,.1f}" if amount >= 1 else f"{amount:.2g}"
        style.direct_label(ax, amount, row, text, colour, offset=(7, 0))
    _key(ax, marked_name, "others")


def _rows(ax: Axes, labels: list[str]) -> np.ndarray:
    """Give each label a row, the first at the top, and write it above what will be drawn there."""
    rows = np.arange(len(labels))[::-1]
    for row, label in zip(rows, labels, strict=True):
        ax.annotate(label, (0, row + 0.42), xycoords=("axes fraction", "data"), xytext=(2, 0),
                    textcoords="offset points", va="center", fontsize=style.SMALL)  # fmt: skip
    ax.set_yticks([])
    ax.set_ylim(-0.6, len(labels) - 0.3)
    ax.grid(axis="x")
    return rows


def _key(ax: Axes, marked: str, other: str) -> None:
    """Name the two kinds of marks above the panel."""
    ax.scatter([], [], s=40, marker="D", color=style.COLOURS["china"], label=marked)
    ax.scatter([], [], s=40, marker="o", color=style.COLOURS["russia"], label=other)
    series.names_above(ax)
