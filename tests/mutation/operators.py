"""Mutation operators: the small changes of one node of a syntax tree.

Each operator gets a node and yields the nodes that may stand in its place.
"""

import ast
from collections.abc import Callable, Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_NOT_DECIDED = {"description", "example", "examples", "title", "summary", "message", "strict"}
"""Keywords whose values are texts for readers, or assertions such as `zip(..., strict=True)`."""


def replacements(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901, PLR0912 - one case a kind
    """The nodes that a mutant has in place of this one."""
    match node:
        case ast.Compare(left, [op], right) if type(op) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(op)]()], right)
        case ast.BoolOp(op, values) if not any(map(_narrows, values)):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for rest in _each_left_out(values):
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If(test, body, orelse) if not _has_variants(test):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse) if not _has_variants(test):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.comprehension(target, iter_, conditions):
            for rest in _each_left_out(conditions, unless=_narrows):
                yield ast.comprehension(target, iter_, rest, node.is_async)
        case ast.BinOp(left, op, right):
            yield from _of_binary(left, op, right)
        case ast.Constant(value):
            yield from _of_constant(value)
        case ast.Return(value) if value is not None and not _is_plain(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call(ast.Attribute(ast.Call(ast.Name("super"))))):
            pass
        case ast.Expr(ast.Call()) | ast.AugAssign() | ast.Raise(exc=ast.AST()):
            yield ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Set(elements):
            yield from (ast.Set(rest) for rest in _each_left_out(elements))
        case ast.List(elements):
            yield from (ast.List(rest, ast.Load()) for rest in _each_left_out(elements))
        case ast.Call(ast.Name(name), args) if name in _NAMES and len(args) > 0:
            yield ast.Call(ast.Name(_NAMES[name], ast.Load()), args, node.keywords)


def elements_left_out(node: ast.Tuple) -> Iterator[ast.AST]:
    """The tuples without one element. Only for tuples that list things, see `sites.py`."""
    yield from (ast.Tuple(rest, ast.Load()) for rest in _each_left_out(node.elts))


def is_unchanged(node: ast.keyword) -> bool:
    """Whether a keyword argument decides nothing: a text for readers, an assertion."""
    return node.arg in _NOT_DECIDED


def _of_binary(left: ast.expr, op: ast.operator, right: ast.expr) -> Iterator[ast.AST]:
    if isinstance(op, ast.BitOr | ast.BitAnd):
        yield from (left, right)
    elif type(op) in _ARITHMETIC and not (_is_text(left) or _is_text(right)):
        yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)


def _of_constant(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)


def _each_left_out(
    nodes: list[ast.expr], unless: Callable[[ast.expr], bool] = lambda _: False
) -> Iterator[list[ast.expr]]:
    return (
        nodes[:index] + nodes[index + 1 :] for index, node in enumerate(nodes) if not unless(node)
    )


def _is_plain(value: ast.expr) -> bool:
    """Whether a result is a name, a constant, or empty, which only mypy tells from None if callers
    ask no more than whether it is empty.
    """
    match value:
        case ast.Constant() | ast.Name() | ast.Tuple([]) | ast.List([]) | ast.Dict([], []):
            return True
        case ast.Call(ast.Name("frozenset" | "set" | "dict"), [], []):
            return True
    return False


def _has_variants(test: ast.expr) -> bool:
    """Whether the parts of a condition change by themselves, so that it need not be negated."""
    return isinstance(test, ast.Compare | ast.UnaryOp | ast.BoolOp)


def _narrows(operand: ast.expr) -> bool:
    """Whether mypy needs the operand: without a test for None or a class, the types do not fit."""
    match operand:
        case ast.Compare(_, [ast.Is() | ast.IsNot()], [ast.Constant(None)]) | ast.Constant():
            return True
        case ast.Call(ast.Name("isinstance")) | ast.UnaryOp(
            ast.Not(), ast.Call(ast.Name("isinstance"))
        ):
            return True
    return False


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
