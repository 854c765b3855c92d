"""Mutation operators: the small changes of one node of a syntax tree.

Each operator gets a node and yields the nodes that may stand in its place; `None` leaves an element
of a list out. None of them changes annotations, docstrings, decorators, or the texts of errors.
"""

import ast
from collections.abc import Iterator

Replacement = ast.AST | None

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


def replacements(node: ast.AST) -> Iterator[Replacement]:  # noqa: C901, PLR0912 - one case a kind
    """The nodes that a mutant has in place of this one."""
    match node:
        case ast.Compare(left, [op], right) if type(op) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(op)]()], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for index in range(len(values)):
                rest = values[:index] + values[index + 1 :]
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If(test, body, orelse) | ast.IfExp(test, body, orelse):
            if not isinstance(test, ast.Compare | ast.UnaryOp | ast.BoolOp):
                yield type(node)(ast.UnaryOp(ast.Not(), test), body, orelse)  # type: ignore[arg-type]
        case ast.comprehension(target, iter_, conditions):
            for index in range(len(conditions)):
                rest = conditions[:index] + conditions[index + 1 :]
                yield ast.comprehension(target, iter_, rest, node.is_async)
        case ast.BinOp(left, op, right):
            yield from _of_binary(left, op, right)
        case ast.Constant(value):
            yield from _of_constant(value)
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant | ast.Name):
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
        case ast.Set(elements) | ast.List(elements):
            for index in range(len(elements)):
                yield type(node)(elements[:index] + elements[index + 1 :], *_context(node))
        case ast.Call(ast.Name(name), args) if name in _NAMES and len(args) > 0:
            yield ast.Call(ast.Name(_NAMES[name], ast.Load()), args, node.keywords)


def elements_left_out(node: ast.Tuple) -> Iterator[Replacement]:
    """The tuples without one element. Only for tuples that list things, see `sites.py`."""
    for index in range(len(node.elts)):
        yield ast.Tuple(node.elts[:index] + node.elts[index + 1 :], ast.Load())


def is_unchanged(node: ast.keyword) -> bool:
    """Whether a keyword argument decides nothing: a text for readers, an assertion."""
    return node.arg in _NOT_DECIDED


def _of_binary(left: ast.expr, op: ast.operator, right: ast.expr) -> Iterator[Replacement]:
    if isinstance(op, ast.BitOr | ast.BitAnd):
        yield from (left, right)
    elif type(op) in _ARITHMETIC and not (_is_text(left) or _is_text(right)):
        yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)


def _of_constant(value: object) -> Iterator[Replacement]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)


def _context(node: ast.AST) -> tuple[ast.expr_context, ...]:
    return (ast.Load(),) if isinstance(node, ast.List) else ()


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
