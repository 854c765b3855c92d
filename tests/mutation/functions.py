"""Functions of the core in memory, and how their code is replaced without importing anything again.

Whoever imported a function has the same object, so new code is in force everywhere at once.
"""

import ast
import builtins
import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tests.mutation.mutants import ROOT

Key = tuple[str, int, str]
"""File, first line and qualified name of a function."""
Hit = tuple[str, int]
"""File and line of a statement that a test has run."""
_HIT = "__hit__"


class CoreFunctions:
    """All functions of the core that exist now."""

    def __init__(self, files: list[str]) -> None:
        self._functions: dict[Key, list[FunctionType]] = defaultdict(list)
        self._files = files
        paths = {str(ROOT / file) for file in files}
        gc.unfreeze()
        for found in gc.get_objects():
            if isinstance(found, FunctionType) and found.__code__.co_filename in paths:
                self._functions[_key(found.__code__)].append(found)

    def replace(self, module: CodeType) -> bool:
        """Takes over the code of a changed module; False if the code does not fit."""
        for code in _codes(module):
            for function in self._functions.get(_key(code), ()):
                if function.__code__ != code:
                    try:
                        function.__code__ = code
                    except ValueError:
                        return False
        return True

    def record(self, hit: Callable[[Hit], Any]) -> None:
        """Has each statement of each function report that it is run."""
        setattr(builtins, _HIT, hit)
        for file in self._files:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            for node in list(ast.walk(tree))[1:]:
                _report(node, file)
            self.replace(compile(ast.fix_missing_locations(tree), str(ROOT / file), "exec"))


def _report(node: ast.AST, file: str) -> None:
    for block in ("body", "orelse", "finalbody"):
        statements = getattr(node, block, None)
        if isinstance(statements, list):
            pairs = [(_call(statement, file), statement) for statement in statements]
            setattr(node, block, [part for pair in pairs for part in pair])


def _call(statement: ast.stmt, file: str) -> ast.stmt:
    where = ast.Tuple([ast.Constant(file), ast.Constant(statement.lineno)], ast.Load())
    call = ast.Expr(ast.Call(ast.Name(_HIT, ast.Load()), [where], []))
    return ast.copy_location(call, statement)


def _codes(module: CodeType) -> Iterator[CodeType]:
    for constant in module.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _key(code: CodeType) -> Key:
    return str(Path(code.co_filename)), code.co_firstlineno, code.co_qualname
