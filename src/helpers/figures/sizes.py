"""Sizes of events over time, those without a number shown as missing instead of left out."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from helpers.figures import style

SCOPES = {
    "china_and_russia": ("China and Russia", style.COLOURS["both"], "o"),
    "all_participants": ("all participants", style.COLOURS["russia"], "s"),
    "whole_exercise": ("whole national exercise", style.COLOURS["china"], "D"),
    "part": ("part of the forces", style.COLOURS["accent"], "v"),
}


def dots(ax: Axes, sizes: pd.DataFrame) -> None:
    """Draw sizes on a logarithmic axis, and a tick at the foot for each event without one.

    Parameters
    ----------
    sizes
        day, count, forces_scope, is_floor and is_stated, a row per event. Colour and shape say
        whose forces are counted; a floor ("at least") is hollow.
    """
    stated = sizes["is_stated"].astype(bool)
    known = sizes[stated]
    low, high = known["count"].min(), known["count"].max()
    low, high = (1.0, 10.0) if known.empty else (low, max(high, low * 10))
    for scope, (_, colour, marker) in SCOPES.items():
        for floor in (False, True):
            part = known[(known["forces_scope"] == scope) & (known["is_floor"] == floor)]
            ax.scatter(
                part["day"], part["count"], s=26, marker=marker, edgecolors=colour,
                facecolors=style.COLOURS["paper"] if floor else colour, linewidths=1.2, zorder=3,
            )  # fmt: skip
    missing = sizes[~stated]
    ax.scatter(
        missing["day"], [low / 3] * len(missing), marker="|", s=45, linewidths=1.1,
        color=style.COLOURS["muted"],
    )  # fmt: skip
    ax.set_yscale("log")
    ax.set_ylim(low / 6, high * 2)
    steps = (1, 2, 5) if high / low < 200 else (1,)
    ticks = [step * 10.0**power for power in range(7) for step in steps]
    shown = [tick for tick in ticks if low * 0.8 <= tick <= high * 2]
    ax.set_yticks(shown, [f"{tick:,.0f}" for tick in shown])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.annotate(
        "not stated", (0, low / 3), xycoords=("axes fraction", "data"), xytext=(-5, 0),
        textcoords="offset points", ha="right", va="center", fontsize=style.SMALL,
        color=style.COLOURS["muted"],
    )  # fmt: skip


def name_marks(ax: Axes) -> None:
    """Name colours and marks in a row above the panel."""
    marks = [
        Line2D([], [], linestyle="", marker=marker, color=colour, label=name)
        for name, colour, marker in SCOPES.values()
    ]
    marks.append(
        Line2D([], [], linestyle="", marker="o", color=style.COLOURS["ink"],
               markerfacecolor=style.COLOURS["paper"], label="hollow: at least")
    )  # fmt: skip
    style.name_marks(ax, marks, columns=4, lift=14)
