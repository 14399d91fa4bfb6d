"""The cleaning of the trade tables: what it promises of the real tables, and each step alone."""

import pandas as pd
import pytest

from helpers import tables
from helpers.build import trade

FLOW = {"exporter": "CHN", "importer": "RUS", "source_id": "x"}


@pytest.fixture(scope="module")
def annual():
    return tables.load("trade_annual")


def rows(*records, **same):
    return pd.DataFrame([FLOW | same | record for record in records])


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ("hs_codes", 50),
        ("reported_figures", 175),
        ("transfers_to_russia", 23),
        ("export_controls", 10),
    ],
)
def test_every_collected_row_is_there(table, count):
    assert len(tables.load(table)) == count


def test_annual_rows_by_level(annual):
    lines = annual[annual["dataset"] == "baci"]["product_level"].value_counts()
    assert lines.to_dict() == {"hs6": 1288, "group": 252, "tier": 56, "total": 7}


def test_monthly_totals_have_no_gap():
    monthly = tables.load("trade_monthly")
    ours = monthly[(monthly["reporter"] == "CHN") & (monthly["product"] == "TOTAL")]
    assert ours.groupby("exporter")["month"].nunique().to_dict() == {"CHN": 96, "RUS": 96}


@pytest.mark.parametrize(
    ("product", "year", "dataset", "value_usd"),
    [
        ("nitrocellulose", 2023, "baci", 6_444_558),
        ("integrated_circuits", 2021, "baci", 216_395_867),
        ("machine_tools", 2018, "baci", 208_507_080),
        ("tier_4b", 2023, "baci", 813_081_000),
        ("chpl", 2021, "baci", 5_481_910_000),
        ("chpl_comparable", 2022, "baci", 3_744_565_000),
        ("811292", 2021, "comtrade", 140_636),
        ("TOTAL", 2024, "comtrade", 115_276_000_000),
        ("TOTAL", 2021, "fcs", 72_700_000_000),
    ],
)
def test_sums_agree_with_those_made_by_the_collectors(annual, product, year, dataset, value_usd):
    china = annual[(annual["exporter"] == "CHN") & (annual["importer"] == "RUS")]
    row = china[
        (china["product"] == product) & (china["year"] == year) & (china["dataset"] == dataset)
    ]
    assert row["value_usd"].item() == pytest.approx(value_usd, rel=1e-5)


def test_tiers_share_out_the_list(annual):
    baci = annual[(annual["dataset"] == "baci") & (annual["product_level"] == "tier")]
    tiers = baci[baci["product"].str.startswith("tier_")].groupby("year")["value_usd"].sum()
    whole = baci[baci["product"] == "chpl"].set_index("year")["value_usd"]
    pd.testing.assert_series_equal(tiers, whole, check_names=False, rtol=1e-9)


def test_no_declared_weapons_is_a_row_of_zeros(annual):
    tanks = annual[annual["product"] == "tanks"]
    assert len(tanks) == 7
    assert tanks["value_usd"].eq(0).all()
    assert tanks["n_lines"].eq(0).all()


def test_only_late_imf_figures_are_estimates(annual):
    guessed = annual[annual["is_estimate"]]
    assert set(guessed["dataset"]) == {"imf"}
    assert guessed["year"].tolist() == [2022, 2023, 2024]
    assert set(guessed["reporter"]) == {"IMF"}


def test_a_value_never_weighs_nothing():
    monthly = tables.load("trade_monthly")
    assert not ((monthly["net_kg"] == 0) & (monthly["value_usd"] > 0)).any()


def test_shares_say_what_they_measure():
    figures = tables.load("reported_figures")
    shares = figures[figures["unit"] == "percent"]
    assert len(shares) == 38
    assert shares[["share_of", "basis", "counts_by", "includes_hkg"]].notna().all(axis=None)
    assert figures.drop(shares.index)["share_pct"].isna().all()


