"""Chinese customs: encodings, own country codes, sums to six digits, bad input."""

import json
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.importers import gacc, growing

ENGLISH = [
    "Commodity code", "Commodity", "Trading partner code", "Trading partner",
    "Customs Regime code", "Customs Regime", "Locations of importers and exporters code",
    "Locations of importers and exporters", "Quantity", "Unit", "Supplementary Quantity",
    "Supplementary Unit", "US dollar",
]  # fmt: skip
CHINESE = [
    "数据年月", "商品编码", "商品名称", "贸易伙伴编码", "贸易伙伴名称", "贸易方式编码",
    "贸易方式名称", "注册地编码", "注册地名称", "第一数量", "第一计量单位", "第二数量",
    "第二计量单位", "美元",
]  # fmt: skip
PLAIN = ["85423111", "Processors, of all kinds", "344", "Russia，Fed.", "10", "Ordinary Trade",
         "44", "Guangdong Province", "5", "Kilogram", "0", "?", "1,000"]  # fmt: skip


def line(**other: str) -> list[str]:
    short = {"code": 0, "partner": 2, "regime": 4, "place": 6, "quantity": 8, "unit": 9,
             "quantity_2": 10, "unit_2": 11, "value": 12}  # fmt: skip
    cells = list(PLAIN)
    for name, cell in other.items():
        cells[short[name]] = cell
    return cells


def table(*lines: list[str], header: list[str] = ENGLISH, encoding: str = "gbk") -> bytes:
    """Write a file as the page does: all quoted, header and lines ending in a comma."""
    rows = ["".join(f'"{cell}",' for cell in cells) for cells in [header, *lines]]
    return ("\n".join(rows) + "\n").encode(encoding)


@pytest.fixture
def bring(tmp_path):
    """Import contents as files of one query; give the set's tables and what was said."""

    def run(*contents: bytes, period: str | None = "2023-05", flow: str | None = "export"):
        said = []
        paths = [tmp_path / f"file{number}.csv" for number, _ in enumerate(contents)]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        place = gacc.run(paths, tmp_path / "data", period, flow, said.append)
        annual, monthly = (growing.older(place, t) for t in (growing.ANNUAL, growing.MONTHLY))
        return annual, monthly, "\n".join(said)

    return run


