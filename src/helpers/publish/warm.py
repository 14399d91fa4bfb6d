"""Fresh processes that start warm: each is forked from one that holds the heavy modules already.

The process that is forked is multiprocessing's fork server. It has imported
`helpers.publish.heavy`, which loads the tables, and for a sweep `helpers.publish.measured`; it runs
no notebook, so no state passes from one piece of work to the next. When the command that started it
ends, however it ends, so do the server and all that was forked from it.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, forkserver, process
from pathlib import Path
from typing import NamedTuple

from helpers.publish.notebooks import NotebookError

HEAVY = "helpers.publish.heavy"
TRIES = 2
# How a message from a fresh process begins.
RESULT, FAILED, END = "result", "failed", "end"


class Outcome(NamedTuple):
    """What became of one piece of work.

    Attributes
    ----------
    item
        What was worked on.
    result
        What the function gave; None if it failed.
    failure
        What went wrong, in words for those who asked; empty if all went well.
    seconds
        How long it took, the last try only.
    traceback
        Where it went wrong, if an error was raised.
    """

    item: object
    result: object
    failure: str
    seconds: float
    traceback: str = ""


class _Run(NamedTuple):
    item: object
    tries: int
    process: multiprocessing.Process
    began: float


def can_fork() -> bool:
    """Tell whether this system forks processes; Windows does not."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def start(also: Iterable[str] = ()) -> None:
    """Have the server import what is heavy already, while this process goes on.

    Parameters
    ----------
    also
        Further modules for it to import, if it does not run yet.
    """
    _also.extend(also)
    if can_fork():
        _context()
        with _not_interrupted():
            forkserver.ensure_running()


def each(
    function: Callable,
    items: Iterable,
    workers: int,
    seconds: float | None = None,
    megabytes: int | None = None,
) -> Iterator[Outcome]:
    """Apply a function to each item in a fresh process of its own, and give outcomes as they come.

    A process that dies or cannot start is tried once more; one that takes too long is ended.
    Closing the iterator ends all that still run.

    Parameters
    ----------
    function
        A function of a module; it must give the same when it is run twice on an item.
    items
        What to work on.
    workers
        How many may run at the same time.
    seconds
        How long one may take; no limit unless given.
    megabytes
        How much memory one may take for its data, on Linux; no limit unless given.
    """
    waiting = deque((item, 1) for item in items)
    running: dict[connection.Connection, _Run] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                pipe, run = _begin(function, *waiting.popleft(), megabytes)
                running[pipe] = run
            for pipe in connection.wait(running, _next_end(running.values(), seconds)):
                run = running.pop(pipe)
                outcome = _received(pipe, run)
                if outcome is None and run.tries < TRIES:
                    waiting.appendleft((run.item, run.tries + 1))
                else:
                    yield outcome or _failed(run, _last_words(run.process))
            for pipe in [pipe for pipe, run in running.items() if _is_late(run, seconds)]:
                run = running.pop(pipe)
                _end(pipe, run.process)
                yield _failed(
                    run, f"ended after {seconds:g} s, which is the limit for one run (--timeout)"
                )
    finally:
        for pipe, run in running.items():
            _end(pipe, run.process)


def stream(function: Callable, *arguments: object, seconds: float | None = None) -> Iterator:
    """Run a generator function in a fresh process and give what it yields.

    Parameters
    ----------
    function
        A generator function of a module.
    *arguments
        What it is called with.
    seconds
        How long one step may take; no limit unless given.

    Raises
    ------
    ChildProcessError
        If the process died, or a step raised an error or took too long.
    """
    pipe, ours = _context().Pipe(duplex=False)
    child = _started(_stream, ours, function, arguments)
    try:
        while True:
            if not pipe.poll(seconds):
                raise ChildProcessError(f"ended after {seconds:g} s, the limit for one step")
            try:
                kind, value = pipe.recv()
            except EOFError:
                raise ChildProcessError(_last_words(child)) from None
            if kind == FAILED:
                raise ChildProcessError(value[0])
            if kind == END:
                return
            yield value
    finally:
        _end(pipe, child)


def is_fresh() -> bool:
    """Tell whether this process was made by `each` or `stream` for the work that it does."""
    return _is_fresh


_is_fresh = False
_also: list[str] = []


