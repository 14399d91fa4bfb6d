import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path

from helpers.figures import maps


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def test_land_covers_what_is_land_and_not_the_sea():
    rings = [Path(ring) for ring in maps.land()]
    inside = {
        name: any(ring.contains_point(spot) for ring in rings)
        for name, spot in {
            "Mongolia": (104, 47), "Australia": (134, -25), "Alaska": (-150, 65),
            "Sea of Japan": (134.5, 40), "Gulf of Aden": (47, 12), "Pacific": (-170, 20),
        }.items()
    }  # fmt: skip
    assert [name for name, land in inside.items() if land] == ["Mongolia", "Australia", "Alaska"]


def test_land_says_where_it_comes_from():
    text = maps.LAND.read_text(encoding="utf-8")
    assert "Natural Earth" in text
    assert "public domain" in text


def test_the_date_line_is_crossed_without_a_seam():
    assert maps.eastward(np.array([-173.0, 178.0, 5.0]), 5.0).tolist() == [187.0, 178.0, 5.0]


def test_land_as_drawn_covers_what_is_land_and_not_the_sea():
    rings = [Path(ring) for ring in maps.within(maps.WINDOW)]
    spots = {
        "Mongolia": (104, 47), "Honshu": (138, 36.2), "Korea": (127.5, 37), "Kamchatka": (159, 56),
        "Sea of Japan": (134.5, 40), "Gulf of Aden": (47, 12), "Baltic Sea": (19.5, 57),
    }  # fmt: skip
    land = [name for name, at in spots.items() if any(ring.contains_point(at) for ring in rings)]
    assert land == ["Mongolia", "Honshu", "Korea", "Kamchatka"]


def test_a_simpler_line_keeps_its_ends_and_strays_no_further_than_allowed():
    line = np.c_[np.linspace(0, 10, 200), np.sin(np.linspace(0, 10, 200))]
    kept = maps.simpler(line, 0.1)
    assert kept[[0, -1]].tolist() == line[[0, -1]].tolist()
    assert len(kept) < 20
    assert np.abs(np.interp(line[:, 0], *kept.T) - line[:, 1]).max() < 0.15


def test_land_is_drawn_with_fewer_points_than_it_is_kept_with():
    points = sum(map(len, maps.within(maps.WINDOW)))
    assert 800 < points < 1500 < sum(map(len, maps.land()))


def test_places_are_drawn_where_they_are(ax):
    maps.world(ax)
    found = pd.DataFrame(
        {"latitude_deg": [63.0, 41.0], "longitude_deg": [-173.0, 133.0], "events": [1, 4]}
    )
    maps.places(ax, found)
    assert ax.collections[-1].get_offsets().tolist() == [[187.0, 63.0], [133.0, 41.0]]
    assert [text.get_text() for text in ax.texts] == ["4"]


def test_a_place_outside_the_window_is_refused(ax):
    found = pd.DataFrame({"latitude_deg": [40.0], "longitude_deg": [-70.0], "events": [1]})
    with pytest.raises(ValueError, match="1 places lie outside"):
        maps.places(ax, found)


def test_every_collected_event_fits_on_the_map(ax):
    from helpers import tables

    events = tables.load("exercises").dropna(subset=["latitude_deg"])
    maps.places(ax, events.assign(events=1))
    assert len(ax.collections[0].get_offsets()) == len(events) > 100
