"""BACI's files become a store of the same rows, or are refused with file, line and column."""

import json
import zipfile

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import tables
from helpers.importers import baci, baci_files
from helpers.paths import FOLDER

HEADER = "t,i,j,k,v,q"
ROWS = [
    "2017,156,398,854231,10,2.5",
    "2017,156,643,10121,0.001,0.5",
    "2017,156,643,854231,12.345,",
    "2017,156,643,854232,4,NA",
    "2017,643,156,270900,1000.5,3000.25",
]


def written(folder, rows=ROWS, name="BACI_HS17_Y2017_V202501.csv", header=HEADER, end="\n"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(end.join([header, *rows]) + end, encoding="utf-8", newline="")
    return path


def of_year(year, rows=ROWS):
    return [row.replace("2017", str(year), 1) for row in rows]


def two_years(folder):
    return [written(folder, of_year(y), f"BACI_HS17_Y{y}_V202501.csv") for y in (2017, 2018)]


def imported(files, tmp_path, **how):
    return baci.run(files, tmp_path / "data", say=lambda text: None, **how)


def refusal(files, tmp_path, **how):
    with pytest.raises(ValueError) as caught:
        imported(files, tmp_path, **how)
    return str(caught.value)


def stored(store, year=2017):
    frame = pl.read_parquet(store / f"year={year}" / "flows.parquet", hive_partitioning=False)
    return frame.rows()


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


EXPECTED = [
    (2017, 156, 398, 854231, 10, 2.5),
    (2017, 156, 643, 10121, 0.001, 0.5),
    (2017, 156, 643, 854231, 12.345, None),
    (2017, 156, 643, 854232, 4, None),
    (2017, 643, 156, 270900, 1000.5, 3000.25),
]


def test_a_year_file_becomes_a_store(tmp_path):
    said = []
    store = baci.run([written(tmp_path)], tmp_path / "data", say=said.append)
    assert store == tmp_path / "data" / "baci-hs17-202501"
    assert stored(store) == EXPECTED
    about = json.loads((store / "import.json").read_text())
    assert (about["kind"], about["hs_revision"], about["release"]) == ("baci", "HS2017", "202501")
    assert about["years"] == [{"year": 2017, "rows": 5, "without_quantity": 2}]
    assert (about["rows"], about["without_quantity"]) == (5, 2)
    assert about["files"][0]["name"] == "BACI_HS17_Y2017_V202501.csv"
    assert said[0] == "2017: 5 rows, 2 of them without a quantity (1 of 1 files)"
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["baci-hs17-202501"]


def test_flows_of_a_pair_come_out_in_dollars_and_kilograms(tmp_path):
    store = imported(two_years(tmp_path), tmp_path)
    found = baci.flows(store, "CHN", "RUS")
    assert found["year"].tolist() == [2017] * 3 + [2018] * 3
    assert found["product"].tolist() == ["010121", "854231", "854232"] * 2
    assert found["value_usd"].tolist()[:3] == [1, 12345, 4000]
    assert found["net_kg"].tolist()[0] == 500
    assert found["net_kg"].isna().tolist() == [False, True, True] * 2
    assert set(found["exporter"] + found["importer"]) == {"CHNRUS"}
    one = baci.flows(store, "RUS", "CHN", ["270900"], [2018])
    assert one[["year", "product", "value_usd", "net_kg"]].values.tolist() == [
        [2018, "270900", 1000500, 3000250]
    ]
    assert baci.flows(store, "CHN", "RUS", ["999999"]).empty


def test_flows_of_a_country_with_two_numbers_are_summed(tmp_path):
    rows = ["2017,156,356,854231,1,2", "2017,156,356,854232,1,2",
            "2017,156,699,854231,10,20", "2017,156,699,854232,10,"]  # fmt: skip
    found = baci.flows(imported([written(tmp_path, rows)], tmp_path), "CHN", "IND")
    assert found["value_usd"].tolist() == [11_000, 11_000]
    assert found["net_kg"].fillna(-1).tolist() == [22_000, -1]


def test_flows_name_what_is_not_there(tmp_path):
    store = imported([written(tmp_path)], tmp_path)
    with pytest.raises(ValueError, match="has no 2016, 2018; there are 2017"):
        baci.flows(store, "CHN", "RUS", years=[2016, 2017, 2018])
    with pytest.raises(ValueError, match="'XXX' is no country of BACI"):
        baci.flows(store, "XXX", "RUS")


@pytest.mark.parametrize(
    ("rows", "header", "end"),
    [
        (ROWS, HEADER, "\r\n"),
        (ROWS, "\ufeff" + HEADER, "\n"),
        ([f"{a},{b}" for a, b in (r.split(",", 1) for r in reversed(ROWS))], HEADER, "\n"),
        ([",".join(reversed(r.split(","))) for r in ROWS], "q,v,k,j,i,t", "\n"),
        ([r.replace(",10121,", ',"010121",') for r in ROWS], HEADER, "\n"),
        ([",".join(f"  {c}" for c in r.split(",")) for r in ROWS], HEADER, "\n"),
        ([*ROWS[:2], "", *ROWS[2:], ""], HEADER, "\n"),
        ([r.replace(",NA", ",         NA") for r in ROWS], HEADER, "\n"),
        ([r.replace(",NA", ",NaN") for r in ROWS], HEADER, "\n"),
    ],
    ids=["crlf", "bom", "unsorted", "other order", "quoted", "padded", "blank lines", "padded NA",
         "NaN"],
)  # fmt: skip
def test_the_same_rows_in_other_writing_come_out_the_same(tmp_path, rows, header, end):
    store = imported([written(tmp_path, rows, header=header, end=end)], tmp_path)
    assert stored(store) == EXPECTED


def test_csv_zip_and_parquet_give_the_same_rows(tmp_path):
    first, second = two_years(tmp_path)
    with zipfile.ZipFile(tmp_path / "BACI_HS17_V202501.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(first, f"BACI/{first.name}")
        archive.write(second, second.name)
        archive.writestr("country_codes_V202501.csv", "country_code,name\n156,China\n")
        archive.writestr("Readme.txt", "about")
    parquet = tmp_path / "BACI_HS17_Y2017_V202501.parquet"
    text = pd.read_csv(first, dtype={"k": str})
    text.assign(k=text["k"].str.zfill(6)).to_parquet(parquet)
    plain = imported([first], tmp_path / "a")
    of_parquet = imported([parquet], tmp_path / "b")
    of_zip = imported([tmp_path / "BACI_HS17_V202501.zip"], tmp_path / "c")
    assert stored(plain) == stored(of_parquet) == stored(of_zip) == EXPECTED
    assert [row[0] for row in stored(of_zip, 2018)] == [2018] * 5
    about = json.loads((of_zip / "import.json").read_text())
    assert [f["member"] for f in about["files"]] == [f"BACI/{first.name}", second.name]


def test_members_of_another_revision_are_refused(tmp_path):
    path = tmp_path / "BACI_HS17_V202501.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for revision, year in ((17, 2017), (22, 2018)):
            file = written(tmp_path, of_year(year), f"BACI_HS{revision}_Y{year}_V202501.csv")
            archive.write(file, file.name)
    assert "one revision" in refusal([path], tmp_path)


def test_a_hostile_archive_is_refused(tmp_path):
    path = tmp_path / "BACI_HS17_V202501.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../BACI_HS17_Y2017_V202501.csv", "t,i,j,k,v,q")
        archive.writestr("BACI_HS17_Y2018_V202501.csv", "0" * 1_000_000)
    text = refusal([path], tmp_path)
    assert "a path out of its folder" in text
    assert "at most 100 times its packed size" in text
    assert not (tmp_path / "data").exists()


def test_a_slice_of_several_years_is_spread_over_them(tmp_path):
    rows = sorted(of_year(2018) + of_year(2017) + of_year(2021), key=lambda r: r.split(",")[3])
    path = written(tmp_path, rows, "baci_hs17_v202501_slice.csv")
    store = imported([path], tmp_path)
    assert [stored(store, year) for year in (2017, 2018, 2021)] == [
        [(year, *row[1:]) for row in EXPECTED] for year in (2017, 2018, 2021)
    ]
    before = contents(store)
    assert imported([path], tmp_path) == store
    assert contents(store) == before


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("BACI_HS92_Y2017_V202401b.csv", ("HS1992", "202401b", "baci-hs92-202401b")),
        ("BACI_HS02_Y2017_V202501.csv", ("HS2002", "202501", "baci-hs02-202501")),
        ("baci_hs22_v202601_any.csv", ("HS2022", "202601", "baci-hs22-202601")),
    ],
)
def test_any_revision_and_release(tmp_path, name, about):
    store = imported([written(tmp_path, name=name)], tmp_path)
    told = json.loads((store / "import.json").read_text())
    assert (told["hs_revision"], told["release"], store.name) == about


