"""Printing pages as PDF."""

import re
import shutil
import subprocess

import pytest

from helpers.publish import pdf

PAGE = "<!doctype html><title>A page</title><h1>Words</h1><div style='height:80cm'></div><p>End"
HAS_BROWSER = any(shutil.which(name) for name in pdf.NAMES)
needs_browser = pytest.mark.skipif(not HAS_BROWSER, reason="no browser that prints")


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    return path


@needs_browser
def test_a_page_is_printed_whole_and_nothing_else_is_left(page, tmp_path):
    pdf.print_pdf(page, tmp_path / "out" / "page.pdf")
    printed = (tmp_path / "out" / "page.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["page.pdf"]


@needs_browser
def test_a_print_does_not_tell_where_the_page_lay(page, tmp_path):
    page.write_text(PAGE + "<a href='https://example.org'>out</a><a href=\"other.html\">near</a>")
    pdf.print_pdf(page, tmp_path / "page.pdf")
    printed = (tmp_path / "page.pdf").read_bytes()
    assert b"https://example.org" in printed
    assert b"file:" not in printed


def test_without_a_browser_the_refusal_says_what_to_install(monkeypatch, page, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ValueError, match="apt install chromium"):
        pdf.print_pdf(page, tmp_path / "page.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


FAULTS = {
    "takes too long": (subprocess.TimeoutExpired("chromium", 1), "not printed within"),
    "fails": (
        subprocess.CalledProcessError(1, "chromium", stderr=b"one\nno display"),
        "no display",
    ),
    "cannot start": (PermissionError("not allowed"), "not allowed"),
    "writes nothing": (None, "no complete PDF"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_browser_that_does_not_print_leaves_the_last_good_file(
    fault, monkeypatch, page, tmp_path
):
    error, words = FAULTS[fault]
    kept = tmp_path / "out" / "page.pdf"
    kept.parent.mkdir()
    kept.write_bytes(b"old")

    def run(*_, **__):
        if error:
            raise error

    monkeypatch.setattr(pdf, "browser", lambda: "chromium")
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ValueError, match=words):
        pdf.print_pdf(page, kept)
    assert kept.read_bytes() == b"old"
    assert [path.name for path in kept.parent.iterdir()] == ["page.pdf"]


@pytest.mark.parametrize(("user", "expected"), [(0, True), (1000, False)])
def test_only_root_prints_without_a_sandbox(user, expected, monkeypatch):
    monkeypatch.setattr(pdf.os, "geteuid", lambda: user, raising=False)
    assert ("--no-sandbox" in pdf._flags("folder")) is expected
