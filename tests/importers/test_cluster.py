"""Work spread over workers of a Dask cluster: none of it is lost, none of it done double."""

import os
import signal
import threading
import time
from functools import partial

import polars as pl
import pytest
from distributed import Client, LocalCluster

from helpers.importers import baci, cluster

FILES, LINES = 8, 3_000


def test_without_a_scheduler_items_are_worked_on_here_in_order():
    assert list(cluster.each(abs, [-2, 1])) == [2, 1]


def test_a_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ValueError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        list(cluster.each(abs, [1], "tcp://127.0.0.1:9"))


@pytest.fixture(scope="module")
def two_workers():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as own:
        yield own


def year_files(folder):
    codes = range(100_000, 100_000 + LINES)
    for year in range(2000, 2000 + FILES):
        rows = [f"{year},156,643,{code},{code}.5,1" for code in codes]
        path = folder / f"BACI_HS92_Y{year}_V202501.csv"
        path.write_text("\n".join(["t,i,j,k,v,q", *rows, ""]))
        yield path


def pid():
    return os.getpid()


def slowed(source, stage, log, convert):
    """Convert a year, long enough for a worker to be ended in the middle of it."""
    with (log / "begun").open("a") as lines:
        lines.write(f"{os.getpid()} {source.year}\n")
    (stage / f".{os.getpid()}.parquet").write_text("half a file")
    time.sleep(0.5)
    return convert(source, stage)


def begun(log):
    path = log / "begun"
    return path.read_text().splitlines() if path.exists() else []


def end_a_busy_worker(log, workers):
    """Wait until both workers are at work, then end one of them."""
    while len({line.split()[0] for line in begun(log)} & workers) < 2:
        time.sleep(0.02)
    victim = int(begun(log)[-1].split()[0])
    os.kill(victim, signal.SIGKILL)
    (log / "ended").write_text(str(victim))


def test_losing_a_worker_loses_no_row_and_doubles_none(tmp_path, two_workers, monkeypatch):
    files = list(year_files(tmp_path))
    with Client(two_workers) as client:
        workers = {str(found) for found in client.run(pid).values()}
    assert len(workers) == 2
    monkeypatch.setattr(baci, "convert", partial(slowed, log=tmp_path, convert=baci.convert))
    monkeypatch.setattr(baci, "_tried", partial(tried, convert=baci.convert))
    killer = threading.Thread(target=end_a_busy_worker, args=(tmp_path, workers), daemon=True)
    killer.start()
    store = baci.run(
        files, tmp_path / "data", scheduler=two_workers.scheduler_address, say=lambda text: None
    )
    killer.join(5)
    assert (tmp_path / "ended").read_text() in workers
    # The year that the lost worker was at was begun a second time.
    assert len(begun(tmp_path)) > FILES
    found = pl.read_parquet(store / "year=*" / "flows.parquet", hive_partitioning=False)
    assert found.height == FILES * LINES
    assert found.select("t", "product").n_unique() == FILES * LINES
    assert found["value_kusd"].sum() == FILES * sum(c + 0.5 for c in range(100_000, 103_000))
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["baci-hs92-202501"]
    assert {p.name for p in store.rglob("*") if p.is_file()} == {
        "flows.json", "flows.parquet", "import.json"
    }  # fmt: skip


def tried(source, stage, convert):
    """Do what `baci._tried` does, with the slowed conversion also in the workers."""
    return convert(source, stage), ""


def test_faults_come_back_from_the_workers(tmp_path, two_workers):
    good, bad, *_ = year_files(tmp_path)
    bad.write_text(bad.read_text().replace(",643,", ",Russia,", 1))
    with pytest.raises(ValueError, match="row 2, j: found 'Russia'"):
        baci.run(
            [good, bad],
            tmp_path / "data",
            scheduler=two_workers.scheduler_address,
            say=lambda text: None,
        )
    assert not list(tmp_path.glob("data/[!.]*"))


@pytest.mark.filterwarnings("error::UserWarning")
def test_local_starts_workers_of_this_machine():
    ids = set(cluster.each(own_process, range(2), "local"))
    assert os.getpid() not in ids


def own_process(number):
    return os.getpid()
