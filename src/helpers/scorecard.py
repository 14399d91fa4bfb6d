"""Every claim measured and judged: the table that notebooks, README and command show."""

import inspect

import pandas as pd

import helpers.checks  # noqa: F401  (registers the checks)
from helpers import tables
from helpers.checks.select import has
from helpers.choices import Choices, choose
from helpers.claims import CHECKS, MISSING, Claim, Declared, Finding, Tables, Verdict, judge, ledger
from helpers.evidence import ARTICLES


def measure(claim: Claim, data: Tables, chosen: Choices) -> Finding:
    """Run the check of a claim.

    Raises
    ------
    ValueError
        If the ledger names a check that there is not, or arguments that it does not take.
    """
    if not claim.check:
        return Finding(MISSING, unit=claim.unit, note=claim.needs)
    if claim.check not in CHECKS:
        raise ValueError(
            f"{claim.claim_id}: no check {claim.check!r}; there are {', '.join(sorted(CHECKS))}"
        )
    function = CHECKS[claim.check]
    seen = Declared(chosen, claim.choices, claim.claim_id)
    try:
        inspect.signature(function).bind(data, seen, claim, **claim.check_args)
    except TypeError as error:
        takes = ", ".join([*inspect.signature(function).parameters][3:])
        raise ValueError(f"{claim.claim_id}: {claim.check}: {error}; it takes {takes}") from None
    return function(data, seen, claim, **claim.check_args)


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
        One row a claim: claim_id, source_id, article, paragraph, section, notebook, kind,
        testability, paraphrase, verdict, reason, words, observed, low, high, unit, operator,
        expected, n_rows, note, caveat, needs.
    """
    chosen, data = chosen or choose(), data or Tables()
    claims = ledger() if claims is None else claims
    return pd.DataFrame([_row(claim, *decide(claim, data, chosen)) for claim in claims.values()])


def _row(claim: Claim, finding: Finding, verdict: Verdict) -> dict:
    """Write one claim's result as a row."""
    return {
        "claim_id": claim.claim_id,
        "source_id": claim.source_id,
        "article": ARTICLES[claim.source_id],
        "paragraph": claim.paragraph,
        "section": claim.section,
        "notebook": claim.notebook,
        "kind": claim.kind,
        "testability": claim.testability,
        "paraphrase": claim.paraphrase,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "words": verdict.words,
        "observed": finding.observed,
        "low": finding.low,
        "high": finding.high,
        "unit": finding.unit or claim.unit,
        "operator": claim.operator,
        "expected": claim.expected,
        "n_rows": finding.n_rows,
        "note": finding.note,
        "caveat": claim.caveat,
        "needs": claim.needs,
    }


def rows_used(finding: Finding, data: Tables) -> dict[str, pd.DataFrame]:
    """Give the rows that decided a claim, table by table."""
    return {name: data[name].loc[labels] for name, labels in finding.rows.items()}


def speaking(claim_id: str, data: Tables) -> dict[str, pd.DataFrame]:
    """Give the rows of all tables that name a claim: what the sources say for and against it."""
    found = {}
    for name in tables.names():
        if name in ("claims", "conflicts"):
            continue
        frame = data[name]
        if "claim_ids" in frame:
            hits = frame[has(frame["claim_ids"], claim_id)]
            if len(hits):
                found[name] = hits
    return found
