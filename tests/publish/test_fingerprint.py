"""A fingerprint changes with all that a result rests on, and with nothing else."""

import os

import pytest

from helpers.publish import fingerprint


@pytest.fixture
def surroundings(monkeypatch, tmp_path):
    """Make a small package with tables, and sum it up anew each time."""
    package, data = tmp_path / "package", tmp_path / "data"
    for path, text in {
        package / "arms.py": "ONE = 1\n",
        package / "publish" / "page.html": "<p>page</p>",
        package / "__pycache__" / "arms.cpython-311.pyc": "compiled",
        data / "clean" / "toys.csv": "toy,number\nball,1\n",
        data / "datapackage.json": "{}",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(fingerprint, "PACKAGE", package)
    monkeypatch.setattr(fingerprint, "DATA", data)
    monkeypatch.setattr(fingerprint, "CLEAN", data / "clean")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("NOLIMITS_DATA", "")
    yield of_surroundings
    fingerprint.of_surroundings.cache_clear()


def of_surroundings():
    """Sum up as a new process would."""
    fingerprint.of_surroundings.cache_clear()
    return fingerprint.of_surroundings()


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "06_tiny.ipynb"
    path.write_text("{}")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "package/arms.py",
        "package/publish/page.html",
        "data/clean/toys.csv",
        "data/datapackage.json",
    ],
)
def test_it_changes_with_helpers_and_data(surroundings, tmp_path, name):
    before = surroundings()
    text = (tmp_path / name).read_text()
    (tmp_path / name).write_text(text + " ")
    assert surroundings() != before
    (tmp_path / name).write_text(text)
    assert surroundings() == before


@pytest.mark.parametrize("name", ["package/new.py", "package/sub/new.txt", "data/clean/new.csv"])
def test_it_changes_with_a_file_more(surroundings, tmp_path, name):
    before = surroundings()
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert surroundings() != before


def test_it_changes_with_the_name_of_a_file(surroundings, tmp_path):
    before = surroundings()
    (tmp_path / "package" / "arms.py").rename(tmp_path / "package" / "legs.py")
    assert surroundings() != before


def test_it_changes_with_the_day_set_for_pages(surroundings, monkeypatch):
    before = surroundings()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert surroundings() != before


def test_it_changes_with_a_package_that_is_installed(surroundings, monkeypatch, tmp_path):
    before = surroundings()
    (tmp_path / "site" / "toys-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert surroundings() != before


@pytest.mark.parametrize("name", ["arms_deals.csv", "import.json"])
def test_it_changes_with_the_data_of_the_analyst(surroundings, monkeypatch, tmp_path, name):
    imported = tmp_path / "mine" / "sipri-2027-03"
    imported.mkdir(parents=True)
    for one in ("arms_deals.csv", "import.json"):
        (imported / one).write_text("{}")
    without = surroundings()
    monkeypatch.setenv("NOLIMITS_DATA", str(tmp_path / "mine"))
    before = surroundings()
    (imported / name).write_text("{} ")
    assert len({without, before, surroundings()}) == 3


def test_it_does_not_change_with_the_times_of_files(surroundings, tmp_path):
    before = surroundings()
    for path in tmp_path.rglob("*"):
        os.utime(path, (1, 1))
    assert surroundings() == before


def test_it_does_not_change_with_what_is_compiled(surroundings, tmp_path):
    before = surroundings()
    (tmp_path / "package" / "__pycache__" / "arms.cpython-311.pyc").write_text("anew")
    (tmp_path / "package" / "publish" / "__pycache__").mkdir()
    (tmp_path / "package" / "publish" / "__pycache__" / "new.pyc").touch()
    assert surroundings() == before


def test_it_does_not_change_with_what_lies_beside_the_tables(surroundings, tmp_path):
    before = surroundings()
    (tmp_path / "data" / "clean" / "notes.txt").touch()
    (tmp_path / "data" / "README.md").touch()
    assert surroundings() == before


def test_a_run_changes_with_its_notebook(surroundings, notebook):
    before = fingerprint.of_run(notebook, {})
    notebook.write_text("{ }")
    assert fingerprint.of_run(notebook, {}) != before


def test_a_run_changes_with_the_name_of_its_notebook(surroundings, notebook):
    before = fingerprint.of_run(notebook, {})
    assert fingerprint.of_run(notebook.rename(notebook.with_name("05_tiny.ipynb")), {}) != before


def test_a_run_does_not_change_with_the_time_or_folder_of_its_notebook(surroundings, notebook):
    before = fingerprint.of_run(notebook, {})
    os.utime(notebook, (1, 1))
    (notebook.parent / "other").mkdir()
    assert (
        fingerprint.of_run(notebook.rename(notebook.parent / "other" / notebook.name), {}) == before
    )


def test_a_run_changes_with_each_parameter(surroundings, notebook):
    asked = [{}, {"end_year": 2024}, {"end_year": 2023}, {"end_year": "2024"}, {"start_year": 2024},
             {"count_calls": True}, {"count_calls": "true"}, {"count_calls": 1}]  # fmt: skip
    assert len({fingerprint.of_run(notebook, one) for one in asked}) == len(asked)


def test_a_run_does_not_change_with_the_order_of_its_parameters(surroundings, notebook):
    one, other = {"end_year": 2024, "rank_min": "a"}, {"rank_min": "a", "end_year": 2024}
    assert fingerprint.of_run(notebook, one) == fingerprint.of_run(notebook, other)


def test_a_run_changes_with_its_surroundings(surroundings, notebook, tmp_path):
    before = fingerprint.of_run(notebook, {})
    (tmp_path / "data" / "clean" / "toys.csv").write_text("toy,number\nball,2\n")
    fingerprint.of_surroundings.cache_clear()
    assert fingerprint.of_run(notebook, {}) != before


def test_a_file_that_is_not_there_is_not_an_empty_one(tmp_path):
    (tmp_path / "empty").touch()
    assert fingerprint.of_file(tmp_path / "none") == ""
    assert fingerprint.of_file(tmp_path / "empty") != ""


def test_the_package_itself_is_summed_up(surroundings, monkeypatch):
    from helpers import paths

    monkeypatch.undo()
    assert (fingerprint.PACKAGE / "publish" / "fingerprint.py").is_file()
    assert (fingerprint.CLEAN, fingerprint.DATA) == (paths.CLEAN, paths.DATA)
    assert fingerprint._of_folder(fingerprint.CLEAN, "*.csv")
