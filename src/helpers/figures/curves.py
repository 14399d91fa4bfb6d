"""Specification curves: an estimate under every combination of choices, the choices marked below.

After Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers import choices, prose, robustness
from helpers.claims import VERDICTS, Claim
from helpers.figures import series, style

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
    _strokes(above, x, x, rows["low"], rows["high"], style.COLOURS["muted"], 1.1, alpha=0.45)
    for verdict in [known for known in VERDICTS if known in set(rows["verdict"])]:
        here = (rows["verdict"] == verdict).to_numpy()
        _marks(above, x[here], rows["observed"][here].to_numpy(), verdict)
    for level in expected.values():
        above.axhline(level, color=style.COLOURS["ink"], linewidth=0.9, linestyle=(0, (4, 3)))
    _whole_numbers(above, rows["observed"])
    series.name_ends(
        above, {name: (level, style.COLOURS["ink"]) for name, level in expected.items()}
    )
    marks, _ = above.get_legend_handles_labels()
    style.name_marks(above, marks, columns=4)
    _settings(below, rows[choices_of(rows)], x)
    _point_out(above, below, np.flatnonzero(rows.index == specifications.index[0]))


def _point_out(above: Axes, below: Axes, places: np.ndarray) -> None:
    """Lay a faint ground behind the run's own combination, and name it between the panels."""
    left, right = above.get_xlim()
    half = min(0.02 * (right - left), 0.5)  # no wider than its name
    for ax in (above, below):
        for place in places:
            ax.axvspan(place - half, place + half, color=style.COLOURS["accent"], alpha=0.22,
                       linewidth=0, zorder=0.2)  # fmt: skip
    above.set_xticks(places, ["this run"] * len(places), color=style.COLOURS["ink"],
                     fontsize=style.SMALL)  # fmt: skip
    above.tick_params(axis="x", length=0, pad=2, labelbottom=True)


def _whole_numbers(ax: Axes, estimates: pd.Series) -> None:
    """Keep the ticks of an axis on whole numbers where only whole ones were found."""
    if (estimates == estimates.round()).all():
        ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


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
    lines = [(n, c, setting) for n, c in enumerate(rows) for setting in in_order(c, rows[c])]
    # A small gap sets the settings of one choice apart from those of the next.
    places = [line + 0.4 * number for line, (number, _, _) in enumerate(lines)]
    for at, (number, choice, setting) in zip(places, lines, strict=True):
        first, last = runs(x[(rows[choice] == setting).to_numpy()])
        level = np.full(len(first), at)
        colour = style.PALETTE[number % 2 * 7]
        _strokes(ax, first - 0.36, last + 0.36, level, level, colour, 5.5)
    names = [choices.in_words(c, s) for _, c, s in lines]
    ax.set_yticks(places, names, fontsize=style.SMALL)
    ax.set_ylim(max([*places, 0]) + 0.7, -0.7)
    ax.set_xlim(-1, max(len(x), 1))
    ax.grid(visible=False)
    ax.tick_params(labelbottom=False, bottom=False)
    ax.spines["bottom"].set_visible(False)


def in_order(choice: str, held: pd.Series) -> list:
    """Give the settings of a choice that occur, in the order of the grid, others behind them.

    Examples
    --------
    >>> in_order("min_confidence", pd.Series(["high", "low", "high"]))
    ['low', 'high']
    """
    known = robustness.GRID.get(choice, [])
    return sorted(set(held), key=lambda s: (known.index(s) if s in known else len(known), str(s)))


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
    alpha: float = 1,
) -> None:
    """Draw strokes as one path; where an end is missing or infinite there is none."""
    ends = [np.asarray(part, dtype=float) for part in (x, x2, y, y2)]
    fine = np.logical_and.reduce([np.isfinite(part) for part in ends])
    x, x2, y, y2 = (part[fine] for part in ends)
    gap = np.full(len(x), np.nan)
    ax.plot(np.c_[x, x2, gap].ravel(), np.c_[y, y2, gap].ravel(), color=colour, linewidth=width,
            alpha=alpha, solid_capstyle="butt", zorder=1)  # fmt: skip


def show_curves(varying: list[robustness.Curve]) -> None:
    """Show the curve of each claim whose estimate moves, or say that none does.

    Parameters
    ----------
    varying
        Curves on which not all combinations lead to one verdict.
    """
    moving = [one for one in varying if moves(one)]
    for one in moving:
        show_curve(one)
    still = len(varying) - len(moving)
    if still:
        whose = prose.plural(still, "further claim" if moving else "claim")
        prose.say(
            f"For {whose} with more than one verdict no estimate moves: there the reading of the "
            "words, the tolerance or the silence of the data decides."
        )


def moves(one: robustness.Curve) -> bool:
    """Tell whether a claim has different estimates under different choices."""
    observed = robustness.measured(one)["observed"]
    return observed[np.isfinite(observed)].nunique() > 1


def show_curve(one: robustness.Curve) -> None:
    """Show the specification curve of a claim whose estimate moves: its verdicts in the title."""
    rows = robustness.measured(one)
    known = rows[np.isfinite(rows["observed"])]
    held = rows[choices_of(rows)].nunique()
    low = 0.15 * (held.sum() + 0.4 * len(held))
    fig, (above, below) = style.canvas(2.4 + low, rows=2, sharex=True, height_ratios=[1.7, low])
    specification_curve(above, below, rows, _lines(one.claim))
    above.set_ylabel(one.claim.unit or "found", fontsize=8)
    split = prose.listing(
        [f"{VERDICTS[v]} in {_share(part)}" for v, part in robustness.shares(one).items()]
    )
    ends = f"{known['observed'].min():,.4g} to {known['observed'].max():,.4g}"
    title = f"{one.claim.claim_id} {split} of {one.verdict.size:,} combinations"
    style.show(
        fig, title, one.claim.paraphrase + _drawn_in_words(one, len(known)), SOURCE,
        f"Specification curve. {title}. Estimates run from {ends} {one.claim.unit}.",
        table(rows, one.claim.unit),
    )  # fmt: skip


def _share(part: float) -> str:
    r"""Write a share that no line breaks; only nothing is 0, and only all of them is 100.

    Examples
    --------
    >>> [_share(part) for part in (0.001, 0.425, 0.999)]
    ['under 1%', '42%', 'over 99%']
    """
    if 0 < part < 0.005 or 0.995 <= part < 1:
        return "under 1%" if part < 0.5 else "over 99%"
    return f"{100 * part:.0f}%"


def _drawn_in_words(one: robustness.Curve, estimates: int) -> str:
    """Say which of all combinations a curve draws, where it is not every one."""
    judged = one.verdict.size // len(robustness.measured(one))
    thinned = f"{DRAWN} of {estimates:,}" if estimates > DRAWN else f"{estimates:,}"
    if judged > 1:
        return (
            f" Drawn: {thinned} estimates, coloured by the verdict under this "
            f"run's reading and tolerance; the title counts {judged} such judgements of each."
        )
    return f" Drawn: {thinned} estimates, evenly chosen." if estimates > DRAWN else ""


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
