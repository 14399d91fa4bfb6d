"""Places for results: folders, addresses, and names that stay inside them."""

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.publish import store, sweep


@pytest.fixture
def far():
    """Give a store that is no folder, and empty it afterwards."""
    from fsspec.implementations.memory import MemoryFileSystem

    yield store.at("memory://sweeps/one")
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


def test_a_folder_is_local_and_found_from_where_the_command_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert store.at("out/one") == ("out/one", True, str(tmp_path / "out" / "one"))


def test_an_address_of_this_disk_is_local(tmp_path):
    where = store.at(f"file://{tmp_path}/out")
    assert (where.is_local, where.folder) == (True, tmp_path / "out")


def test_a_drive_letter_is_no_scheme():
    assert store.at("c:/sweeps").is_local


def test_another_address_is_far_away(far):
    assert far == ("memory://sweeps/one", False, "/sweeps/one")


@pytest.mark.parametrize("address", ["FOLDER", "file://FOLDER", "memory://sweeps/one"])
@pytest.mark.parametrize("content", ["words – ä\r\n", b"\x00\xff", ""])
def test_what_is_written_can_be_read(far, tmp_path, address, content):
    where = store.at(address.replace("FOLDER", str(tmp_path / "out")))
    store.write(where, "runs/a=1/x.txt", content)
    expected = content.encode() if isinstance(content, str) else content
    assert store.read(where, "runs/a=1/x.txt") == expected


def test_a_later_file_takes_the_place_of_the_earlier_one(far, tmp_path):
    for where in (far, store.at(str(tmp_path))):
        store.write(where, "x", "longer before")
        store.write(where, "x", "after")
        assert store.read(where, "x") == b"after"


def test_a_folder_holds_only_what_was_written(tmp_path):
    store.write(store.at(str(tmp_path)), "runs/one/x", "1")
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()] == [
        "runs/one/x"
    ]


def test_a_file_that_is_not_there_is_nothing(far, tmp_path):
    for where in (far, store.at(str(tmp_path))):
        assert store.read(where, "runs/none") is None
        assert not store.holds(where, "runs/none", sweep._summed("")["sha256"], 0)


def test_a_file_here_is_held_by_its_content(tmp_path):
    where = store.at(str(tmp_path))
    store.write(where, "x", "abc")
    sha256 = sweep._summed("abc")["sha256"]
    assert store.holds(where, "x", sha256, 3)
    store.write(where, "x", "abd")
    assert not store.holds(where, "x", sha256, 3)


def test_a_file_far_away_is_held_by_its_size(far):
    store.write(far, "x", "abc")
    assert store.holds(far, "x", "", 3)
    assert not store.holds(far, "x", "", 4)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nowhere://x", "nowhere"),
        ("reference://x", "argument"),
        ("http://[::1", "IPv6"),
        ("zip://x", "zip://x"),
    ],
)
def test_an_address_that_cannot_be_is_refused(address, said):
    with pytest.raises(ValueError) as error:
        store.at(address)
    assert said in str(error.value)


def test_an_address_whose_package_is_missing_is_refused_with_what_to_install(monkeypatch):
    # None in the table of modules is a package that cannot be imported.
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(ValueError) as error:
        store.at("s3://bucket/folder")
    assert str(error.value).startswith("s3://bucket/folder cannot be written to: Install s3fs")


def test_a_trial_leaves_nothing_behind(far):
    store.try_out(far)
    assert store.read(far, store.TRIAL) is None


def test_a_place_that_takes_no_files_is_refused_by_trial():
    where = store.at("data:words")
    with pytest.raises(ValueError, match="data:words cannot be written to"):
        store.try_out(where)


HOSTILE = ["../../x", "/etc/passwd", "~", "~root", "\0", "..", ".", "", "a/b\\c", "C:\\x", "x" * 5_000,
           "\u202e", "ü" * 300, "\ud800", "con", "a\nb", "x" * 70 + "/..", "-rf", "%2e%2e%2f",
           "{}", "*", "2022:2024"]  # fmt: skip
# The first text takes a while: hypothesis makes its table of all letters for it.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
values = st.text() | st.integers() | st.booleans() | st.sampled_from(HOSTILE)
parameters = st.dictionaries(st.sampled_from(["end_year", "rank_min", "supplier"]), values)


def is_one_safe_part(name):
    """Tell whether a name is one part of a path on every system, and no option or hidden file."""
    signs = set(name) - set("=,.-_~")
    return (
        0 < len(name) < 128
        and all(sign.isascii() and sign.isalnum() for sign in signs)
        and not name.startswith((".", "-", "~"))
        and not name.endswith(".")
    )


@pytest.mark.parametrize("setting", HOSTILE)
def test_a_hostile_setting_makes_a_safe_name(setting):
    assert is_one_safe_part(sweep.run_name({"supplier": setting}, ["supplier"]))


@unhurried
@given(parameters)
def test_every_run_has_a_safe_name(asked):
    assert is_one_safe_part(sweep.run_name(asked, sorted(asked)))


@unhurried
@given(parameters, parameters)
def test_different_parameters_have_different_names(one, other):
    names = {sweep.run_name(asked, ["end_year"] if "end_year" in asked else [])
             for asked in (one, other)}  # fmt: skip
    as_told = {repr(sorted(asked.items())) for asked in (one, other)}
    assert len(names) == len(as_told)


def test_what_differs_only_after_the_cut_keeps_a_name_of_its_own():
    asked = [{"supplier": "x" * 200 + str(number)} for number in range(2_000)]
    assert len({sweep.run_name(one, ["supplier"]) for one in asked}) == 2_000


def test_the_order_of_parameters_does_not_make_a_name():
    one, other = {"end_year": 1, "rank_min": "a"}, {"rank_min": "a", "end_year": 1}
    assert sweep.run_name(one, ["end_year"]) == sweep.run_name(other, ["end_year"])


def test_a_run_without_what_varies_is_the_one_with_the_defaults():
    assert sweep.run_name({}, []).startswith("defaults~")


@pytest.mark.parametrize("setting", HOSTILE)
def test_nothing_is_written_outside_the_store(tmp_path, setting):
    name = sweep.run_name({"supplier": setting}, ["supplier"])
    store.write(store.at(str(tmp_path / "in" / "out")), f"runs/{name}/x", "1")
    (written,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written == tmp_path / "in" / "out" / "runs" / name / "x"
