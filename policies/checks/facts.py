"""Facts stated about a request, compared with the facts of a policy.

Built-in facts are the values of a ticket (`plan`, `priority`, `kind`, `region`, `channel`) and the
date of receipt (`received_on`). A built-in fact that the verdict depends on must be stated or have
a default.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from policies.checks.references import declared
from policies.coverage.expressions import RECEIVED_ON, facts_named
from policies.coverage.fact_types import is_of_type
from policies.documents.problems import Finding, Path
from policies.documents.suggestions import one_of, quoted
from policies.schema.coverage import CoverageRule, FactRule, RequiredFor
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension

_BUILT_IN = tuple(d for d in Dimension if d is not Dimension.RECEIVED)
_HOW_TO_WRITE = {
    "bool": "write true or false",
    "int": "write a whole number",
    "double": "write a number",
    "string": "write a text, in quotes if it looks like a number",
    "date": "write a date, for example 2026-12-24",
}


def fact_errors(policy: SupportPolicy, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Facts that are unknown to the policy, have a wrong value, or are missing."""
    values = declared(policy)
    known = (*policy.facts, *(d for d in _BUILT_IN if values[d]), RECEIVED_ON)
    for name, value in facts.items():
        if name in policy.facts:
            yield from declared_fact_errors((name,), value, policy.facts[name])
        elif name == RECEIVED_ON:
            yield from type_errors((name,), value, "date")
        elif name not in known:
            wrong = f'"{name}" is not a fact of {policy.policy}'
            yield Finding((name,), wrong, one_of(name, known), about_key=True)
        elif value not in values[Dimension(name)]:
            wrong = f"{quoted(value)} is not a {name} of {policy.policy}"
            yield Finding((name,), wrong, one_of(value, values[Dimension(name)]))
    for dimension in _needed_for_verdict(policy):
        if dimension not in facts and dimension not in policy.defaults:
            right = f"add it; {one_of('', values[dimension])}"
            yield Finding((), f'the key "{dimension}" is missing', right)


def with_defaults(policy: SupportPolicy, facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The facts, with the policy's defaults and today as the date of receipt unless stated."""
    defaults = {str(dimension): value for dimension, value in policy.defaults.items()}
    return {**defaults, RECEIVED_ON: today.isoformat(), **facts}


def type_errors(path: Path, value: Any, type_name: str) -> Iterator[Finding]:
    """A finding if the value of a fact does not have its type."""
    if not is_of_type(value, type_name):
        wrong = f"{quoted(value)} is not of the type {type_name}"
        yield Finding(path, wrong, _HOW_TO_WRITE[type_name])


def declared_fact_errors(path: Path, value: Any, fact: FactRule) -> Iterator[Finding]:
    """A finding if a fact of the policy does not have its type, or is not one of its choices."""
    if errors := list(type_errors(path, value, fact.type)):
        yield from errors
    elif fact.choices and not fact.allow_other and value not in fact.choices:
        wrong = f"{quoted(value)} is not an allowed value"
        yield Finding(path, wrong, one_of(value, fact.choices))


def _needed_for_verdict(policy: SupportPolicy) -> Iterator[Dimension]:
    """The built-in facts that the verdict depends on."""
    conditions: list[CoverageRule | RequiredFor] = [*policy.coverage]
    conditions += [
        fact.required for fact in policy.facts.values() if isinstance(fact.required, RequiredFor)
    ]
    used = {name for rule in conditions if rule.when for name in facts_named(rule.when)}
    used |= {Dimension.KIND for rule in conditions if rule.kinds}
    used |= {Dimension.PLAN for rule in conditions if rule.plans}
    values = declared(policy)
    return (dimension for dimension in _BUILT_IN if dimension in used and values[dimension])
