"""The table of countries; the table of sources is collected from all raw tables."""

import pandas as pd

from helpers.build.cleaning import true_false
from helpers.build.recipe import Recipe


def countries(raw: pd.DataFrame) -> pd.DataFrame:
    """Mark the states that no longer exist."""
    return raw.assign(is_historic=true_false(raw["kind"] == "historic"))


RECIPES = {"countries": Recipe(countries, ("reference/countries",))}
