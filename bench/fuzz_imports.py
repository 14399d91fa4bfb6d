"""Throw damaged files at the importers for a while: only a ValueError may come out.

    .venv/bin/python bench/fuzz_imports.py --minutes 10 sipri=export.csv comtrade=flows.csv ...

The files given are real exports of your own; their first lines are cut, swapped, mixed up and
written into in the ways in which files get damaged. What breaks an importer is written to
build/fuzz, one file each, to be made into a test.
"""

import argparse
import random
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from helpers.importers import baci, comtrade, gacc, sipri_tables

LINES = 60
ODD = ["", "?", "-1", "9" * 400, "1e999", "nan", "=1+1", '"', "\u202e", "\ufffd", "2150", "0x10",
       "1,5", "1;2", " ", "\r", "\x0b", "1.5.2", "²", "١٩٩٥", "x" * 200_000]  # fmt: skip
SEPARATORS = [b",", b";", b"\t", b"|", b'"', b"\n", b"\r\n"]


def import_sipri(path: Path, folder: Path) -> None:
    """Import an export of SIPRI."""
    sipri_tables.run([path], folder, "2025-03", True, lambda _: None)


def import_comtrade(path: Path, folder: Path) -> None:
    """Import a file of UN Comtrade."""
    comtrade.run([path], folder, lambda _: None)


def import_gacc(path: Path, folder: Path) -> None:
    """Import an export of the Chinese customs."""
    gacc.run([path], folder, "2023-05", "export", lambda _: None)


def import_baci(path: Path, folder: Path) -> None:
    """Import a file of BACI."""
    baci.run([path], folder, "HS17", "202501", say=lambda _: None)


TARGETS = {
    "sipri": import_sipri,
    "comtrade": import_comtrade,
    "gacc": import_gacc,
    "baci": import_baci,
}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Damage bytes in one to three of the ways in which files get damaged."""
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(WAYS)(data, chance)
    return data


def cut(data: bytes, chance: random.Random) -> bytes:
    """End the file somewhere."""
    return data[: chance.randrange(len(data) + 1)]


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change single bytes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cell(data: bytes, chance: random.Random) -> bytes:
    """Put something odd into one field."""
    lines = data.split(b"\n")
    number = chance.randrange(len(lines))
    cells = lines[number].split(b",")
    cells[chance.randrange(len(cells))] = chance.choice(ODD).encode()
    lines[number] = b",".join(cells)
    return b"\n".join(lines)


def lines(data: bytes, chance: random.Random) -> bytes:
    """Repeat, drop or move a line."""
    rows = data.split(b"\n")
    row = rows.pop(chance.randrange(len(rows)))
    for _ in range(chance.randint(0, 2)):
        rows.insert(chance.randint(0, len(rows)), row)
    return b"\n".join(rows)


def separators(data: bytes, chance: random.Random) -> bytes:
    """Write another separator, everywhere or once."""
    old, new = chance.sample(SEPARATORS, 2)
    return data.replace(old, new, chance.choice([-1, 1, 5]))


def recode(data: bytes, chance: random.Random) -> bytes:
    """Write the text in another encoding."""
    text = data.decode("latin-1")
    return text.encode(chance.choice(["utf-16", "utf-8-sig", "cp037", "utf-8"]))


WAYS = [cut, flip, cell, cell, lines, separators, recode]


def main() -> None:
    """Damage and import in turn until the time is over; report what came of it."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--minutes", type=float, default=10)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("seeds", nargs="+", metavar="KIND=FILE")
    asked = ask.parse_args()
    seeds = [(kind, Path(path)) for kind, _, path in (s.partition("=") for s in asked.seeds)]
    texts = [(k, b"\n".join(p.read_bytes().split(b"\n")[:LINES])) for k, p in seeds]
    chance, counts = random.Random(asked.seed), Counter()
    end, broken = time.monotonic() + 60 * asked.minutes, Path("build/fuzz")
    while time.monotonic() < end:
        kind, text = chance.choice(texts)
        data = damaged(text, chance)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fuzz.csv"
            path.write_bytes(data)
            try:
                TARGETS[kind](path, Path(folder) / "data")
                counts[kind, "read"] += 1
            except ValueError:
                counts[kind, "refused"] += 1
            except Exception:  # noqa: BLE001  Whatever else comes out is what we look for.
                counts[kind, "BROKEN"] += 1
                broken.mkdir(parents=True, exist_ok=True)
                stem = broken / f"{kind}-{counts[kind, 'BROKEN']}"
                stem.with_suffix(".bin").write_bytes(data)
                stem.with_suffix(".txt").write_text(traceback.format_exc())
    for (kind, outcome), number in sorted(counts.items()):
        print(f"{kind:10} {outcome:8} {number:6}")  # noqa: T201


if __name__ == "__main__":
    main()
