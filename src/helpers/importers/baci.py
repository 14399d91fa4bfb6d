"""BACI's year files into a Parquet store, and the flows of one pair out of it.

A store such as `baci-hs17-202501` holds one release in one revision of the HS. Each year lies in
`year=2023/flows.parquet`, sorted by exporter, importer and product in small row groups, so that
the flows of a pair are read without the rest. `year=2023/flows.json` says what it was made from.

`flows` answers from a store; `extract` makes a set of tables of a pair, which notebooks load.
"""

import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import polars as pl

from helpers import schema
from helpers.build import as_text, trade
from helpers.files import remove_whole, staged
from helpers.importers import archives, cluster, codes, reading
from helpers.importers import folder as sets
from helpers.importers.baci_files import Source, convert
from helpers.importers.hs import REVISIONS as GROUPED
from helpers.importers.hs import listed as codes_in
from helpers.paths import DATA

KIND = "baci"
REVISIONS = {92: 1992, 96: 1996, 2: 2002, 7: 2007, 12: 2012, 17: 2017, 22: 2022}
YEAR_FILE = re.compile(r"BACI_HS\d\d_Y\d{4}_V\d{6}[a-z]?\.csv", re.IGNORECASE)
BESIDE = re.compile(r"(country|product)_codes.*\.csv|readme.*\.txt", re.IGNORECASE)
NOT_GROUPED = (
    "Product groups and high-priority tiers are left out: their codes are known for HS 2017 and "
    "HS 2022 only, and the same number may mean other goods in an older revision."
)
GROUPED_ANEW = (
    "Product groups hold what their prefixes hold in HS 2022, which moved some goods to other "
    "headings; the high-priority tiers hold the list's own codes."
)


class Release(NamedTuple):
    """A revision of the HS in two digits and a release of BACI, such as 17 and 202501."""

    hs: str
    release: str

    @property
    def store(self) -> str:
        """Name of the store."""
        return f"baci-hs{self.hs}-{self.release}"

    @property
    def hs_revision(self) -> str:
        """The revision as tables write it."""
        return f"HS{REVISIONS[int(self.hs)]}"


