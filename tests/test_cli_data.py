"""Fresh data as an analyst brings it in: commands, messages, what lies in the folder afterwards."""

import json

import pytest
from click.testing import CliRunner

from helpers import cli, tables
from helpers.cli_data import spans
from helpers.importers import folder
from helpers.paths import FOLDER
from helpers.publish import notebooks, warm


@pytest.fixture
def run(monkeypatch):
    """Run a command; what it says of the data folder ends with the test."""
    monkeypatch.setenv(FOLDER, "")

    def start(*words, **more):
        return CliRunner().invoke(cli.main, [str(word) for word in words], **more)

    return start


def test_a_register_comes_in_and_is_read(run, register, tmp_path):
    where = tmp_path / "mine"
    result = run("data", "import", "sipri", *register, "--data", where)
    assert result.exit_code == 0, result.output
    assert "nolimits rerun 01" in result.output
    deals = tables.load("arms_deals", where)
    (deal,) = deals[deals["recipient"] == "IND"].to_dict("records")
    assert (deal["deal_id"], deal["release"], deal["category"]) == ("900001", "2026-03", "Aircraft")
    assert deal["note"] == "=cmd"
    assert run("data", "check", "--data", where).exit_code == 0


def test_a_broken_file_is_refused_and_nothing_is_left(run, register, tmp_path):
    by_deal, _ = register
    by_deal.write_text(by_deal.read_text().replace(",10,?", ",ten,?"))
    result = run("data", "import", "sipri", by_deal, "--data", tmp_path / "mine")
    assert result.exit_code == 1
    assert "by_deal.csv, row 13" in result.output
    assert "'ten'" in result.output
    assert "Traceback" not in result.output
    assert not list((tmp_path / "mine").glob("[!.]*"))


@pytest.mark.parametrize("kind", ["sipri", "comtrade", "gacc", "baci"])
def test_a_web_page_under_another_name_is_refused(run, tmp_path, kind):
    path = tmp_path / "BACI_HS17_Y2023_V202501.csv"
    path.write_text("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>")
    extra = ["--period", "2023", "--flow", "export"] if kind == "gacc" else []
    result = run("data", "import", kind, path, "--data", tmp_path / "mine", *extra)
    assert result.exit_code == 1
    assert path.name in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_rerun_takes_the_newest_release_of_the_folder(run, tmp_path, monkeypatch):
    about = {"kind": "sipri", "release": "2027-03", "files": []}
    row = (
        tables.load("arms_deals").head(1).assign(release="2027-03", supplier="RUS", recipient="IND")
    )
    folder.put(tmp_path, "sipri-2027-03", {"arms_deals": row}, about)
    asked = []

    def record(_function, orders, *_):
        asked.extend(order.asked for order in orders)
        raise notebooks.NotebookError("enough")

    monkeypatch.setattr(warm, "start", lambda: None)
    monkeypatch.setattr(warm, "each", record)
    pair = ["-p", "supplier", "RUS", "-p", "recipient", "IND"]
    result = run("rerun", "01", *pair, "--data", tmp_path)
    assert "sipri_release 2027-03" in result.output
    run("rerun", "01", "-p", "sipri_release", "2025-03", "--data", tmp_path)
    run("rerun", "05", "--data", tmp_path)
    assert asked == [
        {"supplier": "RUS", "recipient": "IND", "sipri_release": "2027-03"},
        {"sipri_release": "2025-03"},
        {},
    ]


def test_a_release_that_is_not_at_hand_is_refused_with_those_that_are(run):
    result = run("rerun", "01", "-p", "sipri_release", "2027-03")
    assert result.exit_code == 1
    assert "2025-03 or 2026-03" in result.output


@pytest.mark.parametrize(
    ("pair", "said"),
    [(("RUS", "XYZ"), "the code of a country"), (("CHN", "CHN"), "must not be the same")],
)
def test_pairs_that_cannot_be_are_refused(run, pair, said):
    supplier, recipient = pair
    result = run("rerun", "01", "-p", "supplier", supplier, "-p", "recipient", recipient)
    assert result.exit_code == 1
    assert said in result.output


def test_sipris_terms_come_before_the_first_call(run, tmp_path, monkeypatch):
    from helpers.fetch import sipri

    def called(*_, **__):
        raise ValueError("the service was asked")

    monkeypatch.setattr(sipri, "fetch", called)
    words = ("data", "fetch", "sipri", "--recipient", "IND", "--data", tmp_path)
    refused = run(*words, input="n\n")
    assert refused.exit_code == 1
    assert "less than a tenth" in refused.output
    assert "was asked" not in refused.output
    assert not sipri.terms_accepted(tmp_path)
    assert "the service was asked" in run(*words, input="y\n").output
    assert "less than a tenth" not in run(*words).output


def test_comtrade_says_how_to_get_a_key(run, tmp_path, monkeypatch):
    monkeypatch.delenv("COMTRADE_API_KEY", raising=False)
    words = ("--reporter", "CHN", "--partner", "RUS", "--periods", "2023", "--data", tmp_path)
    result = run("data", "fetch", "comtrade", *words)
    assert result.exit_code == 1
    assert "COMTRADE_API_KEY" in result.output


@pytest.mark.parametrize("text", ["", "2023:", "2023-13", "2023:2021", "2023:2024-02", "23"])
def test_periods_out_of_form_are_refused(text):
    with pytest.raises(ValueError, match="years or months in order"):
        spans(text)


def test_a_diff_is_written_whole(run, tmp_path):
    result = run("data", "diff", "2025-03", "2026-03", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    written = {path.name for path in (tmp_path / "out").glob("[!.]*")}
    assert written == {"deals.csv", "years.csv", "volumes.csv", "claims.csv"}


def test_what_a_set_says_is_text(run, tmp_path):
    about = {"kind": "<script>", "release": "2027-03", "files": []}
    folder.put(tmp_path, "odd", {"arms_tiv": tables.load("arms_tiv").head(1)}, about)
    assert json.loads((tmp_path / "odd" / "import.json").read_text())["kind"] == "<script>"
    assert "odd: 0 files of <script>" in run("data", "check", "--data", tmp_path).output