def test_a_figure_is_a_number_or_words():
    figures = tables.load("reported_figures")
    assert (figures["figure"].notna() ^ figures["figure_text"].notna()).all()
    assert (figures["figure"].notna() == figures["unit"].notna()).all()


def test_periods_and_quantities_run_forward():
    figures = tables.load("reported_figures").dropna(subset=["period_start", "period_end"])
    assert (figures["period_start"].str[:4] <= figures["period_end"].str[:4]).all()
    controls = tables.load("export_controls").dropna(subset=["date_effective"])
    assert (controls["date_announced"].str[:7] <= controls["date_effective"].str[:7]).all()
    items = tables.load("transfers_to_russia").dropna(subset=["quantity_low", "quantity_high"])
    assert (items["quantity_low"] <= items["quantity_high"]).all()


def test_tier_codes_exist_in_the_trade_table(annual):
    traded = set(annual[annual["product_level"] == "hs6"]["product"])
    assert set(tables.load("hs_codes")["hs2017"]) <= traded


def test_group_sums_count_lines_without_weight():
    lines = rows(
        {"product": "845811", "value_usd": "10", "net_kg": "2"},
        {"product": "845891", "value_usd": "5", "net_kg": ""},
        year="2020",
    )
    members = pd.DataFrame({"group": ["lathes", "lathes"], "code": ["845811", "845891"]})
    (row,) = trade.group_sums(lines, members).to_dict("records")
    assert (row["value_usd"], row["net_kg"]) == (15, 2)
    assert (row["n_lines"], row["n_lines_no_weight"]) == (2, 1)


def test_group_sums_fill_years_without_a_line_with_zero():
    lines = rows(
        {"product": "391220", "year": "2022", "value_usd": "10", "net_kg": "2"},
        {"product": "854231", "year": "2021", "value_usd": "1", "net_kg": "1"},
    )
    groups = pd.DataFrame({"product": ["powder", "tanks"], "hs_prefixes": ["391220", "8710"]})
    sums = trade.group_sums(lines, trade.memberships(lines, groups))
    found = sums.set_index(["product", "year"])["value_usd"].to_dict()
    assert found == {
        ("powder", "2021"): 0,
        ("powder", "2022"): 10,
        ("tanks", "2021"): 0,
        ("tanks", "2022"): 0,
    }


def test_a_code_listed_twice_in_a_tier_counts_once():
    codes = pd.DataFrame({"tier": ["3A", "3A"], "hs2017": ["854150", "854150"]})
    members = trade.tier_memberships(codes)
    assert members["group"].tolist() == ["tier_3a", "chpl", "chpl_comparable"]


def test_comparable_list_leaves_out_what_is_too_wide():
    codes = pd.DataFrame({"tier": ["3A", "1"], "hs2017": ["854140", "854231"]})
    members = trade.tier_memberships(codes)
    assert members[members["group"] == "chpl_comparable"]["code"].tolist() == ["854231"]


def test_yearly_sums_say_when_months_are_missing():
    months = rows(
        {"month": "2010-01", "value_usd": "1"},
        {"month": "2010-02", "value_usd": "2"},
        product="TOTAL",
        product_level="total",
        dataset="fcs",
        reporter="RUS",
    )
    (row,) = trade.yearly_sums(months).to_dict("records")
    assert (row["value_usd"], row["n_months"]) == (3, 2)
    assert row["note"] == "Sum over fewer than twelve months."


def test_yearly_weight_is_missing_when_no_month_has_one():
    months = rows(
        {"month": "2017-02", "value_usd": "7850", "net_kg": ""},
        product="811292",
        product_level="hs6",
        dataset="comtrade",
        reporter="CHN",
    )
    assert trade.yearly_sums(months)["net_kg"].isna().all()


def counted(**columns):
    same = {"product_level": "hs6", "dataset": "comtrade", "year": "2021"}
    flows = pd.DataFrame(columns | {k: v for k, v in same.items() if k not in columns})
    return trade._counted(flows)


