"""Bars of verdicts: every count is drawn, in the colour of its verdict, and told in words."""

import pandas as pd
import pytest

from helpers.figures import style, verdict_bars

TABLE = pd.DataFrame(
    {"holds": [12, 3], "fails": [0, 9], "opinion": [0, 0]}, index=["CEPA", "The Diplomat"]
)


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr(style, "display", lambda bundle, **more: seen.append((bundle, more)))
    verdict_bars.show_verdict_bars(TABLE, "Most hold", "Claims by article and verdict")
    return seen[0]


def test_the_alternative_text_tells_every_count(shown):
    alt = shown[1]["metadata"]["alt"]
    assert "CEPA: 12 holds; The Diplomat: 3 holds, 9 fails" in alt


def test_the_table_behind_has_the_counts(shown):
    assert shown[0]["text/csv"] == "Claims,holds,fails\nCEPA,12,0\nThe Diplomat,3,9\n"


def test_verdicts_have_their_colours_and_empty_ones_are_left_out(shown):
    svg = shown[0]["image/svg+xml"].lower()
    assert style.VERDICT_COLOURS["fails"].lower() in svg
    assert ">opinion<" not in svg


def test_every_verdict_has_a_colour_of_its_own():
    colours = list(style.VERDICT_COLOURS.values())
    assert len(set(colours)) == len(colours)
