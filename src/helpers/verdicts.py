"""Results in words: what was expected, what was found, by which rule, from which rows.

For notebooks as tables, for the command `nolimits check` as text and JSON.
"""

import json
import math
import textwrap

import pandas as pd

from helpers import cards, prose, robustness, scorecard
from helpers.checks.select import key
from helpers.choices import Choices
from helpers.claims import (
    PLURAL,
    REASONS,
    TOLERANCE_FACTOR,
    VERDICTS,
    Claim,
    Finding,
    Tables,
    ledger,
)
from helpers.evidence import ARTICLES

AT_LEAST = {
    "=": "exactly {}",
    "~": "about {}",
    ">=": "at least {}",
    ">": "more than {}",
    "<=": "at most {}",
    "<": "less than {}",
    "exists": "at least {} on record",
    "none": "no number",
}
# The same of a year.
IN_YEAR = {
    "=": "{}",
    "~": "about {}",
    ">=": "{} or later",
    ">": "after {}",
    "<=": "{} or before",
    "<": "before {}",
}
# The same of a ratio of one.
SAME = {"=": "exactly the same", "~": "about the same"}
# A shape before the word, so that verdicts can be told apart at a glance and without colour.
SHAPES = {
    "holds": "●",
    "holds_in_part": "◐",
    "fails": "✕",
    "not_in_data": "–",
    "cited": "❝",
    "opinion": "○",
}
# How units are said, and by how much their numbers are multiplied for it.
UNITS = {
    "share of years": (100, "% of the years"),
    "ratio": (1, "times"),
    "year": (1, ""),
}
# Units that stand before their number.
BEFORE = ("rank", "score", "package")
# The notebooks in which the cards of claims stand; a handout leads to the other handouts instead.
CARDS_IN = {
    "01": "01_arms_trade",
    "02": "02_dual_use_flows",
    "03": "03_exercises",
    "04": "04_limits",
    "05": "05_dialogue",
    "06": "06_pressure",
}
OBSERVED = ["observed", "low", "high", "unit"]
ROWS_SHOWN = 12
# Longer tables of claims are folded away.
FOLDED = 15


def expectation(claim: Claim) -> str:
    """Say what a claim expects.

    Examples
    --------
    >>> expectation(ledger()["CEPA-023"])
    'exactly 12 submarines'
    >>> expectation(ledger()["CEPA-079"])
    'about the same'
    """
    if claim.unit == "ratio" and claim.expected == 1 and claim.operator in SAME:
        return SAME[claim.operator]
    change = {"increase": "an increase", "decrease": "a decrease"}.get(claim.operator)
    if change and pd.isna(claim.expected):
        return change
    if change:
        return f"{change}, to {plain(claim.expected)} times or beyond"
    if claim.operator == "between":
        low = quantity(claim.expected, claim.unit if claim.unit in UNITS else "")
        return f"between {low} and {quantity(claim.expected_high, claim.unit)}"
    return bounded(claim.operator, claim.expected, claim.unit)


def bounded(operator: str, number: float, unit: str) -> str:
    """Say what a number must be, with its unit.

    Examples
    --------
    >>> bounded("=", 2022.0, "year"), bounded("<", 2019.0, "year"), bounded("<=", 3.0, "rank")
    ('2022', 'before 2019', 'a rank of at most 3')
    """
    if unit == "year" and operator in IN_YEAR:
        return IN_YEAR[operator].format(plain(number))
    if unit in ("rank", "score"):
        return f"a {unit} of {AT_LEAST[operator].format(_counted(number))}"
    return AT_LEAST[operator].format(quantity(number, unit))


def plain(amount: float) -> str:
    """Write a number as short as it can be; years without separators.

    Examples
    --------
    >>> plain(12.0), plain(2.345), plain(2021.0), plain(12345.0), plain(float("nan"))
    ('12', '2.35', '2021', '12,345', 'no number')
    """
    if pd.isna(amount):
        return "no number"
    if float(amount).is_integer():
        return str(int(amount)) if 1900 <= amount <= 2100 else prose.number(amount)
    return prose.number(amount, 2 if abs(amount) < 10 else 1)


