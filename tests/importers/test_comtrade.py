"""UN Comtrade: every form read alike, breakdowns and re-exports kept out, merging, bad input."""

import json
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import schema
from helpers.importers import comtrade, growing

# The columns of the interface, in their order.
TITLES = (
    "typeCode freqCode refPeriodId refYear refMonth period reporterCode reporterISO reporterDesc "
    "flowCode flowDesc partnerCode partnerISO partnerDesc partner2Code partner2ISO partner2Desc "
    "classificationCode classificationSearchCode isOriginalClassification cmdCode cmdDesc "
    "aggrLevel isLeaf customsCode customsDesc mosCode motCode motDesc qtyUnitCode qtyUnitAbbr qty "
    "isQtyEstimated altQtyUnitCode altQtyUnitAbbr altQty isAltQtyEstimated netWgt "
    "isNetWgtEstimated grossWgt isGrossWgtEstimated cifvalue fobvalue primaryValue "
    "legacyEstimationFlag isReported isAggregate"
)
V1 = TITLES.split()
OLD_TITLES = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,"
    "Trade Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,"
    "2nd Partner Code,2nd Partner,2nd Partner ISO,Customs Proc. Code,Customs,"
    "Mode of Transport Code,Mode of Transport,Commodity Code,Commodity,Qty Unit Code,Qty Unit,Qty,"
    "Alt Qty Unit Code,Alt Qty Unit,Alt Qty,Netweight (kg),Gross weight (kg),Trade Value (US$),"
    "CIF Trade Value (US$),FOB Trade Value (US$),Flag"
)
OLD = OLD_TITLES.split(",")
PLAIN = {
    "typeCode": "C",
    "freqCode": "A",
    "period": "2023",
    "reporterCode": "156",
    "flowCode": "X",
    "partnerCode": "643",
    "partner2Code": "0",
    "classificationCode": "H6",
    "classificationSearchCode": "HS",
    "isOriginalClassification": "True",
    "cmdCode": "854231",
    "customsCode": "C00",
    "mosCode": "0",
    "motCode": "0",
    "netWgt": "10.5",
    "isNetWgtEstimated": "False",
    "fobvalue": "1000.0",
    "primaryValue": "1000.0",
    "legacyEstimationFlag": "0",
}
IMPORT = {"flowCode": "M", "cifvalue": "1000.0", "fobvalue": ""}


def v1(*rows: dict, comma: bool = False) -> str:
    full = [PLAIN | row for row in rows]
    lines = [",".join(f'"{row.get(name, "")}"' for name in V1) for row in full]
    return "\n".join([",".join(V1), *(line + "," * comma for line in lines)]) + "\n"


def old(*rows: dict) -> str:
    full = [
        {
            "Classification": "H5",
            "Year": "2019",
            "Period": "2019",
            "Trade Flow Code": "2",
            "Reporter Code": "156",
            "Partner Code": "643",
            "Commodity Code": "854231",
            "Commodity": '"Circuits, of all kinds"',
            "Netweight (kg)": "10",
            "Trade Value (US$)": "1000",
            "Flag": "0",
        }
        | row
        for row in rows
    ]
    return "\n".join([",".join(OLD), *(",".join(r.get(n, "") for n in OLD) for r in full)]) + "\n"


def answer(*rows: dict, **other) -> str:
    numeric = {"reporterCode", "partnerCode", "partner2Code", "motCode", "primaryValue", "netWgt"}
    records = [
        {n: float(v) if n in numeric and v else v or None for n, v in (PLAIN | row).items()}
        for row in rows
    ]
    return json.dumps(
        {"elapsedTime": "0.1 secs", "count": len(rows), "data": records, "error": ""} | other
    )


@pytest.fixture
def bring(tmp_path):
    """Import texts as files of one run; give the set's tables and what was said."""

    def run(*texts: str | bytes):
        said = []
        paths = [tmp_path / f"file{number}.csv" for number, _ in enumerate(texts)]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        place = comtrade.run(paths, tmp_path / "data", said.append)
        annual, monthly = (growing.older(place, t) for t in (growing.ANNUAL, growing.MONTHLY))
        return annual, monthly, "\n".join(said)

    return run


