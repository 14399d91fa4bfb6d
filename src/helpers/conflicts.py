"""Where the articles disagree, or one with itself, or a word needs a definition: who is right.

Each conflict names the claims on its two sides. What they came out as settles it by one rule; so
nothing here can say other than the verdicts do.
"""

import json
import re
from collections import Counter

import numpy as np
import pandas as pd

from helpers import prose, verdicts
from helpers.choices import Choices
from helpers.claims import PLURAL, VERDICTS, Claim, Tables, ledger
from helpers.robustness import CODES, Curve, curves, in_words
from helpers.scorecard import JUDGED, evaluate, measure

SCORES = {"holds": 1.0, "holds_in_part": 0.5, "fails": 0.0}
SIDES = ("first", "second")
# The firmest first.
STATES = {
    "stands": "holds",
    "partly": "holds in part",
    "falls": "fails",
    "open": "cannot be judged",
}
OUTCOMES = {
    "first_ahead": "the first position comes out ahead",
    "second_ahead": "the second position comes out ahead",
    "both_stand": "both positions hold",
    "both_in_part": "both positions hold, one only in part",
    "each_in_part": "each position holds in part",
    "neither": "neither position holds",
    "one_sided": "only one position can be judged",
    "definition_decides": "it depends on the definition",
    "definition_indifferent": "no other definition tried changes a verdict",
    "definition_untried": "no other definition was tried",
    "slip_confirmed": "a slip",
    "slip_in_part": "a slip in part",
    "no_slip": "no slip",
    "too_early": "too early to tell as a whole",
    "open": "the data cannot say",
}
OF_EQUALS = {"stands": "both_stand", "partly": "each_in_part", "falls": "neither"}
OF_SLIP = {"falls": "slip_confirmed", "partly": "slip_in_part", "stands": "no_slip", "open": "open"}
OF_TURNS = {
    True: "definition_decides",
    False: "definition_indifferent",
    None: "definition_untried",
}
SLIPS = {
    "slip_confirmed": "a slip is the statement that {}",
    "slip_in_part": "in part a slip is the statement that {}",
    "no_slip": "no slip is the statement that {}",
}
BOTH = ("both_stand", "both_in_part", "each_in_part")
SCOPES = {
    "between_articles": "between articles",
    "within_cepa": "within CEPA",
    "within_diplomat": "within Diplomat",
    "definition": "definition",
    "suspected_slip": "suspected slip",
    "forecast": "forecast",
}
# Reasons for a verdict that are a matter of definition: another reading of the words decides.
READINGS = ("other_period", "some_definitions_only", "unit_differs")
IN_PART = {
    "other_period": "holds only for another period ({})",
    "some_definitions_only": "holds only under another reading ({})",
    "unit_differs": "holds only in another unit ({})",
    "loose_floor": "holds as a low floor",
    "within_interval_only": "holds in part, by the interval",
}
# Units that say nothing beside what the claim says.
MUTE_UNITS = ("%", "years", "share of years")
# First words that are small within a sentence; all others may be names.
SMALL = re.compile(
    "(?:About|After|Antimony|As|At|Before|Between|Bilateral|Constraints|Contract|Cooperation"
    "|Exercises|Four|From|If|In|Joint(?! Sea)|Meanwhile|Meetings|Military|Mutual|Neither|No|Nothing"
    "|Officially|Relations|Sales|Security|Several|Signs|Since|So|The|There|Three|Towards|Two"
    "|Unmanned|Up)[ ,-]"
)
CLAIMS_TOLD = 2


def settle(results: pd.DataFrame, found: dict[str, Curve], data: Tables) -> pd.DataFrame:
    """Settle every conflict from the verdicts of its claims.

    Parameters
    ----------
    results
        What `scorecard.evaluate` gives, for all claims.
    found
        What `robustness.curves` gives for them.

    Returns
    -------
    pandas.DataFrame
        The table conflicts with `state_first`, `state_second` (stands, partly, falls, open),
        `turning` (of a definition: the claims whose verdict turns on it, and how) and `outcome`,
        one of `OUTCOMES`.
    """
    judged = results.set_index("claim_id", drop=False)
    return pd.DataFrame(
        [_settled(row, judged, found) for row in data["conflicts"].to_dict("records")]
    )


