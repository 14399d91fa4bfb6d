"""The page that sums up a sweep: what moves the findings, how each moves, and all runs.

Its numbers come from the results of the runs and from nowhere else.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from urllib.parse import quote

import pandas as pd

from helpers import choices, claims, prose, sentences, verdicts
from helpers.claims import VERDICTS
from helpers.figures import run_grid
from helpers.publish import index, notebooks, render, svg, sweep

# What no measurement decides, so that no parameter can move it.
UNTESTED = ("cited", "opinion")
VERDICT, NUMBER = "verdict", "number"
# Of more findings than these the figure shows so many.
DRAWN = 40
SOURCE = "the results of these runs, measured against the tables of this package"
COLUMNS = {
    "run": "the run, as its folder under runs is called",
    "claim_id": "the claim of the ledger that the finding is about",
    "verdict": ", ".join(VERDICTS),
    "reason": "why it holds in part only",
    "words": "the same in words, with the period or definition meant",
    "observed": "the number measured; empty where the data cannot say",
    "low": "lower end of its 95 % interval",
    "high": "upper end of its 95 % interval",
    "unit": "unit of the three",
    "n_rows": "how many rows of the tables it rests on",
}
# What a terminal takes for colours and a page for errors.
UNPRINTABLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def page(results: Sequence[dict], varied: dict[str, list], findings_only: bool = False) -> str:
    """Render the page that sums up a sweep.

    Parameters
    ----------
    results
        What `sweep.make` and `sweep.make_failed` give, one a run, in any order.
    varied
        The parameters of the grid with their settings, in its order.
    findings_only
        Whether the runs have left no notebooks and handouts to link to.

    Raises
    ------
    ValueError
        If there is no run at all, or one with a setting that the grid does not have.
    """
    if not results:
        raise ValueError("a sweep without any run has nothing to sum up")
    runs = in_order(results, varied)
    found = measured(runs, varied)
    moving = [name for name, settings in varied.items() if len(settings) > 1]
    moved = {what: moved_alone(found, moving, what) for what in (VERDICT, NUMBER)}
    summed = summary(found)
    changing = summed[summed["moves"] == VERDICT]
    notebook = results[0]["notebook"]
    title = question(notebook)
    lead, *more = told(summed, moved[VERDICT], runs, varied)
    listed = [_run(one, varied, findings_only) for one in runs]
    return index.filled(
        "sweep.html.j2",
        render.page_facts(f"{notebook}-sweep", f"{title} A sweep"),
        question=title,
        standfirst=standfirst(runs, varied),
        lead=lead,
        more=more,
        groups=_groups(summed),
        effects=effects(found, varied, moved) if len(found) else [],
        heads=heads(varied),
        bodies=_bodies(found, summed, varied),
        steady=_steady(summed),
        legend=_legend(summed),
        figure=_figure(found, changing, moved[VERDICT], runs, varied),
        names=list(varied),
        runs=listed,
        cards=_cards(notebook, listed),
        is_timed=any(one.get("seconds") is not None for one in runs),
        has_links=not findings_only,
        table=sweep.TABLE,
        columns=_columns(varied),
    )


def _cards(notebook: str, listed: Sequence[dict]) -> str:
    """Give the handout with the cards of the findings: that of the first run that left one."""
    pages = (one["page"] for one in listed if one["page"])
    return next(pages, "") if claims.of_notebook(notebook[:2]) else ""


def question(notebook: str) -> str:
    """Give the question that a notebook asks; its name if the notebook is not there.

    Examples
    --------
    >>> question("03_exercises"), question("my_own")
    ('Have joint exercises become more frequent, and how much?', 'my_own')
    """
    try:
        cells = json.loads(notebooks.find(notebook).read_text(encoding="utf-8"))["cells"]
    except ValueError:
        return notebook
    texts = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    heads = (re.search(r"^#\s+(.+)$", text, flags=re.M) for text in texts)
    return next((head[1].strip() for head in heads if head), notebook)


def in_order(results: Sequence[dict], varied: dict[str, list]) -> list[dict]:
    """Put the runs of a sweep into the order of its grid."""
    return sorted(results, key=lambda one: [place(one, name, varied) for name in varied])


def place(result: dict, name: str, varied: dict[str, list]) -> int:
    """Give the place among its settings of what a run was asked.

    Examples
    --------
    >>> place({"parameters": {"count_calls": True}}, "count_calls", {"count_calls": [False, True]})
    1
    """
    # As text, for in a list True is 1.
    return [str(one) for one in varied[name]].index(str(result["parameters"][name]))


def is_done(result: dict) -> bool:
    """Tell whether a run has findings."""
    return result["status"] == sweep.DONE


def measured(runs: Sequence[dict], varied: dict[str, list]) -> pd.DataFrame:
    """Put the findings of all runs that are done under one another.

    Returns
    -------
    pandas.DataFrame
        One row a run and claim: `at` (the place of the run), one column a parameter (the place
        of its setting), `claim_id`, `verdict`, `observed`, `unit`, and `number`, which is
        `observed` as text, without the last digits, in which equal numbers may differ.
    """
    rows = [
        {"at": at, **{name: place(one, name, varied) for name in varied}}
        | {name: finding[name] for name in ("claim_id", "verdict", "observed", "unit")}
        for at, one in enumerate(runs)
        if is_done(one)
        for finding in one["findings"]
    ]
    columns = ["at", *varied, "claim_id", "verdict", "observed", "unit"]
    found = pd.DataFrame(rows, columns=columns)
    observed = pd.to_numeric(found["observed"]).astype(float)
    return found.assign(observed=observed, number=[f"{one:.9g}" for one in observed])


def moved_alone(found: pd.DataFrame, names: Sequence[str], what: str) -> pd.DataFrame:
    """Say which parameters alone move which findings.

    Runs are compared that are equal in all other parameters; where one of them failed, the others
    are compared.

    Parameters
    ----------
    found
        What `measured` gives.
    names
        The parameters.
    what
        `verdict` or `number`.

    Returns
    -------
    pandas.DataFrame
        Claims × parameters, true where some change of this parameter alone changes it.
    """
    moved = {}
    for name in names:
        same = [*(other for other in names if other != name), "claim_id"]
        kinds = found.groupby(same)[what].nunique()
        moved[name] = (kinds > 1).groupby("claim_id").any()
    return pd.DataFrame(moved, index=pd.Index(found["claim_id"].unique(), name="claim_id"))


def sets_compared(found: pd.DataFrame, names: Sequence[str], name: str) -> int:
    """Count the sets of two runs or more that differ in one parameter alone."""
    runs = found[["at", *names]].drop_duplicates()
    others = [other for other in names if other != name]
    sizes = runs.groupby(others).size() if others else pd.Series([len(runs)])
    return int((sizes > 1).sum())


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Sum up each finding over all runs, those that move most first.

    Returns
    -------
    pandas.DataFrame
        By claim: `most` (its most frequent verdict, the first of `VERDICTS` of several), `share`
        (that of the runs with it), `verdicts` (Counter), `observed` (the median, see `median`),
        `unit`, `is_tested`, `moves`: `verdict`, `number` or nothing.
    """
    rows = [_summed(claim_id, own) for claim_id, own in found.groupby("claim_id", sort=True)]
    columns = [
        "claim_id", "most", "share", "verdicts", "numbers", "observed", "unit", "is_tested",
        "moves",
    ]  # fmt: skip
    rows.sort(key=lambda row: (ORDER.index(row["moves"]), row["share"], -row["numbers"]))
    return pd.DataFrame(rows, columns=columns).set_index("claim_id")


