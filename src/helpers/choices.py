"""The analytic choices that could defensibly be made otherwise: one model for all notebooks.

Notebook parameters, `nolimits parameters` and `nolimits rerun` are drawn from `Choices`; a
notebook's parameters cell repeats the defaults and the descriptions, and a test compares them.
"""

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers import at_hand, windows

if TYPE_CHECKING:
    import pandas as pd

# Parameters are validated before anything heavy is imported, so nothing here needs pandas.

CONFIDENCE = ["low", "medium", "high"]


def _iso_day(text: str) -> str:
    """Accept a whole ISO date of the years covered only."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"{text!r} is not a day")
    if not FIRST_YEAR <= date.fromisoformat(text).year <= LAST_YEAR:
        raise ValueError(f"{text!r} lies outside the years covered")
    return text


def _window(text: str) -> str:
    """Accept a window of the years covered only."""
    first, last = windows.years(text)
    if first < FIRST_YEAR or last > LAST_YEAR:
        raise ValueError(f"{text!r} lies outside the years covered")
    return text


def _release(text: str) -> str:
    """Accept a release of the SIPRI database that is at hand only."""
    if text not in at_hand.releases():
        raise ValueError(f"{text!r} is not at hand")
    return text


def _party(text: str) -> str:
    """Accept the code of a country, historic state or group only."""
    if text not in at_hand.countries(at_hand.folder()):
        raise ValueError(f"{text!r} is no known code")
    return text


# SIPRI's records begin in 1950; the last year leaves room for releases to come.
FIRST_YEAR, LAST_YEAR = 1950, 2030
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Day = Annotated[
    str,
    AfterValidator(_iso_day),
    Field(
        json_schema_extra={
            "allowed": f"a day that exists, from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, "
            "such as 2014-03-18"
        }
    ),
]
Window = Annotated[
    str,
    AfterValidator(_window),
    Field(
        json_schema_extra={
            "allowed": f"two years in order, from {FIRST_YEAR} to {LAST_YEAR}, such as 2019:2021"
        }
    ),
]
Party = Annotated[
    str,
    AfterValidator(_party),
    Field(
        json_schema_extra={
            "allowed": "the code of a country, such as RUS, CHN or IND (data/clean/countries.csv)"
        }
    ),
]
Release = Annotated[str, AfterValidator(_release), Field(json_schema_extra={"allowed": ""})]


class Choices(BaseModel):
    """Every analytic choice, its default and what it may be."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start_year: Year = Field(1992, description="first year shown")
    end_year: Year = Field(2024, description="last year shown")
    cutoff_1: Day = Field("2014-03-18", description="first day of the second era")
    cutoff_2: Day = Field("2022-02-24", description="first day of the third era")
    window_1: Window = Field("2019:2021", description="earlier years compared")
    window_2: Window = Field("2022:2024", description="later years compared")
    min_confidence: Literal["low", "medium", "high"] = Field(
        "low", description="least confidence a row must have"
    )
    supplier: Party = Field("RUS", description="state whose arms exports are looked at")
    recipient: Party = Field("CHN", description="state whose arms imports are looked at")
    join_historic: bool = Field(
        False, description="count historic states, such as the Soviet Union, with their successor"
    )
    sipri_release: Release = Field("2025-03", description="release of the SIPRI database")
    year_rule: Literal["delivery", "order"] = Field(
        "delivery", description="count weapons in the year of delivery or of order"
    )
    include_licensed: bool = Field(False, description="count weapons built under licence")
    include_components: bool = Field(True, description="count engines and other components")
    window_length: int = Field(5, ge=1, le=15, description="years in a running mean")
    counting_rule: Literal[
        "all_joint", "bilateral", "no_patrols", "no_sco", "armed_forces", "core_military"
    ] = Field("all_joint", description="which joint events count as exercises")
    count_virtual: bool = Field(True, description="count meetings held by video")
    count_calls: bool = Field(False, description="count calls, by telephone or video, as meetings")
    rank_min: Literal["official", "deputy_minister", "chief_of_staff", "minister"] = Field(
        "minister", description="lowest rank whose meetings count"
    )
    exporter: Party = Field("CHN", description="state whose exports of goods are looked at")
    importer: Party = Field("RUS", description="state whose imports of goods are looked at")
    baseline: Literal["china_reported", "baci"] = Field(
        "china_reported", description="dataset that trade is read from"
    )
    hs_list: Literal["chpl50", "tier1_2", "semiconductors"] = Field(
        "chpl50", description="list of goods taken for dual-use"
    )
    base_year: int = Field(2021, ge=2017, le=2022, description="year that trade is compared with")
    rubric_weights: Literal["equal", "themes", "obligation", "practice", "deep"] = Field(
        "equal", description="weights of the alliance indicators"
    )
    min_grade: Literal["A", "B", "C"] = Field("C", description="least grade of evidence counted")
    jurisdiction_rule: Literal["chn", "chn_hkg"] = Field(
        "chn_hkg", description="count the mainland only or Hong Kong too"
    )
    tolerance: Literal["none", "ledger", "double"] = Field(
        "ledger", description="how far a number may miss a claim, by the ledger's tolerance"
    )
    reading: Literal["default", "loose", "strict"] = Field(
        "default", description="how words such as several or dozens are read as numbers"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Choices":
        """Hold together what was given together; a choice that was not asked for binds nothing."""
        wrong = [
            f"{low} ({getattr(self, low)}) must not come after {high} ({getattr(self, high)})"
            for low, high in [("start_year", "end_year"), ("cutoff_1", "cutoff_2")]
            if {low, high} <= self.model_fields_set and getattr(self, low) > getattr(self, high)
        ]
        wrong += [
            f"{one} and {other} must not be the same ({getattr(self, one)})"
            for one, other in [("supplier", "recipient"), ("exporter", "importer")]
            if {one, other} <= self.model_fields_set and getattr(self, one) == getattr(self, other)
        ]
        both = {"window_1", "window_2"} <= self.model_fields_set
        if both and windows.years(self.window_1)[1] >= windows.years(self.window_2)[0]:
            wrong.append(
                f"window_1 ({self.window_1}) must end before window_2 ({self.window_2}) begins, "
                "or years would be counted on both sides"
            )
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def allowed(name: str) -> str:
    """Say in words what a choice may be.

    Examples
    --------
    >>> allowed("window_length")
    'a whole number from 1 to 15'
    >>> allowed("year_rule")
    'delivery or order'
    """
    field = Choices.model_fields[name]
    if name == "sipri_release":
        return " or ".join(at_hand.releases())
    if get_origin(field.annotation) is Literal:
        return " or ".join(get_args(field.annotation))
    if field.annotation is bool:
        return "true or false"
    if isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra["allowed"])
    bounds = {
        key: getattr(m, key) for m in field.metadata for key in ("ge", "le") if hasattr(m, key)
    }
    return f"a whole number from {bounds['ge']} to {bounds['le']}"


