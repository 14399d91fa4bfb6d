"""The same work one after the other here, or spread over a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

# The name that stands for a cluster of this machine's own.
LOCAL = "local"
CONNECT_SECONDS = 10


def each(function: Callable, items: Iterable, scheduler: str | None = None) -> Iterator:
    """Apply a function to every item and give the results as they come.

    Parameters
    ----------
    function
        Must give the same when it is run twice on an item: a task whose worker is lost is run
        again elsewhere.
    items
        What to work on; with a scheduler it must be something that can be sent elsewhere.
    scheduler
        Address of a Dask scheduler such as tcp://10.0.0.5:8786, "local" for workers on this
        machine, or nothing for no cluster at all. Workers must see the same files under the
        same paths and have this package installed.

    Raises
    ------
    ValueError
        If no scheduler answers at the address, or the workers keep getting lost.

    Examples
    --------
    >>> list(each(abs, [-1, 2]))
    [1, 2]
    """
    if scheduler is None:
        yield from map(function, items)
    else:
        yield from _spread(function, items, scheduler)


def _spread(function: Callable, items: Iterable, scheduler: str) -> Iterator:
    # Importing it takes half a second, which only those pay who ask for a cluster.
    from distributed import as_completed
    from distributed.scheduler import KilledWorker

    with _client(scheduler) as client:
        futures = client.map(function, list(items), pure=False)
        try:
            for future in as_completed(futures):
                yield future.result()
        except KilledWorker as error:
            raise ValueError(f"a task was given up, its workers were lost: {error}") from None
        finally:
            client.cancel(futures)


@contextmanager
def _client(scheduler: str) -> Iterator:
    """Connect to a cluster; one of this machine's own is closed at the end."""
    from distributed import Client, LocalCluster

    if scheduler == LOCAL:
        with (
            LocalCluster(
                host="127.0.0.1",
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                # Dask would count the pages of files that are being read and end workers for them.
                memory_limit=None,
            ) as own,
            Client(own) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        yield client
