"""SIPRI's exports: every form is read, damage is named, and forms join without names."""

import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import tables
from helpers.importers import folder, sipri, sipri_deals, sipri_join, sipri_tables
from helpers.paths import FOLDER

NOTES = [
    "A '?' in a column indicates uncertain data. The 'Number delivered' refers to the years.",
    "An empty field for 'Number ordered' indicates that data is not yet available.",
    "SIPRI trend-indicator values (TIVs) are in millions.",
    "An empty field for 'SIPRI TIV for total order' indicates that data is not available.",
    "A '0' indicates that the volume of deliveries is between 0 and 0.5 million SIPRI TIV.",
    "Figures may not add up to stated totals due to the conventions of rounding.",
    "For the method see <https://www.sipri.org/databases/armstransfers/sources-and-methods>.",
    "",
    "Source: SIPRI Arms Transfers Database (c) SIPRI.",
]
DEAL_HEADER = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,"
    "{delivered}, ,Year(s) of delivery,status,Comments,SIPRI TIV per unit,"
    "SIPRI TIV for total order,SIPRI TIV of delivered weapons"
)
DELIVERY_HEADER = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
    "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,"
    "Delivery year is estimate,Status,SIPRI estimate,TIV deal unit,TIV delivery values,"
    "Local production"
)
DEALS = [
    "India,Russia,2001,?,10,,Falcon-1M,fighter,10,?,2003; 2004,New,=1+1; -2; @cost,2,20,20",
    "India,Russia,2001,,30,?,Dart-2E,missile,30,?,2003,New,For Falcon,0.5,15,15",
    "China,Russia,1998,,4,,Heron,patrol boat,2,,1999; 2005,Second hand,,3.5,14,7",
    "China,Ukraine,2003,?,,?,Motor-7,turbofan,,,,New,Not yet delivered,0.6,0,0",
]
DELIVERIES = [
    "101,Russia,India,Falcon,fighter,Aircraft,2001,Yes,4,Yes,2003,No,New,2,2,8,No",
    "101,Russia,India,Falcon,fighter,Aircraft,2001,Yes,6,Yes,2004,No,New,2,2,12,No",
    "102,Russia,India,Dart,missile,Missiles,2001,No,30,Yes,2003,,New,0.5,0.5,15,Yes",
    "103,Russia,China,Heron (1),patrol boat,Ships,1998,No,1,No,2005,No,Second hand,9,3.5,3.5,No",
]


def first_line(years=("2000", "2024"), supplier="All countries", recipient="All countries"):
    return (
        f"Transfers of major conventional arms from {supplier}  to {recipient} . Deals with "
        f"deliveries made for the year range '{years[0]}' to '{years[1]}' "
    )


def by_deal(rows=DEALS, day="23 Oct 2025", delivered="Number delivered", years=("1990", "2024")):
    above = [first_line(years), *NOTES, f"Data generated: {day} 5:22:49 PM"]
    return "\n".join([*above, DEAL_HEADER.format(delivered=delivered), *rows, ""])


def by_delivery(rows=DELIVERIES, day="12 Feb 2026", end="", eol="\n", years=("2000", "2024")):
    above = [first_line(years), *NOTES, f"Data generated: {day} 12:26:12 PM"]
    return eol.join([*above, *(line + end for line in (DELIVERY_HEADER, *rows))]) + eol


def tiv(title, rows, years=(2003, 2006), day="13 Feb 2026"):
    span = ",".join(map(str, range(years[0], years[1] + 1)))
    header = f"{title},{span},{years[0]}-{years[1]},Percentage,Sum total years,Percentage of total"
    above = ["Volume of transfers of major arms", *NOTES[2:9], f"Data generated: {day} 9:10:08 AM"]
    return "\n".join([*above, "", header, *rows, ""])