def snapshot(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("CSV of the interface", v1({})),
        ("CSV of the website", v1({}, comma=True)),
        ("JSON of the interface", answer({})),
    ],
)
def test_the_new_forms_give_the_same_row(bring, form, text):
    annual, monthly, said = bring(text)
    assert annual.drop(columns="note").to_dict("records") == [
        {
            "exporter": "CHN", "importer": "RUS", "product": "854231", "product_level": "hs6",
            "product_name": "", "hs_prefixes": "", "hs_revision": "HS2022", "year": "2023",
            "dataset": "comtrade", "reporter": "CHN", "valuation": "fob",
            "attribution": "destination", "value_usd": "1000", "net_kg": "10.5", "n_lines": "",
            "n_lines_no_weight": "", "n_months": "", "is_sum": "false", "is_estimate": "false",
            "source_id": "comtrade-own",
        }
    ]  # fmt: skip
    assert not len(monthly)
    assert f"{form}, 1 of 1 rows taken" in said


def test_the_old_form_is_read_and_reexports_are_left_out_aloud(bring):
    rows = [{}, {"Trade Flow Code": "1"}, {"Trade Flow Code": "3"}, {"Trade Flow Code": "4"}]
    annual, _, said = bring(old(*rows, {"Trade Flow Code": "3", "Partner Code": "0"}))
    flows = annual[["exporter", "importer", "reporter", "valuation", "attribution"]]
    assert flows.to_numpy().tolist() == [
        ["CHN", "RUS", "CHN", "fob", "destination"],
        ["RUS", "CHN", "CHN", "cif", "origin"],
    ]
    assert annual["hs_revision"].tolist() == ["HS2017", "HS2017"]
    assert "2 rows of re-exports left out" in said
    assert "1 rows of re-imports left out" in said
    assert "old CSV, 2 of 5 rows taken" in said


def test_344_is_hong_kong_and_0_the_world_here(bring):
    annual, _, _ = bring(v1({"partnerCode": "344"}, {"partnerCode": "0"}, {"partnerCode": "004"}))
    assert annual["importer"].tolist() == ["AFG", "HKG", "WLD"]


def test_a_file_that_pandas_wrote_anew(bring):
    indexed = ["," + v1({}).splitlines()[0], "0," + v1({"partnerCode": "643.0"}).splitlines()[1]]
    annual, _, _ = bring("\n".join(indexed))
    assert annual[["exporter", "importer"]].to_numpy().tolist() == [["CHN", "RUS"]]


def test_text_fields_may_hold_anything(bring):
    formula = '=HYPERLINK(""http://x"")'
    annual, _, _ = bring(v1({"cmdDesc": formula, "reporterDesc": "@SUM(1)\nsecond line"}))
    assert annual["value_usd"].tolist() == ["1000"]
    assert "HYPERLINK" not in annual.to_csv()


@pytest.mark.parametrize(
    ("code", "revision"),
    [("H0", "HS1992"), ("H1", "HS1996"), ("H2", "HS2002"), ("H3", "HS2007"), ("H4", "HS2012"),
     ("H5", "HS2017"), ("H6", "HS2022")],
)  # fmt: skip
def test_revisions(bring, code, revision):
    assert bring(v1({"classificationCode": code}))[0]["hs_revision"].tolist() == [revision]


def test_totals_belong_to_no_revision_and_levels_are_told_apart(bring):
    total = {"cmdCode": "TOTAL", "classificationCode": "HS"}
    annual, _, _ = bring(v1(total, {"cmdCode": "85"}, {"cmdCode": "8542"}, {"cmdCode": "9999AA"}))
    found = dict(zip(annual["product"], annual["product_level"], strict=True))
    assert found == {"TOTAL": "total", "85": "hs2", "8542": "hs4", "9999AA": "hs6"}
    assert annual.set_index("product")["hs_revision"]["TOTAL"] == ""


