"""Finds the clauses that tests cite.

The test files are parsed, not imported, which is fast and needs no dependencies of tests. A marker
on a module or class is one citation.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from policies.reports.clause_coverage import Citation

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def citations_in(directory: Path) -> list[Citation]:
    """Every `@pytest.mark.clause("policy/clause")` under a directory, by file and line."""
    return [
        citation
        for path in sorted(directory.rglob("test_*.py"))
        for citation in _file_citations(path, path.relative_to(directory.parent).as_posix())
    ]


def _file_citations(path: Path, name: str) -> Iterator[Citation]:
    tree = ast.parse(path.read_bytes(), filename=name)
    for node in tree.body:
        yield from _statement_citations(node, name, name)


def _statement_citations(node: ast.stmt, file: str, owner: str) -> Iterator[Citation]:
    if not isinstance(node, Definition):
        yield from _marker_citations(node, file, owner)
        return
    here = f"{owner}::{node.name}"
    for decorator in node.decorator_list:
        yield from _marker_citations(decorator, file, here)
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _statement_citations(inner, file, here)


def _marker_citations(node: ast.AST, file: str, owner: str) -> Iterator[Citation]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.clause"):
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Citation(argument.value, owner, file, argument.lineno)
