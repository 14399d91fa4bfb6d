"""How long verdicts take: all claims under the default choices, then under all combinations.

Run it with `.venv/bin/python bench/verdicts.py`; the aims are under 2 s and under 60 s.
"""

import time
import timeit

import pandas as pd

from helpers import robustness, scorecard
from helpers.choices import choose
from helpers.claims import Tables, ledger

ROUNDS = 3
SLOWEST = 10

claims, chosen = ledger(), choose()
# The best of several rounds, each of which loads the tables anew.
once = min(
    timeit.repeat(lambda: scorecard.evaluate(chosen, claims, Tables()), number=1, repeat=ROUNDS)
)

# One set of tables for all, so that what several claims share is computed for the first of them.
data = Tables()
rows = []
for claim in (claim for claim in claims.values() if claim.check):
    began = time.perf_counter()
    one = robustness.curve(claim, data, chosen)
    rows.append(
        {
            "claim": claim.claim_id,
            "check": claim.check,
            "combinations": one.verdict.size,
            "seconds": time.perf_counter() - began,
        }
    )
times = pd.DataFrame(rows).sort_values("seconds", ascending=False)
total, combinations = times["seconds"].sum(), times["combinations"].sum()

print(f"default choices: {len(claims)} claims in {once:.2f} s (limit 2 s)")  # noqa: T201
print(  # noqa: T201
    f"all combinations: {combinations:,} of {len(times)} claims in {total:.1f} s (limit 60 s), "
    f"{combinations / total:,.0f} a second"
)
print(times.head(SLOWEST).to_string(index=False, float_format="{:.2f}".format))  # noqa: T201