BY_RECIPIENT = tiv("Recipient", [
    "India,23,12,0 ,,35,90%,35,90%",
    "China,,,4,,4,10%,4,10%",
    "Total exports from Russia,23,12,4,,39,100%,39,",
])  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def make(content, name="export.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("cp1252"))
        return path

    return make


def cleaned(file, *contents, release="2025-03", known=None):
    exports = [sipri.read(file(c, f"{n}.csv")) for n, c in enumerate(contents)]
    return sipri_tables.clean(exports, release, known)


def fails(path, *words):
    with pytest.raises(ValueError) as caught:
        sipri.read(path)
    for word in words:
        assert word in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "delivered", ["Number delivered", "Deliveries in the Year Range", "Whatever comes next"]
)
def test_by_deal_is_read_by_place(file, delivered):
    export = sipri.read(file(by_deal(delivered=delivered)))
    assert export.form == "by_deal"
    assert export.exported == "2025-10-23"
    assert (export.first_year, export.last_year) == (1990, 2024)
    assert (export.supplier, export.recipient) == ("All countries", "All countries")
    assert export.n_records == export.n_lines == 4
    first = export.rows.iloc[0]
    assert export.rows.index[0] == 13
    assert first["order_year_is_estimate"] and not first["ordered_units_is_estimate"]
    assert first["delivered_units_is_estimate"]
    assert first["delivery_years"] == "2003;2004"
    assert first["note"] == "=1+1; -2; @cost"
    assert export.rows["delivered_units"].isna().tolist() == [False, False, False, True]
    assert export.rows["condition"].tolist() == ["new", "new", "second_hand", "new"]


def test_years_not_specified(file):
    export = sipri.read(file(by_deal(years=("Not specified", "Not specified"))))
    assert (export.first_year, export.last_year) == (None, None)


def test_broken_records_are_rejoined(file):
    broken = DEALS[1].replace("For Falcon", "For\r\n Falcon\nand more")
    export = sipri.read(file(by_deal([DEALS[0], broken, DEALS[2]])))
    assert export.n_records == 3
    assert export.n_lines == 5
    assert export.rows["note"].tolist()[1] == "For Falcon and more"
    assert export.rows["tiv_mn"].tolist() == [20, 15, 7]
    assert export.rows.index.tolist() == [13, 14, 17]
    assert "1 records were broken" in export.notes[0]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_encodings(file, encoding):
    row = DEALS[0].replace("=1+1; -2; @cost", "Wärtsilä engine – modernisé")
    export = sipri.read(file(by_deal([row]).encode(encoding)))
    assert export.rows["note"].tolist() == ["Wärtsilä engine – modernisé"]
    assert export.notes == ()


def test_lost_letters_are_told(file):
    row = DEALS[0].replace("@cost", "W�rtsil�")
    export = sipri.read(file(by_deal([row]).encode()))
    assert "2 letters were lost" in export.notes[0]
    assert export.n_records == 1


@pytest.mark.parametrize("end", ["", ";", ","])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_by_delivery(file, end, eol):
    export = sipri.read(file(by_delivery(end=end, eol=eol)))
    assert export.form == "by_delivery"
    assert export.n_records == export.n_lines == 4
    assert export.rows["is_licensed"].tolist() == [False, False, True, False]
    assert export.rows["year_is_estimate"].isna().tolist() == [False, False, True, False]
    assert export.rows["tiv_mn"].sum() == 38.5


@pytest.mark.parametrize(
    ("title", "label", "form", "supplier", "recipient"),
    [
        ("Recipient", "Total world import", "tiv_importers", "All countries", "All countries"),
        ("Exports by", "Total world export", "tiv_exporters", "All countries", "All countries"),
        ("Recipient", "Total exports from Russia", "tiv_by_recipient", "Russia", "All countries"),
        ("Supplier", "Total exports to India", "tiv_by_supplier", "All countries", "India"),
        ("Supplier", "Total imports from India", "tiv_by_supplier", "All countries", "India"),
        ("Renamed", "Total exports to India", "tiv_by_supplier", "All countries", "India"),
    ],
)
def test_tiv_forms(file, title, label, form, supplier, recipient):
    rows = ["China,1,,0 ,,1,100%,1,100%", f"{label},1,,0 ,,1,100%,1,"]
    export = sipri.read(file(tiv(title, rows)))
    assert (export.form, export.supplier, export.recipient) == (form, supplier, recipient)
    assert export.exported == "2026-02-13"
    china = export.rows[export.rows["party"] == "China"]
    assert china["year"].tolist() == [2003, 2004, 2005, 2006]
    assert china["tiv_mn"].isna().tolist() == [False, True, False, True]
    assert china["is_below_half"].tolist() == [False, False, True, False]


