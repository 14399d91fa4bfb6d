"""What the runs of a sweep would all measure again, measured once before they are forked.

The robustness of a claim is that of all combinations of its choices, and these are nearly the same
for every run. The notebook is named by an environment variable, for the server that processes are
forked from is told modules to import and nothing else.
"""

import os

from helpers import at_hand, choices, claims, conflicts, robustness
from helpers.paths import SWEEP


def measure(notebook: str) -> claims.Tables:
    """Measure the claims of a notebook under all combinations of choices.

    Parameters
    ----------
    notebook
        Its number; one without claims of its own is about all of them.
    """
    data, chosen = claims.Tables(), choices.choose()
    robustness.curves(chosen, claims.of_notebook(notebook) or None, data)
    conflicts.of_notebook_settled(notebook, chosen, data)
    return data


# With an analyst's own rows every notebook measures for itself.
if SWEEP in os.environ and at_hand.folder() is None:
    measure(os.environ[SWEEP]).keep()
