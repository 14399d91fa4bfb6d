"""Specification curves: an estimate under every combination of choices, the choices marked below.

After Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import prose, robustness
from helpers.claims import VERDICTS, Claim
from helpers.figures import style

SOURCE = "the ledger of claims, measured against the tables of this package"
# Of more combinations than this a curve shows so many.
DRAWN = 80


def specification_curve(
    above: Axes, below: Axes, specifications: pd.DataFrame, expected: dict[str, float]
) -> None:
    """Draw estimates in order of size, and under them which setting each one rests on.

    Parameters
    ----------
    above, below
        Two axes, one over the other, that share x.
    specifications
        One row a combination, the run's own first: `observed`, `low`, `high`, `verdict`, and one
        column for each choice. Rows without a finite estimate are left out.
    expected
        Lines to draw across the estimates, by their label.
    """
    rows = drawn(specifications)
    x = np.arange(len(rows))
    _strokes(above, x, x, rows["low"], rows["high"], style.COLOURS["grid"], 1.4)
    for verdict in [known for known in VERDICTS if known in set(rows["verdict"])]:
        here = (rows["verdict"] == verdict).to_numpy()
        _marks(above, x[here], rows["observed"][here].to_numpy(), verdict)
    for place in np.flatnonzero(rows.index == specifications.index[0]):
        above.axvline(place, color=style.COLOURS["accent"], linewidth=1.0, zorder=0.5)
        above.annotate("this run", (place, 0), xycoords=("data", "axes fraction"), xytext=(3, 2),
                       textcoords="offset points", va="bottom", fontsize=style.SMALL)  # fmt: skip
    for label, level in expected.items():
        above.axhline(level, color=style.COLOURS["ink"], linewidth=0.9, linestyle=(0, (4, 3)))
        above.annotate(label, (1, level), xycoords=("axes fraction", "data"), xytext=(3, 0),
                       textcoords="offset points", va="center", fontsize=style.SMALL)  # fmt: skip
    marks, _ = above.get_legend_handles_labels()
    style.name_marks(above, marks, columns=4)
    above.tick_params(labelbottom=False)
    _settings(below, rows[choices_of(rows)], x)


def choices_of(specifications: pd.DataFrame) -> list[str]:
    """Name the columns that are choices."""
    return [c for c in specifications if c not in ("observed", "low", "high", "verdict")]


def drawn(specifications: pd.DataFrame) -> pd.DataFrame:
    """Order combinations by their estimate; of many, take `DRAWN` evenly, and the run's own."""
    known = specifications[np.isfinite(specifications["observed"])]
    order = ["observed", *choices_of(specifications)]
    rows = known.sort_values(order, kind="stable", key=_orderly)
    picked = np.linspace(0, len(rows) - 1, min(len(rows), DRAWN)).round().astype(int)
    own = np.flatnonzero(rows.index == specifications.index[0])
    return rows.iloc[np.unique([*picked, *own])]


def _orderly(cells: pd.Series) -> pd.Series:
    """Sort settings as text and estimates as numbers."""
    return cells if pd.api.types.is_numeric_dtype(cells) else cells.astype("str")


def _marks(ax: Axes, x: np.ndarray, y: np.ndarray, verdict: str) -> None:
    """Mark estimates by verdict, in colour and shape: a dot, a square, a cross, a hollow dot.

    Each kind is one path, a fraction of the size of as many markers.
    """
    colour, name = style.VERDICT_COLOURS[verdict], VERDICTS[verdict]
    gap = np.full(len(x), np.nan)
    cap = {"holds": "round", "holds_in_part": "projecting"}.get(verdict)
    if not cap:
        mark = "x" if verdict == "fails" else "o"
        ax.plot(x, y, mark, ms=3.6, mew=1.1, color=colour, label=name, zorder=3,
                markerfacecolor=style.COLOURS["paper"])  # fmt: skip
        return
    ax.plot(np.c_[x, x, gap].ravel(), np.c_[y, y, gap].ravel(), color=colour, linewidth=4.2,
            solid_capstyle=cap, label=name, zorder=3)  # fmt: skip


