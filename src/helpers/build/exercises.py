"""Joint exercises and patrols, counts of them published by others, joint real operations."""

import re

import pandas as pd

from helpers import dates
from helpers.build.cleaning import true_false, yes_no
from helpers.build.recipe import Recipe

ARMED_FORCES = ["exercise", "air_patrol", "naval_patrol"]
THIRD_PARTY = "multinational_third_party"
QUANTITIES = [
    "personnel_china",
    "personnel_russia",
    "personnel_total",
    "ships_total",
    "aircraft_total",
]

# What the collected text must say for an event to have a feature.
LIVE_FIRE = r"live fire|gunnery|artillery fire|target shooting|weapon use|strikes on"
DOMAIN_WORDS = {
    "land": r"\bground\b|\bcombined\b|\bborder_guard|\blaw_enforcement|internal_security"
    r"|\bmarines|amphibious|island seizing",
    "sea": r"\bnaval\b|\bships?\b|vessel|\bcoast_guard|\bat sea\b|sea lanes|maritime",
    "air": r"^air\b|air strikes|airborne|air assault|aircraft|helicopter|bomber|air defence"
    r"|air and missile|air recon|drones|H-6K",
    "undersea": r"submarine|\bASW\b",
    "missile_defence": r"missile-defence",
    "cyber": r"\bcyber\b",
}
REGION_WORDS = {
    "amur_border": r"Amur|Manzhouli",
    "sea_of_japan": r"Seas? of Japan|Peter the Great|Vladivostok",
    "yellow_east_china_sea": r"Yellow Sea|East China Seas?|Shandong",
    "south_china_sea": r"South China Sea",
    "north_pacific": r"Okhotsk|Bering|Chukchi|Aleutian|North Pacific|northern Pacific|north-western"
    r" Pacific|Kamchatka",
    "western_pacific": r"Western Pacific|Philippine|western and northern Pacific|western/central"
    r"|; Pacific$",
    "indian_ocean": r"Gulf of Aden|Arabian Sea|Gulf of Oman|Indian Ocean",
    "mediterranean_baltic": r"Mediterranean|Baltic",
    "southern_africa": r"South Africa",
    "south_east_asia": r"Indonesia|Brunei|Singapore|Thailand|Australia",
    "central_asia": r"Kazakhstan(?!.*Gulf)|Kyrgyzstan|Tajikistan|Uzbekistan",
    "iran_pakistan_inland": r"Punjab|Azerbaijan, Iran",
    "arctic": r"Kola Bay|Arctic|Chukchi",
    "russia_inland": r"Moscow|Smolensk|Chelyabinsk|Orenburg|Trans-Baikal|Astrakhan|Novosibirsk"
    r"|Saratov|Primorye|Khabarovsk|Military District|^Russia \(undisclosed\)",
    "china_inland": r"Urumqi|Taonan|Beijing|Zhurihe|Ningxia|Guilin|Xiamen|Xinjiang"
    r"|Inner Mongolia",
}


def first_part(events: pd.DataFrame) -> pd.Series:
    """Tell which row stands for its parent event when parts must not be counted twice.

    An event without a parent stands for itself. Of the parts of one parent event it is the one
    that began first; a part whose day is known goes before one of which only the month is known.

    Parameters
    ----------
    events
        Rows with event_id, parent_event ("" if none), date_start and date_precision.

    Returns
    -------
    pandas.Series
        True for exactly one row of every parent event and for every row without one.

    Examples
    --------
    >>> first_part(pd.DataFrame({
    ...     "event_id": ["A", "B", "C"], "parent_event": ["P", "P", ""],
    ...     "date_start": ["2015-08-20", "2015-05-11", "2016-01-01"], "date_precision": "day",
    ... })).tolist()
    [False, True, True]
    """
    parent = events["parent_event"].where(events["parent_event"] != "", events["event_id"])
    day = dates.first_day(events["date_start"])
    order = events.assign(parent=parent, vague=events["date_precision"] != "day", day=day)
    order = order.sort_values(["vague", "day", "event_id"])
    return ~order.duplicated("parent").reindex(events.index)


def counting_rules(events: pd.DataFrame) -> dict[str, pd.Series]:
    """Say of each event whether each counting rule counts it.

    Parameters
    ----------
    events
        Rows with kind, setting, series, both_took_part, and what `first_part` needs.

    Returns
    -------
    dict of pandas.Series
        One boolean series per rule, named counted_<rule>.
    """
    joint = (events["both_took_part"] == "yes") & first_part(events)
    patrol = events["kind"].str.endswith("patrol")
    military = events["kind"].isin([*ARMED_FORCES, THIRD_PARTY])
    return {
        "counted_all_joint": joint,
        "counted_bilateral": joint & (events["setting"] == "bilateral"),
        "counted_no_patrols": joint & ~patrol,
        "counted_no_sco": joint & ~sco(events),
        "counted_armed_forces": joint & military,
        "counted_core_military": joint & military & (events["kind"] != THIRD_PARTY),
    }


def sco(events: pd.DataFrame) -> pd.Series:
    """Tell the events of the Shanghai Cooperation Organisation.

    These are its anti-terror series and those editions of Peace Mission that were multilateral;
    the bilateral editions of Peace Mission (2005, 2009, 2013) are not.
    """
    mission = (events["series"] == "Peace Mission") & (events["setting"] == "multilateral")
    return events["series"].str.startswith("SCO ") | mission


