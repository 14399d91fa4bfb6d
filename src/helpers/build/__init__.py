"""Raw tables in, clean tables out: `nolimits data build`.

Every table goes the same way: read as text, corrected, its sources given ids, cleaned by the
function of its recipe, put into the order of the schema, validated. Files are written only when
every table came out right.
"""

import importlib
from pathlib import Path

import pandas as pd

from helpers import schema
from helpers.build import codebook, corrections, sources
from helpers.build.recipe import Recipe
from helpers.files import write_whole
from helpers.paths import DATA, RAW

SUBJECTS = ("arms", "trade", "exercises", "limits", "dialogue", "pressure", "claims", "reference")
RELEASES = "reference/releases"


def recipes() -> dict[str, Recipe]:
    """Give the recipe of every table except `sources`, which is collected from all of them."""
    found = {}
    for subject in SUBJECTS:
        found |= importlib.import_module(f"helpers.build.{subject}").RECIPES
    return found


def read_raw(name: str, declared: list[dict]) -> pd.DataFrame:
    """Read a raw table such as arms/arms_deals as text, corrections applied."""
    raw = schema.read_text(RAW / f"{name}.csv")
    tidy = raw.apply(lambda cells: cells.str.replace(r"\s+", " ", regex=True).str.strip())
    return corrections.apply(tidy, f"raw/{name}.csv", declared)


def clean_tables() -> dict[str, pd.DataFrame]:
    """Make every clean table, as text in the order of its schema."""
    made = recipes()
    declared = corrections.read()
    raws = {name: read_raw(name, declared) for r in made.values() for name in r.inputs}
    pages = sources.page_table(pd.concat([sources.cited(raw) for raw in raws.values()]))
    ids = dict(zip(pages["url"], pages["source_id"], strict=True))
    tables = {}
    for name, recipe in made.items():
        frames = [sources.with_ids(raws[i], ids) for i in recipe.inputs]
        tables[name] = conform(_cleaned(recipe, frames, name), name)
    releases = read_raw(RELEASES, declared)
    tables["sources"] = conform(pd.concat([releases, pages]), "sources")
    return {name: tables[name] for name in schema.resources()}


def _cleaned(recipe: Recipe, frames: list[pd.DataFrame], name: str) -> pd.DataFrame:
    """Let a recipe clean its raw tables; what it cannot read is reported with where it stands."""
    files = " and ".join(f"data/raw/{i}.csv" for i in recipe.inputs)
    try:
        return recipe.function(*frames)
    except KeyError as error:
        raise ValueError(f"table {name}: {files} has no column {error}") from None
    except ValueError as error:
        raise ValueError(f"table {name}, made from {files}: {error}") from None


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Bring a cleaned frame into the schema's columns and row order, as text.

    Raises
    ------
    ValueError
        If the frame lacks columns of the schema or has others.
    """
    wanted = [field["name"] for field in schema.fields(name)]
    lacking = [c for c in wanted if c not in frame]
    extra = [c for c in frame if c not in wanted]
    if lacking or extra:
        raise ValueError(
            f"table {name} lacks the columns {lacking} and has {extra} beside its schema"
        )
    text = pd.DataFrame(
        {f["name"]: as_text(frame[f["name"]], f["type"]) for f in schema.fields(name)}
    )
    key = schema.resource(name)["schema"]["primaryKey"]
    return text.sort_values(key, kind="stable").reset_index(drop=True)


def as_text(cells: pd.Series, kind: str) -> pd.Series:
    """Write cells the one way that clean files have: 12.5 for 12.50, true for True.

    Cells that are not of their type stay as they are, for the validation to report.

    Examples
    --------
    >>> as_text(pd.Series([12.50, None, "many"]), "number").tolist()
    ['12.5', '', 'many']
    """
    text = cells.astype("object").where(cells.notna(), "").map(str)
    if kind == "boolean":
        return text.str.lower()
    if kind in ("integer", "number"):
        read = pd.to_numeric(text, errors="coerce")
        return text.mask(read.notna(), read.map("{:.12g}".format))
    return text


def write() -> list[str]:
    """Build the clean tables and the codebook.

    Returns
    -------
    list of str
        The files that changed, relative to the data folder.

    Raises
    ------
    ValueError
        If a table breaks its description: every offending cell is named, nothing is written.
    """
    tables = clean_tables()
    own = [v for name, text in tables.items() for v in schema.violations(text, name)]
    schema.complain(own or [v for name in tables for v in schema.dangling(tables, name)])
    files = {
        schema.resource(name)["path"]: text.to_csv(index=False, lineterminator="\n")
        for name, text in tables.items()
    }
    files["README.md"] = codebook.text(tables)
    return [path for path, content in files.items() if _replace(DATA / path, content)]


def _replace(path: Path, content: str) -> bool:
    """Write a file whole, unless it already reads so; tell whether it changed."""
    if path.exists() and path.read_bytes() == content.encode():
        return False
    write_whole(path, content)
    return True
