"""Render executed notebooks as handouts: one HTML file each that needs nothing else."""

import base64
import hashlib
import html
import os
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

import helpers
from helpers import prose
from helpers.figures.style import FONTS
from helpers.publish import parts, svg

TEMPLATES = Path(__file__).parent / "templates"
SHEET = TEMPLATES / "handout"
# Weights as CSS names them, and the files that hold their letters.
FACES = {"400": "Inter-Regular.woff2", "600 700": "Inter-SemiBold.woff2"}


class Exporter(HTMLExporter):
    """An exporter that leaves the page as the template wrote it.

    That of nbconvert reads each page again with an HTML parser, which orders attributes anew,
    changes names inside vector graphics, and gives images without words a sentence that says
    nothing.
    """

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **more: object
    ) -> tuple[str, dict]:
        """Fill the template."""
        return TemplateExporter.from_notebook_node(
            self, nb, self._init_resources(resources), **more
        )


def handout(notebook: NotebookNode, name: str) -> str:
    """Render one executed notebook as a self-contained page.

    Parameters
    ----------
    notebook
        An executed notebook.
    name
        Its name without suffix, shown at the foot.

    Raises
    ------
    ValueError
        If a cell has not been executed, or a figure has no alternative text.
    """
    _refuse_unfinished(notebook, name)
    body, _ = _exporter().from_notebook_node(
        parts.numbered(parts.gathered(notebook), name),
        resources={"page": _handout_facts(notebook, name)},
    )
    return _between_handouts(body)


@cache
def _exporter() -> Exporter:
    """Give the exporter of every handout, whose templates are compiled once."""
    return Exporter(
        template_name="handout",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={
            "behind": parts.behind,
            "few_colours": _few_colours,
            "highlight_code": Highlight2HTML(pygments_lexer="python3"),
            "inline_svg": _inline_svg,
            "with_number": _with_number,
            "unbroken": prose.unbroken,
            "without_style": _without_style,
        },
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        # The notebook is validated once, not after each of nbconvert's twelve steps.
        optimistic_validation=True,
    )


def _between_handouts(page: str) -> str:
    """Lead from a handout to other handouts where its notebook leads to other notebooks.

    Examples
    --------
    >>> _between_handouts('<a href="01_arms_trade.ipynb#CEPA-023">CEPA-023</a>')
    '<a href="01_arms_trade.html#CEPA-023">CEPA-023</a>'
    """
    return re.sub(r'(<a href="\w+)\.ipynb#', r"\1.html#", page)


def alone(page: str) -> str:
    """Take from a page the links to its neighbours, for where these do not lie beside it.

    Examples
    --------
    >>> alone('<a class="x" href="codebook.html">A</a> <a href="#b">B</a> <a href="data:,c">C</a>')
    '<a class="x">A</a> <a href="#b">B</a> <a href="data:,c">C</a>'
    """
    return re.sub(r'(<a\b[^>]*?) href="(?!#|https?:|data:)[^"]*"', r"\1", page)


def _handout_facts(notebook: NotebookNode, name: str) -> dict:
    """Gather what stands at the top of a handout, and its look."""
    facts = page_facts(name, title(notebook))
    script = (SHEET / "page.js").read_text(encoding="utf-8")
    about = (facts["title"], name, facts["version"], facts["made"])
    return facts | {
        "script": script,
        "policy": csp(script),
        "own_css": running_title(facts["title"]),
        "answers": answers(notebook),
        "lead": "\n".join(notebook.cells[0].source.splitlines()[1:]).strip(),
        "counts": parts.verdict_counts(notebook),
        "parameters": parts.parameters(notebook),
        "tables": parts.tables(notebook),
        "contents": parts.contents(notebook),
        "citation": parts.citation(*about),
        "licence": parts.licence(),
    }


def running_title(text: str) -> str:
    r"""Write CSS that prints a title over every page but the first.

    Examples
    --------
    >>> running_title('A "B" </style>').splitlines()[0]
    '@page { @top-left { content: "No Limits?  ·  A \\22 B\\22  \\3c \\2f style\\3e "; } }'
    """
    safe = re.sub(r"[^\w .,:;?!()–-]", lambda letter: f"\\{ord(letter[0]):x} ", text)
    return (
        f'@page {{ @top-left {{ content: "No Limits?  ·  {safe}"; }} }}\n'
        "@page :first { @top-left { content: none; } }"
    )