def test_what_the_name_does_not_tell_can_be_asked_for(tmp_path):
    path = written(tmp_path, name="mine.csv")
    assert "hs='HS17', release='202501'" in refusal([path], tmp_path)
    assert imported([path], tmp_path, hs="HS17", release="V202501").name == "baci-hs17-202501"


@pytest.mark.parametrize(
    ("names", "how", "text"),
    [
        (["BACI_HS17_Y2017_V202501.csv"], {"hs": "HS22"}, "is not of HS22"),
        (["BACI_HS17_Y2017_V202501.csv"], {"release": "202401"}, "release 202401, as asked"),
        (["BACI_HS17_Y2017_V202501.csv", "BACI_HS22_Y2018_V202501.csv"], {}, "one revision"),
        (["BACI_HS17_Y2017_V202501.csv", "BACI_HS17_Y2018_V202401.csv"], {}, "one revision"),
        (["BACI_HS18_Y2017_V202501.csv"], {}, "there is no HS18"),
        (["BACI_HS17_Y2017_V202501.csv"], {"hs": "revision 17"}, "is none such as HS17"),
        (["baci_hs17_v202501_a.csv", "baci_hs17_v202501_b.csv"], {}, "2017: baci_hs17_v202501_b"),
    ],
)
def test_mixtures_are_refused(tmp_path, names, how, text):
    files = [written(tmp_path, name=name) for name in names]
    assert text in refusal(files, tmp_path, **how)
    assert not list(tmp_path.glob("data/[!.]*"))


