import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.figures import sizes


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def table(*rows):
    columns = ["day", "count", "forces_scope", "is_floor", "is_stated"]
    made = pd.DataFrame(rows, columns=columns)
    return made.assign(day=pd.to_datetime(made["day"]))


def test_every_event_is_drawn_once(ax):
    sizes.dots(
        ax,
        table(
            ["2019-01-01", 100.0, "china_and_russia", False, True],
            ["2020-01-01", 500.0, "all_participants", True, True],
            ["2021-01-01", float("nan"), None, False, False],
        ),
    )
    drawn = [tuple(p) for c in ax.collections for p in c.get_offsets()]
    assert len(drawn) == 3
    heights = sorted(y for _, y in drawn)
    assert heights[1:] == [100.0, 500.0]
    assert heights[0] < 100.0


def test_without_any_number_all_are_marked_missing(ax):
    sizes.dots(ax, table(["2021-01-01", float("nan"), None, False, False]))
    assert sum(len(c.get_offsets()) for c in ax.collections) == 1


def test_no_events_is_no_error(ax):
    sizes.dots(ax, table())
    assert [text.get_text() for text in ax.texts] == ["not stated"]
