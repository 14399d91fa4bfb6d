"""What stands behind the handouts, beside them: every table as CSV, and the codebook as a page."""

import re

import mistune

from helpers import at_hand, tables
from helpers.build import codebook
from helpers.publish import index, render


class _Facts(mistune.HTMLRenderer):
    """Writes the codebook with anchors, scopes and a link to each table's file."""

    _of = "the tables"

    def heading(self, text: str, level: int, **_: object) -> str:
        """Write a heading; that of a table can be linked to and leads to its file."""
        self._of = name = text if re.fullmatch(r"\w+", text) else ""
        file = f'<p><a href="tables/{name}.csv" download>{name}.csv</a></p>\n' if name else ""
        return f'<h{level} id="{name or "codebook"}">{text}</h{level}>\n{file}'

    def table(self, text: str) -> str:
        """Write a table in a region that scrolls by itself."""
        head, _, body = text.partition("</thead>")
        rows = re.sub(r"<tr>\s*<td>(.*?)</td>", r'<tr><th scope="row">\1</th>', body, flags=re.S)
        # The keyboard has to reach what scrolls.
        region = f'class="table" tabindex="0" role="region" aria-label="Table of {self._of}"'
        return f"<div {region}><table>{head}</thead>{rows}</table></div>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """Write a cell; the heads of columns say that they are."""
        kind = ' class="number"' if align == "right" else ""
        return f'<th scope="col"{kind}>{text}</th>\n' if head else f"<td{kind}>{text}</td>\n"


def page() -> str:
    """Render the codebook of all tables as a page."""
    text = codebook.text(_texts()).removeprefix(codebook.HEAD)
    # Text is escaped, and an address that a click would run is replaced.
    written = mistune.create_markdown(renderer=_Facts(escape=True), plugins=["table"])(text)
    return index.filled(
        "codebook.html.j2",
        render.page_facts("codebook", "Codebook"),
        written=written,
        imported=sorted(at_hand.sets()),
    )


def tables_as_csv() -> dict[str, str]:
    """Write every table as the notebooks load it, the analyst's own imports included."""
    texts = _texts().items()
    return {name: text.to_csv(index=False, lineterminator="\n") for name, text in texts}


def _texts() -> dict:
    """Read all tables as text."""
    return {name: tables.read(name) for name in tables.names()}
