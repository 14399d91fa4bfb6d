"""Time whole commands beside those of others: handouts, one rerun, sweeps, start-up.

Run it with `.venv/bin/python bench/runs.py` on a machine that does nothing else; it prints the
tables of the README. Every figure is of a whole process and all that it starts: seconds until it
ends, and the most memory that all of them held at one time (pages they share count once). Peers and
ours take turns within each round.

    bench/runs.py                              # all works, 5 rounds: hours on two cores
    bench/runs.py handouts rerun               # only these
    bench/runs.py sweep --notebook 03 --rounds 1
"""

# ruff: noqa: T201, S102
import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil

from helpers.publish import notebooks

BIN = Path(sys.executable).parent
PARAMETER = ("end_year", "2021")
# Counting pages costs time itself: often enough for a peak, too seldom to slow what is timed. What
# is short is looked at more often.
POLL_SECONDS = 0.5
# What sweeps of so many members go through: of the notebook with the fewest figures and of the one
# with the most.
YEARS = [*range(2020, 2025)]
RULES = ["all_joint", "bilateral", "no_patrols", "no_sco", "armed_forces"]
GRIDS = {
    "06": {
        10: {"jurisdiction_rule": ["chn_hkg", "chn"], "end_year": YEARS},
        50: {"cutoff_2": [f"{year}-02-24" for year in YEARS]},
        250: {"start_year": [1992, 1995, 2000, 2005, 2010]},
    },
    "03": {
        10: {"counting_rule": RULES, "min_confidence": ["low", "medium"]},
        50: {"end_year": YEARS},
        250: {"window_1": ["2019:2021", "2018:2019", "2016:2021", "2017:2020", "2018:2021"]},
    },
}


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
        peak, ended = [0.0], threading.Event()
        watch = threading.Thread(target=_watch, args=(ran.pid, ended, peak), daemon=True)
        watch.start()
        code = ran.wait()
    seconds = time.perf_counter() - began
    ended.set()
    watch.join()
    if code:
        said = (folder / "log").read_text()[-3000:]
        raise SystemExit(f"{command}\nended with {code}:\n{said}")
    return Timed(seconds, peak[0])


def _watch(pid: int, ended: threading.Event, peak: list[float]) -> None:
    """Note the most memory that a process and its children hold; pages they share count once."""
    root, pause = psutil.Process(pid), 0.01
    while not ended.wait(pause):
        pause = min(2 * pause, POLL_SECONDS)
        held = 0
        for one in [root, *_children(root)]:
            try:
                held += one.memory_full_info().pss
            except (psutil.Error, AttributeError):
                continue
        peak[0] = max(peak[0], held / 2**20)


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


def grid_of(notebook: str, number: int) -> dict[str, list]:
    """Give the grid of a sweep: that of a smaller one, and a parameter more."""
    parts = [part for members, part in GRIDS[notebook].items() if members <= number]
    return {name: settings for part in parts for name, settings in part.items()}


def members(notebook: str, number: int) -> list[dict]:
    """Give the parameters of every run of a sweep."""
    grid = grid_of(notebook, number)
    return [dict(zip(grid, one, strict=True)) for one in itertools.product(*grid.values())]


def script_of_one(notebook: str) -> str:
    """Write a notebook as a script that takes other parameters as a word."""
    cells = []
    for cell in nbformat.read(notebooks.find(notebook), 4).cells:
        if cell.cell_type == "code":
            cells.append(cell.source)
            if "parameters" in cell.metadata.get("tags", []):
                cells.append("import sys\nexec(sys.argv[1])")
    return "\n\n".join(cells)


def of_handouts(_: str) -> dict[str, str]:
    """Give the commands that make all handouts."""
    every = [str(path) for path in notebooks.every()]
    one_by_one = "".join(f"papermill '{p}' '{Path(p).name}' -k python3\n" for p in every)
    listed = " ".join(f"'{path}'" for path in every)
    return {
        "papermill per notebook, nbconvert": one_by_one + "jupyter nbconvert --to html *.ipynb",
        "nbconvert --execute": f"jupyter nbconvert --execute --to html --output-dir . {listed}",
        "plain scripts, one process (floor)": "python plain.py 0*.py",
        "ours, ordinary kernels": "nolimits handouts -o out --engine kernel",
        "ours": "nolimits handouts -o out",
    }