ORDER = (VERDICT, NUMBER, "")


def _summed(claim_id: str, own: pd.DataFrame) -> dict:
    """Sum up one finding."""
    counted, numbers = Counter(own["verdict"]), own["number"].nunique()
    most = max(VERDICTS, key=lambda one: counted[one])
    return {
        "claim_id": claim_id,
        "most": most,
        "share": counted[most] / len(own),
        "verdicts": counted,
        "numbers": numbers,
        "observed": median(own["observed"]),
        "unit": next(filter(None, own["unit"]), ""),
        "is_tested": not set(counted) <= set(UNTESTED),
        "moves": VERDICT if len(counted) > 1 else NUMBER if numbers > 1 else "",
    }


def median(observed: pd.Series) -> float:
    """Give the number in the middle, of an even number the lower one: some run did observe it.

    Examples
    --------
    >>> median(pd.Series([2018.0, 2021.0, float("nan")]))
    2018.0
    """
    return float(observed.dropna().quantile(0.5, interpolation="lower"))


def standfirst(runs: Sequence[dict], varied: dict[str, list]) -> str:
    """Say how many runs there were, over what, and how they ended."""
    told = [
        f"{choices.named(name)} ({prose.plural(len(settings), 'setting')})"
        for name, settings in varied.items()
    ]
    done = sum(map(is_done, runs))
    ended = "all done" if done == len(runs) else f"{done or 'none'} done, {len(runs) - done} failed"
    return (
        f"{prose.plural(len(runs), 'run')} over {prose.plural(len(varied), 'parameter')}: "
        f"{prose.listing(told)}; {ended}."
    )


