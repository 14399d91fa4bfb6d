"""The notebook on goods, run for pairs of states that the articles do not speak of."""

import pandas as pd
import pytest

from helpers import tables
from helpers.importers import folder
from helpers.publish import execute, notebooks, render

NOTEBOOK = notebooks.find("02")
OF_ARTICLES = ["Hong Kong", "drone", "Chinese-made", "claims of this section", "published share"]


def row(product, level, year, dataset, reporter, value_usd, **more):
    side = {"reconciled": ("fob", "mixed"), "CHN": ("fob", "destination"), "KAZ": ("cif", "origin")}
    valuation, attribution = side[reporter]
    return {
        "exporter": "CHN", "importer": "KAZ", "product": product, "product_level": level,
        "product_name": "", "hs_prefixes": "", "hs_revision": "", "year": year,
        "dataset": dataset, "reporter": reporter, "valuation": valuation,
        "attribution": attribution, "value_usd": value_usd, "net_kg": 1000, "n_lines": "",
        "n_lines_no_weight": "", "n_months": "", "is_sum": "false", "is_estimate": "false",
        "source_id": "baci-v202501" if dataset == "baci" else "comtrade-annual", "note": "",
    } | more  # fmt: skip


@pytest.fixture
def kazakhstan(tmp_path, monkeypatch):
    """Keep a data folder with made-up goods from China to Kazakhstan."""
    rows = []
    for year in (2020, 2021, 2022):
        rows += [
            row("TOTAL", "total", year, "comtrade", "CHN", 10e9),
            row("TOTAL", "total", year, "comtrade", "KAZ", 8e9),
            row("854231", "hs6", year, "comtrade", "CHN", 3e6, hs_revision="HS2017"),
            row("854231", "hs6", year, "baci", "reconciled", 2e6, hs_revision="HS2017"),
            row("trucks", "group", year, "baci", "reconciled", (year - 2019) * 1e6,
                product_name="Trucks", is_sum="true"),
            row("chpl", "tier", year, "baci", "reconciled", 4e6, is_sum="true"),
            row("tier_1", "tier", year, "baci", "reconciled", 4e6, is_sum="true"),
        ]  # fmt: skip
    columns = [field["name"] for field in tables.resource("trade_monthly")["schema"]["fields"]]
    months = pd.DataFrame(rows[:1]).assign(month="2020-01")[columns]
    about = {"kind": "comtrade", "files": []}
    frames = {"trade_annual": pd.DataFrame(rows), "trade_monthly": months}
    folder.put(tmp_path / "data", "comtrade", frames, about)
    monkeypatch.setenv(tables.FOLDER, str(tmp_path / "data"))


def run(asked, tmp_path):
    """Execute the notebook and give it with all that it says."""
    executed = execute.execute(NOTEBOOK, asked, tmp_path / NOTEBOOK.name)
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    said = [o["data"].get("text/markdown", "") + o["metadata"].get("alt", "") for o in outputs]
    return executed, outputs, "\n".join(said).replace("\\", "")


def test_a_pair_of_which_nothing_is_held_says_so_and_what_to_import(tmp_path):
    executed, outputs, said = run({"exporter": "HKG"}, tmp_path)
    assert render.answer(executed).startswith("Nothing is held on goods from Hong Kong to Russia")
    assert "reporter HKG, exports, partner RUS" in said
    assert "nolimits data import comtrade FILE..." in said
    assert not [o for o in outputs if "image/svg+xml" in o["data"]]
    assert not [word for word in ("China", "drone", "no data", "nan") if word in said]


def test_imported_flows_are_told_of_their_own_pair(tmp_path, kazakhstan):
    executed, outputs, said = run({"importer": "KAZ"}, tmp_path)
    assert "On all goods, Kazakhstan reports 0.80 times what China reports" in str(outputs)
    assert "From 2022 BACI repeats China's own figures for 0 of the 1 codes tested" in str(outputs)
    assert "both report 2020–2022" in said
    assert "Goods are compared from 2021 on." in said
    assert "changed by 0 per cent in BACI" in render.answer(executed)
    assert "trucks 3 million dollars" in said
    assert not [word for word in OF_ARTICLES if word in said]
    # The break is Russia's, so nothing is hatched or dotted for two other states.
    assert "before the break" not in str(outputs) and "to Russia" not in said
