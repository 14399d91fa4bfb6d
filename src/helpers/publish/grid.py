"""Grids of parameters: what a sweep goes through, read and checked before anything runs."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Literal, get_args, get_origin

from helpers import choices
from helpers.publish import notebooks

# A sweep of more than this is more likely a slip than a plan.
MOST = 10_000
EVERY = "all"


def read(words: Sequence[str]) -> dict[str, list[str]]:
    """Read a grid as it is written: names with the texts of their settings.

    Parameters
    ----------
    words
        Each is NAME=SETTING,SETTING,... or a YAML file whose keys are names, with one setting or
        a list of settings for each.

    Raises
    ------
    ValueError
        Naming every word that is neither, every file that cannot be read, and every name that
        stands twice.

    Examples
    --------
    >>> read(["window_2=2022:2024,2022:2025", "counting_rule=all"])
    {'window_2': ['2022:2024', '2022:2025'], 'counting_rule': ['all']}
    """
    grid: dict[str, list[str]] = {}
    wrong = []
    for word in words:
        try:
            found = _of_file(Path(word)) if re.search(r"\.ya?ml$", word) else _of_word(word)
        except ValueError as error:
            wrong.append(str(error))
            continue
        wrong += [
            f"{name}: stands twice in the grid; once is enough" for name in found & grid.keys()
        ]
        grid |= found
    if wrong:
        raise ValueError("\n".join(wrong))
    return grid


def _of_word(word: str) -> dict[str, list[str]]:
    """Read NAME=SETTING,SETTING,..."""
    name, is_given, settings = word.partition("=")
    listed = [setting.strip() for setting in settings.split(",")]
    if not (is_given and name.strip() and all(listed)):
        raise ValueError(
            f"{word!r} is no part of a grid; write NAME=SETTING,SETTING such as "
            "window_2=2022:2024,2022:2025, NAME=all, or name a YAML file"
        )
    return {name.strip(): listed}


def _of_file(path: Path) -> dict[str, list[str]]:
    """Read a grid from a YAML file; every setting stays the text that stands there."""
    import yaml

    try:
        # Nothing is made of what stands there: no objects, no dates, no numbers.
        top = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(top, yaml.MappingNode) or not top.value:
        raise ValueError(f"{path} holds no grid; write lines such as counting_rule: [bilateral]")
    listed, wrong = {}, []
    for key, value in top.value:
        nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
        is_text = [isinstance(node, yaml.ScalarNode) and node.value for node in (key, *nodes)]
        line = f"{path}, line {key.start_mark.line + 1}"
        if not nodes or not all(is_text):
            wrong.append(f"{line}: give a name, and one setting or a list of settings")
        elif key.value in listed:
            wrong.append(f"{line}: {key.value} stands twice in the grid; once is enough")
        else:
            listed[key.value] = [node.value for node in nodes]
    if wrong:
        raise ValueError("\n".join(wrong))
    return listed


def settings(path: Path, grid: dict[str, list[str]]) -> dict[str, list]:
    """Read the settings of a grid, each by the type of its choice.

    Raises
    ------
    ValueError
        Naming every parameter that the notebook does not have, and every setting that is not
        allowed, with what is.
    """
    known = notebooks.asks(path)
    wrong = [
        f"{name}: {path.stem} has no such parameter; it has {', '.join(known)}"
        for name in grid
        if name not in known
    ]
    read = {}
    for name in [name for name in grid if name in known]:
        listed, refused = _settings(name, grid[name])
        wrong += refused
        read[name] = listed
    if wrong:
        raise ValueError("\n".join(wrong))
    return read


def _settings(name: str, texts: list[str]) -> tuple[list, list[str]]:
    """Read the settings of one parameter; give them, and what is wrong with them."""
    if texts == [EVERY]:
        return _every(name)
    read, wrong = [], []
    for text in texts:
        setting = choices.parse(name, text)
        try:
            choices.choose(**{name: setting})
            read.append(setting)
        except ValueError as error:
            wrong.append(str(error))
    return list(dict.fromkeys(read)), wrong


def _every(name: str) -> tuple[list, list[str]]:
    """Give all settings of a choice that has a list of them, or those that robustness tries."""
    kind = choices.Choices.model_fields[name].annotation
    if get_origin(kind) is Literal:
        return list(get_args(kind)), []
    if kind is bool:
        return [False, True], []
    from helpers.robustness import GRID

    if name in GRID:
        return list(GRID[name]), []
    return [], [f"{name}: there is no list of all settings; name some ({choices.allowed(name)})"]


def members(path: Path, grid: dict[str, list], fixed: dict[str, object]) -> list[dict[str, object]]:
    """Give the parameters of every run of a sweep.

    Parameters
    ----------
    path
        The notebook.
    grid
        What `settings` gives.
    fixed
        Parameters that are the same in every run.

    Raises
    ------
    ValueError
        If there is nothing to go through or far too much, or some settings do not go together:
        each such combination is named.
    """
    twice = [name for name in grid if name in fixed]
    if twice:
        raise ValueError(f"{', '.join(twice)}: in the grid and fixed too; leave out one of them")
    number = math.prod(map(len, grid.values()))
    if not grid or number > MOST:
        raise ValueError(
            f"a sweep needs 1 to {MOST:,} runs; this grid has {number if grid else 0:,}, so give "
            f"{'fewer' if number > MOST else 'some'} settings"
        )
    found = [fixed | one for one in _products(grid)]
    defaults = {one.name: one.default for one in notebooks.parameters(path)}
    wrong = [complaint for asked in found for complaint in _complaints(defaults, asked)]
    if wrong:
        rest = [f"... and {len(wrong) - 10} more"] if len(wrong) > 10 else []
        raise ValueError("\n".join([*dict.fromkeys(wrong[:10]), *rest]))
    return found


def _products(grid: dict[str, list]) -> Iterator[dict[str, object]]:
    """Give every combination of settings."""
    for settings in product(*grid.values()):
        yield dict(zip(grid, settings, strict=True))


def _complaints(defaults: dict[str, object], asked: dict[str, object]) -> list[str]:
    """Say why the parameters of a run do not go together."""
    try:
        choices.choose(**(defaults | asked))
    except ValueError as error:
        told = ", ".join(f"{name} {setting}" for name, setting in asked.items())
        return [f"with {told}: {' '.join(str(error).split())}"]
    return []
