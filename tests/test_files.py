"""Files and folders that appear whole or not at all, and folders that are held."""

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import files

posix = pytest.mark.skipif(os.name != "posix", reason="rights and links as POSIX has them")
CONTENTS = st.one_of(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"])))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def read(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def as_bytes(content):
    return content if isinstance(content, bytes) else content.encode()


@pytest.fixture
def failing(monkeypatch):
    """Have the disk fail at the n-th order to take something."""

    def prepare(number, error):
        settle, left = files.settle, iter(range(number))

        def fail(path):
            if next(left, None) is None:
                raise error
            settle(path)

        monkeypatch.setattr(files, "settle", fail)

    return prepare


@given(CONTENTS, CONTENTS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_reads_as_it_was_written_and_nothing_is_beside_it(tmp_path, old, new):
    path = tmp_path / "deeper" / "file.csv"
    for content in (old, new):
        assert files.write_whole(path, content) == path
        assert read(path.parent) == {"file.csv": as_bytes(content)}


def test_line_ends_stay_as_they_are(tmp_path):
    written = files.write_whole(tmp_path / "file", "a\r\nb\nc\rд\n")
    assert written.read_bytes() == b"a\r\nb\nc\r\xd0\xb4\n"


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), SystemExit()]
)
@pytest.mark.parametrize("before", [{}, {"file": b"old"}])
def test_a_file_stays_as_it_was_if_the_new_one_fails(tmp_path, failing, error, before):
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    failing(0, error)
    with pytest.raises(type(error)):
        files.write_whole(tmp_path / "file", "new")
    assert read(tmp_path) == before


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        files.write_whole(tmp_path / "file", "\ud800")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        files.write_whole(tmp_path / "folder", "a folder has the name")
    assert names(tmp_path) == ["folder"]


