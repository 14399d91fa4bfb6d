"""Files of BACI, read, checked, sorted and written as Parquet, one for each year.

Polars does the work in one pass; a file that it stumbles over, or in which something does not
hold, is read once more as text, to name the lines at fault. Files that only pad their cells come
out right that way too.
"""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from helpers import files
from helpers.importers import archives, reading
from helpers.schema import Violation

# The columns of BACI: year, exporter, importer, product, thousand USD, tonnes.
COLUMNS = {
    "t": pl.UInt16,
    "i": pl.UInt16,
    "j": pl.UInt16,
    "k": pl.UInt32,
    "v": pl.Float64,
    "q": pl.Float64,
}
NAMES = dict(
    zip(COLUMNS, ["t", "exporter", "importer", "product", "value_kusd", "quantity_t"], strict=True)
)
# A product below 010000 has lost its last digits: there is no chapter 00.
LIMITS = {"t": (1988, 2100), "i": (1, 999), "j": (1, 999), "k": (10_000, 999_999)}
KEY = list(LIMITS)
EXPECTED = {
    "i": "a country number from 1 to 999",
    "j": "a country number from 1 to 999",
    "k": "a six-digit product code",
    "v": "a number of at least 0 (thousand USD)",
    "q": "a number of at least 0 (tonnes), or nothing",
}
NOT_KNOWN = ["", "NA", "NaN", "nan"]
# Small groups of rows: the flows of one pair lie in one or two of them.
WRITTEN = {"compression": "lz4", "row_group_size": 65_536}
# Files are sorted in slices of exporters, so that the largest year stays under 1 GiB.
SLICES = [(low, low + 199) for low in range(0, 1000, 200)]
HEAD = 4_096
CHUNK = 4 * 1024**2
FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OverflowError, MemoryError)


class Source(NamedTuple):
    """One file to convert: a path, or a member of an archive, and the year that its name tells.

    The hash of an archive is taken once for all its members, that of a file while it is read.
    """

    path: Path
    member: str
    year: int | None
    sha256: str = ""

    @property
    def name(self) -> Path:
        """What complaints call it."""
        return Path(self.member or self.path)


def convert(source: Source, stage: Path) -> list[dict]:
    """Convert one source into the years of a store in the making.

    Everything is written under a name of its own and then renamed, so that a second attempt,
    even one at the same time, changes nothing.

    Raises
    ------
    ValueError
        Naming every fault of the source.
    """
    member = archives.extracted(source.path, source.member, stage) if source.member else None
    with member or nullcontext(source.path) as path, _part(stage) as part:
        read = _typed_parquet if _is_parquet(path) else _typed_csv
        digest = read(path, source, part)
        whole = pl.scan_parquet(part)
        years = whole.select(pl.col("t").unique().sort()).collect(engine="streaming")["t"].to_list()
        for year in years:
            one = whole if len(years) == 1 else whole.filter(pl.col("t") == year)
            with _part(stage) as piece:
                ready = part if len(years) == 1 else _sunk(one, piece)
                _put_in_order(ready, source, path)
                _settle(ready, stage / f"year={year}" / "flows.parquet")
        return [_record(source, digest, stage, year, years) for year in years]


@contextmanager
def _part(stage: Path) -> Iterator[Path]:
    """Give a name for a file in the making; what is left of it goes at the end."""
    path = stage / f".{uuid.uuid4().hex}.parquet"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _sunk(frame: pl.LazyFrame, path: Path) -> Path:
    frame.sink_parquet(path, **WRITTEN)
    return path


def _settle(part: Path, path: Path) -> None:
    """Put a finished file in its place."""
    path.parent.mkdir(exist_ok=True)
    files.put(part, path)


def _record(source: Source, digest: str, stage: Path, year: int, years: list[int]) -> dict:
    """Write down what a year was made from."""
    path = stage / f"year={year}" / "flows.json"
    counted = pl.scan_parquet(path.with_name("flows.parquet")).select(
        rows=pl.len(), without_quantity=pl.col("quantity_t").null_count()
    )
    record = counted.collect().row(0, named=True) | {
        "year": year,
        "file": source.path.name,
        "member": source.member,
        "sha256": source.sha256 or digest,
        "years_of_file": years,
    }
    files.write_whole(path, json.dumps(record, indent=1, sort_keys=True) + "\n")
    return record


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _typed_csv(path: Path, source: Source, part: Path) -> str:
    """Read a CSV file into Parquet, checked; give its SHA-256.

    Polars refuses text among the numbers but reads rows that are too short as if they ended in
    empty cells; counting the commas finds these.
    """
    header = _header(path, source)
    with ThreadPoolExecutor(1) as beside:
        counting = beside.submit(_counted, path)
        schema = {name: COLUMNS[name] for name in header}
        frame = pl.scan_csv(path, schema=schema, null_values={"q": "NA"}, glob=False)
        is_read = _sinks(frame, part)
    counted = counting.result()
    is_even = counted.commas == counted.lines * (len(COLUMNS) - 1)
    if not (is_read and is_even and _is_sound(part, source)):
        if not counted.ends_well:
            reading.refuse([reading.problem(source.name, counted.lines + 1, "(record)",
                            "no end of line", "a whole record; is the file cut off?")])  # fmt: skip
        _typed_slowly(path, source, part)
    return counted.sha256


