"""Every claim measured and judged: the table that notebooks, README and command show."""

import inspect
import re

import pandas as pd

import helpers.checks  # noqa: F401  (registers the checks)
from helpers import schema, tables
from helpers.choices import Choices, choose
from helpers.claims import (
    CHECKS,
    MISSING,
    VERDICTS,
    Check,
    Claim,
    Declared,
    Finding,
    Tables,
    Verdict,
    judge,
    ledger,
)
from helpers.evidence import ARTICLES


def measure(claim: Claim, data: Tables, chosen: Choices) -> Finding:
    """Run the check of a claim.

    Raises
    ------
    ValueError
        If the ledger names a check that there is not, or arguments that it does not take or
        cannot follow; the message names the claim.
    """
    if claim.testability == "citable":
        return data.once(("cited", claim), lambda: cited(claim, data))
    if not claim.check:
        return Finding(MISSING, unit=claim.unit, note=claim.needs)
    if claim.check not in CHECKS:
        raise ValueError(
            f"{claim.claim_id}: no check {claim.check!r}; there are {', '.join(sorted(CHECKS))}"
        )
    function = CHECKS[claim.check]
    return data.under(
        ("finding", function, claim), chosen, lambda seen: _run(function, claim, data, seen)
    )


def _run(function: Check, claim: Claim, data: Tables, chosen: Choices) -> Finding:
    """Run the check of a claim on the choices that the claim declares."""
    data.once(("fits", function, claim), lambda: _fits(function, claim))
    declared = Declared(chosen, claim.choices, claim.claim_id)
    try:
        return function(data, declared, claim, **claim.check_args)
    except (ValueError, KeyError, TypeError, AttributeError, re.error) as error:
        said = (
            f"{claim.claim_id}: {claim.check} with {claim.check_args} in data/raw/claims: {error}"
        )
        raise ValueError(said) from error


def _fits(function: Check, claim: Claim) -> None:
    """Refuse arguments that a check does not take."""
    signature = inspect.signature(function)
    try:
        signature.bind(None, None, claim, **claim.check_args)
    except TypeError as error:
        takes = ", ".join([*signature.parameters][3:])
        raise ValueError(f"{claim.claim_id}: {claim.check}: {error}; it takes {takes}") from None


def decide(claim: Claim, data: Tables, chosen: Choices) -> tuple[Finding, Verdict]:
    """Measure a claim and judge it."""
    finding = measure(claim, data, chosen)
    return finding, judge(claim, finding, chosen)