def run(
    files: list[Path],
    folder: Path,
    hs: str | None = None,
    release: str | None = None,
    scheduler: str | None = None,
    say: Callable[[str], None] = print,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Convert files of BACI into the store of their release.

    Years that the store or an interrupted run made from the same bytes are kept, others are made
    anew. The store changes only when all files came out right.

    Parameters
    ----------
    files
        Year files or slices of several years, CSV or Parquet, and ZIP archives of year files.
    folder
        The data folder.
    hs, release
        Revision such as HS17 and release such as 202501, where file names do not tell.
    scheduler
        Where to spread the files: see `cluster.each`.
    say
        Called with what was found.
    progress
        Called with how many files are done, and of how many.

    Returns
    -------
    pathlib.Path
        The store.

    Raises
    ------
    ValueError
        If a file cannot be used; every offender is named with line and column.
    """
    wanted = sources(files, say)
    about = release_of([source.name for source in wanted], hs, release)
    store, stage = folder / about.store, folder / f".{about.store}.part"
    stage.mkdir(parents=True, exist_ok=True)
    before = {source: _made_before(source, stage, store) for source in wanted}
    todo = [source for source in wanted if not before[source]]
    if len(todo) < len(wanted):
        say(f"{len(wanted) - len(todo)} of {len(wanted)} files were converted before")
    records = [record for made in before.values() for record in made]
    try:
        records += _convert_all(todo, stage, scheduler, say, progress)
        _settle_years(records, stage)
    except ValueError:
        # Years that came out right stay for the next attempt.
        if not _records(stage):
            shutil.rmtree(stage, ignore_errors=True)
        raise
    if any(_records(store).get(record["year"]) != record for record in records):
        _put(folder, about, records)
    shutil.rmtree(stage)
    kept = _records(store)
    rows = sum(record["rows"] for record in kept.values())
    say(f"{store.name}: {rows:,} rows in {len(kept)} years, {min(kept)} to {max(kept)}")
    return store


def release_of(files: list[Path], hs: str | None = None, release: str | None = None) -> Release:
    """Tell revision and release from the names of files or from what was asked for.

    Raises
    ------
    ValueError
        If names tell nothing, or something else than was asked for, or do not agree.

    Examples
    --------
    >>> release_of([Path("BACI_HS17_Y2023_V202501.csv")])
    Release(hs='17', release='202501')
    """
    asked = (_found(r"(?:HS)?(?:19|20)?(\d\d)", hs, "hs", "HS17"),
             _found(r"V?(\d{6}[a-z]?)", release, "release", "202501"))  # fmt: skip
    told = {}
    for file in files:
        name = file.name.lower()
        found = (re.search(r"hs(\d\d)(?!\d)", name), re.search(r"_v(\d{6}[a-z]?)(?![\da-z])", name))
        pair = [match.group(1) if match else "" for match in found]
        told[file.name] = tuple(a or t for a, t in zip(asked, pair, strict=True))
        if any(a and t and a != t for a, t in zip(asked, pair, strict=True)):
            raise ValueError(f"{file.name} is not of HS{asked[0]}, release {asked[1]}, as asked")
        if not all(told[file.name]):
            raise ValueError(f"{file.name} does not tell its HS revision and release, such as "
                             "BACI_HS17_Y2023_V202501.csv: name both (hs='HS17', "
                             "release='202501')")  # fmt: skip
    if len(set(told.values())) != 1:
        listed = "".join(f"\n  {name}: HS{h}, {r}" for name, (h, r) in sorted(told.items()))
        raise ValueError(f"files of one revision and release are needed, there are:{listed}")
    (only,) = set(told.values())
    if int(only[0]) not in REVISIONS:
        known = ", ".join(f"HS{number:02}" for number in REVISIONS)
        raise ValueError(f"there is no HS{only[0]}; BACI comes in {known}")
    return Release(*only)


def _found(pattern: str, asked: str | None, name: str, example: str) -> str:
    """Take from what was asked for the part that counts, or nothing."""
    if asked is None:
        return ""
    match = re.fullmatch(pattern, asked.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f"{name}={asked!r} is none such as {example}")
    return match.group(1).lower()


def sources(files: list[Path], say: Callable[[str], None]) -> list[Source]:
    """List what is to be converted, archives opened up.

    Raises
    ------
    ValueError
        If a file is not there, an archive is unsafe, or a year comes twice.
    """
    lost = [str(file) for file in files if not file.is_file()]
    if lost:
        raise ValueError(f"there is no such file: {', '.join(lost)}")
    found = []
    for file in files:
        if BESIDE.fullmatch(file.name):
            say(f"{file.name}: passed over, it holds no flows")
        elif file.suffix.lower() == ".zip":
            whole = reading.sha256(file)
            names = archives.members(file, YEAR_FILE)
            found += [Source(file.absolute(), name, _year(name), whole) for name in names]
            say(f"{file.name}: {len(names)} year files")
        else:
            found.append(Source(file.absolute(), "", _year(file.name)))
    if not found:
        raise ValueError("none of the files holds flows")
    _refuse_twice([(source.year, source.name.name) for source in found if source.year])
    return found


def _year(name: str) -> int | None:
    """Read the year in the name of a year file."""
    match = re.search(r"_y(\d{4})_", name.lower())
    return int(match.group(1)) if match else None


def _refuse_twice(years: list[tuple[int, str]]) -> None:
    """Refuse years that come from two files."""
    numbers = [year for year, _ in years]
    twice = sorted((year, name) for year, name in years if numbers.count(year) > 1)
    if twice:
        listed = "".join(f"\n  {year}: {name}" for year, name in twice)
        raise ValueError(f"each year may come from one file only, but:{listed}")


def _records(store: Path) -> dict[int, dict]:
    """Read what each year of a store was made from."""
    records = [json.loads(path.read_text("utf-8")) for path in store.glob("year=*/flows.json")]
    return {record["year"]: record for record in sorted(records, key=lambda r: r["year"])}


def _made_before(source: Source, *places: Path) -> list[dict]:
    """Give the records of a source if one place holds all its years, made from the same bytes."""
    for place in places:
        alike = [
            record
            for record in _records(place).values()
            if (record["file"], record["member"]) == (source.path.name, source.member)
        ]
        digest = source.sha256 or (reading.sha256(source.path) if alike else "")
        same = [record for record in alike if record["sha256"] == digest]
        if same and len(same) == len(same[0]["years_of_file"]):
            return same
    return []


def _convert_all(
    todo: list[Source],
    stage: Path,
    scheduler: str | None,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> list[dict]:
    """Convert all sources; the faults of all of them come in one error at the end."""
    made, faults = [], []
    progress(0, len(todo))
    results = cluster.each(partial(_tried, stage=stage.absolute()), todo, scheduler)
    for number, (records, fault) in enumerate(results, start=1):
        progress(number, len(todo))
        made += records
        faults += [fault] if fault else []
        for record in records:
            say(f"{record['year']}: {record['rows']:,} rows, {record['without_quantity']:,} of them"
                f" without a quantity ({number} of {len(todo)} files)")  # fmt: skip
    if faults:
        raise ValueError("\n".join(sorted(faults)))
    return made


def _tried(source: Source, stage: Path) -> tuple[list[dict], str]:
    """Convert a source; give its records, or what is wrong with it."""
    try:
        return convert(source, stage), ""
    except ValueError as error:
        return [], str(error)


def _settle_years(records: list[dict], stage: Path) -> None:
    """Refuse a year that came from two files."""
    try:
        _refuse_twice([(record["year"], record["member"] or record["file"]) for record in records])
    except ValueError:
        # Which of the two a year now holds is chance; neither must be taken for done.
        shutil.rmtree(stage)
        raise


def _put(folder: Path, about: Release, records: list[dict]) -> None:
    """Put the years just made and those that the store had before into its place."""
    store, stage = folder / about.store, folder / f".{about.store}.part"
    with staged(store) as new:
        for year in sorted({record["year"] for record in records} | set(_records(store))):
            wanted = next((record for record in records if record["year"] == year), None)
            place = stage if wanted and _records(stage).get(year) == wanted else store
            (new / f"year={year}").mkdir()
            for file in sorted((place / f"year={year}").glob("flows.*")):
                _link(file, new / f"year={year}" / file.name)
        sets.write_about(new, _about(about, list(_records(new).values())))


def _link(file: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the disk knows no such thing."""
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, target)


