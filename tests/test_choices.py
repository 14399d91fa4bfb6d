from typing import get_args

import pandas as pd
import pytest

from helpers import choices


def test_all_offenders_are_named_at_once():
    with pytest.raises(ValueError) as error:
        choices.choose(end_year=2031, year_rule="guess", nonsense=1)
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "end_year",
        "year_rule",
        "nonsense",
    ]


def test_the_error_says_what_is_allowed():
    with pytest.raises(ValueError, match="delivery or order"):
        choices.choose(year_rule="guess")


@pytest.mark.parametrize(
    "day", ["2014-3-18", "1940-01-01", "2031-01-01", "2014-02-30", "18.3.2014", "20140318", ""]
)
def test_days_out_of_form_are_refused(day):
    with pytest.raises(ValueError, match="a day that exists"):
        choices.choose(cutoff_1=day)


@pytest.mark.parametrize("number", ["2021", 2021.0, True])
def test_types_are_not_guessed(number):
    with pytest.raises(ValueError, match="end_year"):
        choices.choose(end_year=number)


def test_years_and_cutoffs_must_be_in_order():
    with pytest.raises(ValueError, match="start_year .* end_year"):
        choices.choose(start_year=2020, end_year=2010)
    with pytest.raises(ValueError, match="cutoff_1"):
        choices.choose(cutoff_1="2023-01-01", cutoff_2="2022-01-01")


def test_a_choice_that_was_not_asked_for_binds_nothing():
    assert choices.choose(cutoff_2="2000-01-01").cutoff_2 == "2000-01-01"


@pytest.mark.parametrize("later", ["2021:2024", "2019:2021", "1999:2001"])
def test_windows_must_not_overlap(later):
    with pytest.raises(ValueError, match="counted on both sides"):
        choices.choose(window_1="2019:2021", window_2=later)


@pytest.mark.parametrize("window", ["1000:1001", "2022:2031"])
def test_windows_lie_in_the_years_covered(window):
    with pytest.raises(ValueError, match="from 1950 to 2030"):
        choices.choose(window_1=window)


def test_choices_cannot_be_changed_afterwards():
    chosen = choices.choose()
    with pytest.raises(ValueError, match="frozen"):
        chosen.end_year = 2000


@pytest.mark.parametrize("name", choices.Choices.model_fields)
def test_every_choice_can_be_described(name):
    assert choices.describe(name)
    assert choices.allowed(name)
    assert choices.choose(**{name: choices.default(name)}) == choices.choose()


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("end_year", "2021", 2021),
        ("count_calls", "true", True),
        ("count_calls", "True", "True"),
        ("cutoff_1", "2014-01-01", "2014-01-01"),
        ("year_rule", "true", "true"),
    ],
)
def test_command_line_text_is_read_by_the_type_of_the_choice(name, text, read):
    assert choices.parse(name, text) == read


def test_confident_keeps_at_least():
    frame = pd.DataFrame({"confidence": ["low", "medium", "high"]})
    assert choices.confident(frame, "medium")["confidence"].tolist() == ["medium", "high"]


@pytest.mark.parametrize("name", choices.Choices.model_fields)
def test_every_code_of_a_setting_has_words_of_its_own(name):
    field = choices.Choices.model_fields[name]
    codes = list(get_args(field.annotation)) or ([False, True] if field.annotation is bool else [])
    assert set(choices.SETTINGS.get(name, {})) == set(codes)
    words = [choices.in_words(name, code) for code in codes]
    assert len(set(words)) == len(codes)
    assert not any("_" in text for text in words)


@pytest.mark.parametrize("name", [*choices.NAMES, *choices.PATTERNS, *choices.PARTIES])
def test_words_are_of_choices_that_there_are(name):
    assert name in choices.Choices.model_fields
    assert "_" not in choices.named(name)