def _settled(row: dict, judged: pd.DataFrame, found: dict[str, Curve]) -> dict:
    """Settle one conflict."""
    states = {
        f"state_{side}": state(judged.loc[ids(row[f"side_{side}"]), "verdict"].tolist())
        for side in SIDES
    }
    moved = turning(row, judged, found) if row["scope"] == "definition" else []
    turns = bool(moved) if moved or ids(row["choices"]) else None
    is_exclusive = row["is_exclusive"] is not False
    result = outcome(row["scope"], *states.values(), turns, is_exclusive)
    return {**row, **states, "turning": moved, "outcome": result}


def ids(cell: object) -> list[str]:
    """List the claims, or choices, that a cell names.

    Examples
    --------
    >>> ids("CEPA-001;DIP-002"), ids(float("nan"))
    (['CEPA-001', 'DIP-002'], [])
    """
    return [] if pd.isna(cell) else str(cell).split(";")


def state(verdicts: list[str]) -> str:
    """Say how a position stands whose claims came out so; those not judged do not count.

    Examples
    --------
    >>> state(["holds", "opinion"]), state(["holds", "fails"]), state(["fails"]), state(["cited"])
    ('stands', 'partly', 'falls', 'open')
    """
    scores = [SCORES[verdict] for verdict in verdicts if verdict in SCORES]
    if not scores:
        return "open"
    return {1.0: "stands", 0.0: "falls"}.get(sum(scores) / len(scores), "partly")


def turning(conflict: dict, judged: pd.DataFrame, found: dict[str, Curve]) -> list[str]:
    """Name the claims of a definition whose verdict turns on it, with what they turn into.

    Where choices of the package embody the definition, it is these alone that must move the
    verdict, and the greatest move comes first; otherwise the verdict must rest on one of several
    readings of the claim.

    Parameters
    ----------
    conflict
        A row of the table conflicts.
    judged
        What `scorecard.evaluate` gives, by claim.
    found
        What `robustness.curves` gives.
    """
    names, told = ids(conflict["choices"]), []
    for row in judged.loc[ids(conflict["claim_ids"])].to_dict("records"):
        one, own = found.get(row["claim_id"]), row["verdict"]
        if names and one and own in SCORES:
            changed, verdict = flip_by(one, names)
            if changed:
                far = abs(SCORES[verdict] - SCORES[own])
                told.append((far, f"{_claim_told(row)}, but {_with(changed, verdict)}"))
        elif not names and row["reason"] in READINGS:
            told.append((0.0, _claim_told(row)))
    return [words for _, words in sorted(told, key=lambda item: -item[0])]


def _with(changed: dict[str, object], verdict: str) -> str:
    """Say what a claim comes out as under other choices.

    Examples
    --------
    >>> _with({"cutoff_2": "2021-01-01", "count_virtual": False}, "fails")
    'with the third era from 2021-01-01 and no meetings by video it fails'
    """
    return f"with {in_words(changed)} it {VERDICTS[verdict]}"


def flip_by(one: Curve, names: list[str]) -> tuple[dict[str, object], str]:
    """Find the smallest change of these choices alone that gives another verdict.

    Of changes of as many choices the one with the most different verdict is given.

    Returns
    -------
    tuple
        The choices to change with their settings, and the verdict; ({}, "") if none does. That
        the data fall silent is no other verdict.
    """
    free = tuple(slice(None) if name in names else slice(1) for name in one.choices)
    verdicts = one.verdict[free]
    own = CODES[verdicts.flat[0]]
    other = {
        place: CODES[code]
        for place, code in np.ndenumerate(verdicts)
        if CODES[code] in SCORES and CODES[code] != own
    }
    if not other or own not in SCORES:
        return {}, ""
    nearest = min(
        other,
        key=lambda place: (np.count_nonzero(place), -abs(SCORES[other[place]] - SCORES[own])),
    )
    axes = zip(one.choices, one.settings, nearest, strict=True)
    return {name: values[at] for name, values, at in axes if at}, other[nearest]


