"""The tables of countries and of their codes; that of sources is collected from all raw tables."""

import pandas as pd

from helpers.build.cleaning import as_is, true_false
from helpers.build.recipe import Recipe


def countries(raw: pd.DataFrame) -> pd.DataFrame:
    """Mark the states and territories that no longer exist."""
    return raw.assign(is_historic=true_false(raw["kind"] == "historic"))


RECIPES = {
    "countries": Recipe(countries, ("reference/countries",)),
    "country_codes": Recipe(as_is, ("reference/country_codes",)),
}
