"""CEL, the Common Expression Language, as conditions over facts: parsed, named and evaluated.

A condition is decided when the facts it has suffice: `a || b` holds when `a` does, whatever `b`
may be. Dates are texts such as 2026-12-24, which are in order when they are compared as texts;
`days_between(a, b)` counts from one to the other.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import celpy
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.celtypes import IntType
from celpy.evaluation import CELEvalError, base_functions
from lark import Token, Tree
from pydantic import JsonValue

from policies.documents.suggestions import quoted

DAYS_BETWEEN = "days_between"
RECEIVED_ON = "received_on"
"""The date of receipt, known of every ticket."""


def _days_between(earlier: Any, later: Any) -> IntType:
    return IntType((date.fromisoformat(str(later)) - date.fromisoformat(str(earlier))).days)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {DAYS_BETWEEN: _days_between}
"""What conditions may call besides what CEL has."""
KNOWN_FUNCTIONS = frozenset({*FUNCTIONS, *(n for n in base_functions if n.isidentifier())})

_ENVIRONMENT = celpy.Environment()


@lru_cache(maxsize=1024)
def parsed(condition: str) -> Tree[Token]:
    """The syntax tree of a condition; ValueError when it is none."""
    try:
        tree: Tree[Token] = _ENVIRONMENT.compile(condition)
    except CELParseError as error:
        at = f" from column {error.column} on" if error.column else ""
        raise ValueError(f"{quoted(condition)} is not a CEL condition{at}") from error
    return tree


@lru_cache(maxsize=1024)
def facts_named(condition: str) -> frozenset[str]:
    """The facts a condition names; ValueError when it is not CEL."""
    return frozenset(str(ident.children[0]) for ident in parsed(condition).find_data("ident"))


def holds(condition: str, facts: Mapping[str, JsonValue]) -> bool | None:
    """Whether a condition holds; None when these facts do not decide it."""
    known = {name: facts[name] for name in sorted(facts_named(condition) & facts.keys())}
    return _decide(condition, json.dumps(known))


@lru_cache(maxsize=4096)
def _decide(condition: str, known: str) -> bool | None:
    # As JSON, `true`, `1` and `1.0` are three facts; as keys of a cache they would be one.
    activation = {name: json_to_cel(value) for name, value in json.loads(known).items()}
    try:
        return bool(_program(condition).evaluate(activation))
    except (CELEvalError, ValueError):
        return None


@lru_cache(maxsize=1024)
def _program(condition: str) -> celpy.Runner:
    return _ENVIRONMENT.program(parsed(condition), functions=dict(FUNCTIONS))
