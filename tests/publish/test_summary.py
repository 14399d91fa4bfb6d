"""The page that sums up a sweep: what it computes, what it says, and that nothing gets through."""

import html
import re
from collections import Counter
from itertools import product
from urllib.parse import unquote

import html5lib
import numpy as np
import pandas as pd
import pytest

from helpers.figures import run_grid
from helpers.publish import summary

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
A, B, C = "CEPA-023", "CEPA-024", "CEPA-025"
RULES, CALLS = ["all_joint", "bilateral"], [False, True]
VARIED = {"counting_rule": RULES, "count_calls": CALLS}


@pytest.fixture
def four(swept):
    """Four runs: the rule alone moves A's verdict, calls alone move B's number, C stays."""
    return [
        swept(
            {"counting_rule": rule, "count_calls": calls},
            {
                A: ("holds" if rule == "all_joint" else "fails", 12.0),
                B: ("holds_in_part", 7.0 if calls else 4.0),
                C: ("opinion", None),
            },
        )
        for rule, calls in product(RULES, CALLS)
    ]


def parsed(page):
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert parser.errors == []
    return tree


def text(element):
    return " ".join("".join(element.itertext()).split())


def under(tree, anchor):
    """Give the section with a heading of this id."""
    return tree.find(f".//section[@aria-labelledby='{anchor}']")


def test_only_runs_that_are_equal_in_all_else_are_compared(four):
    found = summary.measured(four, VARIED)
    verdict = summary.moved_alone(found, [*VARIED], "verdict")
    number = summary.moved_alone(found, [*VARIED], "number")
    assert verdict.sum().to_dict() == {"counting_rule": 1, "count_calls": 0}
    assert number.sum().to_dict() == {"counting_rule": 0, "count_calls": 1}
    assert verdict.index[verdict["counting_rule"]].tolist() == [A]
    assert number.index[number["count_calls"]].tolist() == [B]


def test_a_difference_along_two_parameters_at_once_is_nobodys(swept):
    """With the other corners failed, two runs differ in both parameters: neither moved it alone."""
    corners = [
        swept({"counting_rule": "all_joint", "count_calls": False}, {A: ("holds", 1.0)}),
        swept({"counting_rule": "all_joint", "count_calls": True}),
        swept({"counting_rule": "bilateral", "count_calls": False}),
        swept({"counting_rule": "bilateral", "count_calls": True}, {A: ("fails", 2.0)}),
    ]
    found = summary.measured(corners, VARIED)
    assert not summary.moved_alone(found, [*VARIED], "verdict").to_numpy().any()
    assert [summary.sets_compared(found, [*VARIED], name) for name in VARIED] == [0, 0]
    page = summary.page(corners, VARIED)
    shown = under(parsed(page), "moves")
    assert [text(cell) for cell in shown.iterfind(".//td")][0].endswith("no two runs to compare")
    assert "Of 1 finding open to a test by data, none keep one verdict in all 2 runs" in page
    assert "1 changes it." in page
    assert "Verdicts change only where several parameters do" in page


def test_missing_numbers_do_not_differ_but_missing_and_found_do(swept):
    nothing, some = {A: ("fails", None)}, {A: ("fails", 0.0)}
    varied = {"counting_rule": RULES}
    for second, moves in ((nothing, False), (some, True)):
        runs = [swept({"counting_rule": r}, f) for r, f in zip(RULES, (nothing, second))]  # noqa: B905
        found = summary.measured(runs, varied)
        assert summary.moved_alone(found, [*varied], "number").loc[A, "counting_rule"] == moves


def test_numbers_that_differ_in_their_last_bits_are_one(swept):
    runs = [swept({"counting_rule": r}, {A: ("holds", n)}) for r, n in
            (("all_joint", 0.1 + 0.2), ("bilateral", 0.3))]  # fmt: skip
    found = summary.measured(runs, {"counting_rule": RULES})
    assert summary.summary(found).loc[A, "moves"] == ""


