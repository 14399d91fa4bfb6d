"""Where things are, found from the package and never from the working directory."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
RAW = DATA / "raw"
CLEAN = DATA / "clean"
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"
