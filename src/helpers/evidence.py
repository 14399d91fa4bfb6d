"""What evidence the tables hold: rows, years, confidence, second sources, main series, events.

Frames come from `tables.load`; nothing here knows a number that is not in them.
"""

import pandas as pd

from helpers import arms, dates, stats
from helpers.choices import Choices, confident

# Tables that order the others and are no evidence themselves.
REGISTERS = (
    "claims", "conflicts", "conflict_measures", "countries", "country_codes", "sources",
    "hs_codes", "alliance_rubric", "alliance_second_coding",
)  # fmt: skip

# The first of these that a table has says in which year its rows fall.
TIMES = ("year", "date", "date_start", "date_announced", "month", "period_start", "order_year",
         "china_first_year", "first_seen_year_low", "first_seen")  # fmt: skip

# One claim for each main thesis of the two articles, in the order in which they argue.
THESES = ("CEPA-002", "CEPA-003", "CEPA-088", "CEPA-112", "CEPA-230", "CEPA-197", "CEPA-282",
          "DIP-036", "DIP-008", "DIP-070", "DIP-091", "DIP-095", "DIP-102")  # fmt: skip

ARTICLES = {"cepa-2025": "CEPA", "diplomat-2025": "The Diplomat"}
SERIES = {
    "tiv": "Russian arms deliveries to China (million TIV)",
    "exercises": "Joint exercises and patrols (events)",
    "meetings": "Defence and security meetings (contacts)",
    "agreements": "Agreements and statements (documents)",
    "chpl": "High-priority goods, China to Russia (million USD)",
}
COUNTS = ("exercises", "meetings", "agreements")
SHORT = {
    "tiv": "Russian arms deliveries",
    "exercises": "joint exercises",
    "meetings": "meetings",
    "agreements": "agreements",
}
UNITS = {"tiv": " million TIV", "exercises": "", "meetings": "", "agreements": ""}
SECTIONS = {
    "arms_trade": "arms trade",
    "tech_import": "technology imports",
    "dual_use": "dual-use goods",
    "heavy_weapons": "heavy weapons",
    "arctic": "the Arctic",
    "greyzone": "the grey zone",
}
TESTS = {
    "computable": "computed",
    "codable": "coded by rule",
    "citable": "cited only",
    "untestable": "no test",
}
SCOPES = {
    "between_articles": "Where the two articles contradict each other",
    "within_cepa": "Where CEPA contradicts itself",
    "within_diplomat": "Where The Diplomat contradicts itself",
    "definition": "What turns on a definition",
    "suspected_slip": "What looks like a slip of fact",
    "forecast": "What is forecast",
}


def row_years(frame: pd.DataFrame) -> pd.Series:
    """Give the year of each row, missing where it has none.

    Examples
    --------
    >>> row_years(pd.DataFrame({"date": ["2014-03-18", "2022"]})).tolist()
    [2014, 2022]
    """
    for column in TIMES:
        if column in frame:
            return dates.year(frame[column].astype("string"))
    return pd.Series(pd.NA, index=frame.index, dtype="Int64")