def quantity(number: float, unit: str) -> str:
    """Write a number with its unit, as one says it.

    Examples
    --------
    >>> quantity(12.0, "submarines"), quantity(1.0, "entities"), quantity(2000.0, "people")
    ('12 submarines', '1 entity', '2,000 people')
    >>> quantity(2018.0, "year"), quantity(0.5, "share of years"), quantity(9.0, "rank")
    ('2018', '50% of the years', 'rank 9')
    """
    scale, after = UNITS.get(unit, (1, unit))
    written = plain(number) if unit == "year" else _counted(scale * number)
    if unit in BEFORE:
        return f"{unit} {written}"
    after = one_of(after) if number == 1 and unit not in UNITS else after
    return f"{written}{'' if after.startswith('%') else ' '}{after}".strip()


def _counted(number: float) -> str:
    """Write a number that is no year."""
    whole = pd.notna(number) and float(number).is_integer()
    return prose.number(number) if whole else plain(number)


def one_of(unit: str) -> str:
    """Write a unit for a single thing.

    Examples
    --------
    >>> [one_of(unit) for unit in ("events per year", "torpedoes", "ship classes")]
    ['event per year', 'torpedo', 'ship class']
    >>> one_of("statements and votes")
    'statements and votes'
    """
    noun, per, rest = unit.partition(" per ")
    if " and " in noun or " of " in noun:
        return unit
    for many, single in (("ies", "y"), ("sses", "ss"), ("oes", "o"), ("s", "")):
        if noun.endswith(many):
            return f"{noun.removesuffix(many)}{single}{per}{rest}"
    return unit


def found(observed: float, low: float, high: float, unit: str) -> str:
    """Say what was observed, with its interval.

    Examples
    --------
    >>> found(2.0, 0.6947, 6.4947, "ratio")
    '2 times (0.69 to 6.49)'
    """
    if pd.isna(observed):
        return "nothing"
    scale, _ = UNITS.get(unit, (1, unit))
    ends = [plain(end) if unit == "year" else _counted(scale * end) for end in (low, high)]
    around = f" ({ends[0]} to {ends[1]})" if pd.notna(low) else ""
    return quantity(observed, unit) + around


def verdict_words(verdict: str, reason: str = "", words: str = "") -> str:
    """Write a verdict with its reason.

    Examples
    --------
    >>> verdict_words("holds_in_part", "other_period", "all deliveries")
    'holds in part: the number is right for another period (all deliveries)'
    """
    why = f": {REASONS[reason]}" if reason else ""
    return VERDICTS[verdict] + why + (f" ({words})" if words else "")


def explain(claim: Claim, data: Tables, chosen: Choices) -> str:
    """Tell the whole story of a claim: statement, measurement, rule, rows and sources, flips."""
    finding, verdict = scorecard.decide(claim, data, chosen)
    parts = [
        f"{claim.claim_id}  {ARTICLES[claim.source_id]}, paragraph {claim.paragraph}",
        f"Claim: {claim.paraphrase}",
        f"Period: {claim.period_start} to {claim.period_end}",
        *_measurement(claim.read(chosen.reading), finding, chosen),
        f"Verdict: {verdict_words(*verdict)}",
        *([f"Caveat: {claim.caveat}"] if claim.caveat else []),
        *([f"Needed: {claim.needs}"] if claim.needs else []),
        *_dependence(claim, data, chosen),
        *([f"What is said: {finding.note}"] if claim.testability == "citable" else []),
        *_evidence(finding, data),
    ]
    return "\n".join(part if "\n" in part else _wrapped(part) for part in parts)


def _wrapped(text: str) -> str:
    """Break a long line for the terminal."""
    return textwrap.fill(text, 100, subsequent_indent="  ")


def _measurement(claim: Claim, finding: Finding, chosen: Choices) -> list[str]:
    """Say what was expected, by which reading of words, and what was observed."""
    if claim.testability in ("citable", "untestable"):
        return []
    how = f"check {claim.check} {claim.check_args or ''}".strip() if claim.check else "no check"
    slack = claim.tolerance * TOLERANCE_FACTOR[chosen.tolerance]
    tolerance = f", give or take {slack:.0%}" if slack else ""
    return [
        f"Expected: {expectation(claim)}{tolerance}",
        *([f"Reading: {claim.reading}"] if claim.reading else []),
        f"Observed: {found(finding.observed, finding.low, finding.high, finding.unit)}"
        + (f"; {finding.note}" if finding.note else ""),
        *(f"Read otherwise: {r.words}: {plain(r.observed)}" for r in finding.readings),
        f"Measured by: {how}",
    ]