def outcome(
    scope: str, first: str, second: str, turns: bool | None, is_exclusive: bool = True
) -> str:
    """Settle one conflict from the states of its sides: the one rule for all.

    The position that holds further is ahead. None is where only one can be judged, since the
    other might hold too, nor where both hold, wholly or in part, and can both be right.

    Parameters
    ----------
    scope
        As in the table conflicts. A suspected slip is settled by its first side alone: the
        claims that would be false if it is one.
    first, second
        The states of the two sides.
    turns
        Whether a verdict turns on the definition; None if no other one was tried.
    is_exclusive
        Whether the positions exclude each other.

    Examples
    --------
    >>> outcome("within_cepa", "partly", "stands", None, is_exclusive=False)
    'both_in_part'
    """
    if scope == "suspected_slip":
        return OF_SLIP[first]
    if first == second == "open":
        return "open"
    if scope == "forecast":
        return "too_early"
    if scope == "definition":
        return OF_TURNS[turns]
    return "one_sided" if "open" in (first, second) else _of_two(first, second, is_exclusive)


def _of_two(first: str, second: str, is_exclusive: bool) -> str:
    """Settle a conflict both sides of which can be judged."""
    if not is_exclusive and {first, second} == {"stands", "partly"}:
        return "both_in_part"
    if first == second:
        return OF_EQUALS[first]
    return "first_ahead" if _rank(first) < _rank(second) else "second_ahead"


def _rank(own: str) -> int:
    """Rank states, the firmest first."""
    return [*STATES].index(own)


def measures(data: Tables, chosen: Choices) -> pd.DataFrame:
    """Measure what decides a conflict beyond the claims in it.

    Returns
    -------
    pandas.DataFrame
        One row a measure: measure_id, conflict_id, label, observed, low, high, unit, n_rows, note.
    """
    own = ("measure_id", "conflict_id", "label")
    taken = ("observed", "low", "high", "unit", "n_rows", "note")
    rows = []
    for row in data["conflict_measures"].to_dict("records"):
        finding = measure(as_claim(row), data, chosen)
        rows.append({n: row[n] for n in own} | {n: getattr(finding, n) for n in taken})
    return pd.DataFrame(rows)


def as_claim(row: dict) -> Claim:
    """Dress a measure as a claim that expects nothing."""
    nothing = dict.fromkeys(Claim._fields, "")
    return Claim(
        **{
            **nothing,
            "claim_id": row["measure_id"],
            "operator": "none",
            "unit": "" if pd.isna(row["unit"]) else row["unit"],
            "period_start": row["period_start"],
            "period_end": row["period_end"],
            "check": row["check"],
            "check_args": json.loads(row["check_args"]),
            "choices": tuple(ids(row["choices"])),
        }
    )


def told(conflict: dict, results: pd.DataFrame, measured: pd.DataFrame) -> str:
    """Tell in a few sentences how a conflict comes out, and by which numbers and claims.

    Parameters
    ----------
    conflict
        A row of `settle`.
    results
        What `scorecard.evaluate` gives.
    measured
        What `measures` gives.

    Returns
    -------
    str
        The outcome, the measures, and the claims: one by one or, if they are more than a few, by
        how many hold and which of them fail.
    """
    rows = results.set_index("claim_id", drop=False).loc[ids(conflict["claim_ids"])]
    own = measured[measured["conflict_id"] == conflict["conflict_id"]]
    numbers = [f"{row['label']}: {_amount(row)}" for row in own.to_dict("records")]
    parts = [_lead(conflict), "; ".join(numbers), "; ".join(_grounds(conflict, rows))]
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)


def _lead(conflict: dict) -> str:
    """Say how a conflict comes out: who is right, or what it turns on."""
    result = conflict["outcome"]
    ahead, other = sorted(SIDES, key=lambda side: _rank(conflict[f"state_{side}"]))
    if result in SLIPS:
        return SLIPS[result].format(conflict["position_first"])
    if result == "definition_decides":
        first, *more = conflict["turning"]
        like = f"; {prose.plural(len(more), 'more claim turns', 'more claims turn')} on it"
        return f"{OUTCOMES[result]}: {first}{like if more else ''}"
    if result in BOTH:
        which = OUTCOMES[result].replace("one only", f"the {other} only")
        return which if conflict["is_exclusive"] else f"{which}; they do not exclude each other"
    if result in ("one_sided", "first_ahead", "second_ahead"):
        return (
            f"the {ahead} position, that {conflict[f'position_{ahead}']}, "
            f"{STATES[conflict[f'state_{ahead}']]}; the {other} "
            f"{STATES[conflict[f'state_{other}']]}"
        )
    return OUTCOMES[result]


