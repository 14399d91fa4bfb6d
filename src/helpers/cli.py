"""The command `nolimits`: what it is made of, and `nolimits check`."""

import sys
from collections.abc import Iterable

import click

from helpers import cli_runs
from helpers.cli_data import data
from helpers.cli_options import end_well, folder, given, newest_release, refusals

# Heavy imports wait inside the commands, so that --help and refusals come at once.


@click.group()
@click.version_option(package_name="no-limits")
def main() -> None:
    """Check two articles on Russian-Chinese military cooperation against sourced data."""
    end_well()


for command in (
    cli_runs.handouts,
    cli_runs.rerun,
    cli_runs.sweep,
    cli_runs.parameters,
    cli_runs.execute,
    data,
):
    main.add_command(command)


@main.command()
@click.argument("ids", nargs=-1)
@click.option("--section", help="Only the claims of a section, such as exercises.")
@click.option("--article", type=click.Choice(["cepa", "diplomat"]), help="Only one article.")
@click.option("--verdict", help="Only the claims with a verdict, such as fails.")
@given
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
        given = [*parameter, *newest_release(parameter, choices.Choices.model_fields)]
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
