"""What several runs would all measure again, measured once before they are forked.

The robustness of a claim is that of all combinations of its choices, and these are nearly the same
for every run. The notebooks are named by an environment variable, for the server that processes are
forked from is told modules to import and nothing else.
"""

import gc
import os
from collections.abc import Iterable

from helpers import at_hand, choices, claims, conflicts, robustness
from helpers.paths import MEASURE


def measure(notebooks: Iterable[str]) -> claims.Tables:
    """Measure the claims of notebooks, and of their conflicts, under all combinations of choices.

    Parameters
    ----------
    notebooks
        Their numbers; one without claims of its own is about all of them.
    """
    data, chosen = claims.Tables(), choices.choose()
    own: dict[str, claims.Claim] = {}
    for number in notebooks:
        own |= claims.of_notebook(number) or claims.ledger()
        own |= conflicts.claims_of_notebook(number, data)
    robustness.curves(chosen, own, data)
    conflicts.measures(data, chosen)
    return data


# With an analyst's own rows every notebook measures for itself.
if MEASURE in os.environ and at_hand.folder() is None:
    measure(os.environ[MEASURE].split(",")).keep()
    gc.freeze()
