"""The first sentence of each handout follows the parameters."""

import re

import nbformat
import pytest

from helpers.publish import execute, notebooks, render

OTHERWISE = [
    ("00", {"min_confidence": "high"}),
    ("01", {"sipri_release": "2026-03"}),
    ("01", {"year_rule": "order"}),
    ("02", {"baseline": "baci"}),
    ("03", {"end_year": 2021, "counting_rule": "bilateral"}),
    ("03", {"min_confidence": "high"}),
    ("04", {"min_confidence": "high"}),
    ("05", {"window_1": "2017:2019"}),
    ("05", {"count_calls": True}),
    ("06", {"jurisdiction_rule": "chn"}),
    ("06", {"end_year": 2023}),
]


def first_sentence(notebook):
    return re.split(r"(?<=[.!?]) ", render.answer(notebook))[0]


@pytest.mark.parametrize(("which", "asked"), OTHERWISE, ids=lambda given: str(given))
def test_first_sentence_changes_with_the_parameters(which, asked, tmp_path):
    path = notebooks.find(which)
    usual = first_sentence(nbformat.read(path, as_version=4))
    other = first_sentence(execute.execute(path, asked, tmp_path / path.name))
    assert re.search(r"\d", usual)
    assert other != usual


def test_the_answer_of_the_first_notebook_changes_with_the_years(tmp_path):
    """Its first sentence is on verdicts, which do not depend on the years shown."""
    path = notebooks.find("00")
    usual = render.answer(nbformat.read(path, as_version=4))
    other = execute.execute(path, {"end_year": 2021}, tmp_path / path.name)
    assert render.answer(other) != usual
    assert first_sentence(other) in usual
