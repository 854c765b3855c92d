"""The root modules import what their place in the layers allows.

import-linter takes packages as its roots, so desk.py, worker.py and settings.py are checked here.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (
    *("activities", "api", "backtest", "bootstrap", "commands", "encryption", "policies", "proof"),
    "workflows",
)
MODULES = ("desk", "settings", "worker")
ALLOWED = {
    "desk": {"commands"},
    "worker": {"activities", "bootstrap", "policies", "settings", "workflows"},
    # The types of single settings, which do not import settings.py.
    "settings": {"api", "bootstrap"},
}


def imports_of(source: str) -> set[str]:
    """The top-level names of the modules that are imported anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("module", ALLOWED)
def test_a_root_module_imports_only_the_layers_below_it(module: str) -> None:
    project = imports_of((ROOT / f"{module}.py").read_text(encoding="utf-8"))
    assert project & {*PACKAGES, *MODULES} <= ALLOWED[module]


def test_imports_inside_functions_are_found() -> None:
    source = "def run():\n    from commands.up import up\n    import worker\n"
    assert imports_of(source) == {"commands", "worker"}


def test_every_package_and_root_module_is_covered() -> None:
    assert {path.stem for path in ROOT.glob("*.py")} == {*MODULES}
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {*PACKAGES}


def test_every_package_is_linted_and_shipped() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [linted] = re.findall(r"^root_packages = \[(.+)\]$", text, re.MULTILINE)
    [shipped] = re.findall(r"^only-include = \[\n(.+?)^\]$", text, re.MULTILINE | re.DOTALL)
    assert re.findall(r'"(\w+)"', linted) == [*PACKAGES]
    assert {*PACKAGES, *(f"{name}.py" for name in MODULES)} == {*re.findall(r'"(.+)"', shipped)}
