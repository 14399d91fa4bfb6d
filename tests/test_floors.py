"""Modules import only from the floors below them."""

import ast

from helpers.paths import ROOT

PACKAGE = ROOT / "src" / "helpers"
FLOORS = [
    {"paths", "dates", "windows", "files"},
    {"at_hand", "schema", "tables", "build", "importers", "fetch"},
    {"choices"},
    {"stats"},
    {"arms", "trade", "exercises", "alliance", "dialogue", "pressure", "evidence"},
    {"claims"},
    {"checks"},
    {"scorecard"},
    {"robustness", "diff"},
    {"prose"},
    {"figures", "cards"},
    {"verdicts", "sentences", "conflicts"},
    {"publish"},
    {"cli_options"},
    {"cli_data", "cli_runs"},
    {"cli"},
]
FLOOR = {module: number for number, floor in enumerate(FLOORS, start=1) for module in floor}


def imported(path):
    """Names of the package's own modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "helpers":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
            yield node.module.split(".")[1]


def test_every_module_has_a_floor():
    found = {p.stem for p in PACKAGE.glob("*.py")} | {p.parent.name for p in PACKAGE.glob("*/*.py")}
    assert found - {"__init__", "helpers"} == set(FLOOR)


def test_imports_go_down():
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        wrong += [
            f"{path.relative_to(PACKAGE)} imports {other}"
            for other in imported(path)
            if other != own and FLOOR[other] > FLOOR[own]
        ]
    assert wrong == []


def test_importing_the_package_costs_nothing():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree))