def _dependence(claim: Claim, data: Tables, chosen: Choices) -> list[str]:
    """Say how far the verdict depends on choices."""
    if not claim.check:
        return []
    one = robustness.curve(claim, data, chosen)
    changed, other = robustness.flip(one)
    parts = ", ".join(f"{VERDICTS[v]} {s:.0%}" for v, s in robustness.shares(one).items())
    flip = f"; with {robustness.in_words(changed)} it {VERDICTS[other]}" if changed else ""
    return [f"Under {prose.plural(one.verdict.size, 'combination')} of choices: {parts}{flip}"]


def _evidence(finding: Finding, data: Tables) -> list[str]:
    """List the rows that decided, or for a claim that can only be cited those that speak to it."""
    used = scorecard.rows_used(finding, data)
    return [_rows(name, frame, data) for name, frame in used.items() if len(frame)]


def _rows(name: str, frame: pd.DataFrame, data: Tables) -> str:
    """List the first rows of a table with their sources."""
    places = data["sources"].set_index("source_id")
    lines = []
    for row in frame.head(ROWS_SHOWN).to_dict("records"):
        source = places.loc[row["source_id"]]
        told = " ".join(str(row[c]) for c in key(name))
        lines.append(f"  {told}: {source['publisher']}, {source['url']}")
    more = len(frame) - ROWS_SHOWN
    return "\n".join(
        [f"{prose.plural(len(frame), 'row')} of {name}:", *lines]
        + ([f"  and {prose.number(more)} more"] if more > 0 else [])
    )


def wanted(
    ids: tuple[str, ...], section: str | None, article: str | None, verdict: str | None
) -> dict[str, Claim]:
    """Give the claims asked for; all of them if nothing is asked.

    Raises
    ------
    ValueError
        Naming every id, section or verdict that there is not, with those that there are.
    """
    known = ledger()
    sections = sorted({claim.section for claim in known.values()})
    strange = [i for i in ids if i not in known]
    complaints = []
    if strange:
        complaints.append(f"no claim {', '.join(strange)}; ids run from CEPA-001 to {[*known][-1]}")
    if section and section not in sections:
        complaints.append(f"no section {section!r}; there are {', '.join(sections)}")
    if verdict and verdict not in VERDICTS:
        complaints.append(f"no verdict {verdict!r}; there are {', '.join(VERDICTS)}")
    if complaints:
        raise ValueError("\n".join(complaints))
    return {
        i: claim
        for i, claim in known.items()
        if (not ids or i in ids)
        and section in (None, claim.section)
        and (article is None or claim.source_id.startswith(article))
    }


def as_text(results: pd.DataFrame) -> str:
    """Lay results out as a table for the terminal, with the counts of verdicts below."""
    lines = [
        f"{row['claim_id']:<10}{verdict_words(row['verdict']):<17}"
        f"{_short(found(row['observed'], row['low'], row['high'], row['unit']), 34):<35}"
        f"{_short(row['paraphrase'], 78)}"
        for row in results.to_dict("records")
    ]
    return "\n".join([*lines, f"{prose.plural(len(results), 'claim')}: {tally(results) or 'none'}"])


def _short(text: str, width: int) -> str:
    """Cut a text to a width."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def as_json(results: pd.DataFrame, robust: dict[str, float]) -> str:
    """Write results as a JSON list, one object a claim.

    Parameters
    ----------
    results
        What `scorecard.evaluate` gives.
    robust
        The share of combinations of choices with the same verdict, by claim; claims that
        nothing measures have none.
    """
    columns = [
        "claim_id", "paraphrase", "verdict", "reason", "observed", "low", "high", "unit",
        "operator", "expected",
    ]  # fmt: skip
    objects = [
        {**{c: _known(row[c]) for c in columns}, "n_rows": row["n_rows"],
         "robustness": robust.get(row["claim_id"])}
        for row in results.to_dict("records")
    ]  # fmt: skip
    return json.dumps(objects, indent=1, ensure_ascii=False)


def _known(cell: object) -> object:
    """Give a cell as JSON has it: nothing for what is missing, and for an infinite bound."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell


