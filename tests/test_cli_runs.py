"""Sweeps and handouts as their user meets them: made once, resumed, told what failed."""

import json
import os
import subprocess
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from helpers import choices, cli, cli_runs
from helpers.paths import MEASURE
from helpers.publish import fingerprint, handouts, notebooks, sweep, warm

# Each run of a notebook leaves a line behind.
SEEN = "import os; open(os.environ['SEEN'], 'a').write(f'{end_year}\\n')"
BOTH = "jurisdiction_rule=all"
FIGURE = """
import pandas as pd
from helpers import prose
from helpers.figures import style
frame = pd.DataFrame({"year": [2023, end_year], "things": [1, 2]})
fig, ax = style.canvas(height=3)
ax.plot(frame["year"], frame["things"])
style.show(fig, "It rose", "Things, 2023-2024", "Made up",
           "A line rises from 1 thing in 2023 to 2 things in the last year.", frame)
prose.show_table(frame, "Things by year", {"year": "Year", "things": "Things"})
"""


@pytest.fixture(autouse=True)
def seen(tmp_path, monkeypatch):
    """Give what tells how often notebooks ran, and with which end of years."""
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setenv("NOLIMITS_DATA", "")
    path = tmp_path / "seen"
    return lambda: sorted(path.read_text().split()) if path.exists() else []


@pytest.fixture
def only(monkeypatch):
    """Let the package have no other notebooks than these."""

    def have(*paths):
        monkeypatch.setattr(notebooks, "find", lambda _: paths[0])
        monkeypatch.setattr(notebooks, "every", lambda: list(paths))

    return have


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def run(*words):
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def swept(out, *words, code=0):
    """Run a sweep, and give what it said and the results by run."""
    result = run("sweep", "06", "-o", out, "--workers", 2, *words)
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit | None)
    notes = [json.loads(path.read_text()) for path in sorted(out.glob("runs/*/result.json"))]
    return result.output, {one["run"].split("~")[0]: one for one in notes}


def test_a_sweep_leaves_every_result_and_goes_on_where_it_stopped(tiny, only, out, seen):
    only(tiny(SEEN))
    said, results = swept(out, "-g", "end_year=2021,2022")
    assert "2 runs of 06_tiny; about" in said
    assert {name: one["status"] for name, one in results.items()} == {
        "end_year=2021": "done",
        "end_year=2022": "done",
    }
    assert {path.name for path in out.iterdir() if path.name[0] != "."} == {
        "runs", "index.html", "results.csv", "results.parquet",
    }  # fmt: skip
    tables = [(out / f"results.{kind}").read_bytes() for kind in ("csv", "parquet")]
    assert set(pl.read_parquet(out / "results.parquet")["end_year"]) == {2021, 2022}
    said, again = swept(out, "-g", "end_year=2021,2022")
    assert "2 runs of 06_tiny, of which 2 are done already.\n" in said
    assert (again, seen()) == (results, ["2021", "2022"])
    said, more = swept(out, "-g", "end_year=2022,2023,2021")
    assert "3 runs of 06_tiny, of which 2 are done already; about" in said
    assert seen() == ["2021", "2022", "2023"]
    (out / "results.csv").unlink()
    swept(out, "-g", "end_year=2021,2022")
    assert [(out / f"results.{kind}").read_bytes() for kind in ("csv", "parquet")] == tables
    said, forced = swept(out, "-g", "end_year=2021", "--force")
    assert "1 run of 06_tiny; about" in said
    assert seen() == ["2021", "2021", "2022", "2023"]


def test_a_run_whose_file_was_damaged_is_made_again_and_no_other(tiny, only, out, seen):
    only(tiny(SEEN))
    swept(out, "-g", "end_year=2021,2022")
    (page,) = out.glob("runs/end_year=2022*/06_tiny.html")
    whole = page.read_text()
    page.write_text(whole[:100])
    swept(out, "-g", "end_year=2021,2022")
    assert seen() == ["2021", "2022", "2022"]
    assert page.read_text() == whole


