"""ISO dates that may be partial (2014, 2014-03 or 2014-03-18): years, days, quarters and eras.

A partial date is never filled up in a table. Where a day is needed for a comparison, the caller
says which one: the first or the last day that the date allows.
"""

import pandas as pd

from helpers.windows import years  # noqa: F401  (a date too; commands ask for it without pandas)

PARTIAL_DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"


def year(dates: pd.Series) -> pd.Series:
    """Give the year of each partial date as nullable integers.

    Examples
    --------
    >>> year(pd.Series(["2014-03-18", "2022", None])).tolist()
    [2014, 2022, <NA>]
    """
    return pd.to_numeric(dates.astype("string").str[:4]).astype("Int64")


def first_day(dates: pd.Series) -> pd.Series:
    """Give the first day that each partial date allows.

    Examples
    --------
    >>> first_day(pd.Series(["2014-03", "2022"])).dt.strftime("%Y-%m-%d").tolist()
    ['2014-03-01', '2022-01-01']
    """
    text = dates.astype("string")
    full = text + text.str.len().map({4: "-01-01", 7: "-01", 10: ""})
    return pd.to_datetime(full, format="%Y-%m-%d")


def last_day(dates: pd.Series) -> pd.Series:
    """Give the last day that each partial date allows.

    Examples
    --------
    >>> last_day(pd.Series(["2024-02", "2022"])).dt.strftime("%Y-%m-%d").tolist()
    ['2024-02-29', '2022-12-31']
    """
    length = dates.astype("string").str.len()
    days = first_day(dates)
    days = days.mask(length == 7, days + pd.offsets.MonthEnd(0))
    return days.mask(length == 4, days + pd.offsets.YearEnd(0))


def quarter(dates: pd.Series) -> pd.Series:
    """Give the quarter of each date, such as 2022Q1; missing when only the year is known.

    Examples
    --------
    >>> quarter(pd.Series(["2022-02-24", "2022-05", "2022"])).tolist()
    ['2022Q1', '2022Q2', nan]
    """
    quarters = first_day(dates).dt.to_period("Q").astype("str")
    return quarters.where(dates.astype("string").str.len() >= 7).astype("str")


def era_labels(cutoff_1: str, cutoff_2: str) -> list[str]:
    """Name the three eras that two cut-off dates make.

    Examples
    --------
    >>> era_labels("2014-03-18", "2022-02-24")
    ['before 2014', '2014 to 2021', 'since 2022']
    """
    first, second = int(cutoff_1[:4]), int(cutoff_2[:4])
    middle = f"{first} to {second - 1}" if second - 1 > first else str(first)
    return [f"before {first}", middle, f"since {second}"]


def era(when: pd.Series, cutoff_1: str, cutoff_2: str) -> pd.Series:
    """Sort dates or years into the three eras.

    Parameters
    ----------
    when
        Partial ISO dates, or whole years. A date is compared by its first day. A year, which has
        no day to compare, belongs to the era that begins in it: 2014 counts as after a cut-off
        in March 2014.
    cutoff_1, cutoff_2
        First day of the second and of the third era, as ISO dates.

    Returns
    -------
    pandas.Series
        Ordered categories named as in `era_labels`.

    Examples
    --------
    >>> era(pd.Series(["2014-03-17", "2014-03-18", "2023"]), "2014-03-18", "2022-02-24").tolist()
    ['before 2014', '2014 to 2021', 'since 2022']
    >>> era(pd.Series([2013, 2014, 2022]), "2014-03-18", "2022-02-24").tolist()
    ['before 2014', '2014 to 2021', 'since 2022']
    """
    labels = era_labels(cutoff_1, cutoff_2)
    if pd.api.types.is_numeric_dtype(when):
        place = when.astype("Int64")
        cuts = [int(cutoff_1[:4]), int(cutoff_2[:4])]
    else:
        place = first_day(when).mask(when.astype("string").str.len() == 4)
        cuts = [pd.Timestamp(cutoff_1), pd.Timestamp(cutoff_2)]
        only_year = when[when.astype("string").str.len() == 4]
        if len(only_year):
            known = era(year(only_year), cutoff_1, cutoff_2)
            place.loc[only_year.index] = known.map(
                {labels[0]: pd.Timestamp.min, labels[1]: cuts[0], labels[2]: cuts[1]}
            ).astype(place.dtype)
    number = (place >= cuts[0]).astype("Int64") + (place >= cuts[1]).astype("Int64")
    named = number.mask(place.isna()).map(dict(enumerate(labels)))
    return named.astype(pd.CategoricalDtype(labels, ordered=True))