def bounds(stated: pd.Series) -> pd.DataFrame:
    """Read numbers of forces as reviewed by hand into low, best and high.

    "646" is exact, "~4000" about that many, ">500" at least that many (high stays missing) and
    "9-10" a range, of which best is the middle, rounded down.

    Raises
    ------
    ValueError
        If a cell is written in any other way.

    Examples
    --------
    >>> bounds(pd.Series([">500", "9-10", ""])).to_numpy().tolist()
    [['500', '500', ''], ['9', '9', '10'], ['', '', '']]
    """
    parts = stated.str.extract(r"^(?P<sign>[~>]?)(?P<low>\d+)(?:-(?P<high>\d+))?$").fillna("")
    odd = stated[(stated != "") & (parts["low"] == "")]
    if len(odd):
        raise ValueError(f"{stated.name}: not a number of forces: {', '.join(odd)}")
    exact = parts["high"].where((parts["high"] != "") | (parts["sign"] == ">"), parts["low"])
    middle = (pd.to_numeric(parts["low"]) + pd.to_numeric(exact)) // 2
    best = parts["low"].where(middle.isna(), middle.astype("Int64").astype("string"))
    return pd.DataFrame({"low": parts["low"], "best": best.astype(object), "high": exact})


def words_found(texts: pd.Series, vocabulary: dict[str, str]) -> pd.Series:
    """List, joined by semicolons, the terms of a vocabulary whose pattern a text matches.

    Examples
    --------
    >>> words_found(pd.Series(["ASW and gunnery"]), {"sea": "gunnery", "undersea": "ASW"}).tolist()
    ['sea;undersea']
    """
    return texts.map(
        lambda text: ";".join(k for k, pattern in vocabulary.items() if re.search(pattern, text))
    )


def forces(raw: pd.DataFrame) -> pd.DataFrame:
    """Give the numbers of forces with their bounds, and whether any of them is an estimate."""
    columns = {}
    for quantity in QUANTITIES:
        read = bounds(raw[quantity])
        columns |= {quantity: read["best"], f"{quantity}_low": read["low"]}
        columns |= {f"{quantity}_high": read["high"]}
    stated = raw[QUANTITIES].agg("".join, axis=1)
    vague = stated.str.contains("[~>-]") | (raw["forces_basis"] == "named_units")
    return pd.DataFrame(columns).assign(is_estimate=true_false(vague.mask(stated == "")))


def features(raw: pd.DataFrame) -> pd.DataFrame:
    """Code features of each event from its collected text; false means that it is not stated."""
    command = (raw["form"] == "command-post") & (raw["kind"] == "exercise")
    text = raw[["domain", "kind", "activities", "forces"]].agg("; ".join, axis=1)
    coded = pd.DataFrame({"domains": words_found(text, DOMAIN_WORDS)})
    coded["has_live_fire"] = true_false(raw["activities"].str.contains(LIVE_FIRE))
    coded["has_command_post"] = true_false(raw["form"].isin(["command-post", "both"]))
    coded["has_joint_command"] = true_false(command | (raw["joint_command"] == "yes"))
    combined = (raw["domain"] == "combined") & (raw["kind"] == "exercise")
    coded["is_combined_arms"] = true_false(combined)
    coded["regions"] = words_found(raw["location"], REGION_WORDS)
    return coded


def exercises(raw: pd.DataFrame) -> pd.DataFrame:
    """Make the table of events: dates, counting rules, features and forces as columns."""
    raw = raw.assign(activities=raw["activities"].replace("not stated in text seen", ""))
    derived = {name: true_false(flags) for name, flags in counting_rules(raw).items()}
    plain = raw.assign(
        year=dates.year(raw["date_start"]),
        domain=raw["domain"].str.replace("-", "_"),
        form=raw["form"].str.replace("-", "_"),
        activities=raw["activities"].str.replace("; ", ";"),
        is_patrol=true_false(raw["kind"].str.endswith("patrol")),
        is_sco=true_false(sco(raw)),
        is_first_part=true_false(first_part(raw)),
        **derived,
    )
    coded = pd.concat([features(raw), forces(raw)], axis=1)
    return plain.drop(columns=["joint_command", *QUANTITIES]).join(coded)


def exercise_counts_reported(raw: pd.DataFrame) -> pd.DataFrame:
    """Make the table of counts that others published."""
    return raw.assign(
        counts_parts=yes_no(raw["counts_parts"]), is_secondary=yes_no(raw["is_secondary"])
    )


def joint_operations(raw: pd.DataFrame) -> pd.DataFrame:
    """Make the table of real operations looked at for forces of both countries."""
    clean = raw.assign(
        year=dates.year(raw["date_start"]),
        date_precision=raw["date_start"].str.len().map({4: "year", 7: "month", 10: "day"}),
        is_real_task=true_false(raw["real_task"] == "yes"),
        is_side_by_side=yes_no(raw["side_by_side"]),
        combat=raw["combat"].map({"no": "none", "yes (Russia)": "russia_only"}),
    )
    return clean.drop(columns=["real_task", "side_by_side"])


RECIPES = {
    "exercises": Recipe(exercises, ("exercises/exercises",)),
    "exercise_counts_reported": Recipe(
        exercise_counts_reported, ("exercises/exercise_counts_reported",)
    ),
    "joint_operations": Recipe(joint_operations, ("exercises/joint_operations",)),
}
