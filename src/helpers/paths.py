"""Where things are, found from the package and never from the working directory."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
RAW = DATA / "raw"
CLEAN = DATA / "clean"
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"
# The environment variable that names the analyst's own data folder, so that the kernel of a
# notebook reads the same folder as the command that started it.
FOLDER = "NOLIMITS_DATA"
# The environment variable that names notebooks to the process that runs are forked from, which
# then measures first what all of them would.
MEASURE = "NOLIMITS_MEASURE"
