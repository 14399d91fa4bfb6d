"""Handouts and sweeps that are ended at any moment leave whole files, and the next run goes on."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.files import HOLDER, LOCK, UNFINISHED
from helpers.publish.handouts import NOTE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")

SEED = 1689
# Moments before the first file has changed, and others up to so many seconds after some have, the
# same on a busy machine; after every so many moments a run goes on.
EARLY, LATE, PAUSE, GO_ON = 4, 16, 0.1, 7
SECONDS = 60
PATIENCE = 300  # a command that never ends is a failure, not a wait
LEFT = ".left.html.0123abcd.new"
HANDOUTS = ("handouts",)
SWEEP = ("sweep", "06", "-g", "end_year=2020,2021,2022,2023", "--workers", "2")
# From 2023 on a run waits until it may go on.
WAIT = """
import os, pathlib, time
while end_year > 2022 and not pathlib.Path(os.environ["TINY_NOTEBOOKS"], "go").exists():
    time.sleep(0.05)
"""
SAY = "display({{'text/markdown': f'{} until {{end_year}}. More.', 'text/plain': ''}}, raw=True)"


def write_notebooks(folder, said):
    """Write two tiny notebooks that say something."""
    folder.mkdir()
    (folder / "go").touch()
    for name in ("05_small", "06_tiny"):
        cells = [
            new_markdown_cell(f"# {said}?"),
            new_code_cell("end_year: int = 2024", metadata={"tags": ["parameters"]}),
            new_code_cell(WAIT),
            new_code_cell(SAY.format(said), metadata={"tags": ["answer"]}),
        ]
        nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two folders of notebooks that differ in what they say."""
    folder = tmp_path_factory.mktemp("sources")
    return [write_notebooks(folder / said, f"It {said} so") for said in ("was", "is")]