class Counted(NamedTuple):
    """What a pass over the bytes of a file gives."""

    sha256: str
    lines: int
    commas: int
    ends_well: bool


def _counted(path: Path) -> Counted:
    """Hash a file and count its lines and commas."""
    digest, lines, commas, piece = sha256(), 0, 0, b""
    with path.open("rb") as stream:
        while more := stream.read(CHUNK):
            piece = more
            digest.update(piece)
            view = np.frombuffer(piece, np.uint8)
            lines += np.count_nonzero(view == ord("\n"))
            commas += np.count_nonzero(view == ord(","))
    return Counted(digest.hexdigest(), lines, commas, piece.endswith(b"\n"))


def _header(path: Path, source: Source) -> list[str]:
    """Read the names of the columns, in whatever order they stand.

    Raises
    ------
    ValueError
        If it is not the header of a BACI file.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    text = head.decode("utf-8-sig", errors="replace")
    first = text.split("\n")[0].strip()
    names = [name.strip(' "') for name in first.split(",")]
    fault = None
    if not text.strip():
        fault = ("an empty file", "a file of BACI")
    elif b"\x00" in head:
        fault = ("binary data", "a text file")
    elif text.lstrip().lower().startswith(("<!doctype", "<html", "<head", "<?xml")):
        fault = (first, "an export, not a web page")
    elif sorted(names) != sorted(COLUMNS):
        fault = (first, f"{','.join(COLUMNS)} in any order")
    reading.refuse([reading.problem(source.name, 1, "(header)", *fault)] if fault else [])
    return names


def _sinks(frame: pl.LazyFrame, part: Path) -> bool:
    """Write a frame with the columns of BACI under the names of the store, if it can be read."""
    renamed = frame.select(
        pl.col(name).cast(kind).alias(NAMES[name]) for name, kind in COLUMNS.items()
    )
    try:
        _sunk(renamed, part)
    except FAULTS:
        return False
    return True


def _limits(source: Source) -> dict[str, tuple[int, int]]:
    """Give the lowest and highest that a column may hold; the name of a file tells its year."""
    return LIMITS | ({"t": (source.year, source.year)} if source.year else {})


def _is_sound(part: Path, source: Source) -> bool:
    """Tell whether every cell of a file just read is there and within its limits."""
    within = [
        pl.col(NAMES[name]).is_between(*span) & pl.col(NAMES[name]).is_not_null()
        for name, span in _limits(source).items()
    ]
    value, quantity = pl.col("value_kusd"), pl.col("quantity_t")
    within += [value.is_finite() & (value >= 0) & value.is_not_null()]
    within += [quantity.is_null() | (quantity.is_finite() & (quantity >= 0))]
    everywhere = [is_right.all().alias(str(number)) for number, is_right in enumerate(within)]
    found = pl.scan_parquet(part).select(pl.len() > 0, *everywhere).collect(engine="streaming")
    return all(found.row(0))


def _typed_parquet(path: Path, source: Source, part: Path) -> str:
    """Read a Parquet file with the columns of BACI, checked; give its SHA-256."""
    try:
        kinds = pl.read_parquet_schema(path)
    except FAULTS as error:
        found = str(error).splitlines()[0]
        reading.refuse([reading.problem(source.name, 1, "(file)", found, "a Parquet file")])
    faults = []
    if sorted(kinds) != sorted(COLUMNS):
        expected = f"{','.join(COLUMNS)} in any order"
        faults = [reading.problem(source.name, 1, "(header)", ",".join(kinds), expected)]
    for name in set(KEY) & set(kinds):
        if not (kinds[name].is_integer() or kinds[name] == pl.String):
            found = str(kinds[name])
            faults.append(reading.problem(source.name, 1, name, found, "whole numbers or text"))
    reading.refuse(faults)
    if not (_sinks(pl.scan_parquet(path, glob=False), part) and _is_sound(part, source)):
        _typed_slowly(path, source, part)
    return reading.sha256(path)


def _typed_slowly(path: Path, source: Source, part: Path) -> None:
    """Read a file cell by cell as text, which tells the lines at fault and allows for padding.

    Raises
    ------
    ValueError
        Naming the first cells at fault.
    """
    try:
        text = _text(path, source)
        faults, many = _faults(text, source)
    except FAULTS as error:
        found = str(error).splitlines()[0]
        faults, many = [reading.problem(source.name, 1, "(file)", found, "a file of BACI")], 1
    reading.refuse(faults, max(many - len(faults), 0))
    _sunk(text.select(_typed(name).alias(NAMES[name]) for name in COLUMNS), part)


def _text(path: Path, source: Source) -> pl.LazyFrame:
    """Give the cells of a file as text, each row with its line `n` and its number of cells."""
    if _is_parquet(path):
        rows = pl.scan_parquet(path, row_index_name="n", row_index_offset=1, glob=False)
        return rows.with_columns(pl.col(list(COLUMNS)).cast(pl.String), width=len(COLUMNS))
    # With a separator that no text holds, each line is one cell.
    lines = pl.scan_csv(path, schema={"line": pl.String}, separator="\x1f", quote_char=None,
                        has_header=False, skip_lines=1, truncate_ragged_lines=True, glob=False,
                        encoding="utf8-lossy", row_index_name="n", row_index_offset=2,
                        raise_if_empty=False)  # fmt: skip
    cells = lines.filter(pl.col("line").str.strip_chars() != "").with_columns(
        pl.col("line").str.split(",").alias("cells")
    )
    texts = [
        pl.col("cells").list.get(place, null_on_oob=True).str.strip_chars(' "\t\r').alias(name)
        for place, name in enumerate(_header(path, source))
    ]
    return cells.with_columns(*texts, width=pl.col("cells").list.len()).drop("cells")


def _typed(name: str) -> pl.Expr:
    """Turn the text of a column into its type, missing where that cannot be."""
    cell = pl.col(name)
    if name == "q":
        cell = pl.when(cell.is_in(NOT_KNOWN)).then(None).otherwise(cell)
    return cell.cast(COLUMNS[name], strict=False)


def _faults(text: pl.LazyFrame, source: Source) -> tuple[list[Violation], int]:
    """Give the first cells at fault, and how many rows are."""
    limits = _limits(source)
    bad = {
        name: ~pl.coalesce(_typed(name).is_between(*span), False) for name, span in limits.items()
    }
    amount = {name: _typed(name).is_finite() & (_typed(name) >= 0) for name in ("v", "q")}
    bad |= {name: ~pl.coalesce(is_right, False) for name, is_right in amount.items()}
    bad["q"] &= ~pl.coalesce(pl.col("q").is_in(NOT_KNOWN), True)
    bad["(record)"] = pl.col("width") != len(COLUMNS)
    marked = text.with_columns(is_bad.alias(f"bad {name}") for name, is_bad in bad.items())
    wrong = marked.filter(pl.any_horizontal(f"bad {name}" for name in bad))
    first = wrong.head(reading.SHOWN).collect(engine="streaming").rows(named=True)
    count = wrong.select(pl.len()).collect(engine="streaming").item()
    if not text.select(pl.len()).collect(engine="streaming").item():
        return [reading.problem(source.name, 2, "(file)", "no rows", "a header and rows")], 1
    expected = EXPECTED | {"t": _years_allowed(source)}
    return [fault for row in first for fault in _row_faults(row, source, expected)], count


def _years_allowed(source: Source) -> str:
    low, high = _limits(source)["t"]
    return f"{low}, as its name says" if source.year else f"a year from {low} to {high}"


def _row_faults(row: dict, source: Source, expected: dict[str, str]) -> list[Violation]:
    """Name the cells of a row that are wrong, or the row where it is too short or too long."""
    if row["bad (record)"]:
        found = f"{row['width']} cells: {row['line']}"
        wanted = f"{len(COLUMNS)} cells; is the file cut off or its separator another?"
        return [reading.problem(source.name, row["n"], "(record)", found, wanted)]
    return [
        reading.problem(source.name, row["n"], name, row[name] or "", expected[name])
        for name in COLUMNS
        if row[f"bad {name}"]
    ]


def _key() -> pl.Expr:
    """Join exporter, importer and product into one number, which sorts as they do."""
    exporter, importer, product = (pl.col(NAMES[n]).cast(pl.Int64) for n in ("i", "j", "k"))
    return (exporter * 1_000 + importer) * 1_000_000 + product


def _rises(part: Path) -> bool:
    """Tell whether a year is sorted and holds every key once."""
    rising = pl.scan_parquet(part).select((_key().diff() > 0).all())
    return rising.collect(engine="streaming").item()


def _put_in_order(part: Path, source: Source, path: Path) -> None:
    """Sort a year where it is not sorted, and make sure that no flow is there twice."""
    if _rises(part):
        return
    with _part(part.parent) as piece:
        frame, exporter = pl.scan_parquet(part), pl.col("exporter")
        slices = [frame.filter(exporter.is_between(*span)).sort(_key()) for span in SLICES]
        _sunk(pl.concat(slices), piece).replace(part)
    if not _rises(part):
        reading.refuse(*_repeats(part, source, path))


def _repeats(part: Path, source: Source, path: Path) -> tuple[list[Violation], int]:
    """Name the lines that repeat the key of a line above them."""
    twice = pl.scan_parquet(part).filter(_key().diff() == 0)
    names = {NAMES[name]: name for name in KEY}
    keys = twice.select(list(names)).rename(names).unique().head(reading.SHOWN).collect()
    count = twice.select(pl.len()).collect().item()
    typed = _text(path, source).select("n", *(_typed(name).alias(name) for name in KEY))
    lines = typed.join(keys.lazy(), on=KEY, how="semi").collect(engine="streaming").sort("n")
    later = lines.filter(~pl.struct(KEY).is_first_distinct()).head(reading.SHOWN)
    faults = [
        reading.problem(source.name, line, "+".join(KEY), "; ".join(map(str, key)), "only once")
        for line, *key in later.rows()
    ]
    return faults, count - len(faults)
