"""A sweep: one notebook run under every combination of some parameters.

Each run leaves its executed notebook, its handout and `result.json`; the last is written when all
else stands, so that a run is either there as a whole or is made again.
"""

import hashlib
import io
import json
import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from helpers import choices
from helpers.publish import fingerprint, notebooks, store

if TYPE_CHECKING:
    import polars as pl

RESULT, TABLE, SUMMARY = "result.json", "results", "index.html"
DONE, FAILED = "done", "failed"
# What stands in the table of results beside the parameters of the run.
MEASURED = (
    "claim_id", "verdict", "reason", "words", "observed", "low", "high", "unit", "n_rows",
)  # fmt: skip
LONGEST = 80
# Enough that of the largest sweep no two runs have one name.
SIGNS = 12


class Run(NamedTuple):
    """One run of a sweep: its name, the fingerprint of all it rests on, and what it needs.

    `asked` are the parameters that the run is given, `parameters` all of them.
    """

    name: str
    key: str
    path: Path
    asked: dict[str, object]
    parameters: dict[str, object]
    address: str
    engine: str


def runs(path: Path, members: Sequence[dict[str, object]], address: str, engine: str) -> list[Run]:
    """Plan the runs of a sweep."""
    varied = [name for name in members[0] if len({str(one[name]) for one in members}) > 1]
    varied = varied or [*members[0]]
    defaults = {one.name: one.default for one in notebooks.parameters(path)}
    return [
        Run(
            run_name(asked, varied),
            fingerprint.of_run(path, asked),
            path,
            asked,
            defaults | asked,
            address,
            engine,
        )
        for asked in members
    ]


def run_name(asked: dict[str, object], varied: Iterable[str]) -> str:
    """Name the folder of a run by the parameters that vary; a few signs keep apart what is cut.

    Examples
    --------
    >>> run_name({"window_2": "2022:2024", "end_year": 2021}, ["window_2"])
    'window_2=2022-2024~35a3baf59cd8'
    """
    told = ",".join(f"{name}={asked[name]}" for name in varied) or "defaults"
    safe = re.sub(r"[^\w=,.-]+", "-", told, flags=re.ASCII)[:LONGEST]
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return f"{safe}~{digest[:SIGNS]}"


def make(run: Run) -> dict:
    """Execute, render and write one run; give its result.

    Returns
    -------
    dict
        What `result.json` says: `run`, `notebook`, `key`, `status`, `asked`, `parameters` (all of
        them), `answer`, `verdicts` (how many of each), `findings` (one a claim, the fields
        `MEASURED`), `figures` (title, words and numbers of each), `files` and
        `seconds`.
    """
    from helpers.publish import execute, render

    began = time.perf_counter()
    executed = execute.execute(run.path, run.asked, engine=run.engine)
    page = render.alone(render.handout(executed, run.path.stem))
    texts = {f"{run.path.stem}.ipynb": execute.text_of(executed), f"{run.path.stem}.html": page}
    where = store.at(run.address)
    for name, text in texts.items():
        store.write(where, f"runs/{run.name}/{name}", text)
    found = findings(run.path, run.parameters)
    result = _about(run, DONE) | {
        "answer": render.answer(executed),
        "verdicts": dict(Counter(one["verdict"] for one in found)),
        "findings": found,
        "figures": figures(executed),
        "files": {name: _summed(text) for name, text in texts.items()},
        "seconds": round(time.perf_counter() - began, 2),
    }
    note(run, result)
    return result


def found(run: Run, data: object) -> dict:
    """Give the findings of a run alone; nothing is executed and nothing is kept."""
    rows = findings(run.path, run.parameters, data)
    return _about(run, DONE) | {
        "answer": "",
        "verdicts": dict(Counter(one["verdict"] for one in rows)),
        "findings": rows,
        "figures": [],
        "files": {},
        "seconds": 0.0,
    }


def make_failed(run: Run, why: str, where: str = "") -> dict:
    """Note that a run failed: what went wrong, and the traceback if there is one."""
    result = _about(run, FAILED) | {"failure": why, "traceback": where}
    note(run, result)
    return result


