"""The house style: canvas, colours, eras, and the frame of title, measure and source.

A figure states its finding in the title, its measure, unit and period in the subtitle, and its
source at the foot; `show` refuses a figure whose alternative text does not say what it shows.
"""

import io
import re
from bisect import bisect
from functools import cache
from itertools import accumulate
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import ScalarFormatter
from matplotlib.transforms import ScaledTranslation

from helpers import dates, prose
from helpers.choices import Choices
from helpers.figures import vector

# Inter (SIL Open Font License) comes with the package, so that a figure is laid out, and a handout
# read, in the same letters everywhere. The second file answers to the weight bold.
FONTS = Path(__file__).with_name("fonts")
FACES = {"regular": FONTS / "Inter-Regular.ttf", "bold": FONTS / "Inter-SemiBold.ttf"}
for _face in FACES.values():
    font_manager.fontManager.addfont(_face)

# The palette of Okabe and Ito, made for the common kinds of colour blindness; a brown stands for
# their yellow, which cannot be seen on white, and a grey for their black.
PALETTE = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#735200", "#666666",
]  # fmt: skip
# A page in dark mode replaces ink, muted, grid and paper, and the tones of `DARK`. What is written
# on a mark stays as it is, for the mark does too: it has near-white and near-black of its own.
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
    "paper": "#FFFFFF",
    "missing": "#A4ACB5",
    "on_dark": "#FEFEFE",
    "on_light": "#0B0D0F",
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
# Second cues for grey print: parts of nearly the same lightness differ by their hatch. Lines only,
# for a hatch of dots takes a hundred times as many bytes.
HATCHES = ["", "////", "\\\\\\\\", "----", "||||", "xxxx", "++++", "//"]
SMALL = 8.0  # points; nothing in a figure is written smaller
KEY = 8.5  # points, names of marks
LETTER = 0.47  # of its size, about the width of a letter; the guess that needs the fewest measures
LEGIBLE = 4.6  # contrast of text; WCAG 2.2 asks for 4.5
NIGHT = "#1B1F24"  # the lightest paper of a dark page that the tones of `DARK` are made for

RC = {
    # DejaVu Sans comes with matplotlib and has the signs that Inter lacks, such as arrows. It is
    # found for single signs only if it is a family of its own.
    "font.family": ["Inter", "sans-serif"],
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
    "figure.facecolor": COLOURS["paper"],
    "axes.facecolor": COLOURS["paper"],
    "hatch.linewidth": 0.5,
    "figure.constrained_layout.use": True,
}
# What stands where nobody wrote an alternative text: a placeholder, a single word, a file's name.
WORST_ALTS = re.compile(
    r"^\S*$|^(image|figure|chart|graph|plot|picture|photo|diagram|untitled)\b[\s\d.:#-]*$"
    r"|^\S+\s?\d*\.(png|svg|jpe?g|gif|webp|pdf|ipynb)$|\b(alt text|placeholder|lorem ipsum|todo)\b",
    re.I,
)


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
    """Mark the eras on an axis of years or, `as_dates`, of days.

    The cut-offs are dashed lines, and the era between them has a faint ground; nothing is drawn
    where the axis shows one era only.
    """
    days = (chosen.cutoff_1, chosen.cutoff_2)
    # On an axis of whole years a bar stands on its year, so an era begins half a year before.
    places = [date2num(pd.Timestamp(d)) if as_dates else int(d[:4]) - 0.5 for d in days]
    left, right = sorted(ax.get_xlim())
    inside = [left < at < right for at in places]
    if not any(inside):
        return
    between = Rectangle((places[0], 0), places[1] - places[0], 1,
                        transform=ax.get_xaxis_transform())  # fmt: skip
    between.set(facecolor=COLOURS["grid"], edgecolor="none", alpha=0.3, zorder=0.1)
    ax.add_artist(between)
    for day, at, is_in in zip(days, places, inside, strict=True):
        if not is_in:
            continue
        ax.axvline(at, color=COLOURS["muted"], linewidth=0.9, linestyle=(0, (4, 3)), zorder=0.5)
        if labels:
            ax.annotate(
                day if as_dates else f"{day[:4]} →",
                (at, 1.0), xycoords=("data", "axes fraction"), xytext=(3, 1),
                textcoords="offset points", fontsize=SMALL, color=COLOURS["muted"], va="bottom",
            )  # fmt: skip


def mark_zero(ax: Axes, vertical: bool = False) -> None:
    """Draw the line that bars stand on; `vertical` for bars that lie."""
    draw = ax.axvline if vertical else ax.axhline
    draw(0, color=COLOURS["muted"], linewidth=1.0, zorder=2.5)