def show_verdicts(results: pd.DataFrame, caption: str = "The verdicts") -> None:
    """Show claims with what they say, what was found, the verdict and why."""
    shown = results.assign(
        **_told(results),
        verdict_words=[f"{SHAPES[v]} {VERDICTS[v]}" for v in results["verdict"]],
        card=[
            f"{CARDS_IN[n]}.ipynb#{i}"
            for n, i in zip(results["notebook"], results["claim_id"], strict=True)
        ],
    )
    headings = {
        "claim_id": "Claim",
        "paraphrase": "What it says",
        "claimed": "Claimed",
        "found": "Found",
        "verdict_words": "Verdict",
        "why": "Why",
    }
    caption = f"{caption}: {tally(results)}"
    prose.show_table(
        shown, caption, headings, link={"claim_id": "card"}, folded=len(shown) > FOLDED
    )


def _asked(claim: Claim) -> str:
    """Say what a claim expects; nothing for one that no measurement can decide."""
    measured = claim.testability in ("computable", "codable") and claim.operator != "none"
    return expectation(claim) if measured else ""


def _why(row: dict) -> str:
    """Say in one line what lies behind a verdict."""
    if row["verdict"] in ("not_in_data", "opinion"):
        return row["needs"] or row["note"]
    reason = REASONS.get(row["reason"], "") + (f" ({row['words']})" if row["words"] else "")
    return " ".join(_sentence(part) for part in (reason, row["note"], row["caveat"]) if part)


def _sentence(text: str) -> str:
    """Make a sentence of words.

    Examples
    --------
    >>> _sentence("two cables"), _sentence("None is known.")
    ('Two cables.', 'None is known.')
    """
    return f"{text[0].upper()}{text[1:].rstrip('.')}."


def show_cards(full: pd.DataFrame, data: Tables, caption: str = "The verdicts") -> None:
    """Show a card for each claim: what it says, the verdict and why, how firm it is, which rows.

    Parameters
    ----------
    full
        What `scorecard.with_robustness` gives.
    data
        The tables that the claims were measured on.
    caption
        What the cards show; the counts of verdicts follow it.
    """
    told = in_words(full)
    rows = [scorecard.rows_at(labels, data) for labels in full["rows"]]
    laid = [
        _card(row, cards.evidence(used, data))
        for row, used in zip(told.to_dict("records"), rows, strict=True)
    ]
    caption = f"{caption}: {tally(full)}"
    bundle = {
        "text/html": cards.html_of(laid, caption),
        "text/csv": prose.csv_text(told[[*CARD_COLUMNS]]),
        "text/plain": f"{caption}\n" + "\n".join(_line(row) for row in told.to_dict("records")),
    }
    prose.show(bundle, caption=caption, kind="cards")


# What a download of cards has, and the index of all handouts is made from.
CARD_COLUMNS = (
    "claim_id", "article", "paragraph", "section", "kind", "testability", "paraphrase", "claimed",
    "found", "verdict", "why", "robustness", "combinations", "flip",
)  # fmt: skip


def in_words(full: pd.DataFrame) -> pd.DataFrame:
    """Put results into words: what was claimed, found and why, and what flips the verdict.

    Returns
    -------
    pandas.DataFrame
        `CARD_COLUMNS` and `flip_verdict`, one row a claim; robustness is a share.
    """
    told = full.assign(
        **_told(full), combinations=full["n_specifications"], flip=full["flip"].fillna("")
    )
    return told[[*CARD_COLUMNS, "flip_verdict"]]


def _told(results: pd.DataFrame) -> dict[str, list[str]]:
    """Say what claims expect, by the reading of the run, what was found, and why it is so."""
    known, rows = ledger(), results.to_dict("records")
    claims = [known[row["claim_id"]]._replace(expected=row["expected"]) for row in rows]
    return {
        "claimed": [_asked(claim) for claim in claims],
        "found": ["" if pd.isna(r["observed"]) else found(*(r[c] for c in OBSERVED)) for r in rows],
        "why": [_why(row) for row in rows],
    }


