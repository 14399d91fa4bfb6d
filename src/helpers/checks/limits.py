"""Checks on limits, the Arctic, the grey zone, perceptions and outlook."""

import re
from typing import NamedTuple

import pandas as pd

from helpers import alliance, stats
from helpers.checks.select import during, labels, marked, select, sure, sure_marked, timely
from helpers.choices import Choices
from helpers.claims import MISSING, Claim, Finding, Reading, Tables, check

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
RULES = ("present", "absent", "as_allies")


@check
def found_among(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    part: dict,
    of: dict | None = None,
    other: dict[str, dict] | None = None,
    any_time: bool = False,
    one_off: bool = False,
) -> Finding:
    """Count what was looked for among the rows that could have shown it; missing without any.

    The rows used are those found or, where none was, those looked through.

    Parameters
    ----------
    table, of
        The rows looked through, as `select` takes them.
    part
        What a row must meet besides, to count.
    other
        Other definitions: in words, what a row must meet instead of `part`.
    any_time, one_off
        As for `rows_counted`.
    """
    frame, part_marks = tables[table], marked(tables, table, part)
    every = marked(tables, table, of) & sure_marked(tables, table, chosen)
    whole = every if any_time else every & timely(tables, table, claim)
    if not whole.any():
        return Finding(MISSING, unit=claim.unit, note=f"no row of {table} could have shown it")
    hits, number = whole & part_marks, int(whole.sum())
    readings = [
        Reading("some_definitions_only", words, float((whole & marked(tables, table, met)).sum()))
        for words, met in (other or {}).items()
    ]
    if one_off and (ever := (every & part_marks).sum()) > hits.sum():
        readings.append(Reading("other_period", "counting all years", float(ever)))
    return Finding(
        float(hits.sum()),
        unit=claim.unit,
        rows={table: frame.index[hits if hits.any() else whole]},
        note=f"{number} row{'s' if number > 1 else ''} looked through",
        readings=(*readings,),
    )


class _Rubric(NamedTuple):
    """The alliance rubric as coded: cells, their scores and the depth they stand for."""

    picked: pd.DataFrame
    scores: pd.DataFrame
    depths: pd.DataFrame

    def rows(self, tables: Tables, indicators: list[str], columns: list[str]) -> dict:
        """Give the labels of the codings behind some cells."""
        cells = self.picked
        used = cells["indicator"].isin(indicators) & cells["column"].isin(columns)
        codings = tables["alliance_indicators"]
        return labels(
            "alliance_indicators", codings[codings["coding_id"].isin(cells["coding_id"][used])]
        )


def _rubric(tables: Tables, min_confidence: str) -> _Rubric:
    """Lay the rubric out as indicator × column, once for each least confidence."""

    def compute() -> _Rubric:
        codings, rubric = tables["alliance_indicators"], tables["alliance_rubric"]
        picked = alliance.cells(codings, min_confidence)
        names = alliance.columns(codings)
        scores = alliance.matrix(picked, rubric, names, "score").astype("float64")
        return _Rubric(picked, scores, alliance.depth(picked, rubric, names))

    return tables.once(("limits: rubric", min_confidence), compute)


def _column(name: str) -> str:
    """Name the column of an era of Russia-China; a comparison pair is its own."""
    known = alliance.ERA_LABELS
    return f"{alliance.PAIR}, {known[name]}" if name in known else name


def _allies(depths: pd.DataFrame) -> list[str]:
    """List the comparison pairs that a treaty binds to defend each other."""
    bound = depths.columns[depths.loc["mutual_defence_clause"] == 1]
    return [name for name in bound if not name.startswith(alliance.PAIR)]


