"""Runs `nolimits` over the notebooks of another folder, on a disk that takes its time.

Started as a program, with the folder in the environment. How long things took is noted as nothing,
so that what is made again is the same to the byte. All of this holds in the fresh processes too,
which import the program they were started from. `test_ended.py` drives it.
"""

import os
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from helpers import cli, files
from helpers.publish import handouts, notebooks, sweep

FOLDER, PAUSE = "TINY_NOTEBOOKS", 0.01


def settle(path, usual):
    """Have the disk take a file, which takes long enough to be ended in the midst of it."""
    time.sleep(PAUSE)
    usual(path)


def note_made(folder, order, made, seconds, usual):
    usual(folder, order, made, 0.0)


notebooks.NOTEBOOKS = Path(os.environ[FOLDER])
files.settle = partial(settle, usual=files.settle)
handouts.note_made = partial(note_made, usual=handouts.note_made)
sweep.time = SimpleNamespace(perf_counter=lambda: 0.0)

if __name__ == "__main__":
    cli.main(prog_name="nolimits")
