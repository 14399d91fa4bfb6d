"""The clean tables: `load("exercises")` gives a typed, validated DataFrame.

What each table holds is described in data/datapackage.json and, for reading, data/README.md.
"""

from functools import cache
from pathlib import Path

import pandas as pd

from helpers import at_hand, schema
from helpers.paths import DATA


def names() -> list[str]:
    """List the tables in the order of the package description."""
    return list(schema.resources())


def read(name: str, where: Path | None = None) -> pd.DataFrame:
    """Read a clean table as text, "" where a cell is empty.

    With a data folder, the rows of its sets come after those of the package; rows of the package
    that a set stands in for, or that have the same key, are left out.

    Parameters
    ----------
    name
        A table.
    where
        The data folder, that of the environment unless given.
    """
    where = where or at_hand.folder()
    own = schema.read_text(DATA / schema.resource(name)["path"])
    if where is None:
        return own
    imported = [_of_set(where / s / f"{name}.csv", name) for s in at_hand.sets(where)]
    imported = [text for text in imported if text is not None]
    if not imported:
        return own
    # Two sets may name the same country or source in the same words.
    theirs = pd.concat(imported, ignore_index=True).drop_duplicates()
    key = schema.resource(name)["schema"]["primaryKey"]
    twice = theirs[theirs.duplicated(key)]
    if len(twice):
        raise ValueError(
            f"{len(twice)} rows of {name} are in two sets of {where}, the first with "
            f"{dict(twice[key].iloc[0])}; remove the older set ({', '.join(at_hand.sets(where))})"
        )
    kept = own[~_replaced(own, name, where) & ~_among(own[key], theirs[key])]
    return pd.concat([kept, theirs], ignore_index=True)


def _of_set(path: Path, name: str) -> pd.DataFrame | None:
    """Read and check one table of a set, if the set has it."""
    if not path.exists():
        return None
    text = schema.read_text(path)
    schema.complain([v._replace(file=str(path)) for v in schema.violations(text, name)])
    return text


def _replaced(own: pd.DataFrame, name: str, where: Path) -> pd.Series:
    """Mark the rows of the package that a set says it stands in for."""
    marks = pd.Series(False, index=own.index)
    for about in at_hand.sets(where).values():
        for condition in about.get("in_place_of", {}).get(name, []):
            marks |= (own[list(condition)] == pd.Series(condition)).all(axis=1)
    return marks


def _among(keys: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Mark the keys that are among others."""
    known = pd.MultiIndex.from_frame(others)
    return pd.Series(pd.MultiIndex.from_frame(keys).isin(known), index=keys.index)


def load(name: str, where: Path | None = None) -> pd.DataFrame:
    """Load a clean table, typed and validated from the package description.

    Rows of the analyst's data folder are among its rows, see `read`.

    Parameters
    ----------
    name
        A table such as "exercises"; `names` lists them.
    where
        The analyst's data folder, that of the environment unless given.

    Returns
    -------
    pandas.DataFrame
        A fresh frame: text as `str`, numbers as `float64` (NaN where missing), whole numbers as
        `Int64`, booleans as `boolean` (NA where missing).

    Raises
    ------
    KeyError
        If there is no such table.
    ValueError
        If the file breaks its description, with every offending cell.

    Examples
    --------
    >>> load("alliance_rubric").shape[0]
    17
    """
    where = where or at_hand.folder()
    if where:
        return _validated(name, where)
    return _kept(name, _state(DATA / schema.resource(name)["path"])).copy(deep=False)


def _validated(name: str, where: Path | None = None) -> pd.DataFrame:
    """Read a table, refuse it if it breaks its description, and give it types."""
    text = read(name, where)
    schema.complain(schema.violations(text, name))
    return schema.to_types(text, name)


@cache
def _kept(name: str, state: tuple) -> pd.DataFrame:
    """Keep the package's own table, which one notebook loads many times, while its file stays."""
    return _validated(name)


def _state(path: Path) -> tuple:
    """Give what changes when a file does; nothing where there is none."""
    if not path.exists():
        return (path,)
    about = path.stat()
    return path, about.st_ino, about.st_mtime_ns, about.st_size


def of_set(where: Path, one: str, name: str) -> pd.DataFrame | None:
    """Load the rows of a table that one set of a data folder brings; none if it lacks the table."""
    text = _of_set(where / one / f"{name}.csv", name)
    return None if text is None else schema.to_types(text, name)


def own(name: str) -> pd.DataFrame:
    """Load the package's own rows of a table, whatever the data folder holds."""
    return schema.to_types(schema.read_text(DATA / schema.resource(name)["path"]), name)


def check() -> list[schema.Violation]:
    """Check every clean table against the package description, foreign keys included."""
    texts = {name: read(name) for name in names()}
    own = [v for name, text in texts.items() for v in schema.violations(text, name)]
    return own or [v for name in texts for v in schema.dangling(texts, name)]


def describe(name: str) -> pd.DataFrame:
    """Describe the columns of a table: name, type, unit, description."""
    columns = ["name", "type", "unit", "description"]
    return pd.DataFrame(schema.fields(name)).reindex(columns=columns)


def sources_of(*frames: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the sources table that the rows of some frames cite.

    Examples
    --------
    >>> sources_of(load("claims"))["source_id"].tolist()
    ['cepa-2025', 'diplomat-2025']
    """
    cited = [frame[c] for frame in frames for c in ("source_id", "source_id_2") if c in frame]
    known = load("sources")
    return known[known["source_id"].isin(pd.concat(cited))].reset_index(drop=True)


def credit(*frames: pd.DataFrame) -> str:
    """Name the publishers that frames rest on, the most cited first, for the foot of a figure."""
    cited = pd.concat([f[c] for f in frames for c in ("source_id", "source_id_2") if c in f])
    counts = cited.dropna().value_counts()
    known = load("sources").set_index("source_id").loc[counts.index].assign(rows=counts)
    by_publisher = known.groupby("publisher", sort=False)["rows"].sum()
    named = by_publisher.sort_values(ascending=False, kind="stable").index.tolist()
    rest = len(named) - 3
    more = f" and {rest} more {'publisher' if rest == 1 else 'publishers'}" if rest > 0 else ""
    return "; ".join(named[:3]) + more


def resource(name: str) -> dict:
    """Give the description of a table as in data/datapackage.json."""
    return schema.resource(name)


def covers(frame: pd.DataFrame) -> str:
    """Say which years a frame covers, from its first column of years or dates.

    Examples
    --------
    >>> covers(pd.DataFrame({"date": ["2014-03", "2022"]}))
    '2014–2022'
    """
    for column in (
        "year",
        "delivery_year",
        "order_year",
        "date",
        "date_start",
        "month",
        "period_start",
    ):
        if column in frame:
            known = frame[column].dropna().astype("str").str[:4]
            return f"{known.min()}–{known.max()}"
    return "–"
