"""Where the results of a sweep go: a folder, or any address that fsspec knows, such as s3://.

On a disk a file appears whole or not at all; object stores keep that promise themselves.
"""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from helpers import files
from helpers.publish import fingerprint

TRIAL = ".nolimits.trial"


class Store(NamedTuple):
    """A place for results: its address, whether it is a folder here, and where it begins."""

    address: str
    is_local: bool
    root: str

    @property
    def folder(self) -> Path:
        """The folder of a store on this machine's disks."""
        return Path(self.root)


def at(address: str) -> Store:
    """Find the place for results behind an address.

    Raises
    ------
    ValueError
        If nothing can be written to such an address; the message says what is missing.

    Examples
    --------
    >>> at("out/sweep").is_local
    True
    """
    scheme = urlsplit(address).scheme
    # A drive letter of Windows is no scheme.
    if len(scheme) < 2:
        return Store(address, True, str(Path(address).resolve()))
    from fsspec.core import url_to_fs

    try:
        system, root = url_to_fs(address)
    except (ImportError, ValueError, TypeError, OSError) as error:
        raise ValueError(
            f"{address} cannot be written to: {error}; name a folder, or an address such as "
            "s3://bucket/folder and install the package that fsspec asks for"
        ) from None
    return Store(address, "file" in system.protocol, root)


def try_out(store: Store) -> None:
    """Write a file to a store far away and remove it, before hours of work are done for it.

    Raises
    ------
    ValueError
        If it takes none.
    """
    try:
        write(store, TRIAL, "")
        _system(store).rm_file(f"{store.root}/{TRIAL}")
    except Exception as error:  # noqa: BLE001  (every file system raises errors of its own)
        why = f"{type(error).__name__}: {error}"
        raise ValueError(f"{store.address} cannot be written to ({why})") from None


def write(store: Store, name: str, content: str | bytes) -> None:
    """Write one file, whole or not at all.

    Parameters
    ----------
    store
        The place for results.
    name
        Name of the file in it, with folders.
    content
        Bytes, or text to be written as UTF-8.
    """
    if store.is_local:
        files.write_whole(store.folder / name, content)
        return
    system = _system(store)
    path = f"{store.root}/{name}"
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    system.pipe_file(path, content.encode() if isinstance(content, str) else content)


def read(store: Store, name: str) -> bytes | None:
    """Read one file; nothing if it is not there."""
    try:
        if store.is_local:
            return (store.folder / name).read_bytes()
        return _system(store).cat_file(f"{store.root}/{name}")
    except FileNotFoundError:
        return None


def holds(store: Store, name: str, sha256: str, size: int) -> bool:
    """Tell whether a file stands as it was written: by content here, by size far away."""
    if store.is_local:
        return fingerprint.of_file(store.folder / name) == sha256
    try:
        return _system(store).info(f"{store.root}/{name}")["size"] == size
    except FileNotFoundError:
        return False


def _system(store: Store) -> object:
    """Open the file system behind an address."""
    from fsspec.core import url_to_fs

    return url_to_fs(store.address)[0]
