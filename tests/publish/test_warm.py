"""Fresh processes: their own, warm, ended when they must be, and gone with who asked for them."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from helpers.publish import warm


def outcomes(function, items, workers=2, **limits):
    found = list(warm.each(function, items, workers, **limits))
    return {one.item: one for one in found}, found


def test_every_item_has_one_outcome():
    found, listed = outcomes(eval, [f"{n} * 2" for n in range(5)])
    assert {item: one.result for item, one in found.items()} == {
        f"{n} * 2": 2 * n for n in range(5)
    }
    assert len(listed) == 5
    assert {one.failure for one in listed} == {""}


def test_nothing_to_do_is_no_mistake():
    assert list(warm.each(eval, [], 2)) == []


def test_each_runs_in_a_process_of_its_own_that_is_warm():
    asked = "(__import__('os').getpid(), 'pandas' in __import__('sys').modules)"
    _, listed = outcomes(eval, [asked, asked + " "], workers=1)
    pids, is_warm = zip(*[one.result for one in listed], strict=True)
    assert len({*pids, os.getpid()}) == 3
    assert is_warm == (True, True)


def test_no_state_passes_from_one_to_the_next():
    leave = (
        "__import__('builtins').__dict__.setdefault('left', []).append(1), "
        "__import__('os').environ.setdefault('LEFT', 'yes'), "
        "__import__('matplotlib').rcParams.update({'font.size': 77})"
    )
    look = (
        "('left' in vars(__import__('builtins')), __import__('os').environ.get('LEFT'), "
        "__import__('matplotlib').rcParams['font.size'] == 77)"
    )
    _, listed = outcomes(eval, [leave, look], workers=1)
    assert [one.failure for one in listed] == ["", ""]
    assert listed[1].result == (False, None, False)


def test_the_environment_is_that_of_the_moment(monkeypatch):
    list(warm.each(eval, ["1"], 1))
    monkeypatch.setenv("SET_LATER", "yes")
    (one,) = warm.each(eval, ["__import__('os').environ.get('SET_LATER')"], 1)
    assert one.result == "yes"


def test_an_error_is_told_with_its_traceback_and_stops_nobody_else():
    found, _ = outcomes(eval, ["1 / 0", "2"])
    assert found["2"].result == 2
    assert "ZeroDivisionError" in found["1 / 0"].failure
    assert "Traceback" in found["1 / 0"].traceback


def test_an_error_of_a_notebook_is_told_in_its_own_words():
    raised = "from helpers.publish.notebooks import NotebookError as E; raise E('cell 3', 'where')"
    (one,) = warm.each(exec, [raised], 1)
    assert (one.failure, one.traceback) == ("cell 3", "where")


def dying(path, times):
    """Write code that dies by itself the first times it is run, and counts how often it was."""
    return (
        "import os, pathlib; "
        f"p = pathlib.Path({str(path)!r}); n = len(p.read_text()) if p.exists() else 0; "
        f"p.write_text('x' * (n + 1)); n < {times} and os.kill(os.getpid(), 9)"
    )


@pytest.mark.parametrize(("times", "runs", "failure"), [(1, 2, ""), (9, 2, "SIGKILL")])
def test_one_that_dies_is_tried_once_more(tmp_path, times, runs, failure):
    (one,) = warm.each(exec, [dying(tmp_path / "count", times)], 1)
    assert len((tmp_path / "count").read_text()) == runs
    assert failure in one.failure
    assert bool(one.failure) is bool(failure)


def test_one_that_ends_without_a_word_is_told_with_its_exit_code():
    (one,) = warm.each(os._exit, [3], 1)
    assert "exit code 3" in one.failure


def test_one_that_hangs_is_ended_and_stops_nobody_else():
    found, _ = outcomes(time.sleep, [600, 0], seconds=3)
    assert found[0].failure == ""
    assert found[600].failure == "ended after 3 s, which is the limit for one run (--timeout)"
    assert children() == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such limit")
def test_one_that_wants_too_much_memory_fails_alone():
    big = "len(bytearray(3 * 10**9))"
    found, _ = outcomes(eval, [big, "2"], megabytes=1500)
    assert "MemoryError" in found[big].failure
    assert found["2"].result == 2


def children():
    """List the fresh processes of this one that still run."""
    return [
        child
        for server in psutil.Process().children()
        if "forkserver" in " ".join(server.cmdline())
        for child in server.children()
        if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
    ]


def test_closing_ends_all_that_still_run():
    found = warm.each(time.sleep, [0, 600], 2)
    next(found)
    assert len(children()) == 1
    found.close()
    assert children() == []


def test_a_stream_gives_what_a_generator_yields():
    assert list(warm.stream(iter, [1, 2])) == [1, 2]


def test_a_stream_that_fails_or_dies_says_why():
    with pytest.raises(ChildProcessError, match="TypeError"):
        list(warm.stream(iter, 5))
    with pytest.raises(ChildProcessError, match="exit code 4"):
        list(warm.stream(map, os._exit, [4]))
    with pytest.raises(ChildProcessError, match="limit for one step"):
        list(warm.stream(map, time.sleep, [600], seconds=1))
    assert children() == []


ASKING = """
import time
from helpers.publish import warm
if __name__ == "__main__":
    for one in warm.each(time.sleep, [0, 600, 600], 3):
        print("ready", flush=True)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_all_end_with_who_asked_for_them_however_it_ends(tmp_path, how):
    script = tmp_path / "asking.py"
    script.write_text(ASKING)
    asking = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    assert asking.stdout.readline() == "ready\n"
    family = psutil.Process(asking.pid).children(recursive=True)
    assert len(family) >= 3
    asking.send_signal(how)
    asking.wait(30)
    _, alive = psutil.wait_procs(family, timeout=30)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def test_what_is_imported_before_forking_starts_no_thread():
    """A thread is not forked, and a lock that it held would never be free again."""
    count = f"import {warm.HEAVY}, threading; print(threading.active_count())"
    told = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    assert told.stdout == "1\n"
