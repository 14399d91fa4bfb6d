"""Clean tables of Russian-Chinese dialogue: meetings and rounds of consultations."""

import pandas as pd

from helpers import dates
from helpers.build.cleaning import true_false, yes_no
from helpers.build.recipe import Recipe


def meetings(raw: pd.DataFrame) -> pd.DataFrame:
    """Clean the meetings: add the year and mark the first contact of each trip.

    A trip often holds several contacts (talks, then a conference); whoever counts trips counts
    the rows marked here.
    """
    return raw.assign(
        year=dates.year(raw["date_start"]),
        is_estimate=yes_no(raw["is_estimate"]),
        is_core=yes_no(raw["is_core"]),
        is_first_of_trip=true_false(~raw["trip_id"].duplicated()),
    )


def consultations(raw: pd.DataFrame, meetings: pd.DataFrame) -> pd.DataFrame:
    """Clean the rounds of consultations: add the year and the trip of the meeting linked.

    Parameters
    ----------
    raw
        One row per round; `meeting_id` names the same contact in the meetings, if it is there.
    meetings
        The raw meetings, for their trips.
    """
    trips = dict(zip(meetings["meeting_id"], meetings["trip_id"], strict=True))
    linked = raw["meeting_id"].map(trips)
    return raw.assign(
        year=dates.year(raw["date_start"]),
        is_estimate=yes_no(raw["is_estimate"]),
        trip_id=raw["trip_id"].where(raw["trip_id"] != "", linked),
    )


RECIPES = {
    "meetings": Recipe(meetings, ("dialogue/meetings",)),
    "consultations": Recipe(consultations, ("dialogue/consultations", "dialogue/meetings")),
}
