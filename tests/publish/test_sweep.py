"""The runs of a sweep: what each leaves, when it stands, and the table of all."""

import hashlib
import json
import math

import nbformat
import numpy as np
import polars as pl
import pytest

from helpers import claims
from helpers.publish import fingerprint, notebooks, sweep

FIGURE = """
import pandas as pd
from helpers.figures import style
fig, ax = style.canvas(height=3)
ax.plot([2023, end_year], [1, 2])
style.show(fig, "It rose", "Things, 2023-2024", "Made up",
           "A line rises from 1 thing in 2023 to 2 things in the last year.",
           pd.DataFrame({"Year": [2023, end_year], "Things": [1, 2]}))
"""
COPIES = ("06_tiny.ipynb", "06_tiny.html")


def planned(path, where, **asked):
    """Plan one run."""
    (run,) = sweep.runs(path, [asked], str(where), "warm")
    return run


@pytest.fixture(scope="module")
def findings():
    """Measure the findings once; most tests here ask nothing of them."""
    return sweep.findings(notebooks.find("06"), {})


@pytest.fixture
def measured(monkeypatch, findings):
    """Let the findings of every run be those."""
    monkeypatch.setattr(sweep, "findings", lambda *_: [dict(one) for one in findings])


def files(run):
    folder = sweep.store.at(run.address).folder / "runs" / run.name
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_leaves_notebook_handout_and_result(tiny, tmp_path, measured):
    run = planned(tiny("print(end_year)"), tmp_path / "out", end_year=2021)
    sweep.make(run)
    left = files(run)
    assert sorted(left) == ["06_tiny.html", "06_tiny.ipynb", "result.json"]
    executed = nbformat.reads(left["06_tiny.ipynb"].decode(), as_version=4)
    assert executed.cells[-1].outputs[0].text == "2021\n"
    assert b"Is it so?" in left["06_tiny.html"]
    assert b'href="index.html' not in left["06_tiny.html"]
    assert {p.name for p in (tmp_path / "out" / "runs").iterdir()} == {run.name}


def test_a_result_says_what_the_run_was_and_found(tiny, tmp_path, measured, findings):
    run = planned(tiny(FIGURE), tmp_path / "out", end_year=2021)
    made = sweep.make(run)
    kept = json.loads(files(run)["result.json"])
    assert kept.pop("sum")
    assert kept == made
    assert set(made) == {
        "run", "notebook", "key", "status", "asked", "parameters", "answer", "verdicts",
        "findings", "figures", "files", "seconds",
    }  # fmt: skip
    assert (made["run"], made["notebook"], made["status"]) == (run.name, "06_tiny", "done")
    assert made["key"] == fingerprint.of_run(run.path, run.asked)
    assert made["asked"] == {"end_year": 2021}
    defaults = {"jurisdiction_rule": "chn_hkg", "min_confidence": "low"}
    assert made["parameters"] == {"end_year": 2021} | defaults
    assert sum(made["verdicts"].values()) == len(findings) == len(made["findings"])
    assert [list(one) for one in made["findings"]] == [list(sweep.MEASURED)] * len(findings)
    (figure,) = made["figures"]
    assert (figure["title"], figure["source"]) == ("It rose", "Made up")
    assert figure["data"].splitlines() == ["Year,Things", "2023,1", "2021,2"]
    assert {name: one["sha256"] for name, one in made["files"].items()} == {
        name: hashlib.sha256(files(run)[name]).hexdigest() for name in COPIES
    }


