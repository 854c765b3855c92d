"""Citations: which tests cite which clauses, read from the source of the tests.

The files are parsed, not imported, so that the table is there in a moment and whatever the
tests need. A marker on a module or a class counts for it as a whole.
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
        for citation in _in_file(path, path.relative_to(directory.parent).as_posix())
    ]


def _in_file(path: Path, name: str) -> Iterator[Citation]:
    tree = ast.parse(path.read_bytes(), filename=name)
    for node in tree.body:
        yield from _in_statement(node, name, name)


def _in_statement(node: ast.stmt, file: str, owner: str) -> Iterator[Citation]:
    if not isinstance(node, Definition):
        yield from _cited(node, file, owner)
        return
    here = f"{owner}::{node.name}"
    for decorator in node.decorator_list:
        yield from _cited(decorator, file, here)
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _in_statement(inner, file, here)


def _cited(node: ast.AST, file: str, owner: str) -> Iterator[Citation]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.clause"):
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Citation(argument.value, owner, file, argument.lineno)
