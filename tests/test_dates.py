import pandas as pd
import pytest

from helpers import dates

CUTS = ("2014-03-18", "2022-02-24")


def eras(*when):
    return dates.era(pd.Series(when), *CUTS).astype("object").tolist()


def test_a_date_belongs_to_the_era_that_begins_on_it():
    assert eras("2022-02-23", "2022-02-24") == ["2014 to 2021", "since 2022"]


def test_a_month_is_compared_by_its_first_day():
    assert eras("2022-02", "2022-03") == ["2014 to 2021", "since 2022"]


def test_a_bare_year_belongs_to_the_era_that_begins_in_it():
    assert eras("2013", "2014", "2022") == ["before 2014", "2014 to 2021", "since 2022"]


def test_bare_years_and_dates_can_stand_in_one_column():
    assert eras("2014", "2014-03-17") == ["2014 to 2021", "before 2014"]


def test_an_unknown_date_has_no_era():
    assert dates.era(pd.Series([None, "2020"]), *CUTS).isna().tolist() == [True, False]


def test_eras_are_ordered():
    found = dates.era(pd.Series([2023, 1999]), *CUTS)
    assert found.min() == "before 2014"


@pytest.mark.parametrize("window", ["2021:2019", "2019", "2019-2021", "", "a:b"])
def test_windows_out_of_form_are_refused(window):
    with pytest.raises(ValueError, match="2019:2021"):
        dates.years(window)


def test_last_day_of_a_leap_february():
    assert dates.last_day(pd.Series(["2024-02"])).dt.day.tolist() == [29]


def test_days_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="day is out of range"):
        dates.first_day(pd.Series(["2023-02-30"]))
