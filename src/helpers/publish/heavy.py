"""All that executing and rendering notebooks imports: a warm process holds it before it is forked.

What a notebook changes, such as the settings of matplotlib, changes in its own process only.
"""

import gc
import sys

import matplotlib.pyplot
import papermill

import helpers.figures.curves
import helpers.figures.flows
import helpers.figures.grids
import helpers.figures.maps
import helpers.figures.matrix
import helpers.figures.ranges
import helpers.figures.rows
import helpers.figures.series
import helpers.figures.sizes
import helpers.figures.timeline
import helpers.figures.verdict_bars
import helpers.publish.execute
import helpers.publish.index
import helpers.publish.render
import helpers.publish.shell
from helpers import at_hand, tables

# What this package leaves out of its own imports is there for notebooks that ask for it.
if sys.modules.get("rfc3987_syntax", sys) is None:
    del sys.modules["rfc3987_syntax"]


def load() -> None:
    """Load every table once; all that are forked later share them."""
    # Rows of an analyst's own folder are read anew by every notebook.
    if at_hand.folder() is None:
        for name in tables.names():
            tables.load(name)


load()
# What all share is not looked through for garbage again and again, and what a notebook makes not
# every few hundred objects: that would take a sixteenth of its time.
gc.freeze()
gc.set_threshold(100_000, 20, 50)