def _context() -> multiprocessing.context.BaseContext:
    """Give the way in which processes are made: forked from the server, or else started anew."""
    if not can_fork():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([HEAVY, *_also])
    return context


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Start the server, which leaves Ctrl-C to this process and hands that down."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _started(target: Callable, ours: connection.Connection, *arguments: object) -> object:
    """Start a fresh process and leave it its end of the pipe."""
    # The workers of a cluster are daemons, which multiprocessing lets have no children because
    # these could outlive them. Ours cannot: see `_end_with`.
    process.current_process()._config.pop("daemon", None)
    # The server keeps the environment that it was started in.
    made = _context().Process(target=target, args=(ours, dict(os.environ), *arguments))
    start()
    try:
        # The first one waits until all is imported; Ctrl-C ends that too.
        made.start()
    except (EOFError, ConnectionError):
        raise ChildProcessError(
            "the process that all others are forked from has ended; what it said stands above"
        ) from None
    ours.close()
    return made


def _begin(
    function: Callable, item: object, tries: int, megabytes: int | None
) -> tuple[connection.Connection, _Run]:
    """Start work on an item."""
    pipe, ours = _context().Pipe(duplex=False)
    made = _started(_work, ours, function, item, megabytes)
    return pipe, _Run(item, tries, made, time.monotonic())


def _work(
    pipe: connection.Connection,
    environment: dict[str, str],
    function: Callable,
    item: object,
    megabytes: int | None,
) -> None:
    """Do the work of a fresh process."""
    _settle_in(environment, megabytes)
    try:
        message = (RESULT, function(item))
    except Exception as error:  # noqa: BLE001  (whatever it is, the command that waits hears of it)
        message = (FAILED, _told(error))
    pipe.send(message)


def _stream(
    pipe: connection.Connection, environment: dict[str, str], function: Callable, arguments: tuple
) -> None:
    """Send what a generator yields."""
    _settle_in(environment, None)
    try:
        for value in function(*arguments):
            pipe.send((RESULT, value))
        message = (END, None)
    except Exception as error:  # noqa: BLE001  (as above)
        message = (FAILED, _told(error))
    pipe.send(message)


def _told(error: Exception) -> tuple[str, str]:
    """Give what an error says to those who asked, and where it was raised.

    Errors of a notebook say both themselves; of others nobody has thought, so all is said.
    """
    if isinstance(error, NotebookError):
        return str(error), error.traceback
    where = traceback.format_exc()
    return where.rstrip(), where


def _settle_in(environment: dict[str, str], megabytes: int | None) -> None:
    """Make a fresh process ready: it ends with the one that asked for it, and keeps to its share.

    Ctrl-C is for the process that asked.
    """
    global _is_fresh
    _is_fresh = True
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = multiprocessing.parent_process().sentinel
    threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
    if megabytes and sys.platform == "linux":
        _limit(megabytes * 1024 * 1024)


def _limit(size: int) -> None:
    """Let this process take so much more memory for its data than it was forked with.

    What it was forked with counts a gigabyte that libraries have set aside and not touched.
    """
    import resource  # not on every system

    pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stack
    limit = pages * resource.getpagesize() + size
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _end_with(sentinel: object) -> None:
    """End this process as soon as the one that asked for it has ended."""
    connection.wait([sentinel])
    os._exit(1)


def _received(pipe: connection.Connection, run: _Run) -> Outcome | None:
    """Take what a process has sent; nothing if it died before it had sent all."""
    try:
        kind, value = pipe.recv()
    except (EOFError, OSError):
        run.process.join()
        return None
    finally:
        pipe.close()
    run.process.join()
    if kind == FAILED:
        return _failed(run, *value)
    return Outcome(run.item, value, "", time.monotonic() - run.began)


def _failed(run: _Run, why: str, where: str = "") -> Outcome:
    return Outcome(run.item, None, why, time.monotonic() - run.began, where)


def _last_words(dead: multiprocessing.Process) -> str:
    """Say how a process ended that said nothing."""
    dead.join()
    code = dead.exitcode
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"its process was ended by {name}" + (
            ", perhaps for want of memory" if name == "SIGKILL" else ""
        )
    return f"its process ended with exit code {code} and no result"


def _next_end(runs: Iterable[_Run], seconds: float | None) -> float | None:
    """Give the time until the first of some runs has taken too long."""
    if seconds is None:
        return None
    return max(0.0, min(run.began for run in runs) + seconds - time.monotonic())


def _is_late(run: _Run, seconds: float | None) -> bool:
    return seconds is not None and time.monotonic() - run.began >= seconds


def _end(pipe: connection.Connection, one: multiprocessing.Process) -> None:
    """End a process, whatever it does."""
    pipe.close()
    one.kill()
    one.join()