def test_findings_come_with_the_most_changeable_first(swept):
    verdicts = {A: "hhhf", B: "hhff", C: "hhhh"}
    names = {"h": "holds", "f": "fails"}
    runs = [
        swept({"end_year": 2020 + n}, {i: (names[v[n]], n) for i, v in verdicts.items()})
        for n in range(4)
    ]
    summed = summary.summary(summary.measured(runs, {"end_year": [2020, 2021, 2022, 2023]}))
    assert summed.index.tolist() == [B, A, C]
    assert summed["share"].tolist() == [0.5, 0.75, 1.0]
    assert summed["moves"].tolist() == ["verdict", "verdict", "number"]
    assert summed.loc[A, "verdicts"] == Counter(holds=3, fails=1)
    assert summed.loc[C, "observed"] == 1.0


def test_runs_stand_in_the_order_of_the_grid(four):
    shuffled = [four[n] for n in (2, 0, 3, 1)]
    assert summary.in_order(shuffled, VARIED) == four


def test_a_setting_that_the_grid_does_not_have_is_refused(four):
    with pytest.raises(ValueError, match="bilateral"):
        summary.page(four, {"counting_rule": ["all_joint"], "count_calls": CALLS})


def test_the_first_sentence_states_the_finding(four):
    tree = parsed(summary.page(four, VARIED))
    assert text(tree.find(".//h2")) == (
        "Of 2 findings open to a test by data, 1 keeps one verdict in all 4 runs; 1 changes it, "
        "most often with “rule for counting exercises”."
    )
    more = [text(p) for p in tree.iterfind(".//div[@class='more']/p")]
    assert more == [
        "Another finding is an opinion or can only be cited; no parameter moves it.",
        f"The least steady is {A}: it holds in 2 runs and fails in 2.",
        "For 1 further finding the number observed moves, but not the verdict.",
    ]


def test_parameters_that_change_as_many_verdicts_are_named_together():
    moved = pd.DataFrame({"count_calls": [1, 1, 0], "hs_list": [1, 0, 1]}).astype(bool)
    summed = pd.DataFrame({"is_tested": True, "moves": "verdict", "most": "holds"}, index=[A, B, C])
    assert summary.headline(summed, moved, 9).endswith(
        "3 change it, most often with “calls” and “list of dual-use goods” (2 of them)."
    )


def test_each_parameter_has_its_effects_the_strongest_first(four):
    shown = under(parsed(summary.page(four, VARIED)), "moves")
    rows = [[text(cell) for cell in row] for row in shown.iterfind(".//tbody/tr")]
    assert [row[0] for row in rows] == [
        "Rule for counting exercises counting_rule", "Calls count_calls"
    ]  # fmt: skip
    counts = [[re.search(r"\d+", cell)[0] for cell in row[1:3]] for row in rows]
    assert counts == [["1", "0"], ["0", "1"]]
    assert rows[1][3].startswith("false no calls (default)true calls counted as meetings")


def test_the_heat_map_counts_verdicts_and_shows_the_median_by_setting(four):
    shown = under(parsed(summary.page(four, VARIED)), "findings")
    table = shown.find(".//table")
    rows = [[text(cell) for cell in row] for row in table.iterfind("tbody/tr") if len(row) > 1]
    assert [row[0].split()[0] for row in rows] == [A, B]
    assert rows[0][0].endswith("Unit: submarines")
    told = [re.sub(r"^[^\d]*", "", cell) for cell in rows[0][1:]]
    assert told == [
        "2 hold, 2 fail; median 12", "2 hold; median 12", "2 fail; median 12",
        "1 holds, 1 fails; median 12", "1 holds, 1 fails; median 12",
    ]  # fmt: skip
    assert [cell.split()[-1] for cell in rows[1][1:]] == ["4", "4", "4", "4", "7"]
    assert {head.get("scope") for head in table.iter("th")} == {
        "col", "colgroup", "row", "rowgroup"
    }  # fmt: skip
    wide = sum(int(head.get("colspan", 1)) for head in table.find("thead/tr"))
    assert wide == len(rows[0]) == len(list(table.iterfind("colgroup/col")))
    region = shown.find(".//div[@role='region']")
    assert region.get("tabindex") == "0"
    assert region.get("aria-label")


def test_what_moves_nowhere_is_folded_away(four):
    fold = under(parsed(summary.page(four, VARIED)), "findings").find("details")
    assert text(fold.find("summary")) == "1 finding moves nowhere"
    assert C in text(fold.find("ul"))


