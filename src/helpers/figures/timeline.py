"""Events on a time axis: one lane per kind, labels packed into rows so that none overlap."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import YearLocator, date2num, num2date
from matplotlib.ticker import MaxNLocator

from helpers import dates
from helpers.figures import series, style

GAP = 6  # points kept free around a label


def timeline(
    ax: Axes, frame: pd.DataFrame, start_year: int, end_year: int, fontsize: float = style.SMALL
) -> None:
    """Draw events as dots on lanes, each labelled beside its dot.

    Parameters
    ----------
    frame
        Columns `date` (partial ISO dates; drawn at the first day that they allow), `lane` and
        `label`; an empty label draws the dot alone. Lanes stand from the top in the order of
        their first event in the frame; those with the same `group`, if there is such a column,
        share a colour.
    start_year, end_year
        Ends of the axis, both years included.
    fontsize
        Size of the labels in points.
    """
    ends = date2num([pd.Timestamp(start_year, 1, 1), pd.Timestamp(end_year, 12, 31)])
    room = (ends[1] - ends[0]) / 100  # so that dots at the ends are whole
    ax.set_xlim(ends[0] - room, ends[1] + room)
    span = (ends[1] - ends[0]) / (style.panel_width(ax) or 1)
    groups = frame.get("group", frame["lane"])
    colours = dict(zip(groups.unique(), cycle(style.PALETTE), strict=False))
    top, ticks, names = 0, [], []
    for lane, events in frame.groupby("lane", sort=False):
        placed = pack(events, ends, span, fontsize)
        height = placed["row"].max() + 1
        _draw(ax, placed, top, colours[groups[events.index[0]]], fontsize)
        ticks.append(top + (height - 1) / 2)
        names.append(lane)
        top += height + 0.6
        ax.axhline(top - 0.8, color=style.COLOURS["grid"], linewidth=0.8)
    ax.set_ylim(max(top, 1) - 0.8, -0.8)
    ax.set_yticks(ticks, names, color=style.COLOURS["ink"])
    ax.grid(visible=False, axis="y")
    ax.xaxis.set_major_locator(YearLocator(max(1, (end_year - start_year) // 8)))
    ax.xaxis.set_major_formatter(lambda day, _: f"{num2date(day):%Y}")


def pack(
    events: pd.DataFrame, ends: tuple[float, float], span: float, fontsize: float
) -> pd.DataFrame:
    """Give each event of a lane the first row in which its label meets no other.

    Parameters
    ----------
    events
        Columns `date` and `label`.
    ends
        Ends of the axis in days; a label that would run over the right end stands to the left.
    span
        Days per point.
    fontsize
        Size of the labels in points.

    Returns
    -------
    pandas.DataFrame
        Columns `at` (days), `label`, `left` (label stands left of its dot) and `row` (from 0),
        in order of time.
    """
    placed = events[["label"]].assign(at=date2num(dates.first_day(events["date"])))
    placed = placed.sort_values("at", kind="stable").reset_index(drop=True)
    named = placed["label"] != ""
    letters = placed["label"].map(lambda label: style.text_width(label, fontsize))
    width = span * (letters.astype("float64") + GAP).where(named, 0)
    placed["left"] = named & (placed["at"] + width > ends[1])
    dot = span * named.map({True: GAP, False: 0.5})
    starts = placed["at"] - width.where(placed["left"], dot)
    stops = placed["at"] + dot.where(placed["left"], width)
    taken: list[list[tuple[float, float]]] = []
    rows = []
    for start, stop in zip(starts, stops, strict=True):
        free = [r for r, spans in enumerate(taken) if all(stop < a or b < start for a, b in spans)]
        row = free[0] if free else len(taken)
        taken += [[]] if row == len(taken) else []
        taken[row].append((start, stop))
        rows.append(row)
    return placed.assign(row=rows)


def _draw(ax: Axes, placed: pd.DataFrame, top: float, colour: str, fontsize: float) -> None:
    """Draw the dots of one lane and write their labels."""
    ax.scatter(placed["at"], placed["row"] + top, s=16, color=colour, zorder=3)
    for event in placed.itertuples():
        if event.label:
            style.direct_label(
                ax, event.at, event.row + top, event.label, colour=style.COLOURS["ink"],
                fontsize=fontsize, ha="right" if event.left else "left",
                offset=(-4, 0) if event.left else (4, 0), zorder=2,
                bbox={"facecolor": style.COLOURS["paper"], "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip


def yearly(ax: Axes, counts: pd.Series, colour: str) -> None:
    """Draw one bar a year in a low panel; years that are not covered are hatched."""
    series.bars(ax, counts.index, counts, colour)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    ax.set_ylim(bottom=0)