def test_lists_of_codes_are_passed_over(tmp_path):
    codes = written(tmp_path, name="country_codes_V202501.csv")
    said = []
    baci.run([codes, written(tmp_path)], tmp_path / "data", say=said.append)
    assert said[0] == "country_codes_V202501.csv: passed over, it holds no flows"
    assert "none of the files holds flows" in refusal([codes], tmp_path)


NAME = "BACI_HS17_Y2017_V202501.csv"


@pytest.mark.parametrize(
    ("line", "column", "found", "allowed"),
    [
        ("2018,156,643,854231,1,2", "t", "'2018'", "2017, as its name says"),
        ("2017,0,643,854231,1,2", "i", "'0'", "a country number from 1 to 999"),
        ("2017,156,1643,854231,1,2", "j", "'1643'", "a country number from 1 to 999"),
        ("2017,156,RUS,854231,1,2", "j", "'RUS'", "a country number from 1 to 999"),
        ("2017,156,643,8542,1,2", "k", "'8542'", "a six-digit product code"),
        ("2017,156,643,8542311,1,2", "k", "'8542311'", "a six-digit product code"),
        ("2017,156,643,854231,-1,2", "v", "'-1'", "a number of at least 0 (thousand USD)"),
        ("2017,156,643,854231,,2", "v", "''", "a number of at least 0 (thousand USD)"),
        ("2017,156,643,854231,inf,2", "v", "'inf'", "a number of at least 0 (thousand USD)"),
        ("2017,156,643,854231,nan,2", "v", "'nan'", "a number of at least 0 (thousand USD)"),
        ("2017,156,643,854231,=1+1,2", "v", "'=1+1'", "a number of at least 0 (thousand USD)"),
        ("2017,156,643,854231,1,-2", "q", "'-2'", "a number of at least 0 (tonnes), or nothing"),
        ("2017,156,643,854231,1,two", "q", "'two'", "a number of at least 0 (tonnes), or nothing"),
        ("2017,156,643,854231,1,\xe9", "q", "'\xe9'", "a number of at least 0"),
        ("2017,156,643,854231,1", "(record)", "'5 cells: 2017,156,643,854231,1'", "6 cells"),
        ("2017,156,643,854231,1,2,3", "(record)", "'7 cells:", "6 cells"),
        ("2017;156;643;854231;1;2", "(record)", "'1 cells:", "6 cells"),
        ("2017,156,643,854231,1," + "9" * 10_000_000, "q", "'999", "a number of at least 0"),
        ("2017,156,643,854231,1," + "x" * 10_000_000, "q", "'xxx", "a number of at least 0"),
        (ROWS[2], "t+i+j+k", "'2017; 156; 643; 854231'", "only once"),
    ],
)  # fmt: skip
def test_faults_are_named_with_file_line_and_column(tmp_path, line, column, found, allowed):
    text = refusal([written(tmp_path, [*ROWS[:4], line, ROWS[4]])], tmp_path)
    assert "1 problem; nothing was imported" in text
    assert f"{NAME}, row 6, {column}: found {found}" in text
    assert f"allowed: {allowed}" in text
    assert len(text) < 400
    assert list(tmp_path.glob("data/*")) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "an empty file"),
        (b"\n\n", "an empty file"),
        (b"t,i,j,k,v,q\n", "row 2, (file): found 'no rows'"),
        (b"<html><body>404</body></html>", "not a web page"),
        (b"t;i;j;k;v;q\n2017;156;643;854231;1;2\n", "found 't;i;j;k;v;q', allowed: t,i,j,k,v,q"),
        (b"t,i,j,k,v\n2017,156,643,854231,1\n", "found 't,i,j,k,v'"),
        (b"t,i,j,k,v,q,x\n2017,156,643,854231,1,2,3\n", "found 't,i,j,k,v,q,x'"),
        ("t,i,j,k,v,q\n2017,156,643,854231,1,2\n".encode("utf-16"), "binary data"),
        (b"t,i,j,k,v,q\n2017,156,643,854231,1,2\n2017,156,643,854232,1,2.", "the file cut off?"),
        (b"t,i,j,k,v,q\n2017,156,643,854231,1,2\n2017,156", "row 3, (record)"),
        (b"PK\x03\x04\x00\x00", "binary data"),
    ],
)
def test_files_that_are_none_of_baci_are_refused(tmp_path, content, text):
    path = tmp_path / NAME
    path.write_bytes(content)
    assert text in refusal([path], tmp_path)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ({"t": [2017.5]}, "t: found 'Float64', allowed: whole numbers or text"),
        ({"k": ["85423x"]}, "row 1, k: found '85423x', allowed: a six-digit product code"),
        ({"j": [-5]}, "row 1, j: found '-5'"),
        ({"v": [None]}, "row 1, v: found ''"),
        ({"x": [1]}, "(header)"),
    ],
)
def test_faults_of_parquet_are_named(tmp_path, frame, text):
    good = {"t": [2017], "i": [156], "j": [643], "k": ["854231"], "v": [1.5], "q": [2.0]}
    path = tmp_path / "BACI_HS17_Y2017_V202501.parquet"
    pl.DataFrame(good | frame).write_parquet(path)
    assert text in refusal([path], tmp_path)