def _about(about: Release, years: list[dict]) -> dict:
    """Say what a store was made from."""
    files = {}
    for record in years:
        one = files.setdefault((record["file"], record["member"], record["sha256"]), [])
        one.append(record)
    return {
        "kind": KIND,
        "hs_revision": about.hs_revision,
        "release": about.release,
        "files": [
            {
                "name": name,
                "member": member,
                "sha256": digest,
                "rows": sum(record["rows"] for record in of_file),
                "first_year": of_file[0]["year"],
                "last_year": of_file[-1]["year"],
            }
            for (name, member, digest), of_file in sorted(files.items())
        ],
        "years": [
            {name: record[name] for name in ("year", "rows", "without_quantity")}
            for record in years
        ],
        "rows": sum(record["rows"] for record in years),
        "without_quantity": sum(record["without_quantity"] for record in years),
        "in_place_of": {},
        "notes": [],
    }


def stores(folder: Path) -> list[Path]:
    """List the stores of a data folder, the newest release last.

    Of one release, HS 2017 comes last: the package's own rows are in that revision.
    """
    abouts = {path.parent: _read_about(path.parent) for path in folder.glob(f"[!.]*/{sets.ABOUT}")}
    found = [path for path, about in abouts.items() if about.get("kind") == KIND]
    return sorted(found, key=lambda p: _rank(abouts[p]))