def mark_missing(ax: Axes, years: list[float]) -> None:
    """Hatch the years of which nothing is known, which would look like zero, and say so.

    Examples
    --------
    >>> _, ax = canvas()
    >>> mark_missing(ax, [2001, 2002, 2005])
    >>> [(patch.get_x(), patch.get_width()) for patch in ax.patches]
    [(2000.5, 2), (2004.5, 1)]
    """
    spans: list[list[float]] = []
    for year in sorted(years):
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    for first, last in spans:
        span = Rectangle((first - 0.5, 0), last - first + 1, 1, transform=ax.get_xaxis_transform())
        span.set(facecolor=COLOURS["paper"], edgecolor=COLOURS["missing"], hatch="////",
                 linewidth=0, zorder=0.3)  # fmt: skip
        ax.add_artist(span)
        left, right = ax.get_xlim()
        is_broad = (last - first + 1) / (right - left) * panel_width(ax) > 60  # points
        ax.text((first + last) / 2, 0.04, "no data", transform=ax.get_xaxis_transform(),
                rotation=0 if is_broad else 90, ha="center", va="bottom", fontsize=SMALL,
                color=COLOURS["muted"],
                bbox={"facecolor": COLOURS["paper"], "edgecolor": "none", "pad": 0.8})  # fmt: skip


def dots(
    ax: Axes, x: np.ndarray, y: np.ndarray, area: np.ndarray, colour: str, zorder: float = 3
) -> None:
    """Draw round dots: many of one size are one path, a fraction of the size of as many markers.

    Parameters
    ----------
    x, y
        Places.
    area
        Squares of the diameters in points, as `Axes.scatter` takes them; diameters are rounded to
        half a point.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    wide = np.round(2 * np.sqrt(np.broadcast_to(area, x.shape))) / 2
    for width in sorted(set(wide)):
        here = wide == width
        gap = np.full(here.sum(), np.nan)
        ax.plot(
            np.c_[x[here], x[here], gap].ravel(), np.c_[y[here], y[here], gap].ravel(),
            color=colour, linewidth=width, solid_capstyle="round", zorder=zorder,
        )  # fmt: skip


def era_names(chosen: Choices) -> list[str]:
    """Name the eras of a run, for labels."""
    return dates.era_labels(chosen.cutoff_1, chosen.cutoff_2)


def direct_label(ax: Axes, x: float, y: float, text: str, colour: str = "", **more: object) -> None:
    """Write a label beside a mark, in a dark tone of the colour of what it names."""
    ax.annotate(
        text, (x, y), xytext=more.pop("offset", (4, 0)), textcoords="offset points",
        color=text_tone(colour or COLOURS["ink"]), fontsize=more.pop("fontsize", 8.5),
        va=more.pop("va", "center"), **more,
    )  # fmt: skip


def label_part(ax: Axes, x: float, y: float, text: str, colour: str, hatch: str = "") -> None:
    """Write into the middle of a part of a bar, where it is hatched on a ground of its colour."""
    ground = {"facecolor": colour, "edgecolor": "none", "pad": 1.6} if hatch else None
    ax.text(x, y, text, ha="center", va="center", fontsize=SMALL, color=ink_on(colour),
            bbox=ground)  # fmt: skip


def luminance(colour: object) -> float:
    """Measure how light a colour is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: object, other: object) -> float:
    """Measure the contrast of two colours, from 1 to 21 (WCAG 2.2).

    Examples
    --------
    >>> contrast("#000000", "#FFFFFF"), round(contrast(COLOURS["muted"], "#FFFFFF"), 1)
    (21.0, 6.1)
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: object) -> str:
    """Choose near-black or near-white for what is written on a mark, whichever reads better.

    Examples
    --------
    >>> ink_on("#E69F00") == COLOURS["on_light"], ink_on("#0072B2") == COLOURS["on_dark"]
    (True, True)
    """
    return max((COLOURS["on_dark"], COLOURS["on_light"]), key=lambda ink: contrast(ink, colour))


def text_tone(colour: str) -> str:
    """Darken a colour until it can be read on paper; ink and muted stay as they are.

    The tone is never the colour itself, so that a page can tell text from marks.

    Examples
    --------
    >>> contrast("#E69F00", "#FFFFFF") < 3, contrast(text_tone("#E69F00"), "#FFFFFF") > 4.5
    (True, True)
    """
    if colour in (COLOURS["ink"], COLOURS["muted"], COLOURS["paper"]):
        return colour
    return _towards(colour, "#000000", COLOURS["paper"])


def _towards(colour: str, end: str, ground: str) -> str:
    """Mix a colour with black or white, in steps of a fiftieth, until it reads on a ground."""
    start, stop = np.array(to_rgb(colour)), np.array(to_rgb(end))
    mixed = [to_hex(start + (stop - start) * step / 50) for step in range(1, 51)]
    return next(tone for tone in mixed if contrast(tone, ground) >= LEGIBLE)


# What a page in dark mode puts for each tone of text.
DARK = {
    text_tone(colour): _towards(colour, "#FFFFFF", NIGHT)
    for colour in dict.fromkeys([*PALETTE, *ERA_COLOURS, COLOURS["other"]])
}


def lightness(colour: object) -> float:
    """Measure how light a colour comes out in grey print, from 0 to 100 (CIE L*)."""
    light = luminance(colour)
    return 116 * np.cbrt(light) - 16 if light > 216 / 24389 else light * 24389 / 27


def hatches(colours: list[str]) -> list[str]:
    """Give parts that are drawn together hatches, so that grey print can tell each from each.

    Examples
    --------
    >>> hatches(["#0072B2", "#D55E00", "#E69F00"])
    ['', '////', '']
    """
    given: list[tuple[float, str]] = []
    for colour in colours:
        tall = lightness(colour)
        near = {hatch for other, hatch in given if abs(other - tall) < 10}
        given.append((tall, next(hatch for hatch in HATCHES if hatch not in near)))
    return [hatch for _, hatch in given]


def panel_width(ax: Axes) -> float:
    """Estimate the width of a panel in points, as the layout has not been made yet."""
    return ax.figure.get_figwidth() * 72 * ax.get_position().width


def name_marks(ax: Axes, handles: list[Artist], columns: int, lift: float = 4) -> None:
    """Name marks in rows above a panel, to be read from left to right, instead of over the marks.

    Parameters
    ----------
    handles
        Marks with their labels, in the order in which to name them.
    columns
        Names in a row; all stand in one row if they are short enough for it.
    lift
        Points from the panel to the rows; more where something stands between.
    """
    sign = 26  # points for a mark and the gaps around it
    wide = sum(text_width(str(h.get_label()), KEY) + sign for h in handles)
    columns = len(handles) if wide < panel_width(ax) else min(columns, len(handles))
    # A legend is filled column by column.
    in_rows = [h for first in range(columns) for h in handles[first::columns]]
    ax.legend(
        handles=in_rows, loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=max(columns, 1),
        bbox_transform=ax.transAxes + ScaledTranslation(0, lift / 72, ax.figure.dpi_scale_trans),
        frameon=False, fontsize=KEY, handlelength=1.2, columnspacing=1.2, borderaxespad=0,
    )  # fmt: skip


def nothing(ax: Axes, words: str) -> None:
    """Write into an empty panel what is not there, instead of axes without marks."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center",
            color=COLOURS["muted"])  # fmt: skip