def test_a_weight_of_0_beside_a_value_is_missing(bring):
    rows = [
        {"netWgt": "0.0"},
        {"partnerCode": "398", "netWgt": "0", "primaryValue": "0", "fobvalue": "0"},
        {"partnerCode": "417", "netWgt": ""},
        {"partnerCode": "51", "netWgt": "7", "isNetWgtEstimated": "True"},
    ]
    annual, _, said = bring(v1(*rows))
    weights = dict(zip(annual["importer"], annual["net_kg"], strict=True))
    assert weights == {"RUS": "", "KAZ": "0", "KGZ": "", "ARM": "7"}
    notes = dict(zip(annual["importer"], annual["note"], strict=True))
    assert notes["ARM"] == "Weight estimated by the UN Statistics Division."
    assert "1 weights of 0 beside a value are read as not known" in said


def test_imports_fob_are_said_to_be_so(bring):
    rows = [
        IMPORT,
        IMPORT | {"partnerCode": "398", "cifvalue": "", "fobvalue": "1000"},
        IMPORT | {"partnerCode": "417", "cifvalue": "1100", "fobvalue": "1000"},
        IMPORT | {"partnerCode": "51", "cifvalue": "", "fobvalue": "0.0"},
        IMPORT | {"partnerCode": "31", "cifvalue": "900", "fobvalue": "800"},
    ]
    annual, _, said = bring(v1(*rows))
    found = dict(zip(annual["exporter"], annual["valuation"], strict=True))
    assert found == {"RUS": "cif", "KAZ": "fob", "KGZ": "fob", "ARM": "cif", "AZE": "cif"}
    assert (annual.set_index("exporter")["note"] == "The reporter values imports fob.").sum() == 2
    assert "2 rows give imports fob" in said
    assert "the value of 1 rows is neither" in said


def test_converted_codes_are_noted(bring):
    annual, _, _ = bring(v1({"isOriginalClassification": "False"}))
    assert annual["note"].tolist() == ["Converted by Comtrade from another revision."]


PART = {"motCode": "1000", "primaryValue": "400"}


def test_breakdowns_are_left_out_beside_their_whole(bring):
    rows = [{}, PART, {"customsCode": "C01"}, {"partner2Code": "344"}]
    annual, _, said = bring(v1(*rows))
    assert annual["value_usd"].tolist() == ["1000"]
    assert "3 rows left out as parts of others" in said


def test_breakdowns_without_their_whole_are_refused(bring):
    with pytest.raises(ValueError, match="a row for all of it") as error:
        bring(v1({"partnerCode": "398"}, PART, PART | {"motCode": "2000"}))
    assert "row 3," in str(error.value)
    assert "row 4," in str(error.value)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({}, "the same row as line 2"),
        ({"primaryValue": "5", "fobvalue": "5"}, "another row as line 2"),
        ({"classificationCode": "H5"}, "another row as line 2"),
    ],
)
def test_a_flow_that_is_there_twice_is_refused(bring, second, words):
    with pytest.raises(ValueError, match=words) as error:
        bring(v1({}, second))
    assert "row 3," in str(error.value)


def test_two_numbers_of_one_country_are_one_flow(bring):
    with pytest.raises(ValueError, match="USA.*another row as line 2"):
        bring(v1({"partnerCode": "842"}, {"partnerCode": "841", "primaryValue": "1"}))


MONTH = {"freqCode": "M", "period": "202301"}


def test_months_give_a_year_that_says_what_it_lacks(bring):
    rows = [MONTH, MONTH | {"period": "202303", "netWgt": ""}]
    annual, monthly, _ = bring(v1(*rows))
    assert monthly["month"].tolist() == ["2023-01", "2023-03"]
    (row,) = annual.to_dict("records")
    assert (row["value_usd"], row["net_kg"], row["n_months"]) == ("2000", "10.5", "2")
    assert (row["is_sum"], row["hs_revision"]) == ("true", "HS2022")
    assert row["note"] == (
        "Sum over 2 of 12 months; the imports hold no row for the others. "
        "Weight of 1 of these months only."
    )


