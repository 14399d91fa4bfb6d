"""What the commands share: options, how paths are shown, how errors end a command."""

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from helpers.paths import FOLDER, ROOT

files = click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)


def _use(_context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    """Have everything that this command starts read a data folder, notebooks included."""
    if folder is None:
        return
    if not any(folder.glob("[!.]*/import.json")):
        raise click.BadParameter(
            f"{folder} holds no finished import; `nolimits data import` makes one, and goes on "
            "with one that was interrupted"
        )
    os.environ[FOLDER] = str(folder.resolve())


folder = click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    expose_value=False,
    callback=_use,
    help="Your data folder, filled by `nolimits data import`.",
)


given = click.option(
    "--parameter", "-p", nargs=2, multiple=True, metavar="NAME VALUE", help="May be repeated."
)


def writable(_context: click.Context, _option: click.Parameter, folder: Path) -> Path:
    """Make the data folder before any work is done for it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.BadParameter(
            f"{folder} cannot be made ({error.strerror}); name a folder that you can write to"
        ) from None
    if not os.access(folder, os.W_OK):
        raise click.BadParameter(f"{folder} cannot be written to; name a folder of your own")
    return folder


def end_well() -> None:
    """Have SIGTERM end this command as Ctrl-C does, so that nothing half made stays behind."""
    # Only the main thread may say what a signal does; a command in another one gets none.
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGTERM, before))


def shown(path: Path) -> str:
    """Write a path the short way if it lies inside the project."""
    path = path.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@contextmanager
def refusals() -> Iterator[None]:
    """End the command with the message of an error that the user can mend, not a traceback."""
    from helpers.publish.notebooks import NotebookError

    try:
        yield
    except (NotebookError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None


def newest_release(given: Iterable[tuple[str, str]], asks: Iterable[str]) -> list[tuple[str, str]]:
    """Take the newest release of the data folder that holds the pair, if none was asked for."""
    from helpers import at_hand

    imported = at_hand.imported_releases()
    name = "sipri_release"
    if not imported or name not in asks or name in dict(given):
        return []
    from helpers import tables

    # An export of one supplier must not speak for the deals of others.
    asked = {"supplier": "RUS", "recipient": "CHN"} | dict(given)
    pair = {side: asked[side] for side in ("supplier", "recipient")}
    deals = tables.load("arms_deals")
    deals = deals[deals["release"].isin(imported)]
    either = deals[deals[["supplier", "recipient"]].isin(list(pair.values())).all(axis=1)]
    of_pair = either[either["supplier"] == pair["supplier"]]
    # The newest with the pair, else with the other direction, else the register with most deals.
    for rows in (of_pair, either):
        if len(rows):
            return [(name, rows["release"].max())]
    return [(name, deals["release"].value_counts().idxmax())]