@check
def indicator_coded(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    indicator: str,
    at: str = "since_2022",
    minus: list[str] | None = None,
) -> Finding:
    """Give the score of one indicator of the alliance rubric: 0 absent, 0.5 partial, 1 present.

    Missing where blank or disputed. Another reading counts what is partial as absent.

    Parameters
    ----------
    indicator
        An indicator of alliance_rubric.
    at
        Era of Russia-China (1992_2013, 2014_2022, since_2022) or a comparison pair.
    minus
        Subtract the mean score of these eras or pairs.
    """
    rubric = _rubric(tables, chosen.min_confidence)
    columns = [_column(name) for name in [at, *(minus or [])]]
    coded = rubric.scores.loc[indicator, columns]
    readings = ()
    if (coded == 0.5).any():
        words, full = "counting what is partial as absent", coded.where(coded != 0.5, 0)
        readings = (Reading("some_definitions_only", words, _less_the_rest(full)),)
    said = coded.map({0: "absent", 0.5: "partial", 1: "present"}).fillna("unknown")
    return Finding(
        _less_the_rest(coded),
        unit="score",
        rows=rubric.rows(tables, [indicator], columns),
        note="; ".join(f"{name}: {level}" for name, level in said.items()),
        readings=readings,
    )


def _less_the_rest(scores: pd.Series) -> float:
    """Subtract the mean of all other scores, if there are any, from the first.

    Examples
    --------
    >>> _less_the_rest(pd.Series([0.5])), _less_the_rest(pd.Series([0.0, 1.0, 0.5]))
    (0.5, -0.75)
    """
    return float(scores.iloc[0] - (scores.iloc[1:].mean() if len(scores) > 1 else 0))


@check
def indicators_counted(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    rule: str,
    at: str = "since_2022",
    only: list[str] | None = None,
    other: dict[str, dict] | None = None,
) -> Finding:
    """Count the indicators of the alliance rubric at which Russia-China meets a rule.

    Parameters
    ----------
    rule
        present, absent or as_allies (found, and as deep as with the median pair bound to defend
        each other).
    at, only
        Era of Russia-China; the indicators looked at, all unless given.
    other
        Other definitions: in words, the arguments `rule` or `only` that change.
    """
    rubric = _rubric(tables, chosen.min_confidence)
    names = only or [*rubric.depths.index]
    met = _meeting(rubric.depths, rule, at, names)
    if met.empty:
        return Finding(MISSING, unit=claim.unit, note="none of the indicators is coded")
    hits = met.index[met].tolist()
    changed = {words: {"rule": rule, "only": names} | new for words, new in (other or {}).items()}
    again = {w: _meeting(rubric.depths, c["rule"], at, c["only"]).sum() for w, c in changed.items()}
    titles = tables["alliance_rubric"].set_index("indicator")["title"]
    note = f"{', '.join(titles[hits]) or 'none'}; {len(met)} of {len(names)} indicators known"
    used = rubric.rows(tables, hits or [*met.index], [_column(at)])
    readings = [Reading("some_definitions_only", w, float(n)) for w, n in again.items()]
    return Finding(float(len(hits)), unit=claim.unit, rows=used, note=note, readings=(*readings,))


def _meeting(depths: pd.DataFrame, rule: str, at: str, names: list[str]) -> pd.Series:
    """Mark which of some indicators meet a rule; those on which it cannot be told are left out."""
    if rule not in RULES or at not in alliance.ERA_LABELS:
        raise ValueError(f"rule {rule!r} at {at!r}: use one of {', '.join(RULES)} and an era")
    allies, depths = _allies(depths), depths.loc[names]
    now = depths[_column(at)]
    if rule == "as_allies":
        beside = depths[allies].median(axis=1)
        return ((now > 0) & (now >= beside))[now.notna() & beside.notna()]
    return (now == (1 if rule == "present" else 0))[now.notna()]