def told(
    summed: pd.DataFrame, moved: pd.DataFrame, runs: Sequence[dict], varied: dict[str, list]
) -> list[str]:
    """Say what the sweep found, the main thing first.

    Parameters
    ----------
    summed
        What `summary` gives.
    moved
        What `moved_alone` gives for verdicts.
    runs, varied
        Those of the sweep.
    """
    done = sum(map(is_done, runs))
    said = [headline(summed, moved, done), *_untested(summed), *_least_steady(summed)]
    numbers = int((summed["moves"] == NUMBER).sum())
    if numbers:
        whose = prose.plural(numbers, "further finding")
        said.append(f"For {whose} the number observed moves, but not the verdict.")
    if done < len(runs):
        left = prose.plural(len(runs) - done, "run")
        said.append(f"{left} failed and {'is' if len(runs) - done == 1 else 'are'} left out here.")
    fixed = _fixed(runs[0], varied)
    return [*said, *([f"In every run: {fixed}."] if fixed else [])]


def headline(summed: pd.DataFrame, moved: pd.DataFrame, done: int) -> str:
    """Say how many findings keep their verdict, and what changes it most often."""
    if not done:
        return "Every run failed, so there is no finding."
    tested = summed[summed["is_tested"]]
    if tested.empty:
        return f"None of {prose.plural(len(summed), 'finding')} is open to a test by data."
    of = f"{prose.plural(len(tested), 'finding')} open to a test by data"
    if done == 1:
        came_out = sentences.counted(pd.DataFrame({"verdict": tested["most"]}))
        return f"There is one run and nothing to compare it with: of {of}, {came_out}."
    changing = int((tested["moves"] == VERDICT).sum())
    if not changing:
        kept = "The one finding" if len(tested) == 1 else f"All {of}"
        kept += " open to a test by data keeps" if len(tested) == 1 else " keep"
        silent = "; the data are silent on them" if set(tested["most"]) == {"not_in_data"} else ""
        return f"{kept} one verdict in all {done} runs{silent}."
    keeping = len(tested) - changing
    kept = f"{keeping or 'none'} {'keeps' if keeping == 1 else 'keep'} one verdict"
    change = "changes" if changing == 1 else "change"
    return (
        f"Of {of}, {kept} in all {done} runs; {changing} {change} it{_most_often(moved, changing)}."
    )


def _most_often(moved: pd.DataFrame, changing: int) -> str:
    """Name the parameters that alone change the most verdicts, unless there is but one."""
    counts = moved.sum()
    most = int(counts.max()) if len(counts) else 0
    if not most or len(counts) == 1:
        return ""
    first = [f"“{choices.named(name)}”" for name in counts.index[counts == most]]
    whose = "" if changing == 1 else f" ({'all' if most == changing else most} of them)"
    return f", most often with {prose.listing(first)}{whose}"


def _untested(summed: pd.DataFrame) -> list[str]:
    """Say how many findings no parameter can move."""
    rest = int((~summed["is_tested"].astype(bool)).sum())
    if not rest:
        return []
    those = "Another finding is" if rest == 1 else f"Another {rest} findings are"
    what = "an opinion" if rest == 1 else "opinions"
    if rest == len(summed):
        those, what = ("It is", "an opinion") if rest == 1 else ("They are", "opinions")
    return [
        f"{those} {what} or can only be cited; no parameter moves {'it' if rest == 1 else 'them'}."
    ]