def test_dead_forms_are_refused_with_the_way_out(file):
    old = "tidn,buyercod,sellercod,odat,odai,onum,onai,ldat,term,desig2,wcat,desc,coprod,nrdel"
    old += ",nrdelai,delyears,buyer,seller,status,tivunit,tivorder,tivdel\n1,2,3" + ",4" * 19
    assert "armstransfers.sipri.org" in fails(file(old), "old CSV", "22")
    assert "armstransfers.sipri.org" in fails(file("{\\rtf1\\mac Transfers}", "a.rtf"), "RTF")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["empty file"]),
        ("<!DOCTYPE html><html>503</html>", ["web page"]),
        (by_deal().replace(",", "\t"), ["register by deal", "TIV table"]),
        (by_deal().replace(",", ";"), ["register by deal", "separated by semicolons"]),
        (by_deal([]), ["header without rows"]),
        (by_delivery([]), ["header without rows"]),
        (by_deal()[:-30], ["row 16", "12 cells", "cut off"]),
        (by_delivery()[:-12], ["cells", "cut off"]),
        ("\n".join(BY_RECIPIENT.splitlines()[:-1]), ["ends with its total"]),
        (by_deal([DEALS[0] + ",7"]), ["17 cells"]),
        (by_deal([DEALS[0].replace(",10,,Falcon", ",ten,,Falcon")]), ["ordered_units", "'ten'"]),
        (by_deal([DEALS[0].replace(",10,?,2003", ",-10,?,2003")]), ["delivered_units", "'-10'"]),
        (by_deal([DEALS[0].replace(",2001,", ",3001,")]), ["order_year", "'3001'"]),
        (by_deal([DEALS[0].replace("2003; 2004", "2003; 2031")]), ["2031", "1990 to 2024"]),
        (by_deal([DEALS[0].replace("2003; 2004", "2003-2004")]), ["2003-2004"]),
        (by_deal([DEALS[0].replace("New", "Nearly new")]), ["condition", "'Nearly new'"]),
        (by_deal([DEALS[0].replace(",20,20", ",20,2000")]), ["TIV of a unit"]),
        (by_deal([DEALS[0].replace("2003; 2004", "")]), ["delivery_years"]),
        (by_deal([DEALS[0].replace("@cost", "x" * 10_000_000)]), ["field larger"]),
        (by_delivery([DELIVERIES[0], DELIVERIES[0]]), ["101, 2003"]),
        (by_delivery([DELIVERIES[0].replace("Yes,2003", "Maybe,2003")]), ["'Maybe'"]),
        (BY_RECIPIENT.replace("2004,2005", "2005"), ["header"]),
        (BY_RECIPIENT.replace("India,23", "India,99"), ["(sum)"]),
        (BY_RECIPIENT.replace("India,23", "India,some"), ["2003", "'some'"]),
        (BY_RECIPIENT.replace("Recipient", "Supplier"), ["Total exports from Russia"]),
        (b"\x00\x01" + by_deal().encode(), ["binary"]),
        (by_deal().encode("utf-16"), ["UTF-16"]),
    ],
)  # fmt: skip
def test_bad_input_is_named(file, content, words):
    message = fails(file(content), *words)
    assert "export.csv, row " in message


def test_every_fault_is_named_with_its_line(file):
    rows = [DEALS[0].replace("New", "Worn"), DEALS[1].replace(",30,?,2003", ",many,?,2003")]
    message = fails(file(by_deal(rows)), "row 13, condition", "row 14, delivered_units")
    assert "nothing was imported" in message


def test_swapped_columns_are_not_taken_by_their_titles(file):
    above = by_deal().replace("from All countries", "from Russia")
    swapped = above.replace("India,Russia", "Russia,India").replace("China,Russia", "Russia,China")
    fails(file(swapped.replace("China,Ukraine", "Russia,China")), "Russia only as recipient")


@pytest.mark.parametrize(
    ("day", "release"),
    [("2026-02-12", "2025-03"), ("2026-02-28", "2025-03"), ("2026-03-01", None),
     ("2026-03-14", None), ("2026-03-15", "2026-03"), ("2025-12-31", "2025-03"), ("", None)],
)  # fmt: skip
def test_release_of(day, release):
    assert sipri_tables.release_of(day) == release