def test_a_run_that_fails_stops_no_other_and_is_told(tiny, only, out, seen):
    only(tiny(SEEN, "1 / (end_year - 2022)"))
    said, results = swept(out, "-g", "end_year=2021,2022,2023", code=1)
    assert {name[-4:]: one["status"] for name, one in results.items()} == {
        "2021": "done",
        "2022": "failed",
        "2023": "done",
    }
    failed = results["end_year=2022"]
    assert said.rstrip().endswith(f"the same command tries them again: {failed['run']}")
    assert "1 of 3 runs failed" in said
    assert "Traceback" not in said
    assert "ZeroDivisionError" in failed["failure"]
    assert "1 / (end_year - 2022)" in failed["traceback"]
    assert set(pl.read_csv(out / "results.csv")["end_year"]) == {2021, 2023}
    assert "ZeroDivisionError" in (out / "index.html").read_text()
    swept(out, "-g", "end_year=2021,2022,2023", code=1)
    assert seen() == ["2021", "2022", "2022", "2023"]


def test_a_run_that_hangs_is_ended(tiny, only, out):
    only(tiny("import time; time.sleep(600)"))
    _, results = swept(out, "-g", "end_year=2022", "--timeout", 3, code=1)
    assert [one["failure"] for one in results.values()] == [
        "ended after 3 s, which is the limit for one run (--timeout)"
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process may take")
def test_a_run_takes_no_more_memory_than_it_may(tiny, only, out):
    only(tiny("held = bytearray(2**30 if end_year == 2022 else 2**20)"))
    _, results = swept(out, "-g", "end_year=2021,2022", "--memory", 256, code=1)
    assert results["end_year=2021"]["status"] == "done"
    assert "MemoryError" in results["end_year=2022"]["failure"]


def test_a_sweep_in_kernels_finds_the_same(tiny, only, out, seen, tmp_path):
    only(tiny(SEEN))
    _, forked = swept(out, "-g", "end_year=2021,2022")
    _, anew = swept(tmp_path / "anew", "-g", "end_year=2021,2022", "--engine", "kernel")
    assert seen() == ["2021", "2021", "2022", "2022"]
    # How long it took differs, and the sum over all else with it.
    alike = {"seconds": 0, "sum": ""}
    assert [one | alike for one in forked.values()] == [one | alike for one in anew.values()]


def test_a_run_that_dies_is_tried_once_more(tiny, only, out, seen):
    only(tiny(SEEN, "if end_year == 2022: os.kill(os.getpid(), 9)"))
    _, results = swept(out, "-g", "end_year=2021,2022", code=1)
    assert seen() == ["2021", "2022", "2022"]
    assert results["end_year=2021"]["status"] == "done"
    assert "SIGKILL" in results["end_year=2022"]["failure"]


def test_findings_only_gives_the_same_table_and_runs_nothing(tiny, only, out, seen, tmp_path):
    only(tiny(SEEN))
    words = ["-g", "min_confidence=low,high"]
    swept(out, *words)
    ran = seen()
    swept(tmp_path / "found", *words, "--findings-only")
    assert seen() == ran
    assert not (tmp_path / "found" / "runs").exists()
    for name in ("results.csv", "results.parquet"):
        assert (tmp_path / "found" / name).read_bytes() == (out / name).read_bytes()
    assert pl.read_csv(out / "results.csv").n_unique("verdict") > 1


def test_findings_only_starts_no_process(tiny, only, out, no_process):
    only(tiny("1 / 0"))
    swept(out, "-g", BOTH, "--findings-only")
    assert (out / "index.html").is_file()


def test_what_is_fixed_holds_for_every_run(tiny, only, out, no_process):
    only(tiny())
    swept(out, "-g", "end_year=2021,2022", "-p", "jurisdiction_rule", "chn", "--findings-only")
    found = pl.read_csv(out / "results.csv")
    assert set(found["end_year"]) == {2021, 2022}
    assert {name.split("~")[0] for name in found["run"]} == {"end_year=2021", "end_year=2022"}


def test_a_sweep_into_an_address_of_this_disk_is_one_into_a_folder(tiny, only, out, no_process):
    only(tiny())
    swept(out, "-g", BOTH, "--findings-only")
    there = out.with_name("there")
    assert run("sweep", "06", "-g", BOTH, "--findings-only", "-o", f"file://{there}").exit_code == 0
    assert (there / "results.csv").read_bytes() == (out / "results.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-g", "end_yaer=2021"], "end_yaer: 06_pressure has no such parameter; it has start_year"),
        (["-g", "end_year=2031"], "end_year: 2031 is not allowed"),
        (["-g", "end_year"], "'end_year' is no part of a grid"),
        (["-g", "end_year=all"], "end_year: there is no list of all settings"),
        (
            ["-g", "end_year=1999,2000", "-p", "start_year", "2000"],
            "with start_year 2000, end_year",
        ),
        (["-g", BOTH, "-g", BOTH], "jurisdiction_rule: stands twice"),
        (["-g", BOTH, "-p", "jurisdiction_rule", "chn"], "in the grid and fixed too"),
        (["-g", BOTH, "-p", "end_year", "x"], "end_year: 'x' is not allowed"),
        (["-g", BOTH, "-p", "end_yaer", "1"], "end_yaer: 06_pressure has no such parameter"),
        (["-g", "none.yaml"], "none.yaml cannot be read as YAML"),
        (["-g", BOTH, "-o", "nowhere://x"], "nowhere://x cannot be written to"),
        (["-g", BOTH, "-o", "data:x"], "data:x cannot be written to"),
        (["-g", BOTH, "-o", "FILE/out"], "cannot be written to"),
    ],
)
def test_mistakes_are_refused_before_a_process_starts(no_process, tmp_path, words, said):
    (tmp_path / "file").write_text("in the way")
    words = [word.replace("FILE", str(tmp_path / "file")) for word in words]
    result = run("sweep", "06", "-o", tmp_path / "out", *words)
    assert result.exit_code == 1
    assert said in result.output
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["handouts", "rerun"])
@pytest.mark.parametrize("place", ["s3://bucket/x", "", " "])
def test_handouts_go_into_folders_only(command, place, no_process):
    words = [command, *(["06"] if command == "rerun" else []), "-o", place]
    refused = CliRunner().invoke(cli.main, words)
    assert refused.exit_code == 2
    assert f"{place!r} is no folder of this machine" in refused.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--findings-only", "--scheduler", "local"], "leave out --scheduler"),
        (["-o", ""], "-o needs a folder or an address"),
    ],
)
def test_what_a_sweep_cannot_do_is_not_passed_over(words, said, no_process):
    refused = CliRunner().invoke(cli.main, ["sweep", "06", "-g", BOTH, *words])
    assert refused.exit_code == 2
    assert said in refused.output


