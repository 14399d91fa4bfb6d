"""Grids of cells: levels, counts and clauses, with a letter or number in every cell.

A cell that is not known is hatched and stays without a letter, so that it cannot be taken for
a zero; the letters make the grid readable without colour.
"""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from helpers.figures import style

BLANK = {
    "facecolor": style.COLOURS["paper"], "edgecolor": style.COLOURS["missing"], "hatch": "////",
    "linewidth": 0,
}  # fmt: skip
LEVELS = {
    "present": ("P", "#0B5A8C", "present"),
    "partial": ("½", "#9CC7E4", "partial"),
    "absent": ("–", "#F1E3D3", "absent"),
    "disputed": ("?", "#E69F00", "disputed"),
}
CLAUSES = {
    "yes": ("Y", "#0B5A8C", "yes"),
    "retained": ("R", "#5FA3D0", "retained by extension"),
    "assistance": ("A", "#9CC7E4", "assistance only"),
    "declaratory": ("d", "#D5E6F3", "declaratory"),
    "no": ("–", "#F1E3D3", "no"),
}
LINKS = {
    "declared": ("declared by both", "o", style.COLOURS["both"]),
    "commercial": ("commercial tie", "s", style.PALETTE[5]),
    "alleged": ("alleged by others", "D", style.COLOURS["warn"]),
    "none_established": ("link, no joint act established", "^", style.PALETTE[3]),
    "none_alleged": ("none alleged", "v", style.COLOURS["muted"]),
    "not_applicable": ("not in question", "p", "#B8BEC6"),
}
SHADES = LinearSegmentedColormap.from_list("shades", ["#F3F6F9", "#9CC7E4", "#0B5A8C"])


def heatmap(
    ax: Axes,
    frame: pd.DataFrame,
    levels: dict[str, tuple[str, str, str]],
    blank: str = "no evidence found",
    gaps: tuple[int, ...] = (),
) -> None:
    """Draw a grid of coded levels.

    Parameters
    ----------
    frame
        Rows × columns of level codes, labels as they are to be shown; missing cells are hatched.
    levels
        Per code its letter, its colour and its name for the key above the grid.
    blank
        Name of a missing cell in the key.
    gaps
        Columns before which to leave room, to set groups apart.

    Raises
    ------
    ValueError
        If a cell holds a code that is not in `levels`.
    """
    odd = sorted(set(frame.stack().dropna()) - set(levels))
    if odd:
        raise ValueError(f"no colour for {', '.join(map(str, odd))}; there are {list(levels)}")
    at = _lay_out(ax, frame, gaps)
    for row, cells in enumerate(frame.to_numpy(dtype=object)):
        for x, level in zip(at, cells, strict=True):
            letter, colour, _ = levels.get(level, ("", "", ""))
            _cell(ax, x, row, letter, colour)
    _key(ax, levels, blank if frame.isna().to_numpy().any() else "")


def numbers(
    ax: Axes,
    frame: pd.DataFrame,
    digits: int = 0,
    low: float | None = None,
    high: float | None = None,
    gaps: tuple[int, ...] = (),
    under: pd.DataFrame | None = None,
) -> None:
    """Draw a grid of numbers, the darker the larger; missing cells are hatched.

    Parameters
    ----------
    frame
        Rows × columns of numbers.
    digits
        Decimals shown.
    low, high
        Ends of the colour scale; the smallest and largest number unless given.
    gaps
        Columns before which to leave room.
    under
        Text to write under each number, of the same shape.
    """
    tall = frame.astype("float64").to_numpy()
    known = tall[~np.isnan(tall)]
    start = low if low is not None else known.min(initial=0)
    span = (high if high is not None else known.max(initial=1)) - start or 1
    at = _lay_out(ax, frame, gaps)
    for row, cells in enumerate(tall):
        for column, (x, amount) in enumerate(zip(at, cells, strict=True)):
            text = "" if np.isnan(amount) else f"{amount:,.{digits}f}".replace("-", "−")
            colour = SHADES((amount - start) / span) if text else ""
            more = f"\n{under.iat[row, column]}" if text and under is not None else ""
            _cell(ax, x, row, text + more, colour)


def strip(
    ax: Axes,
    days: pd.Series,
    lanes: pd.Series,
    letters: pd.Series,
    kinds: pd.Series,
    looks: dict[str, tuple[str, str, str]],
    order: list[str],
    apart: float = 110,
) -> None:
    """Draw marks with letters along a time axis, one lane each; close ones go above each other.

    Parameters
    ----------
    days
        One timestamp a mark, in order of time.
    lanes, letters, kinds
        The lane, letter and kind of each mark.
    looks
        Per kind its name for the key above the panel, its shape and its colour.
    order
        Lanes from top to bottom; lanes without marks stay empty.
    apart
        Days below which two marks of a lane would touch.
    """
    heights = _heights(days, lanes, order, apart)
    for day, letter, kind, y in zip(days, letters, kinds, heights, strict=True):
        _, shape, colour = looks[kind]
        ax.scatter([day], [y], s=80, color=[colour], marker=shape, zorder=3, linewidths=0)
        style.direct_label(ax, day, y, letter, offset=(7, 0), fontsize=8, fontweight="bold")
    locator = AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    rows = np.arange(len(order))[::-1]
    ax.set_yticks(rows, order, color=style.COLOURS["ink"])
    ax.set_ylim(-0.5, len(order) - 0.2)
    marks = [
        Line2D([], [], marker=shape, color=colour, linestyle="", markersize=8, label=name)
        for kind, (name, shape, colour) in looks.items()
        if kind in set(kinds)
    ]
    style.name_marks(ax, marks, 3, lift=20)  # over the days of the cut-offs


