"""The commands that execute notebooks: handouts, rerun, sweep, execute, and what can be asked."""

import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from helpers.cli_options import folder, given, newest_release, refusals, shown
from helpers.paths import BUILD, MEASURE, NOTEBOOKS

# Seconds for a run whose like has not been timed in this folder yet.
GUESS = 5
# It pays to measure first what all runs would: of more than so many of one notebook, and of all
# notebooks where fewer than so many are executed at a time.
MANY, MEASURED = 4, "helpers.publish.measured"
# Heavy imports wait inside the commands, so that --help and refusals come at once.


def _no_address(
    _context: click.Context, _option: click.Parameter, folder: str | None
) -> Path | None:
    """Refuse what is no folder here but would be made one under a strange name."""
    if folder is not None and (not folder.strip() or "://" in folder):
        raise click.BadParameter(
            f"{folder!r} is no folder of this machine; name one (an address such as s3:// is for "
            "`nolimits sweep`)"
        )
    return None if folder is None else Path(folder)


to_folder = click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False),
    callback=_no_address,
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
        with files.held(output, "nolimits handouts", click.echo, ("notebooks", "tables")):
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
    _start([order.path for order in orders if order.path], workers)
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


def _start(paths: list[Path], workers: int) -> None:
    """Start what notebooks are forked from."""
    from helpers.publish import notebooks, warm

    if workers < MANY <= len(paths) == len(notebooks.every()):
        _measure_first(paths)
    warm.start()


def _measure_first(paths: Iterable[Path]) -> None:
    """Start what notebooks are forked from, and measure there what all of them would measure."""
    from helpers.publish import warm

    os.environ[MEASURE] = ",".join(path.stem[:2] for path in paths)
    warm.start([MEASURED])
    del os.environ[MEASURE]


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
        with files.held(output, "nolimits rerun", click.echo, ("notebooks",)):
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
            _start(paths, workers)
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
@click.argument("notebook")
@click.option(
    "--grid",
    "-g",
    "words",
    multiple=True,
    required=True,
    metavar="NAME=SETTING,...",
    help="Settings to go through, NAME=all for every one, or a YAML file. May be repeated.",
)
@given
@folder
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    help="Folder for the results, or an address that fsspec can write to, such as s3://.",
)
@click.option("--findings-only", is_flag=True, help="Measure and judge; execute no notebook.")
@click.option("--force", is_flag=True, help="Run all again, whether there is a result or not.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=600,
    show_default=True,
    help="Seconds after which one run is ended.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=256),
    help="Megabytes that one run may take for its data, on Linux; this machine's memory shared out "
    "unless given.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Spread the runs over a Dask cluster; local starts one here.",
)
@engine
@workers
def sweep(
    notebook: str,
    words: tuple[str, ...],
    parameter: tuple[tuple[str, str], ...],
    output: str | None,
    findings_only: bool,
    force: bool,
    timeout: int,
    memory: int | None,
    scheduler: str | None,
    engine: str,
    workers: int,
) -> None:
    """Run one notebook under every combination of some parameters.

    NOTEBOOK is a number or a name, such as 03. The result goes to build/sweeps/NOTEBOOK unless
    another folder is given: for each run its executed notebook, handout and result.json; all
    findings as results.csv and results.parquet; and index.html, which sums them up. Ended early,
    the same command goes on where it stopped.
    """
    from helpers.publish import grid, notebooks, store, sweep

    if findings_only and scheduler:
        raise click.UsageError("--findings-only takes seconds here; leave out --scheduler")
    if output is not None and not output.strip():
        raise click.UsageError("-o needs a folder or an address")
    with refusals():
        path = notebooks.find(notebook)
        settings = grid.settings(path, grid.read(words))
        fixed = notebooks.read_parameters(path, parameter, settings)
        known = notebooks.asks(path)
        members = [
            asked | dict(newest_release(asked.items(), known))
            for asked in grid.members(path, settings, fixed)
        ]
        address = output or str(BUILD / "sweeps" / path.stem)
        where = store.at(address)
        # Workers elsewhere may stand in another folder.
        runs = sweep.runs(path, members, where.root if where.is_local else address, engine)
        with _kept(where, "nolimits sweep"):
            if findings_only:
                results = _found(runs)
            else:
                limits = (workers, scheduler, timeout, memory or _share(workers))
                results = _swept(runs, force, *limits)
            _sum_up(results, settings, runs[0].address, findings_only)
    failed = [one["run"] for one in results if one["status"] == sweep.FAILED]
    place = shown(where.folder) if where.is_local else address
    click.echo(f"Done: {place}/{sweep.SUMMARY} and {sweep.TABLE}.csv")
    if failed:
        raise click.ClickException(
            f"{len(failed)} of {len(runs)} runs failed; {sweep.SUMMARY} says why, and the same "
            f"command tries them again: {', '.join(failed)}"
        )