def choose(**parameters: object) -> Choices:
    """Make the choices of one run from its parameters.

    Parameters
    ----------
    **parameters
        Any fields of `Choices`; the others keep their defaults.

    Raises
    ------
    ValueError
        Naming every unknown name and every value out of range, with what is allowed.

    Examples
    --------
    >>> choose(end_year=2021).end_year
    2021
    >>> choose(end_year=2031)
    Traceback (most recent call last):
    ...
    ValueError: end_year: 2031 is not allowed; it may be a whole number from 1950 to 2030
    """
    try:
        return Choices(**parameters)
    except ValidationError as error:
        raise ValueError("\n".join(_complaint(e) for e in error.errors())) from None


def _complaint(error: dict) -> str:
    """Turn one of pydantic's errors into a sentence."""
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    name = error["loc"][0]
    if error["type"] == "extra_forbidden":
        return f"{name}: no such choice; there are {', '.join(Choices.model_fields)}"
    return f"{name}: {error['input']!r} is not allowed; it may be {allowed(name)}"


def parse(name: str, text: str) -> object:
    """Read the value of a choice from the command line.

    Booleans and whole numbers are read as JSON; everything else stays the text it is.

    Examples
    --------
    >>> parse("end_year", "2021"), parse("count_calls", "true"), parse("cutoff_1", "2014-01-01")
    (2021, True, '2014-01-01')
    """
    if name in Choices.model_fields and Choices.model_fields[name].annotation in (int, bool):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):  # also numbers too long to read, and endless brackets
            return text
    return text


def type_name(name: str) -> str:
    """Name the type of a choice as in a notebook's parameters cell.

    Examples
    --------
    >>> type_name("end_year"), type_name("year_rule"), type_name("count_calls")
    ('int', 'str', 'bool')
    """
    return type(default(name)).__name__


def default(name: str) -> object:
    """Give the default of a choice."""
    return Choices.model_fields[name].default


def describe(name: str) -> str:
    """Give the help text of a choice."""
    return Choices.model_fields[name].description


