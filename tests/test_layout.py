"""A folder stays small enough to be read at a glance, and a package states its contents."""

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_FILES = 16
PRODUCT = (
    *("activities", "api", "backtest", "bootstrap", "commands", "encryption", "policies", "proof"),
    "workflows",
)
OTHERS = ("benchmarks", "deploy", "tests")
"""Folders of programs and tests, which are not packages."""
SOURCES = [path for name in (*PRODUCT, *OTHERS) for path in sorted((ROOT / name).rglob("*.py"))]
IN_PRODUCT = {path for path in SOURCES if path.relative_to(ROOT).parts[0] in PRODUCT}
API_APP = ROOT / "api" / "app.py"
"""Includes the routers of its subfolders, which import `api/dependencies.py` next to it."""
PACKAGES = [path for path in SOURCES if path.name == "__init__.py"]


def test_no_folder_has_more_python_files_than_a_reader_can_survey() -> None:
    modules = (path for path in SOURCES if path.name != "__init__.py")
    files = Counter(path.parent.relative_to(ROOT) for path in modules)
    assert {str(folder): count for folder, count in files.items() if count > MOST_FILES} == {}


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_a_package_states_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_a_folder_of_the_product_with_modules_is_a_package() -> None:
    folders = {path.parent for path in IN_PRODUCT}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def imported_files(path: Path) -> Iterator[Path]:
    """The files of the product that a file imports, at the top or in a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            module = ROOT.joinpath(*name.split("."))
            bases = (module, module.parent)
            places = [f for base in bases for f in (base / "__init__.py", base.with_suffix(".py"))]
            yield from [place for place in places if place in IN_PRODUCT][:1]


def test_no_two_folders_of_the_product_import_each_other() -> None:
    imports = {
        (path.parent, imported.parent)
        for path in IN_PRODUCT - {API_APP}
        for imported in imported_files(path)
        if path.parent != imported.parent
    }
    folders = {folder: {to for start, to in imports if start == folder} for folder, _ in imports}
    assert len(imports) > len(folders) > 0
    # Raises CycleError, which names the folders, also for a cycle of more than two.
    TopologicalSorter(folders).prepare()
