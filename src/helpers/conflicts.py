"""Where the articles disagree, or one with itself, or a word needs a definition: who is right.

Each conflict names the claims on its two sides. What they came out as settles it by one rule; so
nothing here can say other than the verdicts do.
"""

import json

import numpy as np
import pandas as pd

from helpers import prose, verdicts
from helpers.choices import Choices
from helpers.claims import PLURAL, VERDICTS, Claim, Tables, ledger
from helpers.robustness import CODES, Curve, curves
from helpers.scorecard import JUDGED, evaluate, measure

SCORES = {"holds": 1.0, "holds_in_part": 0.5, "fails": 0.0}
SIDES = ("first", "second")
OUTCOMES = {
    "first_right": "the first position is right, the second wrong",
    "second_right": "the second position is right, the first wrong",
    "first_firmer": "the first position holds, the second in part",
    "second_firmer": "the second position holds, the first in part",
    "first_in_part": "the first position holds in part, the second fails",
    "second_in_part": "the second position holds in part, the first fails",
    "both_stand": "both positions hold; they do not exclude each other",
    "each_in_part": "each position holds in part",
    "neither": "neither position holds",
    "one_sided": "only one position can be judged",
    "definition_decides": "it depends on the definition",
    "definition_indifferent": "no other definition at hand changes a verdict",
    "slip_confirmed": "a slip",
    "slip_in_part": "a slip in part",
    "no_slip": "no slip",
    "open": "the data cannot say",
}
# What the states of two sides come to, where both can be judged.
OF_STATES = {
    ("stands", "falls"): "first_right",
    ("falls", "stands"): "second_right",
    ("stands", "partly"): "first_firmer",
    ("partly", "stands"): "second_firmer",
    ("partly", "falls"): "first_in_part",
    ("falls", "partly"): "second_in_part",
    ("stands", "stands"): "both_stand",
    ("partly", "partly"): "each_in_part",
    ("falls", "falls"): "neither",
}
OF_SLIP = {"falls": "slip_confirmed", "partly": "slip_in_part", "stands": "no_slip", "open": "open"}
STATES = {"stands": "it holds", "partly": "it holds in part", "falls": "it fails"}
SCOPES = {
    "between_articles": "between the articles",
    "within_cepa": "CEPA against itself",
    "within_diplomat": "The Diplomat against itself",
    "definition": "a definition",
    "suspected_slip": "a suspected slip",
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
STATED = {
    "=": "",
    "~": "about ",
    ">=": "at least ",
    ">": "more than ",
    "<=": "at most ",
    "<": "less than ",
}
WHY_OPEN = {
    "cited": "can only be cited",
    "opinion": "is an opinion",
    "not_in_data": "is not in the data",
}
# How choices are called in a sentence, where their name with blanks would not do.
SPOKEN = {
    "counting_rule": "the counting rule",
    "cutoff_1": "the second era from",
    "cutoff_2": "the third era from",
    "window_1": "the earlier years",
    "window_2": "the later years",
    "year_rule": "years of",
    "hs_list": "the list",
    "count_virtual": "video meetings counted",
    "count_calls": "calls counted",
    "jurisdiction_rule": "jurisdiction",
    "include_licensed": "licence-built weapons counted",
    "reading": "the reading",
    "tolerance": "the tolerance",
}
MOST_WORDS = 60
CLAIMS_TOLD = 3
NEEDS_TOLD = 25


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
        `silent_first`, `silent_second` (how many of the side's claims cannot be judged),
        `turning` (of a definition: the claims whose verdict turns on it, and how) and `outcome`,
        one of `OUTCOMES`.
    """
    judged = results.set_index("claim_id")
    return pd.DataFrame(
        [_settled(row, judged, found) for row in data["conflicts"].to_dict("records")]
    )


def _settled(row: dict, judged: pd.DataFrame, found: dict[str, Curve]) -> dict:
    """Settle one conflict."""
    came_out = [judged.loc[ids(row[f"side_{side}"]), "verdict"].tolist() for side in SIDES]
    first, second = (state(verdicts) for verdicts in came_out)
    moved = turning(row, judged, found) if row["scope"] == "definition" else []
    silent = [sum(verdict not in SCORES for verdict in verdicts) for verdicts in came_out]
    return {
        **row,
        "state_first": first,
        "state_second": second,
        "silent_first": silent[0],
        "silent_second": silent[1],
        "turning": moved,
        "outcome": outcome(row["scope"], first, second, bool(moved)),
    }


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
    for claim_id in ids(conflict["claim_ids"]):
        row = {**judged.loc[claim_id], "claim_id": claim_id}
        if names and claim_id in found and row["verdict"] in SCORES:
            changed, verdict = flip_by(found[claim_id], names)
            if changed:
                far = abs(SCORES[verdict] - SCORES[row["verdict"]])
                told.append((far, f"{_claim_told(row)}, and {_with(verdict, changed)}"))
        elif not names and row["reason"] in READINGS:
            told.append((0.0, _claim_told(row)))
    return [words for _, words in sorted(told, key=lambda item: -item[0])]


def _with(verdict: str, changed: dict[str, object]) -> str:
    """Say what a claim comes out as under other choices.

    Examples
    --------
    >>> _with("fails", {"cutoff_2": "2021-01-01", "count_virtual": False})
    'with the third era from 2021-01-01 and no video meetings counted it fails'
    """
    words = []
    for name, value in changed.items():
        spoken = SPOKEN.get(name, name.replace("_", " "))
        setting = str(value).replace("_", " ")
        no = "" if value else "no "
        words.append(f"{no}{spoken}" if isinstance(value, bool) else f"{spoken} {setting}")
    return f"with {prose.listing(words)} it {VERDICTS[verdict]}"


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


def outcome(scope: str, first: str, second: str, turns: bool) -> str:
    """Settle one conflict from the states of its sides: the one rule for all.

    A position whose claims all hold is right, and wrong if all of them fail. Where only one
    position can be judged that is said and no winner named, since the other might hold as well.

    Parameters
    ----------
    scope
        As in the table conflicts. A definition is settled by whether a verdict turns on it, a
        suspected slip by its first side alone: the claims that would be false if it is one.
    first, second
        The states of the two sides.
    turns
        Whether the verdict of a claim concerned turns on the definition.

    Examples
    --------
    >>> outcome("between_articles", "falls", "stands", False)
    'second_right'
    >>> outcome("suspected_slip", "partly", "open", False)
    'slip_in_part'
    """
    if scope == "suspected_slip":
        return OF_SLIP[first]
    if first == "open" and second == "open":
        return "open"
    if scope == "definition":
        return "definition_decides" if turns else "definition_indifferent"
    return "one_sided" if "open" in (first, second) else OF_STATES[first, second]


def measures(data: Tables, chosen: Choices) -> pd.DataFrame:
    """Measure what decides a conflict beyond the claims in it.

    Returns
    -------
    pandas.DataFrame
        One row a measure: measure_id, conflict_id, label, observed, low, high, unit, n_rows, note.
    """
    rows = data["conflict_measures"].to_dict("records")
    return pd.DataFrame([_measured(row, data, chosen) for row in rows])


def _measured(row: dict, data: Tables, chosen: Choices) -> dict:
    """Run the check of one measure, as if it were a claim."""
    finding = measure(as_claim(row), data, chosen)
    return {
        **{name: row[name] for name in ("measure_id", "conflict_id", "label")},
        "observed": finding.observed,
        "low": finding.low,
        "high": finding.high,
        "unit": finding.unit,
        "n_rows": finding.n_rows,
        "note": finding.note,
    }


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
    """Tell in a few sentences how a conflict comes out, and by which claims and numbers.

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
        The outcome, the claims one by one or, if they are more than a few, by how many hold, and
        as many of the measures as `MOST_WORDS` leaves room for.
    """
    rows = results.set_index("claim_id").loc[ids(conflict["claim_ids"])]
    own = measured[measured["conflict_id"] == conflict["conflict_id"]]
    numbers = [f"{row['label']}: {_amount(row)}" for row in own.to_dict("records")]
    lead = [*_lead(conflict), *_grounds(conflict, rows)]
    room = MOST_WORDS - sum(len(part.split()) for part in lead)
    parts = [*lead, "; ".join(_fitting(numbers, room))]
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)


def _fitting(texts: list[str], room: int) -> list[str]:
    """Keep the first texts that together have no more than so many words.

    Examples
    --------
    >>> _fitting(["a b", "c", "d e f"], 4)
    ['a b', 'c']
    """
    kept: list[str] = []
    for text in texts:
        if len(" ".join([*kept, text]).split()) > room:
            break
        kept.append(text)
    return kept


def _lead(conflict: dict) -> list[str]:
    """Say how a conflict comes out: who is right, or what it turns on."""
    result = conflict["outcome"]
    if result == "one_sided":
        side = SIDES[conflict["state_first"] == "open"]
        said = f"only the {side} position can be judged, and {STATES[conflict[f'state_{side}']]}"
        return [f"{said}: {conflict[f'position_{side}']}"]
    if result == "definition_decides":
        first, *more = conflict["turning"]
        like = f"; {len(more)} more {'turns' if len(more) == 1 else 'turn'} on it" if more else ""
        return [f"{OUTCOMES[result]}: {first}{like}"]
    if result.endswith("slip") or result.startswith("slip"):
        return [f"{OUTCOMES[result]}: {conflict['position_first']}"]
    ahead = next((side for side in SIDES if result.startswith(side)), None)
    if ahead is None:
        return [OUTCOMES[result]]
    far = ", as far as it can be judged" if conflict[f"silent_{ahead}"] else ""
    return [OUTCOMES[result], f"the {ahead}{far}: {conflict[f'position_{ahead}']}"]


def _grounds(conflict: dict, rows: pd.DataFrame) -> list[str]:
    """Say what the claims came out as: one by one if they are few, else by how many.

    Of a definition all its claims count but the one that the outcome has already told.
    """
    sides = {side: ids(conflict[f"side_{side}"]) for side in SIDES}
    if conflict["scope"] == "definition":
        told = conflict["turning"][0].split()[0] if conflict["turning"] else ""
        sides = {"": [i for i in ids(conflict["claim_ids"]) if i != told]}
    if conflict["outcome"] == "open":
        return [_needed(rows.loc[[i for claims in sides.values() for i in claims]])]
    parts = {side: rows.loc[claims] for side, claims in sides.items()}
    known = {side: part[part["verdict"].isin(JUDGED)] for side, part in parts.items()}
    total = sum(len(part) for part in known.values())
    if total > CLAIMS_TOLD:
        said = [_counted(side, part) for side, part in known.items() if len(part)]
    else:
        said = [_claim_told(row) for part in known.values() for row in _records(part)]
    silent = sum(len(part) for part in parts.values()) - total
    if silent:
        said.append(f"{prose.plural(silent, 'claim')} cannot be judged")
    return ["; ".join(said)] if said else []


def _records(rows: pd.DataFrame) -> list[dict]:
    """Give rows one by one, with the claim's id."""
    return rows.reset_index(names="claim_id").to_dict("records")


def _needed(rows: pd.DataFrame) -> str:
    """Say why claims could not be judged: only cited, an opinion, or what data they need."""
    if not len(rows):
        return "no claim of the ledger states the detail"
    said = [f"{row['claim_id']} {WHY_OPEN[row['verdict']]}" for row in _records(rows)]
    needs = rows.loc[rows["verdict"] == "not_in_data", "needs"].dropna()
    if len(rows) > 1 or not len(needs):
        return "; ".join(said)
    lacking = needs.iloc[0].split(";")[0].rstrip(".").split()
    cut = " ".join(lacking[:NEEDS_TOLD]) + (" and more" if len(lacking) > NEEDS_TOLD else "")
    return f"{said[0]}, which would take {cut[0].lower()}{cut[1:]}"


def _counted(side: str, rows: pd.DataFrame) -> str:
    """Count the verdicts of a position's claims.

    Examples
    --------
    >>> _counted("first", pd.DataFrame({"verdict": ["holds", "fails", "holds"]}))
    'of 3 claims of the first, 2 hold and 1 fails'
    >>> _counted("second", pd.DataFrame({"verdict": ["holds"]}))
    'the one claim of the second holds'
    >>> _counted("", pd.DataFrame({"verdict": ["fails", "fails"]}))
    'both claims fail'
    """
    counts = rows["verdict"].value_counts()
    of = f" of the {side}" if side else ""
    parts = {
        verdict: (VERDICTS[verdict] if counts[verdict] == 1 else many)
        for verdict, many in PLURAL.items()
        if verdict in counts
    }
    if len(rows) == 1:
        return f"the one claim{of} {next(iter(parts.values()))}"
    if len(parts) == 1:
        every = "both" if len(rows) == 2 else f"all {len(rows)}"
        return f"{every} claims{of} {next(iter(parts.values()))}"
    words = prose.listing([f"{counts[verdict]} {word}" for verdict, word in parts.items()])
    return f"of {len(rows)} claims{of}, {words}"


def _claim_told(row: dict) -> str:
    """Tell one claim's result in a few words, with the reading under which it would hold."""
    words = row["words"].removeprefix("not under: ")
    is_met = row["verdict"] == "holds" or words != row["words"]
    how = "holds, but not under another reading ({})" if is_met else IN_PART.get(row["reason"], "")
    said = VERDICTS[row["verdict"]]
    if row["verdict"] == "holds_in_part":
        said = how.format(words) or said
    stated = ""
    if row["operator"] in STATED and not is_met and pd.notna(row["expected"]):
        expected = verdicts.quantity(row["expected"], row["unit"])
        stated = f" against {STATED[row['operator']]}{expected}"
    return f"{row['claim_id']} {said}: {_amount(row)}{stated}"


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
    slips = settled[settled["scope"] == "suspected_slip"]["outcome"]
    words = settled[settled["scope"] == "definition"]["outcome"]
    rest = settled[~settled["scope"].isin(["suspected_slip", "definition"])]["outcome"]
    ahead = rest.str.match("first|second").sum()
    return (
        f"Of {len(rest)} contradictions the data put one position ahead in {ahead} and let both "
        f"hold, wholly or in part, in {rest.isin(['both_stand', 'each_in_part']).sum()}; of "
        f"{len(slips)} suspected slips {slips.isin(['slip_confirmed', 'slip_in_part']).sum()} are "
        f"slips at least in part; {(words == 'definition_decides').sum()} of {len(words)} "
        "definitions decide a verdict"
    )


def show(settled: pd.DataFrame, results: pd.DataFrame, measured: pd.DataFrame) -> None:
    """Show every conflict with what is in dispute and how it comes out."""
    rows = settled.to_dict("records")
    shown = settled.assign(
        scope_words=settled["scope"].map(SCOPES),
        outcome_words=settled["outcome"].map(OUTCOMES),
        told=[told(row, results, measured) for row in rows],
    )
    headings = {
        "conflict_id": "Conflict",
        "title": "Question",
        "scope_words": "What it is",
        "position_first": "First position",
        "position_second": "Second position",
        "outcome_words": "Outcome",
        "told": "What the data say",
    }
    caption = f"{prose.plural(len(shown), 'conflict')}, settled by the verdicts of their claims"
    prose.show_table(shown, caption, headings, folded=len(shown) > 12)


def of_notebook(conflicts: pd.DataFrame, notebook: str) -> pd.DataFrame:
    """Keep the conflicts most of whose claims a notebook takes up; of as many, the first one."""
    home = {i: claim.notebook for i, claim in ledger().items()}
    own = [
        pd.Series([home[i] for i in ids(cell)]).mode().iloc[0] == notebook
        for cell in conflicts["claim_ids"]
    ]
    return conflicts[own]


def show_of_notebook(notebook: str, chosen: Choices, data: Tables) -> None:
    """Settle and show the conflicts of a notebook under the choices of its run."""
    own = of_notebook(data["conflicts"], notebook)
    concerned = {i for cell in own["claim_ids"] for i in ids(cell)}
    claims = {i: claim for i, claim in ledger().items() if i in concerned}
    results, found = evaluate(chosen, claims, data), curves(chosen, claims, data)
    show(settle(results, found, Tables({"conflicts": own})), results, measures(data, chosen))
