"""The page that leads to all handouts: the scorecard, made of what the handouts show.

Its numbers come from the cards of the executed notebooks and from nowhere else, so that it can
never say other than they do.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import jinja2
import pandas as pd
from nbformat import NotebookNode

from helpers import prose, schema, scorecard, sentences, verdicts
from helpers.claims import PLURAL, VERDICTS
from helpers.conflicts import SCOPES
from helpers.publish import parts, render

# The notebook that sums up all others.
SCORECARD = "07_scorecard"
NUMERIC = ("paragraph", "robustness", "combinations")
DISPUTES = ("Conflict", "Positions", "Outcome", "What the data say")
UNMEASURED = "not measured"
# What the claims can be filtered by: the key in the address, and the label.
FACETS = {
    "article": "Article",
    "section": "Section",
    "kind": "Kind",
    "verdict": "Verdict",
    "fragility": "Same verdict under",
}


class Handout(NamedTuple):
    """What the index says of one handout.

    Attributes
    ----------
    file
        Its page, as the index links to it.
    number, title, answer
        Its number, its question, and what its `answer` cells say.
    claims
        The claims on its cards, columns `verdicts.CARD_COLUMNS`.
    disputes
        Of the scorecard, the conflicts that it settles, columns `DISPUTES`; of others None.
    """

    file: str
    number: str
    title: str
    answer: str
    claims: pd.DataFrame
    disputes: pd.DataFrame | None


def handout(notebook: NotebookNode, name: str) -> Handout:
    """Read from an executed notebook what the index says of it."""
    return Handout(
        f"{name}.html",
        name[:2],
        render.title(notebook),
        render.answer(notebook),
        _numbered(parts.frames(notebook, *verdicts.CARD_COLUMNS)),
        parts.frames(notebook, *DISPUTES) if name == SCORECARD else None,
    )


def _numbered(cards: pd.DataFrame) -> pd.DataFrame:
    """Make numbers of the columns that hold some."""
    return cards[[*verdicts.CARD_COLUMNS]].assign(**{c: pd.to_numeric(cards[c]) for c in NUMERIC})


def page(handouts: Sequence[Handout]) -> str:
    """Render the page that leads to all handouts.

    Parameters
    ----------
    handouts
        What `handout` gives for each, in their order.

    Raises
    ------
    ValueError
        If two handouts judge the same claim.
    """
    own = [one.claims.assign(file=one.file) for one in handouts]
    claims = pd.concat(own, ignore_index=True).sort_values("claim_id", kind="stable")
    twice = claims.loc[claims["claim_id"].duplicated(), "claim_id"]
    if len(twice):
        raise ValueError(f"on the cards of two handouts: {prose.listing(twice.tolist())}")
    rows = [_row(row) for row in claims.to_dict("records")]
    return filled(
        "contents.html.j2",
        render.page_facts("index", "All claims"),
        script=(render.TEMPLATES / "handout" / "contents.js").read_text(encoding="utf-8"),
        summary=_summary(claims, handouts) if rows else None,
        disputes=[_dispute(row) for row in _between(handouts)],
        handouts=[_entry(one) for one in handouts],
        claims=rows,
        facets={key: _options(key, rows) for key in FACETS},
        facet_words=FACETS,
        tables=[(name, schema.resource(name)["title"]) for name in schema.resources()],
    )


def filled(template: str, facts: dict[str, str], script: str = "", **content: object) -> str:
    """Fill one of our own templates; whatever is put into it is escaped.

    Parameters
    ----------
    template
        Its file name.
    facts
        What every page says of itself.
    script
        The page's one script, the only one that its policy lets run.
    content
        What else the template asks for.
    """
    folder = render.TEMPLATES / "handout"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    css = (folder / "contents.css").read_text(encoding="utf-8")
    policy = render.csp(script) if script else render.csp()
    return environment.get_template(template).render(
        page=facts,
        own_css=f"{css}\n{render.running_title(facts['title'])}",
        script=script,
        policy=policy,
        licence=parts.licence(),
        **content,
    )


def _summary(claims: pd.DataFrame, handouts: Iterable[Handout]) -> dict:
    """Give what the first screen says: how many claims came out how, by article too."""
    groups = [("All claims", claims), *claims.groupby("article", sort=False)]
    answers = [one.answer for one in handouts if one.disputes is not None]
    told = _sentences(" ".join(answers)) or [f"{sentences.headline(claims)}."]
    return {
        "claims": len(claims),
        "articles": prose.listing(claims["article"].unique().tolist()),
        "lead": told[0],
        "more": told[1:],
        "bars": [{"name": name, "total": len(own), "parts": counts(own)} for name, own in groups],
    }


def _sentences(text: str) -> list[str]:
    """Take a paragraph apart at its full stops.

    Examples
    --------
    >>> _sentences("Of 3.5 claims one holds. Another fails.")
    ['Of 3.5 claims one holds.', 'Another fails.']
    """
    return [told for told in re.split(r"(?<=[.!?])\s+", text.strip()) if told]


def counts(claims: pd.DataFrame) -> list[dict]:
    """Count verdicts for a bar: key, shape, word, number and share of each that occurs.

    Examples
    --------
    >>> counts(pd.DataFrame({"verdict": ["fails", "holds", "fails"]}))[1]
    {'key': 'fails', 'shape': '✕', 'word': 'fail', 'number': 2, 'share': 66.667}
    """
    found = claims["verdict"].value_counts()
    return [
        {
            "key": key,
            "shape": verdicts.SHAPES[key],
            "word": VERDICTS[key] if found[key] == 1 else PLURAL[key],
            "number": int(found[key]),
            "share": round(100 * int(found[key]) / len(claims), 3),
        }
        for key in VERDICTS
        if key in found
    ]


def _between(handouts: Iterable[Handout]) -> list[dict]:
    """Keep the conflicts of the scorecard in which the two articles contradict each other."""
    scope = f"{SCOPES['between_articles']}: "
    settled = [
        row
        for one in handouts
        if one.disputes is not None
        for row in one.disputes.to_dict("records")
    ]
    return [row for row in settled if row["Outcome"].startswith(scope)]


def _dispute(row: dict) -> dict:
    """Take apart what the scorecard says of one conflict."""
    # The first sentence names the position that holds or fails; the rest are the measures.
    outcome, *told = _sentences(row["What the data say"])
    positions = row["Positions"].split("; against it: ")
    for position in positions:
        outcome = outcome.replace(f" position, that {position},", " position")
    return {
        "title": row["Conflict"].partition(": ")[2],
        "positions": positions,
        "outcome": outcome,
        "told": " ".join(told),
    }


def _entry(one: Handout) -> dict:
    """Give what the list of handouts says of one."""
    first = _sentences(one.answer)[:1]
    return {
        "file": one.file,
        "number": one.number,
        "title": one.title,
        "answer": first[0] if first else "",
        "total": len(one.claims),
        "parts": counts(one.claims),
    }


def _row(claim: dict) -> dict:
    """Give what the table says of one claim: words to read and keys to filter and sort by."""
    share = claim["robustness"]
    found = {facet: claim.get(facet, band(share)) for facet in FACETS}
    words = {"section": sentences.section(claim["section"]), "verdict": VERDICTS[claim["verdict"]]}
    return claim | {
        "paragraph": int(claim["paragraph"]),
        "shape": verdicts.SHAPES[claim["verdict"]],
        "order": [*VERDICTS].index(claim["verdict"]),
        "share": None if pd.isna(share) else round(100 * share, 3),
        "firmness": _firmness(share, claim["combinations"]),
        "marks": {facet: slug(word) for facet, word in found.items()},
        "words": found | words,
    }


def _firmness(share: float, combinations: float) -> str:
    """Say what share of combinations gives the same verdict; only all of them are 100%.

    Examples
    --------
    >>> [_firmness(share, 24) for share in (1.0, 0.999, 0.504, 0.001)]
    ['100%', '>99%', '50%', '<1%']
    >>> _firmness(1.0, 1), _firmness(float("nan"), float("nan"))
    ('no choice', '')
    """
    if pd.isna(share):
        return ""
    if combinations == 1:
        return "no choice"
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def slug(word: str) -> str:
    """Write a word for an address.

    Examples
    --------
    >>> slug("The Diplomat"), slug("arms_trade")
    ('the_diplomat', 'arms_trade')
    """
    return re.sub(r"\W+", "_", word.lower()).strip("_")


def band(share: float) -> str:
    """Name the band of a share of combinations with the same verdict, as the scorecard does.

    Examples
    --------
    >>> [band(share) for share in (1.0, 0.75, 0.1, float("nan"))]
    ['every combination', 'three in four or more', 'fewer than half', 'not measured']
    """
    for name, (low, _) in scorecard.STEADY.items():
        if share >= low:
            return name
    return UNMEASURED


def _options(facet: str, rows: list[dict]) -> list[dict]:
    """Give the settings of one filter with how many claims each leaves, in a telling order."""
    counted: dict[str, dict] = {}
    for row in rows:
        known = {"key": row["marks"][facet], "word": row["words"][facet], "number": 0}
        counted.setdefault(known["key"], known)["number"] += 1
    fixed = {"verdict": [*VERDICTS.values()], "fragility": [*scorecard.STEADY, UNMEASURED]}
    order = fixed.get(facet, [])
    return sorted(
        counted.values(),
        key=lambda one: (order.index(one["word"]) if order else -one["number"], one["word"]),
    )
