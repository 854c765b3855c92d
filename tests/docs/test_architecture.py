"""ARCHITECTURE.md says what the docstrings, the contracts and the imports say."""

import ast
import re
import tomllib

import pytest

from settings import ROOT
from tests.docs.pages import ARCHITECTURE, blocks, rows_of
from tests.test_root_modules import PACKAGES

LONGEST_WAY = {"From a request to an e-mail": 11, "From YAML to a due time": 4}


def folder_rows() -> list[tuple[str, ...]]:
    """Every package with the docstring of its `__init__.py`."""
    inits = [init for package in PACKAGES for init in (ROOT / package).rglob("__init__.py")]
    return sorted(
        (f"`{init.parent.relative_to(ROOT)}/`", docstring_of(init.read_text())) for init in inits
    )


def docstring_of(source: str) -> str:
    return " ".join((ast.get_docstring(ast.parse(source)) or "").split())


def test_every_folder_has_its_docstring_in_the_map() -> None:
    right = "\n".join(f"| {' | '.join(row)} |" for row in folder_rows())
    assert rows_of(ARCHITECTURE, "Folders") == folder_rows(), f"the rows have to be:\n{right}"


def layers() -> list[str]:
    """The layers that import-linter enforces, the uppermost first: a line for each contract."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layered = [contract for contract in linter["contracts"] if contract["type"] == "layers"]
    return [
        f"{contract.get('containers', ['all'])[0]}: {' → '.join(map(layer, contract['layers']))}"
        for contract in layered
    ]


def layer(names: str) -> str:
    return "one file per command" if "promote" in names else names.replace(" | ", ", ")


def test_the_layers_are_those_that_are_enforced() -> None:
    [block] = blocks(ARCHITECTURE, "text")
    lines = [" ".join(line.split()) for line in block.text.splitlines()]
    assert lines == layers(), "\n".join(layers())


@pytest.mark.parametrize(("heading", "most"), LONGEST_WAY.items())
def test_each_way_is_short_and_names_what_is_in_its_files(heading: str, most: int) -> None:
    section = ARCHITECTURE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    steps = re.findall(r"^\d+\. `([\w/.]+\.py)`:(.*(?:\n   .*)*)", section, re.MULTILINE)
    assert 0 < len(steps) <= most
    for file, text in steps:
        source = (ROOT / file).read_text()
        names = [name.split(".")[-1] for name in re.findall(r"`(\w+(?:\.\w+)?)`", text)]
        assert [name for name in names if name not in source] == [], file