def of_rerun(notebook: str) -> dict[str, str]:
    """Give the commands of one rerun after a change of a parameter, handout included."""
    path, (name, value) = notebooks.find(notebook), PARAMETER
    page = "jupyter nbconvert --to html out*.ipynb"
    usual = f"papermill '{path}' out.ipynb -p {name} {value} -k python3"
    return {
        "papermill, nbconvert": f"{usual}\n{page}",
        "papermill's API, nbconvert": f"python api.py '{path}'\n{page}",
        "ours": f"nolimits rerun {notebook} -p {name} {value} -o out",
    }


def of_sweep(notebook: str, number: int, alone: bool = False) -> dict[str, str]:
    """Give the commands of a sweep; ours leaves handouts too, those of the peers do not."""
    path, grid = notebooks.find(notebook), grid_of(notebook, number)
    told = " ".join(f"-g {n}={','.join(map(str, s))}" for n, s in grid.items())
    ours = f"nolimits sweep {notebook} {told} -o out"
    own = {
        "ours, 2 workers": f"{ours} --workers 2",
        "ours, findings only": f"{ours} --findings-only",
    }
    if alone:
        return {"ours, 1 worker": f"{ours} --workers 1"} | own
    return {
        "papermill's API, one process": f"python api.py '{path}'",
        "papermill's API, 2 processes": f"python pool.py '{path}'",
        "papermill on Dask, 2 workers": f"python spread.py '{path}'",
        "plain scripts, 2 at a time (floor)": "python scripts.py",
    } | own


def of_start(notebook: str) -> dict[str, str]:
    """Give the commands whose answer needs no notebook."""
    return {
        "python -c pass": "python -c pass",
        "import pandas": "python -c 'import pandas'",
        "import helpers.tables": "python -c 'import helpers.tables'",
        "nolimits --help": "nolimits --help",
        "a refused parameter": f"! nolimits rerun {notebook} -p end_year 2050",
        "nolimits check CEPA-061": "nolimits check CEPA-061",
    }


WORKS = {
    "handouts": (of_handouts, 1),
    "rerun": (of_rerun, 1),
    "start": (of_start, 1),
    "sweep": (partial(of_sweep, number=50), 50),
    "sweep10": (partial(of_sweep, number=10, alone=True), 10),
    "sweep50": (partial(of_sweep, number=50, alone=True), 50),
    "sweep250": (partial(of_sweep, number=250, alone=True), 250),
}


def prepared(notebook: str, number: int) -> Path:
    """Make an empty folder with the scripts of the peers."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    scripts(folder)
    asked = members(notebook, number) if number > 1 else [{PARAMETER[0]: int(PARAMETER[1])}]
    texts = {"plain.py": PLAIN, "api.py": API, "pool.py": POOL, "spread.py": DASK}
    texts |= {
        "scripts.py": SCRIPTS,
        "one.py": script_of_one(notebook),
        "members.json": json.dumps(asked),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def main() -> None:
    """Time the works asked for, and print a table of each."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("works", nargs="*", default=[*WORKS], help=f"of {', '.join(WORKS)}")
    asked.add_argument("--rounds", type=int, default=5, help="of each; medians are printed")
    asked.add_argument("--notebook", choices=[*GRIDS], default="03", help="of reruns and sweeps")
    given = asked.parse_args()
    for work in given.works:
        commands, number = WORKS[work]
        asked_for = commands(given.notebook)
        found = {name: [] for name in asked_for}
        for _ in range(given.rounds):
            for name, command in asked_for.items():
                folder = prepared(given.notebook, number)
                found[name].append(timed(command, folder))
                shutil.rmtree(folder)
                print(f"  {work}: {name}: {found[name][-1].seconds:.2f} s", file=sys.stderr)
        what = work if work in ("handouts", "start") else f"{work} of {given.notebook}"
        print(f"\n| {what} | s | least to most | MB at most |\n| --- | ---: | ---: | ---: |")
        for name, runs in found.items():
            seconds = sorted(one.seconds for one in runs)
            most = max(one.megabytes for one in runs)
            span = f"{seconds[0]:.2f} to {seconds[-1]:.2f}"
            print(
                f"| {name} | {statistics.median(seconds):.2f} | {span} | {most:.0f} |", flush=True
            )


if __name__ == "__main__":
    main()