def test_deals_join_without_names(file):
    made = cleaned(file, by_deal(), by_delivery())
    deals = made.frames["arms_deals"].set_index("designation")
    assert deals["deal_id"].to_dict() == {
        "Falcon-1M": "101", "Dart-2E": "102", "Heron": "103", "Motor-7": "x-UKR-CHN-2003-1",
    }  # fmt: skip
    assert deals["category"].fillna("").to_dict() == {
        "Falcon-1M": "Aircraft", "Dart-2E": "Missiles", "Heron": "Ships", "Motor-7": "",
    }  # fmt: skip
    assert deals.loc["Dart-2E", "is_licensed"]
    assert not deals.loc["Falcon-1M", "is_licensed"]
    assert deals.loc["Heron", "unit_tiv_new_mn"] == 9
    # The register by delivery begins after the first delivery of the Heron.
    assert deals["years_add_up"].isna().to_dict() == {
        "Falcon-1M": False, "Dart-2E": False, "Heron": True, "Motor-7": True,
    }  # fmt: skip
    assert deals.loc["Falcon-1M", "years_add_up"]
    assert deals.loc["Motor-7", "delivered_units"] == 0
    assert pd.isna(deals.loc["Motor-7", "ordered_tiv_mn"])
    assert any("3 of 4 deals have a number" in note for note in made.notes)


def test_one_form_alone(file):
    deals = cleaned(file, by_deal()).frames["arms_deals"]
    assert deals["deal_id"].str.startswith("x-").all()
    assert deals["category"].isna().all()
    assert deals["is_component"].isna().all()
    made = cleaned(file, by_delivery())
    deals = made.frames["arms_deals"].set_index("deal_id")
    assert deals["delivered_units"].to_dict() == {"101": 10, "102": 30, "103": 1}
    assert deals["ordered_units"].isna().all()
    assert deals.loc["101", "delivery_years"] == "2003;2004"
    assert any("deals without a delivery are absent" in note for note in made.notes)


LOOKALIKES = [
    "Norway,Russia,2000,,5,,Gun A,naval gun,5,,2006,New,,2,10,10",
    "Norway,Russia,2000,,5,,Radar B,radar,5,,2006,New,,2,10,10",
]


def lookalike_deliveries(second):
    return [
        f"{n},Russia,Norway,Name {n},thing,{kind},2000,No,5,No,2006,No,New,2,2,10,No"
        for n, kind in ((7, "Naval weapons"), (8, second))
    ]


def test_lookalikes_are_paired_only_if_all_that_they_take_over_is_the_same(file):
    same = cleaned(file, by_deal(LOOKALIKES), by_delivery(lookalike_deliveries("Naval weapons")))
    assert sorted(same.frames["arms_deals"]["deal_id"]) == ["7", "8"]
    other = cleaned(file, by_deal(LOOKALIKES), by_delivery(lookalike_deliveries("Sensors")))
    deals = other.frames["arms_deals"]
    assert deals["deal_id"].tolist() == ["x-RUS-NOR-2000-1", "x-RUS-NOR-2000-2"]
    assert deals["category"].isna().all()
    assert "arms_deliveries" not in other.frames
    told = " ".join(other.notes)
    assert "RUS to NOR 2000" in told and "7, 8" in told
    # The volumes still count them.
    volumes = other.frames["arms_tiv"]
    pair = volumes[(volumes["recipient"] == "NOR") & (volumes["scope"] == "pair")]
    assert pair["tiv_mn"].tolist() == [20]


def test_deliveries_of_deals_that_the_other_form_lacks(file):
    made = cleaned(file, by_deal(DEALS[1:]), by_delivery())
    deals = made.frames["arms_deals"].set_index("deal_id")
    assert deals.loc["101", "designation"] == "Falcon"
    assert pd.isna(deals.loc["101", "ordered_units"])
    assert any("by delivery only" in note for note in made.notes)
    assert set(made.frames["arms_deliveries"]["deal_id"]) <= set(deals.index)