def test_importers_report_cif_by_origin_and_exporters_fob_by_destination():
    found = counted(
        exporter=["CHN", "RUS", "CHN", "CHN"],
        importer=["RUS", "CHN", "RUS", "RUS"],
        reporter=["CHN", "CHN", "RUS", "reconciled"],
        dataset=["comtrade", "comtrade", "fcs", "baci"],
    )
    assert found["valuation"].tolist() == ["fob", "cif", "cif", "fob"]
    assert found["attribution"].tolist() == ["destination", "origin", "origin", "mixed"]


def test_codes_are_of_the_revision_of_their_year_and_totals_of_none():
    found = counted(
        exporter="WLD",
        importer="RUS",
        reporter="RUS",
        year=["2016", "2021", "2022", "2022", "2022"],
        dataset=["comtrade", "comtrade", "comtrade", "baci", "comtrade"],
        product_level=["hs6", "hs6", "hs6", "hs6", "total"],
    )
    assert found["hs_revision"].tolist() == ["HS2012", "HS2017", "HS2022", "HS2017", ""]


def test_both_sides_of_comtrade_stand_apart(annual):
    lines = annual[(annual["dataset"] == "comtrade") & (annual["product_level"] == "hs6")]
    sides = lines.groupby("reporter")[["exporter", "importer"]].agg(set)
    assert sides.loc["RUS"].tolist() == [{"WLD"}, {"RUS"}]
    assert sides.loc["CHN"].tolist() == [{"CHN"}, {"RUS"}]


def test_what_makes_the_partner_follows_from_who_reports(annual):
    found = annual.groupby(["dataset", "reporter"])["attribution"].agg(set).to_dict()
    assert found == {
        ("baci", "reconciled"): {"mixed"},
        ("comtrade", "CHN"): {"destination", "origin"},
        ("comtrade", "RUS"): {"origin"},
        ("fcs", "RUS"): {"destination", "origin"},
        ("imf", "RUS"): {"origin"},
        ("imf", "IMF"): {"mixed"},
    }


def test_repeats_need_the_same_publisher_and_period():
    raw = pd.DataFrame(
        {
            "first_publisher": ["NHK", "NHK", "NHK", "WSJ"],
            "measure": "exports",
            "exporter": "CHN",
            "importer": "RUS",
            "product": "nitrocellulose",
            "period_start": ["2022", "2022", "2023", "2022"],
            "period_end": "2023",
            "figure": ["700", "700", "1300", "700"],
            "unit": "tonne",
        }
    )
    clean = trade.reported_figures(raw)
    assert clean["is_repeat"].tolist() == ["false", "true", "false", "false"]
    assert clean["net_kg"].tolist() == [700_000, 700_000, 1_300_000, 700_000]


def test_only_values_become_dollars_and_only_shares_shares():
    raw = pd.DataFrame(
        {
            "first_publisher": "x",
            "measure": ["a", "b", "c"],
            "exporter": "CHN",
            "importer": "RUS",
            "product": "p",
            "period_start": "",
            "period_end": "",
            "figure": ["2", "47", "345"],
            "unit": ["billion_usd", "percent", "percent_change"],
        }
    )
    clean = trade.reported_figures(raw)
    assert clean["value_usd"].dropna().tolist() == [2e9]
    assert clean["share_pct"].dropna().tolist() == [47]


@pytest.mark.parametrize(
    ("evidence_class", "confidence", "grade"),
    [
        ("inspection", "high", "A"),
        ("official", "high", "B"),
        ("record", "medium", "B"),
        ("press", "medium", "C"),
        ("customs", "low", "C"),
        ("allegation", "high", "C"),
    ],
)
def test_grades_follow_evidence_and_confidence(evidence_class, confidence, grade):
    assert trade.evidence_grade(evidence_class, confidence) == grade


def test_controls_refuse_anything_but_yes_and_no():
    with pytest.raises(ValueError, match="maybe"):
        trade.export_controls(pd.DataFrame({"is_naming_country": ["yes", "maybe"]}))