def snapshot(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_a_month_of_exports(bring, encoding):
    _, monthly, said = bring(table(line(), encoding=encoding))
    assert monthly.to_dict("records") == [
        {
            "exporter": "CHN", "importer": "RUS", "product": "854231", "product_level": "hs6",
            "hs_revision": "HS2022", "month": "2023-05", "year": "2023", "dataset": "gacc",
            "reporter": "CHN", "valuation": "fob", "attribution": "destination",
            "value_usd": "1000", "net_kg": "5", "source_id": "gacc-own",
        }
    ]  # fmt: skip
    assert "1 lines summed to 1 export flows of China worth 1,000 dollars" in said


def test_imports_are_turned_round(bring):
    annual, monthly, _ = bring(table(line()), period="2020", flow="import")
    assert not len(monthly)
    flow = annual[["exporter", "importer", "reporter", "valuation", "attribution", "hs_revision"]]
    assert flow.to_numpy().tolist() == [["RUS", "CHN", "CHN", "cif", "origin", "HS2017"]]


def test_344_is_russia_and_110_hong_kong_here(bring):
    _, monthly, _ = bring(table(line(partner="344"), line(partner="110"), line(partner="142")))
    assert monthly["importer"].tolist() == ["CHN", "HKG", "RUS"]


def test_lines_are_summed_to_six_digits(bring):
    lines = [
        line(value="1,234,567", quantity="1,000"),
        line(code="85423119", value="3"),
        line(regime="39", value="2", unit="Number of item", quantity="7"),
        line(place="11", value="2", unit="Number of item", unit_2="Kilogram", quantity_2="4"),
        line(place="12", value="1", quantity="0"),
        line(partner="110", value="500", unit="Number of item"),
    ]
    annual, _, said = bring(table(*lines), period="2023")
    found = annual.set_index("importer")[["value_usd", "net_kg", "n_lines", "n_lines_no_weight"]]
    assert found.loc["RUS"].tolist() == ["1234575", "1009", "5", "2"]
    assert found.loc["HKG"].tolist() == ["500", "", "1", "1"]
    assert annual["is_sum"].tolist() == ["true", "true"]
    assert "6 lines read, 3 without a weight" in said


def test_the_chinese_page_with_its_months(bring):
    rows = [[month, *PLAIN] for month in ("202304", "202305")]
    rows = [[cell.replace("Kilogram", "千克") for cell in row] for row in rows]
    annual, monthly, _ = bring(table(*rows, header=CHINESE), period=None)
    assert monthly["month"].tolist() == ["2023-04", "2023-05"]
    assert monthly["net_kg"].tolist() == ["5", "5"]
    assert annual[["value_usd", "net_kg", "n_months"]].to_numpy().tolist() == [["2000", "10", "2"]]
    assert annual["note"].tolist() == [
        "Sum over 2 of 12 months; the imports hold no row for the others."
    ]
    with pytest.raises(ValueError, match="found '202304', allowed: .* within 2023-05"):
        bring(table(*rows, header=CHINESE), period="2023-05")


def test_files_of_one_query_are_added_and_lines_not_twice(bring):
    _, monthly, _ = bring(table(line()), table(line(place="11")))
    assert monthly["value_usd"].tolist() == ["2000"]
    with pytest.raises(ValueError, match="file1.csv, row 2, .*as in file0.csv, line 2"):
        bring(table(line()), table(line(value="7")))


def test_a_query_without_regimes_and_places(bring):
    short = [0, 1, 2, 3, 12]
    header = [ENGLISH[i] for i in short]
    _, monthly, _ = bring(table([PLAIN[i] for i in short], header=header))
    assert monthly[["value_usd", "net_kg"]].to_numpy().tolist() == [["1000", ""]]


def test_full_files_are_doubted(bring, monkeypatch, tmp_path):
    monkeypatch.setattr(gacc, "CAP", range(2, 4))
    assert "some are likely missing" in bring(table(line(), line(place="11")))[2]
    about = json.loads((tmp_path / "data/gacc/import.json").read_text())
    assert any("some are likely missing" in note for note in about["notes"])
    assert "some are likely missing" not in bring(table(line()))[2]


def test_the_real_limit_is_ten_thousand_lines():
    assert [many in gacc.CAP for many in (9_998, 9_999, 10_000, 10_001)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_later_import_replaces_and_keeps(bring):
    bring(table(line(), line(partner="110")))
    _, monthly, said = bring(table(line(value="3,000")))
    values = dict(zip(monthly["importer"], monthly["value_usd"], strict=True))
    assert values == {"RUS": "3000", "HKG": "1000"}
    assert "0 rows new, 1 revised, 0 unchanged; 1 rows of earlier imports stay" in said
    annual, _, _ = bring(table(line()), period="2023-06")
    months = dict(zip(annual["importer"], annual["n_months"], strict=True))
    assert months == {"RUS": "2", "HKG": "1"}


@pytest.mark.parametrize(
    ("period", "flow", "words"),
    [
        ("2023-05", None, "give --flow export or --flow import"),
        ("2023-05", "exports", "give --flow export or --flow import"),
        ("2023-13", "export", "such as 2023-05"),
        ("202305", "export", "such as 2023-05"),
        (None, "export", "give the year .2023. or month .2023-05."),
        ("1999", "export", "a year from 2007"),
    ],
)
def test_period_and_direction_are_asked_for(bring, period, flow, words):
    with pytest.raises(ValueError, match=words):
        bring(table(line()), period=period, flow=flow)


def test_formulas_stay_out(bring, tmp_path):
    cells = line()
    cells[1], cells[3] = "=1+1", "@SUM(A1)"
    bring(table(cells))
    assert "=1+1" not in (tmp_path / "data/gacc/trade_monthly.csv").read_text()


BAD = {
    "empty": (b"", "an empty file"),
    "commas": (b",,\n,,\n", "a header of 0 columns"),
    "page": (b"<html><body>busy</body></html>", "not a web page"),
    "header only": (table(), "at least one line"),
    "cut": (table(line(), line(place="11"))[:-30], "file0.csv, row 3, (record)"),
    "separator": (table(line()).replace(b'",', b'";'), "a whole record with ',' between fields"),
    "encoding": (table(line(), encoding="utf-16"), "file0.csv, row 1"),
    "bytes of no text": (table(line()) + b"\xff\xff", "byte 0xff"),
    "yuan instead of dollars": (
        table(line(), header=[*ENGLISH[:-1], "Renminbi Yuan"]),
        "also US dollar or 美元",
    ),
    "title twice": (table([*line(), "1"], header=[*ENGLISH, "US dollar"]), "each title once"),
    "cell missing": (table(line()[:-1]), "13 cells"),
    "cell too many": (table([*line(), "1"]), "15 cells"),
    "united nations code": (table(line(partner="643")), "row 2, Trading partner code: found '643'"),
    "zero lost": (table(line(code="1012900")), "row 2, Commodity code: found '1012900'"),
    "text for a number": (table(line(value="n/a")), "row 2, US dollar: found 'n/a'"),
    "odd commas": (table(line(value="1,00")), "row 2, US dollar: found '1,00'"),
    "no value": (table(line(value="")), "row 2, US dollar: found ''"),
    "negative": (table(line(quantity="-5")), "row 2, Quantity: found '-5'"),
    "line twice": (table(line(), line(value="2")), "as in file0.csv, line 2"),
    "huge field": (table([*line()[:1], "x" * 10_000_000, *line()[2:]]), "larger than field limit"),
    "archive": (b"PK\x03\x04\x00\x00\x00", "file0.csv, row 1"),
}


@pytest.fixture(scope="module")
def older_set(tmp_path_factory):
    """A data folder with an earlier import."""
    folder = tmp_path_factory.mktemp("older")
    path = folder / "older.csv"
    path.write_bytes(table(line(partner="110")))
    gacc.run([path], folder / "data", "2023", "export", lambda _: None)
    return folder / "data"


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_and_leave_the_older_set(bring, older_set, tmp_path, case):
    shutil.copytree(older_set, tmp_path / "data")
    before = snapshot(tmp_path / "data")
    assert before
    content, words = BAD[case]
    with pytest.raises(ValueError) as error:
        bring(content)
    assert words in str(error.value)
    assert snapshot(tmp_path / "data") == before


@pytest.mark.parametrize("month", ["202313", "1999", "May", ""])
def test_bad_months(bring, month):
    rows = [["202305", *PLAIN], [month, *line(place="11")]]
    with pytest.raises(ValueError, match="row 3, month: found"):
        bring(table(*rows, header=CHINESE), period=None)


def test_all_faults_are_named(bring):
    with pytest.raises(ValueError, match="^3 problems; nothing was imported") as error:
        bring(table(line(code="1"), line(partner="643"), line(value="x")))
    assert [f"row {at}," in str(error.value) for at in (2, 3, 4)] == [True] * 3


def test_no_file_is_asked_for(tmp_path):
    with pytest.raises(ValueError, match="at least one file"):
        gacc.run([], tmp_path, "2023", "export")


def test_revisions_follow_the_year():
    years = pd.Series([2007, 2016, 2017, 2021, 2022, 2025])
    assert years.map(gacc.revision).tolist() == [
        "HS2007", "HS2012", "HS2017", "HS2017", "HS2022", "HS2022",
    ]  # fmt: skip


GOOD = [table(line(), line(place="11")), table(["202305", *PLAIN], header=CHINESE)]


def importing(folder):
    """Import into a folder without a word."""
    return lambda path: gacc.run([path], folder / "data", "2023-05", "export", lambda _: None)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_mutations_are_read_or_complained_of(borne, tmp_path_factory, data):
    content = data.draw(st.sampled_from(GOOD))
    at = data.draw(st.integers(0, len(content)))
    upto = data.draw(st.integers(at, min(len(content), at + 40)))
    new = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b",", b'"', b"\n", b"9" * 400]))
    )
    changed = content[:at] + new + content[upto:]
    if data.draw(st.booleans()):
        changed = changed.replace(b",", data.draw(st.sampled_from([b";", b"\t", b",,"])))
    folder = tmp_path_factory.mktemp("fuzz")
    borne(importing(folder), folder / "fuzz.csv", changed)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_any_bytes_are_complained_of(borne, tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("fuzz")
    borne(importing(folder), folder / "fuzz.csv", content)
    assert not (folder / "data/gacc").exists()
