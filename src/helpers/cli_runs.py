"""The commands that execute notebooks: handouts, rerun, sweep, execute, and what can be asked."""

import time
from collections.abc import Iterable
from pathlib import Path

import click

from helpers.cli_options import folder, given, newest_release, refusals, shown
from helpers.paths import BUILD, NOTEBOOKS

# Heavy imports wait inside the commands, so that --help and refusals come at once.

to_folder = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the result.",
)


def _engine(_context: click.Context, _option: click.Parameter, asked: str | None) -> str:
    """Choose how notebooks are executed; say so where it is not the usual way."""
    from helpers.publish import warm

    if asked != "kernel" and not warm.can_fork():
        click.echo("This system does not fork processes: notebooks run in ordinary kernels.")
        return "kernel"
    return asked or "warm"


engine = click.option(
    "--engine",
    type=click.Choice(["warm", "kernel"]),
    callback=_engine,
    help="warm, the default, forks a process that has imported all; kernel starts one anew.",
)


def _workers(_context: click.Context, _option: click.Parameter, asked: int | None) -> int:
    """Use every core unless asked otherwise."""
    from helpers.publish import warm

    return asked or warm.cores()


workers = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    callback=_workers,
    show_default="one a core",
    help="How many notebooks run at the same time.",
)


@click.command()
@folder
@to_folder
@click.option("--pdf", "as_pdf", is_flag=True, help="Print the handouts and the index as PDF too.")
@click.option("--force", is_flag=True, help="Make all of it again, whether it has changed or not.")
@engine
@workers
def handouts(output: Path | None, as_pdf: bool, force: bool, engine: str, workers: int) -> None:
    """Execute every notebook and render the handouts and their index.

    The result goes to build/handouts unless another folder is given, with all tables as CSV and
    the codebook beside it. Only what rests on something that has changed is made again: its
    notebook, its parameters, the helpers, the data, the versions of packages. PDF needs Chromium
    or a browser built on it.
    """
    from helpers import files
    from helpers.publish import handouts, notebooks, pdf

    output, began = output or BUILD / "handouts", time.perf_counter()
    with refusals():
        if as_pdf:
            pdf.browser()
        asked = {p: dict(newest_release([], notebooks.asks(p))) for p in notebooks.every()}
        with files.held(output, "nolimits handouts", click.echo):
            parts, index = handouts.orders(asked, output, engine)
            before = {} if force else handouts.made_before(output)
            stale = [part for part in parts if not handouts.is_current(part, before)]
            _make(stale, workers, in_all=len(parts))
            if stale or not handouts.is_current(index, before):
                _make([index], 1)
            else:
                click.echo("Nothing has changed since they were made (--force makes all again).")
            if as_pdf:
                _print([output / f"{p.stem}.html" for p in asked] + [output / "index.html"])
    click.echo(f"Done in {time.perf_counter() - began:.1f} s: {shown(output / 'index.html')}")


def _make(orders: list, workers: int, in_all: int = 0) -> list:
    """Make what is ordered, each in a process of its own, and say how it goes.

    Raises
    ------
    ValueError
        With all that failed, after all else has been made.
    """
    from helpers.publish import handouts, warm

    if not orders:
        return []
    if in_all > len(orders):
        click.echo(f"{in_all - len(orders)} of {in_all} parts are as they were and stay.")
    warm.start()
    # The longest first, so that no core waits for the last one; size tells well enough.
    orders = sorted(orders, key=_size, reverse=True)
    done, failed = [], []
    for number, one in enumerate(warm.each(handouts.make, orders, workers), start=1):
        order, told = one.item, f"{one.seconds:.1f} s" if not one.failure else "failed"
        click.echo(f"[{number}/{len(orders)}] {order.name}: {told}")
        if one.failure:
            failed.append(
                f"{order.name} was not made; what stood there before stays.\n{one.failure}"
            )
            continue
        handouts.note_made(order.output, order, one.result, one.seconds)
        done.append(one.result)
    if failed:
        raise ValueError("\n\n".join(failed))
    return done


def _size(order: object) -> int:
    """Give the size of the notebook behind an order."""
    return order.path.stat().st_size if order.path else 0


def _print(pages: list[Path]) -> None:
    """Print pages as PDF beside them."""
    from helpers.publish import pdf

    for number, page in enumerate(pages, start=1):
        click.echo(f"[{number}/{len(pages)}] {page.stem}: printing ...")
        pdf.print_pdf(page, page.with_suffix(".pdf"))


@click.command()
@click.argument("notebook")
@given
@folder
@to_folder
@engine
def rerun(
    notebook: str, parameter: tuple[tuple[str, str], ...], output: Path | None, engine: str
) -> None:
    """Execute and render one notebook with other parameters.

    NOTEBOOK is a number or a name, such as 03. The result goes to build/reruns unless another
    folder is given. `nolimits parameters NOTEBOOK` lists what can be asked.
    """
    from helpers import files
    from helpers.publish import fingerprint, handouts, notebooks

    output = output or BUILD / "reruns"
    with refusals():
        path = notebooks.find(notebook)
        words = [*parameter, *newest_release(parameter, notebooks.asks(path))]
        asked = notebooks.read_parameters(path, words)
        told = ", ".join(f"{name} {text}" for name, text in words) or "its defaults"
        click.echo(f"{path.stem}: executing with {told} ...")
        with files.held(output, "nolimits rerun", click.echo):
            key = fingerprint.of_run(path, asked)
            order = handouts.Order(path.stem, key, output, path, asked, engine, alone=True)
            (made,) = _make([order], 1)
    click.echo(f"{made.answer}\nDone: {shown(output / f'{path.stem}.html')}")


@click.command()
@folder
@click.argument("notebook")
def parameters(notebook: str) -> None:
    """List the parameters of a notebook: type, default, allowed values, meaning."""
    from helpers.publish import notebooks

    with refusals():
        path = notebooks.find(notebook)
        listed = notebooks.parameters(path)
    for item in listed:
        default = str(item.default).lower() if item.type == "bool" else item.default
        click.echo(f"{item.name} ({item.type}, default {default}): {item.help}")
        click.echo(f"    allowed: {item.allowed}")


@click.command()
@click.argument("notebook", nargs=-1)
@engine
@workers
def execute(notebook: tuple[str, ...], engine: str, workers: int) -> None:
    """Execute notebooks in place with their defaults, as the repository keeps them.

    Without NOTEBOOK, all of them.
    """
    from helpers import files
    from helpers.publish import notebooks, warm

    with refusals():
        paths = [notebooks.find(which) for which in notebook] or notebooks.every()
        with files.held(NOTEBOOKS, "nolimits execute", click.echo):
            warm.start()
            jobs = [(path, engine) for path in paths]
            failed = list(_executed(warm.each(_in_place, jobs, workers)))
        if failed:
            raise ValueError("\n\n".join(failed))
    click.echo(f"Done: {len(paths)} executed")


def _in_place(job: tuple[Path, str]) -> None:
    """Execute one notebook with its defaults, in place of itself."""
    from helpers.publish import execute

    path, how = job
    execute.execute(path, {}, path, how)


def _executed(outcomes: Iterable) -> Iterable[str]:
    """Say how executing goes, and give what failed."""
    for one in outcomes:
        path, _ = one.item
        click.echo(f"{path.stem}: {'failed' if one.failure else f'{one.seconds:.1f} s'}")
        if one.failure:
            yield f"{path.stem} stays as it was.\n{one.failure}"


@click.command()
def sweep() -> None:
    """To come."""
