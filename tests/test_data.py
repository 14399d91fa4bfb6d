"""The clean tables keep their description, and are what the raw ones give."""

import re

import frictionless
import pytest

from helpers import build, dates, schema, tables
from helpers.build import codebook, corrections
from helpers.paths import CLEAN, DATA, RAW

PROMISED_ROWS = {
    "arms_deals": 400,
    "arms_deliveries": 663,
    "reported_figures": 175,
    "exercises": 107,
    "exercise_counts_reported": 46,
    "meetings": 97,
    "agreements": 16,
    "sanctions": 37,
    "outreach": 28,
    "transfers_to_russia": 23,
    "alliance_indicators": 126,
    "alliance_rubric": 17,
    "incidents": 18,
    "weapon_service_entry": 23,
    "system_lineage": 29,
    "ship_engines": 20,
    "statements": 56,
    "export_controls": 10,
    "consultations": 32,
    "joint_operations": 9,
    "foreign_fighters": 28,
    "perceptions": 81,
    "claims": 399,
    "conflicts": 57,
    "alliance_second_coding": 116,
}


@pytest.fixture(scope="module")
def built():
    return build.clean_tables()


@pytest.mark.parametrize("name", tables.names())
def test_committed_table_is_what_the_build_gives(name, built):
    committed = (CLEAN / f"{name}.csv").read_bytes()
    assert committed == built[name].to_csv(index=False, lineterminator="\n").encode()


def test_codebook_is_what_the_build_gives(built):
    assert (DATA / "README.md").read_text(encoding="utf-8") == codebook.text(built)


def test_no_violation_in_any_table():
    assert tables.check() == []


def test_an_independent_validator_agrees():
    report = frictionless.Package(str(DATA / "datapackage.json")).validate()
    assert report.flatten(["resourceName", "rowNumber", "fieldName", "note"]) == []


@pytest.mark.parametrize(("name", "rows"), PROMISED_ROWS.items())
def test_row_counts(name, rows):
    assert len(tables.load(name)) == rows


@pytest.mark.parametrize("name", tables.names())
def test_every_row_has_a_source(name):
    frame = tables.load(name)
    # A measure is a question of ours, not a fact.
    if name not in ("sources", "conflict_measures"):
        assert frame["source_id"].notna().all()


@pytest.mark.parametrize("name", tables.names())
def test_every_table_and_column_explains_itself(name):
    resource = schema.resource(name)
    assert len(resource["description"]) > 60
    assert resource["grain"]
    assert all(len(field["description"]) > 7 for field in schema.fields(name))


@pytest.mark.parametrize("name", tables.names())
def test_column_names_say_their_unit(name):
    columns = [field["name"] for field in schema.fields(name)]
    assert not {"value", "amount", "data"} & set(columns)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in columns)


@pytest.mark.parametrize("name", tables.names())
def test_dates_exist_and_periods_do_not_end_before_they_start(name):
    frame = tables.load(name)
    for column in frame.columns[frame.columns.str.match(r"(.*_)?date(_end|_start)?$")]:
        dates.first_day(frame[column])
    for start, end in (("date", "date_end"), ("date_start", "date_end")):
        if {start, end} <= set(frame.columns):
            both = frame.dropna(subset=[start, end])
            assert (dates.last_day(both[end]) >= dates.first_day(both[start])).all()


def test_every_source_is_cited_and_every_page_has_an_address():
    cited = set()
    for name in tables.names():
        frame = tables.load(name)
        if name != "sources":
            cited |= {
                s for c in ("source_id", "source_id_2") if c in frame for s in frame[c].dropna()
            }
    sources = tables.load("sources").set_index("source_id")
    assert set(sources.index) == cited
    assert sources["url"].str.match(r"https?://[^\s/]+\.[^\s/]+").all()


def test_no_stray_files():
    described = {schema.resource(name)["path"] for name in tables.names()}
    assert {f"clean/{path.name}" for path in CLEAN.iterdir()} == described
    used = {f"{name}.csv" for recipe in build.recipes().values() for name in recipe.inputs}
    raw = {path.relative_to(RAW).as_posix() for path in RAW.rglob("*.*")}
    assert raw == used | {f"{build.RELEASES}.csv"}


def test_every_correction_belongs_to_a_table_and_says_why():
    for correction in corrections.read():
        assert correction["table"] in tables.names()
        assert (DATA / correction["file"]).exists()
        assert len(correction["reason"]) > 10
        assert len(correction["reported_by"]) > 10
