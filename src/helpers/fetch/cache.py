"""Files that come from the network, written whole or not at all."""

import hashlib
import json
import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it; the folder is made if need be.

    A hidden file beside it takes its place once all of it is on the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def fingerprint(asked: dict, length: int) -> str:
    """Give the same short text for the same request, whatever the order of its parts.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": [2]}, 8) == fingerprint({"b": [2], "a": 1}, 8)
    True
    """
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:length]