def test_no_parquet_under_its_name_is_refused(tmp_path):
    path = tmp_path / "BACI_HS17_Y2017_V202501.parquet"
    path.write_text("<html>")
    assert "allowed: a Parquet file" in refusal([path], tmp_path)


def test_of_many_faults_twenty_are_shown(tmp_path):
    rows = [f"2017,156,643,{code},-1,2" for code in range(854200, 854300)]
    text = refusal([written(tmp_path, rows)], tmp_path)
    assert text.startswith("100 problems; nothing was imported")
    assert text.count("found '-1'") == 20
    assert "... and 80 more" in text


def test_the_faults_of_all_files_are_named(tmp_path):
    files = two_years(tmp_path)
    for path in files:
        path.write_text(path.read_text().replace("398", "998877"))
    text = refusal(files, tmp_path)
    assert "Y2017_V202501.csv, row 2, j" in text
    assert "Y2018_V202501.csv, row 2, j" in text


def test_a_bad_file_leaves_the_store_as_it_was(tmp_path):
    store = imported(two_years(tmp_path), tmp_path)
    before = contents(store)
    bad = written(tmp_path, of_year(2017, ["2017,156,643,854231,x,1"]))
    good = written(tmp_path, of_year(2019), "BACI_HS17_Y2019_V202501.csv")
    refusal([bad, good], tmp_path)
    assert contents(store) == before


