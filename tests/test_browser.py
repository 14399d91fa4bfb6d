"""The handouts in headless Chromium: no request leaves, no error, nothing runs off the page."""

import shutil

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from helpers.publish import notebooks, render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
WIDTHS = {"desktop": 1280, "phone": 390}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("handouts")
    for path in notebooks.every():
        notebook = nbformat.read(path, as_version=4)
        (made / f"{path.stem}.html").write_text(render.handout(notebook, path.stem))
    cards = [{"file": f"{p.stem}.html", "number": p.stem[:2], "title": p.stem, "answer": "x"}
             for p in notebooks.every()]  # fmt: skip
    (made / "index.html").write_text(render.index(cards))
    return made


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*(path.stem for path in notebooks.every()), "index"])
def test_page_in_the_browser(name, width, folder, browser):
    page = browser.new_page(viewport={"width": WIDTHS[width], "height": 900})
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else 0)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((folder / f"{name}.html").as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    page.close()
