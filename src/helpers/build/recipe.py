"""How a clean table is made from raw ones."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd


class Recipe(NamedTuple):
    """A cleaning function and the raw tables that it takes, in order."""

    function: Callable[..., pd.DataFrame]
    inputs: tuple[str, ...]