def test_known_deals_hand_their_numbers_down(file):
    older = cleaned(file, by_deal(), by_delivery()).frames["arms_deals"]
    later = [
        "India,Russia,2001,?,10,,Falcon 1 (M),fighter,14,?,2003; 2004,New,,2,20,28",
        "India,Russia,2001,,40,?,Dart-2E,missile,40,?,2003; 2025,New,,0.5,20,20",
    ]
    made = cleaned(file, by_deal(later, day="18 May 2026", years=("1990", "2025")),
                   release="2026-03", known=older)  # fmt: skip
    deals = made.frames["arms_deals"].set_index("designation")
    assert deals["deal_id"].to_dict() == {"Falcon 1 (M)": "101", "Dart-2E": "102"}
    assert deals["category"].to_dict() == {"Falcon 1 (M)": "Aircraft", "Dart-2E": "Missiles"}


def test_a_deal_in_two_files_counts_once(file):
    twice = by_deal([DEALS[1], DEALS[1], DEALS[0]])
    made = cleaned(file, twice, by_deal([DEALS[0], DEALS[1]]), by_deal([DEALS[2]]))
    assert sorted(made.frames["arms_deals"]["tiv_mn"]) == [7, 15, 15, 20]
    assert any("1 records repeat another" in note for note in made.notes)
    assert any("2 records are in several files" in note for note in made.notes)
    with pytest.raises(ValueError, match="different years"):
        cleaned(file, by_deal(), by_deal(DEALS[:2], years=("2000", "2024")))


def test_files_that_contradict_each_other(file):
    other = by_delivery([DELIVERIES[0].replace(",4,Yes", ",2,Yes").replace(",2,2,8", ",2,2,4")])
    with pytest.raises(ValueError, match="deal 101 in 2003"):
        cleaned(file, by_delivery(), other)
    assert len(cleaned(file, by_delivery(), by_delivery()).frames["arms_deliveries"]) == 4


def test_register_sums(file):
    volumes = cleaned(file, by_delivery()).frames["arms_tiv"]
    assert set(volumes["basis"]) == {"register_sum"}
    of = volumes.set_index(["supplier", "recipient", "year"])["tiv_mn"].sort_index()
    assert of["RUS", "IND", 2003] == 23
    assert ("RUS", "IND", 2005) not in of.index
    assert of["RUS", "ALL", 2005] == of["ALL", "CHN", 2005] == of["ALL", "ALL", 2005] == 3.5
    # Totals have every published year of the range, pairs only those with a delivery.
    assert of["ALL", "CHN"].index.tolist() == list(range(2000, 2025))
    assert of["ALL", "CHN"].sum() == 3.5
    assert of["ALL", "ALL"].sum() == 38.5
    scopes = volumes.set_index(["supplier", "recipient"])["scope"].to_dict()
    assert scopes["ALL", "ALL"] == "world"
    assert scopes["RUS", "IND"] == "pair"
    assert scopes["ALL", "IND"] == "all_suppliers"
    assert scopes["RUS", "ALL"] == "all_recipients"


def test_an_export_of_one_supplier_gives_no_totals_of_recipients(file):
    part = by_delivery().replace("from All countries", "from Russia")
    volumes = cleaned(file, part).frames["arms_tiv"]
    assert set(volumes["supplier"]) == {"RUS"}
    assert set(volumes["scope"]) == {"pair", "all_recipients"}


def test_official_tables(file):
    made = cleaned(file, BY_RECIPIENT, by_delivery(), release="2006-03")
    rows = made.frames["arms_tiv"]
    rows = rows[rows["basis"] == "official_table"].set_index(["supplier", "recipient", "year"])
    # The release of March 2006 has data to 2005; the column of 2006 is not published.
    assert set(rows.index.get_level_values("year")) == {2003, 2004, 2005}
    assert rows.loc[("RUS", "CHN", 2003), "tiv_mn"] == 0
    assert not rows.loc[("RUS", "CHN", 2003), "is_below_half"]
    assert rows.loc[("RUS", "IND", 2005), "tiv_mn"] == 0
    assert rows.loc[("RUS", "IND", 2005), "is_below_half"]
    assert rows.loc[("RUS", "ALL", 2003), "tiv_mn"] == 23
    assert any("largest gap is 0.50 TIV" in note for note in made.notes)
    wide = BY_RECIPIENT.replace("23,12,4,,39", "27,12,4,,43")
    made = cleaned(file, wide, by_delivery(), release="2006-03")
    assert "RUS to ALL in 2003: SIPRI's table has 27, its register adds up to 23." in made.notes


