"""Files and folders that appear whole or not at all, and folders that one run at a time writes to.

Whatever is being made has a hidden name that ends in `.new` until it is complete. What a run that
was ended has left behind under such names goes when the next one takes hold of the folder.
"""

import ctypes
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

LOCK, HOLDER = ".nolimits.lock", ".nolimits.holder"
# With the eight signs that `beside` makes up: a `.profile.new` of somebody else's is not ours.
UNFINISHED, SET_ASIDE = ".*.????????.new", ".*.????????.old"
# What the system calls want to be told: paths as they are, and two names to be exchanged.
AS_GIVEN, EXCHANGE = -100, 2


def beside(path: Path) -> Path:
    """Name what is to become a file or a folder while it is being made, differently each time.

    Examples
    --------
    >>> made = beside(Path("data/sources.csv"))
    >>> made.parent, made.match(UNFINISHED), made == beside(Path("data/sources.csv"))
    (PosixPath('data'), True, False)
    """
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part.

    A hidden file beside it takes its place once all of it is on the disk; the folder is made if
    need be.

    Parameters
    ----------
    path
        Where the file goes.
    content
        Bytes, or text that is written as UTF-8 with the line ends it has.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made = beside(path)
    try:
        with made.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        put(made, path)
    finally:
        made.unlink(missing_ok=True)
    return path


def put(made: Path, path: Path) -> None:
    """Give a finished file its name, once all of it is on the disk."""
    settle(made)
    made.replace(path)
    settle(path.parent)


def settle(path: Path) -> None:
    """Have the disk take a file, or the names in a folder, so that a crash cannot lose them."""
    if path.is_file():
        number = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    elif os.name == "posix":
        number = os.open(path, os.O_RDONLY)
        try:
            # Some disks, those of other machines above all, take no such order for folders.
            with suppress(OSError):
                os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a hidden folder to fill, which takes the place of another when the block ends well.

    Where the system can let two folders change names, there is never a moment without the one or
    the other. Elsewhere a run that is ended between two steps leaves the older one set aside,
    and the next one that takes hold of the folder puts it back.

    Parameters
    ----------
    target
        The folder that is to be replaced, or to be made.
    """
    stage = beside(target)
    stage.mkdir(parents=True)
    aside = stage.with_suffix(".old")
    try:
        yield stage
        for made in [*stage.rglob("*"), stage]:
            settle(made)
        if not exchanged(stage, target):
            with suppress(FileNotFoundError):
                target.rename(aside)
            stage.rename(target)
        settle(target.parent)
    finally:
        _put_back(aside)
        _remove(stage)


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one step, if the system can; tell whether they did."""
    call = {"linux": "renameat2", "darwin": "renamex_np"}.get(sys.platform, "")
    # An older C library lacks the call, and some disks refuse it.
    system = ctypes.CDLL(None, use_errno=True) if call else None
    if not hasattr(system, call):
        return False
    names = os.fsencode(one), os.fsencode(other)
    if call == "renameat2":
        return system.renameat2(AS_GIVEN, names[0], AS_GIVEN, names[1], EXCHANGE) == 0
    return system.renamex_np(*names, EXCHANGE) == 0


def remove_whole(folder: Path) -> None:
    """Remove a folder so that a reader sees all of it or none."""
    going = beside(folder)
    folder.rename(going)
    _remove(going)


def _put_back(aside: Path) -> None:
    """Give a folder that was set aside its name again, or remove it if another has the name."""
    target = aside.with_name(Path(aside.stem).stem.removeprefix("."))
    if os.path.lexists(aside) and not os.path.lexists(target):
        aside.rename(target)
    _remove(aside)


def _remove(path: Path) -> None:
    """Remove a file or a folder, as far as that can be done; hidden, the rest is in no way."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove what runs that were ended have left in a folder that is held."""
    for aside in folder.glob(SET_ASIDE):
        _put_back(aside)
    for left in folder.glob(UNFINISHED):
        _remove(left)


@contextmanager
def held(
    folder: Path, doing: str, say: Callable[[str], None], parts: Iterable[str | Path] = ()
) -> Iterator[None]:
    """Keep a folder to one run at a time: a second one says who holds it, and waits.

    The system itself lets go of the folder when the run that holds it ends, however it ends.

    Parameters
    ----------
    folder
        The folder that is written into; made if need be.
    doing
        What holds it, such as `nolimits handouts`, for those who wait.
    say
        Takes the line that is said once before waiting.
    parts
        Folders in it that the run writes into too.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    lock, own = _locked(folder, say), os.getpid()
    try:
        began = datetime.now().isoformat(" ", "seconds")
        note = {"pid": own, "doing": doing, "since": began}
        write_whole(folder / HOLDER, json.dumps(note))
        for place in ("", *parts):
            clear(folder / place)
        yield
    finally:
        # A process that this one has forked holds nothing.
        if os.getpid() == own:
            (folder / HOLDER).unlink(missing_ok=True)
            lock.release()


def _locked(folder: Path, say: Callable[[str], None]) -> FileLock:
    """Take the lock of a folder, or say who has it and wait for it."""
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"{folder} is in use by {_holder(folder)}; waiting for it to end ...")
            lock.acquire()
    except OSError as error:
        raise OSError(
            f"{folder} cannot be written to ({error.filename or LOCK}: {error.strerror}); name a "
            "folder that you can write to, or remove what is in the way"
        ) from None
    return lock


def _holder(folder: Path) -> str:
    """Say who holds a folder, as far as it has said so itself."""
    try:
        note = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"{note['doing']} (process {note['pid']}, since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"
