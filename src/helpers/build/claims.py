"""From the two articles' statements as collected to the tables claims and conflicts."""

import pandas as pd

from helpers.build.cleaning import as_is
from helpers.build.recipe import Recipe

NOTEBOOK = {
    "arms_trade": "01",
    "tech_import": "01",
    "dual_use": "02",
    "heavy_weapons": "02",
    "exercises": "03",
    "limits": "04",
    "arctic": "04",
    "greyzone": "04",
    "perceptions": "04",
    "outlook": "04",
    "dialogue": "05",
    "background": "05",
    "sanctions": "06",
    "outreach": "06",
}

# The collection names kinds of evidence; these are the tables that hold them.
TABLES = {
    "agreements": "agreements",
    "arms_transfers": "arms_deals;arms_deliveries;arms_tiv",
    "exercises": "exercises",
    "greyzone": "incidents",
    "limits_indicators": "alliance_indicators",
    "meetings": "meetings",
    "none": "",
    "outreach": "outreach",
    "reported_figures": "reported_figures",
    "sanctions": "sanctions",
    "trade_flows": "trade_annual;trade_monthly",
    "transfers_to_russia": "transfers_to_russia",
}

ARTICLES = {"CEPA": "cepa-2025", "DIP": "diplomat-2025"}


def claims(raw: pd.DataFrame) -> pd.DataFrame:
    """Place each claim in a notebook and name the tables that bear on it.

    Raises
    ------
    ValueError
        If a section or a kind of evidence is not known.
    """
    table = raw.drop(columns="evidence_dataset")
    return table.assign(
        notebook=known(raw["section"], NOTEBOOK),
        evidence_tables=known(raw["evidence_dataset"], TABLES),
        choices=with_judging(raw),
    )


def with_judging(raw: pd.DataFrame) -> pd.Series:
    """Add to the choices that a check reads those that the judgement itself depends on.

    Examples
    --------
    >>> raw = pd.DataFrame({"choices": ["", "year_rule"], "tolerance": ["0.1", "0"],
    ...                     "expected_loose": ["", "2"], "expected_strict": ["", ""]})
    >>> with_judging(raw).tolist()
    ['tolerance', 'year_rule;reading']
    """
    tolerant = pd.to_numeric(raw["tolerance"]) > 0
    vague = (raw["expected_loose"] != "") | (raw["expected_strict"] != "")
    parts = [raw["choices"], tolerant.map({True: "tolerance"}), vague.map({True: "reading"})]
    rows = zip(*(part.fillna("") for part in parts), strict=True)
    return pd.Series([";".join(filter(None, row)) for row in rows], index=raw.index)


def known(cells: pd.Series, words: dict[str, str]) -> pd.Series:
    """Translate every cell, and refuse those that have no translation.

    Examples
    --------
    >>> known(pd.Series(["outreach"], name="section"), NOTEBOOK).tolist()
    ['06']
    """
    strange = sorted(set(cells) - set(words))
    if strange:
        raise ValueError(f"{cells.name}: no rule for {', '.join(strange)}")
    return cells.map(words)


def conflicts(raw: pd.DataFrame) -> pd.DataFrame:
    """Count the claims of each conflict and name the article or articles concerned."""
    claim_ids = raw["claim_ids"].str.split(";")
    articles = claim_ids.map(articles_of)
    return raw.assign(
        n_claims=claim_ids.str.len(),
        source_id=articles.str[0],
        source_id_2=articles.str[1].fillna(""),
    )


def articles_of(claim_ids: list[str]) -> list[str]:
    """Name the articles that claims belong to, by the letters of their ids.

    Examples
    --------
    >>> articles_of(["DIP-008", "CEPA-001", "DIP-068"])
    ['cepa-2025', 'diplomat-2025']
    """
    return sorted({ARTICLES[claim_id.split("-")[0]] for claim_id in claim_ids})


RECIPES = {
    "claims": Recipe(claims, ("claims/claims",)),
    "conflicts": Recipe(conflicts, ("claims/conflicts",)),
    "conflict_measures": Recipe(as_is, ("claims/conflict_measures",)),
}
