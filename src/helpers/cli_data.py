"""The commands `nolimits data ...`: build, check, import, fetch, extract, diff."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from helpers.cli_options import files, folder, refusals, shown, writable
from helpers.files import held, write_whole
from helpers.paths import DATA

IMPORTED = DATA / "imported"
# Where, in a data folder, lies what services have answered.
DOWNLOADS = ("downloads", "downloads/comtrade", "downloads/comtrade/asked")

into = click.option(
    "--data",
    "where",
    type=click.Path(path_type=Path, file_okay=False),
    default=IMPORTED,
    show_default="data/imported, which is never committed",
    callback=writable,
    help="Your data folder; made if it is not there.",
)


@contextmanager
def _holding(where: Path, command: str, parts: tuple[str, ...] = DOWNLOADS) -> Iterator[None]:
    """Keep a folder to this command while it works; end it in words that help if it cannot."""
    with refusals(), held(where, f"nolimits data {command}", click.echo, parts):
        yield


@click.group()
def data() -> None:
    """Build and check the clean tables; bring in fresh data; compare releases."""


@data.command("build")
def data_build() -> None:
    """Build data/clean and the codebook from data/raw."""
    from helpers import build

    with _holding(DATA, "build", ("clean",)):
        click.echo("Building the clean tables ...")
        changed = build.write()
    for path in changed:
        click.echo(f"  data/{path} changed")
    click.echo(f"Done: {len(changed)} files changed in data/")


@data.command("check")
@folder
def data_check() -> None:
    """Check every clean table, and those of a data folder, against data/datapackage.json."""
    from helpers import at_hand, tables

    with refusals():
        found = tables.check()
    for violation in found:
        click.echo(str(violation), err=True)
    if found:
        raise click.ClickException(f"{len(found)} violations")
    for name, about in at_hand.sets().items():
        click.echo(f"{name}: {len(about.get('files', []))} files of {about.get('kind', '?')}")
    click.echo(f"{len(tables.names())} tables keep their description")


@data.group("import")
def data_import() -> None:
    """Read exports that you downloaded into tables of your own data folder."""


@data_import.command("sipri")
@files
@into
@click.option("--release", help="Release of the data, such as 2026-03, if the files do not tell.")
@click.option("--replace", is_flag=True, help="Take the place of an import with more forms.")
def import_sipri(paths: tuple[Path, ...], where: Path, release: str | None, replace: bool) -> None:
    """Import exports of the SIPRI Arms Transfers Database: register and TIV tables, any form.

    Give all FILES of one release together, so that deals, deliveries and totals can be joined.
    """
    from helpers.importers import sipri_tables

    with _holding(where, "import sipri"):
        made = sipri_tables.run(list(paths), where, release, replace, click.echo)
    _done(made, _next_step(made, where))


@data_import.command("comtrade")
@files
@into
def import_comtrade(paths: tuple[Path, ...], where: Path) -> None:
    """Import UN Comtrade files: legacy CSV, CSV of the web page, CSV or JSON of the API."""
    from helpers.importers import comtrade

    with _holding(where, "import comtrade"):
        made = comtrade.run(list(paths), where, click.echo)
    _done(made, _next_step(made, where))


@data_import.command("gacc")
@files
@into
@click.option("--period", help="Month or year that was asked for, such as 2023-05 or 2023.")
@click.option("--flow", type=click.Choice(["export", "import"]), help="China's exports or imports.")
def import_gacc(paths: tuple[Path, ...], where: Path, period: str | None, flow: str | None) -> None:
    """Import exports of the Chinese customs' query page, which name neither period nor flow."""
    from helpers.importers import gacc

    with _holding(where, "import gacc"):
        made = gacc.run(list(paths), where, period, flow, click.echo)
    _done(made, f"nolimits rerun 02 --data {shown(where)}")


@data_import.command("baci")
@files
@into
@click.option("--hs", help="HS revision, such as HS17, if the file names do not tell.")
@click.option("--release", help="Release of BACI, such as 202501, if the file names do not tell.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Spread the years over a Dask cluster that sees the same files; local starts one here.",
)
def import_baci(
    paths: tuple[Path, ...],
    where: Path,
    hs: str | None,
    release: str | None,
    scheduler: str | None,
) -> None:
    """Convert BACI year files (CSV, ZIP or Parquet) into a store; interrupted, it resumes."""
    from helpers.importers import baci

    with _holding(where, "import baci"):
        made = baci.run(list(paths), where, hs, release, scheduler, click.echo, _progress)
    _done(made, f"nolimits data extract CHN RUS --data {shown(where)}")


@data.command("extract")
@click.argument("exporter")
@click.argument("importer")
@into
def extract(exporter: str, importer: str, where: Path) -> None:
    """Draw the flows from EXPORTER to IMPORTER (such as CHN and RUS) from the BACI store."""
    from helpers.importers import baci

    with _holding(where, "extract"):
        made = baci.extract(where, exporter, importer, click.echo)
    pair = f"-p exporter {exporter} -p importer {importer}"
    _done(made, f"nolimits rerun 02 {pair} --data {shown(where)}")


@data.group("fetch")
def data_fetch() -> None:
    """Ask the services of SIPRI and UN Comtrade, slowly, and import the answer."""