def show(fig: Figure, title: str, subtitle: str, source: str, alt: str, data: pd.DataFrame) -> None:
    """Frame a figure, show it as vector graphic with its words and its numbers, and close it.

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
    data
        The numbers drawn, one row a mark or a group of marks, column names as a reader should
        see them, units included; an index with a name becomes the first column. Handouts show
        it as a table behind the figure.

    Raises
    ------
    ValueError
        If the alternative text is shorter than 40 characters, has no number (nor says that there
        is no data), or is a placeholder or the name of a file; if there are no numbers behind the
        figure and the text does not say that there is no data.
    """
    alt = " ".join(alt.split())
    _refuse(alt, data)
    panel = frame(fig, title, subtitle, source)
    drawn = _drawn(fig)
    plt.close(fig)
    bundle = {
        "image/svg+xml": vector.slim(drawn),
        "text/csv": prose.csv_text(data),
        "text/plain": f"Figure: {title}\n{alt}",
    }
    words = {"alt": alt, "title": title, "subtitle": subtitle, "source": source, "panel": panel}
    display(bundle, raw=True, metadata=words)


def _drawn(fig: Figure) -> str:
    """Draw a figure as vector graphic.

    `Figure.savefig` draws twice, once for the layout alone; one drawing makes its own layout.
    """
    drawn = io.StringIO()
    FigureCanvasSVG(fig).print_svg(drawn, metadata={"Date": None, "Creator": None})
    return drawn.getvalue()