def _rank(about: dict) -> tuple[str, bool, str]:
    revision = about["hs_revision"]
    return about["release"], revision == trade.BACI_REVISION, revision


def _read_about(store: Path) -> dict:
    return json.loads((store / sets.ABOUT).read_text("utf-8"))


def flows(
    store: Path,
    exporter: str,
    importer: str,
    products: list[str] | None = None,
    years: list[int] | None = None,
) -> pd.DataFrame:
    """Read the flows of one pair from a store.

    Parameters
    ----------
    store
        One of the `stores`.
    exporter, importer
        ISO codes such as CHN and RUS.
    products
        HS6 codes in the revision of the store; all where none are named.
    years
        All where none are named.

    Returns
    -------
    pandas.DataFrame
        year, exporter, importer, product, value_usd, net_kg (NaN where not known), sorted by
        year and product.

    Raises
    ------
    ValueError
        If a country has no number in BACI, or the store lacks a year.
    """
    files = {int(path.parent.name[5:]): path for path in store.glob("year=*/flows.parquet")}
    wanted = sorted(files if years is None else years)
    lacking = sorted(set(wanted) - set(files))
    if lacking:
        raise ValueError(f"{store.name} has no {', '.join(map(str, lacking))}; "
                         f"there are {', '.join(map(str, sorted(files)))}")  # fmt: skip
    of_pair = pl.col("exporter").is_in(_numbers(exporter)) & pl.col("importer").is_in(
        _numbers(importer)
    )
    if products is not None:
        of_pair &= pl.col("product").is_in([int(product) for product in products])
    lines = pl.scan_parquet([files[year] for year in wanted], glob=False).filter(of_pair)
    # A country with two numbers in one year has two lines; a sum with a gap has no quantity.
    weight = pl.col("quantity_t")
    sums = lines.group_by("t", "product").agg(
        pl.col("value_kusd").sum(), pl.when(weight.null_count() == 0).then(weight.sum())
    )
    rows = sums.sort("t", "product").collect(engine="streaming")
    return pd.DataFrame(
        {
            "year": rows["t"].to_numpy().astype("int64"),
            "exporter": pd.Series([exporter] * len(rows), dtype="str"),
            "importer": pd.Series([importer] * len(rows), dtype="str"),
            "product": pd.Series([f"{p:06}" for p in rows["product"]], dtype="str"),
            "value_usd": (rows["value_kusd"] * 1e3).round(3).to_numpy(),
            "net_kg": (rows["quantity_t"] * 1e3).round(3).to_numpy(),
        }
    )


def _numbers(country: str) -> list[int]:
    """Give the numbers of a country in BACI; some have had several."""
    found = [int(number) for number, iso in codes.known("m49").items() if iso == country]
    if not found:
        raise ValueError(f"{country!r} is no country of BACI; ISO codes such as CHN are wanted")
    return found


def extract(
    folder: Path,
    exporter: str,
    importer: str,
    say: Callable[[str], None] = print,
    store: Path | None = None,
) -> Path:
    """Put the flows of one pair into a set that stands in for the package's own rows of BACI.

    The set holds every HS6 line, the product groups, the tiers of the high-priority list and the
    total, all made as those of the package are. An older set of the pair gives way.

    Parameters
    ----------
    folder
        The data folder.
    exporter, importer
        ISO codes.
    say
        Called with what was found.
    store
        The store to draw from, the last of `stores` unless given.

    Returns
    -------
    pathlib.Path
        The folder of the set.

    Raises
    ------
    ValueError
        If there is no store, or it has no flow of the pair.
    """
    there = stores(folder)
    if store is None and not there:
        raise ValueError(f"{folder} holds no store of BACI: import its year files first")
    store = store or there[-1]
    about = _read_about(store)
    lines = flows(store, exporter, importer)
    if lines.empty:
        raise ValueError(f"{store.name} has no flow from {exporter} to {importer}")
    source = f"baci-v{about['release']}"
    table, notes = _annual(lines.assign(source_id=source), about["hs_revision"])
    frames = {"trade_annual": table, "sources": _source(source, about)}
    pair = f"{exporter}-{importer}".lower()
    filled = {name: frame for name, frame in frames.items() if len(frame)}
    said = {
        "kind": "flows",
        "release": about["release"],
        "hs_revision": about["hs_revision"],
        "store": store.name,
        "files": about["files"],
        "rows": len(table),
        "in_place_of": {
            "trade_annual": [{"dataset": "baci", "exporter": exporter, "importer": importer}]
        },
        "notes": notes,
    }
    made = sets.put(folder, f"flows-{store.name}-{pair}", filled, said)
    _replace_older(made, pair, say)
    span = f"{lines['year'].min()} to {lines['year'].max()}"
    say(f"{made.name}: {len(lines):,} lines of HS6, {span}, in {len(table):,} rows")
    for note in notes:
        say(note)
    return made


