"""The mutants of the functional core: where each is, what it changes, and its code.

A mutant is identified by the text around it (file, function, line, change), not by a number, so an
entry of `equivalent.yaml` still names it when other lines of the file change.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from tests.mutation.operators import elements_left_out, is_unchanged, replacements

ROOT = Path(__file__).parents[2]
CORE = (
    "policies/business_time",
    "policies/terms",
    "policies/terms/model",
    "policies/coverage",
    "policies/accounts",
    "workflows/ticket/model",
    "workflows/ticket/clocks",
    "workflows/ticket/state",
    "workflows/ticket/actions",
    "workflows/ticket/notices",
    "workflows/ticket/process",
    "workflows/account",
    "workflows/account/model",
)
NOT_CORE = {"workflows/account/workflow.py"}
"""It is the Temporal side of the account, which tests reach on a server only."""
_UNCHANGED_FIELDS = {"annotation", "returns", "decorator_list", "bases", "type_params", "ctx"}
_UNCHANGED_NODES = (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Assert)


@dataclass(frozen=True)
class Mutant:
    """One change of one file. `nth` counts equal changes of equal lines of a function."""

    file: str
    scope: str
    line: str
    change: str
    number: int
    """The line number of its statement, for coverage and for readers."""
    is_in_function: bool
    place: int
    variant: int
    nth: int = 1

    @property
    def identity(self) -> tuple[str, str, str, str, int]:
        """The same as long as the line and its function are."""
        return self.file, self.scope, self.line, self.change, self.nth

    def __str__(self) -> str:
        nth = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.file}:{self.number} in {self.scope}{nth}\n  {self.line}\n  {self.change}"

    def code(self) -> CodeType:
        """The module with the change."""
        tree, sites = _sites(self.file)
        site = sites[self.place]
        changed = list(site.variants())[self.variant]
        site.put(changed)
        try:
            return compile(ast.fix_missing_locations(tree), str(ROOT / self.file), "exec")
        finally:
            site.put(site.node)


class Site(NamedTuple):
    """A node that can change, and where it stands."""

    node: ast.AST
    parent: ast.AST
    field: str
    place: int | None
    scope: str
    statement: ast.stmt
    is_in_function: bool

    def variants(self) -> Iterator[ast.AST]:
        """The nodes that a mutant has in its place, with its position."""
        node = self.node
        if isinstance(node, ast.Tuple):
            found = elements_left_out(node) if self._is_listing else iter(())
        else:
            found = replacements(node)
        return (ast.copy_location(changed, node) for changed in found)

    @property
    def _is_listing(self) -> bool:
        """Whether a tuple lists things: in a table, in a test of membership."""
        if isinstance(self.parent, ast.Subscript):
            return False
        return not self.is_in_function or isinstance(self.parent, ast.Compare | ast.keyword)

    def put(self, node: ast.AST) -> None:
        """Puts a node in its place in the tree."""
        if self.place is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.place] = node


def core_files() -> list[str]:
    """The files of the functional core."""
    paths = (path for folder in CORE for path in sorted((ROOT / folder).glob("*.py")))
    return [name for path in paths if (name := str(path.relative_to(ROOT))) not in NOT_CORE]


def mutants(file: str) -> list[Mutant]:
    """All mutants of a file, in the order of its lines."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    _, sites = _sites(file)
    found: list[Mutant] = []
    equal: Counter[tuple[Any, ...]] = Counter()
    for place, site in enumerate(sites):
        line = getattr(site.node, "lineno", site.statement.lineno)
        for variant, changed in enumerate(site.variants()):
            mutant = Mutant(
                file,
                site.scope,
                lines[line - 1].strip(),
                _change(site.node, changed),
                site.statement.lineno,
                site.is_in_function,
                place,
                variant,
            )
            equal[mutant.identity] += 1
            found.append(replace(mutant, nth=equal[mutant.identity]))
    return found


def _change(before: ast.AST, after: ast.AST) -> str:
    """The change in words, as short as it can be told."""
    for name in ("elts", "ifs"):
        was, now = getattr(before, name, []), getattr(after, name, [])
        if type(before) is type(after) and len(was) == len(now) + 1:
            [gone] = [node for node in was if not any(node is kept for kept in now)]
            return f"without {_text(gone)}"
    if isinstance(before, ast.If):
        return f"if {_text(before.test)} -> if {_text(after.test)}"  # type: ignore[attr-defined]
    return f"{_text(before)} -> {_text(after)}"


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


@cache
def _sites(file: str) -> tuple[ast.Module, list[Site]]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return tree, list(_children(tree, "", tree.body[0], False))


def _children(
    parent: ast.AST, scope: str, statement: ast.stmt, is_in_function: bool
) -> Iterator[Site]:
    for field, value in ast.iter_fields(parent):
        if field in _UNCHANGED_FIELDS:
            continue
        nodes = value if isinstance(value, list) else [value]
        for index, node in enumerate(nodes):
            if isinstance(node, ast.AST) and _may_change(node, parent, field):
                place = index if isinstance(value, list) else None
                yield from _site(Site(node, parent, field, place, scope, statement, is_in_function))


def _site(site: Site) -> Iterator[Site]:
    node, inside = site.node, site.is_in_function
    if isinstance(node, ast.stmt):
        site = site._replace(statement=node)
    yield site
    scope = site.scope
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        scope = f"{scope}.{node.name}".lstrip(".")
    if isinstance(node, ast.FunctionDef):
        # Its default values belong to the code around it.
        yield from _children(node.args, scope, node, inside)
        body = ast.Module(node.body, [])
        yield from _children(body, scope, node, True)
        return
    yield from _children(node, scope, site.statement, inside)


def _is_for_mypy(node: ast.Assign | ast.AnnAssign) -> bool:
    """Whether it names a type, or what a module exports."""
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
    return any(isinstance(name, ast.Name) and name.id == "__all__" for name in node.targets)


def _may_change(node: ast.AST, parent: ast.AST, field: str) -> bool:
    if isinstance(node, _UNCHANGED_NODES) or (isinstance(parent, ast.Raise) and field != "body"):
        return False
    if isinstance(node, ast.keyword) and is_unchanged(node):
        return False
    if isinstance(node, ast.FunctionDef) and node.name == "__repr__":
        return False
    if isinstance(node, ast.Assign | ast.AnnAssign) and _is_for_mypy(node):
        return False
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        # The type of a function, which mypy checks.
        return node.value.id != "Callable"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return False
    is_pattern = isinstance(node, ast.expr) and field in {"target", "targets"}
    return not is_pattern
