"""What all results come to, in sentences: for the scorecard, the notebooks' answers and the README.

Every number in them is computed, so that a rerun never leaves a false sentence standing.
"""

import pandas as pd

from helpers import prose, robustness, trade
from helpers.claims import PLURAL, VERDICTS
from helpers.evidence import SECTIONS
from helpers.scorecard import JUDGED, right_pct

ARTICLES = ("CEPA", "The Diplomat")


def section(name: str) -> str:
    """Write a section's name in words.

    Examples
    --------
    >>> section("arms_trade"), section("limits")
    ('arms trade', 'limits')
    """
    return SECTIONS.get(name, name)


def counted(results: pd.DataFrame) -> str:
    """Say how many claims came out how.

    Examples
    --------
    >>> counted(pd.DataFrame({"verdict": ["holds", "fails", "holds", "not_in_data"]}))
    '2 hold, 1 fails and on 1 the data are silent'
    """
    counts = results["verdict"].value_counts()
    parts = [
        f"{counts[v]} {VERDICTS[v] if counts[v] == 1 else PLURAL[v]}" for v in JUDGED if v in counts
    ]
    if "not_in_data" in counts:
        parts.append(f"on {counts['not_in_data']} the data are silent")
    return prose.listing(parts)


def headline(results: pd.DataFrame) -> str:
    """Sum up all results in one sentence, without its full stop."""
    testable = results[~results["verdict"].isin(["cited", "opinion"])]
    return f"Of {prose.plural(len(testable), 'claim')} open to a test by data, {counted(testable)}"


def articles_compared(results: pd.DataFrame) -> str:
    """Compare the two articles by the share of their judged claims that hold."""
    shares = right_pct(results, "article", least=1)
    told = [
        f"{prose.percent(shares[article])} of those of {article}"
        for article in ARTICLES
        if article in shares
    ]
    return f"Of the claims with a verdict, {prose.listing(told)} hold without reserve"


def spelled(amounts: pd.Series) -> str:
    """Write the amounts of a series in words, rounded.

    Examples
    --------
    >>> spelled(pd.Series({"event": 80.0, "rate": 40.4}))
    'event 80, rate 40'
    """
    return ", ".join(f"{name} {prose.number(amount)}" for name, amount in amounts.items())


def ledger_words(ledger: pd.DataFrame) -> str:
    """Say how many claims there are and how they can be tested."""
    kinds = ledger["testability"].value_counts()
    articles = ledger["source_id"].value_counts()
    return (
        f"The ledger holds {len(ledger)} claims, {articles['cepa-2025']} of CEPA and "
        f"{articles['diplomat-2025']} of The Diplomat. Numbers in the tables can decide "
        f"{kinds['computable']} of them, and events and texts coded by us {kinds['codable']}. "
        f"For {kinds['citable']} we can only cite what others have written. The other "
        f"{kinds['untestable']} are opinions, motives and forecasts, which no data decide."
    )


def steadiness(summed: pd.DataFrame) -> str:
    """Say how far verdicts depend on choices, without the full stop."""
    total = int(summed["n_specifications"].sum())
    firm = int((summed["robustness"] == 1).sum())
    return (
        f"Under all {prose.number(total)} combinations of choices, {firm} of {len(summed)} "
        "measured claims keep one verdict throughout"
    )


def stricter(standards: pd.DataFrame) -> str:
    """Compare the holding claims by standard of evidence, without the full stop."""
    told = [f"{count} with {name}" for name, count in standards[VERDICTS["holds"]].items()]
    return f"Claims that hold: {prose.listing(told)}"


def of_article(article: str, full: pd.DataFrame) -> list[str]:
    """Tell what one article gets right and wrong."""
    own = full[full["article"] == article]
    judged = own[own["verdict"].isin(JUDGED)]
    best = right_pct(own, "section")
    said = [f"**{article}.** Of {len(judged)} claims with a verdict, {counted(judged)}."]
    if len(best) > 1:
        said.append(
            f"It is most often right on {section(best.index[0])} ({prose.percent(best.iloc[0])} "
            f"hold) and least often on {section(best.index[-1])} "
            f"({prose.percent(best.iloc[-1])})."
        )
    firm = judged[judged["robustness"] == 1]["verdict"].value_counts()
    held, failed = int(firm.get("holds", 0)), int(firm.get("fails", 0))
    said.append(
        f"Whatever the choices, {held or 'none'} of its claims {'holds' if held == 1 else 'hold'} "
        f"and {failed or 'none'} {'fails' if failed == 1 else 'fail'}."
    )
    return said


