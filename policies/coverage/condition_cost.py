"""What a condition may cost: it is evaluated while a request is opened, so it has to be quick.

Facts are texts, numbers and yes or no. A condition is at most 1,000 characters long and has no
variables, so that only loops and regular expressions can cost more than its length.
"""

from collections.abc import Iterator

from lark import Token, Tree

LOOPS = frozenset({"all", "exists", "exists_one", "map", "filter", "reduce", "min"})
_MOST_LEVELS = 200
"""Levels of the syntax tree. CEL's grammar has ten for a pair of parentheses, and one for each
further `||`. Evaluation is recursive, and Python stops it at a thousand calls.
"""
_MOST_STEPS = 2_000
"""Nodes of the syntax tree that the loops of a condition visit: tens of milliseconds."""


class TooCostlyError(ValueError):
    """A condition that could take long; `right` is what to write instead."""

    def __init__(self, wrong: str, right: str) -> None:
        """Both are for the author of the policy."""
        super().__init__(wrong)
        self.right = right


def check_cost(tree: Tree[Token]) -> None:
    """Raises TooCostlyError if the evaluation of this syntax tree could take long."""
    if _levels(tree) > _MOST_LEVELS:
        raise TooCostlyError("the condition is nested too deeply", "split it into several rules")
    for name in _calls(tree):
        if name == "matches":
            # Some expressions take exponential time, and a requester chooses the text.
            right = "write contains, startsWith or endsWith"
            raise TooCostlyError("a condition cannot use regular expressions", right)
    if sum(map(_steps, _loops(tree))) > _MOST_STEPS:
        raise TooCostlyError("a loop of the condition has too many steps", "write a shorter list")


def _steps(loop: Tree[Token]) -> int:
    values, _, body = loop.children
    assert isinstance(values, Tree)
    assert isinstance(body, Tree)
    if any(values.find_data("ident")):
        wrong = "a loop of a condition has another value than a list in brackets"
        raise TooCostlyError(wrong, 'write for example ["a", "b"].exists(one, one == cause)')
    if any(_loops(body)):
        raise TooCostlyError("a loop of the condition is inside another", "write one loop")
    return sum(1 for _ in values.scan_values(bool)) * sum(1 for _ in body.iter_subtrees())


def _loops(tree: Tree[Token]) -> Iterator[Tree[Token]]:
    for call in tree.find_data("member_dot_arg"):
        if len(call.children) > 2 and str(call.children[1]) in LOOPS:
            yield call


def _calls(tree: Tree[Token]) -> Iterator[str]:
    for call in tree.find_data("member_dot_arg"):
        yield str(call.children[1])
    for call in tree.find_data("ident_arg"):
        yield str(call.children[0])


def _levels(tree: Tree[Token]) -> int:
    levels, nodes = 0, [tree]
    while nodes:
        levels += 1
        nodes = [child for node in nodes for child in node.children if isinstance(child, Tree)]
    return levels