def _refuse(alt: str, data: pd.DataFrame) -> None:
    """Refuse a figure that some readers would get nothing from, and say how to mend it."""
    if len(alt) < 40 or not re.search(r"\d|no data", alt) or WORST_ALTS.search(alt):
        raise ValueError(
            f"This alt text does not yet say what the figure shows: {alt!r}. Write a sentence or "
            "more with its most important numbers, or that there is 'no data'."
        )
    if data.empty and "no data" not in alt:
        raise ValueError(
            "There are no numbers behind this figure. Give what it draws as `data`, one row a "
            "mark, or say in the alt text that there is 'no data'."
        )


def frame(fig: Figure, title: str, subtitle: str, source: str) -> list[float]:
    """Put title and subtitle above the panels and the source below them.

    Returns
    -------
    list
        Where the panels begin and end, in points from the top: a page that sets the words of the
        frame itself shows only what lies between.
    """
    for text in fig.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), SMALL))
    for ax in fig.axes:
        _part_thousands(ax)
    width, height = fig.get_size_inches()
    # A reader's browser may lack Inter and use wider letters, so a tenth stays free.
    room = 0.9 * 72 * width
    head, under = wrap(title, room, 12.5, "bold"), wrap(subtitle, room, 9)
    foot = wrap(f"Source: {source}", room, SMALL)
    top = 0.08 + 0.24 * (head.count("\n") + 1) + 0.05 + 0.18 * (under.count("\n") + 1) + 0.10
    bottom = 0.08 + 0.16 * (foot.count("\n") + 1) + 0.05
    height += top + bottom
    fig.set_size_inches(width, height)
    fig.get_layout_engine().set(
        rect=(0.005, bottom / height, 0.99, 1 - (top + bottom) / height), w_pad=0.06, h_pad=0.06
    )
    muted = COLOURS["muted"]
    fig.text(0.012, 1 - 0.08 / height, head, fontsize=12.5, fontweight="bold", va="top",
             gid="frame-title")  # fmt: skip
    low = 1 - (0.13 + 0.24 * (head.count("\n") + 1)) / height
    fig.text(0.012, low, under, fontsize=9, color=muted, va="top", gid="frame-subtitle")
    fig.text(0.012, 0.06 / height, foot, fontsize=SMALL, color=muted, va="bottom",
             gid="frame-source")  # fmt: skip
    return [round(72 * top, 1), round(72 * (height - bottom), 1)]


def _part_thousands(ax: Axes) -> None:
    """Write the numbers of an upright axis as sentences do, 1,000 for a thousand, but not years."""
    low, high = sorted(ax.get_ylim())
    is_plain = isinstance(ax.yaxis.get_major_formatter(), ScalarFormatter)
    if is_plain and max(-low, high) >= 1000 and not 1900 < low < high < 2100:
        ax.yaxis.set_major_formatter(lambda y, _: f"{y:,.10g}".replace("-", "−"))


@cache
def _face(weight: str) -> FT2Font:
    """Open a face of the house font, with the signs that it lacks from DejaVu Sans."""
    return font_manager.get_font([str(FACES[weight]), font_manager.findfont("DejaVu Sans")])


def text_width(text: str, size: float, weight: str = "regular") -> float:
    """Measure a line of text in points, set in the house font.

    Examples
    --------
    >>> text_width("iii", 9) < text_width("WWW", 9) < text_width("WWW", 9, "bold")
    True
    """
    face = _face(weight)
    face.set_size(size, 72)
    face.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return face.get_width_height()[0] / 64


@cache
def wrap(text: str, width: float, size: float, weight: str = "regular") -> str:
    r"""Break a line of text where it would grow wider than so many points.

    A dollar sign is escaped, for two of them would set what is between them as a formula.

    Examples
    --------
    >>> wrap("Peak in 2005 at $2", 40, 9)
    'Peak in\n2005 at\n\\$2'
    """
    words = re.split(r"[^\S\xa0]+", text.strip())  # a non-breaking space holds
    lines = []
    while words:
        many = _fitting(words, width, size, weight)
        lines.append(" ".join(words[:many]))
        words = words[many:]
    return "\n".join(lines).replace("$", r"\$")


def _fitting(words: list[str], width: float, size: float, weight: str) -> int:
    """Count the words that fit into a line, one at least.

    To measure text is slow, so only the lines around a guess are measured.
    """

    def fits(many: int) -> bool:
        return text_width(" ".join(words[:many]), size, weight) <= width

    ends = list(accumulate(len(word) + 1 for word in words))
    many = max(1, bisect(ends, width / (LETTER * size)))
    while many < len(words) and fits(many + 1):
        many += 1
    while many > 1 and not fits(many):
        many -= 1
    return many
