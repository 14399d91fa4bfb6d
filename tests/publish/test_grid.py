"""Grids as they are written: read as text, checked as a whole, hostile ones refused in words."""

import pytest
from click.testing import CliRunner

from helpers import choices, cli, robustness
from helpers.publish import grid, notebooks, warm

PATH = notebooks.find("05")
NESTED, LONG = "[" * 100_000, "9" * 5_000


def refused(function, *arguments):
    """Give the lines with which something is refused."""
    with pytest.raises(ValueError) as error:
        function(*arguments)
    return str(error.value).splitlines()


def written(folder, text):
    """Write a grid as a YAML file, and give the word that names it."""
    path = folder / "grid.yml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_words_are_read_as_names_and_texts():
    assert grid.read(["window_2=2022:2024, 2022:2025", " end_year = 2021"]) == {
        "window_2": ["2022:2024", "2022:2025"],
        "end_year": ["2021"],
    }


@pytest.mark.parametrize("word", ["", "=", "end_year", "=2021", "end_year=", "end_year=1,,2"])
def test_a_word_that_is_no_part_of_a_grid_is_refused(word):
    (line,) = refused(grid.read, [word])
    assert line.startswith(f"{word!r} is no part of a grid; write NAME=SETTING")


def test_all_words_that_are_wrong_are_named_at_once(tmp_path):
    lines = refused(grid.read, ["one", "end_year=2021", "two", str(tmp_path / "none.yaml")])
    assert [line.split()[0] for line in lines] == ["'one'", "'two'", str(tmp_path / "none.yaml")]


def test_a_yaml_file_is_read_as_texts(tmp_path):
    text = (
        "window_2: [2022:2024, 2023:2024]\ncutoff_1: 2014-01-01\n"
        "count_calls:\n- true\n- no\nend_year: [0x7E5, 1e3, ~]\n"
    )
    assert grid.read([written(tmp_path, text)]) == {
        "window_2": ["2022:2024", "2023:2024"],
        "cutoff_1": ["2014-01-01"],
        "count_calls": ["true", "no"],
        "end_year": ["0x7E5", "1e3", "~"],
    }


def test_words_and_files_go_together(tmp_path):
    read = grid.read([written(tmp_path, "end_year: 2021"), "count_calls=all"])
    assert read == {"end_year": ["2021"], "count_calls": ["all"]}


@pytest.mark.parametrize("twice", [["end_year=2021", "end_year=2022"], ["FILE", "end_year=2022"]])
def test_a_name_that_stands_twice_is_refused(tmp_path, twice):
    file = written(tmp_path, "end_year: 2021")
    words = [file if word == "FILE" else word for word in twice]
    assert refused(grid.read, words) == ["end_year: stands twice in the grid; once is enough"]


def test_a_name_that_stands_twice_in_a_file_is_refused_with_its_line(tmp_path):
    file = written(tmp_path, "end_year: 2021\ncount_calls: all\nend_year: 2022\n")
    assert refused(grid.read, [file]) == [
        f"{file}, line 3: end_year stands twice in the grid; once is enough"
    ]


@pytest.mark.parametrize("text", ["", "# nothing", "[end_year]", "end_year", "{}", "- a: b"])
def test_a_file_without_a_grid_is_refused(tmp_path, text):
    (line,) = refused(grid.read, [written(tmp_path, text)])
    assert "holds no grid; write lines such as" in line


@pytest.mark.parametrize("one", ["", "[]", "[[2021]]", "{a: b}", "[2021, '']", "[2021, {a: b}]"])
def test_settings_that_are_no_texts_are_refused_with_their_line(tmp_path, one):
    lines = refused(grid.read, [written(tmp_path, f"count_calls: all\nend_year: {one}\n")])
    assert [line.partition(", ")[2] for line in lines] == [
        "line 2: give a name, and one setting or a list of settings"
    ]


@pytest.mark.parametrize(
    "text",
    [
        NESTED,
        "end_year: " + NESTED,
        "a: " * 1_000,
        "end_year: 2021\n--- \nend_year: 2022",
        "end_year: [2021",
        "end_year: 20\x0021",
        "\tend_year: 2021",
        "end_year: *nobody",
    ],
)
def test_a_file_that_is_no_yaml_is_refused_in_a_line(tmp_path, text):
    (line,) = refused(grid.read, [written(tmp_path, text)])
    assert "cannot be read as YAML" in line


def test_a_file_of_other_bytes_is_refused(tmp_path):
    path = tmp_path / "grid.yml"
    path.write_bytes(b"end_year: \xff\xfe")
    assert "cannot be read as YAML" in refused(grid.read, [str(path)])[0]