def counting(monkeypatch):
    done, convert = [], baci.convert
    monkeypatch.setattr(baci, "convert", lambda s, stage: done.append(s.year) or convert(s, stage))
    return done


def test_years_made_before_are_kept_and_changed_ones_made_anew(tmp_path, monkeypatch):
    files = two_years(tmp_path)
    store = imported(files, tmp_path)
    done = counting(monkeypatch)
    before = contents(store)
    imported(files, tmp_path)
    assert (done, contents(store)) == ([], before)
    written(tmp_path, of_year(2018, ROWS[:1]), files[1].name)
    third = written(tmp_path, of_year(2019), "BACI_HS17_Y2019_V202501.csv")
    imported([files[1], third], tmp_path)
    assert done == [2018, 2019]
    assert [len(stored(store, year)) for year in (2017, 2018, 2019)] == [5, 1, 5]
    about = json.loads((store / "import.json").read_text())
    assert [y["rows"] for y in about["years"]] == [5, 1, 5]


def test_an_interrupted_run_is_taken_up_where_it_stopped(tmp_path, monkeypatch):
    files = two_years(tmp_path)
    convert = baci.convert

    def interrupted(source, stage):
        if source.year == 2018:
            raise KeyboardInterrupt
        return convert(source, stage)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(baci, "convert", interrupted)
        imported(files, tmp_path)
    assert not list(tmp_path.glob("data/[!.]*"))
    done = counting(monkeypatch)
    store = imported(files, tmp_path)
    assert done == [2018]
    assert stored(store) == EXPECTED
    assert len(stored(store, 2018)) == 5


def test_a_year_left_by_an_older_run_does_not_slip_in(tmp_path, monkeypatch):
    files = two_years(tmp_path)
    files[1].write_text("broken")
    refusal(files, tmp_path)
    third = written(tmp_path, of_year(2019), "BACI_HS17_Y2019_V202501.csv")
    store = imported([third], tmp_path)
    assert sorted(p.name for p in store.iterdir()) == ["import.json", "year=2019"]


def test_progress_counts_files(tmp_path):
    steps = []
    imported(
        two_years(tmp_path), tmp_path, progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(0, 2), (1, 2), (2, 2)]


def test_sorting_goes_over_all_exporters(tmp_path):
    rows = [f"2017,{i},{j},854231,1,1" for i in (999, 800, 799, 400, 200, 199, 1) for j in (9, 8)]
    found = stored(imported([written(tmp_path, rows)], tmp_path))
    assert [row[1:3] for row in found] == sorted(row[1:3] for row in found)
    assert len(found) == 14


def test_stores_are_listed_newest_last(tmp_path):
    for name in ("HS17_Y2017_V202501", "HS22_Y2017_V202501", "HS92_Y2017_V202401b"):
        imported([written(tmp_path, name=f"BACI_{name}.csv")], tmp_path)
    names = [store.name for store in baci.stores(tmp_path / "data")]
    assert names == ["baci-hs92-202401b", "baci-hs22-202501", "baci-hs17-202501"]


def pair_table(store, **how):
    made = baci.extract(store.parent, "CHN", "RUS", say=lambda text: None, **how)
    return made, pd.read_csv(made / "trade_annual.csv", dtype=str, keep_default_na=False)


def test_a_pair_is_drawn_with_groups_tiers_and_total(tmp_path):
    made, table = pair_table(imported(two_years(tmp_path), tmp_path))
    assert made.name == "flows-baci-hs17-202501-chn-rus"
    own = table[table["year"] == "2017"].set_index("product")
    assert own.loc["TOTAL", ["value_usd", "net_kg", "n_lines", "n_lines_no_weight"]].tolist() == [
        "16346", "500", "3", "2"
    ]  # fmt: skip
    assert own.loc["integrated_circuits", "value_usd"] == "16345"
    assert own.loc["tier_1", "value_usd"] == "16345"
    assert own.loc["lathes", "value_usd"] == "0"
    line = own.loc["854231"]
    assert line[["dataset", "reporter", "valuation", "attribution", "hs_revision"]].tolist() == [
        "baci", "reconciled", "fob", "mixed", "HS2017"
    ]  # fmt: skip
    assert (line["net_kg"], line["is_sum"], line["source_id"]) == ("", "false", "baci-v202501")
    about = json.loads((made / "import.json").read_text())
    assert about["in_place_of"] == {
        "trade_annual": [{"dataset": "baci", "exporter": "CHN", "importer": "RUS"}]
    }
    assert not (made / "sources.csv").exists()


