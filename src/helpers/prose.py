"""What notebooks say in words and tables: numbers in sentences, tables that explain themselves.

Everything shown is escaped; text from data never becomes markup.
"""

import html
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from IPython.display import Markdown, display
from markupsafe import Markup
from pandas.io.formats.style import Styler

from helpers import at_hand, choices, tables

MISSING = "–"


def say(*sentences: str) -> None:
    """Show sentences as one paragraph; empty ones are passed over."""
    display(Markdown(" ".join(markdown_text(sentence) for sentence in sentences if sentence)))


def possessive(name: str) -> str:
    """Write a name so that it owns something.

    Examples
    --------
    >>> possessive("Russia"), possessive("United States")
    ("Russia's", "United States'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def markdown_text(text: str) -> str:
    r"""Keep text from being read as markup, apart from **bold** and *italic* of our own.

    Examples
    --------
    >>> markdown_text("a <b> & [x](y)")
    'a &lt;b&gt; &amp; \\[x\\](y)'
    """
    return re.sub(r"([\[\]`_$|])", r"\\\1", html.escape(text, quote=False))


def number(amount: float, digits: int = 0) -> str:
    """Write a number with thousands separators.

    Examples
    --------
    >>> number(12345.6), number(0.26, 2), number(float("nan"))
    ('12,346', '0.26', 'no data')
    """
    if pd.isna(amount):
        return "no data"
    if amount in (float("inf"), float("-inf")):
        return "infinity"
    return f"{amount:,.{digits}f}".replace("-", "−")


def percent(amount: float, digits: int = 0) -> str:
    """Write an amount that is already in per cent.

    Examples
    --------
    >>> percent(47.3)
    '47 per cent'
    """
    return f"{number(amount, digits)} per cent" if pd.notna(amount) else "no data"


def interval(low: float, high: float, digits: int = 1) -> str:
    """Write a range.

    Examples
    --------
    >>> interval(0.7, 6.5)
    '0.7 to 6.5'
    """
    return f"{number(low, digits)} to {number(high, digits)}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> plural(1, "event"), plural(12, "event"), plural(2, "country", "countries")
    ('1 event', '12 events', '2 countries')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listing(items: list[str]) -> str:
    """Join words the way a sentence does.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing([])
    ('a, b and c', 'none')
    """
    words = [str(item) for item in items]
    if len(words) < 2:
        return words[0] if words else "none"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def year_list(years: list[int]) -> str:
    """Write years with runs drawn together.

    Examples
    --------
    >>> year_list([2005, 2001, 2002, 2003])
    '2001–2003, 2005'
    """
    runs: list[list[int]] = []
    for year in sorted({int(y) for y in years}):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs) or "none"


def show_table(
    frame: pd.DataFrame,
    caption: str,
    headings: dict[str, str],
    digits: dict[str, int] | None = None,
    link: dict[str, str] | None = None,
    folded: bool = False,
    source: str = "",
) -> None:
    """Show columns of a frame as a table with caption and headings, and as CSV for a download.

    Parameters
    ----------
    frame
        The rows, in the order in which to show them.
    caption
        What the table shows.
    headings
        Column names and the headings to show for them, units included, in order. The first
        column names the rows.
    digits
        Decimals of numeric columns; 0 unless given.
    link
        Columns whose cells link to the address in another column.
    folded
        Show only the caption and the number of rows until the reader opens it.
    source
        Whom the rows come from, for a line under the table.

    Raises
    ------
    KeyError
        If a column of `headings` is not in the frame.
    ValueError
        If two columns have one heading: a download could not tell them apart.
    """
    if len(set(headings.values())) < len(headings):
        raise ValueError(f"two columns under one heading among {listing([*headings.values()])}")
    rich = table_html(frame, caption, headings, digits or {}, link or {}, source)
    if folded:
        rich = _folded(rich, f"{caption}: {plural(len(frame), 'row')}")
    plain = frame[[*headings]].rename(columns=headings).reset_index(drop=True)
    bundle = {
        "text/html": rich,
        "text/csv": csv_text(plain),
        "text/plain": f"{caption}\n{plain.to_string(index=False, max_colwidth=40)}",
    }
    show(bundle, caption=caption)


def table_html(
    frame: pd.DataFrame,
    caption: str,
    headings: dict[str, str],
    digits: dict[str, int],
    link: dict[str, str],
    source: str = "",
) -> str:
    """Lay out a table: caption, column heads, the first column as row heads, source.

    The parameters are those of `show_table`.
    """
    cells = frame[[*headings]].reset_index(drop=True)
    classes = [_class(cells[column]) for column in headings]
    for column, address in link.items():
        shown = zip(cells[column], frame[address], strict=True)
        cells[column] = pd.Series([_linked(*pair) for pair in shown], dtype=object)
    writers = {c: partial(_cell, write=_writer(frame[c], digits.get(c, 0))) for c in headings}
    layout = Layout(cells, cell_ids=False).format(writers, escape="html")
    heads = [*headings.values()]
    return unbroken(
        layout.to_html(
            exclude_styles=True, caption=caption, headings=heads, classes=classes, source=source
        ).strip()
    )


def unbroken(rich: str) -> str:
    """Mark dates and ids of claims within longer text, so that no line breaks inside one.

    Examples
    --------
    >>> unbroken('<td>pages to 2025-07-24</td><td class="date">2014-03</td>')
    '<td>pages to <span class="short">2025-07-24</span></td><td class="date">2014-03</td>'
    """
    text = r'(?<!class="date">)(?<!class="short">)(?<=>)[^<]+'
    return re.sub(text, lambda part: HYPHENED.sub(KEPT, part[0]), f">{rich}")[1:]


# Styler writes cells by column, escaped; the page around them is ours.
Layout = Styler.from_custom_template(Path(__file__).parent, html_table="table.html.j2")
DATES = r"(\d{4}(-\d{2}){0,2}( to |–|$)){1,2}"
HYPHENED = re.compile(r"(?<![\w.-])(\d{4}-\d{2}(-\d{2})?|(CEPA|DIP)-\d{3}[a-z]?)(?![\w-])")
KEPT = r'<span class="short">\g<0></span>'
# Words up to this length, such as the ids of claims, are better kept on one line.
SHORT = 14


def _class(cells: pd.Series) -> str:
    """Name what a column holds, for the layout: numbers, dates, or words too short to break."""
    known = cells.dropna().astype("str")
    if _is_number(cells):
        return ' class="number"'
    if not len(known) or pd.api.types.is_bool_dtype(cells):
        return ""
    if known.str.fullmatch(DATES).all():
        return ' class="date"'
    breaks = known.str.contains(r"[\s/-]")
    return ' class="short"' if breaks.any() and known.str.len().max() <= SHORT else ""


def _is_number(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells)


def _writer(cells: pd.Series, digits: int) -> Callable[[object], str]:
    """Choose how the cells of a column are written: yes or no, year, number or text."""
    if pd.api.types.is_bool_dtype(cells):
        return lambda cell: "yes" if cell else "no"
    if not _is_number(cells):
        return str
    known = cells.dropna()
    if len(known) and (known.between(1900, 2100) & (known % 1 == 0)).all():
        return lambda cell: str(int(cell))
    return partial(number, digits=digits)


def _cell(cell: object, write: Callable[[object], str]) -> str:
    """Write one cell; a dash where nothing is known. Styler has escaped its text before."""
    return MISSING if pd.isna(cell) or cell == "" else write(cell)


def _linked(cell: object, address: object) -> object:
    """Make a cell a link, if it says something and the address is one of the web."""
    return (
        cell if pd.isna(cell) or cell == "" else Markup(web_link(html.escape(str(cell)), address))
    )


def web_link(shown: str, address: object) -> str:
    """Link escaped text to an address of the web or a place in another notebook, to nothing else.

    Examples
    --------
    >>> web_link("UN", "https://un.org/"), web_link("UN", "javascript:alert(1)")
    ('<a href="https://un.org/">UN</a>', 'UN')
    """
    if pd.isna(address) or not re.match(r"https?://|\w+\.ipynb#[\w-]+$", str(address)):
        return shown
    return f'<a href="{html.escape(str(address))}">{shown}</a>'


def _folded(rich: str, summary: str) -> str:
    """Fold something long away under one line."""
    return f"<details><summary>{html.escape(summary)}</summary>\n{rich}\n</details>"


def show(bundle: dict[str, str], **metadata: object) -> None:
    """Show one result in several forms; its metadata tell a handout what it is."""
    display(bundle, raw=True, metadata=metadata)


def csv_text(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV for a download: numbers unformatted, text that no program runs.

    An index with a name is written as the first column. Spreadsheets take text that begins with
    `=`, `+`, `-` or `@` for a formula; an apostrophe before it keeps it text.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"What": ["=1+1"], "TIV (million)": [0.5]}))
    "What,TIV (million)\n'=1+1,0.5\n"
    """
    named = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    columns = {
        str(name): cells
        if pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells)
        else cells.map(_no_formula, na_action="ignore")
        for name, cells in named.items()
    }
    plain = pd.DataFrame(columns).rename(columns=_no_formula)
    return plain.to_csv(index=False, lineterminator="\n", float_format="%.10g")