def _least_steady(summed: pd.DataFrame) -> list[str]:
    """Name the finding whose runs agree least."""
    changing = summed[summed["moves"] == VERDICT]
    if changing.empty:
        return []
    row = changing.iloc[0]
    return [f"The least steady is {changing.index[0]}: it {_split(row['verdicts'])}."]


def _split(counted: Counter) -> str:
    """Say in how many runs something came out how.

    Examples
    --------
    >>> _split(Counter(fails=3, holds=1))
    'holds in 1 run and fails in 3'
    """
    said = verdicts.SAID | {"cited": "is cited only", "opinion": "is an opinion"}
    first, *rest = [one for one in VERDICTS if counted[one]]
    told = [f"{said[first]} in {prose.plural(counted[first], 'run')}"]
    return prose.listing([*told, *(f"{said[one]} in {counted[one]}" for one in rest)])


def _fixed(result: dict, varied: dict[str, list]) -> str:
    """Say what was the same in all runs and is not the default, or is in the grid."""
    same = [
        choices.in_words(name, setting)
        for name, setting in result["parameters"].items()
        if (name in varied and len(varied[name]) == 1)
        or (name not in varied and setting != choices.default(name))
    ]
    return prose.listing(same) if same else ""


def setting_words(name: str, setting: object) -> str:
    """Say what a setting means, shortly, for where the name of the choice stands beside it.

    Examples
    --------
    >>> setting_words("window_2", "2022:2024"), setting_words("count_calls", False)
    ('2022–2024', 'no calls')
    """
    return choices.meaning(name, setting) or str(setting).replace(":", "–")


def code(setting: object) -> str:
    """Write a setting as one asks for it."""
    return str(setting).lower() if isinstance(setting, bool) else str(setting)


def effects(
    found: pd.DataFrame, varied: dict[str, list], moved: dict[str, pd.DataFrame]
) -> list[dict]:
    """Say for each parameter that varies how many findings it moves alone, the most first."""
    names = [*moved[VERDICT].columns]
    rows = [
        {
            "name": name,
            "words": choices.named(name),
            "settings": [
                {
                    "code": code(one),
                    "words": choices.meaning(name, one),
                    "is_default": code(one) == code(choices.default(name)),
                }
                for one in varied[name]
            ],
            "compared": sets_compared(found, names, name),
            **{what: int(moved[what][name].sum()) for what in (VERDICT, NUMBER)},
        }
        for name in names
    ]
    most = max((row[what] for row in rows for what in (VERDICT, NUMBER)), default=0)
    for row in rows:
        row["shares"] = {w: 100 * row[w] / most if most else 0 for w in (VERDICT, NUMBER)}
    return sorted(rows, key=lambda row: (-row[VERDICT], -row[NUMBER]))


def heads(varied: dict[str, list]) -> list[dict]:
    """Give the heads of the columns: each parameter that varies, with its settings."""
    return [
        {"words": choices.named(name), "settings": [setting_words(name, one) for one in settings]}
        for name, settings in varied.items()
        if len(settings) > 1
    ]


def _bodies(found: pd.DataFrame, summed: pd.DataFrame, varied: dict[str, list]) -> list[dict]:
    """Give the rows of the heat map: those whose verdict changes, then those whose number does."""
    words = {VERDICT: "The verdict changes", NUMBER: "Only the number changes"}
    known, own = claims.ledger(), dict([*found.groupby("claim_id")])
    return [
        {"words": words[what], "rows": [_row(i, own[i], row, varied, known) for i, row in rows]}
        for what in words
        if (rows := [*summed[summed["moves"] == what].iterrows()])
    ]


def _row(
    claim_id: str, own: pd.DataFrame, row: pd.Series, varied: dict[str, list], known: dict
) -> dict:
    """Give one row of the heat map: the claim, all runs, and a cell for each setting."""
    return {
        "claim_id": claim_id,
        "says": known[claim_id].paraphrase if claim_id in known else "",
        "unit": unit_words(row["unit"]),
        "whole": cell(own, row["unit"]),
        "groups": [
            [cell(own[own[name] == place], row["unit"]) for place in range(len(settings))]
            for name, settings in varied.items()
            if len(settings) > 1
        ],
    }


