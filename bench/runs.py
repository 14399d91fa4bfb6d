"""Time whole commands beside those of others: handouts, one rerun, sweeps, start-up.

Run it with `.venv/bin/python bench/runs.py` on a machine that does nothing else; it prints the table
of the README. Every figure is of a whole process and all that it starts: seconds until it ends, and
the most memory that all of them held at one time. Peers and ours take turns within each round.

    bench/runs.py                          # all works, 5 rounds: some hours on two cores
    bench/runs.py handouts rerun start     # only these
    bench/runs.py sweep --rounds 3 --members 50
"""

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil

from helpers.publish import notebooks

BIN = Path(sys.executable).parent
NOTEBOOK = "03"
PARAMETER = ("end_year", "2021")
POLL_SECONDS = 0.05
EVERY = " ".join(f"'{path}'" for path in notebooks.every())
FAR = "papermill: one command a notebook, then nbconvert"
# A sweep of as many members as are asked for: end_year by end_year, rule by rule.
RULES = ("all_joint", "bilateral", "no_patrols", "no_sco", "armed_forces", "core_military")
YEARS = range(2020, 2025)
WINDOWS = ("2022:2024", "2023:2024", "2022:2025")
CONFIDENCES = ("low", "medium", "high")


class Timed(NamedTuple):
    """One run of a command: seconds, megabytes at the most, of all its processes together."""

    seconds: float
    megabytes: float


def timed(command: str, folder: Path) -> Timed:
    """Run a shell command in an empty folder and watch it and all that it starts."""
    began = time.perf_counter()
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    with (folder / "log").open("w") as log:
        ran = subprocess.Popen(["bash", "-ec", command], cwd=folder, stdout=log, stderr=log,
                               env=environment)  # fmt: skip
        peak = [0.0]
        watch = threading.Thread(target=_watch, args=(ran, peak), daemon=True)
        watch.start()
        code = ran.wait()
    seconds = time.perf_counter() - began
    watch.join()
    if code:
        raise SystemExit(f"{command}\nended with {code}:\n{(folder / 'log').read_text()[-3000:]}")
    return Timed(seconds, peak[0])


def _watch(ran: subprocess.Popen, peak: list[float]) -> None:
    """Note the most memory that a process and its children hold; pages they share count once."""
    root = psutil.Process(ran.pid)
    while ran.poll() is None:
        held = 0
        for one in [root, *_children(root)]:
            try:
                held += one.memory_full_info().pss
            except (psutil.Error, AttributeError):
                continue
        peak[0] = max(peak[0], held / 2**20)
        time.sleep(POLL_SECONDS)


def _children(root: psutil.Process) -> list[psutil.Process]:
    try:
        return root.children(recursive=True)
    except psutil.Error:
        return []


def scripts(folder: Path) -> None:
    """Write every notebook as a plain script: the floor, without any notebook."""
    for path in notebooks.every():
        cells = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
        (folder / f"{path.stem}.py").write_text("\n\n".join(cells), encoding="utf-8")


# Runs scripts in one process, each in a name space of its own.
PLAIN = """
import os, sys
os.environ["MPLBACKEND"] = "agg"
for path in sys.argv[1:]:
    exec(compile(open(path).read(), path, "exec"), {"__name__": "__main__"})
"""
# papermill's API, one run after the other in one process.
API = """
import json, sys
import papermill
for number, asked in enumerate(json.load(open("members.json"))):
    papermill.execute_notebook(sys.argv[1], f"out{number}.ipynb", parameters=asked,
                               progress_bar=False, kernel_name="python3")
"""
# The same in two processes.
POOL = """
import json, sys
from concurrent.futures import ProcessPoolExecutor
def run(job):
    import papermill
    number, asked = job
    papermill.execute_notebook(sys.argv[1], f"out{number}.ipynb", parameters=asked,
                               progress_bar=False, kernel_name="python3")
if __name__ == "__main__":
    jobs = list(enumerate(json.load(open("members.json"))))
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(run, jobs))
"""
# The same on a Dask cluster of two workers.
DASK = """
import json, sys
from dask.distributed import Client, LocalCluster
def run(number, asked, path, folder):
    import os, papermill
    os.chdir(folder)
    papermill.execute_notebook(path, f"out{number}.ipynb", parameters=asked, progress_bar=False,
                               kernel_name="python3")
if __name__ == "__main__":
    import os
    jobs = json.load(open("members.json"))
    with LocalCluster(host="127.0.0.1", n_workers=2, threads_per_worker=1,
                      dashboard_address=None) as own, Client(own) as client:
        client.gather([client.submit(run, n, asked, sys.argv[1], os.getcwd(), pure=False)
                       for n, asked in enumerate(jobs)])
"""
# Plain scripts with other parameters, as many at a time as there are cores.
SCRIPTS = """
import json, sys
from concurrent.futures import ProcessPoolExecutor
def run(asked):
    import subprocess
    lines = [f"{name} = {value!r}" for name, value in asked.items()]
    subprocess.run([sys.executable, "one.py", "; ".join(lines)], check=True,
                   stdout=subprocess.DEVNULL)
if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(run, json.load(open("members.json"))))
"""


def members(number: int) -> list[dict]:
    """Make up the parameters of so many runs; no two are the same."""
    every = itertools.product(CONFIDENCES, WINDOWS, YEARS, RULES)
    return [
        {"min_confidence": c, "window_2": w, "end_year": y, "counting_rule": r}
        for c, w, y, r in itertools.islice(every, number)
    ]


def grid(number: int) -> str:
    """Write the grid that is nearest to so many runs of `members`, as options of our command."""
    rules, years = RULES[:5], 5
    rest = max(1, number // (len(rules) * 2))
    if number == 10:
        return f"-g counting_rule={','.join(rules)} -g end_year=2023,2024"
    options = f"-g counting_rule={','.join(rules)} -g end_year={','.join(map(str, YEARS))}"
    del years, rest
    if number == 50:
        return f"{options} -g min_confidence=low,medium"
    if number == 250:
        return f"{options} -g min_confidence=low,medium -g window_1=2019:2021,2018:2019,2016:2021,2017:2020,2018:2021"
    raise SystemExit("a sweep of 10, 50 or 250 members")
