"""Names for what came from the network, so that the same is not asked twice."""

import hashlib
import json


def fingerprint(asked: dict, length: int) -> str:
    """Give the same short text for the same request, whatever the order of its parts.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": [2]}, 8) == fingerprint({"b": [2], "a": 1}, 8)
    True
    """
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:length]
