"""Files that appear whole or not at all, and folders that one run at a time writes into.

Whatever is being made has a hidden name that ends in `.new` until it is complete. What a run that
was ended has left behind under such names goes when the next one takes hold of the folder.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

LOCK, HOLDER = ".nolimits.lock", ".nolimits.holder"
UNFINISHED = ".*.new"


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
    number, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with open(number, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            settle(file.fileno())
        # A temporary file is its owner's only; what others are to read has the usual rights.
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    settle_folder(path.parent)
    return path


def settle(number: int) -> None:
    """Have the disk take what was written to an open file, so that a crash cannot lose it."""
    os.fsync(number)


def settle_folder(folder: Path) -> None:
    """Have the disk take the names in a folder, where the system lets folders be opened."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _umask() -> int:
    """Give the rights that this process keeps from others."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def held(folder: Path, doing: str, say: Callable[[str], None]) -> Iterator[None]:
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
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"{folder} is in use by {_holder(folder)}; waiting for it to end ...")
        lock.acquire()
    try:
        began = datetime.now().isoformat(" ", "seconds")
        note = {"pid": os.getpid(), "doing": doing, "since": began}
        (folder / HOLDER).write_text(json.dumps(note), encoding="utf-8")
        clear(folder)
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def _holder(folder: Path) -> str:
    """Say who holds a folder, as far as it has said so itself."""
    try:
        note = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"{note['doing']} (process {note['pid']}, since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"


def clear(folder: Path) -> None:
    """Remove what runs that were ended have left in a folder that is held."""
    for left in folder.glob(UNFINISHED):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
