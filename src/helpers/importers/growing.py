"""Sets that grow: new rows of trade among those imported before.

A row with the same key is replaced by the newer import, all others stay. Years that are sums over
months are made anew from the months at hand, and give way to a year that a source gives itself.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers import schema
from helpers.build import conform
from helpers.build.trade import MONTHS, yearly_sums
from helpers.importers import folder as data_folder

ANNUAL, MONTHLY = "trade_annual", "trade_monthly"
# What yearly sums take over from their months, which must agree on it.
SHARED = ["hs_revision", "valuation", "attribution"]


def grow(
    folder: Path,
    name: str,
    frames: dict[str, pd.DataFrame],
    about: dict,
    say: Callable[[str], None],
) -> Path:
    """Put rows into a set of a data folder, among the rows that it holds already.

    Parameters
    ----------
    folder
        The data folder.
    name
        Name of the set, such as comtrade.
    frames
        New rows for `trade_annual` and `trade_monthly` and the set's `sources`.
    about
        What `import.json` is to say: kind, files, notes.
    say
        Takes what the analyst should know.

    Returns
    -------
    pathlib.Path
        The folder of the set.

    Raises
    ------
    ValueError
        If rows break their schema or the older set cannot be read; nothing is written then.
    """
    _refuse_again(folder / name, about["files"])
    new = {table: conform(frame, table).astype("str") for table, frame in frames.items()}
    for table in (ANNUAL, MONTHLY):
        old = _without_sums(older(folder / name, table))
        new[table] = merged(old, new[table], table, say)
    new[ANNUAL] = with_yearly_sums(new[ANNUAL], new[MONTHLY], say)
    filled = {table: text for table, text in new.items() if len(text)}
    return data_folder.put(folder, name, filled, _joined(folder / name, about))


def older(place: Path, table: str) -> pd.DataFrame:
    """Read a table of a set as text; without rows if the set or the table is not there."""
    path = place / f"{table}.csv"
    if not path.exists():
        return pd.DataFrame(columns=[field["name"] for field in schema.fields(table)], dtype="str")
    text = schema.read_text(path)
    schema.complain([v._replace(file=str(path)) for v in schema.violations(text, table)])
    return text


def _without_sums(text: pd.DataFrame) -> pd.DataFrame:
    """Leave out the years that are sums over months: they are made anew."""
    return text[text["n_months"] == ""] if "n_months" in text else text


def merged(
    old: pd.DataFrame, new: pd.DataFrame, table: str, say: Callable[[str], None]
) -> pd.DataFrame:
    """Let new rows take the place of old ones with the same key, and tell what that changed."""
    key = schema.resource(table)["schema"]["primaryKey"]
    was, now = (pd.MultiIndex.from_frame(text[key]) for text in (old, new))
    known = new[now.isin(was)]
    same = len(known.merge(old, how="inner", on=list(old.columns)))
    kept = old[~was.isin(now)]
    if len(new):
        say(
            f"{table}: {len(new) - len(known)} rows new, {len(known) - same} revised, "
            f"{same} unchanged; {len(kept)} rows of earlier imports stay"
        )
    return pd.concat([kept, new], ignore_index=True)


def with_yearly_sums(
    annual: pd.DataFrame, monthly: pd.DataFrame, say: Callable[[str], None]
) -> pd.DataFrame:
    """Add the sums of months to years, where a source gives no figure for the year itself."""
    if not len(monthly):
        return annual
    sums = yearly_sums(monthly)
    key = schema.resource(ANNUAL)["schema"]["primaryKey"]
    by_year = monthly.groupby(key, as_index=False)
    agreed = by_year[SHARED].agg(lambda cells: cells.iloc[0] if cells.nunique() == 1 else None)
    weighed = monthly.assign(weighed=monthly["net_kg"] != "").groupby(key, as_index=False)
    extra = agreed.merge(weighed["weighed"].sum(), on=key)
    sums = sums.astype({"year": "str"}).merge(extra, on=key)
    mixed = sums[SHARED].isna().any(axis=1)
    if mixed.any():
        say(f"{mixed.sum()} years are not summed: their months differ in revision or valuation")
    sums = sums[~mixed]
    sums = sums.assign(note=[_note(*row) for row in sums[["n_months", "weighed"]].to_numpy()])
    blank = {"product_name": "", "hs_prefixes": "", "n_lines": "", "n_lines_no_weight": ""}
    sums = sums.drop(columns="weighed").assign(is_estimate="false", **blank)
    text = conform(sums, ANNUAL).astype("str")
    given = pd.MultiIndex.from_frame(annual[key])
    fresh = text[~pd.MultiIndex.from_frame(text[key]).isin(given)]
    return pd.concat([annual, fresh], ignore_index=True)


def _note(months: int, weighed: int) -> str:
    """Say what a sum over months lacks.

    Examples
    --------
    >>> _note(11, 11)
    'Sum over 11 of 12 months; the imports hold no row for the others.'
    >>> _note(12, 12)
    ''
    """
    notes = []
    if months < MONTHS:
        notes.append(f"Sum over {months} of 12 months; the imports hold no row for the others.")
    if 0 < weighed < months:
        notes.append(f"Weight of {weighed} of these months only.")
    return " ".join(notes)


def _refuse_again(place: Path, files: list[dict]) -> None:
    """Refuse a file that was imported before as something else, such as the other direction."""
    before = {f["sha256"]: f for f in _joined(place, {"files": [], "notes": []})["files"]}
    wrong = [
        f"{f['name']} was imported before as {before[f['sha256']]['form']}, now as {f['form']}; "
        f"one of the two is wrong: if it was the first, remove {place}"
        for f in files
        if f["sha256"] in before and before[f["sha256"]]["form"] != f["form"]
    ]
    if wrong:
        raise ValueError("\n".join(wrong))


def _joined(place: Path, about: dict) -> dict:
    """Add the files and notes of earlier imports to what is said of a set."""
    path = place / data_folder.ABOUT
    try:
        old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        named = {file["sha256"]: file for file in [*old.get("files", []), *about["files"]]}
        notes = [*old.get("notes", []), *about["notes"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}; remove the set") from None
    files = sorted(named.values(), key=lambda file: (file["name"], file["sha256"]))
    return about | {"files": files, "notes": list(dict.fromkeys(notes))}
