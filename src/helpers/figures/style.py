"""The house style: canvas, colours, eras, and the frame of title, measure and source.

A figure states its finding in the title, its measure, unit and period in the subtitle, and its
source at the foot; `show` refuses a figure whose alternative text does not say what it shows.
"""

import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from helpers import dates
from helpers.choices import Choices

# The palette of Okabe and Ito, made for the common kinds of colour blindness.
PALETTE = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6C00", "#666666",
]  # fmt: skip
COLOURS = {
    "russia": "#0072B2",
    "china": "#D55E00",
    "both": "#009E73",
    "other": "#9A9A9A",
    "good": "#009E73",
    "warn": "#E69F00",
    "accent": "#CC79A7",
    "ink": "#1F2328",
    "muted": "#59636E",
    "grid": "#D9DEE3",
}
VERDICT_COLOURS = {
    "holds": "#0072B2",
    "holds_in_part": "#56B4E9",
    "fails": "#D55E00",
    "not_in_data": "#8A8D91",
    "cited": "#C3C8CD",
    "opinion": "#E4E7EA",
}
ERA_COLOURS = ["#8A8D91", "#56B4E9", "#0072B2"]

RC = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": COLOURS["muted"],
    "axes.labelcolor": COLOURS["muted"],
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "grid.color": COLOURS["grid"],
    "grid.linewidth": 0.6,
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["muted"],
    "ytick.color": COLOURS["muted"],
    "ytick.left": False,
    "svg.hashsalt": "no-limits",
    # Text stays text: a fraction of the size of outlines, and it can be searched.
    "svg.fonttype": "none",
    # Simplified paths drop strokes that do not move, which are how many marks are drawn.
    "path.simplify": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
}
WORST_ALTS = re.compile(r"^(image|figure|chart|graph|plot|picture|untitled)\b[\s\d.]*$", re.I)


def canvas(
    height: float = 4.2, width: float = 8.0, rows: int = 1, cols: int = 1, **subplots: object
) -> tuple[Figure, Axes]:
    """Open an empty figure in the house style.

    Parameters
    ----------
    height, width
        Size in inches, frame included.
    rows, cols
        Panels.
    **subplots
        Passed on to `matplotlib.pyplot.subplots`, such as `sharey=True`.
    """
    mpl.rcParams.update(RC)
    return plt.subplots(rows, cols, figsize=(width, height), **subplots)


def mark_eras(ax: Axes, chosen: Choices, labels: bool = True, as_dates: bool = False) -> None:
    """Mark the two cut-offs between the eras on an axis of years or, `as_dates`, of days."""
    for day in (chosen.cutoff_1, chosen.cutoff_2):
        # On an axis of whole years a bar stands on its year, so an era begins half a year before.
        at = date2num(pd.Timestamp(day)) if as_dates else int(day[:4]) - 0.5
        left, right = sorted(ax.get_xlim())
        if not left < at < right:
            continue
        ax.axvline(at, color=COLOURS["muted"], linewidth=0.9, linestyle=(0, (4, 3)), zorder=0.5)
        if labels:
            ax.annotate(
                day if as_dates else f"{day[:4]} →",
                (at, 1.0), xycoords=("data", "axes fraction"), xytext=(3, 1),
                textcoords="offset points", fontsize=7.5, color=COLOURS["muted"], va="bottom",
            )  # fmt: skip


def era_names(chosen: Choices) -> list[str]:
    """Name the eras of a run, for labels."""
    return dates.era_labels(chosen.cutoff_1, chosen.cutoff_2)


def direct_label(ax: Axes, x: float, y: float, text: str, colour: str = "", **more: object) -> None:
    """Write a label beside a mark, in the colour of what it names."""
    ax.annotate(
        text, (x, y), xytext=more.pop("offset", (4, 0)), textcoords="offset points",
        color=colour or COLOURS["ink"], fontsize=more.pop("fontsize", 8.5),
        va=more.pop("va", "center"), **more,
    )  # fmt: skip