@posix
@pytest.mark.parametrize(("mask", "rights"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_and_folders_have_the_usual_rights(tmp_path, mask, rights):
    usual = os.umask(mask)
    try:
        path = files.write_whole(tmp_path / "file", "x")
        with files.staged(tmp_path / "set") as stage:
            (stage / "in it").touch()
    finally:
        os.umask(usual)
    assert stat.S_IMODE(path.stat().st_mode) == rights
    assert stat.S_IMODE((tmp_path / "set").stat().st_mode) == 0o777 & ~mask


@posix
def test_the_disk_takes_files_and_folders_and_may_refuse_folders(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    taken = []

    def fsync(number):
        kind = os.fstat(number).st_mode
        taken.append(stat.S_ISDIR(kind))
        raise OSError(errno.EINVAL, "not that")

    monkeypatch.setattr(os, "fsync", fsync)
    files.settle(tmp_path)
    with pytest.raises(OSError, match="not that"):
        files.settle(tmp_path / "file")
    assert taken == [True, False]


@posix
def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path):
    (tmp_path / "elsewhere").write_text("other")
    (tmp_path / "file").symlink_to("elsewhere")
    files.write_whole(tmp_path / "file", "new")
    assert read(tmp_path) == {"elsewhere": b"other", "file": b"new"}


def filled(target, **contents):
    with files.staged(target) as stage:
        for name, content in contents.items():
            (stage / "deeper").mkdir(exist_ok=True)
            (stage / "deeper" / name).write_text(content)


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(params=[True, False], ids=["exchanged", "renamed"])
def at_once(request, monkeypatch):
    """Run a test where two folders can change names in one step, and where they cannot."""
    if not request.param:
        monkeypatch.setattr(files, "exchanged", lambda *_: False)
    return request.param


@pytest.mark.usefixtures("at_once")
def test_a_folder_takes_the_place_of_the_older_one(tmp_path):
    filled(tmp_path / "to" / "set.1", a="old", b="old")
    filled(tmp_path / "to" / "set.1", a="new")
    assert tree(tmp_path) == {"to/set.1/deeper/a": "new"}
    assert names(tmp_path / "to") == ["set.1"]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("old", [{}, {"a": "old"}])
def test_a_folder_stays_as_it_was_if_the_block_fails(tmp_path, old):
    if old:
        filled(tmp_path / "set", **old)
    before = tree(tmp_path)
    with pytest.raises(KeyboardInterrupt), files.staged(tmp_path / "set") as stage:
        (stage / "a").write_text("new")
        raise KeyboardInterrupt
    assert tree(tmp_path) == before
    assert names(tmp_path) == (["set"] if old else [])


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("number", range(4))
def test_a_folder_is_whole_wherever_the_disk_fails(tmp_path, failing, number):
    filled(tmp_path / "set", a="old")
    failing(number, OSError(errno.EIO, "broken"))
    # In order: the folder in it, the file, the stage itself, the names beside it.
    with pytest.raises(OSError, match="broken"):
        filled(tmp_path / "set", a="new")
    assert tree(tmp_path / "set") == {"deeper/a": "new" if number == 3 else "old"}
    assert names(tmp_path) == ["set"]


def test_a_folder_that_cannot_take_its_name_leaves_the_older_one(tmp_path, monkeypatch):
    filled(tmp_path / "set", a="old")
    rename = Path.rename

    def refused(path, target):
        if path.suffix == ".new":
            raise OSError("refused")
        return rename(path, target)

    monkeypatch.setattr(files, "exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OSError, match="refused"):
        filled(tmp_path / "set", a="new")
    assert tree(tmp_path) == {"set/deeper/a": "old"}


@pytest.mark.skipif(sys.platform != "linux", reason="what the call gives is known on Linux")
def test_linux_exchanges_folders_but_not_with_nothing(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert files.exchanged(tmp_path / "a", tmp_path / "b")
    assert sorted(tree(tmp_path)) == ["a/b", "b/a"]
    assert not files.exchanged(tmp_path / "a", tmp_path / "c")


def test_other_systems_are_not_asked_to_exchange(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert not files.exchanged(tmp_path, tmp_path)


def test_a_folder_is_removed_from_its_name_at_once(tmp_path, monkeypatch):
    filled(tmp_path / "set", a="old")
    monkeypatch.setattr(files, "_remove", lambda path: None)
    files.remove_whole(tmp_path / "set")
    assert [path.match(files.UNFINISHED) for path in tmp_path.iterdir()] == [True]


def test_what_was_left_goes_and_what_is_not_ours_stays(tmp_path):
    ours = [files.beside(tmp_path / name) for name in ("a.csv", "set", ".nolimits.holder")]
    ours[0].touch()
    (ours[1] / "deeper").mkdir(parents=True)
    ours[2].symlink_to("nowhere")
    theirs = [".profile.new", ".baci-hs17-202501.part", "a.csv", "b.new", ".x.old"]
    for name in theirs:
        (tmp_path / name).touch()
    files.clear(tmp_path)
    assert names(tmp_path) == sorted(theirs)
    files.clear(tmp_path / "not there")


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_set_aside_is_put_back_if_nothing_has_its_name(tmp_path, there):
    aside = files.beside(tmp_path / "set.1").with_suffix(".old")
    (aside / "old").mkdir(parents=True)
    if there:
        (tmp_path / "set.1" / "new").mkdir(parents=True)
    files.clear(tmp_path)
    assert names(tmp_path) == ["set.1"]
    assert names(tmp_path / "set.1") == ["new" if there else "old"]


def test_a_held_folder_says_by_whom_and_is_clean(tmp_path):
    folder = tmp_path / "deeper" / "mine"
    left = files.beside(folder / "part" / "file")
    left.parent.mkdir(parents=True)
    left.touch()
    with files.held(folder, "nolimits handouts", print, ("part", "none")):
        note = json.loads((folder / files.HOLDER).read_text())
        assert (note["pid"], note["doing"]) == (os.getpid(), "nolimits handouts")
        assert names(folder / "part") == []
    assert names(folder) == [files.LOCK, "part"]


def test_a_folder_is_let_go_of_however_the_run_ends(tmp_path):
    def refuse(text):
        raise AssertionError(text)

    for error in (ValueError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error), files.held(tmp_path, "this", refuse):
            raise error
        assert names(tmp_path) == [files.LOCK]


def test_a_second_run_waits_for_the_first(tmp_path):
    said, order, waits = [], [], threading.Event()

    def second():
        with files.held(tmp_path, "second", lambda text: (said.append(text), waits.set())):
            order.append("second")

    other = threading.Thread(target=second)
    with files.held(tmp_path, "first", print):
        other.start()
        assert waits.wait(60)
        order.append("first")
    other.join(60)
    assert order == ["first", "second"]
    assert len(said) == 1
    assert said[0].startswith(f"{tmp_path} is in use by first (process {os.getpid()}, since ")


@pytest.mark.parametrize("note", ["", "[]", '{"pid": 1}', "\x00"])
def test_a_note_that_says_nothing_is_no_obstacle(tmp_path, note):
    (tmp_path / files.HOLDER).write_text(note)
    assert files._holder(tmp_path) == "another run"
    with files.held(tmp_path, "this", print):
        assert "this (process" in files._holder(tmp_path)


HOLDS = """
import os, sys
from pathlib import Path
from helpers import files
with files.held(Path(sys.argv[1]), "a killed run", print):
    os.kill(os.getpid(), 9)
"""


@posix
def test_a_run_that_was_killed_holds_nothing(tmp_path):
    assert subprocess.run([sys.executable, "-c", HOLDS, tmp_path]).returncode == -9
    assert "a killed run" in files._holder(tmp_path)
    said = []
    with files.held(tmp_path, "this", said.append):
        pass
    assert (said, names(tmp_path)) == ([], [files.LOCK])


FORKS = """
import os, sys
from pathlib import Path
from helpers import files
with files.held(Path(sys.argv[1]), "the parent", print):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        print((Path(sys.argv[1]) / files.HOLDER).exists())
"""


@posix
def test_a_forked_process_lets_go_of_nothing(tmp_path):
    command = [sys.executable, "-c", FORKS, tmp_path]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.split() == ["True"]
    assert names(tmp_path) == [files.LOCK]


@pytest.mark.parametrize("obstacle", ["a file", "a folder for a lock", "a link for a lock"])
def test_a_folder_that_cannot_be_held_is_named_with_a_way_out(tmp_path, obstacle):
    folder = tmp_path / "mine"
    if obstacle == "a file":
        folder.touch()
    else:
        folder.mkdir()
        lock = folder / files.LOCK
        lock.mkdir() if "folder" in obstacle else lock.symlink_to(tmp_path / "elsewhere")
    way_out = "name a folder that you can write to"
    with pytest.raises(OSError, match=way_out) as caught, files.held(folder, "this", print):
        raise AssertionError("it was held")
    assert str(folder) in str(caught.value)
    assert not (tmp_path / "elsewhere").exists()
