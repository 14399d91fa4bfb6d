"""All that executing and rendering notebooks imports: a warm process holds it before it is forked.

Nothing is run here; what a notebook changes, such as the settings of matplotlib, changes in its own
process only.
"""

import matplotlib.pyplot  # noqa: F401
import seaborn  # noqa: F401

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
import helpers.publish.render  # noqa: F401