def nothing(ax: Axes, words: str) -> None:
    """Write into an empty panel what is not there, instead of axes without marks."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center",
            color=COLOURS["muted"])  # fmt: skip


def show(fig: Figure, title: str, subtitle: str, source: str, alt: str) -> None:
    """Frame a figure, show it as vector graphic with its alternative text, and close it.

    Parameters
    ----------
    title
        What the figure finds.
    subtitle
        What is measured, in which unit and period.
    source
        Publishers and release of the data.
    alt
        What the figure shows, in a sentence or more with its numbers.

    Raises
    ------
    ValueError
        If the alternative text is shorter than 40 characters, has no number (nor says that there
        is no data), or is a placeholder.
    """
    alt = " ".join(alt.split())
    if len(alt) < 40 or not re.search(r"\d|no data", alt) or WORST_ALTS.match(alt):
        raise ValueError(f"alt text must say what the figure shows, with its numbers: {alt!r}")
    _frame(fig, title, subtitle, source)
    drawn = io.StringIO()
    fig.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    bundle = {"image/svg+xml": slim(drawn.getvalue()), "text/plain": f"Figure: {title}\n{alt}"}
    display(bundle, raw=True, metadata={"alt": alt, "title": title})


def slim(svg: str) -> str:
    r"""Take from a vector graphic what nobody sees: metadata, indentation, surplus decimals.

    Only coordinates are rounded, to a tenth of a point; text that is drawn stays as it is.

    Examples
    --------
    >>> slim('<?xml?><svg>\n  <metadata>x</metadata>\n  <path d="M 1.23456 2.00"/>1.85\n</svg>')
    '<svg>\n<path d="M 1.2 2"/>1.85\n</svg>'
    """
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    svg = re.sub(r"<[^>]*>", lambda tag: _rounded(tag[0]), svg)
    # Ids are hashes of coordinates, which the layout gives to the last bit only; numbering them
    # keeps the same figure the same bytes.
    for number, name in enumerate(dict.fromkeys(re.findall(r'\bid="(\w*[0-9a-f]{10})"', svg))):
        svg = svg.replace(f'"{name}"', f'"i{number}"').replace(f"#{name}", f"#i{number}")
    return re.sub(r"\n\s+", "\n", svg)


def _rounded(tag: str) -> str:
    """Round the numbers in one tag to a tenth."""
    return re.sub(r"\d+\.\d{2,}", lambda n: f"{float(n[0]):.1f}".removesuffix(".0"), tag)


def _frame(fig: Figure, title: str, subtitle: str, source: str) -> None:
    """Put title and subtitle above the panels and the source below them."""
    width, height = fig.get_size_inches()
    head = _wrap(title, width * 9.4)
    under = _wrap(subtitle, width * 13.6)
    foot = _wrap(f"Source: {source}", width * 14.5)
    top = 0.08 + 0.24 * (head.count("\n") + 1) + 0.05 + 0.18 * (under.count("\n") + 1) + 0.10
    bottom = 0.08 + 0.15 * (foot.count("\n") + 1) + 0.05
    height += top + bottom
    fig.set_size_inches(width, height)
    fig.get_layout_engine().set(
        rect=(0.005, bottom / height, 0.99, 1 - (top + bottom) / height), w_pad=0.06, h_pad=0.06
    )
    fig.text(0.012, 1 - 0.08 / height, head, fontsize=12.5, fontweight="bold", va="top")
    low = 1 - (0.13 + 0.24 * (head.count("\n") + 1)) / height
    fig.text(0.012, low, under, fontsize=9, color=COLOURS["muted"], va="top")
    fig.text(0.012, 0.06 / height, foot, fontsize=7.5, color=COLOURS["muted"], va="bottom")


def _wrap(text: str, width: float) -> str:
    """Break a line of text to about so many characters."""
    lines = [""]
    for word in text.replace("$", r"\$").split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