@check
def depth_compared(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    at: str = "since_2022",
    pairs: list[str] | None = None,
) -> Finding:
    """Compare the depth of Russia-China with that of formal alliances, as a ratio (1: as deep).

    Each pair is compared on the indicators known for both; scores are averaged over the pairs.
    The interval is the middle 95 per cent under random weights of the indicators.

    Parameters
    ----------
    at
        Era of Russia-China.
    pairs
        The pairs compared with; unless given, all that a treaty binds to defend each other.
    """
    rubric = _rubric(tables, chosen.min_confidence)
    depths, own = rubric.depths, _column(at)
    beside = sorted(pairs or _allies(depths))
    if not beside:
        return Finding(MISSING, unit="ratio", note="no formal alliance is coded")

    table = tables["alliance_rubric"]
    like = alliance.like_for_like(depths, table, chosen.rubric_weights, own).loc[beside]
    ratio = float(like["reference"].mean() / like["other"].mean())

    def drawn(seen: Choices) -> list[float]:
        known = _rubric(tables, seen.min_confidence).depths
        scores = alliance.draws(_paired(known, own, beside))
        ratios = scores["own"].mean(axis=1) / scores["theirs"].mean(axis=1)
        return [float(bound) for bound in ratios.quantile([0.025, 0.975])]

    interval = tables.under(("limits: drawn", own, *beside), chosen, drawn)
    used = rubric.rows(tables, [*depths.index[depths[own].notna()]], [own, *beside])
    note = f"against {', '.join(beside)}; the range is that of random weights"
    return Finding(ratio, *interval, unit="ratio", rows=used, note=note, unchanged=1.0)


def _paired(depths: pd.DataFrame, own: str, pairs: list[str]) -> pd.DataFrame:
    """Set a column beside each of several pairs, each time on what is known for both."""
    known = {name: depths[own].notna() & depths[name].notna() for name in pairs}
    own_side = {name: depths[own].where(known[name]) for name in pairs}
    their_side = {name: depths[name].where(known[name]) for name in pairs}
    return pd.concat({"own": pd.DataFrame(own_side), "theirs": pd.DataFrame(their_side)}, axis=1)


@check
def objects_damaged(
    tables: Tables, chosen: Choices, claim: Claim, where: dict, things: list[str]
) -> Finding:
    """Count the things that an incident damaged, as the column objects_damaged words them.

    Objects that belong to Russia are counted; another reading leaves them out.

    Parameters
    ----------
    where
        The incidents, as `select` takes them.
    things
        The things counted, in the singular, such as cable.
    """
    found = during(sure(tables, "incidents", chosen, where), claim)
    said = found["objects_damaged"].dropna()
    word = rf"\b({'|'.join(NUMBERS)}|\d+) (?:\w+ ){{0,2}}?(?:{'|'.join(things)})s?\b"
    numbers = [re.findall(word, text) for text in said]
    if not any(numbers):
        return Finding(MISSING, unit=claim.unit, note="no number of objects is stated")
    total = _total(sum(numbers, []))
    own = _total(sum((re.findall(rf"({'|'.join(NUMBERS)}) of them Russian", t) for t in said), []))
    readings = ()
    if own:
        words = "leaving out what belongs to Russia"
        readings = (Reading("some_definitions_only", words, total - own),)
    return Finding(
        total,
        unit=claim.unit,
        rows=labels("incidents", found.loc[said.index]),
        note="; ".join(said),
        readings=readings,
    )


def _total(words: list[str]) -> float:
    """Add up numbers written in words or figures.

    Examples
    --------
    >>> _total(["one", "3"])
    4.0
    """
    return float(sum(NUMBERS.get(word) or int(word) for word in words))


@check
def bunched(
    tables: Tables,
    chosen: Choices,
    claim: Claim,
    table: str,
    part: dict,
    of: dict | None = None,
) -> Finding:
    """Say how many times as often something falls into the period as if it were spread evenly.

    Of all rows that have it, the share that falls into the claim's period is divided by the
    share of all rows that does; 1 means no more often than before. The interval is exact
    (Clopper-Pearson) for the share of the rows that have it.

    Parameters
    ----------
    table, of
        All rows, as `select` takes them.
    part
        What a row must meet besides, to have it.
    """
    whole = sure(tables, table, chosen, of)
    inside = during(whole, claim)
    hits, late = select(whole, part), select(inside, part)
    if not len(hits) or len(inside) in (0, len(whole)):
        return Finding(MISSING, unit="ratio", note=f"nothing to compare in {table}")
    even = len(inside) / len(whole)
    return Finding(
        *(bound / even for bound in stats.share(len(late), len(hits))),
        unit="ratio",
        rows=labels(table, whole),
        note=f"{len(late)} of {len(hits)} fall into the period, as do {len(inside)} of all "
        f"{len(whole)} rows",
        unchanged=1.0,
    )