def test_a_year_of_the_source_comes_before_the_sum_of_months(bring):
    annual, monthly, _ = bring(v1(MONTH, {"primaryValue": "9000", "fobvalue": "9000"}))
    assert len(monthly) == 1
    assert annual[["value_usd", "is_sum"]].to_numpy().tolist() == [["9000", "false"]]


def test_months_of_two_revisions_are_not_summed(bring):
    later = MONTH | {"period": "202302", "classificationCode": "H5"}
    annual, monthly, said = bring(v1(MONTH, later))
    assert (len(annual), len(monthly)) == (0, 2)
    assert "1 years are not summed" in said


def test_a_later_import_replaces_and_keeps(bring):
    bring(v1({}, {"partnerCode": "398"}, MONTH | {"partnerCode": "51"}))
    changed = {"primaryValue": "2000", "fobvalue": "2000"}
    text = v1(
        changed, {"partnerCode": "417"}, MONTH | {"partnerCode": "51", "period": "202302"}
    )  # fmt: skip
    annual, monthly, said = bring(text)
    values = dict(zip(annual["importer"], annual["value_usd"], strict=True))
    assert values == {"RUS": "2000", "KAZ": "1000", "KGZ": "1000", "ARM": "2000"}
    assert monthly["month"].tolist() == ["2023-01", "2023-02"]
    assert "trade_annual: 1 rows new, 1 revised, 0 unchanged; 1 rows of earlier" in said
    again, _, said = bring(text)
    assert again.equals(annual)
    assert "trade_annual: 0 rows new, 0 revised, 2 unchanged; 1 rows of earlier" in said


def test_of_two_files_the_later_counts(bring):
    changed = {"primaryValue": "2000", "fobvalue": "2000"}
    annual, _, said = bring(v1({}), answer(changed))
    assert annual["value_usd"].tolist() == ["2000"]
    assert "1 rows are in more than one file" in said


def test_what_the_set_says_of_itself(bring, tmp_path):
    bring(v1({}))
    bring(old({}))
    about = json.loads((tmp_path / "data/comtrade/import.json").read_text())
    assert [file["rows"] for file in about["files"]] == [1, 1]
    assert sorted(file["form"] for file in about["files"]) == ["CSV of the interface", "old CSV"]
    assert about["kind"] == "comtrade"
    sources = pd.read_csv(tmp_path / "data/comtrade/sources.csv")
    assert sources["source_id"].tolist() == ["comtrade-own"]
    assert schema.violations(growing.older(tmp_path / "data/comtrade", "sources"), "sources") == []


def test_as_many_rows_as_the_interface_gives_are_doubted(bring, monkeypatch):
    monkeypatch.setattr(comtrade, "LIMITS", (2,))
    assert "rows are likely missing" in bring(v1({}, {"partnerCode": "0"}))[2]
    assert "rows are likely missing" not in bring(v1({}))[2]


def test_partners_are_compared_with_the_world(bring):
    world = {"partnerCode": "0", "primaryValue": "4000", "fobvalue": "4000"}
    said = bring(v1(world, {}, {"partnerCode": "398"}))[2]
    assert "partners add up to 50.0 to 50.0 per cent of the world in 1 flows" in said