def _inline_svg(drawing: str, about: NotebookNode) -> str:
    """Set a figure into the page; its ids begin with its anchor."""
    return svg.inline(drawing, about["anchor"], about["alt"], about.get("panel", ()))


def _with_number(table: str, about: NotebookNode) -> str:
    """Put the number of a table, as a link to itself, before its caption."""
    link = f'<a class="exhibit-number" href="#{about["anchor"]}">Table {about["number"]}</a> '
    return re.sub(r"<caption\b[^>]*>", lambda found: found[0] + link, table, count=1)


def _few_colours(code: str) -> str:
    """Keep the marks of comments and keywords in code; the others are most of its size."""
    kept = re.sub(r'<span class="(?!c1"|kn?")[^"]*">([^<]*)</span>', r"\1", code)
    return re.sub(r"<span></span>", "", kept).replace('class="kn"', 'class="k"')


def _without_style(shown: str) -> str:
    """Leave out the style that an output brings for JupyterLab; a handout has its own."""
    return re.sub(r"<style>.*?</style>\s*", "", shown, flags=re.S)


def page_facts(name: str, page_title: str) -> dict[str, str]:
    """Gather what every page says of itself and what it looks like.

    Returns
    -------
    dict
        `name`, `title`, `version`, `made` (an ISO date), `css` (the look of every page) and
        `fonts` (CSS that holds the letters), both to be put into a `<style>` as they are.
    """
    return {
        "name": name,
        "title": page_title,
        "version": helpers.__version__,
        "made": made_on().isoformat(),
        "css": _css(),
        "fonts": "\n".join(_face(weight, file) for weight, file in FACES.items()),
    }


@cache
def _css() -> str:
    """Give the look of every page, with the tones of text that figures are written in."""
    css = (SHEET / "handout.css").read_text(encoding="utf-8")
    tones = f":root {{ {svg.tokens()} }}"
    dark = f":root {{ {svg.tokens(dark=True)} }}"
    return f"{css}\n{tones}\n@media screen and (prefers-color-scheme: dark) {{ {dark} }}"


def made_on() -> date:
    """Give the day on which pages are made: today, or that of SOURCE_DATE_EPOCH if it is set."""
    set_time = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(set_time), UTC).date() if set_time else date.today()


@cache
def _face(weight: str, file: str) -> str:
    """Write a weight of the house font with its letters inside."""
    letters = base64.b64encode((FONTS / file).read_bytes()).decode()
    return (
        f"@font-face {{ font-family: Inter; font-weight: {weight}; font-display: block; "
        f'src: url("data:font/woff2;base64,{letters}") format("woff2"); }}'
    )


def csp(*scripts: str) -> str:
    """Write a content security policy: nothing from anywhere, no script but those given.

    Parameters
    ----------
    *scripts
        The text between `<script>` and `</script>`, to the letter.

    Examples
    --------
    >>> csp()[:52]
    "default-src 'none'; style-src 'unsafe-inline'; font-"
    >>> csp("x")[-53:]
    "'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE='"
    """
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes) or "'none'"
    return (
        "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        f"base-uri 'none'; form-action 'none'; script-src {allowed}"
    )


def _refuse_unfinished(notebook: NotebookNode, name: str) -> None:
    """Refuse a notebook that was not executed or whose figures are mute."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count:
            raise ValueError(f"{name}, cell {number}: not executed; run the notebook first")
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}) and not output.metadata.get("alt"):
                raise ValueError(f"{name}, cell {number}: a figure without alternative text")


def title(notebook: NotebookNode) -> str:
    """Give the first heading of a notebook."""
    first = notebook.cells[0].source.splitlines()[0]
    return first.removeprefix("#").strip()


def answers(notebook: NotebookNode) -> list[str]:
    """Give what the cells tagged `answer` said, in Markdown, paragraph by paragraph."""
    said = [output.data for output in parts.outputs(notebook, "answer")]
    return [data["text/markdown"] for data in said if "text/markdown" in data]


def answer(notebook: NotebookNode) -> str:
    """Give the sentences that the cells tagged `answer` printed, as plain text."""
    return html.unescape("\n".join(answers(notebook)).replace("\\", "")).replace("**", "")