@contextmanager
def _kept(where: object, doing: str) -> Iterator[None]:
    """Hold the folder of a store; what is far away cannot be held."""
    from helpers import files
    from helpers.publish import store

    if not where.is_local:
        if where.address.startswith("memory:"):
            raise ValueError(
                f"{where.address} is the memory of one process, and every run has another; name a "
                "folder, or an address that lasts"
            )
        store.try_out(where)
        yield
        return
    # Looked up only when the folder is held: those of other grids too.
    with files.held(where.folder, doing, click.echo, where.folder.glob("runs/*/")):
        yield


def _share(workers: int) -> int | None:
    """Give each worker its share of this machine's memory, in megabytes."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20 // workers


def _swept(
    runs: list, force: bool, workers: int, scheduler: str | None, *limits: object
) -> list[dict]:
    """Make what is missing or out of date, and give the results of all, in their order."""
    from tqdm import tqdm

    from helpers.publish import spread, sweep

    known = {} if force else {run.name: result for run in runs if (result := sweep.before(run))}
    missing = [run for run in runs if run.name not in known]
    click.echo(_plan(runs, missing, [one["seconds"] for one in known.values()], workers))
    if len(missing) > MANY and scheduler is None:
        _measure_first([runs[0].path])
    outcomes = spread.over(missing, workers, *limits, scheduler)
    bar = tqdm(
        outcomes,
        total=len(missing),
        unit="run",
        file=sys.stderr,
        mininterval=0.5,
        disable=not missing,
    )
    try:
        for one in bar:
            result = one.result or sweep.make_failed(one.item, one.failure, one.traceback)
            if one.failure:
                bar.write(f"{one.item.name} failed: {one.failure.splitlines()[-1]}", sys.stderr)
            known[one.item.name] = result
    except KeyboardInterrupt:
        bar.close()
        done = len(known)
        raise click.ClickException(
            f"stopped with {done} of {len(runs)} runs done; the same command goes on from there"
        ) from None
    finally:
        outcomes.close()
    return [known[run.name] for run in runs]


def _plan(runs: list, missing: list, seconds: list[float], workers: int) -> str:
    """Say what lies ahead: how many runs, how many are left, and how long they may take."""
    told = f"{len(runs)} {'run' if len(runs) == 1 else 'runs'} of {runs[0].path.stem}"
    if len(missing) < len(runs):
        told += f", of which {len(runs) - len(missing)} are done already"
    if not missing:
        return f"{told}."
    each = statistics.median(seconds) if seconds else GUESS
    minutes = len(missing) * each / workers / 60
    how = "by the runs before" if seconds else "a guess until some are done"
    return f"{told}; about {max(minutes, 0.1):.1f} minutes with {workers} at a time ({how})."


def _found(runs: list) -> list[dict]:
    """Measure and judge under the parameters of every run, without executing notebooks."""
    from tqdm import tqdm

    from helpers.claims import Tables
    from helpers.publish import sweep

    # What checks compute from the tables is the same for all runs that agree in a choice.
    data = Tables()
    many = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    click.echo(f"The findings of {many} of {runs[0].path.stem}, without notebooks.")
    return [
        sweep.found(run, data) for run in tqdm(runs, unit="run", file=sys.stderr, mininterval=0.5)
    ]


def _sum_up(results: list[dict], settings: dict, address: str, findings_only: bool) -> None:
    """Write the table of all findings and the page that sums them up."""
    from helpers.publish import store, summary, sweep

    sweep.gather(results, list(settings), address)
    page = summary.page(results, settings, findings_only)
    store.write(store.at(address), sweep.SUMMARY, page)