def _settings(ax: Axes, rows: pd.DataFrame, x: np.ndarray) -> None:
    """Mark for each estimate the setting of every choice; neighbours run together."""
    lines = [
        (n, c, setting) for n, c in enumerate(rows) for setting in sorted(set(rows[c]), key=str)
    ]
    # A small gap sets the settings of one choice apart from those of the next.
    places = [line + 0.4 * number for line, (number, _, _) in enumerate(lines)]
    for at, (number, choice, setting) in zip(places, lines, strict=True):
        first, last = runs(x[(rows[choice] == setting).to_numpy()])
        level = np.full(len(first), at)
        colour = style.PALETTE[number % 2 * 7]
        _strokes(ax, first - 0.36, last + 0.36, level, level, colour, 5.5)
    names = [f"{c.replace('_', ' ')}: {str(s).replace('_', ' ')}" for _, c, s in lines]
    ax.set_yticks(places, names, fontsize=style.SMALL)
    ax.set_ylim(max([*places, 0]) + 0.7, -0.7)
    ax.set_xlim(-1, max(len(x), 1))
    ax.grid(visible=False)
    ax.tick_params(labelbottom=False, bottom=False)
    ax.spines["bottom"].set_visible(False)


def runs(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the first and last of each run of whole numbers without a gap.

    Examples
    --------
    >>> [part.tolist() for part in runs(np.array([1, 2, 3, 7]))]
    [[1, 7], [3, 7]]
    """
    breaks = np.diff(x) != 1
    return x[np.r_[True, breaks][: len(x)]], x[np.r_[breaks, True][-len(x) :][: len(x)]]


def _strokes(
    ax: Axes,
    x: np.ndarray,
    x2: np.ndarray,
    y: np.ndarray,
    y2: np.ndarray,
    colour: str,
    width: float,
) -> None:
    """Draw strokes as one path; where an end is missing or infinite there is none."""
    ends = [np.asarray(part, dtype=float) for part in (x, x2, y, y2)]
    fine = np.logical_and.reduce([np.isfinite(part) for part in ends])
    x, x2, y, y2 = (part[fine] for part in ends)
    gap = np.full(len(x), np.nan)
    ax.plot(np.c_[x, x2, gap].ravel(), np.c_[y, y2, gap].ravel(), color=colour, linewidth=width,
            solid_capstyle="butt", zorder=1)  # fmt: skip


def show_curve(one: robustness.Curve) -> None:
    """Show the specification curve of a claim, framed: its verdicts in the title.

    Nothing is shown where there are not two different estimates to compare.
    """
    rows = robustness.measured(one)
    known = rows[np.isfinite(rows["observed"])]
    if known["observed"].nunique() < 2:
        return
    marks = rows[choices_of(rows)].nunique().sum()
    fig, (above, below) = style.canvas(
        2.0 + 0.17 * marks, rows=2, sharex=True, height_ratios=[1.9, 0.17 * marks]
    )
    specification_curve(above, below, rows, _lines(one.claim))
    above.set_ylabel(one.claim.unit or "found", fontsize=8)
    split = prose.listing(
        [f"{VERDICTS[v]} in {100 * part:.0f} %" for v, part in robustness.shares(one).items()]
    )
    ends = f"{known['observed'].min():,.4g} to {known['observed'].max():,.4g}"
    title = f"{one.claim.claim_id} {split} of {one.verdict.size:,} combinations"
    thinned = f" (Drawn: {DRAWN} of {len(known)}, evenly.)" if len(known) > DRAWN else ""
    style.show(
        fig, title, one.claim.paraphrase + thinned, SOURCE,
        f"Specification curve. {title}. Estimates run from {ends} {one.claim.unit}.",
        table(rows, one.claim.unit),
    )  # fmt: skip


def table(specifications: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Give the combinations that a curve draws, in its order, under names for readers.

    Parameters
    ----------
    specifications
        As `specification_curve` takes them.
    unit
        Unit of the estimates.

    Returns
    -------
    pandas.DataFrame
        Estimate and ends of its interval, verdict in words, one column for each choice.
    """
    told = f" ({unit})" if unit else ""
    shown = drawn(specifications).assign(verdict=lambda rows: rows["verdict"].map(VERDICTS))
    names = {
        "observed": f"Estimate{told}",
        "low": f"From{told}",
        "high": f"To{told}",
        "verdict": "Verdict",
    }
    columns = [*names, *choices_of(shown)]
    return shown[columns].rename(columns=lambda c: names.get(c, c.replace("_", " ").capitalize()))


def _lines(claim: Claim) -> dict[str, float]:
    """Give the lines to compare estimates with: what is claimed, by each reading of its words."""
    lines = {
        "claimed": claim.expected,
        "at most": claim.expected_high,
        "loose": claim.expected_loose,
        "strict": claim.expected_strict,
    }
    return {label: level for label, level in lines.items() if pd.notna(level)}