def test_strange_parties_get_codes_of_their_own(file):
    rows = [DEALS[0].replace("India,", "Front of the Far Hills (Utopia)*,"),
            DEALS[1].replace("India,", "Utopia**,"), DEALS[2]]  # fmt: skip
    made = cleaned(file, by_deal(rows))
    new = made.frames["countries"].set_index("name")
    assert new.loc["Utopia**", "iso3"] == "XUTOPIA"
    assert new["iso3"].str.fullmatch("[A-Z][A-Z0-9]{1,11}").all()
    assert set(made.frames["arms_deals"]["recipient"]) == {"CHN", *new["iso3"]}
    assert any("XUTOPIA" in note for note in made.notes)


def run(tmp_path, *files, **options):
    said = []
    made = sipri_tables.run(list(files), tmp_path / "data", say=said.append, **options)
    return made, said


def test_run_puts_a_set_that_the_tables_read(file, tmp_path, monkeypatch):
    files = [file(by_deal(), "deals.csv"), file(by_delivery(), "deliveries.csv"),
             file(BY_RECIPIENT, "tiv.csv")]  # fmt: skip
    made, said = run(tmp_path, *files)
    assert made.name == "sipri-2025-03"
    about = json.loads((made / folder.ABOUT).read_text())
    assert about["release"] == "2025-03"
    assert [f["form"] for f in about["files"]] == ["by_deal", "by_delivery", "tiv_by_recipient"]
    assert str(tmp_path) not in json.dumps(about)
    assert any("4 records on 4 lines" in line for line in said)
    monkeypatch.setenv(FOLDER, str(tmp_path / "data"))
    assert tables.check() == []
    notes = tables.load("arms_deals").set_index(["deal_id", "release"])["note"]
    assert notes["101", "2025-03"] == "=1+1; -2; @cost"


def test_a_full_register_stands_in_for_the_deals_of_the_package(file, tmp_path):
    made, _ = run(tmp_path, file(by_deal(years=("1950", "2024"))))
    about = json.loads((made / folder.ABOUT).read_text())
    assert about["in_place_of"] == {"arms_deals": [{"release": "2025-03"}]}
    made, _ = run(tmp_path, file(by_deal()))
    assert json.loads((made / folder.ABOUT).read_text())["in_place_of"] == {}
    pair = by_deal(years=("1950", "2024")).replace("from All countries", "from Russia")
    made, _ = run(tmp_path, file(pair))
    about = json.loads((made / folder.ABOUT).read_text())
    assert about["in_place_of"] == {"arms_deals": [{"release": "2025-03", "supplier": "RUS"}]}


def test_release_is_asked_for_where_the_day_does_not_tell(file, tmp_path):
    early = file(by_deal(day="10 Mar 2026"))
    with pytest.raises(ValueError, match="--release YYYY-03"):
        run(tmp_path, early)
    assert run(tmp_path, early, release="2026-03")[0].name == "sipri-2026-03"
    with pytest.raises(ValueError, match="so not of 2024-03"):
        run(tmp_path, early, release="2024-03")
    with pytest.raises(ValueError, match="several releases"):
        run(tmp_path, file(by_deal(), "a.csv"), file(by_delivery(day="1 Apr 2026"), "b.csv"))
    with pytest.raises(ValueError, match="tell another release"):
        run(tmp_path, file(by_deal()), release="2026-03")
    with pytest.raises(ValueError, match="expected the month"):
        run(tmp_path, file(by_deal()), release="../2026")


def test_deliveries_later_than_the_release_are_refused(file, tmp_path):
    late = file(by_deal([DEALS[0].replace("2003; 2004", "2003; 2025")], years=("1990", "2030")))
    with pytest.raises(ValueError, match="row 13, year of delivery: found '2025'"):
        run(tmp_path, late)
    assert not (tmp_path / "data").exists()


def test_a_set_of_more_forms_is_not_lost(file, tmp_path):
    deals, deliveries = file(by_deal(), "deals.csv"), file(by_delivery(), "deliveries.csv")
    made, _ = run(tmp_path, deals, deliveries)
    before = {p.name: p.read_bytes() for p in made.iterdir()}
    with pytest.raises(ValueError, match=r"by_delivery: \d+ records there, 0 in the new files"):
        run(tmp_path, deals)
    with pytest.raises(ValueError):
        run(tmp_path, deals, file(by_deal()[:-30], "cut.csv"))
    assert {p.name: p.read_bytes() for p in made.iterdir()} == before
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["sipri-2025-03"]
    run(tmp_path, deals, replace=True)
    assert not (made / "arms_deliveries.csv").exists()