# How the line of why is headed where nothing was measured: what could decide it, or who spoke.
HEADED = {"not_in_data": "Needed", "cited": "Sources", "opinion": "Needed"}


def _card(row: dict, behind: cards.Evidence) -> dict:
    """Say what stands on a card, as `cards.html_of` takes it."""
    verdict = row["verdict"]
    facts = {
        "Claimed": row["claimed"],
        "Found": row["found"],
        HEADED.get(verdict, "Why"): row["why"].removeprefix("Sources: "),
    }
    is_tried = pd.notna(row["robustness"])
    return row | {
        "shape": SHAPES[verdict],
        "word": VERDICTS[verdict],
        "facts": {name: words for name, words in facts.items() if words},
        "share": f"{row['robustness']:.3g}" if is_tried else "",
        "firmness": firmness(row) if is_tried else "",
        "evidence": behind,
    }


def firmness(row: dict) -> str:
    """Say how many combinations of choices share a verdict, and what is enough to change it.

    Examples
    --------
    >>> row = {"robustness": 0.75, "combinations": 8, "flip": "no calls", "flip_verdict": "fails"}
    >>> firmness(row)
    '75% of 8 combinations of choices; it fails with no calls'
    >>> firmness(row | {"robustness": 1.0, "flip": ""}), firmness(row | {"combinations": 1})
    ('all 8 combinations of choices', 'no choice bears on it')
    """
    number = int(row["combinations"])
    if number == 1:
        return "no choice bears on it"
    of = f"{prose.number(number)} combinations of choices"
    if row["robustness"] == 1:
        return f"all {of}"
    other = f"it {SAID[row['flip_verdict']]} with {row['flip']}" if row["flip"] else SILENT
    return f"{_share(row['robustness'])} of {of}; {other}"


SILENT = "under the others the data are silent"
# Verdicts as what is said of "it".
SAID = VERDICTS | {"not_in_data": "is not in the data"}


def _share(part: float) -> str:
    """Write a share in per cent; what is not all is never called 100 %, nor what is some 0.

    Examples
    --------
    >>> _share(0.75), _share(0.999), _share(0.001)
    ('75%', 'over 99%', 'under 1%')
    """
    if 0 < part < 0.005:
        return "under 1%"
    return "over 99%" if 0.995 <= part < 1 else f"{part:.0%}"


def _line(row: dict) -> str:
    """Write a card as one line of text."""
    verdict = f"{SHAPES[row['verdict']]} {VERDICTS[row['verdict']]}"
    return f"{row['claim_id']:<9} {verdict:<18}{_short(row['found'], 34):<35}{row['paraphrase']}"


def tally(results: pd.DataFrame) -> str:
    """Count verdicts in words.

    Examples
    --------
    >>> tally(pd.DataFrame({"verdict": ["holds", "fails", "holds"]}))
    '2 hold, 1 fails'
    """
    counts = results["verdict"].value_counts()
    return ", ".join(
        f"{counts[v]} {VERDICTS[v] if counts[v] == 1 else PLURAL[v]}"
        for v in VERDICTS
        if v in counts
    )


def show_robustness(full: pd.DataFrame, caption: str) -> None:
    """Show how far claims depend on choices: one row for each whose verdict varies.

    Parameters
    ----------
    full
        What `scorecard.with_robustness` gives.
    """
    varied = full[full["robustness"] < 1].sort_values(["robustness", "claim_id"])
    shown = varied.assign(
        verdict_words=[f"{SHAPES[v]} {VERDICTS[v]}" for v in varied["verdict"]],
        robustness_pct=100 * varied["robustness"],
        flip=[
            f"{flip}: {VERDICTS[verdict]}" if flip else "the data fall silent"
            for flip, verdict in zip(varied["flip"], varied["flip_verdict"], strict=True)
        ],
    )
    headings = {
        "claim_id": "Claim",
        "paraphrase": "What it says",
        "verdict_words": "Verdict",
        "n_specifications": "Combinations",
        "robustness_pct": "Same verdict (%)",
        "most_important": "Choice that matters most",
        "flip": "Smallest change that gives another",
    }
    prose.show_table(shown, caption, headings, folded=len(shown) > 12)
