"""What several test modules need: claims made up from what matters to a test, a browser."""

import pytest
from playwright.sync_api import sync_playwright

from helpers import scorecard
from helpers.claims import MISSING, Claim
from helpers.publish import pdf

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

PLAIN = {
    "claim_id": "CEPA-999",
    "source_id": "cepa-2025",
    "paragraph": 1,
    "section": "exercises",
    "notebook": "03",
    "paraphrase": "Ten things happened.",
    "kind": "quantity",
    "testability": "computable",
    "operator": "=",
    "expected": 10.0,
    "expected_high": MISSING,
    "expected_loose": MISSING,
    "expected_strict": MISSING,
    "unit": "things",
    "period_start": "2019",
    "period_end": "2021",
    "reading": "",
    "tolerance": 0.0,
    "check": "",
    "check_args": {},
    "choices": (),
    "caveat": "",
    "needs": "",
}


@pytest.fixture(scope="session")
def claim_of():
    """Make a claim of what a test says about it; the rest is plain."""

    def make(**said) -> Claim:
        return Claim(**PLAIN | said)

    return make


@pytest.fixture(scope="session")
def results():
    """Give all claims measured and judged under the default choices."""
    return scorecard.evaluate()


@pytest.fixture(scope="session")
def browser():
    """Start the Chromium that is installed; tests that need it are skipped where there is none."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=pdf.browser(), args=QUIET)
        yield opened
        opened.close()
