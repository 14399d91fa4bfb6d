"""From notebooks to handouts: execute, render, index."""

import sys

# nbformat imports jsonschema, and this, if it can be imported, compiles the grammar of addresses
# beyond ASCII: a second of every command, for a check that notebooks have no use of.
sys.modules.setdefault("rfc3987_syntax", None)
