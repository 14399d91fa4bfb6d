"""Comparisons: two values on a line, and estimates with their intervals."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from helpers.figures import style
from helpers.stats import Estimate


def dumbbell(
    ax: Axes,
    labels: list[str],
    left: list[float],
    right: list[float],
    left_name: str,
    right_name: str,
    log: bool = False,
) -> None:
    """Compare two values per row, first row at the top.

    Parameters
    ----------
    labels
        One name a row.
    left, right
        The two values of each row; a missing one is not drawn.
    left_name, right_name
        What the two are; hollow and filled marks tell them apart without colour.
    log
        Use a logarithmic axis; zeros cannot be shown on it and are refused.
    """
    first, second = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if log and (np.nanmin(first, initial=1) <= 0 or np.nanmin(second, initial=1) <= 0):
        raise ValueError("a logarithmic axis cannot show zero")
    rows = np.arange(len(labels))[::-1]
    ax.hlines(rows, first, second, color=style.COLOURS["grid"], linewidth=3, zorder=1)
    ax.scatter(first, rows, s=46, facecolors="none", edgecolors=style.COLOURS["china"],
               linewidths=1.6, label=left_name, zorder=3)  # fmt: skip
    ax.scatter(second, rows, s=40, color=style.COLOURS["russia"], label=right_name, zorder=2)
    ax.set_yticks(rows, labels, color=style.COLOURS["ink"])
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    if log:
        _log_axis(ax)
    style.name_marks(ax, ax.get_legend_handles_labels()[0], columns=2)


def forest(
    ax: Axes,
    labels: list[str],
    estimates: list[Estimate],
    lines: tuple[float, ...] = (1, 2),
    log: bool = True,
) -> None:
    """Draw estimates with their intervals, first row at the top, and lines to compare with.

    Bounds at zero or infinity run to the edge of the panel with an arrow; a row whose value is
    not known says so.
    """
    rows = np.arange(len(labels))[::-1]
    finite = [x for e in estimates for x in e if np.isfinite(x) and (x > 0 or not log)]
    low, high = min([*finite, *lines]), max([*finite, *lines])
    edge = (low / 1.4, high * 1.4) if log else (low - 0.1 * (high - low), high + 0.1 * (high - low))
    if log:
        _log_axis(ax)
    ax.set_xlim(*edge)
    for line in lines:
        ax.axvline(line, color=style.COLOURS["muted"], linewidth=0.9, linestyle=(0, (4, 3)))
    for row, estimate in zip(rows, estimates, strict=True):
        _interval(ax, row, estimate, edge)
    ax.set_yticks(rows, labels, color=style.COLOURS["ink"])
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")


def _interval(ax: Axes, row: int, estimate: Estimate, edge: tuple[float, float]) -> None:
    """Draw one estimate of a forest plot with its value in figures above it."""
    ground = {"facecolor": style.COLOURS["paper"], "edgecolor": "none", "pad": 0.6}
    if np.isnan(estimate.value):
        ax.text(edge[0], row, "  no events in either period", fontsize=8, va="center",
                bbox=ground)  # fmt: skip
        return
    low, high = max(estimate.low, edge[0]), min(estimate.high, edge[1])
    ax.plot([low, high], [row, row], color=style.COLOURS["russia"], linewidth=1.8, zorder=2)
    for bound, shown, mark in ((estimate.low, low, "<"), (estimate.high, high, ">")):
        if bound != shown:
            ax.scatter(
                [shown], [row], marker=mark, s=30, color=style.COLOURS["russia"], clip_on=False
            )
    if np.isfinite(estimate.value) and estimate.value >= edge[0]:
        ax.scatter([estimate.value], [row], s=44, color=style.COLOURS["russia"], zorder=3)
        style.direct_label(ax, estimate.value, row, f"{estimate.value:.2f}", offset=(0, 5),
                           ha="center", va="bottom", fontsize=style.SMALL,
                           bbox=ground | {"pad": 1.6})  # fmt: skip


def _log_axis(ax: Axes) -> None:
    """Use a logarithmic axis with plain numbers."""
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