def cell(own: pd.DataFrame, unit: str) -> dict:
    """Give a cell of the heat map: how often which verdict, and the median of the numbers."""
    middle = median(own["observed"])
    return {"parts": _parts_of(own["verdict"]), "number": amount(middle, unit)}


def amount(number: float, unit: str) -> str:
    """Write a number in the scale of its unit, without the unit.

    Examples
    --------
    >>> amount(0.5, "share of years"), amount(2018.0, "year"), amount(2018.0, "events")
    ('50%', '2018', '2,018')
    >>> amount(78.5, "%"), amount(float("nan"), "events")
    ('78.5%', '–')
    """
    if pd.isna(number):
        return prose.MISSING
    scale, after = verdicts.UNITS.get(unit, (1, unit))
    if unit == "year":
        return verdicts.plain(number)
    # Of a unit with a sign the sign stays, its words do not.
    return verdicts.quantity(scale * number, "") + ("%" if after.startswith("%") else "")


def unit_words(unit: str) -> str:
    """Say in which unit numbers stand.

    Examples
    --------
    >>> unit_words("share of years"), unit_words("ratio"), unit_words("events per year")
    ('% of the years', 'times', 'events per year')
    """
    return verdicts.UNITS.get(unit, (1, unit))[1] or unit


def _parts_of(found: Iterable[str]) -> list[dict]:
    """Count verdicts for a bar."""
    counted = Counter(found)
    return _parts(tuple((one, counted[one]) for one in VERDICTS if counted[one]))


def _legend(summed: pd.DataFrame) -> list[dict]:
    """Name the verdicts of the findings that data can test."""
    tested = sum(summed.loc[summed["is_tested"].astype(bool), "verdicts"], Counter())
    return [
        {"key": one, "shape": verdicts.SHAPES[one], "word": word}
        for one, word in VERDICTS.items()
        if tested[one]
    ]


@cache
def _parts(counted: tuple[tuple[str, int], ...]) -> list[dict]:
    """Give the parts of a bar; many cells of a sweep are alike."""
    if not counted:
        return []
    told = [verdict for verdict, number in counted for _ in range(number)]
    return index.counts(pd.DataFrame({"verdict": told}))


def _groups(summed: pd.DataFrame) -> list[dict]:
    """Give the bars at the top: findings of one verdict in all runs, and the others."""
    tested = summed[summed["is_tested"].astype(bool)]
    is_changing = tested["moves"] == VERDICT
    named = {
        "One verdict in all runs": tested[~is_changing],
        "More than one, by the most frequent": tested[is_changing],
    }
    return [
        {"name": name, "total": len(own), "parts": _parts_of(own["most"])}
        for name, own in named.items()
        if len(own)
    ]


def _steady(summed: pd.DataFrame) -> list[dict]:
    """List the findings that move nowhere, verdict by verdict."""
    known = claims.ledger()
    still = [row for row in summed.reset_index().to_dict("records") if not row["moves"]]
    still.sort(key=lambda row: ([*VERDICTS].index(row["most"]), row["claim_id"]))
    return [
        {
            "claim_id": row["claim_id"],
            "says": known[row["claim_id"]].paraphrase if row["claim_id"] in known else "",
            "key": row["most"],
            "shape": verdicts.SHAPES[row["most"]],
            "word": VERDICTS[row["most"]],
            "found": ""
            if pd.isna(row["observed"])
            else verdicts.quantity(row["observed"], row["unit"]),
        }
        for row in still
    ]


