"""A folder stays small enough to be read at a glance, and a package states its contents."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_FILES = 16
PRODUCT = ("activities", "api", "bootstrap", "commands", "policies", "workflows")
OTHERS = ("benchmarks", "tests")
"""Folders of programs and tests, which are not packages."""
SOURCES = [path for name in (*PRODUCT, *OTHERS) for path in sorted((ROOT / name).rglob("*.py"))]
PACKAGES = [path for path in SOURCES if path.name == "__init__.py"]


def test_no_folder_has_more_python_files_than_a_reader_can_survey() -> None:
    modules = (path for path in SOURCES if path.name != "__init__.py")
    files = Counter(path.parent.relative_to(ROOT) for path in modules)
    assert {str(folder): count for folder, count in files.items() if count > MOST_FILES} == {}


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_a_package_states_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_a_folder_of_the_product_with_modules_is_a_package() -> None:
    folders = {path.parent for path in SOURCES if path.relative_to(ROOT).parts[0] in PRODUCT}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