def _no_formula(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if is_formula else cell


def show_choices(chosen: choices.Choices, *names: str) -> None:
    """Show the parameters of this run; those that are not at their default are marked."""
    rows = [
        {
            "name": name,
            "meaning": choices.describe(name),
            "setting": _setting(name, getattr(chosen, name)),
            "default": _setting(name, choices.default(name)),
            "changed": "changed" if getattr(chosen, name) != choices.default(name) else "",
        }
        for name in names
    ]
    changed = any(row["changed"] for row in rows)
    show_table(
        pd.DataFrame(rows),
        "The analytic choices of this run",
        {"name": "Parameter", "meaning": "Meaning", "setting": "This run", "default": "Default"}
        | ({"changed": "Changed"} if changed else {}),
        folded=not changed,
    )


def _setting(name: str, value: object) -> str:
    """Write a setting as it is given to a run and, where that is a code, what it comes to."""
    code = str(value).lower() if isinstance(value, bool) else str(value)
    words = choices.meaning(name, value)
    return f"{code}: {words}" if words else code


def show_tables(*names: str) -> None:
    """Show which tables a notebook loads: rows, years, publishers, licence."""
    rows = [_table_row(name) for name in names]
    show_table(
        pd.DataFrame(rows),
        "The tables behind this notebook",
        {
            "table": "Table",
            "grain": "One row is",
            "rows": "Rows",
            "covers": "Covers",
            "release": "Release",
            "publishers": "Sources",
            "licence": "Licence",
        },
        folded=True,
    )
    imported = [_set_words(name, about) for name, about in at_hand.sets().items()]
    if imported:
        say("Your own imports are among these rows:", "; ".join(imported) + ".")


def _set_words(name: str, about: dict) -> str:
    """Name a set of the analyst's data folder and the files that it was made from."""
    files = about.get("files", [])
    exported = sorted({file["exported"] for file in files if file.get("exported")})
    words = f"{name} ({plural(len(files), 'file')}"
    return words + (f", exported {listing(exported)})" if exported else ")")


def _table_row(name: str) -> dict:
    """Sum up one table."""
    frame = tables.load(name)
    resource = tables.resource(name)
    return {
        "table": name,
        "grain": resource["grain"],
        "rows": len(frame),
        "covers": tables.covers(frame),
        "release": release_words(frame),
        "publishers": tables.credit(frame) if "source_id" in frame else MISSING,
        "licence": "; ".join(entry["name"] for entry in resource["licenses"]),
    }


def release_words(frame: pd.DataFrame) -> str:
    """Say of which release rows are, from the rows themselves or from the sources they cite.

    Examples
    --------
    >>> release_words(pd.DataFrame({"release": ["2025-03", "2024-03", "2025-03"]}))
    '2024-03 and 2025-03'
    >>> release_words(pd.DataFrame({"source_id": ["baci-v202501"]}))
    'CEPII 2025-01'
    """
    if "release" in frame:
        return listing(sorted(frame["release"].dropna().unique()))
    if "source_id" not in frame:
        return MISSING
    cited = tables.sources_of(frame).dropna(subset="date")
    pages = cited.loc[cited["kind"] == "page", "date"]
    data = cited[cited["kind"] != "page"].sort_values(["publisher", "date"])
    days = data.groupby(data["publisher"].map(_acronym), sort=False)["date"].unique()
    dated = [f"{publisher} {listing([*each])}" for publisher, each in days.items()]
    return "; ".join([*dated, *([f"pages to {pages.max()}"] if len(pages) else [])]) or MISSING


def _acronym(publisher: str) -> str:
    """Shorten the name of a publisher to what it gives in brackets."""
    return found[1] if (found := re.search(r"\(([A-Z]+)\)$", publisher)) else publisher


def show_claims(notebook: str) -> None:
    """Show what the articles claim in the section of a notebook, from the ledger."""
    ledger = tables.load("claims")
    claims = ledger[ledger["notebook"].str[:2] == notebook]
    where = claims["source_id"].map({"cepa-2025": "CEPA", "diplomat-2025": "The Diplomat"})
    shown = claims.assign(where=where + ", paragraph " + claims["paragraph"].astype("str"))
    show_table(
        shown,
        "What the articles claim, in our words",
        {"claim_id": "Claim", "where": "Article", "paraphrase": "What it says", "kind": "Kind"},
        folded=True,
    )


def references(*frames: pd.DataFrame) -> None:
    """Show the sources that the rows of some frames cite, numbered."""
    cited = tables.sources_of(*frames).sort_values(["publisher", "date", "source_id"])
    items = "\n".join(
        f'<li id="ref-{html.escape(row["source_id"])}">{_reference(row)}</li>'
        for row in cited.to_dict("records")
    )
    rich = f'<ol class="references">\n{items}\n</ol>'
    if len(cited) > 60:
        rich = _folded(rich, plural(len(cited), "source"))
    titles = cited["title"].fillna(cited["source_id"])
    plain = "\n".join(cited["publisher"] + ": " + titles)
    show({"text/html": rich, "text/plain": plain}, kind="references")


def _reference(row: dict) -> str:
    """Write one source: publisher, title with its address, date."""
    parts = {key: "" if pd.isna(cell) else html.escape(str(cell)) for key, cell in row.items()}
    title = web_link(parts["title"] or parts["source_id"], row["url"])
    date = f", {parts['date']}" if parts["date"] else ""
    return f"{parts['publisher']}: {title}{date}"