def _grounds(conflict: dict, rows: pd.DataFrame) -> list[str]:
    """Say what the claims came out as: one by one if few, else how many, and which fail.

    Of a definition all its claims count but the one that the outcome has already told.
    """
    sides = {f" of the {side}": rows.loc[ids(conflict[f"side_{side}"])] for side in SIDES}
    if conflict["outcome"] == "open":
        return _needed(pd.concat(sides.values()).to_dict("records"))
    if conflict["scope"] == "definition":
        told = conflict["turning"][0].split()[0] if conflict["turning"] else ""
        sides = {" other" if told else "": rows[rows.index != told]}
    known = {side: part[part["verdict"].isin(JUDGED)] for side, part in sides.items()}
    every = pd.concat(known.values())
    counted, named = [], every
    if len(every) > CLAIMS_TOLD:
        counted = [_counted(side, part) for side, part in known.items() if len(part)]
        named, partly = (every[every["verdict"] == v] for v in ("fails", "holds_in_part"))
        if not len(named) and len(partly) == 1 and len(sides) > 1:
            named = partly
    silent = sum(len(part) for part in sides.values()) - len(every)
    return [
        *counted,
        *(_claim_told(row) for row in named.to_dict("records")),
        *([f"{prose.plural(silent, 'claim')} cannot be judged"] if silent else []),
    ]


def _needed(rows: list[dict]) -> list[str]:
    """Say why claims could not be judged: only cited, an opinion, or what data they need."""
    said = [f"{_named(row)}: {VERDICTS[row['verdict']]}" for row in rows]
    if len(rows) != 1 or rows[0]["verdict"] != "not_in_data" or not rows[0]["needs"]:
        return said or ["no claim of the ledger states the detail"]
    lacking = rows[0]["needs"].split(";")[0].rstrip(".")
    return [f"{said[0]}, which would take {lacking[0].lower()}{lacking[1:]}"]


def _counted(of: str, rows: pd.DataFrame) -> str:
    """Count the verdicts of claims, those of one position or all others.

    Examples
    --------
    >>> _counted(" of the first", pd.DataFrame({"verdict": ["holds", "fails", "holds"]}))
    'of 3 claims of the first, 2 hold and 1 fails'
    >>> _counted(" other", pd.DataFrame({"verdict": ["holds", "fails", "holds"]}))
    'of the other 3 claims, 2 hold and 1 fails'
    >>> _counted("", pd.DataFrame({"verdict": ["fails", "fails"]}))
    'both claims fail'
    """
    counts = rows["verdict"].value_counts()
    parts = [
        (counts[v], VERDICTS[v] if counts[v] == 1 else PLURAL[v]) for v in PLURAL if v in counts
    ]
    number, (_, word) = len(rows), parts[0]
    if number == 1:
        return f"the one claim{of} {word}"
    whose = f"the other {number} claims" if of == " other" else f"{number} claims{of}"
    if len(parts) > 1:
        return f"of {whose}, {prose.listing([f'{count} {word}' for count, word in parts])}"
    if of == " other":
        return f"{whose} all {word}"
    return f"{'both' if number == 2 else f'all {number}'} claims{of} {word}"


def _named(row: dict) -> str:
    """Name a claim by its id and what it says.

    Examples
    --------
    >>> _named({"claim_id": "CEPA-100", "paraphrase": "The pandemic was one cause."})
    'CEPA-100 (the pandemic was one cause)'
    """
    said = row["paraphrase"].rstrip(".")
    said = said[0].lower() + said[1:] if SMALL.match(said) else said
    return f"{row['claim_id']} ({said})"


def _claim_told(row: dict) -> str:
    """Tell one claim's result in a few words, with the reading under which it would hold."""
    words = row["words"].removeprefix("not under: ")
    is_met = row["verdict"] == "holds" or words != row["words"]
    said = VERDICTS[row["verdict"]]
    if row["verdict"] == "holds_in_part":
        how = "holds except under another reading ({})" if is_met else IN_PART[row["reason"]]
        said = how.format(words)
    if row["operator"] == "exists" or row["unit"] in MUTE_UNITS:
        return f"{_named(row)} {said}"
    stated = ""
    if row["operator"] in verdicts.AT_LEAST and not is_met:
        asked = verdicts.bounded(row["operator"], row["expected"], row["unit"])
        stated = f" against {asked.removeprefix('exactly ')}"
    return f"{_named(row)} {said}: {_amount(row)}{stated}"


