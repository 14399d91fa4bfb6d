"""Members of ZIP archives from elsewhere, taken out one by one and only where that is safe."""

import lzma
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from helpers.importers import reading
from helpers.schema import Violation

# BACI shrinks about five times and its largest year is under 0.5 GB; a bomb goes far beyond both.
MAX_SIZE = 4 * 1024**3
MAX_RATIO = 100
MAX_MEMBERS = 1_000
CHUNK = 1024**2
ENCRYPTED = 0x1
# What zipfile raises on archives that are cut off, altered or of an unknown kind.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def members(path: Path, wanted: re.Pattern) -> list[str]:
    """List the members of an archive whose file name fits a pattern.

    Parameters
    ----------
    path
        The archive.
    wanted
        Pattern for the whole file name, without the folders before it.

    Raises
    ------
    ValueError
        If the file is no whole archive, holds nothing that fits, or has members that would leave
        their folder, are links, are encrypted or expand beyond measure. All of them are named.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except BROKEN as error:
        reading.refuse([reading.problem(path, 1, "(file)", str(error), "a whole ZIP archive")])
    if len(listed) > MAX_MEMBERS:
        found = f"{len(listed)} members"
        reading.refuse([reading.problem(path, 1, "(file)", found, f"at most {MAX_MEMBERS}")])
    fitting = [m for m in listed if wanted.fullmatch(PurePosixPath(m.filename).name)]
    reading.refuse([fault for m in listed for fault in _faults(path, m, m in fitting)])
    names = [member.filename for member in fitting]
    twice = sorted({name for name in names if names.count(name) > 1})
    reading.refuse([_fault(path, name, "the name twice", "each name once") for name in twice])
    if not names:
        found = ", ".join(member.filename for member in listed) or "no members"
        reading.refuse(
            [reading.problem(path, 1, "(file)", found, "names like BACI_HS17_Y2023_V202501.csv")]
        )
    return names


def _faults(path: Path, member: zipfile.ZipInfo, is_wanted: bool) -> list[Violation]:
    """Name what makes a member unsafe; the size matters only where it is to be read."""
    # zipfile itself turns \ into / on Windows only and cuts names at a zero byte.
    name = member.orig_filename.replace("\\", "/")
    faults = []
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in name:
        faults.append(_fault(path, name, "a path out of its folder", "a plain file name"))
    if stat.S_ISLNK(member.external_attr >> 16):
        faults.append(_fault(path, name, "a link", "a plain file"))
    if is_wanted and member.flag_bits & ENCRYPTED:
        faults.append(_fault(path, name, "an encrypted member", "a readable member"))
    if is_wanted and member.file_size > _limit(member):
        found = f"{member.file_size} bytes from {member.compress_size}"
        faults.append(_fault(path, name, found, _allowed()))
    return faults


def _fault(path: Path, name: str, found: str, expected: str) -> Violation:
    return reading.problem(path, 1, name, found, expected)


def _limit(member: zipfile.ZipInfo) -> int:
    """Give the most bytes that a member may expand to."""
    return min(MAX_SIZE, MAX_RATIO * max(member.compress_size, 1))


def _allowed() -> str:
    return f"at most {MAX_RATIO} times its packed size and {MAX_SIZE // 1024**3} GiB"


@contextmanager
def extracted(path: Path, name: str, folder: Path) -> Iterator[Path]:
    """Unpack one member into a file of its own, which is removed at the end of the block.

    Parameters
    ----------
    path, name
        The archive and one of its `members`.
    folder
        Where to put the file; its name there is made up, not that of the member.

    Raises
    ------
    ValueError
        If the member is damaged or expands beyond what the archive or good sense allow.
    """
    descriptor, unpacked = tempfile.mkstemp(dir=folder, prefix=".unpacked-", suffix=".csv")
    try:
        with open(descriptor, "wb") as target:  # noqa: PTH123 - the open descriptor, not a path
            _unpack(path, name, target)
        yield Path(unpacked)
    finally:
        Path(unpacked).unlink(missing_ok=True)


def _unpack(path: Path, name: str, target: object) -> None:
    """Copy a member in pieces, counting: what an archive says of its sizes may be untrue."""
    size = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
            limit = _limit(archive.getinfo(name))
            while piece := stream.read(CHUNK):
                size += len(piece)
                if size > limit:
                    break
                target.write(piece)
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno:
            raise
        reading.refuse([_fault(path, name, str(error), "a whole member")])
    if size > limit:
        reading.refuse([_fault(path, name, f"more than {limit} bytes", _allowed())])