@pytest.mark.parametrize("name", ["", "\0"])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path, name):
    (tmp_path / ".yml").mkdir()
    assert "cannot be read as YAML" in refused(grid.read, [f"{tmp_path}/{name}.yml"])[0]


TAGGED = "!!python/object/apply:os.mkdir"


@pytest.mark.parametrize(
    "text",
    [
        "end_year: {tag} [{place}]",
        "end_year: {tag} {place}",
        "{tag} [{place}]: 2021",
        "? {tag} [{place}]\n: 2021",
        "{tag} [{place}]",
    ],
)
def test_the_tags_of_yaml_make_nothing(tmp_path, text):
    place = tmp_path / "made"
    file = written(tmp_path, text.format(tag=TAGGED, place=place))
    # Without its tag, a setting is the text that stands there, which no choice can be.
    refused(lambda: grid.settings(PATH, grid.read([file])))
    assert not place.exists()


def test_a_bomb_of_aliases_is_refused(tmp_path):
    text = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 40)
    )
    lines = refused(grid.read, [written(tmp_path, text)])
    assert len(lines) == 39
    assert max(map(len, lines)) < 300


def test_an_alias_of_a_list_gives_its_settings(tmp_path):
    read = grid.read([written(tmp_path, "end_year: &years [2021]\nstart_year: *years\n")])
    assert read["start_year"] == ["2021"]


def test_settings_are_read_by_the_type_of_their_choice():
    asked = {"end_year": ["2021"], "count_calls": ["true"], "window_2": ["2022:2025"]}
    assert grid.settings(PATH, asked) == {
        "end_year": [2021],
        "count_calls": [True],
        "window_2": ["2022:2025"],
    }


def test_settings_that_stand_twice_count_once():
    assert grid.settings(PATH, {"end_year": ["2021", "2020", "2021"]}) == {"end_year": [2021, 2020]}


def test_all_that_is_wrong_is_named_at_once():
    asked = {"end_yaer": ["1"], "count_calls": ["yes", "true", "2"], "rank_min": ["x"]}
    lines = refused(grid.settings, PATH, asked)
    assert [line.split(" is not")[0].split(" has")[0] for line in lines] == [
        "end_yaer: 05_dialogue",
        "count_calls: 'yes'",
        "count_calls: 2",
        "rank_min: 'x'",
    ]


def test_all_of_an_enumeration_is_all_that_it_may_be():
    assert grid.settings(PATH, {"rank_min": ["all"]}) == {
        "rank_min": ["official", "deputy_minister", "chief_of_staff", "minister"]
    }


def test_all_of_a_switch_is_off_and_on():
    assert grid.settings(PATH, {"count_calls": ["all"]}) == {"count_calls": [False, True]}


def test_all_of_what_has_no_end_is_what_robustness_tries():
    assert grid.settings(PATH, {"window_2": ["all"]}) == {"window_2": robustness.GRID["window_2"]}


@pytest.mark.parametrize("which", sorted(choices.Choices.model_fields))
def test_all_of_a_choice_is_allowed_or_refused(which, monkeypatch):
    monkeypatch.setattr(notebooks, "asks", lambda _: [which])
    try:
        (listed,) = grid.settings(PATH, {which: ["all"]}).values()
    except ValueError as error:
        assert str(error).startswith(f"{which}: there is no list of all settings; name some (")
        assert which not in robustness.GRID
    else:
        assert len(listed) > 1
        assert [choices.choose(**{which: one}) for one in listed]


def test_all_beside_others_is_a_setting_like_them():
    (line,) = refused(grid.settings, PATH, {"rank_min": ["all", "minister"]})
    assert line.startswith("rank_min: 'all' is not allowed")


HOSTILE = [LONG, "1e999", "-1e999", "NaN", NESTED, '{"a":' * 9_000, "20\x0021", "\0",
           "__import__('os').mkdir('made')", "2021; 1", "0x7E5", "2021.0", "true", "null", "''",
           "\ud800", "２０２１", "../../etc/passwd", "$(mkdir made)", "!!int 2021"]  # fmt: skip


@pytest.mark.parametrize("name", ["end_year", "count_calls", "rank_min", "window_2"])
def test_a_hostile_setting_is_refused_and_runs_nothing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    hostile = [text for text in HOSTILE if (name, text) != ("count_calls", "true")]
    lines = refused(grid.settings, PATH, {name: hostile})
    assert [line.partition(": ")[0] for line in lines] == [name] * len(hostile)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def nothing_runs(monkeypatch, tmp_path):
    """Fail if a process would be started, or anything is written."""

    def started(*_, **__):
        raise AssertionError("a process was started")

    monkeypatch.setattr(warm, "start", started)
    monkeypatch.setattr(warm, "each", started)
    yield
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", [*HOSTILE, "", ",", "a=b"])
def test_the_command_refuses_a_hostile_setting_without_a_traceback(nothing_runs, tmp_path, text):
    words = ["sweep", "05", "-g", f"end_year={text}", "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ")


