"""The clean tables: `load("exercises")` gives a typed, validated DataFrame.

What each table holds is described in data/datapackage.json and, for reading, data/README.md.
"""

import pandas as pd

from helpers import schema
from helpers.paths import DATA


def names() -> list[str]:
    """List the tables in the order of the package description."""
    return list(schema.resources())


def read(name: str) -> pd.DataFrame:
    """Read a clean table as text, "" where a cell is empty."""
    return schema.read_text(DATA / schema.resource(name)["path"])


def load(name: str) -> pd.DataFrame:
    """Load a clean table, typed and validated from the package description.

    Parameters
    ----------
    name
        A table such as "exercises"; `names` lists them.

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
    text = read(name)
    schema.complain(schema.violations(text, name))
    return schema.to_types(text, name)


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
    for column in ("year", "delivery_year", "date", "date_start", "month", "period_start"):
        if column in frame:
            known = frame[column].dropna().astype("str").str[:4]
            return f"{known.min()}–{known.max()}"
    return "–"
