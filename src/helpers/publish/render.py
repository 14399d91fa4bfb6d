"""Render executed notebooks as handouts: one HTML file each that needs nothing else."""

import html
from datetime import date
from pathlib import Path
from urllib.parse import quote

import jinja2
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

import helpers

TEMPLATES = Path(__file__).parent / "templates"


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
    exporter = HTMLExporter(
        template_name="handout",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={"data_address": data_address},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        embed_images=True,
    )
    body, _ = exporter.from_notebook_node(
        notebook, resources={"page": page_facts(name, title(notebook))}
    )
    return body


def page_facts(name: str, page_title: str) -> dict[str, str]:
    """Gather what every page says of itself."""
    return {
        "name": name,
        "title": page_title,
        "version": helpers.__version__,
        "made": date.today().isoformat(),
        "css": (TEMPLATES / "handout" / "handout.css").read_text(encoding="utf-8"),
        "code_css": HtmlFormatter(style="xcode").get_style_defs(".highlight"),
    }


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


def answer(notebook: NotebookNode) -> str:
    """Give the sentences that the cells tagged `answer` printed, as plain text."""
    cells = [c for c in notebook.cells if "answer" in c.metadata.get("tags", []) and "outputs" in c]
    outputs = [output.get("data", {}) for cell in cells for output in cell.outputs]
    shown = [data["text/markdown"] for data in outputs if "text/markdown" in data]
    return html.unescape("\n".join(shown).replace("\\", "")).replace("**", "")


def data_address(svg: str) -> str:
    """Write a vector graphic as an address that holds it whole."""
    return "data:image/svg+xml," + quote(svg, safe=" =:/'()<>;,.-+!*@$&?[]^`{|}~").replace(
        "<", "%3C"
    ).replace(">", "%3E")


def index(cards: list[dict[str, str]]) -> str:
    """Render the page that leads to all handouts.

    Parameters
    ----------
    cards
        One per handout: file, number, title, answer.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "handout"), autoescape=True, trim_blocks=True
    )
    facts = page_facts("index", "No Limits?")
    return environment.get_template("contents.html.j2").render(page=facts, cards=cards)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
