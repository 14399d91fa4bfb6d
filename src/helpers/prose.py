"""What notebooks say in words and tables: numbers in sentences, tables that explain themselves.

Everything shown is escaped; text from data never becomes markup.
"""

import html
import re

import pandas as pd
from IPython.display import Markdown, display

from helpers import choices, tables

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
) -> None:
    """Show columns of a frame as a table with caption and headings.

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

    Raises
    ------
    KeyError
        If a column of `headings` is not in the frame.
    """
    cells = {c: _cells(frame[c], (digits or {}).get(c, 0)) for c in headings}
    for column, address in (link or {}).items():
        cells[column] = [_link(c, a) for c, a in zip(cells[column], frame[address], strict=True)]
    numeric = {c for c in headings if _is_number(frame[c])}
    plain = pd.DataFrame({heading: frame[c] for c, heading in headings.items()})
    rich = _table_html(caption, headings, cells, numeric)
    if folded:
        rich = _folded(rich, f"{caption}: {plural(len(frame), 'row')}")
    _display(rich, f"{caption}\n{plain.to_string(index=False, max_colwidth=40)}")


def _is_number(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells)


def _cells(cells: pd.Series, digits: int) -> list[str]:
    """Write the cells of a column as escaped text."""
    if pd.api.types.is_bool_dtype(cells):
        words = {True: "yes", False: "no"}
        return [MISSING if pd.isna(c) else words[bool(c)] for c in cells]
    if _is_number(cells):
        known = cells.dropna()
        year = bool(len(known)) and bool((known.between(1900, 2100) & (known % 1 == 0)).all())
        return [
            MISSING if pd.isna(c) else str(int(c)) if year else number(c, digits) for c in cells
        ]
    return [MISSING if pd.isna(c) or c == "" else html.escape(str(c)) for c in cells]


def _link(shown: str, address: str) -> str:
    """Link to an address of the web, and to nothing else."""
    if pd.isna(address) or not re.match(r"https?://", str(address)):
        return shown
    return f'<a href="{html.escape(str(address))}">{shown}</a>'


def _table_html(
    caption: str, headings: dict[str, str], cells: dict[str, list[str]], numeric: set[str]
) -> str:
    """Lay out a table: caption, column heads, the first column as row heads."""
    style = {c: ' class="number"' if c in numeric else "" for c in headings}
    head = "".join(f'<th scope="col"{style[c]}>{html.escape(h)}</th>' for c, h in headings.items())
    first, *others = headings
    rows = "".join(
        f'<tr><th scope="row"{style[first]}>{cells[first][i]}</th>'
        + "".join(f"<td{style[c]}>{cells[c][i]}</td>" for c in others)
        + "</tr>\n"
        for i in range(len(cells[first]))
    )
    return (
        f'<div class="table"><table><caption>{html.escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )


def _folded(rich: str, summary: str) -> str:
    """Fold something long away under one line."""
    return f"<details><summary>{html.escape(summary)}</summary>\n{rich}\n</details>"


def _display(rich: str, plain: str) -> None:
    display({"text/html": rich, "text/plain": plain}, raw=True)


def show_choices(chosen: choices.Choices, *names: str) -> None:
    """Show the parameters of this run; those that are not at their default are marked."""
    rows = [
        {
            "name": name,
            "meaning": choices.describe(name),
            "setting": _word(getattr(chosen, name)),
            "default": _word(choices.default(name)),
            "changed": "changed" if getattr(chosen, name) != choices.default(name) else "",
        }
        for name in names
    ]
    show_table(
        pd.DataFrame(rows),
        "The analytic choices of this run",
        {"name": "Parameter", "meaning": "Meaning", "setting": "This run", "default": "Default"}
        | ({"changed": "Changed"} if any(row["changed"] for row in rows) else {}),
    )


def _word(setting: object) -> str:
    return str(setting).lower() if isinstance(setting, bool) else str(setting)


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
            "publishers": "Sources",
            "licence": "Licence",
        },
    )
    imported = [_set_words(name, about) for name, about in tables.sets().items()]
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
        "publishers": tables.credit(frame) if "source_id" in frame else MISSING,
        "licence": "; ".join(entry["name"] for entry in resource["licenses"]),
    }


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
    items = "\n".join(f"<li>{_reference(row)}</li>" for row in cited.to_dict("records"))
    rich = f'<ol class="references">\n{items}\n</ol>'
    if len(cited) > 60:
        rich = _folded(rich, plural(len(cited), "source"))
    plain = "\n".join(f"{r['publisher']}: {r['title']}" for r in cited.to_dict("records"))
    _display(rich, plain)


def _reference(row: dict) -> str:
    """Write one source: publisher, title with its address, date."""
    parts = {key: "" if pd.isna(cell) else html.escape(str(cell)) for key, cell in row.items()}
    title = _link(parts["title"] or parts["source_id"], row["url"])
    date = f", {parts['date']}" if parts["date"] else ""
    return f"{parts['publisher']}: {title}{date}"
