"""Conditions over facts in CEL, the Common Expression Language: parsing and evaluation.

A condition needs only the facts that decide it: `a || b` is true if `a` is, even if `b` is unknown.
Dates are texts such as 2026-12-24, so comparing texts compares dates. `days_between(a, b)` is the
number of days from one date to another.
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

from policies.coverage.condition_cost import check_cost
from policies.documents.suggestions import quoted

DAYS_BETWEEN = "days_between"
RECEIVED_ON = "received_on"
"""The fact that is the date of receipt. Every ticket has it."""


def _days_between(earlier: Any, later: Any) -> IntType:
    return IntType((date.fromisoformat(str(later)) - date.fromisoformat(str(earlier))).days)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {DAYS_BETWEEN: _days_between}
"""The functions that conditions may call in addition to those of CEL."""
KNOWN_FUNCTIONS = frozenset({*FUNCTIONS, *(n for n in base_functions if n.isidentifier())})

_ENVIRONMENT = celpy.Environment()


@lru_cache(maxsize=1024)
def parsed(condition: str) -> Tree[Token]:
    """The syntax tree of a condition; ValueError if it is not CEL or could take long."""
    try:
        tree: Tree[Token] = _ENVIRONMENT.compile(condition)
    except CELParseError as error:
        at = f" (column {error.column})" if error.column else ""
        raise ValueError(f"{quoted(condition)} is not a CEL condition{at}") from error
    check_cost(tree)
    return tree


@lru_cache(maxsize=1024)
def facts_named(condition: str) -> frozenset[str]:
    """The names of facts in a condition; ValueError if it is not CEL."""
    return frozenset(str(ident.children[0]) for ident in parsed(condition).find_data("ident"))


def evaluate(condition: str, facts: Mapping[str, JsonValue]) -> bool | None:
    """Whether a condition is true; None if these facts do not decide it."""
    used = {name: facts[name] for name in sorted(facts_named(condition) & facts.keys())}
    return _evaluate(condition, json.dumps(used))


@lru_cache(maxsize=4096)
def _evaluate(condition: str, facts: str) -> bool | None:
    # JSON, because `true`, `1` and `1.0` would be equal as keys of the cache.
    try:
        activation = {name: json_to_cel(value) for name, value in json.loads(facts).items()}
        return bool(_program(condition).evaluate(activation))
    except (CELEvalError, ValueError):
        return None


@lru_cache(maxsize=1024)
def _program(condition: str) -> celpy.Runner:
    return _ENVIRONMENT.program(parsed(condition), functions=dict(FUNCTIONS))
