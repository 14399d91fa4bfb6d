"""Commands that are ended at any moment leave whole files, and the next run goes on from there."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import at_hand, files, tables
from helpers.files import LOCK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")

SEED = 1689
MANY = 20
PATIENCE = 300  # a command that never ends is a failure, not a wait
COMMAND = [sys.executable, "-c", "from helpers.cli import main; main(prog_name='nolimits')"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run commands, ended when they are told to be: at an event, at a size, after a time."""
    program = [sys.executable, Path(__file__).with_name("runs.py"), tmp_path_factory.mktemp("runs")]
    with subprocess.Popen(program, stdin=-1, stdout=-1, text=True) as runs:

        def start(folder, *words, **moment):
            asked = {"words": [str(word) for word in words], "folder": str(folder)} | moment
            print(json.dumps(asked), file=runs.stdin, flush=True)
            return json.loads(runs.stdout.readline())

        yield start
        runs.stdin.close()


def shown(folder):
    """What stands under names that readers look at."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {
        str(path): (folder / path).read_bytes()
        for path in paths
        if not any(part.startswith(".") for part in path.parts)
    }


def unfinished(folder):
    return [path.name for path in folder.rglob(".*") if path.name != LOCK]


def reset(folder, content):
    """Make a folder hold some files and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)


def moments(whole, number=MANY):
    """Choose moments of a run: before what it does to files, and by the clock."""
    chance = random.Random(SEED)
    events = range(1, whole["events"] + 1)
    return [
        *({"event": n} for n in sorted(chance.sample(events, min(number, len(events))))),
        *({"seconds": chance.uniform(0, whole["seconds"])} for _ in range(number)),
    ]


def was_ended(moment, ended):
    """Tell whether a run ended as it was told to; by the clock it may have been done before."""
    expected = {
        "event": {-signal.SIGKILL},
        "bytes": {-signal.SIGXFSZ},
        "seconds": {-signal.SIGKILL, 0},
    }
    (kind,) = moment
    return ended["status"] in expected[kind] and not ended["left"]


def test_a_build_that_is_ended_leaves_every_file_old_or_new(run, tmp_path):
    folder, words = tmp_path / "data", ("data", "build")
    reset(folder, {})
    assert run(folder, *words)["status"] == 0
    new = shown(folder)
    assert len(new) == len(tables.names()) + 1
    old = {name: content + b"older\n" for name, content in new.items()}
    reset(folder, old)
    whole = run(folder, *words)
    assert (shown(folder), unfinished(folder)) == (new, [])
    sizes = sorted(len(content) for content in new.values())
    kinds, mixed = moments(whole), 0
    # In the midst of the note of who holds the folder, and of files of every size.
    kinds += [{"bytes": size} for size in (50, *(size - 1 for size in sizes[3::6]))]
    for moment in kinds:
        reset(folder, old)
        ended = run(folder, *words, **moment)
        assert was_ended(moment, ended), (moment, ended)
        found = shown(folder)
        assert found.keys() == new.keys(), moment
        assert [n for n in found if found[n] not in (old[n], new[n])] == [], moment
        mixed += found not in (old, new)
        again = run(folder, *words)
        assert again["status"] == 0, (moment, again)
        assert (shown(folder), unfinished(folder)) == (new, []), moment
    # Enough of the moments have to fall between the first file and the last.
    assert mixed > MANY / 2


@pytest.mark.parametrize(
    ("before", "at_once"), [("nothing", True), ("a set", True), ("a set", False)]
)
def test_an_import_that_is_ended_leaves_the_set_old_or_new(
    run, tmp_path, register, before, at_once
):
    folder = tmp_path / "mine"
    words = ("data", "import", "sipri", *register, "--data", folder)
    reset(folder, {})
    if before == "a set":
        assert run(folder, *words[:4], *words[-2:])["status"] == 0
    old = shown(folder)
    whole = run(folder, *words, at_once=at_once)
    new = shown(folder)
    assert (whole["status"], unfinished(folder)) == (0, []), whole
    assert {Path(name).parts[0] for name in new} == {"sipri-2026-03"}
    assert new.keys() > old.keys()
    # Where two folders cannot change names in one step, there is a moment with neither.
    allowed = [old, new] if at_once else [old, new, {}]
    every = [{"event": n} for n in range(1, whole["events"] + 1)]
    by_clock = moments(whole)[-MANY:] if before == "a set" and at_once else []
    seen = []
    for moment in [*every, *by_clock, {"bytes": 100}, {"bytes": 300}]:
        reset(folder, old)
        ended = run(folder, *words, at_once=at_once, **moment)
        assert was_ended(moment, ended), (moment, ended)
        found = shown(folder)
        assert found in allowed, moment
        assert set(at_hand.sets(folder)) <= {"sipri-2026-03"}, moment
        seen += [found] if found not in seen else []
        again = run(folder, *words)
        assert again["status"] == 0, (moment, again)
        assert (shown(folder), unfinished(folder)) == (new, []), moment
    assert len(seen) == len({str(state) for state in allowed})


@pytest.mark.parametrize(("how", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 1)])
def test_a_command_that_is_asked_to_end_clears_up(run, tmp_path, register, how, status):
    folder = tmp_path / "mine"
    words = ("data", "import", "sipri", *register, "--data", folder)
    whole = run(folder, *words)
    new = shown(folder)
    for event in range(1, whole["events"] + 1):
        reset(folder, {})
        ended = run(folder, *words, event=event, how=how)
        assert ended["status"] == status, (event, ended)
        assert "Traceback" not in ended["said"], (event, ended)
        assert shown(folder) in ({}, new), event
        # Asked while it takes back its note, it may leave that.
        assert set(unfinished(folder)) <= {files.HOLDER}, event


def started(*words):
    """Start a command as a shell does."""
    words = [str(word) for word in words]
    return subprocess.Popen([*COMMAND, *words], stdout=-1, stderr=subprocess.STDOUT, text=True)


def test_imports_into_one_folder_at_the_same_time_wait_for_each_other(tmp_path, register):
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    with started("data", "import", "sipri", *register, "--data", alone) as only:
        assert "Done" in only.stdout.read()
    with files.held(shared, "a run that takes long", print):
        runs = [started("data", "import", "sipri", *register, "--data", shared) for _ in "ab"]
        waiting = [one.stdout.readline() for one in runs]
        assert not (shared / "sipri-2026-03").exists()
    said = [one.communicate(timeout=PATIENCE)[0] for one in runs]
    assert [one.returncode for one in runs] == [0, 0], said
    by_whom = f"{shared} is in use by a run that takes long (process {os.getpid()}, since "
    assert [line.startswith(by_whom) for line in waiting] == [True, True], waiting
    assert (shown(shared), unfinished(shared)) == (shown(alone), [])


@pytest.mark.parametrize(
    ("how", "status", "last"), [(signal.SIGTERM, 143, []), (signal.SIGINT, 1, ["Aborted!"])]
)
def test_waiting_ends_quietly(tmp_path, register, how, status, last):
    with files.held(tmp_path, "a run that takes long", print):
        with started("data", "import", "sipri", *register, "--data", tmp_path) as waiting:
            assert "waiting" in waiting.stdout.readline()
            waiting.send_signal(how)
            assert waiting.communicate(timeout=PATIENCE)[0].split() == last
        assert waiting.returncode == status
        assert (tmp_path / files.HOLDER).exists()
