"""What several test modules need: claims made up from what matters to a test."""

import pytest

from helpers import scorecard
from helpers.claims import MISSING, Claim

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