def started(source, folder, *words):
    """Start a command over the notebooks of a folder, in a group of processes of its own."""
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name("tiny.py"), *words, "-o", folder],
        env=os.environ | {"TINY_NOTEBOOKS": str(source), "SOURCE_DATE_EPOCH": "1700000000"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(*words):
    """Run a command to its end, and give what it said."""
    run = started(*words)
    said = run.communicate(timeout=PATIENCE)[0]
    assert run.returncode == 0, said
    assert survivors(run.pid) == []
    return said


def group(number):
    """List the processes of a group that still run."""
    found = []
    for process in psutil.process_iter(["status"]):
        try:
            if os.getpgid(process.pid) == number and process.info["status"] != "zombie":
                found.append(process)
        except ProcessLookupError:
            continue
    return found


def survivors(number):
    """Give the processes of a group some time to end by themselves, and list those that do not."""
    end = time.monotonic() + SECONDS
    while (alive := group(number)) and time.monotonic() < end:
        time.sleep(0.05)
    return [" ".join(one.cmdline()) for one in alive]


def shown(folder):
    """What stands under names that readers look at."""
    paths = (path for path in folder.rglob("[!.]*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def noted(folder):
    """What a folder of handouts notes of what was made."""
    path = folder / NOTE
    return json.loads(path.read_text()) if path.exists() else {}


def hidden(folder):
    return {path.name for path in folder.rglob(".*")} - {LOCK, NOTE}


def reset(folder, content):
    """Make a folder hold some files."""
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        path.unlink()
    for name, data in content.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(data)


def until(condition, run):
    """Wait until something is so while a command runs."""
    while not condition():
        assert run.poll() is None, run.stdout.read()
        time.sleep(0.01)


def until_first(source, folder, words, old):
    """Run a command once, and measure how long it takes until its first file changes."""
    began = time.monotonic()
    run = started(source, folder, *words)
    until(lambda: changed(folder, old), run)
    first = time.monotonic() - began
    said = run.communicate(timeout=PATIENCE)[0]
    assert run.returncode == 0, said
    return first


def changed(folder, old):
    """Count the files that are others than before."""
    return sum(old.get(name) != data for name, data in shown(folder).items())


def spread(number, files):
    """Spread moments over the files of a command, from the first one changed to the last but one.

    >>> spread(3, 6)
    [1, 3, 5]
    """
    return [1 + round(at * (files - 2) / (number - 1)) for at in range(number)]


def end(run, folder, old, moment):
    """End a command some time after so many of its files have changed."""
    many, pause = moment
    while run.poll() is None and changed(folder, old) < many:
        time.sleep(0.005)
    time.sleep(pause)
    run.kill()


def is_true_to_its_files(note, old_note, found, new):
    """Tell whether whatever is noted as made anew stands there anew."""
    made = [n for name, one in note.items() if one != old_note[name] for n in one["files"]]
    results = [name for name in found if name.endswith("result.json") and found[name] == new[name]]
    made += [name for name in new for one in results if Path(name).parent == Path(one).parent]
    return all(found[name] == new[name] for name in made)


@pytest.mark.parametrize("words", [HANDOUTS, SWEEP], ids=["handouts", "sweep"])
def test_a_command_that_is_ended_leaves_every_file_old_or_new(sources, tmp_path, words):
    older, newer = sources
    folder = tmp_path / "out"
    done(older, folder, *words)
    before, old_note = shown(folder), noted(folder)
    done(newer, tmp_path / "new", *words)
    new, new_note = shown(tmp_path / "new"), noted(tmp_path / "new")
    assert before.keys() == new.keys()
    # What does not depend on the notebooks was another one too.
    old = {name: data + b"older\n" * (data == new[name]) for name, data in before.items()}
    start = old | ({NOTE: (folder / NOTE).read_bytes()} if old_note else {})
    reset(folder, start)
    first = until_first(newer, folder, words, old)
    assert (shown(folder), noted(folder), hidden(folder)) == (new, new_note, set())
    chance = random.Random(SEED)
    moments = [(0, chance.uniform(0, first)) for _ in range(EARLY)]
    moments += [(many, chance.uniform(0, PAUSE)) for many in spread(LATE, len(new))]
    states, left = {"old": 0, "mixed": 0, "new": 0}, 0
    for number, moment in enumerate(chance.sample(moments, len(moments)), start=1):
        reset(folder, start)
        run = started(newer, folder, *words)
        end(run, folder, old, moment)
        said = run.communicate(timeout=PATIENCE)[0]
        told = f"moment {number}, after {moment[0]} files and {moment[1]:.3f} s: {said}"
        assert run.returncode in (-signal.SIGKILL, 0), told
        assert survivors(run.pid) == [], told
        found, note = shown(folder), noted(folder)
        assert found.keys() == new.keys(), told
        assert [n for n in found if found[n] not in (old[n], new[n])] == [], told
        assert [n for n in note if note[n] not in (old_note[n], new_note[n])] == [], told
        assert is_true_to_its_files(note, old_note, found, new), told
        states["old" if found == old else "new" if found == new else "mixed"] += 1
        left += any(True for _ in folder.rglob(UNFINISHED))
        if number % GO_ON == 0 or number == len(moments):
            for place in {(folder / name).parent for name in new}:
                (place / LEFT).touch()
            done(newer, folder, *words)
            assert (shown(folder), noted(folder), hidden(folder)) == (new, new_note, set()), told
    print(f"{states}; with something unfinished: {left}")  # noqa: T201
    # Some have to fall between the first file and the last.
    assert states["mixed"], states


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_a_sweep_that_is_asked_to_end_goes_on_later(sources, tmp_path, how, status):
    source = sources[1]
    words = ("sweep", "06", "-g", "end_year=2020,2021,2022,2023,2024", "--workers", "1")
    folder, go = tmp_path / "out", source / "go"
    go.unlink()
    try:
        run = started(source, folder, *words)
        # The fourth run waits.
        until(lambda: len(list(folder.glob("runs/*/result.json"))) == 3, run)
        until(lambda: len(group(run.pid)) > 3, run)
        os.killpg(run.pid, how)
        said = run.communicate(timeout=PATIENCE)[0]
    finally:
        go.touch()
    assert run.returncode == status, said
    assert "Traceback" not in said
    if how == signal.SIGINT:
        assert re.search(r"stopped with [23] of 5 runs done; the same command goes on", said), said
    assert survivors(run.pid) == []
    assert hidden(folder) <= {HOLDER}
    stand = {path: path.stat() for path in folder.glob("runs/*/*") if path.is_file()}
    assert len(stand) == 9
    again = done(source, folder, *words)
    assert "5 runs of 06_tiny, of which 3 are done already" in again
    assert {path: path.stat().st_ino for path in stand} == {p: s.st_ino for p, s in stand.items()}
    assert len(list(folder.glob("runs/*/result.json"))) == 5
    assert hidden(folder) == set()


def hears(number):
    """Tell whether a process does not ignore Ctrl-C."""
    (ignored,) = re.findall(r"SigIgn:\s(\w+)", Path(f"/proc/{number}/status").read_text())
    return not int(ignored, 16) & 1 << (signal.SIGINT - 1)


@pytest.mark.skipif(sys.platform != "linux", reason="what is ignored is read from /proc")
def test_ctrl_c_is_heard_while_all_is_imported(sources, tmp_path):
    folder = tmp_path / "out"
    run = started(sources[1], folder, *SWEEP)
    # Once the process that all others are forked from is there, which is started without hearing.
    until(lambda: len(group(run.pid)) > 2, run)
    until(lambda: hears(run.pid), run)
    assert len(group(run.pid)) == 3, "it heard nothing until runs had begun"
    os.killpg(run.pid, signal.SIGINT)
    said = run.communicate(timeout=PATIENCE)[0]
    assert run.returncode == 1, said
    assert "stopped with 0 of 4 runs done; the same command goes on from there" in said
    assert survivors(run.pid) == []
    assert not list(folder.glob("runs/*"))


def test_two_commands_make_the_same_handouts_only_once(sources, tmp_path):
    folder = tmp_path / "out"
    first = started(sources[1], folder, *HANDOUTS)
    until((folder / HOLDER).exists, first)
    second = started(sources[1], folder, *HANDOUTS)
    said = second.communicate(timeout=PATIENCE)[0]
    made = first.communicate(timeout=PATIENCE)[0]
    assert (first.returncode, second.returncode) == (0, 0), (made, said)
    waiting, *later = said.splitlines()
    by_whom = f"{folder} is in use by nolimits handouts (process {first.pid}, since "
    assert waiting.startswith(by_whom)
    assert later[0].startswith("Nothing has changed")
    assert "[3/3]" in made
