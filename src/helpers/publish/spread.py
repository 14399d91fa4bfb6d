"""The runs of a sweep spread over cores here, or over a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from helpers.importers import cluster
from helpers.publish import sweep, warm


def over(
    runs: Iterable[sweep.Run],
    workers: int,
    seconds: float | None,
    megabytes: int | None,
    scheduler: str | None = None,
) -> Iterator[warm.Outcome]:
    """Make the runs of a sweep, each in a fresh process, and give their outcomes as they come.

    Parameters
    ----------
    runs
        The runs.
    workers
        How many may run at the same time here; a cluster has workers of its own.
    seconds, megabytes
        What one run may take; see `warm.each`.
    scheduler
        Address of a Dask scheduler, "local" for workers on this machine, or nothing for none.
    """
    if scheduler is None:
        return warm.each(sweep.make, runs, workers, seconds, megabytes)
    there: Callable = partial(_on_a_worker, seconds=seconds, megabytes=megabytes)
    return cluster.each(there, runs, scheduler)


def _on_a_worker(run: sweep.Run, seconds: float | None, megabytes: int | None) -> warm.Outcome:
    """Make a run beside the worker of a cluster, whose own process lives on and would change."""
    (outcome,) = warm.each(sweep.make, [run], 1, seconds, megabytes)
    return outcome
