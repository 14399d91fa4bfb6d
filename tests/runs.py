"""Runs commands of `nolimits` in processes of their own that end when they are told to.

Started as a program, it reads one JSON object a line, what to run and when to end it, and answers
each with one. Everything is imported once, tables are made once and each run is forked, so that
nearly all that it does is to write. `test_whole.py` drives it.
"""

import json
import os
import resource
import signal
import sys
import time
from functools import cache
from pathlib import Path

from helpers import build, cli, cli_data, files, schema
from helpers.importers import sipri, sipri_tables
from helpers.publish import notebooks  # noqa: F401 - the commands import it when they run

TOUCHED = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}


def ended_at(number, how, folder, counted):
    """Count what touches files from now on; signal this process just before the given one."""
    seen = 0

    def see(event, details):
        nonlocal seen
        if event in TOUCHED and (event != "open" or str(details[0]).startswith(folder)):
            seen += 1
            os.pwrite(counted, b"%9d" % seen, 0)
            if seen == number:
                os.kill(os.getpid(), how)

    sys.addaudithook(see)


def ended_after(size):
    """Let the system end this process in the middle of a write, when a file gets too large."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@cache
def made_from(*exports):
    """Make the tables of exports of SIPRI, or without any those of the package."""
    read = [sipri.read(Path(export)) for export in exports]
    return sipri_tables.clean(read, "2026-03") if read else build.clean_tables()


def write_only(folder, made):
    """Have commands write what was made before, and `data build` into another data folder."""
    build.DATA = cli_data.DATA = Path(folder)
    build.clean_tables = sipri_tables.clean = lambda *_: made
    schema.violations = schema.dangling = lambda *_: []


def answer(asked, scratch):
    """Run one command as told, and say how it ended."""
    made = made_from(*(word for word in asked["words"] if word.endswith(".csv")))
    folder, said, counted = asked["folder"], scratch / "said", scratch / "counted"
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.setsid()
        output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        number = os.open(counted, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        status = 99
        try:
            write_only(folder, made)
            if not asked.get("at_once", True):
                files.exchanged = lambda *_: False
            if asked.get("bytes"):
                ended_after(asked["bytes"])
            ended_at(asked.get("event"), asked.get("how", signal.SIGKILL), folder, number)
            cli.main(asked["words"], prog_name="nolimits")
        except SystemExit as ended:
            status = ended.code or 0
        finally:
            sys.stdout.flush()
            os._exit(status)
    if asked.get("seconds"):
        time.sleep(asked["seconds"])
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {
        "status": status,
        "said": said.read_text(),
        "events": int(counted.read_text() or 0),
        "seconds": time.perf_counter() - began,
        "left": is_left(child),
    }


def is_left(group):
    """Tell whether anything of a group of processes is still there."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), Path(sys.argv[1]))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