def test_runs_lead_to_their_handouts(four):
    shown = under(parsed(summary.page(four, VARIED)), "runs")
    links = [link.get("href") for link in shown.iter("a")]
    assert len(links) == 8
    assert not re.search(r"[\s<>\"]", "".join(links))
    assert unquote(links[0]) == f"runs/{four[0]['run']}/03_exercises.html"
    assert unquote(links[1]) == f"runs/{four[0]['run']}/03_exercises.ipynb"
    row = shown.find(".//tbody/tr")
    assert text(row).endswith("It grew.")
    assert "Then it fell" not in text(row)


def test_findings_lead_to_their_cards_in_the_first_handout(four):
    tree = parsed(summary.page(four, VARIED))
    first = next(one for one in summary.in_order(four, VARIED) if summary.is_done(one))
    page = f"runs/{first['run']}/{first['notebook']}.html"
    links = {unquote(link.get("href")) for link in under(tree, "findings").iter("a")}
    assert links == {f"{page}#{one['claim_id']}" for one in first["findings"]}


def test_runs_of_findings_only_have_no_links(four):
    shown = under(parsed(summary.page(four, VARIED, findings_only=True)), "runs")
    assert not list(shown.iter("a"))


def test_a_failed_run_shows_why(swept, four):
    failure = "Traceback:\n  \x1b[31mline 1\x1b[0m\nValueError: it broke\n\n"
    four[3] = swept(four[3]["asked"], failure=failure)
    shown = under(parsed(summary.page(four, VARIED)), "runs")
    (row,) = shown.iterfind(".//tr[@class='failed']")
    assert text(row.find(".//span[@class='last']")) == "ValueError: it broke"
    assert row.find(".//pre").text == "Traceback:\n  line 1\nValueError: it broke"
    assert "1 run failed and is left out here." in summary.page(four, VARIED)


def test_seconds_are_shown_where_they_are_known(four):
    assert "Seconds" not in summary.page(four, VARIED)
    shown = summary.page([four[0] | {"seconds": 3.14}, *four[1:]], VARIED)
    assert re.findall(r'<td class="number">(.*?)</td>', shown) == ["3.1", "–", "–", "–"]


def test_what_was_the_same_in_all_runs_and_is_no_default_is_said(four):
    runs = [one | {"parameters": one["parameters"] | {"end_year": 2021}} for one in four]
    assert "In every run: end year 2021." in summary.page(runs, VARIED)
    assert "In every run" not in summary.page(four, VARIED)


def test_all_runs_may_have_failed(swept):
    runs = [swept({"counting_rule": rule}) for rule in RULES]
    page = summary.page(runs, {"counting_rule": RULES})
    tree = parsed(page)
    assert text(tree.find(".//h2")) == "Every run failed, so there is no finding."
    assert "2 settings); none done, 2 failed." in page
    assert under(tree, "moves") is None
    assert "<svg" not in page


def test_there_may_be_one_run(swept):
    found = {A: ("holds", 1.0), B: ("fails", 2.0), C: ("opinion", None)}
    page = summary.page([swept({"counting_rule": "all_joint"}, found)],
                        {"counting_rule": ["all_joint"]})  # fmt: skip
    tree = parsed(page)
    assert "nothing to compare it with: of 2 findings open to a test by data, 1 holds and 1" in page
    assert under(tree, "moves") is None
    assert "3 findings move nowhere" in page
    assert "A sweep of 1 run<" in page


def test_there_may_be_one_parameter(swept):
    runs = [swept({"counting_rule": r}, {A: (v, 1.0), B: ("holds", 1.0)})
            for r, v in zip(RULES, ("holds", "fails"), strict=True)]  # fmt: skip
    page = summary.page(runs, {"counting_rule": RULES})
    parsed(page)
    assert "1 changes it." in page
    assert "“Rule for counting exercises” alone moves the one verdict that changes" in page


