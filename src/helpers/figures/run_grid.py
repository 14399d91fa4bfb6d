"""Findings by runs of a sweep: which verdict each has in each run, the settings marked below."""

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from helpers.claims import VERDICTS
from helpers.figures import curves, style, vector

# The better a finding stands, the thicker its stroke: grey print tells verdicts apart too.
THICK = {
    "holds": 0.84, "holds_in_part": 0.56, "fails": 0.34,
    "not_in_data": 0.13, "cited": 0.13, "opinion": 0.13,
}  # fmt: skip
PITCH = 0.185  # inches from one line to the next
# Up to so many settings each has a line of its own; more share a little room, the first on top.
LINES, SHARED = 12, 6
# Up to so many runs stand apart; more run together where they agree.
APART = 60
# More lines than these between groups of runs would hide the grid.
MOST_BOUNDS = 24
LABEL = 255.0  # points for the names of lines


class Drawing(NamedTuple):
    """A vector graphic, and where its panels begin and end, in points from the top."""

    svg: str
    panel: list[float]


class Strip(NamedTuple):
    """A parameter under the grid: its name, its settings in words, and their places by run."""

    name: str
    settings: list[str]
    places: list[int]


def draw(grid: pd.DataFrame, strips: Sequence[Strip], words: Mapping[str, str]) -> Drawing:
    """Draw verdicts by finding and run, and under them the settings of each run.

    Parameters
    ----------
    grid
        A row for each finding, named as it shall be read, and a column for each run, in their
        order; verdicts, or nothing where a run gave none.
    strips
        The parameters that vary.
    words
        `title`, `subtitle` and `source` of the frame.
    """
    lines = [_room(strip) + 1.7 for strip in strips]
    high, low = PITCH * (len(grid) + 0.6), PITCH * sum(lines)
    fig, (above, below) = style.canvas(
        high + low + 0.45, 10.0, rows=2, sharex=True, height_ratios=[high, low]
    )
    _verdicts(above, grid)
    _strips(below, strips, grid.shape[1])
    for ax in (above, below):
        _bounds(ax, strips)
    present = [one for one in VERDICTS if (grid == one).to_numpy().any()]
    marks = [Line2D([], [], color=style.VERDICT_COLOURS[one], label=VERDICTS[one],
                    linewidth=_width(one), solid_capstyle="butt") for one in present]  # fmt: skip
    style.name_marks(above, marks, columns=6)
    panel = style.frame(fig, words["title"], words["subtitle"], words["source"])
    drawn = io.StringIO()
    fig.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    return Drawing(vector.slim(drawn.getvalue()), panel)


def _room(strip: Strip) -> int:
    """Give the lines between the first and the last setting of a parameter."""
    many = len(strip.settings)
    return (many if many <= LINES else SHARED) - 1


def _width(verdict: str) -> float:
    """Give the width of the strokes of a verdict, in points."""
    return 72 * PITCH * THICK[verdict]


def _verdicts(ax: Axes, grid: pd.DataFrame) -> None:
    """Draw the verdicts: one path for each, a fraction of the size of as many patches."""
    is_apart = grid.shape[1] <= APART
    for verdict in VERDICTS:
        held = (grid == verdict).to_numpy()
        if held.any():
            _strokes(ax, *spans(held, is_apart), style.VERDICT_COLOURS[verdict], _width(verdict),
                     0.41 if is_apart else 0.5)  # fmt: skip
    _lines(ax, np.arange(len(grid)), [_cut(str(name)) for name in grid.index])
    ax.set_xlim(-0.6, grid.shape[1] - 0.4)


def spans(held: np.ndarray, is_apart: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give row, first and last column of every run of true cells, or of each cell by itself.

    Examples
    --------
    >>> [part.tolist() for part in spans(np.array([[True, True, False, True]]))]
    [[0, 0], [0, 3], [1, 3]]
    """
    if is_apart:
        rows, columns = np.nonzero(held)
        return rows, columns, columns
    parts = [(row, *curves.runs(np.flatnonzero(cells))) for row, cells in enumerate(held)]
    rows = np.repeat([row for row, _, _ in parts], [len(first) for _, first, _ in parts])
    return rows, np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])


def _strokes(
    ax: Axes, rows: np.ndarray, first: np.ndarray, last: np.ndarray, colour: str, width: float,
    half: float,
) -> None:  # fmt: skip
    """Draw level strokes as one path."""
    gap = np.full(len(rows), np.nan)
    ax.plot(np.c_[first - half, last + half, gap].ravel(), np.c_[rows, rows, gap].ravel(),
            color=colour, linewidth=width, solid_capstyle="butt", zorder=2)  # fmt: skip


def _strips(ax: Axes, strips: Sequence[Strip], runs: int) -> None:
    """Mark for every run the setting of each parameter, as under a specification curve."""
    names: dict[float, str] = {}
    top = 0.0
    for number, strip in enumerate(strips):
        many = len(strip.settings)
        room = _room(strip)
        at = top + np.arange(many) * (room / (many - 1) if many > 1 else 0)
        held = np.array([np.equal(strip.places, place) for place in range(many)])
        rows, first, last = spans(held)
        _strokes(ax, at[rows], first, last, style.PALETTE[number % 2 * 7], 5.0,
                 0.41 if runs <= APART else 0.5)  # fmt: skip
        shown = range(many) if many <= LINES else (0, many - 1)
        names |= {at[place]: _cut(strip.settings[place]) for place in shown}
        if many > LINES:
            names[top + room / 2] = _cut(f"{strip.name}, {many} settings")
        top += room + 1.7
    _lines(ax, list(names), list(names.values()))
    ax.set_ylim(top - 1.0, -0.7)
    ax.tick_params(axis="x", bottom=False, labelbottom=False)


def _bounds(ax: Axes, strips: Sequence[Strip]) -> None:
    """Draw a faint line wherever the parameter that changes slowest changes."""
    places = np.array(strips[0].places) if strips else np.array([])
    changes = np.flatnonzero(np.diff(places)) + 0.5
    for at in changes if len(changes) <= MOST_BOUNDS else []:
        ax.axvline(at, color=style.COLOURS["grid"], linewidth=0.8, zorder=0.5)


def _lines(ax: Axes, at: Sequence[float], names: Sequence[str]) -> None:
    """Name the lines, the first at the top, and leave all else away."""
    ax.set_yticks(at, names, fontsize=style.SMALL, color=style.COLOURS["ink"])
    ax.set_ylim(len(at) - 0.4, -0.6)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="x", bottom=False, labelbottom=False)


def _cut(text: str) -> str:
    """Shorten a name to the room there is; a dollar sign would begin a formula."""
    whole = text
    while style.text_width(text, style.SMALL) > LABEL:
        text = text[:-1]
    return (text if text == whole else f"{text[:-1].rstrip(' ,;.')}…").replace("$", r"\$")