@pytest.mark.parametrize("text", [NESTED, f"end_year: {TAGGED} [PLACE]", f"end_year: {LONG}"])
def test_the_command_refuses_a_hostile_file_without_a_traceback(nothing_runs, tmp_path, text):
    file = written(tmp_path, text.replace("PLACE", str(tmp_path / "out")))
    words = ["sweep", "05", "-g", file, "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ")


def test_members_are_all_combinations_with_what_is_fixed():
    found = grid.members(
        PATH, {"end_year": [2020, 2021], "count_calls": [False, True]}, {"start_year": 2000}
    )
    assert found == [
        {"start_year": 2000, "end_year": 2020, "count_calls": False},
        {"start_year": 2000, "end_year": 2020, "count_calls": True},
        {"start_year": 2000, "end_year": 2021, "count_calls": False},
        {"start_year": 2000, "end_year": 2021, "count_calls": True},
    ]


def test_what_is_in_the_grid_and_fixed_too_is_refused():
    asked = {"end_year": [2020], "count_calls": [True]}
    (line,) = refused(grid.members, PATH, asked, {"count_calls": True, "end_year": 2021})
    assert line == "end_year, count_calls: in the grid and fixed too; leave out one of them"


def test_every_combination_that_does_not_go_together_is_named():
    asked = {"window_1": ["2019:2021", "2019:2022"], "window_2": ["2021:2024", "2022:2024"]}
    lines = refused(grid.members, PATH, asked, {})
    named = [line.partition("with ")[2].partition(": window_1")[0] for line in lines]
    assert named == [
        "window_1 2019:2021, window_2 2021:2024",
        "window_1 2019:2022, window_2 2021:2024",
        "window_1 2019:2022, window_2 2022:2024",
    ]


def test_a_setting_has_to_fit_the_defaults_that_stay():
    (line,) = refused(grid.members, PATH, {"window_1": ["2019:2022"]}, {})
    assert "window_2 (2022:2024)" in line


def test_a_setting_has_to_fit_what_is_fixed():
    assert grid.members(PATH, {"window_1": ["2019:2022"]}, {"window_2": "2023:2024"})
    (line,) = refused(grid.members, PATH, {"window_1": ["2019:2021"]}, {"window_2": "2021:2024"})
    assert "window_2 2021:2024" in line


@pytest.mark.parametrize(("number", "rest"), [(10, []), (11, ["... and 1 more"])])
def test_ten_combinations_at_most_are_named(number, rest):
    asked = {"start_year": [2030], "end_year": [*range(2000, 2000 + number)]}
    lines = refused(grid.members, PATH, asked, {})
    assert len(lines) == 10 + len(rest)
    assert lines[10:] == rest


def test_a_grid_without_runs_is_refused():
    assert refused(grid.members, PATH, {}, {}) == [
        "a sweep needs 1 to 10,000 runs; this grid has 0, so give some settings"
    ]


def test_as_many_runs_as_the_most_are_taken_and_one_more_is_not(monkeypatch):
    monkeypatch.setattr(grid, "MOST", 4)
    asked = {"end_year": [*range(2021, 2025)]}
    assert len(grid.members(PATH, asked, {})) == 4
    (line,) = refused(grid.members, PATH, asked | {"count_calls": [True, False]}, {})
    assert line == "a sweep needs 1 to 4 runs; this grid has 8, so give fewer settings"


def test_a_grid_that_is_far_too_large_is_refused_before_it_is_gone_through():
    names = ["start_year", "end_year", "window_1", "window_2", "rank_min", "count_calls"]
    asked = {name: [2000] * 10_000 for name in names}
    (line,) = refused(grid.members, PATH, asked, {})
    assert line.endswith(f"has {10**24:,}, so give fewer settings")


def test_what_is_fixed_need_not_fit_a_default_that_the_grid_replaces():
    fixed = notebooks.read_parameters(PATH, [("window_1", "2019:2022")], {"window_2": []})
    assert fixed == {"window_1": "2019:2022"}
    with pytest.raises(ValueError, match="must end before window_2"):
        notebooks.read_parameters(PATH, [("window_1", "2019:2022")])