def reserve(results: pd.DataFrame, summed: pd.DataFrame) -> list[str]:
    """Say what the scorecard cannot say."""
    counts = results["verdict"].value_counts()
    frail = summed[summed["robustness"] < 0.5]
    return [
        "Opinions, motives and forecasts make up "
        f"{prose.plural(counts.get('opinion', 0), 'claim')}, and another "
        f"{counts.get('cited', 0)} can only be set beside other documents; neither is scored.",
        f"On {counts.get('not_in_data', 0)} more the tables are silent, which refutes nothing.",
        f"{prose.plural(len(frail), 'verdict')} would be another under most combinations of "
        "choices; they are listed above and should not be quoted without saying so.",
        "A claim that holds is one that the tables bear out as it was read here: the reading of "
        "its words, the tolerance and the check stand in the ledger for everyone to dispute.",
    ]


def of_section(results: pd.DataFrame, found: dict[str, robustness.Curve]) -> str:
    """Sum up the claims of one notebook, with how many verdicts depend on choices."""
    varied = len(robustness.varying(found))
    return (
        f"{headline(results)}; {prose.plural(varied, 'verdict')} would change under other "
        "defensible choices."
    )


def headline_table(results: pd.DataFrame) -> str:
    """Write the verdicts by article as a Markdown table, for the README."""
    columns = ["article", "claims", *VERDICTS.values()]
    rows = []
    for name, own in [*results.groupby("article", sort=False), ("both", results)]:
        counts = own["verdict"].value_counts()
        rows.append([name, len(own), *(counts.get(verdict, 0) for verdict in VERDICTS)])
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def sides_held(annual: pd.DataFrame, pair: trade.Pair) -> str:
    """Say which years each side of a flow reports, and what to import where none can be mirrored.

    Parameters
    ----------
    annual
        Rows of the table `trade_annual`.
    pair
        Who exports and who imports.
    """
    held = trade.sides_held(annual, pair.exporter, pair.importer)
    sent, got, both = (prose.year_list(held[side]) for side in ("exporter", "importer", "both"))
    said = " and ".join(
        f"{trade.of(who)} reports of {what} are "
        + ("not held" if years == "none" else f"held for {years}")
        for who, what, years in (
            (pair.seller, f"exports to {pair.buyer}", sent),
            (pair.buyer, f"imports from {pair.seller}", got),
        )
    )
    if held["both"]:
        return f"{said}; both report {both}."
    wanted = [
        f"reporter {one}, {what}, partner {other}" + (f", {years}" if years != "none" else "")
        for one, what, other, own, years in (
            (pair.exporter, "exports", pair.importer, sent, got),
            (pair.importer, "imports", pair.exporter, got, sent),
        )
        if own == "none" or years != "none"
    ]
    return (
        f"{said}, so there is no year to compare. What is missing can be exported from UN "
        f"Comtrade ({'; '.join(wanted)}) and added: nolimits data import comtrade FILE..."
    )


def span(low: float, high: float, digits: int = 0) -> str:
    """Write a range, or one number where both ends read the same.

    Examples
    --------
    >>> span(8.1, 12.4), span(8.1, 8.4)
    ('8 to 12', '8')
    """
    ends = prose.number(low, digits), prose.number(high, digits)
    return " to ".join(dict.fromkeys(ends))


def mirror_words(by_year: pd.DataFrame, pair: trade.Pair) -> str:
    """Say how far an importer's reports lie from an exporter's, without a full stop.

    Parameters
    ----------
    by_year
        Ratios by year, as `trade.mirror_by_year` gives them; the first column is told.
    pair
        Who exports and who imports.
    """
    kind = by_year.columns[0]
    times = span(*by_year[kind].agg(["min", "max"]), 2)
    of_what = {"All goods": "all goods", "Median of single codes": "the median code"}[kind]
    return f"On {of_what}, {pair.buyer} reports {times} times what {pair.seller} reports"


def break_words(tested: pd.DataFrame, pair: trade.Pair) -> str:
    """Say for how many codes BACI repeats the exporter's reports, without a full stop.

    Parameters
    ----------
    tested
        What `trade.break_test` gives for the pair.
    pair
        Who exports and who imports.
    """
    same = {side: int(tested[f"exact_{side}"].sum()) for side in ("before", "after")}
    known = {side: int(tested[f"exact_{side}"].count()) for side in ("before", "after")}
    told = f"BACI repeats {trade.of(pair.seller)} own figures for"
    if not known["after"]:
        return (
            f"Before {trade.BREAK_YEAR} {told} {same['before']} of {known['before']} codes tested"
        )
    late = f"From {trade.BREAK_YEAR} {told} {same['after']} of the {known['after']} codes tested"
    if not known["before"]:
        return late
    mostly = "it mostly does not" if 2 * same["before"] < known["before"] else "it mostly does too"
    return f"{late}; before, {mostly}"