def test_the_pair_stands_in_for_the_packages_rows(tmp_path, monkeypatch):
    store = imported(two_years(tmp_path), tmp_path)
    made, table = pair_table(store)
    monkeypatch.setenv(FOLDER, str(store.parent))
    read = tables.load("trade_annual")
    own = read[(read["dataset"] == "baci") & (read["exporter"] == "CHN")]
    assert len(own) == len(table)
    assert set(own["year"]) == {2017, 2018}


def test_another_release_brings_its_source_and_replaces_the_older_set(tmp_path):
    old, _ = pair_table(imported([written(tmp_path)], tmp_path))
    newer = written(tmp_path, name="BACI_HS22_Y2017_V202601.csv")
    made, table = pair_table(imported([newer], tmp_path))
    assert not old.exists()
    sources = pd.read_csv(made / "sources.csv", dtype=str)
    assert sources["source_id"].tolist() == ["baci-v202601"]
    assert sources["title"].tolist() == ["BACI, HS 2022, version 202601"]
    assert sources["date"].tolist() == ["2026-01"]
    assert set(table.loc[table["product"] != "TOTAL", "hs_revision"]) == {"HS2022"}


def test_tiers_of_hs_2022_are_the_lists_own_codes(tmp_path):
    rows = [f"2022,156,643,{code},1,1" for code in (852589, 854149, 854140, 901380)]
    path = written(tmp_path, rows, "BACI_HS22_Y2022_V202501.csv")
    _, table = pair_table(imported([path], tmp_path))
    sums = table.set_index("product")["value_usd"]
    assert (sums["chpl"], sums["chpl_comparable"]) == ("3000", "1000")


def test_older_revisions_have_neither_groups_nor_tiers(tmp_path):
    path = written(tmp_path, name="BACI_HS92_Y2017_V202501.csv")
    made, table = pair_table(imported([path], tmp_path))
    assert set(table["product_level"]) == {"hs6", "total"}
    assert "left out" in json.loads((made / "import.json").read_text())["notes"][0]


def test_a_pair_without_flows_or_store_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no store of BACI"):
        baci.extract(tmp_path, "CHN", "RUS")
    store = imported([written(tmp_path)], tmp_path)
    with pytest.raises(ValueError, match="no flow from RUS to IND"):
        baci.extract(store.parent, "RUS", "IND")


FUZZED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mutated(data, content):
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 6))
        new = data.draw(st.sampled_from([b"", b",", b";", b"\n", b'"', b"\x00", b"\xff", b"9", b"-",
                                         b".", b"e", b"\r"]) | st.binary(max_size=4))  # fmt: skip
        content = content[:at] + new + content[at + cut :]
    return content


YEAR_FILE = "BACI_HS17_Y2017_V202501.csv"


def importing(folder):
    """Import into a folder without a word."""
    return lambda path: baci.run([path], folder, "HS17", "202501", say=lambda _: None)


@FUZZED
@given(data=st.data())
def test_altered_csv_is_refused_or_read(borne, tmp_path, data):
    altered = mutated(data, "\n".join([HEADER, *ROWS, ""]).encode())
    borne(importing(tmp_path / "data"), tmp_path / YEAR_FILE, altered)


@FUZZED
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused(borne, tmp_path, content):
    for suffix in (".csv", ".zip", ".parquet"):
        path = (tmp_path / YEAR_FILE).with_suffix(suffix)
        borne(importing(tmp_path / "data"), path, content)


def test_the_key_is_wide_enough():
    frame = pl.DataFrame({"exporter": [999], "importer": [999], "product": [999_999]})
    assert frame.select(baci_files._key()).item() == 999_999_999_999