def test_two_runs_of_the_same_are_the_same(tiny, tmp_path, measured, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = tiny(FIGURE)
    one, other = (planned(path, tmp_path / place) for place in ("one", "other"))
    results = [sweep.make(run) | {"seconds": 0} for run in (one, other)]
    assert results[0] == results[1]
    assert {n: files(one)[n] for n in COPIES} == {n: files(other)[n] for n in COPIES}


def test_the_claims_are_those_of_the_notebook_or_all(tmp_path, findings):
    own = claims.of_notebook("06")
    assert 0 < len(own) < len(claims.ledger())
    assert [one["claim_id"] for one in findings] == list(own)


def test_findings_follow_the_parameters(findings):
    other = sweep.findings(notebooks.find("06"), {"min_confidence": "high"})
    assert [one["claim_id"] for one in other] == [one["claim_id"] for one in findings]
    assert other != findings


@pytest.mark.parametrize(
    ("cell", "plain"),
    [(math.nan, None), (math.inf, None), (-math.inf, None), (np.float64(np.nan), None),
     (np.float64(1.5), 1.5), (np.int64(3), 3), (np.bool_(True), True), ("a", "a"), (0, 0),
     (None, None)],
)  # fmt: skip
def test_a_cell_is_written_as_json_has_it(cell, plain):
    made = sweep._plain(cell)
    assert (made, type(made)) == (plain, type(plain))


@pytest.fixture
def made(tiny, tmp_path, monkeypatch):
    """Give a run with its result, made without executing anything."""
    run = planned(tiny("print(1)"), tmp_path / "out", end_year=2021)
    texts = {name: f"made: {name}" for name in COPIES}
    for name, text in texts.items():
        sweep.store.write(sweep.store.at(run.address), f"runs/{run.name}/{name}", text)
    result = sweep._about(run, sweep.DONE) | {
        "answer": "Déjà vu – “so”.", "verdicts": {"holds": 1}, "findings": [], "figures": [],
        "files": {name: sweep._summed(text) for name, text in texts.items()}, "seconds": 1.25,
    }  # fmt: skip
    sweep.note(run, result)
    return run, result


def test_a_run_that_stands_is_given_back(made):
    run, result = made
    assert sweep.before(run) == result


def test_a_run_that_was_never_made_is_not_given_back(tiny, tmp_path):
    assert sweep.before(planned(tiny(), tmp_path / "out")) is None


def test_a_run_of_another_notebook_is_not_given_back(made, tiny):
    run, _ = made
    again = planned(tiny("print(2)"), run.address, **run.asked)
    assert again.name == run.name
    assert sweep.before(again) is None


def test_a_run_with_another_parameter_is_not_given_back(made):
    run, _ = made
    assert sweep.before(planned(run.path, run.address, end_year=2022)) is None
    # Not even if its folder has the name.
    key = fingerprint.of_run(run.path, {"end_year": 2022})
    assert sweep.before(run._replace(key=key)) is None


def test_a_run_is_given_back_whatever_the_times_of_files(made):
    run, result = made
    run.path.write_bytes(run.path.read_bytes())
    assert sweep.before(planned(run.path, run.address, **run.asked)) == result


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("change", ["edited", "cut", "emptied", "removed"])
def test_a_run_whose_file_is_damaged_is_not_given_back(made, name, change):
    run, _ = made
    path = sweep.store.at(run.address).folder / "runs" / run.name / name
    text = path.read_text()
    path.write_text({"edited": text.swapcase(), "cut": text[:-1]}.get(change, ""))
    if change == "removed":
        path.unlink()
    assert sweep.before(run) is None


def damage(note):
    """Give the ways in which a note may be changed."""
    yield from ("", "null", "[]", "3", '"done"', "{}", note[: len(note) // 2], "[" * 100_000)
    for name in json.loads(note):
        kept = json.loads(note)
        del kept[name]
        yield json.dumps(kept)
        for other in (None, [], {}, 7, "other"):
            if json.loads(note)[name] != other:
                yield json.dumps(json.loads(note) | {name: other})


def test_a_run_whose_note_is_damaged_is_not_given_back(made):
    run, _ = made
    path = sweep.store.at(run.address).folder / "runs" / run.name / sweep.RESULT
    note, tried = path.read_text(), 0
    for text in damage(note):
        path.write_text(text)
        assert sweep.before(run) is None, text[:200]
        tried += 1
    assert tried > 60
    path.write_bytes(b"\xff\xfe")
    assert sweep.before(run) is None
    path.write_text(note)
    assert sweep.before(run)


def test_a_note_in_other_words_with_the_same_meaning_is_as_good(made):
    run, result = made
    path = sweep.store.at(run.address).folder / "runs" / run.name / sweep.RESULT
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False))
    assert sweep.before(run) == result


def test_a_failed_run_keeps_its_traceback_and_is_not_given_back(tiny, tmp_path):
    run = planned(tiny("1 / 0"), tmp_path / "out", end_year=2021)
    with pytest.raises(notebooks.NotebookError) as error:
        sweep.make(run)
    assert not (tmp_path / "out").exists()
    result = sweep.make_failed(run, str(error.value), error.value.traceback)
    kept = json.loads(files(run)["result.json"])
    assert kept.pop("sum")
    assert kept == result
    assert result["status"] == "failed"
    assert "ZeroDivisionError" in result["failure"]
    assert "1 / 0" in result["traceback"]
    assert sweep.before(run) is None


def test_a_failure_that_is_no_text_is_kept(tiny, tmp_path):
    run = planned(tiny(), tmp_path / "out")
    result = sweep.make_failed(run, "\ud800 \0", "\udfff")
    kept = json.loads(files(run)["result.json"])
    assert (kept["failure"], kept["traceback"]) == (result["failure"], "\udfff")


def test_a_run_far_away_is_given_back(tiny):
    run = planned(tiny(), "memory://sweeps/far")
    where = sweep.store.at(run.address)
    sweep.store.write(where, f"runs/{run.name}/x", "abc")
    result = sweep._about(run, sweep.DONE) | {"files": {"x": sweep._summed("abc")}}
    sweep.note(run, result)
    assert sweep.before(run) == result
    sweep.store.write(where, f"runs/{run.name}/x", "abcd")
    assert sweep.before(run) is None


def a_finding(claim_id, **said):
    return dict.fromkeys(sweep.MEASURED, "") | {
        "claim_id": claim_id, "verdict": "holds", "observed": 1.5, "low": None, "high": 2.0,
        "n_rows": 3,
    } | said  # fmt: skip


RESULTS = [
    {"run": "b", "parameters": {"end_year": 2022, "count_calls": True, "rank_min": "minister"},
     "findings": [a_finding("X-2"), a_finding("X-1", observed=None, words="so, “so”\n=1")]},
    {"run": "a", "parameters": {"end_year": 2021, "count_calls": False, "rank_min": "official"},
     "findings": [a_finding("X-1", observed=7)]},
    {"run": "c", "parameters": {"end_year": 2020, "count_calls": False, "rank_min": "official"},
     "status": "failed", "failure": "why", "traceback": ""},
]  # fmt: skip
NAMES = ["end_year", "count_calls", "rank_min"]


def test_the_table_has_a_row_a_run_and_claim():
    found = sweep.table(RESULTS, NAMES)
    assert found.columns == ["run", *NAMES, *sweep.MEASURED]
    assert found.select("run", "claim_id").rows() == [("a", "X-1"), ("b", "X-1"), ("b", "X-2")]
    assert found["observed"].to_list() == [7.0, None, 1.5]


def test_the_table_has_the_types_of_its_parameters_and_measures():
    kinds = dict(sweep.table(RESULTS, NAMES).schema)
    assert [kinds[name] for name in NAMES] == [pl.Int64, pl.Boolean, pl.String]
    assert {kinds[name] for name in ("observed", "low", "high")} == {pl.Float64}
    assert kinds["n_rows"] == pl.Int64


def test_a_table_of_no_findings_has_the_same_types():
    kinds = sweep.table(RESULTS, NAMES).schema
    assert sweep.table([RESULTS[2]], NAMES).schema == kinds


def test_parquet_and_csv_say_the_same(tmp_path):
    sweep.gather(RESULTS, NAMES, str(tmp_path))
    packed = pl.read_parquet(tmp_path / "results.parquet")
    text = pl.read_csv(tmp_path / "results.csv", schema=packed.schema)
    assert packed.equals(sweep.table(RESULTS, NAMES))
    assert text.equals(packed)
    assert len(packed) == 3


def test_real_findings_go_through_the_table(findings, tmp_path):
    run = {"run": "a", "parameters": {"end_year": 2021}, "findings": findings}
    sweep.gather([run], ["end_year"], str(tmp_path))
    packed = pl.read_parquet(tmp_path / "results.parquet")
    assert packed.drop("run", "end_year").rows(named=True) == sorted(
        findings, key=lambda one: one["claim_id"]
    )
    assert packed["observed"].null_count() < len(packed)


def test_runs_are_named_by_what_varies(tiny, tmp_path):
    members = [{"end_year": year, "jurisdiction_rule": "chn"} for year in (2021, 2022)]
    planned_runs = sweep.runs(tiny(), members, str(tmp_path), "warm")
    assert [run.name.split("~")[0] for run in planned_runs] == ["end_year=2021", "end_year=2022"]
    assert [run.asked for run in planned_runs] == members
    assert len({run.key for run in planned_runs}) == 2
