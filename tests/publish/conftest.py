"""Made-up executed notebooks with cards, from what matters to a test."""

from collections import Counter

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import prose, verdicts
from helpers.publish import index

PLAIN = {
    "claim_id": "CEPA-001", "article": "CEPA", "paragraph": 7, "section": "arms_trade",
    "kind": "quantity", "testability": "computable", "paraphrase": "Twelve submarines were sold.",
    "claimed": "exactly 12 submarines", "found": "12 submarines", "verdict": "holds", "why": "",
    "robustness": 1.0, "combinations": 24, "flip": "",
}  # fmt: skip


def output(frame, **metadata):
    """Make the output that a display of a frame leaves in a notebook."""
    data = {"text/html": "<p>shown</p>", "text/csv": prose.csv_text(frame), "text/plain": "shown"}
    return new_output("display_data", data=data, metadata=metadata)


@pytest.fixture(scope="session")
def notebook_of():
    """Make an executed notebook of a title, its cards, an answer and other tables."""

    def make(title="What was sold?", claims=(), answer="Little was sold. More was not.", others=()):
        rows = [PLAIN | claim for claim in claims]
        cards = [output(pd.DataFrame(rows, columns=[*verdicts.CARD_COLUMNS]), kind="cards")]
        said = new_output("display_data", data={"text/markdown": answer})
        outputs = [*(cards if rows else []), *others]
        return new_notebook(
            cells=[
                new_markdown_cell(f"# {title}"),
                new_code_cell("show()", execution_count=1, outputs=outputs),
                new_code_cell("say()", execution_count=2, outputs=[said],
                              metadata={"tags": ["answer"]}),
            ]
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def dispute():
    """Make the output of a table of conflicts."""

    def make(**said):
        row = {
            "Conflict": "X01: Did it slow?",
            "Positions": "it slowed; against it: it did not",
            "Outcome": "between articles: each position holds in part",
            "What the data say": "Each position holds in part.",
        } | said
        return output(pd.DataFrame([row]))

    return make


@pytest.fixture(scope="session")
def index_of(notebook_of):
    """Render the index of notebooks, given by name."""

    def make(**made):
        return index.page([index.handout(notebook, name) for name, notebook in made.items()])

    return make


FINDING = {
    "claim_id": "CEPA-023", "verdict": "holds", "reason": "", "words": "", "observed": 12.0,
    "low": None, "high": None, "unit": "submarines", "n_rows": 3,
}  # fmt: skip


@pytest.fixture(scope="session")
def swept():
    """Make the result of a run: what was asked, and verdict and number by claim; none: failed."""

    def make(asked, found=None, failure="ValueError: no data", **more):
        told = ",".join(f"{name}={setting}" for name, setting in asked.items())
        about = {
            "run": f"{told}~abcdef",
            "notebook": "03_exercises",
            "key": "k",
            "asked": asked,
            "parameters": {"end_year": 2024} | asked,
        } | more
        if found is None:
            return about | {"status": "failed", "failure": failure}
        findings = [
            FINDING | {"claim_id": i, "verdict": verdict, "observed": observed}
            for i, (verdict, observed) in found.items()
        ]
        return {"answer": "It grew. Then it fell."} | about | {
            "status": "done",
            "verdicts": dict(Counter(one["verdict"] for one in findings)),
            "findings": findings,
            "figures": [],
            "files": {},
        }  # fmt: skip

    return make
