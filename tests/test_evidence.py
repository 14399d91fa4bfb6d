"""The overview of the evidence, on tiny frames with known answers."""

import pandas as pd
import pytest

from helpers import choices, evidence, tables

SOURCES = pd.DataFrame({"source_id": ["a", "b", "c"], "publisher": ["A", "A", "C"]})


@pytest.fixture
def chosen():
    return choices.choose()


def events(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(year=frame["year"].astype("Int64"))


def test_row_years_takes_the_first_column_of_time():
    frame = pd.DataFrame({"date": ["2001-05"], "year": [1999]})
    assert evidence.row_years(frame).tolist() == [1999]


def test_row_years_of_a_table_without_time_are_missing():
    assert evidence.row_years(pd.DataFrame({"name": ["x"]})).isna().all()


def test_selected_keeps_years_and_confidence_asked_for():
    frame = events(year=[1991, 1992, 2024, 2025], confidence=["high", "low", "high", "high"])
    loose = evidence.selected(frame, choices.choose())
    strict = evidence.selected(frame, choices.choose(min_confidence="high"))
    assert loose["year"].tolist() == [1992, 2024]
    assert strict["year"].tolist() == [2024]


def test_selected_keeps_rows_without_a_year(chosen):
    frame = events(year=[None, 2000], confidence=["high", "high"])
    assert len(evidence.selected(frame, chosen)) == 2


def test_overview_counts_a_second_source_only_from_another_publisher(chosen):
    frame = events(
        year=[2000, 2001, 2002, 2003],
        confidence=["high", "high", "medium", "low"],
        source_id=["a", "a", "a", "a"],
        source_id_2=["b", "c", None, "c"],
    )
    row = evidence.overview({"t": frame}, SOURCES, chosen).iloc[0]
    assert row["two_sources_pct"] == 50
    assert (row["high_pct"], row["medium_pct"], row["low_pct"]) == (50, 25, 25)
    assert (row["first_year"], row["last_year"], row["rows"]) == (2000, 2003, 4)


def test_overview_of_nothing_selected_has_no_shares():
    frame = events(year=[2000], confidence=["low"], source_id=["a"], source_id_2=["c"])
    row = evidence.overview({"t": frame}, SOURCES, choices.choose(min_confidence="high")).iloc[0]
    assert row["selected_rows"] == 0
    assert pd.isna(row["high_pct"]) and pd.isna(row["two_sources_pct"])


def test_rows_by_year_has_a_zero_for_every_empty_year():
    frames = {"t": events(year=[1992, 1992, 1994], confidence=["high"] * 3)}
    counts = evidence.rows_by_year(frames, choices.choose(end_year=1994))
    assert counts.loc["t"].to_dict() == {1992: 2, 1993: 0, 1994: 1}


def test_tiv_series_prefers_sipris_own_table():
    flows = pd.DataFrame(
        {
            "supplier": ["RUS", "RUS", "RUS", "UKR", "RUS"],
            "recipient": ["CHN"] * 5,
            "release": ["2025-03"] * 4 + ["2026-03"],
            "year": [2018, 2018, 2019, 2018, 2018],
            "basis": ["register_sum", "official_table", "mirror_sum", "official_table", "x"],
            "tiv_mn": [1656.4, 1656.0, 1075.0, 5.0, 1906.0],
        }
    )
    assert evidence.tiv_series(flows, "2025-03").to_dict() == {2018: 1656.0, 2019: 1075.0}


def test_count_series_tells_an_empty_year_from_one_not_covered():
    frame = events(year=[2003, 2005, 2005], confidence=["low", "high", "high"])
    every = pd.Series([True, True, False])
    assert evidence.count_series(frame, every, "low").to_dict() == {2003: 1, 2004: 0, 2005: 1}
    assert evidence.count_series(frame, every, "high").to_dict() == {2003: 0, 2004: 0, 2005: 1}


def test_era_means_gives_counts_an_exact_interval(chosen):
    series = pd.DataFrame({"exercises": [3.0, 7.0], "tiv": [100.0, None]}, index=[2022, 2023])
    means = evidence.era_means(series, chosen).set_index(["series", "era"])
    last = means.loc[("exercises", "since 2022")]
    assert (last["mean"], last["years"]) == (5, 2)
    assert last["low"] == pytest.approx(4.7954 / 2, abs=1e-3)
    assert last["high"] == pytest.approx(18.3904 / 2, abs=1e-3)
    assert means.loc[("tiv", "since 2022"), "mean"] == 100
    assert pd.isna(means.loc[("tiv", "before 2014"), "mean"])


def test_contrast_sets_the_last_era_with_data_against_the_first(chosen):
    series = pd.DataFrame(
        {"tiv": [9.0, 5.0, None], "exercises": [None, None, 4.0], "chpl": [1.0, 2.0, 3.0]},
        index=[2013, 2014, 2022],
    )
    found = evidence.contrast(evidence.era_means(series, chosen))
    assert found["series"].tolist() == ["tiv"]
    assert found.iloc[0].to_dict() == {
        "series": "tiv",
        "first_era": "before 2014",
        "first_years": 1,
        "first_mean": 9.0,
        "last_era": "2014 to 2021",
        "last_years": 1,
        "last_mean": 5.0,
        "verb": "fell",
    }


def test_era_ratios_compare_the_last_era_with_the_first(chosen):
    series = pd.DataFrame(
        {"exercises": [6.0, 12.0], "meetings": [1.0, 20.0], "agreements": [0.0, 0.0]},
        index=[2013, 2022],
    )
    ratios = evidence.era_ratios(evidence.era_means(series, chosen)).set_index("series")
    assert ratios.loc["exercises", "ratio"] == 2
    assert ratios.loc["exercises", "low"] == pytest.approx(0.6947, abs=1e-3)
    assert ratios["differs"].to_dict() == {"exercises": False, "meetings": True}


def test_breaks_finds_the_step():
    series = pd.DataFrame({"exercises": [1.0] * 6 + [9.0] * 6}, index=range(2000, 2012))
    found = evidence.breaks(series).iloc[0]
    assert (found["year"], found["mean_before"], found["mean_after"]) == (2006, 1, 9)
    assert found["p_value"] < 0.05


def test_breaks_leaves_out_what_is_too_short():
    series = pd.DataFrame({"meetings": [1.0, 2.0, 3.0]}, index=[2001, 2002, 2003])
    assert evidence.breaks(series).empty


def test_first_deliveries_leave_out_components_and_other_suppliers():
    deals = pd.DataFrame(
        {
            "supplier": ["RUS", "RUS", "RUS", "SUN"],
            "recipient": ["CHN"] * 4,
            "designation": ["Su-27S", "Su-27S", "AL-31", "Il-28"],
            "is_component": pd.array([False, False, True, False], dtype="boolean"),
            "tiv_mn": [10.0, 20.0, 99.0, 50.0],
            "first_delivery_year": pd.array([1996, 1992, 2000, 1952], dtype="Int64"),
        }
    )
    first = evidence.first_deliveries(deals, 5)
    assert first.to_dict("records") == [{"date": "1992", "label": "Su-27S"}]


def test_first_editions_gives_one_row_per_series():
    frame = pd.DataFrame(
        {
            "date_start": ["2013-07", "2012-04-22", "2014-05"],
            "series": ["Joint Sea / Maritime Interaction"] * 2 + ["AMAN"],
            "counted_core_military": pd.array([True, True, False], dtype="boolean"),
        }
    )
    first = evidence.first_editions(frame)
    assert first.to_dict("records") == [{"date": "2012-04-22", "label": "Joint Sea"}]


def test_listings_counts_a_round_once_and_names_its_authority():
    frame = pd.DataFrame(
        {"date": ["2023-06", "2022-06", "2022-06"], "authority": ["EU", "USA", "USA"]}
    )
    countries = pd.DataFrame({"iso3": ["EU", "USA"], "name": ["European Union", "United States"]})
    assert evidence.listings(frame, countries)["lane"].tolist() == [
        "Listed: United States",
        "Listed: European Union",
    ]


def test_the_sums_by_section_and_test_add_up_to_the_ledger():
    ledger = tables.load("claims")
    assert evidence.claims_by_section(ledger).to_numpy().sum() == len(ledger)
    assert evidence.claims_by_test(ledger).sum(axis=1).round(6).eq(100).all()


def test_theses_come_from_both_articles():
    assert set(evidence.theses(tables.load("claims"))["source_id"]) == set(evidence.ARTICLES)


def test_every_way_to_test_a_claim_has_words():
    ledger = tables.load("claims")
    assert set(evidence.TESTS) == set(ledger["testability"])
