"""One pair and fifty codes out of years of BACI: pandas, Polars, DuckDB and the store, measured.

`.venv/bin/python bench/baci.py --years 10 --folder /tmp/baci` makes the files if they are not
there, runs every way in a process of its own, several times in turn, and prints a Markdown table
of medians and peak memory. The bare scan of Polars and our first pass run side by side as well.
"""

import argparse
import importlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

EXPORTER, IMPORTER, CODES = 156, 643, 50
WAYS = {
    "csv, pandas": "one year after the other",
    "csv, Polars": "bare scan",
    "csv, DuckDB": "",
    "parquet, pandas": "filters pushed down",
    "parquet, Polars": "",
    "parquet, DuckDB": "",
    "store, ours": "`flows`",
    "csv to store, ours": "hash, checks, sorted Parquet",
    "csv to Parquet, Polars": "nothing but scan and sink",
    "csv to Parquet, DuckDB": "nothing but read and copy",
}
TOOLS = {
    "pandas": ["pandas", "pyarrow.dataset"],
    "Polars": ["polars"],
    "DuckDB": ["duckdb"],
    "ours": ["helpers.importers.baci"],
}


def codes(folder: Path) -> list[int]:
    """Take fifty codes that the pair trades."""
    import polars as pl

    first = min(folder.glob("*.parquet"))
    pair = (pl.col("i") == EXPORTER) & (pl.col("j") == IMPORTER)
    found = pl.scan_parquet(first).filter(pair).select("k").collect()["k"]
    return found.gather_every(max(len(found) // CODES, 1)).head(CODES).to_list()


def answer(way: str, folder: Path, wanted: list[int]) -> int:
    """Answer in one way; give the number of rows found or written."""
    kind, tool = way.split(", ")
    files = sorted(map(str, folder.glob(f"BACI*.{'csv' if kind.startswith('csv') else 'parquet'}")))
    if kind == "store":
        return _store(folder, wanted)
    if kind == "csv to store":
        return _first_pass(folder, files)
    return globals()[f"_{tool.lower()}"](kind, files, folder, wanted)


def _pandas(kind: str, files: list[str], folder: Path, wanted: list[int]) -> int:
    import pandas as pd

    if kind == "csv":
        frames = (pd.read_csv(file) for file in files)
        own = [f[(f.i == EXPORTER) & (f.j == IMPORTER) & f.k.isin(wanted)] for f in frames]
        return len(pd.concat(own))
    rules = [("i", "==", EXPORTER), ("j", "==", IMPORTER), ("k", "in", wanted)]
    return len(pd.concat([pd.read_parquet(file, filters=rules) for file in files]))


def _polars(kind: str, files: list[str], folder: Path, wanted: list[int]) -> int:
    import polars as pl

    if kind == "csv to Parquet":
        for file in files:
            pl.scan_csv(file).sink_parquet(folder / "scratch.parquet")
        return 0
    scan = pl.scan_csv if kind == "csv" else pl.scan_parquet
    rule = (pl.col("i") == EXPORTER) & (pl.col("j") == IMPORTER) & pl.col("k").is_in(wanted)
    return scan(files).filter(rule).collect(engine="streaming").height


def _duckdb(kind: str, files: list[str], folder: Path, wanted: list[int]) -> int:
    import duckdb

    read = "read_csv" if kind.startswith("csv") else "read_parquet"
    if kind == "csv to Parquet":
        for file in files:
            duckdb.sql(f"copy (from {read}('{file}')) to '{folder / 'scratch.parquet'}'")
        return 0
    where = f"i = {EXPORTER} and j = {IMPORTER} and k in ({','.join(map(str, wanted))})"
    return len(duckdb.sql(f"from {read}({files}) where {where}").fetchall())


def _store(folder: Path, wanted: list[int]) -> int:
    from helpers.importers import baci

    (store,) = baci.stores(folder / "data")
    return len(baci.flows(store, "CHN", "RUS", [f"{code:06}" for code in wanted]))


def _first_pass(folder: Path, files: list[str]) -> int:
    from helpers.importers import baci

    shutil.rmtree(folder / "data", ignore_errors=True)
    baci.run([Path(file) for file in files], folder / "data", say=lambda text: None)
    return 0


def child(way: str, folder: Path, wanted: list[int]) -> None:
    """Measure one way in this process: seconds, rows, peak memory in MB."""
    for module in TOOLS[way.split(", ")[1]]:
        importlib.import_module(module)
    started = time.perf_counter()
    rows = answer(way, folder, wanted)
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(seconds, rows, peak)  # noqa: T201


def measured(way: str, folder: Path, wanted: list[int]) -> tuple[float, int, float]:
    """Run one way in a process of its own; the imports of its tools are not in the seconds."""
    command = [sys.executable, __file__, "--folder", str(folder), "--way", way]
    command += ["--codes", ",".join(map(str, wanted))]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(printed[0]), int(printed[1]), float(printed[2])


def prepared(folder: Path, years: int) -> list[int]:
    """Make what is missing: CSV files, and the same as pandas writes them to Parquet."""
    # Not at the top, so that the other tools do not carry its memory.
    import pandas as pd
    from make_baci import LAST_YEAR, year_file

    folder.mkdir(parents=True, exist_ok=True)
    for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1):
        csv = folder / f"BACI_HS17_Y{year}_V202501.csv"
        if not csv.exists():
            year_file(folder, year)
        if not csv.with_suffix(".parquet").exists():
            pd.read_csv(csv).to_parquet(csv.with_suffix(".parquet"))
    return codes(folder)


def main() -> None:
    """Print the table, and the ratios that were aimed at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--codes", default="")
    chosen = parser.parse_args()
    if chosen.way:
        child(chosen.way, chosen.folder, [int(code) for code in chosen.codes.split(",")])
        return
    wanted = prepared(chosen.folder, chosen.years)
    _first_pass(chosen.folder, sorted(map(str, chosen.folder.glob("BACI*.csv"))))
    runs = {way: [] for way in WAYS}
    for number in range(chosen.rounds):
        for way in WAYS:
            runs[way].append(measured(way, chosen.folder, wanted))
        print(f"round {number + 1} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr)  # noqa: T201
    (chosen.folder / "scratch.parquet").unlink(missing_ok=True)
    report(runs)


def report(runs: dict[str, list[tuple[float, int, float]]]) -> None:
    """Print medians and ratios as Markdown."""
    print("| way | seconds, median | lowest to highest | peak MB | rows |\n|---|---|---|---|---|")  # noqa: T201
    seconds = {way: [run[0] for run in found] for way, found in runs.items()}
    middle = {way: statistics.median(times) for way, times in seconds.items()}
    for way, found in runs.items():
        name = f"{way} ({WAYS[way]})" if WAYS[way] else way
        span = f"{min(seconds[way]):.2f} to {max(seconds[way]):.2f}"
        peak = max(run[2] for run in found)
        print(f"| {name} | {middle[way]:.2f} | {span} | {peak:.0f} | {found[0][1] or ''} |")  # noqa: T201
    pairs = [("csv, pandas", "store, ours"), ("parquet, pandas", "store, ours"),
             ("csv to store, ours", "csv, Polars"),
             ("csv to store, ours", "csv to Parquet, Polars")]  # fmt: skip
    for slow, fast in pairs:
        print(f"\n{slow} / {fast}: {middle[slow] / middle[fast]:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
