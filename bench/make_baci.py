"""Make files of the size and shape of BACI's years, with made-up numbers in them.

`.venv/bin/python bench/make_baci.py FOLDER --years 10` writes BACI_HS17_Y2014_V202501.csv and so
on: about 11 million rows each, sorted as BACI is. They are for measuring only, never committed.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

LAST_YEAR = 2023
PRODUCTS = 5_000
EXPORTERS = 200
ROWS = 11_000_000
# The numbers of countries are multiples of four, with few exceptions; some exceptions matter here.
COUNTRIES = np.unique([*range(4, 896, 4), 643, 757, 842, 699, 579, 251, 381, 490])
BIG = (156, 643, 842)
WITHOUT_QUANTITY = 0.015


def product_codes(random: np.random.Generator) -> np.ndarray:
    """Draw six-digit codes spread over the chapters 01 to 97."""
    return np.sort(random.choice(np.arange(10_110, 970_700), PRODUCTS, replace=False))


def year_file(folder: Path, year: int, rows: int = ROWS, suffix: str = "csv") -> Path:
    """Write one year: every exporter, importer and product trade with a chance of their own."""
    random = np.random.default_rng(year)
    products = product_codes(np.random.default_rng(0))
    exporters = np.union1d(BIG, np.random.default_rng(1).choice(COUNTRIES, EXPORTERS - 3, False))
    size = np.random.default_rng(2).pareto(1.1, COUNTRIES.max() + 1) + 0.1
    size[list(BIG)] = 1_000
    common = np.random.default_rng(3).pareto(1.5, PRODUCTS) + 0.3
    weight = np.power(size[exporters][:, None] * size[COUNTRIES], 0.5)
    scale = _scale(weight, common, rows)
    parts = [
        _flows(random, year, exporter, products, common, scale * weight[row])
        for row, exporter in enumerate(exporters)
    ]
    frame = pl.concat(parts)
    path = folder / f"BACI_HS17_Y{year}_V202501.{suffix}"
    _ = frame.write_csv(path) if suffix == "csv" else frame.write_parquet(path)
    return path


def _scale(weight: np.ndarray, common: np.ndarray, rows: int) -> float:
    """Find by halving how likely trade must be for about so many rows in all."""
    low, high = 0.0, 100.0
    sample = np.random.default_rng(4).choice(weight.ravel(), 400)
    for _ in range(40):
        middle = (low + high) / 2
        share = 1 - np.exp(-middle * np.outer(sample, common))
        low, high = (
            (middle, high) if share.mean() * weight.size * PRODUCTS < rows else (low, middle)
        )
    return low


def _flows(
    random: np.random.Generator,
    year: int,
    exporter: int,
    products: np.ndarray,
    common: np.ndarray,
    weight: np.ndarray,
) -> pl.DataFrame:
    """Draw the flows of one exporter, sorted by importer and product."""
    trades = random.random((len(weight), len(common))) < 1 - np.exp(-np.outer(weight, common))
    trades[exporter == COUNTRIES] = False
    importer, product = np.nonzero(trades)
    value = np.maximum(np.exp(random.normal(1.5, 2.6, len(importer))).round(3), 0.001)
    quantity = np.maximum((value / np.exp(random.normal(1.5, 1.5, len(value)))).round(3), 0.001)
    missing = random.random(len(value)) < WITHOUT_QUANTITY
    return pl.DataFrame(
        {
            "t": np.full(len(value), year),
            "i": np.full(len(value), exporter),
            "j": COUNTRIES[importer],
            "k": products[product],
            "v": value,
            "q": pl.Series(quantity).set(pl.Series(missing), None),
        }
    )


def main() -> None:
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--suffix", choices=["csv", "parquet"], default="csv")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for year in range(LAST_YEAR - chosen.years + 1, LAST_YEAR + 1):
        path = year_file(chosen.folder, year, chosen.rows, chosen.suffix)
        print(f"{path} {path.stat().st_size / 1e6:.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main()