@pytest.mark.parametrize(
    ("verdict", "lead"),
    [("not_in_data", "All 2 findings open to a test by data keep one verdict in all 2 runs; the "
                     "data are silent on them."),
     ("opinion", "None of 2 findings is open to a test by data."),
     ("holds", "All 2 findings open to a test by data keep one verdict in all 2 runs.")],
)  # fmt: skip
def test_nothing_may_move(swept, verdict, lead):
    runs = [swept({"count_calls": c}, {A: (verdict, None), B: (verdict, None)}) for c in CALLS]
    page = summary.page(runs, {"count_calls": CALLS})
    tree = parsed(page)
    assert text(tree.find(".//h2")) == lead
    assert "2 findings move nowhere" in page
    assert "<svg" not in page
    assert under(tree, "findings").find(".//table") is None


def test_no_run_at_all_is_refused():
    with pytest.raises(ValueError, match="without any run"):
        summary.page([], {"counting_rule": RULES})


def test_text_from_data_stays_text(swept):
    end = {"notebook": HOSTILE, "answer": HOSTILE}
    runs = [
        swept({"counting_rule": "all_joint"}, {HOSTILE: ("holds", 1.0)}, **end),
        swept({"counting_rule": "bilateral"}, {HOSTILE: ("fails", 2.0)}, **end),
        swept({"counting_rule": HOSTILE}, failure=HOSTILE, **end),
    ]
    for run in runs:
        for finding in run.get("findings", []):
            finding["unit"] = HOSTILE
    varied = {"counting_rule": ["all_joint", "bilateral", HOSTILE]}
    # A setting that no choice has cannot be put into words; nor can it come about.
    with pytest.raises(KeyError):
        summary.page(runs, varied)
    page = summary.page([one | {"parameters": {"end_year": n}} for n, one in enumerate(runs)],
                        {"end_year": [0, 1, 2]})  # fmt: skip
    parsed(page)
    assert "<script" not in page
    assert "<img" not in page
    assert page.count(html.escape(HOSTILE, quote=False).split('"')[0]) >= 6


def test_the_page_needs_nothing_and_runs_nothing(four):
    page = summary.page(four, VARIED)
    policy = parsed(page).find(".//meta[@http-equiv]").get("content")
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("script-src 'none'")
    assert "<script" not in page
    assert not re.search(r"<[^>]*\son\w+=", page)
    assert "codebook.html" not in page
    assert "index.html" not in page


def test_every_column_of_the_results_is_told():
    from helpers.publish import sweep

    told = [name for name, _ in summary._columns(VARIED)]
    assert told == ["run", *VARIED, *sweep.MEASURED]


def test_the_question_is_that_of_the_notebook(four):
    tree = parsed(summary.page(four, VARIED))
    assert text(tree.find(".//h1")) == (
        "Have joint exercises become more frequent, and how much? A sweep of 4 runs"
    )


def test_the_figure_says_what_it_shows(four):
    tree = parsed(summary.page(four, VARIED))
    alt = tree.find(".//{http://www.w3.org/2000/svg}svg").get("aria-label")
    assert f"{A} holds in 2 runs and fails in 2" in alt
    assert "Strips below mark the settings of rule for counting exercises and calls." in alt


def test_the_figure_of_many_runs_stays_small(swept):
    """The worst case: every verdict another one, 60 findings, 250 runs."""
    pick = np.random.default_rng(1).choice(["holds", "holds_in_part", "fails"], (250, 60))
    varied = {"end_year": [*range(1980, 2030)], "window_length": [1, 2, 3, 4, 5]}
    grid = product(*varied.values())
    runs = [
        swept(dict(zip(varied, one, strict=True)),
              {f"CEPA-{n:03}": (str(v), float(n)) for n, v in enumerate(pick[at])})
        for at, one in enumerate(grid)
    ]  # fmt: skip
    page = summary.page(runs, varied)
    drawing = re.search(r"<svg.*?</svg>", page, flags=re.S)[0]
    assert len(drawing) < 200_000
    assert "The 40 least steady of 60 findings" in page
    assert drawing.count("<path") < 60


def test_cells_that_agree_run_together():
    held = np.array([[True, True, False, True], [False, False, False, False]])
    rows, first, last = run_grid.spans(held)
    assert [*zip(rows, first, last, strict=True)] == [(0, 0, 1), (0, 3, 3)]
    assert run_grid.spans(held, is_apart=True)[1].tolist() == [0, 1, 3]