def _heights(days: pd.Series, lanes: pd.Series, order: list[str], apart: float) -> list[float]:
    """Place marks on their lanes, the last lane at zero, each at the lowest level that is free.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-01-01", "2024-01-20", "2024-02-05", "2024-01-10"]))
    >>> _heights(days, pd.Series(["a", "a", "a", "b"]), ["a", "b"], 30)
    [1.0, 1.29, 1.0, 0.0]
    """
    placed: dict[str, list[tuple[pd.Timestamp, int]]] = {lane: [] for lane in order}
    heights = []
    for day, lane in zip(days, lanes, strict=True):
        taken = {level for other, level in placed[lane] if abs((day - other).days) < apart}
        level = min(set(range(len(taken) + 1)) - taken)
        heights.append(len(order) - 1 - order.index(lane) + 0.29 * level)
        placed[lane].append((day, level))
    return heights


def stacked_rows(
    ax: Axes, frame: pd.DataFrame, colours: dict[str, str], digits: int = 0, least: float = 0
) -> None:
    """Stack the columns of a frame in one horizontal bar a row, with the numbers in the bars.

    Parameters
    ----------
    frame
        Rows × parts, first row at the top; zeros and missing parts draw nothing, and a row of
        which no part is known says so.
    colours
        Colour of each part; its key stands above the panel. Parts of like lightness are
        hatched, for grey print.
    digits
        Decimals of the numbers.
    least
        Parts smaller than this are drawn without their number.
    """
    rows = np.arange(len(frame))[::-1]
    start = np.zeros(len(frame))
    for (part, colour), hatch in zip(colours.items(), style.hatches(list(colours.values())),
                                     strict=True):  # fmt: skip
        wide = frame[part].fillna(0).to_numpy(dtype=float)
        ax.barh(rows, wide, left=start, color=colour, height=0.66, hatch=hatch,
                edgecolor=style.COLOURS["paper"], linewidth=0.8)  # fmt: skip
        for row, left, length in zip(rows, start, wide, strict=True):
            if length > least:
                style.label_part(ax, left + length / 2, row, f"{length:,.{digits}f}", colour, hatch)
        start += wide
    for row in rows[frame.isna().all(axis=1).to_numpy()]:
        style.direct_label(ax, 0, row, "no data", style.COLOURS["muted"])
    style.mark_zero(ax, vertical=True)
    ax.set_yticks(rows, frame.index, color=style.COLOURS["ink"])
    ax.set_ylim(-0.6, len(frame) - 0.4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7, steps=[1, 2, 5, 10]))
    ax.grid(axis="x")
    ax.grid(visible=False, axis="y")
    name_colours(ax, colours, columns=5)


def narrow(labels: list[str], width: int = 8) -> list[str]:
    r"""Break labels for narrow columns, at spaces, hyphens and dashes.

    Examples
    --------
    >>> narrow(["Russia-China, 2014–Feb 2022"])
    ['Russia-\nChina\n2014–\nFeb 2022']
    """
    open_labels = [label.replace(", ", " ").replace("–", "– ") for label in labels]
    return [textwrap.fill(label, width, break_long_words=False) for label in open_labels]


def name_colours(ax: Axes, names: dict[str, str], columns: int = 4) -> None:
    """Name colours in a row above the panel, hatched as in a stack: name → colour."""
    marks = [
        Patch(facecolor=colour, edgecolor=style.COLOURS["paper"], hatch=hatch, label=name)
        for (name, colour), hatch in zip(
            names.items(), style.hatches(list(names.values())), strict=True
        )
    ]
    style.name_marks(ax, marks, columns)


def _lay_out(ax: Axes, frame: pd.DataFrame, gaps: tuple[int, ...]) -> list[float]:
    """Set up the axes of a grid and give the place of each column."""
    at = [i + 0.35 * sum(i >= gap for gap in gaps) for i in range(len(frame.columns))]
    ax.set_xlim(-0.5, at[-1] + 0.5)
    ax.set_ylim(len(frame) - 0.5, -0.5)
    ax.set_xticks(at, frame.columns, color=style.COLOURS["ink"], fontsize=8)
    ax.set_yticks(range(len(frame)), frame.index, color=style.COLOURS["ink"])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return at


def _cell(ax: Axes, x: float, row: int, text: str, colour: object) -> None:
    """Draw one cell: coloured with its letter, or hatched when there is none."""
    look = (
        {"facecolor": colour, "edgecolor": style.COLOURS["paper"], "linewidth": 1}
        if text
        else BLANK
    )
    ax.add_patch(Rectangle((x - 0.47, row - 0.45), 0.94, 0.9, **look))
    if text:
        ax.text(x, row, text, ha="center", va="center", fontsize=8, color=style.ink_on(colour))


def _key(ax: Axes, levels: dict[str, tuple[str, str, str]], blank: str) -> None:
    """Name the levels in a row below the grid."""
    marks = [
        Patch(facecolor=colour, label=f"{letter} = {name}") for letter, colour, name in
        levels.values()
    ]  # fmt: skip
    marks += [Patch(**BLANK | {"linewidth": 0.5}, label=f"hatched = {blank}")] if blank else []
    columns = 5 if len(marks) < 6 else 3
    ax.legend(
        handles=marks, loc="upper left", bbox_to_anchor=(-0.01, -0.01), ncols=columns,
        frameon=False, fontsize=8, handlelength=1.2, columnspacing=1.2, borderaxespad=0.4,
    )  # fmt: skip