def selected(frame: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Keep the rows of the chosen years that are confident enough, deals of the chosen release.

    Rows without a year stay, and so do tables whose rows carry no confidence.
    """
    if {"deal_id", "designation", "release"} <= set(frame):
        frame = arms.deals_at(frame, chosen.sipri_release)
    years = row_years(frame)
    kept = frame[years.isna() | years.between(chosen.start_year, chosen.end_year)]
    return confident(kept, chosen.min_confidence) if "confidence" in frame else kept


def overview(
    frames: dict[str, pd.DataFrame], sources: pd.DataFrame, chosen: Choices
) -> pd.DataFrame:
    """Sum up each table: how much it holds, of which years, and how well it is sourced.

    Parameters
    ----------
    frames
        Tables by name.
    sources
        The table of sources, for the publishers.
    chosen
        Years and least confidence of the rows counted.

    Returns
    -------
    pandas.DataFrame
        Columns `table`, `rows` (all), `selected_rows`, `dated_rows`, `first_year`, `last_year`,
        `high_pct`, `medium_pct`, `low_pct` (of the selected rows; missing where a table has no
        confidence), `two_sources_pct` (rows with pages of two publishers; missing where a table
        has no second source) and `publishers`.
    """
    return pd.DataFrame([_summary(n, f, sources, chosen) for n, f in frames.items()])


def _summary(name: str, frame: pd.DataFrame, sources: pd.DataFrame, chosen: Choices) -> dict:
    """Sum up one table."""
    rows = selected(frame, chosen)
    years = row_years(rows)
    publisher = sources.set_index("source_id")["publisher"]
    first = rows["source_id"].map(publisher)
    found = {
        "table": name,
        "rows": len(frame),
        "selected_rows": len(rows),
        "dated_rows": int(years.notna().sum()),
        "first_year": years.min(),
        "last_year": years.max(),
        "two_sources_pct": float("nan"),
        "publishers": first.nunique(),
    }
    for level in ("high", "medium", "low"):
        rated = "confidence" in rows and len(rows) > 0
        part = (rows["confidence"] == level).mean() if rated else float("nan")
        found[f"{level}_pct"] = 100 * part
    if "source_id_2" in rows and len(rows):
        second = rows["source_id_2"].map(publisher)
        found["two_sources_pct"] = 100 * (second.notna() & (second != first)).mean()
    return found


def rows_by_year(frames: dict[str, pd.DataFrame], chosen: Choices) -> pd.DataFrame:
    """Count the selected rows of each table by year: tables down, years across, zero for none."""
    span = range(chosen.start_year, chosen.end_year + 1)
    counts = {
        name: row_years(selected(frame, chosen)).value_counts() for name, frame in frames.items()
    }
    return pd.DataFrame(counts).T.reindex(columns=span).fillna(0).astype(int)


def tiv_series(arms_tiv: pd.DataFrame, release: str) -> pd.Series:
    """Give the yearly TIV from Russia to China in one release (million TIV).

    SIPRI's own table is preferred to sums of the register, and these to a mirror.
    """
    pair = arms_tiv[
        (arms_tiv["supplier"] == "RUS")
        & (arms_tiv["recipient"] == "CHN")
        & (arms_tiv["release"] == release)
    ]
    best = {"official_table": 0, "register_sum": 1, "mirror_sum": 2}
    ranked = pair.assign(rank=pair["basis"].map(best)).sort_values(["year", "rank"])
    return ranked.drop_duplicates("year").set_index("year")["tiv_mn"]


def count_series(frame: pd.DataFrame, counted: pd.Series, min_confidence: str) -> pd.Series:
    """Count events by year, from the first to the last year that the table covers.

    Parameters
    ----------
    frame
        Events with `year` and `confidence`; its years, whatever the confidence of their rows,
        are the years covered, and a covered year without events counts zero.
    counted
        Which rows count.
    min_confidence
        Least confidence of a counted row.
    """
    covered = range(int(frame["year"].min()), int(frame["year"].max()) + 1)
    kept = confident(frame[counted.fillna(False).astype(bool)], min_confidence)
    return kept["year"].value_counts().reindex(covered, fill_value=0).astype("Int64")


def chpl_series(trade_annual: pd.DataFrame) -> pd.Series:
    """Give China's yearly exports of high-priority goods to Russia (million USD, BACI).

    To 2021 the dataset blends Russian reports with China's, from 2022 it holds China's alone;
    the two stretches cannot be compared.
    """
    goods = trade_annual[
        (trade_annual["exporter"] == "CHN")
        & (trade_annual["importer"] == "RUS")
        & (trade_annual["dataset"] == "baci")
        & (trade_annual["product"] == "chpl")
    ]
    return goods.set_index("year")["value_usd"] / 1e6


def main_series(frames: dict[str, pd.DataFrame], chosen: Choices) -> pd.DataFrame:
    """Put the five main series on one axis of years; missing where a table does not cover."""
    least = chosen.min_confidence
    exercises, meetings = frames["exercises"], frames["meetings"]
    agreements = frames["agreements"]
    every = pd.Series(True, index=agreements.index)
    series = {
        "tiv": tiv_series(frames["arms_tiv"], chosen.sipri_release),
        "exercises": count_series(exercises, exercises["counted_all_joint"], least),
        "meetings": count_series(meetings, meetings["is_core"], least),
        "agreements": count_series(agreements, every, least),
        "chpl": chpl_series(frames["trade_annual"]),
    }
    span = range(chosen.start_year, chosen.end_year + 1)
    wide = {name: years.astype("float64").reindex(span) for name, years in series.items()}
    return pd.DataFrame(wide).rename_axis("year")


def era_means(series: pd.DataFrame, chosen: Choices) -> pd.DataFrame:
    """Average each series by era; counts with their exact Poisson interval.

    Returns
    -------
    pandas.DataFrame
        Columns `series`, `era`, `years` (covered), `mean`, `low`, `high`; the interval is
        missing for measures that are no counts, the mean where no year is covered.
    """
    years = pd.Series(series.index, index=series.index)
    eras = dates.era(years, chosen.cutoff_1, chosen.cutoff_2)
    found = []
    for name in series:
        for era, values in series[name].groupby(eras, observed=False):
            known = values.dropna()
            mean = stats.Estimate(known.mean(), float("nan"), float("nan"))
            if name in COUNTS and len(known):
                mean = stats.poisson_rate(int(known.sum()), len(known))
            found.append({"series": name, "era": era, "years": len(known), "mean": mean.value,
                          "low": mean.low, "high": mean.high})  # fmt: skip
    return pd.DataFrame(found)


def contrast(means: pd.DataFrame) -> pd.DataFrame:
    """Set the last era of each series against its first, of those with data.

    High-priority goods are left out, because their dataset changes its reporters between the
    eras; so is a series that is covered in one era only.

    Returns
    -------
    pandas.DataFrame
        Columns `series`, `first_era`, `first_years` (covered), `first_mean`, `last_era`,
        `last_years`, `last_mean` and `verb` (rose, fell or stayed).
    """
    found = []
    for name in SHORT:
        known = means[(means["series"] == name) & (means["years"] > 0)]
        if len(known) < 2:
            continue
        first, last = known.iloc[0], known.iloc[-1]
        gap = last["mean"] - first["mean"]
        found.append(
            {"series": name, "first_era": first["era"], "first_years": first["years"],
             "first_mean": first["mean"], "last_era": last["era"], "last_years": last["years"],
             "last_mean": last["mean"],
             "verb": "rose" if gap > 0 else "fell" if gap < 0 else "stayed"}
        )  # fmt: skip
    columns = ["series", "first_era", "first_years", "first_mean", "last_era", "last_years",
               "last_mean", "verb"]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def era_ratios(means: pd.DataFrame) -> pd.DataFrame:
    """Compare the rate of each count in its last era with data to that in its first.

    Parameters
    ----------
    means
        As `era_means` gives them.

    Returns
    -------
    pandas.DataFrame
        Columns `series`, `ratio`, `low`, `high` (exact conditional interval) and `differs`: the
        interval leaves out one. A count that is covered in one era only, or that never
        happened, is left out.
    """
    found = []
    for name in COUNTS:
        known = means[(means["series"] == name) & (means["years"] > 0)]
        first, last = known.iloc[:1], known.iloc[-1:]
        events = [round(float((era["mean"] * era["years"]).sum())) for era in (last, first)]
        if len(known) < 2 or sum(events) == 0:
            continue
        years = [int(era["years"].sum()) for era in (last, first)]
        ratio = stats.rate_ratio(events[0], years[0], events[1], years[1])
        differs = ratio.low > 1 or ratio.high < 1
        found.append([name, *ratio, differs])
    return pd.DataFrame(found, columns=["series", "ratio", "low", "high", "differs"])


def breaks(series: pd.DataFrame) -> pd.DataFrame:
    """Find the year that best splits each series of counts into two rates.

    Returns
    -------
    pandas.DataFrame
        Columns `series`, `year`, `mean_before`, `mean_after`, `p_value`; a series of fewer than
        four years is left out.
    """
    known = {name: series[name].dropna() for name in COUNTS if name in series}
    found = {
        name: stats.change_point(counts)._asdict()
        for name, counts in known.items()
        if len(counts) >= 4 and counts.sum() > 0
    }
    columns = ["series", "year", "mean_before", "mean_after", "p_value"]
    return pd.DataFrame([{"series": n} | point for n, point in found.items()], columns=columns)


def timeline_events(
    frames: dict[str, pd.DataFrame], chosen: Choices, types: int = 14
) -> pd.DataFrame:
    """List what belongs on a timeline: columns `date`, `lane`, `label`, `group`.

    The groups are agreements, first deliveries, first editions of exercise series, and rounds of
    listings of Chinese firms with a lane for each authority.

    Parameters
    ----------
    frames
        The tables agreements, arms_deals, exercises, sanctions and countries.
    chosen
        Years shown and least confidence of a row.
    types
        How many weapon types to show, those with the most delivered TIV.
    """
    least = chosen.min_confidence
    agreements = confident(frames["agreements"], least)
    groups = {
        "Agreements": agreements.assign(label=agreements["title"].map(shorten)),
        "First deliveries": first_deliveries(
            arms.deals_at(frames["arms_deals"], chosen.sipri_release), types
        ),
        "First editions\nof exercises": first_editions(confident(frames["exercises"], least)),
        "Listings": listings(confident(frames["sanctions"], least), frames["countries"]),
    }
    events = pd.concat([rows.assign(group=group) for group, rows in groups.items()])
    events["lane"] = events["lane"].fillna(events["group"])
    shown = dates.year(events["date"]).between(chosen.start_year, chosen.end_year)
    return events.loc[shown.to_numpy(), ["date", "lane", "label", "group"]].reset_index(drop=True)


def shorten(text: str, length: int = 62) -> str:
    """Cut a title after a whole word; other names of the same thing are left out.

    Examples
    --------
    >>> shorten("Agreement on notification of launches of ballistic missiles", 30)
    'Agreement on notification of …'
    >>> shorten("Joint Sea / Maritime Interaction")
    'Joint Sea'
    """
    first = text.split(" / ")[0].split(" (")[0]
    if len(first) <= length:
        return first
    return first[: length - 1].rsplit(" ", 1)[0] + " …"


def first_deliveries(arms_deals: pd.DataFrame, types: int) -> pd.DataFrame:
    """Give the first delivery from Russia of the weapon types with the most delivered TIV.

    Components, such as engines and radars, are left out; the year is that of the first delivery
    by Russia, so that types that the Soviet Union had delivered before do not count as older.
    """
    deals = arms_deals[
        (arms_deals["supplier"] == "RUS")
        & (arms_deals["recipient"] == "CHN")
        & ~arms_deals["is_component"].fillna(False).astype(bool)
    ]
    by_type = deals.groupby("designation").agg(
        tiv_mn=("tiv_mn", "sum"), first=("first_delivery_year", "min")
    )
    first = by_type.dropna().nlargest(types, "tiv_mn").reset_index()
    return pd.DataFrame({"date": first["first"].astype("Int64").astype("str"),
                         "label": first["designation"]})  # fmt: skip


def first_editions(exercises: pd.DataFrame) -> pd.DataFrame:
    """Give the first edition of each series in which the two are the principal partners."""
    core = exercises[exercises["counted_core_military"].fillna(False).astype(bool)]
    order = dates.first_day(core["date_start"]).sort_values(kind="stable").index
    first = core.loc[order].drop_duplicates("series")
    return pd.DataFrame({"date": first["date_start"], "label": first["series"].map(shorten)})


def listings(sanctions: pd.DataFrame, countries: pd.DataFrame) -> pd.DataFrame:
    """Date each round of listings of Chinese firms, with a lane for each authority."""
    order = dates.first_day(sanctions["date"]).sort_values(kind="stable").index
    rounds = sanctions.loc[order].drop_duplicates(["authority", "date"])
    names = rounds["authority"].map(countries.set_index("iso3")["name"])
    return pd.DataFrame({"date": rounds["date"], "lane": "Listed: " + names, "label": ""})


def claims_by_section(claims: pd.DataFrame) -> pd.DataFrame:
    """Count claims by section and article, the largest section first."""
    named = claims.assign(
        article=claims["source_id"].map(ARTICLES), section=claims["section"].replace(SECTIONS)
    )
    counts = named.groupby(["section", "article"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(ARTICLES.values()), fill_value=0)
    return counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def claims_by_test(claims: pd.DataFrame) -> pd.DataFrame:
    """Give the share of each article's claims by how they can be tested, in per cent."""
    named = claims.assign(article=claims["source_id"].map(ARTICLES))
    counts = named.groupby(["article", "testability"]).size().unstack(fill_value=0)
    kinds = ["computable", "codable", "citable", "untestable"]
    counts = counts.reindex(columns=kinds, fill_value=0)
    return 100 * counts.div(counts.sum(axis=1), axis=0)


def theses(claims: pd.DataFrame) -> pd.DataFrame:
    """Give the claims that carry the main argument of each article, in its order."""
    return claims.set_index("claim_id").loc[list(THESES)].reset_index()