@data_fetch.command("sipri")
@into
@click.option("--supplier", default="", help="Code or SIPRI's name; all suppliers unless given.")
@click.option("--recipient", default="", help="Code or SIPRI's name; all recipients unless given.")
@click.option("--first-year", default=1950, show_default=True, help="First year of delivery.")
@click.option("--last-year", type=int, help="Last year of delivery; this year unless given.")
@click.option("--accept-terms", is_flag=True, help="You have read and accept SIPRI's terms.")
@click.option("--fresh", is_flag=True, help="Ask again what was answered today.")
def fetch_sipri(
    where: Path,
    supplier: str,
    recipient: str,
    first_year: int,
    last_year: int | None,
    accept_terms: bool,
    fresh: bool,
) -> None:
    """Fetch a part of SIPRI's register, as the web page would export it, and import it."""
    from helpers.fetch import sipri
    from helpers.importers import sipri_tables

    if not sipri.terms_accepted(where):
        click.echo(sipri.TERMS)
        if not accept_terms:
            click.confirm("Do you accept these terms?", abort=True)
    with _holding(where, "fetch sipri"):
        sipri.accept_terms(where)
        got = sipri.fetch(
            where, supplier, recipient, first_year, last_year, say=click.echo, fresh=fresh
        )
        made = sipri_tables.run(got, where, None, False, click.echo)
    _done(made, _next_step(made, where))


@data_fetch.command("comtrade")
@into
@click.option("--reporter", required=True, help="Code of the country that reports, such as CHN.")
@click.option("--partner", required=True, help="Code of its partner, such as RUS; WLD for all.")
@click.option(
    "--flow", type=click.Choice(["export", "import"]), default="export", show_default=True
)
@click.option(
    "--codes",
    default="TOTAL",
    show_default=True,
    help="HS codes with commas, TOTAL, or chpl50 for the high-priority list.",
)
@click.option("--periods", required=True, help="Years or months: 2022, 2019:2023, 2023-01:2023-12.")
@click.option("--fresh", is_flag=True, help="Ask again what was answered before.")
def fetch_comtrade(
    where: Path, reporter: str, partner: str, flow: str, codes: str, periods: str, fresh: bool
) -> None:
    """Fetch flows from UN Comtrade with your key in COMTRADE_API_KEY, and import them."""
    from helpers.fetch import comtrade
    from helpers.importers import comtrade as importer

    with _holding(where, "fetch comtrade"):
        wanted, frequency = spans(periods)
        got = comtrade.fetch(
            where,
            reporter,
            partner,
            flow,
            _codes(codes),
            wanted,
            frequency,
            comtrade.key_from_environment(),
            say=click.echo,
            fresh=fresh,
        )
        made = importer.run(got, where, click.echo)
    _done(made, _next_step(made, where))


def _codes(text: str) -> list[str]:
    """Read HS codes with commas; chpl50 stands for the whole list, in HS 2022 and HS 2017."""
    from helpers.importers import hs

    if text != "chpl50":
        return [code.strip() for code in text.split(",") if code.strip()]
    # Comtrade answers in the revision that was reported, which depends on the year.
    return sorted({code for revision in hs.REVISIONS for code in hs.listed(revision)["code"]})


def spans(text: str) -> tuple[list[str], str]:
    """Read periods such as 2022, 2019:2023 or 2023-01:2023-12; give them and their frequency.

    Raises
    ------
    ValueError
        If the text is none of these.

    Examples
    --------
    >>> spans("2019:2021")
    (['2019', '2020', '2021'], 'A')
    >>> spans("2022-11:2023-02")
    (['202211', '202212', '202301', '202302'], 'M')
    """
    import pandas as pd

    month = r"\d{4}-(0[1-9]|1[0-2])"
    for pattern, frequency, written in ((r"\d{4}", "Y", "%Y"), (month, "M", "%Y%m")):
        if re.fullmatch(f"{pattern}(:{pattern})?", text):
            first, _, last = text.partition(":")
            found = pd.period_range(first, last or first, freq=frequency).strftime(written)
            if len(found):
                return list(found), "A" if frequency == "Y" else frequency
    raise ValueError(f"periods {text!r}: years or months in order, such as 2019:2023 or 2023-01")


@data.command("diff")
@click.argument("old")
@click.argument("new")
@folder
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the whole lists: deals.csv, years.csv, claims.csv.",
)
def diff_releases(old: str, new: str, output: Path | None) -> None:
    """Compare two releases of SIPRI's register: deals, deliveries by year, claims.

    OLD and NEW are releases at hand such as 2025-03, data folders, or sets in them.
    """
    from helpers import diff

    with refusals():
        sides = diff.side(old), diff.side(new)
        found = diff.compare(*sides)
    click.echo(diff.as_text(found, *sides))
    if output:
        with _holding(output, "diff", ()):
            for name, frame in found.items():
                text = frame.to_csv(index=False, lineterminator="\n")
                write_whole(output / f"{name}.csv", text)
        click.echo(f"\nThe whole lists: {shown(output)}")


def _next_step(made: Path, where: Path) -> str:
    """Name a command for the pair of which a set has most rows."""
    import pandas as pd

    for number, table, sides in (
        ("01", "arms_deals", ["supplier", "recipient"]),
        ("02", "trade_annual", ["exporter", "importer"]),
    ):
        path = made / f"{table}.csv"
        if path.is_file():
            counts = pd.read_csv(path, usecols=sides, keep_default_na=False).value_counts()
            asked = " ".join(f"-p {s} {c}" for s, c in zip(sides, counts.index[0], strict=True))
            return f"nolimits rerun {number} {asked} --data {shown(where)}"
    return f"nolimits data check --data {shown(where)}"


def _progress(done: int, total: int) -> None:
    """Say how far a long conversion is."""
    if total:
        click.echo(f"  {done} of {total} files done")


def _done(made: Path, next_step: str) -> None:
    """Say where an import lies and what to do with it."""
    click.echo(f"Done: {shown(made)}\nNext: {next_step}")
