"""The command line as its user meets it."""

import json
import re

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import build, choices, claims, cli, robustness, schema, scorecard, tables
from helpers.publish import notebooks, pdf


def run(*words):
    return CliRunner().invoke(cli.main, list(words))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rerun", "33"], "03_exercises"),
        (["rerun", "03", "-p", "end_yaer", "2021"], "end_year"),
        (["rerun", "03", "-p", "end_year", "twenty"], "a whole number from 1950 to 2030"),
        (["rerun", "03", "-p", "end_year", "2031"], "a whole number from 1950 to 2030"),
        (["rerun", "03", "-p", "counting_rule", "mine"], "all_joint or bilateral"),
        (["rerun", "03", "-p", "start_year", "2020", "-p", "end_year", "2010"], "start_year"),
        (["parameters", "33"], "03_exercises"),
        (["execute", "03", "33"], "03_exercises"),
    ],
)
def test_mistakes_are_refused_before_a_kernel_starts(no_process, words, said):
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_cannot_be_made_is_refused_without_a_traceback(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = run("rerun", "03", "-o", str(tmp_path / "file" / "out"))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "file" in result.output


def test_parameters_lists_what_rerun_takes():
    result = run("parameters", "03")
    assert "end_year (int, default 2024): last year" in result.output
    assert "allowed: a whole number from 1950 to 2030" in result.output
    listed = [line.split(" ")[0] for line in result.output.splitlines() if line[0] != " "]
    assert listed == [item.name for item in notebooks.parameters(notebooks.find("03"))]


def test_a_failing_notebook_ends_with_its_cell_and_code_1(monkeypatch, tmp_path):
    path = tmp_path / "03_exercises.ipynb"
    empty = new_code_cell("", metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[empty, new_code_cell("1 / 0")]), path)
    monkeypatch.setattr(notebooks, "find", lambda which: path)
    result = run("rerun", "03", "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "03_exercises.ipynb failed in cell 2" in result.output
    assert "Traceback" not in result.output
    assert "ZeroDivisionError" in result.output
    assert not (tmp_path / "out" / "03_exercises.html").exists()


def test_a_failing_notebook_ends_handouts_too(monkeypatch, tmp_path):
    path = tmp_path / "03_exercises.ipynb"
    empty = new_code_cell("", metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[empty, new_code_cell("1 / 0")]), path)
    monkeypatch.setattr(notebooks, "every", lambda: [path])
    result = run("handouts", "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "] 03_exercises: failed" in result.output
    assert "ZeroDivisionError" in result.output
    assert (tmp_path / "out" / "tables" / "exercises.csv").exists()
    assert not (tmp_path / "out" / "index.html").exists()