def _amount(row: dict) -> str:
    """Say what was measured."""
    return verdicts.found(*(row[name] for name in verdicts.OBSERVED))


def counts(settled: pd.DataFrame) -> pd.DataFrame:
    """Count conflicts by outcome (rows, in words) and by what they turn on (columns, in words)."""
    table = settled.groupby(["outcome", "scope"]).size().unstack(fill_value=0)
    rows = [name for name in OUTCOMES if name in table.index]
    columns = [name for name in SCOPES if name in table.columns]
    return table.loc[rows, columns].rename(index=OUTCOMES, columns=SCOPES)


def headline(settled: pd.DataFrame) -> str:
    """Sum up how conflicts come out in one sentence, without its full stop."""
    came_out = settled.set_index("scope")["outcome"]
    slips = came_out[came_out.index == "suspected_slip"]
    words = came_out[came_out.index == "definition"]
    rest = came_out[~came_out.index.isin(["suspected_slip", "definition", "forecast"])]
    return (
        f"Of {len(rest)} contradictions the data put one position ahead in "
        f"{rest.str.endswith('ahead').sum() or 'none'}, let both hold, wholly or in part, in "
        f"{rest.isin(BOTH).sum()} and can judge only one in {(rest == 'one_sided').sum()}; of "
        f"{len(slips)} suspected slips {slips.isin(['slip_confirmed', 'slip_in_part']).sum()} "
        f"are slips at least in part; {(words == 'definition_decides').sum()} of {len(words)} "
        "definitions decide a verdict"
    )


def show(settled: pd.DataFrame, results: pd.DataFrame, measured: pd.DataFrame) -> None:
    """Show every conflict with what is in dispute and how it comes out."""
    rows = settled.to_dict("records")
    against = ("; against it: " + settled["position_second"].astype("str")).where(
        settled["position_second"].notna(), ""
    )
    shown = settled.assign(
        conflict=settled["conflict_id"] + ": " + settled["title"],
        positions=settled["position_first"] + against,
        outcome_words=settled["scope"].map(SCOPES) + ": " + settled["outcome"].map(OUTCOMES),
        told=[told(row, results, measured) for row in rows],
    )
    headings = {
        "conflict": "Conflict",
        "positions": "Positions",
        "outcome_words": "Outcome",
        "told": "What the data say",
    }
    caption = f"{prose.plural(len(shown), 'conflict')}, settled by the verdicts of their claims"
    prose.show_table(shown, caption, headings, folded=len(shown) > 12)


def of_notebook(conflicts: pd.DataFrame, notebook: str) -> pd.DataFrame:
    """Keep the conflicts most of whose claims a notebook takes up; of as many, the first one."""
    home = {i: claim.notebook for i, claim in ledger().items()}
    most = [Counter(sorted(home[i] for i in ids(cell))) for cell in conflicts["claim_ids"]]
    own = [counted.most_common(1)[0][0] == notebook for counted in most]
    return conflicts[own]


def show_of_notebook(notebook: str, chosen: Choices, data: Tables) -> None:
    """Settle and show the conflicts of a notebook under the choices of its run."""
    show(*of_notebook_settled(notebook, chosen, data))


def of_notebook_settled(
    notebook: str, chosen: Choices, data: Tables
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Settle the conflicts of a notebook: what `show` takes."""
    own, claims = of_notebook(data["conflicts"], notebook), claims_of_notebook(notebook, data)
    results, found = evaluate(chosen, claims, data), curves(chosen, claims, data)
    return settle(results, found, Tables({"conflicts": own})), results, measures(data, chosen)


def claims_of_notebook(notebook: str, data: Tables) -> dict[str, Claim]:
    """Give the claims that the conflicts of a notebook are about."""
    own = of_notebook(data["conflicts"], notebook)
    concerned = {i for cell in own["claim_ids"] for i in ids(cell)}
    return {i: claim for i, claim in ledger().items() if i in concerned}