# Choices that are codes of states.
PARTIES = ("supplier", "recipient", "exporter", "importer")
# What a choice is about, as a noun.
NAMES = {
    "cutoff_1": "start of the second era",
    "cutoff_2": "start of the third era",
    "window_1": "earlier years",
    "window_2": "later years",
    "min_confidence": "least confidence",
    "join_historic": "historic states",
    "sipri_release": "SIPRI release",
    "year_rule": "year of delivery or order",
    "include_licensed": "weapons built under licence",
    "include_components": "engines and components",
    "counting_rule": "rule for counting exercises",
    "count_virtual": "meetings by video",
    "count_calls": "calls",
    "rank_min": "lowest rank of meetings",
    "baseline": "trade dataset",
    "hs_list": "list of dual-use goods",
    "base_year": "base year of trade",
    "rubric_weights": "weights of the indicators",
    "min_grade": "least grade of evidence",
    "jurisdiction_rule": "Hong Kong",
    "tolerance": "tolerance",
    "reading": "reading of the words",
}
# What each setting of a choice comes to, as words that can stand after "with".
SETTINGS: dict[str, dict[object, str]] = {
    "min_confidence": {
        "low": "rows of any confidence",
        "medium": "rows of medium and high confidence only",
        "high": "rows of high confidence only",
    },
    "join_historic": {
        False: "historic states apart",
        True: "historic states added to their successors",
    },
    "year_rule": {
        "delivery": "weapons counted in the year of delivery",
        "order": "weapons counted in the year of order",
    },
    "include_licensed": {
        False: "no weapons built under licence",
        True: "weapons built under licence counted",
    },
    "include_components": {
        True: "engines and other components counted",
        False: "no engines or other components",
    },
    "counting_rule": {
        "all_joint": "all joint events",
        "bilateral": "events of China and Russia alone",
        "no_patrols": "joint events other than patrols",
        "no_sco": "joint events other than those of the SCO",
        "armed_forces": "events of the armed forces only",
        "core_military": "only events that the armed forces lead",
    },
    "count_virtual": {True: "meetings by video counted", False: "no meetings by video"},
    "count_calls": {False: "no calls", True: "calls counted as meetings"},
    "rank_min": {
        "minister": "meetings of ministers and above only",
        "chief_of_staff": "meetings from chiefs of staff upwards",
        "deputy_minister": "meetings from deputy ministers upwards",
        "official": "meetings of all ranks",
    },
    "baseline": {
        "china_reported": "trade as China reports it",
        "baci": "trade as BACI estimates it",
    },
    "hs_list": {
        "chpl50": "all high-priority goods",
        "tier1_2": "high-priority goods of tiers 1 and 2 only",
        "semiconductors": "semiconductor devices and integrated circuits only",
    },
    "rubric_weights": {
        "equal": "the same weight for every indicator",
        "themes": "the same weight for every theme",
        "obligation": "half the weight on treaty texts",
        "practice": "half the weight on what is done together",
        "deep": "half the weight on bases, command and troops",
    },
    "min_grade": {
        "C": "evidence of any grade",
        "B": "evidence of grades A and B only",
        "A": "evidence of grade A only",
    },
    "jurisdiction_rule": {
        "chn_hkg": "Hong Kong counted with the mainland",
        "chn": "the mainland only",
    },
    "tolerance": {
        "ledger": "the tolerance of the ledger",
        "none": "no tolerance",
        "double": "twice the tolerance",
    },
    "reading": {
        "default": "the words read as usual",
        "loose": "the words read loosely",
        "strict": "the words read strictly",
    },
}
# The same for settings that are dates, years or releases.
PATTERNS = {
    "cutoff_1": "the second era from {}",
    "cutoff_2": "the third era from {}",
    "window_1": "{} as the earlier years",
    "window_2": "{} as the later years",
    "sipri_release": "the SIPRI release of {}",
    "base_year": "{} as the base year",
}


def named(name: str) -> str:
    """Say in a few words what a choice is about.

    Examples
    --------
    >>> named("hs_list"), named("start_year")
    ('list of dual-use goods', 'start year')
    """
    return NAMES.get(name, name.replace("_", " "))


def in_words(name: str, setting: object) -> str:
    """Say what a setting of a choice comes to, as words that can stand after "with".

    Examples
    --------
    >>> in_words("counting_rule", "no_sco"), in_words("window_1", "2018:2019")
    ('joint events other than those of the SCO', '2018–2019 as the earlier years')
    >>> in_words("end_year", 2021)
    'end year 2021'
    """
    if name in SETTINGS:
        return SETTINGS[name][setting]
    pattern = PATTERNS.get(name, f"{named(name)} {{}}")
    return pattern.format(str(setting).replace(":", "–"))


def meaning(name: str, setting: object) -> str:
    """Say what the code of a setting means; nothing for what speaks for itself, as a year does.

    Examples
    --------
    >>> meaning("baseline", "baci"), meaning("supplier", "RUS"), meaning("end_year", 2024)
    ('trade as BACI estimates it', 'Russia', '')
    """
    if name in PARTIES:
        return at_hand.countries(at_hand.folder()).get(setting, "")
    return SETTINGS.get(name, {}).get(setting, "")


def confident(frame: "pd.DataFrame", min_confidence: str) -> "pd.DataFrame":
    """Keep the rows whose `confidence` is at least the given one.

    Examples
    --------
    >>> import pandas as pd
    >>> confident(pd.DataFrame({"confidence": ["low", "high"]}), "medium")["confidence"].tolist()
    ['high']
    """
    enough = CONFIDENCE[CONFIDENCE.index(min_confidence) :]
    return frame[frame["confidence"].isin(enough)]