def test_a_run_of_one_setting_is_named_by_it(tiny):
    (run,) = sweep.runs(tiny(), [{"end_year": 2022}], "out", "warm")
    assert run.name.startswith("end_year=2022~")


def test_a_notebook_that_there_is_not_is_refused(no_process):
    result = run("sweep", "33", "-g", BOTH)
    assert result.exit_code == 1
    assert "03_exercises" in result.output


@pytest.mark.parametrize("words", [["--timeout", "0"], ["--memory", "1"], ["--workers", "0"]])
def test_limits_that_make_no_sense_are_refused(no_process, words):
    assert run("sweep", "06", "-g", BOTH, *words).exit_code == 2


def test_each_run_takes_the_newest_release_that_holds_its_pair(monkeypatch, tmp_path, no_process):
    planned = []

    def newest(given, _asks):
        return [("sipri_release", {"IND": "2025-03"}.get(dict(given)["recipient"], "2026-03"))]

    monkeypatch.setattr(cli_runs, "newest_release", newest)
    monkeypatch.setattr(cli_runs, "_found", lambda runs: planned.extend(runs) or exit(7))
    run("sweep", "01", "-g", "recipient=CHN,IND", "--findings-only", "-o", tmp_path / "out")
    assert [one.asked for one in planned] == [
        {"recipient": "CHN", "sipri_release": "2026-03"},
        {"recipient": "IND", "sipri_release": "2025-03"},
    ]


