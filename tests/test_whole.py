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

from helpers import tables
from helpers.files import LOCK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")

SEED = 1689
MANY = 20
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


@pytest.mark.parametrize("before", ["nothing", "a set"])
@pytest.mark.parametrize("at_once", [True, False], ids=["exchanged", "renamed"])
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
    seen = []
    for moment in [*every, *moments(whole)[len(every) :], {"bytes": 100}, {"bytes": 300}]:
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
