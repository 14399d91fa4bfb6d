"""Pressure on China: appeals, warnings and threats, and listings of its entities by authority.

Numbers of entities are listings, not firms; only rows marked additive are ever summed.
"""

import re

import pandas as pd

from helpers import dates
from helpers.choices import Choices, confident

# The years that were searched; nothing could be found before the invasion.
COVERED = (2022, 2025)
ACTORS = {
    "united_states": "United States",
    "european_union": "European Union",
    "eu_member_state": "EU member states",
    "ukraine": "Ukraine",
    "nato": "NATO",
}
TYPES = {
    "appeal": "appeals",
    "threat_or_warning": "warnings and threats",
    "accusation_or_demarche": "accusations and demarches",
}
ONE = {
    "appeals": "appeal",
    "warnings and threats": "warning or threat",
    "accusations and demarches": "accusation or demarche",
}
AUTHORITIES = {
    "USA": "United States",
    "EU": "European Union",
    "GBR": "United Kingdom",
    "UKR": "Ukraine",
    "JPN": "Japan",
}
CERTAINTY = {
    "exact": "as counted",
    "at_least": "floor",
    "at_most": "ceiling",
    "planned": "planned before adoption",
}
SEATS = {
    "n_mainland": "mainland",
    "n_hong_kong": "Hong Kong",
    "n_unseparated": "not told apart",
}


def years_covered(chosen: Choices) -> list[int]:
    """List the years of a run that were searched.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> years_covered(choose(end_year=2023))
    [2022, 2023]
    """
    first, last = max(chosen.start_year, COVERED[0]), min(chosen.end_year, COVERED[1])
    return list(range(first, last + 1))