BAD = {
    "empty": (b"", "an empty file"),
    "commas": (b",,\n,,\n", "a header of 0 columns"),
    "page": (b"<!DOCTYPE html><html>gateway timeout</html>", "not a web page"),
    "header only": (v1(), "at least one row"),
    "no data": (answer(), "at least one row"),
    "cut": (v1({}, {"partnerCode": "0"})[:-60], "row 3, (record): found 'unexpected end of data'"),
    "cut between quotes": (old({}, {"Partner Code": "0"})[:-60], "35 cells; is the file cut off"),
    "separator": (v1({}).replace(",", ";"), "a whole record with ',' between fields"),
    "separator unquoted": (old({}).replace(",", "\t"), "a header of 1 columns"),
    "column missing": (v1({}).replace("primaryValue", "someValue"), "with primaryValue"),
    "column twice": (v1({}).replace("cifvalue", "netWgt"), "each column once"),
    "utf-16": (v1({}).encode("utf-16"), "file0.csv"),
    "binary": (b"PK\x03\x04\x00\x00", "binary data"),
    "text for a number": (v1({"primaryValue": "many"}), "row 2, primaryValue: found 'many'"),
    "negative": (v1({"netWgt": "-1"}), "row 2, netWgt: found '-1'"),
    "no value": (v1({"primaryValue": ""}), "row 2, primaryValue: found ''"),
    "year": (v1({"period": "1887"}), "row 2, period: found '1887'"),
    "month": (v1(MONTH | {"period": "202313"}), "row 2, period: found '202313'"),
    "frequency": (v1({"freqCode": "M"}), "A for years, M for months"),
    "sitc": (v1({"classificationCode": "S3"}), "not SITC or BEC"),
    "as searched": (v1({"classificationCode": "HS"}), "not HS without its year"),
    "services": (v1({"typeCode": "S"}), "C, goods"),
    "flow": (v1({"flowCode": "Q"}), "row 2, flowCode: found 'Q'"),
    "only re-exports": (v1({"flowCode": "RX"}), "rows of imports or exports"),
    "area": (v1({"partnerCode": "6430"}), "row 2, partnerCode: found '6430'"),
    "world reports": (v1({"reporterCode": "0"}), "row 2, reporterCode: found '0'"),
    "zero lost": (v1({"cmdCode": "10121"}), "a leading zero"),
    "eight digits": (v1({"cmdCode": "85423100"}), "2, 4 or 6 digits or TOTAL"),
    "cut json": (answer({})[:-20], "whole JSON"),
    "miscounted json": (answer({}, count=2), "count says 2"),
    "failed json": (answer(error="bad period"), "bad period"),
    "refused json": ('{"statusCode": 401, "message": "no key"}', "no key"),
    "deep json": ("[" * 100_000, "whole JSON"),
    "odd json": ('{"data": [1]}', "a list of records"),
    "json of other things": ('[{"a": 1}]', "no field classificationCode"),
    "huge field": (v1({"cmdDesc": "x" * 10_000_000}), "field larger than field limit"),
    "open quote": (v1({}) + '"open,', "a whole record"),
}


@pytest.fixture(scope="module")
def older_set(tmp_path_factory):
    """A data folder with an earlier import."""
    folder = tmp_path_factory.mktemp("older")
    path = folder / "older.csv"
    path.write_bytes(v1({}, MONTH).encode())
    comtrade.run([path], folder / "data", lambda _: None)
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
    assert "file0.csv" in str(error.value)
    assert snapshot(tmp_path / "data") == before


def test_all_faults_are_named(bring):
    with pytest.raises(ValueError, match="^3 problems; nothing was imported") as error:
        bring(v1({"primaryValue": "x"}, {"period": "23"}, {"partnerCode": "1"}))
    assert [f"row {line}," in str(error.value) for line in (2, 3, 4)] == [True] * 3


def test_a_damaged_older_set_is_complained_of(bring, tmp_path):
    bring(v1({}))
    about = tmp_path / "data/comtrade/import.json"
    about.write_text("[1")
    with pytest.raises(ValueError, match="import.json cannot be read"):
        bring(v1({}))
    assert about.read_text() == "[1"


def test_no_file_is_asked_for(tmp_path):
    with pytest.raises(ValueError, match="at least one file"):
        comtrade.run([], tmp_path)


GOOD = [v1({}, MONTH).encode(), v1({}, IMPORT, comma=True).encode(), old({}, {}).encode(),
        answer({}, MONTH).encode()]  # fmt: skip


def importing(folder):
    """Import into a folder without a word."""
    return lambda path: comtrade.run([path], folder / "data", lambda _: None)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_mutations_are_read_or_complained_of(borne, tmp_path_factory, data):
    content = data.draw(st.sampled_from(GOOD))
    at = data.draw(st.integers(0, len(content)))
    upto = data.draw(st.integers(at, min(len(content), at + 40)))
    new = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b",", b'"', b"\n", b"{", b"9" * 400]))
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
    assert not (folder / "data/comtrade").exists()
