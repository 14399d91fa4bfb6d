"""How long `tables.load` takes for each table, beside a bare `pandas.read_csv` of the same file.

Run it with `.venv/bin/python bench/load_tables.py`; the aim is under 50 ms for every table.
"""

import timeit
from functools import partial

import pandas as pd

from helpers import schema, tables
from helpers.paths import DATA

ROUNDS = 7


def best_ms(call) -> float:
    """Time a call: the best of several rounds, in milliseconds."""
    return min(timeit.repeat(call, number=1, repeat=ROUNDS)) * 1000


rows = [
    {
        "table": name,
        "rows": len(tables.load(name)),
        "load_ms": best_ms(partial(tables.load, name)),
        "read_csv_ms": best_ms(partial(pd.read_csv, DATA / schema.resource(name)["path"])),
    }
    for name in tables.names()
]
times = pd.DataFrame(rows).sort_values("load_ms", ascending=False)
print(times.to_string(index=False, float_format="{:.1f}".format))  # noqa: T201
