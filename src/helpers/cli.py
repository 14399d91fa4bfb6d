"""The command `nolimits`: handouts, reruns, parameters, data."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers import files
from helpers.cli_data import data
from helpers.cli_options import end_well, folder, refusals, shown
from helpers.paths import BUILD

if TYPE_CHECKING:
    from helpers.publish.index import Handout

# Heavy imports wait inside the commands, so that --help and refusals come at once.


@click.group()
@click.version_option(package_name="no-limits")
def main() -> None:
    """Check two articles on Russian-Chinese military cooperation against sourced data."""
    end_well()


main.add_command(data)

to_folder = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the result.",
)


@main.command()
@folder
@to_folder
@click.option("--pdf", "as_pdf", is_flag=True, help="Print the handouts and the index as PDF too.")
def handouts(output: Path | None, as_pdf: bool) -> None:
    """Execute every notebook and render the handouts and their index.

    The result goes to build/handouts unless another folder is given, with all tables as CSV and
    the codebook beside it. PDF needs Chromium or a browser built on it.
    """
    from helpers.publish import notebooks, pdf

    if as_pdf:
        with refusals():
            pdf.browser()
    output = output or BUILD / "handouts"
    made, every, began = [], notebooks.every(), time.perf_counter()
    for number, path in enumerate(every, start=1):
        click.echo(f"[{number}/{len(every)}] {path.stem}: executing ...")
        asked = dict(_newest_release([], notebooks.asks(path)))
        made.append(_publish(path, asked, output))
    _publish_index(made, output)
    if as_pdf:
        _print([output / one.file for one in made] + [output / "index.html"])
    click.echo(f"Done in {time.perf_counter() - began:.0f} s: {shown(output / 'index.html')}")


def _publish(path: Path, asked: dict[str, object], output: Path, alone: bool = False) -> "Handout":
    """Execute and render one notebook into a folder; give what the index says of it.

    A page that stands alone has no links to an index and to handouts that are not beside it.
    """
    from helpers.publish import index, notebooks, render

    with refusals():
        executed = notebooks.execute(path, asked, output / "notebooks" / path.name)
        page = render.handout(executed, path.stem)
        files.write_whole(output / f"{path.stem}.html", render.alone(page) if alone else page)
        return index.handout(executed, path.stem)


def _publish_index(made: list["Handout"], output: Path) -> None:
    """Write what the handouts rest on and, last, the page that leads to all of it."""
    from helpers.publish import codebook, index

    with refusals():
        codebook.write_tables(output / "tables")
        files.write_whole(output / "codebook.html", codebook.page())
        files.write_whole(output / "index.html", index.page(made))


def _print(pages: list[Path]) -> None:
    """Print pages as PDF beside them."""
    from helpers.publish import pdf

    for number, page in enumerate(pages, start=1):
        click.echo(f"[{number}/{len(pages)}] {page.stem}: printing ...")
        with refusals():
            pdf.print_pdf(page, page.with_suffix(".pdf"))


@main.command()
@click.argument("notebook")
@click.option(
    "--parameter", "-p", nargs=2, multiple=True, metavar="NAME VALUE", help="May be repeated."
)
@folder
@to_folder
def rerun(notebook: str, parameter: tuple[tuple[str, str], ...], output: Path | None) -> None:
    """Execute and render one notebook with other parameters.

    NOTEBOOK is a number or a name, such as 03. The result goes to build/reruns unless another
    folder is given. `nolimits parameters NOTEBOOK` lists what can be asked.
    """
    from helpers.publish import notebooks

    output = output or BUILD / "reruns"
    with refusals():
        path = notebooks.find(notebook)
        given = [*parameter, *_newest_release(parameter, notebooks.asks(path))]
        asked = notebooks.read_parameters(path, given)
    words = ", ".join(f"{name} {text}" for name, text in given) or "its defaults"
    click.echo(f"{path.stem}: executing with {words} ...")
    made = _publish(path, asked, output, alone=True)
    click.echo(f"{made.answer}\nDone: {shown(output / made.file)}")


def _newest_release(given: Iterable[tuple[str, str]], asks: Iterable[str]) -> list[tuple[str, str]]:
    """Take the newest release of the data folder that holds the pair, if none was asked for."""
    from helpers import tables

    imported = tables.imported_releases()
    name = "sipri_release"
    if not imported or name not in asks or name in dict(given):
        return []
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


@main.command()
@folder
@click.argument("notebook")
def parameters(notebook: str) -> None:
    """List the parameters of a notebook: type, default, allowed values, meaning."""
    from helpers.publish import notebooks

    with refusals():
        path = notebooks.find(notebook)
    for item in notebooks.parameters(path):
        default = str(item.default).lower() if item.type == "bool" else item.default
        click.echo(f"{item.name} ({item.type}, default {default}): {item.help}")
        click.echo(f"    allowed: {item.allowed}")


@main.command()
@click.argument("notebook", nargs=-1)
def execute(notebook: tuple[str, ...]) -> None:
    """Execute notebooks in place with their defaults, as the repository keeps them.

    Without NOTEBOOK, all of them.
    """
    from helpers.publish import notebooks

    with refusals():
        paths = [notebooks.find(which) for which in notebook] or notebooks.every()
        for path in paths:
            click.echo(f"{path.stem}: executing ...")
            notebooks.execute(path, {}, path)
    click.echo(f"Done: {len(paths)} executed")


@main.command()
@click.argument("ids", nargs=-1)
@click.option("--section", help="Only the claims of a section, such as exercises.")
@click.option("--article", type=click.Choice(["cepa", "diplomat"]), help="Only one article.")
@click.option("--verdict", help="Only the claims with a verdict, such as fails.")
@click.option(
    "--parameter", "-p", nargs=2, multiple=True, metavar="NAME VALUE", help="May be repeated."
)
@folder
@click.option("--json", "as_json", is_flag=True, help="One JSON object a claim, with robustness.")
@click.option(
    "--explain", "in_full", is_flag=True, help="The whole story of each claim: rows, rule, flips."
)
def check(
    ids: tuple[str, ...],
    section: str | None,
    article: str | None,
    verdict: str | None,
    parameter: tuple[tuple[str, str], ...],
    as_json: bool,
    in_full: bool,
) -> None:
    """Measure and judge claims: all of them, or those with IDS such as CEPA-061."""
    from helpers import choices, scorecard, verdicts
    from helpers.claims import Tables

    if as_json and in_full:
        raise click.UsageError("--json and --explain exclude each other")
    with refusals():
        given = [*parameter, *_newest_release(parameter, choices.Choices.model_fields)]
        asked = {name: choices.parse(name, text) for name, text in given}
        # All defaults are named too, so that what was asked has to fit them.
        chosen = choices.choose(**choices.choose().model_dump() | asked)
        claims, data = verdicts.wanted(ids, section, article, verdict), Tables()
        results = scorecard.evaluate(chosen, claims, data)
    if verdict:
        results = results[results["verdict"] == verdict]
    kept = {claim_id: claims[claim_id] for claim_id in results["claim_id"]}
    if in_full:
        click.echo("\n\n".join(verdicts.explain(c, data, chosen) for c in kept.values()))
    elif as_json:
        click.echo(verdicts.as_json(results, _robust(kept.values(), data, chosen)))
    else:
        click.echo(verdicts.as_text(results))


def _robust(claims: Iterable, data: object, chosen: object) -> dict[str, float]:
    """Try every combination of choices for some claims, with a bar on a terminal."""
    from helpers import robustness

    checked = [claim for claim in claims if claim.check]
    label, hidden = "All combinations of choices", not sys.stderr.isatty()
    with click.progressbar(checked, label=label, file=sys.stderr, hidden=hidden) as bar:
        return {c.claim_id: robustness.share_same(robustness.curve(c, data, chosen)) for c in bar}