def state(folder):
    """Tell which files a folder has, and when each was written."""
    hidden = {".nolimits.json", ".nolimits.lock"}
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in hidden
    }


def made(out, *words):
    """Make handouts, and give what was said and which files were written anew."""
    before = state(out)
    result = run("handouts", "-o", out, "--workers", 2, *words)
    assert result.exit_code == 0, result.output
    after = state(out)
    assert set(before) <= set(after)
    return result.output, {name for name in after if after[name] != before.get(name)}


@pytest.fixture
def two(tiny, only, out):
    """Have handouts of two notebooks made."""
    paths = tiny(SEEN, name="03_tiny"), tiny(SEEN)
    only(*paths)
    made(out)
    return paths


PAGES = {"03_tiny.html", "06_tiny.html", "codebook.html", "index.html"}
OF_06 = {"06_tiny.html", "notebooks/06_tiny.ipynb"}


def test_handouts_are_made_again_only_as_far_as_something_has_changed(two, out, seen):
    assert {path.name for path in out.glob("*.html")} == PAGES
    said, new = made(out)
    assert "Nothing has changed since they were made (--force makes all again)." in said
    assert (new, len(seen())) == (set(), 2)
    os.utime(two[1], (1, 1))
    said, new = made(out)
    assert "Nothing has changed" in said
    assert (new, len(seen())) == (set(), 2)
    two[1].write_text(two[1].read_text().replace("Is it so?", "Is it not?"))
    said, new = made(out)
    assert "2 of 3 parts are as they were and stay." in said
    assert (new, len(seen())) == (OF_06 | {"index.html"}, 3)
    assert "Is it not?" in (out / "index.html").read_text()
    said, new = made(out, "--force")
    assert new == set(state(out))
    assert len(seen()) == 5


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("06_tiny.html", OF_06 | {"index.html"}),
        ("notebooks/06_tiny.ipynb", OF_06 | {"index.html"}),
        ("index.html", {"index.html"}),
    ],
)
def test_what_was_deleted_or_edited_is_made_again(two, out, name, again):
    whole = (out / name).read_text()
    (out / name).unlink()
    assert made(out)[1] == again
    assert (out / name).read_text() == whole
    (out / name).write_text(whole + "\n<!-- edited -->")
    assert made(out)[1] == again
    assert (out / name).read_text() == whole


def test_tables_that_were_edited_are_made_again_and_no_notebook(two, out, seen):
    (out / "tables" / "exercises.csv").write_text("toy\n")
    _, new = made(out)
    assert {name.split("/")[0] for name in new} == {"tables", "codebook.html", "index.html"}
    assert len(seen()) == 2


@pytest.mark.parametrize("note", ["", "{", "[]", '{"06_tiny": 3}', '{"06_tiny": {"files": []}}'])
def test_a_damaged_note_is_none(tmp_path, note):
    (tmp_path / handouts.NOTE).write_text(note)
    assert handouts.made_before(tmp_path) == {}


def test_a_page_stands_by_its_key_and_its_files(tmp_path):
    order = handouts.Order("06_tiny", "key", tmp_path)
    (tmp_path / "06_tiny.html").write_text("page")
    made = handouts.Made({"06_tiny.html": fingerprint.of_file(tmp_path / "06_tiny.html")})
    handouts.note_made(tmp_path, order, made, 1.0)
    before = handouts.made_before(tmp_path)
    assert handouts.is_current(order, before)
    assert not handouts.is_current(order._replace(key="other"), before)
    assert not handouts.is_current(order._replace(name="03_tiny"), before)
    (tmp_path / "06_tiny.html").write_text("other")
    assert not handouts.is_current(order, before)