def evaluate(
    chosen: Choices | None = None,
    claims: dict[str, Claim] | None = None,
    data: Tables | None = None,
) -> pd.DataFrame:
    """Measure and judge claims, all of them unless some are given.

    Returns
    -------
    pandas.DataFrame
        One row a claim with the columns `COLUMNS`; `expected` in the reading that is chosen,
        `rows` as in `Finding`.
    """
    chosen, data = chosen or choose(), data or Tables()
    claims = ledger() if claims is None else claims
    rows = [
        _row(claim.read(chosen.reading), *decide(claim, data, chosen)) for claim in claims.values()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = (
    "claim_id", "source_id", "article", "paragraph", "section", "notebook", "kind", "testability",
    "paraphrase", "verdict", "reason", "words", "observed", "low", "high", "unit", "operator",
    "expected", "n_rows", "rows", "note", "caveat", "needs",
)  # fmt: skip


def _row(claim: Claim, finding: Finding, verdict: Verdict) -> dict:
    """Write one claim's result as a row."""
    more = {
        "article": ARTICLES[claim.source_id],
        "unit": finding.unit or claim.unit,
        "n_rows": finding.n_rows,
    }
    return claim._asdict() | finding._asdict() | verdict._asdict() | more


def rows_used(finding: Finding, data: Tables) -> dict[str, pd.DataFrame]:
    """Give the rows that decided a claim, table by table."""
    return rows_at(finding.rows, data)


def rows_at(labels: dict[str, pd.Index], data: Tables) -> dict[str, pd.DataFrame]:
    """Give the rows that a finding, or the column `rows` of results, names, table by table."""
    return {name: data[name].loc[rows] for name, rows in labels.items()}


def speaking(claim_id: str, data: Tables) -> dict[str, pd.DataFrame]:
    """Give the rows of all tables that name a claim: what the sources say for and against it."""
    named = data.once(("speaking",), lambda: _named(data))
    return {name: data[name].loc[labels] for name, labels in named.get(claim_id, {}).items()}


def _named(data: Tables) -> dict[str, dict[str, pd.Index]]:
    """List for each claim the rows of each table that name it."""
    found: dict[str, dict[str, pd.Index]] = {}
    for name in tables.names():
        fields = {field["name"] for field in schema.fields(name)}
        if "claim_ids" in fields and name != "conflicts":
            ids = data[name]["claim_ids"].dropna().str.split(";").explode()
            for claim_id, rows in ids.groupby(ids):
                found.setdefault(claim_id, {})[name] = rows.index
    return found


def cited(claim: Claim, data: Tables) -> Finding:
    """Count what the sources say of a claim that can only be cited: nothing is measured."""
    rows = speaking(claim.claim_id, data)
    bearing = rows["perceptions"]["bearing"].value_counts() if "perceptions" in rows else {}
    told = [f"{bearing[word]} {word} it" for word in ("for", "against") if word in bearing]
    told += [f"{bearing['mixed']} mixed"] if "mixed" in bearing else []
    rest = sum(len(frame) for name, frame in rows.items() if name != "perceptions")
    told += [f"{rest} in {', '.join(n for n in rows if n != 'perceptions')}"] if rest else []
    used = {name: frame.index for name, frame in rows.items()}
    return Finding(MISSING, rows=used, note=f"sources: {', '.join(told) or 'none'}")


JUDGED = ("holds", "holds_in_part", "fails")


def counts(results: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count verdicts (columns, in words) by another column (rows), the largest row first."""
    table = results.groupby([by, "verdict"]).size().unstack(fill_value=0)
    table = table.reindex(columns=list(VERDICTS), fill_value=0).rename(columns=VERDICTS)
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def right_pct(results: pd.DataFrame, by: str, least: int = 5) -> pd.Series:
    """Give the share of judged claims that hold, by another column, the best first.

    Parameters
    ----------
    least
        Groups with fewer judged claims are left out.

    Returns
    -------
    pandas.Series
        In per cent; a claim that holds in part counts for nothing here.
    """
    judged = results[results["verdict"].isin(JUDGED)]
    enough = judged.groupby(by)["claim_id"].transform("size") >= least
    return (
        (judged[enough]["verdict"] == "holds")
        .groupby(judged[enough][by])
        .mean()
        .mul(100)
        .sort_values(ascending=False, kind="stable")
    )


def two_sources(data: Tables) -> Tables:
    """Rate the rows of the tables that can name a second source: high with one, low without.

    The other rows stay, so that claims which rest on them alone fall silent instead of failing.
    """
    double = {}
    for name in tables.names():
        frame = data[name]
        if {"confidence", "source_id_2"} <= set(frame):
            rated = frame["source_id_2"].notna().map({True: "high", False: "low"})
            double[name] = frame.assign(confidence=rated)
    return Tables(double)


def under_stricter_evidence(chosen: Choices, data: Tables) -> dict[str, pd.DataFrame]:
    """Evaluate all claims again on better evidence only, named by the standard."""
    high = chosen.model_copy(update={"min_confidence": "high"})
    medium = chosen.model_copy(update={"min_confidence": "medium"})
    return {
        "the run's own evidence": evaluate(chosen, data=data),
        "medium confidence and better": evaluate(medium, data=data),
        "high confidence only": evaluate(high, data=data),
        "two sources only": evaluate(high, data=two_sources(data)),
    }


def with_robustness(results: pd.DataFrame, summed: pd.DataFrame) -> pd.DataFrame:
    """Add to results how far they depend on choices; missing for claims without a check."""
    columns = [
        "claim_id", "n_specifications", "n_effective", "robustness", "most_important", "flip",
        "flip_verdict",
    ]  # fmt: skip
    full = results.merge(summed[columns], on="claim_id", how="left")
    return full.astype({"n_specifications": "Int64", "n_effective": "Int64"})


def fragile(full: pd.DataFrame, number: int = 10) -> pd.DataFrame:
    """Give the judged claims whose verdict the fewest combinations share, the frailest first.

    Only those that some combination judges otherwise: silence is not another verdict.
    """
    judged = full[full["verdict"].isin(JUDGED) & full["flip"].fillna("").ne("")]
    return judged.sort_values(["robustness", "claim_id"]).head(number)


def solid(full: pd.DataFrame, number: int = 10) -> pd.DataFrame:
    """Give the judged claims with one verdict under the most combinations, those first.

    Only choices that bear on a claim count, see `robustness.n_effective`.
    """
    judged = full[full["verdict"].isin(JUDGED) & (full["robustness"] == 1)]
    order = ["n_effective", "claim_id"]
    return judged.sort_values(order, ascending=[False, True]).head(number)


STEADY = {
    "every combination": (1.0, 1.0),
    "three in four or more": (0.75, 1.0),
    "half or more": (0.5, 0.75),
    "fewer than half": (0.0, 0.5),
}


def steadiness(full: pd.DataFrame) -> pd.DataFrame:
    """Count judged claims by the share of combinations with the same verdict (rows) and verdict."""
    judged = full[full["verdict"].isin(JUDGED) & full["robustness"].notna()]
    share = judged["robustness"]
    groups = {
        name: judged[(share >= low) & ((share < high) if low < high else (share == high))]
        for name, (low, high) in STEADY.items()
    }
    table = pd.DataFrame({n: g["verdict"].value_counts() for n, g in groups.items()}).T
    return table.reindex(columns=list(JUDGED)).fillna(0).astype(int).rename(columns=VERDICTS)


def by_standard(stricter: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the verdicts of testable claims (columns, in words) by standard of evidence (rows)."""
    kinds = [*JUDGED, "not_in_data"]
    table = pd.DataFrame(
        {name: found["verdict"].value_counts() for name, found in stricter.items()}
    )
    return table.T.reindex(columns=kinds).fillna(0).astype(int).rename(columns=VERDICTS)