def _replace_older(made: Path, pair: str, say: Callable[[str], None]) -> None:
    """Remove what other stores gave of a pair: two sets cannot hold the same rows."""
    for older in sorted(made.parent.glob(f"flows-baci-*-{pair}")):
        if older != made:
            remove_whole(older)
            say(f"{older.name} gave way to {made.name}")


def _annual(lines: pd.DataFrame, revision: str) -> tuple[pd.DataFrame, list[str]]:
    """Make the rows of `trade_annual` by the functions that make the package's own."""
    kinds = {"value_usd": "number", "net_kg": "number", "year": "integer"}
    text = lines.assign(**{name: as_text(lines[name], kind) for name, kind in kinds.items()})
    own = _own("trade_annual")
    groups = own[own["product_level"] == "group"].drop_duplicates("product")
    listed = _own("hs_codes")
    whole = pd.DataFrame({"group": "TOTAL", "code": sorted(set(text["product"]))})
    parts = [
        text.assign(product_level="hs6", **trade.BACI),
        trade.group_sums(text, whole).assign(
            product_level="total", note="Sum over all HS6 lines of the release."
        ),
    ]
    notes = [NOT_GROUPED] if revision not in GROUPED else []
    # In a revision that has not been looked up a number may mean other goods: no names there.
    codes_here = listed.head(0)
    if revision in GROUPED:
        codes_here = listed.assign(hs2017=codes_in(revision)["code"])
        tiers = trade.tier_memberships(codes_here)
        if revision != trade.BACI_REVISION:
            notes.append(GROUPED_ANEW)
            tiers = _as_comparable(tiers, listed)
        of_groups = trade.memberships(text, groups)
        parts += [trade.group_sums(text, of_groups).assign(product_level="group"),
                  trade.group_sums(text, tiers).assign(product_level="tier")]  # fmt: skip
    rows = pd.concat(parts, ignore_index=True).astype("object").fillna("")
    named = trade.named(rows.assign(n_months=""), groups, codes_here)
    described = trade.described(named)
    return described.assign(hs_revision=described["hs_revision"].where(
        described["hs_revision"] == "", revision)), notes  # fmt: skip


def _as_comparable(tiers: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Leave the same goods out of the comparable part in HS 2022 as in HS 2017."""
    wide = listed.loc[listed["hs2017"].isin(trade.TOO_WIDE), "hs6"]
    left_out = (tiers["group"] == "chpl_comparable") & tiers["code"].isin(wide)
    return tiers[~left_out]


def _source(source: str, about: dict) -> pd.DataFrame:
    """Describe the release as the package describes its own, unless the package knows it."""
    known = _own("sources")
    if source in set(known["source_id"]):
        return known.iloc[:0]
    release, year = about["release"], about["hs_revision"][2:]
    like = known[known["source_id"].str.startswith("baci-v")].tail(1)
    return like.assign(
        source_id=source,
        title=f"BACI, HS {year}, version {release}",
        date=f"{release[:4]}-{release[4:6]}",
    )


def _own(table: str) -> pd.DataFrame:
    """Read the package's own rows of a table as text."""
    return schema.read_text(str(DATA / schema.resource(table)["path"]))
