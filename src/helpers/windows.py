"""Windows of years, as parameters and claims write them."""

import re


def years(window: str) -> tuple[int, int]:
    """Read a window of years such as 2019:2021.

    Raises
    ------
    ValueError
        If the text is not two years in order, joined by a colon.

    Examples
    --------
    >>> years("2019:2021")
    (2019, 2021)
    """
    found = re.fullmatch(r"(\d{4}):(\d{4})", window)
    if not found or int(found[1]) > int(found[2]):
        raise ValueError(f"{window!r} is not a window of years; write it like 2019:2021")
    return int(found[1]), int(found[2])
