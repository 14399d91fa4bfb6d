"""Handouts made of notebooks: executed, rendered and written, each in a process of its own.

What was made is noted in the folder, so that only what has changed is made again.
"""

import json
from pathlib import Path
from typing import NamedTuple

from helpers import files
from helpers.publish import fingerprint

NOTE = ".nolimits.json"
INDEX, TABLES = "index", "tables"


class Order(NamedTuple):
    """One thing to be made.

    Attributes
    ----------
    name
        Name of a notebook without suffix, `INDEX` or `TABLES`.
    key
        The fingerprint of all it rests on.
    output
        The folder it goes into.
    path, asked, engine
        Of a notebook: where it is, its parameters, how it is executed.
    alone
        Whether the page must do without links to its neighbours.
    names
        Of an index: the notebooks it leads to.
    """

    name: str
    key: str
    output: Path
    path: Path | None = None
    asked: dict[str, object] = {}
    engine: str = "warm"
    alone: bool = False
    names: tuple[str, ...] = ()


class Made(NamedTuple):
    """What came of an order: the fingerprint of every file in the folder, and the answer given."""

    files: dict[str, str]
    answer: str = ""


def orders(
    asked: dict[Path, dict[str, object]], output: Path, engine: str
) -> tuple[list[Order], Order]:
    """Say what a folder of handouts consists of: notebooks and tables, and last its index.

    Parameters
    ----------
    asked
        The notebooks, each with its parameters.
    output
        The folder.
    engine
        How notebooks are executed.
    """
    pages = [
        Order(path.stem, fingerprint.of_run(path, own), output, path, own, engine)
        for path, own in asked.items()
    ]
    tables = Order(TABLES, fingerprint.of_surroundings(), output)
    key = fingerprint.of_parts([order.key for order in (*pages, tables)])
    names = tuple(order.name for order in pages)
    return [*pages, tables], Order(INDEX, key, output, names=names)


def make(order: Order) -> Made:
    """Make what is ordered and write it, each file whole or not at all."""
    if order.name == INDEX:
        return _index(order)
    if order.name == TABLES:
        return _tables(order)
    return _page(order)


def _page(order: Order) -> Made:
    """Execute and render a notebook."""
    from helpers.publish import execute, render

    executed = execute.execute(order.path, order.asked, engine=order.engine)
    page = render.handout(executed, order.name)
    return _written(
        order.output,
        {
            f"notebooks/{order.path.name}": execute.text_of(executed),
            f"{order.name}.html": render.alone(page) if order.alone else page,
        },
        render.answer(executed),
    )


def _tables(order: Order) -> Made:
    """Write the tables that handouts rest on, and the codebook."""
    from helpers.publish import codebook

    texts = {f"tables/{name}.csv": text for name, text in codebook.tables_as_csv().items()}
    return _written(order.output, texts | {"codebook.html": codebook.page()})


def _index(order: Order) -> Made:
    """Write the page that leads to all handouts, from the executed notebooks beside it."""
    import nbformat

    from helpers.publish import index

    read = {
        name: nbformat.read(order.output / "notebooks" / f"{name}.ipynb", as_version=4)
        for name in order.names
    }
    page = index.page([index.handout(notebook, name) for name, notebook in read.items()])
    return _written(order.output, {"index.html": page})


def _written(folder: Path, texts: dict[str, str], answer: str = "") -> Made:
    """Write files and sum up each."""
    for name, text in texts.items():
        files.write_whole(folder / name, text)
    return Made({name: fingerprint.of_file(folder / name) for name in texts}, answer)


def made_before(folder: Path) -> dict[str, dict]:
    """Read what a folder notes of what was made in it: name to key, files and seconds.

    A note that cannot be read is none: all is then made again.
    """
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return {name: one for name, one in note.items() if isinstance(one["files"], dict)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def note_made(folder: Path, order: Order, made: Made, seconds: float) -> None:
    """Note what was made in a folder."""
    one = {"key": order.key, "files": made.files, "seconds": round(seconds, 2)}
    text = json.dumps(made_before(folder) | {order.name: one}, indent=1, sort_keys=True)
    files.write_whole(folder / NOTE, text + "\n")


def is_current(order: Order, before: dict[str, dict]) -> bool:
    """Tell whether what is ordered stands in its folder as it was made, from the same sources."""
    one = before.get(order.name)
    if not one or one.get("key") != order.key:
        return False
    return all(fingerprint.of_file(order.output / n) == sha for n, sha in one["files"].items())