def _figure(
    found: pd.DataFrame,
    changing: pd.DataFrame,
    moved: pd.DataFrame,
    runs: Sequence[dict],
    varied: dict[str, list],
) -> dict | None:
    """Draw the verdicts of the findings that change theirs, run by run; nothing if none does."""
    if changing.empty:
        return None
    known, shown = claims.ledger(), changing.index[:DRAWN]
    pivot = found.pivot(index="claim_id", columns="at", values="verdict")
    grid = pivot.reindex(index=shown, columns=range(len(runs)))
    named = [f"{i}  {known[i].paraphrase if i in known else ''}".strip() for i in shown]
    strips = [
        run_grid.Strip(
            choices.named(name),
            [choices.in_words(name, one) for one in settings],
            [place(one, name, varied) for one in runs],
        )
        for name, settings in varied.items()
        if len(settings) > 1
    ]
    words = {
        "title": _figure_title(moved, changing),
        "subtitle": _figure_subtitle(len(shown), len(changing), runs),
        "source": SOURCE,
    }
    drawing = run_grid.draw(grid.set_axis(named), strips, words)
    alt = _figure_alt(changing.loc[shown], words, strips)
    return words | {"drawing": svg.inline(drawing.svg, "runs-drawn", alt, drawing.panel)}


def _figure_title(moved: pd.DataFrame, changing: pd.DataFrame) -> str:
    """Say what the figure finds: the parameter that changes the most verdicts."""
    counts = moved.loc[changing.index].sum()
    if not counts.max():
        return "Verdicts change only where several parameters do"
    name, most, changes = choices.named(counts.idxmax()), int(counts.max()), len(changing)
    which = f"all {changes}" if most == changes else f"{most} of the {changes}"
    what = "the one verdict that changes" if changes == 1 else f"{which} verdicts that change"
    return f"“{name[0].upper()}{name[1:]}” alone moves {what}"


def _figure_subtitle(shown: int, changing: int, runs: Sequence[dict]) -> str:
    """Say what the figure shows: how many findings and runs."""
    failed = len(runs) - sum(map(is_done, runs))
    cut = (
        f"The {shown} least steady of {changing} findings"
        if shown < changing
        else (prose.plural(shown, "finding") + " whose verdict changes")
    )
    blank = f"; {prose.plural(failed, 'failed run')} left blank" if failed else ""
    return (
        f"{cut}, one column for each of {len(runs)} runs; the thicker a mark, the better the claim "
        f"stands. Below, the settings of each run{blank}."
    )


def _figure_alt(
    shown: pd.DataFrame, words: dict[str, str], strips: Sequence[run_grid.Strip]
) -> str:
    """Say what the figure shows, the least steady findings with their numbers."""
    first = [f"{i} {_split(row['verdicts'])}" for i, row in shown.head(8).iterrows()]
    rest = len(shown) - len(first)
    more = f"; {rest} more are in the table above" if rest else ""
    below = prose.listing([strip.name for strip in strips])
    return (
        f"Grid of verdicts, findings by runs. {words['title']}. {'; '.join(first)}{more}. "
        f"Strips below mark the settings of {below}."
    )


def _run(result: dict, varied: dict[str, list], findings_only: bool) -> dict:
    """Give what the table of runs says of one."""
    settings = [
        {"code": code(result["parameters"][name]),
         "is_default": result["parameters"][name] == choices.default(name)}
        for name in varied
    ]  # fmt: skip
    seconds = result.get("seconds")
    told = {
        "settings": settings,
        "seconds": "" if seconds is None else prose.number(seconds, 0 if seconds >= 10 else 1),
        "is_done": is_done(result),
        "page": "",
        "notebook": "",
    }
    if not told["is_done"]:
        failure = UNPRINTABLE.sub("", str(result.get("failure", ""))).strip()
        lines = [line.strip() for line in failure.splitlines() if line.strip()]
        return told | {"last": lines[-1] if lines else "It does not say why.", "failure": failure}
    answer = UNPRINTABLE.sub("", str(result.get("answer", "")))
    base = f"runs/{result['run']}/{result['notebook']}"
    return (
        told
        | {
            "parts": _parts_of(one["verdict"] for one in result["findings"]),
            "answer": next(iter(re.split(r"(?<=[.!?])\s+", answer.strip())), ""),
        }
        | (
            {}
            if findings_only
            else {"page": quote(f"{base}.html"), "notebook": quote(f"{base}.ipynb")}
        )
    )


def _columns(varied: dict[str, list]) -> list[tuple[str, str]]:
    """Say what the columns of the table of results are."""
    asked = [(name, choices.describe(name)) for name in varied]
    told = [*COLUMNS.items()]
    return [told[0], *asked, *told[1:]]
