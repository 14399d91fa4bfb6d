"""Time what a reader of the handouts waits for: each page's size, its opening, one search.

Run `nolimits handouts` first; Chromium has to be installed. Medians of five.
"""

import shutil
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from helpers.paths import BUILD

ROUNDS = 5
SEARCH = """() => {
    const box = document.getElementById('q'), began = performance.now();
    box.value = box.value ? '' : 'drones';
    box.dispatchEvent(new Event('input'));
    document.body.offsetHeight;
    return performance.now() - began;
}"""


def opening(browser: Browser, page: Path) -> float:
    """Open a page in a fresh tab, laid out; seconds."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    began = time.perf_counter()
    tab.goto(page.as_uri())
    tab.evaluate("document.body.offsetHeight")
    taken = time.perf_counter() - began
    tab.close()
    return taken


def main(folder: Path) -> None:
    """Print a line for each page of a folder of handouts, and the time of a search."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        print(f"{'page':<22}{'kB':>7}{'opens in (s)':>14}")  # noqa: T201
        for page in sorted(folder.glob("*.html")):
            taken = statistics.median(opening(browser, page) for _ in range(ROUNDS))
            print(f"{page.stem:<22}{page.stat().st_size / 1000:>7.0f}{taken:>14.2f}")  # noqa: T201
        tab = browser.new_page()
        tab.goto((folder / "index.html").as_uri())
        taken = statistics.median(tab.evaluate(SEARCH) for _ in range(ROUNDS))
        print(f"one search among all claims: {taken:.0f} ms")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BUILD / "handouts")
