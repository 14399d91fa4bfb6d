"""Where the articles disagree, or one with itself, or a word needs a definition: who is right.

Each conflict names the claims on its two sides. What they came out as settles it by one rule; so
nothing here can say other than the verdicts do.
"""

import json

import pandas as pd

from helpers import verdicts
from helpers.choices import Choices
from helpers.claims import Claim, Tables
from helpers.scorecard import measure

SCORES = {"holds": 1.0, "holds_in_part": 0.5, "fails": 0.0}
OUTCOMES = {
    "first_right": "the first position is right",
    "second_right": "the second position is right",
    "both_stand": "both stand; they do not exclude each other",
    "neither": "neither is right",
    "each_in_part": "each is right in part at most",
    "definition_decides": "it depends on the definition",
    "definition_indifferent": "the definition does not matter",
    "slip_confirmed": "a slip",
    "slip_in_part": "right in part",
    "no_slip": "not a slip",
    "open": "the data cannot say",
}


def settle(results: pd.DataFrame, summed: pd.DataFrame, data: Tables) -> pd.DataFrame:
    """Settle every conflict from the verdicts of its claims.

    Parameters
    ----------
    results
        What `scorecard.evaluate` gives, for all claims.
    summed
        What `robustness.summary` gives for them.

    Returns
    -------
    pandas.DataFrame
        The table conflicts with `state_first`, `state_second` (stands, partly, falls, open) and
        `outcome`, one of `OUTCOMES`.
    """
    verdicts = results.set_index("claim_id")["verdict"].to_dict()
    varies = summed.set_index("claim_id")["flip"].ne("").to_dict()
    conflicts = data["conflicts"]
    states = [
        [state([verdicts[i] for i in ids(row[side])]) for side in ("side_first", "side_second")]
        for row in conflicts.to_dict("records")
    ]
    first, second = zip(*states, strict=True)
    outcomes = [
        outcome(row["scope"], a, b, any(varies.get(i) for i in ids(row["claim_ids"])))
        for row, a, b in zip(conflicts.to_dict("records"), first, second, strict=True)
    ]
    return conflicts.assign(state_first=first, state_second=second, outcome=outcomes)


def ids(cell: object) -> list[str]:
    """List the claims that a cell names.

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


def outcome(scope: str, first: str, second: str, varies: bool) -> str:
    """Settle one conflict from the states of its sides: the one rule for all.

    Parameters
    ----------
    scope
        As in the table conflicts. A definition is settled by whether choices change a verdict of
        the claims concerned, a suspected slip by its first side alone.
    varies
        Whether some change of choices gives one of the claims another verdict.

    Examples
    --------
    >>> outcome("between_articles", "falls", "stands", False)
    'second_right'
    """
    if first == "open" and second == "open":
        return "open"
    if scope == "suspected_slip":
        return {"falls": "slip_confirmed", "partly": "slip_in_part", "stands": "no_slip"}[first]
    if scope == "definition":
        return "definition_decides" if varies else "definition_indifferent"
    if "open" in (first, second):
        return "open" if second == "open" and first != "falls" else "each_in_part"
    return {
        ("stands", "falls"): "first_right",
        ("stands", "partly"): "first_right",
        ("falls", "stands"): "second_right",
        ("partly", "stands"): "second_right",
        ("stands", "stands"): "both_stand",
        ("falls", "falls"): "neither",
    }.get((first, second), "each_in_part")


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
    finding = measure(_as_claim(row), data, chosen)
    return {
        **{name: row[name] for name in ("measure_id", "conflict_id", "label")},
        "observed": finding.observed,
        "low": finding.low,
        "high": finding.high,
        "unit": finding.unit,
        "n_rows": finding.n_rows,
        "note": finding.note,
    }


def _as_claim(row: dict) -> Claim:
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
    """Tell in a sentence or two how a conflict comes out, and by which numbers.

    Parameters
    ----------
    conflict
        A row of `settle`.
    results
        What `scorecard.evaluate` gives.
    measured
        What `measures` gives.
    """
    judged = results[results["claim_id"].isin(ids(conflict["claim_ids"]))]
    judged = judged[judged["verdict"].isin(SCORES)]
    claims = [_claim_told(row) for row in judged.to_dict("records")]
    own = measured[measured["conflict_id"] == conflict["conflict_id"]]
    more = [
        f"{row['label']}: {verdicts.found(row['observed'], row['low'], row['high'], row['unit'])}"
        for row in own.to_dict("records")
    ]
    positions = {"first_right": "position_first", "second_right": "position_second"}
    right = positions.get(conflict["outcome"])
    said = f"{OUTCOMES[conflict['outcome']]}{f' ({conflict[right]})' if right else ''}"
    return "; ".join([said[0].upper() + said[1:], *more, *claims]) + "."


def _claim_told(row: dict) -> str:
    """Tell one claim's result in a few words."""
    words = verdicts.verdict_words(row["verdict"], "", row["words"])
    return (
        f"{row['claim_id']} {words} "
        f"({verdicts.found(row['observed'], row['low'], row['high'], row['unit'])})"
    )