def test_a_failed_notebook_leaves_its_page_and_is_tried_again(two, out, seen):
    page = (out / "06_tiny.html").read_bytes()
    good = two[1].read_text()
    two[1].write_text(good.replace("import os;", "1 / 0; import os;"))
    assert run("handouts", "-o", out).exit_code == 1
    assert (out / "06_tiny.html").read_bytes() == page
    assert run("handouts", "-o", out).exit_code == 1
    two[1].write_text(good)
    assert "Nothing has changed" in made(out)[0]
    assert len(seen()) == 2


@pytest.mark.parametrize(
    ("many", "workers", "first"),
    [(8, 2, ["00,01,02,03,04,05,06,07"]), (8, 4, []), (7, 2, []), (1, 1, [])],
)
def test_what_all_notebooks_measure_is_measured_first_where_it_pays(
    monkeypatch, many, workers, first
):
    asked = []
    monkeypatch.setattr(warm, "start", lambda *_: asked.append(os.environ.get(MEASURE)))
    cli_runs._start(notebooks.every()[:many], workers)
    assert asked == [*first, None]


def test_handouts_of_the_same_are_the_same(tiny, only, out, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    only(tiny(FIGURE))
    other = out.with_name("other")
    made(out)
    made(other)
    one, same = ({name: content for name, (content, _) in state(f).items()} for f in (out, other))
    assert one == same
    page = one["06_tiny.html"].decode()
    assert page.count("<svg") >= 1
    assert "Things by year" in page
    assert "2023-11-14" in page


def imported(*words):
    """Run a command in a process of its own, and give its exit code and what it has imported."""
    code = (
        "import sys; from click.testing import CliRunner; from helpers import cli; "
        "r = CliRunner().invoke(cli.main, sys.argv[1:]); "
        "print(r.exit_code, *{name.split('.')[0] for name in sys.modules})"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    exit_code, *names = told.stdout.split()
    return int(exit_code), set(names)


HEAVY = {
    "pandas",
    "numpy",
    "matplotlib",
    "papermill",
    "nbformat",
    "polars",
    "fsspec",
    "distributed",
}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, ["--help"]),
        (0, ["sweep", "--help"]),
        (0, ["parameters", "06"]),
        (1, ["rerun", "06", "-p", "end_year", "2031"]),
        (1, ["sweep", "06", "-g", "end_year=2031"]),
        (1, ["sweep", "06", "-g", "end_year=2021", "-p", "end_yaer", "2"]),
        (1, ["sweep", "06", "-g", "end_year=1991"]),
    ],
)
def test_help_and_refusals_import_nothing_heavy(code, words):
    exit_code, names = imported(*words)
    assert exit_code == code
    assert "click" in names
    assert names & HEAVY == set()


def test_the_defaults_of_the_small_notebook_are_those_of_the_model(tiny):
    assert {one.name: one.default for one in notebooks.parameters(tiny())} == {
        name: choices.default(name) for name in ("end_year", "jurisdiction_rule", "min_confidence")
    }


def test_a_plan_tells_how_long_by_the_runs_before(tiny):
    runs = sweep.runs(tiny(), [{"end_year": year} for year in range(2001, 2021)], "out", "warm")
    assert "about 10.0 minutes with 2 at a time (by the runs before)" in cli_runs._plan(
        runs, runs, [60.0, 1.0, 90.0], 2
    )
    assert "(a guess until some are done)" in cli_runs._plan(runs, runs, [], 2)


def test_an_address_that_does_not_outlast_a_run_is_refused(no_process):
    result = run("sweep", "06", "-g", "end_year=2022,2023", "-o", "memory://sweeps")
    assert result.exit_code == 1
    assert "memory of one process" in result.output
