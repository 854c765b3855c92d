"""Imports inside tests/chaos go one way, and the model imports nothing of the product."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LAYERS = ["model", "nemesis", "workload", "checker"]
"""Each folder may import those before it."""
PRODUCT = {
    "activities",
    "api",
    "bootstrap",
    "commands",
    "encryption",
    "policies",
    "settings",
    "worker",
}
PRODUCT |= {"workflows"}


def imports_of(file: Path) -> set[str]:
    """All modules that a file imports, also for type checking only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from package import module` is an import of the module.
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """The modules of tests/chaos, and what each imports of them."""
    paths = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in HERE.rglob("*.py")}
    return {name: imports_of(path) & paths.keys() for name, path in paths.items()}


def test_no_modules_import_each_other_in_a_circle(imports: dict[str, set[str]]) -> None:
    order = list(TopologicalSorter(imports).static_order())
    assert order.index("tests.chaos.model.ticket") < order.index("tests.chaos.run_chaos")


def test_folders_import_only_folders_of_lower_layers(imports: dict[str, set[str]]) -> None:
    upwards = {
        (folder, imported)
        for place, folder in enumerate(LAYERS)
        for name, found in imports.items()
        if name.startswith(f"tests.chaos.{folder}.")
        for imported in found
        if imported.split(".")[2] not in LAYERS[: place + 1]
    }
    assert upwards == set()


def test_the_model_imports_nothing_of_the_product() -> None:
    modules = {m for path in (HERE / "model").glob("*.py") for m in imports_of(path)}
    assert {module.partition(".")[0] for module in modules} & PRODUCT == set()
