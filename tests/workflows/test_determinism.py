"""Workflow code reads no clock, no randomness and no environment.

The sandbox does not look into modules that are passed through, so this looks into them here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IN_WORKFLOWS = [
    *(
        path
        for folder in (
            "workflows/account",
            "workflows/announcement",
            "workflows/shared",
            "workflows/ticket",
            "policies/business_time",
            "policies/coverage",
            "policies/i18n",
            "policies/terms",
        )
        for path in sorted((ROOT / folder).rglob("*.py"))
    ),
    ROOT / "activities" / "notices.py",
    ROOT / "policies" / "vocabulary.py",
    ROOT / "workflows" / "temporal" / "tracing.py",
    ROOT / "workflows" / "temporal" / "ui_details.py",
]
UNREPEATABLE = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "pendulum.now",
    "time.time",
    "time.monotonic",
    "os.environ",
    "os.getenv",
}
UNREPEATABLE_MODULES = {"random", "secrets", "uuid", "threading", "httpx", "subprocess"}


def dotted_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield ".".join(ast.unparse(node).split(".")[-2:])


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", IN_WORKFLOWS, ids=lambda path: path.name)
def test_workflow_code_uses_nothing_that_differs_on_replay(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert UNREPEATABLE.isdisjoint(dotted_names(tree))
    assert UNREPEATABLE_MODULES.isdisjoint(imported_modules(tree))


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "import random", "from uuid import uuid4"])
def test_the_search_finds_forbidden_names(source: str) -> None:
    tree = ast.parse(source)
    names = {*dotted_names(tree), *imported_modules(tree)}
    assert names & (UNREPEATABLE | UNREPEATABLE_MODULES)
