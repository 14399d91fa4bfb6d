"""Runs of a sweep spread over a Dask cluster: each is made once, even if a worker is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import nbformat
import psutil
import pytest
from click.testing import CliRunner
from distributed import Client
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import claims, cli
from helpers.importers import cluster
from helpers.publish import notebooks, spread, sweep

YEARS = range(2010, 2022)
SECONDS = 60
# Says who asked for the process that it runs in.
SLOW = """
import multiprocessing, os, time
with open({log!r}, "a") as lines:
    lines.write(f"{{end_year}} {{multiprocessing.parent_process().pid}}\\n")
time.sleep(0.5)
"""


@pytest.fixture
def tiny(tmp_path):
    """Write a tiny notebook that notes each of its runs."""
    cells = [
        new_markdown_cell("# Is it so?"),
        new_code_cell("end_year: int = 2024", metadata={"tags": ["parameters"]}),
        new_code_cell(SLOW.format(log=str(tmp_path / "begun"))),
    ]
    path = tmp_path / "06_tiny.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def begun(tiny):
    """List the runs that have begun: year, and process of who asked for it."""
    path = tiny.parent / "begun"
    return [tuple(map(int, one.split())) for one in path.read_text().splitlines()] * path.exists()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Start a scheduler and two workers as its users do, and end them with all they started."""
    folder = tmp_path_factory.mktemp("dask")
    address = folder / "scheduler.json"
    alone = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(address)]
    here = ["--nthreads", "1", "--local-directory", str(folder), "--memory-limit", "0"]
    words = [["scheduler", "--port", "0", *alone], *[["worker", *alone, *here]] * 2]
    programs = [
        subprocess.Popen([sys.executable, "-m", "dask", *one], stderr=subprocess.DEVNULL)
        for one in words
    ]
    try:
        end = time.monotonic() + SECONDS
        while not address.exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        found = json.loads(address.read_text())["address"]
        with Client(found, timeout=SECONDS) as client:
            client.wait_for_workers(2, timeout=SECONDS)
        yield found
    finally:
        family = [
            one for own in programs for one in psutil.Process(own.pid).children(recursive=True)
        ]
        for program in reversed(programs):
            program.terminate()
            program.wait(SECONDS)
        for left in psutil.wait_procs(family, timeout=10)[1]:
            left.kill()


def end_a_busy_worker(tiny, workers, ended):
    """Wait until both workers are at work, then end the one that began a run last."""
    while len({who for _, who in begun(tiny)} & workers) < 2:
        time.sleep(0.02)
    victim = begun(tiny)[-1][1]
    ended += [victim, psutil.Process(victim).children(recursive=True)]
    os.kill(victim, signal.SIGKILL)


def test_losing_a_worker_loses_no_run_and_doubles_none(tiny, scheduler, tmp_path):
    (tmp_path / "begun").touch()
    runs = sweep.runs(tiny, [{"end_year": y} for y in YEARS], str(tmp_path / "out"), "warm")
    with Client(scheduler) as client:
        workers = set(client.run(os.getpid).values())
    assert len(workers) == 2
    ended = []
    killer = threading.Thread(target=end_a_busy_worker, args=(tiny, workers, ended), daemon=True)
    killer.start()
    outcomes = list(spread.over(runs, 2, seconds=300, megabytes=None, scheduler=scheduler))
    killer.join(SECONDS)
    victim, family = ended
    assert victim in workers
    # The lost worker had a server, and a process forked from it that was at work.
    assert len(family) >= 2
    alive = psutil.wait_procs(family, timeout=SECONDS)[1]
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
    # What it was at was begun a second time.
    assert len(begun(tiny)) > len(YEARS)
    assert {one.failure for one in outcomes} == {""}
    assert sorted(one.item.asked["end_year"] for one in outcomes) == [*YEARS]
    stand = [sweep.before(run) for run in runs]
    assert [one["asked"]["end_year"] for one in stand] == [*YEARS]
    places = list((tmp_path / "out" / "runs").iterdir())
    assert {path.name for path in places} == {run.name for run in runs}
    for place in places:
        assert {"06_tiny.ipynb", "06_tiny.html", "result.json"} <= {p.name for p in place.iterdir()}
    table = sweep.table([one.result for one in outcomes], ["end_year"])
    own = claims.of_notebook("06")
    assert table.height == len(YEARS) * len(own) > 0
    assert table.select("run", "claim_id").n_unique() == table.height
    assert sorted(table["end_year"].unique()) == [*YEARS]


def swept(tmp_path, scheduler):
    words = ["sweep", "06", "-g", "end_year=2020,2021", "-o", str(tmp_path / "out")]
    return CliRunner().invoke(cli.main, [*words, "--scheduler", scheduler])


def test_a_scheduler_that_is_not_there_is_refused_in_words(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "NOTEBOOKS", tiny.parent)
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    result = swept(tmp_path, "tcp://127.0.0.1:9")
    assert result.exit_code == 1
    assert "Error: no Dask scheduler answers at tcp://127.0.0.1:9" in result.output
    assert "Traceback" not in result.output
    assert not list(tmp_path.glob("out/[!.]*"))


def test_local_spreads_a_sweep_over_workers_of_this_machine(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "NOTEBOOKS", tiny.parent)
    result = swept(tmp_path, "local")
    assert result.exit_code == 0, result.output
    assert sorted(year for year, _ in begun(tiny)) == [2020, 2021]
    assert os.getpid() not in {who for _, who in begun(tiny)}
    assert len(list(tmp_path.glob("out/runs/*/result.json"))) == 2
    assert (tmp_path / "out" / "index.html").exists()
