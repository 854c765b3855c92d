"""The glossary gives each term one meaning, and names that are in the code."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
MOST_TERMS = 45
SOURCES = ("activities", "api", "backtest", "commands", "encryption", "policies", "workflows")


def rows() -> list[list[str]]:
    lines = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0] not in ("term", "---")]


def test_it_is_short_enough_to_be_read() -> None:
    assert 30 < len(rows()) <= MOST_TERMS


def test_each_row_is_complete() -> None:
    assert [row for row in rows() if len(row) != 4 or not all(row)] == []


@pytest.mark.parametrize("column", [0, 1, 2, 3], ids=["term", "meaning", "code", "elsewhere"])
def test_no_entry_stands_in_two_rows(column: int) -> None:
    entries = [
        e for row in rows() for e in (row[column].split(", ") if column == 3 else [row[column]])
    ]
    assert [entry for entry, times in Counter(map(str.lower, entries)).items() if times > 1] == []


def test_no_term_is_the_usual_name_of_another() -> None:
    usual = {name.lower(): row[0] for row in rows() for name in row[3].split(", ")}
    assert [row[0] for row in rows() if usual.get(row[0].lower(), row[0]) != row[0]] == []


def test_every_name_is_in_the_code() -> None:
    defined = {name for folder in SOURCES for path in files(folder) for name in names_in(path)}
    assert [row[2] for row in rows() if row[2].strip("`") not in defined] == []


def files(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def names_in(path: Path) -> Iterator[str]:
    """Classes, functions and values of a module, and `Class.member` for what a class has."""
    for node in ast.parse(path.read_text()).body:
        yield from named(node)
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                yield from (f"{node.name}.{name}" for name in named(member))


def named(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