@pytest.fixture
def one_notebook(monkeypatch, tmp_path):
    """Let the package have one small notebook."""
    answer = "display({'text/markdown': 'It is so. More.', 'text/plain': ''}, raw=True)"
    cells = [
        new_markdown_cell("# Is it so?"),
        new_code_cell("", metadata={"tags": ["parameters"]}),
        new_code_cell(answer, metadata={"tags": ["answer"]}),
    ]
    path = tmp_path / "03_exercises.ipynb"
    kernel = {"name": "python3", "display_name": "Python", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    monkeypatch.setattr(notebooks, "every", lambda: [path])


def test_handouts_writes_pages_tables_codebook_and_index(one_notebook, tmp_path):
    out = tmp_path / "out"
    result = run("handouts", "-o", str(out))
    assert result.exit_code == 0, result.output
    written = {p.name for p in out.iterdir() if p.name[0] != "."}
    assert written == {"03_exercises.html", "codebook.html", "index.html", "notebooks", "tables"}
    assert (out / "tables" / "exercises.csv").exists()
    page = (out / "index.html").read_text()
    assert '<a href="03_exercises.html">Is it so?</a>' in page
    for address in re.findall(r'href="([^"#]+)"', page):
        assert address.startswith("data:") or (out / address).exists()


def test_handouts_prints_each_page_if_asked(one_notebook, monkeypatch, tmp_path):
    printed = []
    monkeypatch.setattr(pdf, "browser", lambda: "chromium")
    monkeypatch.setattr(pdf, "print_pdf", lambda page, to: printed.append((page.name, to.name)))
    result = run("handouts", "--pdf", "-o", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert printed == [("03_exercises.html", "03_exercises.pdf"), ("index.html", "index.pdf")]


def test_pdf_without_a_browser_is_refused_before_a_kernel_starts(no_process, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("handouts", "--pdf", "-o", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "apt install chromium" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_data_check_prints_every_violation(monkeypatch):
    found = [schema.Violation("clean/toys.csv", row, "kind", "car", "ball") for row in (3, 9)]
    monkeypatch.setattr(tables, "check", lambda: found)
    result = run("data", "check")
    assert result.exit_code == 1
    assert [str(violation) in result.output for violation in found] == [True, True]


def test_data_build_says_what_is_wrong(monkeypatch):
    def broken():
        raise ValueError("1 cells break data/datapackage.json:\n  clean/toys.csv, row 3")

    monkeypatch.setattr(build, "write", broken)
    result = run("data", "build")
    assert result.exit_code == 1
    assert "clean/toys.csv, row 3" in result.output


def test_a_rerun_writes_handout_and_notebook(tmp_path):
    result = run("rerun", "03", "-p", "end_year", "2021", "-p", "counting_rule", "bilateral",
                 "-o", str(tmp_path))  # fmt: skip
    assert result.exit_code == 0, result.output
    page = (tmp_path / "03_exercises.html").read_text()
    assert "index.html" not in re.findall(r'<a\b[^>]*href="([^"]*)"', page)
    assert page.count(" download=") > 10
    assert page.count('href="data:text/csv') == page.count(" download=")
    executed = json.loads((tmp_path / "notebooks" / "03_exercises.ipynb").read_text())
    injected = ["".join(c["source"]) for c in executed["cells"] if "injected-parameters" in
                c["metadata"].get("tags", [])]  # fmt: skip
    assert len(injected) == 1
    assert "end_year = 2021" in injected[0]


def checked(*words):
    """Run `check` and give its lines without the last, and the last."""
    result = run("check", *words)
    assert result.exit_code == 0, result.output
    *lines, last = result.output.splitlines()
    return lines, last


def test_check_lists_every_claim_and_counts_verdicts():
    lines, last = checked()
    assert [line.split()[0] for line in lines] == list(claims.ledger())
    assert last.startswith(f"{len(lines)} claims: ")


def test_check_takes_ids_section_and_article():
    assert [line[:8] for line in checked("DIP-032", "CEPA-023")[0]] == ["CEPA-023", "DIP-032 "]
    lines, last = checked("--section", "exercises", "--article", "diplomat")
    assert lines
    assert all(line.startswith("DIP-") for line in lines)
    assert len(checked("--section", "exercises")[0]) > len(lines)


def test_check_takes_a_verdict():
    lines, last = checked("--section", "exercises", "--verdict", "fails")
    assert lines
    assert all(line[10:].startswith("fails ") for line in lines)
    assert last == f"{len(lines)} claims: {len(lines)} fail"


@pytest.mark.parametrize(
    ("words", "nothing"),
    [
        (["DIP-032", "--article", "cepa"], "0 claims: none"),
        (["DIP-032", "--verdict", "opinion"], "0 claims: none"),
        (["DIP-032", "--article", "cepa", "--json"], "[]"),
        (["DIP-032", "--article", "cepa", "--explain"], ""),
    ],
)
def test_check_of_no_claims_is_no_mistake(words, nothing):
    result = run("check", *words)
    assert (result.exit_code, result.output.strip()) == (0, nothing)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["CEPA-999", "CEPA-1"], ["no claim CEPA-999, CEPA-1", "CEPA-001 to DIP-"]),
        (["--section", "sports"], ["no section 'sports'", "exercises"]),
        (["--verdict", "maybe"], ["no verdict 'maybe'", "holds_in_part"]),
        (
            ["CEPA-999", "--section", "sports", "--verdict", "maybe"],
            ["claim", "section", "verdict"],
        ),
        (["-p", "yaer_rule", "order"], ["yaer_rule: no such choice", "year_rule"]),
        (["-p", "year_rule", "guess", "-p", "base_year", "1900"], ["delivery or order", "2017"]),
        (["-p", "window_1", "2020:2023"], ["window_1", "counted on both sides"]),
        (["-p", "cutoff_1", "2023-01-01"], ["cutoff_1", "cutoff_2"]),
    ],
)
def test_check_refuses_mistakes_and_says_what_there_is(words, said):
    result = run("check", *words)
    assert result.exit_code == 1
    assert [part for part in said if part not in result.output] == []
    assert "Traceback" not in result.output


def test_check_refuses_an_article_that_there_is_not():
    result = run("check", "--article", "times")
    assert result.exit_code == 2
    assert "'cepa', 'diplomat'" in result.output


def test_check_takes_json_or_explain_not_both():
    result = run("check", "DIP-032", "--json", "--explain")
    assert result.exit_code == 2
    assert "--json" in result.output
    assert "--explain" in result.output


def test_check_writes_json():
    found = json.loads(run("check", "DIP-032", "CEPA-282", "--json").output)
    assert [(one["claim_id"], one["verdict"]) for one in found] == [
        ("CEPA-282", found[0]["verdict"]),
        ("DIP-032", "holds"),
    ]
    assert found[1]["n_rows"] > 0
    assert 0 < found[1]["robustness"] <= 1


@pytest.fixture(scope="module")
def frail():
    """Give the curve of a claim about exercises whose verdict depends on choices."""
    asked = {i: c for i, c in claims.ledger().items() if c.section == "exercises"}
    return next(
        c for c in robustness.varying(robustness.curves(None, asked)) if any(robustness.flip(c))
    )


def test_check_explains_rows_sources_and_what_flips_it(frail):
    told = run("check", frail.claim.claim_id, "--explain").output
    changed, _ = robustness.flip(frail)
    assert f"with {robustness.in_words(changed)} it" in " ".join(told.split())
    data = claims.Tables()
    finding = scorecard.measure(frail.claim, data, choices.choose())
    for table, rows in scorecard.rows_used(finding, data).items():
        assert f"{table}:" in told
        places = tables.load("sources").set_index("source_id")["url"]
        assert places[rows["source_id"].iloc[0]] in told


def test_check_judges_by_the_choices_it_is_given(frail):
    changed, other = robustness.flip(frail)
    words = [part for name, value in changed.items() for part in ("-p", name, str(value).lower())]
    (found,) = json.loads(run("check", frail.claim.claim_id, "--json", *words).output)
    assert found["verdict"] == other
