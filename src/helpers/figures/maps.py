"""A plain map of the world, drawn from a file of the package and without network.

`land.geojson` is the land of Natural Earth at 1:110 million (public domain,
www.naturalearthdata.com), with coordinates rounded to a tenth of a degree and without Antarctica.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import path as mpath
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch

from helpers.figures import style

LAND = Path(__file__).with_name("land.geojson")
# From the Baltic over the Pacific to Alaska: one window without a seam.
WINDOW = (5.0, 205.0, -42.0, 74.0)
# Degrees: about half a point in a map of half a page. What is smaller is not drawn.
DETAIL = 0.25


@cache
def land() -> list[np.ndarray]:
    """Read the outlines of land: arrays of longitude and latitude in degrees."""
    features = json.loads(LAND.read_text(encoding="utf-8"))["features"]
    return [np.array(feature["geometry"]["coordinates"][0]) for feature in features]


def eastward(longitude: pd.Series | np.ndarray, west: float) -> np.ndarray:
    """Turn longitudes by whole circles until they lie east of the western edge of a map.

    Examples
    --------
    >>> eastward(np.array([-173.0, 130.0]), 5.0).tolist()
    [187.0, 130.0]
    """
    return (np.asarray(longitude, dtype=float) - west) % 360 + west


def world(ax: Axes, window: tuple[float, float, float, float] = WINDOW) -> None:
    """Draw the land within a window.

    Parameters
    ----------
    window
        West, east, south and north in degrees; east may go beyond 180 to cross the date line.
        Degrees of longitude are drawn at their true length at 35 degrees of latitude.
    """
    west, east, south, north = window
    # One path for all land: a file names its style once instead of for every island.
    rings = [np.vstack([ring, ring[:1]]) for ring in within(window)]
    outline = mpath.Path.make_compound_path(*(mpath.Path(ring, closed=True) for ring in rings))
    ground, edge = style.COLOURS["grid"], style.COLOURS["paper"]
    ax.add_artist(PathPatch(outline, facecolor=ground, edgecolor=edge, linewidth=0.4))
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    ax.set_aspect(1 / np.cos(np.radians(35)))
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)


def within(window: tuple[float, float, float, float]) -> list[np.ndarray]:
    """Give the outlines of land that reach into a window, what lies outside it drawn together.

    Points beyond the window are moved to just outside its edge, where nobody sees them, and
    those that then coincide are dropped, as are bends and islands smaller than `DETAIL`: a file
    does not carry what its map does not show.
    """
    west, east, south, north = window
    near = np.array([west, south]) - 2, np.array([east, north]) + 2
    kept = []
    for ring in land():
        for turn in (0, 360):
            inside = np.clip(ring + [turn, 0], *near)
            moves = np.any(np.diff(inside, axis=0, prepend=inside[-1:]) != 0, axis=1)
            if np.ptp(inside, axis=0).min() > DETAIL:
                outline = inside[moves]
                kept.append(simpler(np.vstack([outline, outline[:1]]), DETAIL)[:-1])
    return kept


def simpler(line: np.ndarray, detail: float) -> np.ndarray:
    """Leave out the points of a line that lie nearer than `detail` to the line without them.

    After Douglas and Peucker (1973), Algorithms for the reduction of the number of points.

    Examples
    --------
    >>> simpler(np.array([[0, 0], [1, 0.1], [2, 0], [3, 5]]), 0.2).tolist()
    [[0.0, 0.0], [2.0, 0.0], [3.0, 5.0]]
    """
    across, away = line[-1] - line[0], line - line[0]
    length = np.hypot(*across)
    turned = np.abs(across[0] * away[:, 1] - across[1] * away[:, 0])
    off = turned / length if length else np.hypot(*away.T)
    far = int(off.argmax())
    if off[far] <= detail:
        return line[[0, -1]]
    return np.vstack([simpler(line[: far + 1], detail)[:-1], simpler(line[far:], detail)])


def places(
    ax: Axes,
    found: pd.DataFrame,
    colour: str = "",
    window: tuple[float, float, float, float] = WINDOW,
) -> None:
    """Draw places as circles, their area by the number of events, which is written in them.

    Circles of two and three events are as large as their number needs.

    Parameters
    ----------
    found
        latitude_deg, longitude_deg and events; a place outside the window is refused, so that
        none is lost from sight.
    colour
        Hex colour; the first of the palette if not given.

    Raises
    ------
    ValueError
        If a place lies outside the window.
    """
    west, east, south, north = window
    x = eastward(found["longitude_deg"], west)
    y = found["latitude_deg"].to_numpy(dtype=float)
    lost = found[(x > east) | (y < south) | (y > north)]
    if len(lost):
        raise ValueError(f"{len(lost)} places lie outside the map")
    many = found["events"].to_numpy(dtype=float)
    colour = colour or style.PALETTE[0]
    ax.scatter(
        x, y, s=np.where(many > 1, np.maximum(38 * many, 120), 38), color=colour,
        edgecolors=style.COLOURS["paper"], linewidths=0.7, zorder=3,
    )  # fmt: skip
    for at, up, events in zip(x, y, many, strict=True):
        if events > 1:
            ax.text(
                at, up, f"{events:.0f}", color=style.ink_on(colour), fontsize=style.SMALL,
                fontweight="bold", ha="center", va="center", zorder=4,
            )  # fmt: skip