def note(run: Run, result: dict) -> None:
    """Write the result of a run, with a sum by which a damaged one is known."""
    text = _json(result | {"sum": _sum(result)})
    store.write(store.at(run.address), f"runs/{run.name}/{RESULT}", text + "\n")


def _sum(result: dict) -> str:
    """Sum up a result."""
    return hashlib.sha256(_json(result).encode()).hexdigest()


def _json(result: dict) -> str:
    """Write a result as JSON, in ASCII: an error may quote what is no text in any encoding."""
    return json.dumps(result, indent=1, sort_keys=True, allow_nan=False)


def _about(run: Run, status: str) -> dict:
    """Say which run a result is of."""
    return {
        "run": run.name,
        "notebook": run.path.stem,
        "key": run.key,
        "status": status,
        "asked": run.asked,
        "parameters": run.parameters,
    }


def _summed(text: str) -> dict:
    """Sum up a file that was written."""
    content = text.encode()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def findings(path: Path, parameters: dict[str, object], data: object = None) -> list[dict]:
    """Measure and judge the claims of a notebook under the parameters of a run.

    Parameters
    ----------
    path
        The notebook; one that takes up no claims of its own is about all of them.
    parameters
        All its parameters.
    data
        The tables, a `claims.Tables`; what checks compute from them is kept for the next run.
    """
    from helpers import claims, scorecard

    data, number = data or claims.Tables(), path.stem[:2]
    own = data.once(("claims of", number), lambda: claims.of_notebook(number) or claims.ledger())
    results = scorecard.evaluate(choices.choose(**parameters), own, data)
    return [{name: _plain(row[name]) for name in MEASURED} for row in results.to_dict("records")]


def _plain(cell: object) -> object:
    """Give a cell as JSON has it: nothing for what is missing or without end."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell.item() if hasattr(cell, "item") else cell


def figures(executed: object) -> list[dict]:
    """List the figures of an executed notebook: their words, and their numbers as CSV."""
    from helpers.publish import parts

    return [
        {name: output.metadata.get(name, "") for name in ("title", "subtitle", "source", "alt")}
        | {"data": output.data.get("text/csv", "")}
        for output in parts.outputs(executed)
        if "image/svg+xml" in output.data
    ]


def before(run: Run) -> dict | None:
    """Give the result of a run that was made before from all the same, and stands whole."""
    where = store.at(run.address)
    text = store.read(where, f"runs/{run.name}/{RESULT}")
    try:
        result = json.loads(text or b"null")
        is_whole = result.pop("sum") == _sum(result)
        if not is_whole or result["key"] != run.key or result["status"] != DONE:
            return None
        stand = [
            store.holds(where, f"runs/{run.name}/{name}", one["sha256"], one["bytes"])
            for name, one in result["files"].items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # A note that somebody has damaged is no note: the run is made again.
        return None
    return result if all(stand) else None


def table(results: Sequence[dict], names: Sequence[str]) -> "pl.DataFrame":
    """Put the findings of all runs into one table.

    Parameters
    ----------
    results
        What `make` gives for each run; failed ones have no findings.
    names
        The parameters, in the order of their columns.

    Returns
    -------
    polars.DataFrame
        One row a run and claim: `run`, the parameters, then the fields `MEASURED`.
    """
    import polars as pl

    rows = [
        {"run": one["run"], **{n: one["parameters"][n] for n in names}, **finding}
        for one in results
        for finding in one.get("findings", [])
    ]
    numbers = dict.fromkeys(("observed", "low", "high"), pl.Float64)
    texts = dict.fromkeys(("run", "claim_id", "verdict", "reason", "words", "unit"), pl.String)
    kinds = {"int": pl.Int64, "bool": pl.Boolean, "str": pl.String}
    asked = {name: kinds[choices.type_name(name)] for name in names}
    schema = {"run": pl.String} | asked | {n: (numbers | texts).get(n, pl.Int64) for n in MEASURED}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("run", "claim_id")


def gather(results: Sequence[dict], names: Sequence[str], address: str) -> None:
    """Write the table of all findings, as CSV and as Parquet."""
    where, found = store.at(address), table(results, names)
    store.write(where, f"{TABLE}.csv", found.write_csv())
    packed = io.BytesIO()
    found.write_parquet(packed)
    store.write(where, f"{TABLE}.parquet", packed.getvalue())
