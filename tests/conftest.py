"""What several test modules need: made-up claims, a made-up register of SIPRI, a browser."""

import signal

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import sync_playwright

from helpers import scorecard
from helpers.claims import MISSING, Claim
from helpers.publish import pdf, warm

# A suite started in the background ignores Ctrl-C, and what tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

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
NOTES = [
    "Transfers of major conventional arms from Russia to India. Deals with deliveries made for"
    " the year range '1990' to '2025' ",
    *["A note."] * 7,
    "",
    "Source: SIPRI Arms Transfers Database (c) SIPRI.",
    "Data generated: 23 Oct 2026 5:22:49 PM",
]
BY_DEAL = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,"
    "Number delivered, ,Year(s) of delivery,status,Comments,SIPRI TIV per unit,"
    "SIPRI TIV for total order,SIPRI TIV of delivered weapons"
)
BY_DELIVERY = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
    "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,"
    "Delivery year is estimate,Status,SIPRI estimate,TIV deal unit,TIV delivery values,"
    "Local production"
)


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


@pytest.fixture
def register(tmp_path):
    """Write a small made-up register in both forms."""
    deals = ["India,Russia,2014,,10,?,Made-up 1,fighter,8,,2016; 2018,New,=cmd,10,100,80"]
    given = [
        "900001,Russia,India,Made-up,fighter,Aircraft,2014,No,4,No,2016,No,New,10,10,40,No",
        "900001,Russia,India,Made-up,fighter,Aircraft,2014,No,4,No,2018,No,New,10,10,40,No",
    ]
    paths = tmp_path / "by_deal.csv", tmp_path / "by_delivery.csv"
    for path, header, rows in zip(paths, (BY_DEAL, BY_DELIVERY), (deals, given), strict=True):
        path.write_text("\n".join([*NOTES, header, *rows]) + "\n", encoding="cp1252")
    return paths


@pytest.fixture
def tiny(tmp_path):
    """Write a small notebook with parameters; give where it is."""

    def write(*sources, name="06_tiny", title="Is it so?"):
        asked = (
            'end_year: int = 2024\njurisdiction_rule: str = "chn_hkg"\nmin_confidence: str = "low"'
        )
        cells = [
            new_markdown_cell(f"# {title}", id="title"),
            new_code_cell(asked, id="asked", metadata={"tags": ["parameters"]}),
            *(new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)),
        ]
        kernel = {"name": "python3", "display_name": "Python", "language": "python"}
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        return path

    return write


@pytest.fixture
def no_process(monkeypatch):
    """Fail if a process would be started."""

    def started(*_, **__):
        raise AssertionError("a process was started")

    monkeypatch.setattr(warm, "start", started)
    monkeypatch.setattr(warm, "each", started)
