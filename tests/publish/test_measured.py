"""What is measured before several runs is what they would measure themselves."""

import os
import subprocess
import sys

import pytest

from helpers import at_hand, choices, claims, scorecard, tables
from helpers.paths import FOLDER, MEASURE
from helpers.publish import measured


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setattr(claims.Tables, "_kept", None)
    data = measured.measure(["06"])
    data.keep()
    return data


def test_what_is_kept_gives_the_same_findings(monkeypatch, kept):
    own = claims.of_notebook("06")
    for asked in ({}, {"min_confidence": "high"}, {"jurisdiction_rule": "chn"}):
        chosen = choices.choose(**asked)
        shared = scorecard.evaluate(chosen, own, claims.Tables())
        monkeypatch.setattr(claims.Tables, "_kept", None)
        fresh = scorecard.evaluate(chosen, own, claims.Tables())
        kept.keep()
        assert shared.drop(columns="rows").equals(fresh.drop(columns="rows"))


def test_changed_tables_and_those_of_a_folder_know_nothing_of_it(kept, monkeypatch, tmp_path):
    assert claims.Tables()._under is kept._under
    assert claims.Tables({"sanctions": tables.load("sanctions")})._under == {}
    assert claims.Tables(where=tmp_path)._under == {}
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert at_hand.folder() == tmp_path
    assert claims.Tables()._under == {}


RUN = """
from pathlib import Path
from helpers.publish import warm
CODE = '''
from helpers import claims
from helpers.publish import execute, notebooks
assert claims.Tables._kept and claims.Tables()._under
path = notebooks.find("06")
assert execute.text_of(execute.execute(path, {})) == path.read_text(encoding="utf-8")
'''
if __name__ == "__main__":
    warm.start(["helpers.publish.measured"])
    (one,) = warm.each(exec, [CODE], 1)
    raise SystemExit(one.failure or 0)
"""


def test_a_notebook_says_the_same_with_it(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(RUN)
    told = subprocess.run([sys.executable, script], capture_output=True, text=True,
                          env=os.environ | {MEASURE: "06"})  # fmt: skip
    assert told.returncode == 0, told.stderr
