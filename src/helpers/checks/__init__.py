"""The checks: one module for each section, and `rows` for what any table can answer.

Importing this package registers them all in `helpers.claims.CHECKS`.
"""

from helpers.checks import (  # noqa: F401
    arms,
    dialogue,
    exercises,
    limits,
    pressure,
    rows,
    trade,
)