def shown(frame: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Keep the rows of the years and the confidence of a run."""
    sure = confident(frame, chosen.min_confidence)
    return sure[sure["year"].isin(years_covered(chosen))]


def quarters(chosen: Choices) -> list[str]:
    """List the quarters of a run, from that of the second cut-off on, such as 2022Q1.

    Examples
    --------
    >>> from helpers.choices import choose
    >>> quarters(choose(end_year=2022))
    ['2022Q1', '2022Q2', '2022Q3', '2022Q4']
    """
    start = pd.Period(chosen.cutoff_2, "Q")
    every = [
        pd.Period(year=y, quarter=q, freq="Q") for y in years_covered(chosen) for q in range(1, 5)
    ]
    return [str(quarter) for quarter in every if quarter >= start]


def by_quarter(
    frame: pd.DataFrame, column: str, names: dict[str, str], wanted: list[str]
) -> pd.DataFrame:
    """Count rows by quarter and by the codes of a column, named in words.

    Rows of which only the year is known are in no quarter; `without_quarter` counts them.

    Parameters
    ----------
    frame
        Rows with `date`.
    column, names
        The column of codes and what to call them; the order of names is kept.
    wanted
        The quarters to show, those without rows included.
    """
    table = pd.crosstab(dates.quarter(frame["date"]), frame[column].map(names))
    return table.reindex(index=wanted, columns=list(names.values()), fill_value=0)


def quarter_words(quarter: str) -> str:
    """Write a quarter as one reads it.

    Examples
    --------
    >>> quarter_words("2022Q1")
    'first quarter of 2022'
    """
    ordinals = ("first", "second", "third", "fourth")
    return f"{ordinals[int(quarter[-1]) - 1]} quarter of {quarter[:4]}"


def without_quarter(frame: pd.DataFrame) -> int:
    """Count the rows whose quarter is not known."""
    return int(dates.quarter(frame["date"]).isna().sum())


def by_actor(outreach: pd.DataFrame) -> pd.DataFrame:
    """Count acts by actor (rows) and type (columns), in words, busiest actor first."""
    table = pd.crosstab(outreach["bloc"].map(ACTORS), outreach["type_group"].map(TYPES))
    table = table.reindex(columns=list(TYPES.values()), fill_value=0)
    return table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def leaders(counts: pd.Series) -> tuple[list[str], int, int]:
    """Give the names with the largest count, that count, and the sum; no names if all are zero.

    Examples
    --------
    >>> leaders(pd.Series({"Ukraine": 3, "NATO": 1}))
    (['Ukraine'], 3, 4)
    """
    most = int(counts.max()) if len(counts) else 0
    return list(counts.index[counts == most]) if most else [], most, int(counts.sum())


def spelled(grid: pd.DataFrame) -> str:
    """Write a grid of counts in words, row by row, leaving out zeros.

    Examples
    --------
    >>> spelled(pd.DataFrame({"appeals": [3, 0], "threats": [0, 7]}, index=["Ukraine", "NATO"]))
    'Ukraine: appeals 3; NATO: threats 7'
    """
    rows = {
        name: [f"{column} {count}" for column, count in row.items() if count]
        for name, row in grid.iterrows()
    }
    return "; ".join(f"{name}: {', '.join(cells) or 'none'}" for name, cells in rows.items())


def first_acts(outreach: pd.DataFrame, cutoff: str) -> pd.DataFrame:
    """Give each actor's first act since a day, and how many days after it came.

    Only acts whose day is known can be first.
    """
    known = outreach[(outreach["date_precision"] == "day") & (outreach["date"] >= cutoff)]
    first = known.sort_values(["date", "outreach_id"]).groupby("bloc", sort=False).head(1)
    days = (dates.first_day(first["date"]) - pd.Timestamp(cutoff)).dt.days
    named = first.assign(actor_name=first["bloc"].map(ACTORS), days=days.astype("int64"))
    return named.reset_index(drop=True)


def counted(sanctions: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Keep the rows that may be summed and add `n_counted` under a rule of jurisdiction.

    Parameters
    ----------
    sanctions
        The table of that name, or part of it.
    rule
        "chn_hkg" counts all entities; "chn" leaves out those known to be seated in Hong Kong.
        Where the sources do not tell the two apart, "chn" is an upper bound.
    """
    rows = sanctions[sanctions["is_additive"]]
    out = rows["n_hong_kong"].fillna(0) if rule == "chn" else 0
    return rows.assign(n_counted=(rows["n_entities"] - out).astype("int64"))


def rounds(listed: pd.DataFrame) -> pd.DataFrame:
    """Add up the listings of each authority and date: one row a round, in order of time."""
    keys = ["date", "authority"]
    found = listed.groupby(keys, as_index=False)["n_counted"].sum()
    day = dates.first_day(found["date"])
    return found.assign(day=day).sort_values(["day", "authority"]).reset_index(drop=True)


def cumulative(listed: pd.DataFrame) -> pd.DataFrame:
    """Add up listings over time by authority, one column each in words, indexed by day.

    Authorities without a listing are left out; before its first one an authority has zero.
    """
    made = rounds(listed)
    wide = made.pivot_table(index="day", columns="authority", values="n_counted", aggfunc="sum")
    order = [code for code in AUTHORITIES if code in wide]
    return wide[order].fillna(0).cumsum().rename(columns=AUTHORITIES)


def by_seat(listed: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Add up listings by authority (rows) and seat (columns), in words."""
    table = listed.groupby("authority")[list(SEATS)].sum().astype("int64")
    if rule == "chn":
        table = table.drop(columns="n_hong_kong")
    order = [code for code in AUTHORITIES if code in table.index]
    return table.loc[order].rename(index=AUTHORITIES, columns=SEATS)


def packages(sanctions: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Add up the listings of every EU package from the first that has one to the last.

    A package for which no listing was found is there with a missing number, not with zero.

    Returns
    -------
    pandas.DataFrame
        eu_package, date, n_counted, count_kinds.
    """
    listed = counted(sanctions[sanctions["eu_package"].notna()], rule)
    found = listed.groupby("eu_package").agg(
        date=("date", "first"),
        n_counted=("n_counted", "sum"),
        count_kinds=("count_kind", lambda kinds: ", ".join(sorted(set(kinds)))),
    )
    if found.empty:
        return pd.DataFrame(columns=["eu_package", "date", "n_counted", "count_kinds"])
    every = range(int(found.index.min()), int(found.index.max()) + 1)
    whole = found.reindex(every).rename_axis("eu_package").reset_index()
    return whole.assign(n_counted=whole["n_counted"].astype("Int64"))


def stated_packages(claims: pd.DataFrame) -> pd.DataFrame:
    """Read from the ledger what the article states of EU packages (DIP-054 to DIP-057).

    Returns
    -------
    pandas.DataFrame
        eu_package, is_named (as one that listed Chinese firms), n_stated (missing when the
        article gives no number); packages that the article does not speak of are left out.
    """
    ledger = claims.set_index("claim_id")
    named = [int(n) for n in re.findall(r"\b\d{2}\b", ledger.at["DIP-054", "paraphrase"])]
    (absent,) = re.findall(r"\b(\d{2})th\b", ledger.at["DIP-055", "paraphrase"])
    latest = int(ledger.at["DIP-057", "expected"])
    numbers = {
        int(absent): ledger.at["DIP-055", "expected"],
        latest: ledger.at["DIP-056", "expected"],
    }
    every = sorted({*named, int(absent)})
    return pd.DataFrame(
        {
            "eu_package": every,
            "is_named": [n in named for n in every],
            "n_stated": pd.array([numbers.get(n, pd.NA) for n in every], dtype="Float64"),
        }
    )


def packages_compared(sanctions: pd.DataFrame, claims: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Put the listings found beside what the article states, package by package.

    Returns
    -------
    pandas.DataFrame
        Columns of `packages` and `stated_packages`, and in words `certainty` (what kind of number
        was found; missing where none was) and `outcome`.
    """
    both = packages(sanctions, rule).merge(stated_packages(claims), on="eu_package", how="outer")
    found = both["n_counted"].fillna(0) > 0
    named = both["is_named"].astype("boolean")
    outcome = pd.Series("not in the article, listings counted", index=both.index)
    outcome = outcome.mask((named & found).fillna(False), "named, and listings counted")
    outcome = outcome.mask((named & ~found).fillna(False), "named, but none counted")
    outcome = outcome.mask((~named & found).fillna(False), "left out, but listings counted")
    outcome = outcome.mask((~named & ~found).fillna(False), "left out, and none counted")
    outcome = outcome.mask(named.isna() & ~found, "not in the article, none counted")
    return both.assign(certainty=both["count_kinds"].map(_certainty), outcome=outcome)


def _certainty(kinds: object) -> object:
    """Write kinds of numbers, joined by commas, in words."""
    return ", ".join(CERTAINTY[kind] for kind in kinds.split(", ")) if pd.notna(kinds) else pd.NA


def second_counts(sanctions: pd.DataFrame) -> pd.DataFrame:
    """Find the rounds of which there is a second count that must not be added.

    Returns
    -------
    pandas.DataFrame
        date, authority, n_summed (the count that is summed), n_other (the largest other),
        basis_other (what the other counts), source_id.
    """
    summed = sanctions[sanctions["is_additive"]].groupby(["date", "authority"])["n_entities"].sum()
    other = sanctions[~sanctions["is_additive"] & sanctions["n_entities"].notna()]
    other = other[other["count_kind"] != "approximate"]  # totals of several years
    largest = other.sort_values("n_entities").groupby(["date", "authority"]).tail(1)
    pairs = largest.merge(summed.rename("n_summed").reset_index(), on=["date", "authority"])
    renamed = pairs.rename(columns={"n_entities": "n_other", "count_basis": "basis_other"})
    columns = ["date", "authority", "n_summed", "n_other", "basis_other", "source_id"]
    return renamed[columns].sort_values("date").reset_index(drop=True)


def by_certainty(listed: pd.DataFrame) -> pd.DataFrame:
    """Add up listings by authority (rows) and by what kind of number they are (columns)."""
    table = listed.pivot_table(
        index="authority", columns="count_kind", values="n_counted", aggfunc="sum", fill_value=0
    )
    order = [code for code in AUTHORITIES if code in table.index]
    table = table.reindex(columns=list(CERTAINTY), fill_value=0).loc[order].astype("int64")
    return table.rename(index=AUTHORITIES, columns=CERTAINTY)


def recorded(sanctions: pd.DataFrame, claims: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Put the article's numbers on listings beside what the table records in their period.

    The whole table is used: a claim has its own period, whatever years a run shows.

    Returns
    -------
    pandas.DataFrame
        claim_id, paraphrase, operator, expected, n_recorded.
    """
    listed = counted(sanctions, rule)
    listed = listed[listed["n_counted"] > 0]
    usa = listed[listed["authority"] == "USA"]
    until = dates.last_day(claims.loc[claims["claim_id"] == "DIP-057", "period_end"]).iloc[0]
    before = dates.first_day(listed["date"]) <= until
    packages_stated = stated_packages(claims)
    absent = packages_stated.loc[~packages_stated["is_named"], "eu_package"]
    found = {
        "DIP-049": usa["n_counted"].sum(),
        "DIP-050": usa["date"].nunique(),
        "DIP-053": listed.loc[_bears_on(listed, "DIP-053"), "n_counted"].sum(),
        "DIP-054": listed.loc[_bears_on(listed, "DIP-054"), "eu_package"].nunique(),
        "DIP-055": listed.loc[listed["eu_package"].isin(absent), "n_counted"].sum(),
        "DIP-056": listed.loc[_bears_on(listed, "DIP-056"), "n_counted"].sum(),
        "DIP-057": listed.loc[before, "eu_package"].max(),
        "DIP-058": listed.loc[_bears_on(listed, "DIP-058"), "n_counted"].sum(),
    }
    rows = claims[claims["claim_id"].isin(list(found))]
    columns = ["claim_id", "paraphrase", "operator", "expected"]
    return rows[columns].assign(n_recorded=rows["claim_id"].map(found).astype("int64"))


def _bears_on(frame: pd.DataFrame, claim: str) -> pd.Series:
    """Mark the rows that name a claim."""
    return frame["claim_ids"].fillna("").str.split(";").map(lambda ids: claim in ids)