def test_a_release_that_the_package_does_not_know_brings_its_source(file, tmp_path, monkeypatch):
    made, _ = run(tmp_path, file(by_deal(day="1 Apr 2027")))
    assert made.name == "sipri-2027-03"
    monkeypatch.setenv(FOLDER, str(tmp_path / "data"))
    assert tables.check() == []
    assert "sipri-2027-03" in set(tables.load("sources")["source_id"])


def test_order_of_the_rows_does_not_matter(file):
    forward = cleaned(file, by_deal(DEALS + LOOKALIKES), by_delivery())
    backward = cleaned(file, by_deal((DEALS + LOOKALIKES)[::-1]), by_delivery(DELIVERIES[::-1]))
    for name, frame in forward.frames.items():
        keys = [c for c in ("deal_id", "supplier", "recipient", "year", "basis") if c in frame]
        other = backward.frames[name].sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(frame.sort_values(keys, ignore_index=True), other)


def test_a_stricter_step_settles_first():
    deals = pd.DataFrame({
        "supplier": "A", "recipient": "B", "order_year": 2000, "delivery_years": ["2001", "2001"],
        "delivered_units": [5, 6], "tiv_mn": [5.0, 6.0], "unit_tiv_mn": 1.0, "condition": "new",
        "category": ["Ships", "Sensors"], "is_licensed": False, "unit_tiv_new_mn": 1.0,
    })  # fmt: skip
    left = sipri_join.facts(deals, 1990, 2024)
    right = left.join(deals[sipri_join.TAKEN])
    assert sipri_join.pair(left, right).to_dict() == {0: 0, 1: 1}
    # One was revised to 7: the other is settled by its number, then this one by its years.
    right.loc[1, ["units", "tiv"]] = 7
    assert sipri_join.pair(left, right).to_dict() == {0: 0, 1: 1}
    # Both were revised and differ in category: nothing tells which is which.
    right["units"], right["tiv"] = [8, 9], [8.0, 9.0]
    assert sipri_join.pair(left, right).empty


def test_running_numbers_follow_years_units_and_tiv():
    deals = pd.DataFrame({
        "supplier": "RUS", "recipient": "IND", "order_year": 1998,
        "delivery_years": ["2001", "2000", "2000"], "delivered_units": [1, 9, 3], "tiv_mn": 1.0,
    })  # fmt: skip
    assert sipri_deals._running(deals).tolist() == [f"x-RUS-IND-1998-{n}" for n in (3, 2, 1)]


WELL_FORMED = [by_deal().encode(), by_delivery(end=";", eol="\r\n").encode(), BY_RECIPIENT.encode()]
FEW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def mutated(draw):
    data = bytearray(draw(st.sampled_from(WELL_FORMED)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data) - 1))
        kind = draw(st.sampled_from(["cut", "swap", "insert", "drop", "separator", "repeat"]))
        if kind == "cut":
            del data[max(at, 1) :]
        elif kind == "swap":
            data[at] = draw(st.integers(0, 255))
        elif kind == "insert":
            data[at:at] = draw(st.binary(max_size=20))
        elif kind == "drop":
            del data[at : at + draw(st.integers(0, 40))]
        elif kind == "separator":
            data = bytearray(data.replace(b",", draw(st.sampled_from([b";", b"\t", b'"', b"|"]))))
        else:
            data += data[at:]
        data = data or bytearray(b" ")
    return bytes(data)


@FEW
@given(mutated())
def test_mutations_are_read_or_refused(borne, tmp_path, data):
    borne(sipri.read, tmp_path / "export.csv", data)


@FEW
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(tmp_path, data):
    path = tmp_path / "bytes.csv"
    path.write_bytes(data)
    with pytest.raises(ValueError):
        sipri.read(path)


@pytest.mark.parametrize(("first", "warned"), [("1990", True), ("1950", False)])
def test_a_register_that_begins_late_says_that_older_deals_are_cut(file, first, warned):
    made = cleaned(file, by_deal(years=(first, "2024")))
    assert any("export from 1950 on" in note for note in made.notes) == warned
