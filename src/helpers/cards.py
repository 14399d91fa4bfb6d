"""Verdict cards: one claim each, with what was found and the rows and sources behind it.

They are plain headings, lists and folds of HTML, complete where no style runs; the words on them
are those that `verdicts` finds.
"""

import html
import textwrap
from pathlib import Path
from typing import NamedTuple

import jinja2
import pandas as pd
from markupsafe import Markup

from helpers import choices, prose
from helpers.checks.select import TIMES, key
from helpers.claims import Tables

ROWS_SHOWN = 5
WIDTH = 90
# What names a row of a table to a reader, beside its date.
ROW_WORDS = {
    "agreements": "{title}",
    "alliance_indicators": "{indicator}, {dyad}: {level}",
    "alliance_rubric": "{title}",
    "arms_deals": "{designation} {description} ordered, deal {deal_id}",
    "arms_deliveries": "{delivered_units} of {designation} {description} delivered, deal {deal_id}",
    "arms_tiv": "{supplier} to {recipient}: {tiv_mn} million TIV",
    "consultations": "{mechanism} {place}",
    "exercises": "{name}",
    "export_controls": "{actor}: {measure}",
    "foreign_fighters": "{subject}: {figure_low} {figure_unit}",
    "incidents": "{event}",
    "joint_operations": "{name}",
    "meetings": "{participants}, {place}",
    "outreach": "{person}: {content}",
    "perceptions": "{bearing}: {actor}: {summary}",
    "reported_figures": "{measure}: {figure} {unit}",
    "sanctions": "{authority}: {measure}",
    "ship_engines": "{ship_class} {hulls}: {fitted_engine}",
    "statements": "{document}: {summary}",
    "system_lineage": "{derived_system} from {source_system}",
    "trade_annual": "{exporter} to {importer}: {product_name}",
    "trade_monthly": "{exporter} to {importer}: {product}",
    "transfers_to_russia": "{item}, {quantity_text}",
    "weapon_service_entry": "{system}",
}


class Evidence(NamedTuple):
    """The rows behind a claim: how many of which table, the first ones in words, the rest."""

    counted: str
    rows: list[Markup]
    more: int


def html_of(cards: list[dict], caption: str) -> str:
    """Lay out cards.

    Parameters
    ----------
    cards
        One a claim: claim_id, article, paragraph, paraphrase, verdict, shape and word (of the
        verdict), facts (name to words), share and firmness (robustness from 0 to 1 and in words;
        both empty for what was not measured), evidence.
    caption
        What they show.
    """
    here = Path(__file__).parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(here), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    style = Markup(" ".join((here / "cards.css").read_text(encoding="utf-8").split()))
    page = environment.get_template("cards.html.j2")
    return page.render(cards=cards, caption=caption, style=style)


def evidence(rows: dict[str, pd.DataFrame], data: Tables) -> Evidence:
    """Sum up the rows behind a claim, each with its date, its words and its source.

    Parameters
    ----------
    rows
        The rows, table by table.
    data
        Where the sources stand.
    """
    known = {name: frame for name, frame in rows.items() if len(frame)}
    each = max(1, ROWS_SHOWN // len(known)) if known else 0
    shown = {name: _spread(frame).head(each) for name, frame in known.items()}
    lines = [line for name, frame in shown.items() for line in _lines(name, frame, data)]
    counted = [f"{prose.plural(len(frame), 'row')} of {name}" for name, frame in known.items()]
    total = sum(map(len, known.values()))
    return Evidence(prose.listing(counted), lines, total - len(lines))


def _spread(frame: pd.DataFrame) -> pd.DataFrame:
    """Let what speaks for, against and neither for nor against take turns."""
    if "bearing" not in frame:
        return frame
    turn = frame.groupby("bearing", dropna=False).cumcount()
    return frame.iloc[turn.argsort(kind="stable")]


def _lines(name: str, frame: pd.DataFrame, data: Tables) -> list[Markup]:
    """Write rows of a table in words, each with a link to the page it was taken from."""
    if name == "arms_deliveries":
        deals = data["arms_deals"].drop_duplicates("deal_id").set_index("deal_id")
        frame = frame.join(deals[["designation", "description"]], on="deal_id")
    names = data.once(("names",), lambda: data["countries"].set_index("iso3")["name"].to_dict())
    frame = frame.assign(**{c: frame[c].map(names) for c in choices.PARTIES if c in frame})
    places = data.once(("places",), lambda: _places(data))
    return [
        Markup(f"{html.escape(_words(name, row))}: {_place(*places[row['source_id']])}")
        for row in frame.to_dict("records")
    ]


def _places(data: Tables) -> dict[str, tuple[str, str]]:
    """Give the publisher and the address of every source."""
    known = data["sources"]
    pairs = zip(known["publisher"], known["url"], strict=True)
    return dict(zip(known["source_id"], pairs, strict=True))


def _place(publisher: str, address: str) -> str:
    """Name a source, as a link if its address is one of the web."""
    return prose.web_link(html.escape(publisher), address)


def _words(name: str, row: dict) -> str:
    """Write a row: its id if it has one, its date, and what it is about.

    Examples
    --------
    >>> _words("exercises", {"event_id": "RC-2003-01", "date_start": "2003-01", "name": "Drill"})
    'RC-2003-01, 2003-01, Drill'
    >>> tiv = {"year": 2003, "supplier": "Russia", "recipient": "China", "tiv_mn": 2.0}
    >>> _words("arms_tiv", tiv)
    '2003, Russia to China: 2 million TIV'
    """
    identified = key(name) if len(key(name)) == 1 else []
    time = [column for column in TIMES if column in row][:1]
    named = [str(row[column]) for column in (*identified, *time) if _is_said(row[column])]
    return ", ".join([*named, _about(name, row)])


def _about(name: str, row: dict) -> str:
    """Say in one line what a row is about."""
    pattern = ROW_WORDS[name]
    told = {column: _told(cell) for column, cell in row.items()}
    words = " ".join(pattern.format(**told).split()).strip(" ,:")
    return textwrap.shorten(words, WIDTH, placeholder=" …")


def _told(cell: object) -> str:
    """Write a cell: numbers short, codes with blanks for low lines, nothing where it is empty."""
    if not _is_said(cell):
        return ""
    if isinstance(cell, float):
        return prose.number(cell, 0 if cell.is_integer() else 2)
    text = str(cell)
    return text if " " in text else text.replace("_", " ")


def _is_said(cell: object) -> bool:
    return pd.notna(cell) and cell != ""
