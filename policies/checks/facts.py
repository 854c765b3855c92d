"""Stated facts: what somebody says of a request, held against the facts a policy knows.

Besides the facts a policy declares, the values of a ticket count (`plan`, `priority`, `kind`,
`region`, `channel`) and the date it was received (`received_on`). A value that the verdict depends
on has to be stated, or to have a default.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from policies.checks.references import declared
from policies.coverage.expressions import RECEIVED_ON, facts_named
from policies.coverage.fact_types import is_of_type
from policies.documents.problems import Finding
from policies.documents.suggestions import one_of, quoted
from policies.schema.coverage import CoverageRule, FactRule, RequiredFor
from policies.schema.policy import SupportPolicy
from policies.schema.tables import Dimension

_VALUES = tuple(d for d in Dimension if d is not Dimension.RECEIVED)
_WRITTEN = {
    "bool": "write true or false",
    "int": "write a number without a point",
    "double": "write a number",
    "string": "write a text, in quotes where it looks like a number",
    "date": "write a date, for example 2026-12-24",
}


def fact_errors(policy: SupportPolicy, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """What is not known of a request under this policy, is not of its type, or is lacking."""
    values = declared(policy)
    known = (*policy.facts, *(d for d in _VALUES if values[d]), RECEIVED_ON)
    for name, value in facts.items():
        if name in policy.facts:
            yield from _declared(name, policy.facts[name], value)
        elif name == RECEIVED_ON:
            yield from _of_type(name, "date", value)
        elif name not in known:
            wrong = f'the fact "{name}" is not one of {policy.policy}'
            yield Finding((name,), wrong, one_of(name, known), about_key=True)
        elif value not in values[Dimension(name)]:
            wrong = f"{quoted(value)} is not a {name} of {policy.policy}"
            yield Finding((name,), wrong, one_of(value, values[Dimension(name)]))
    for dimension in _decisive(policy):
        if dimension not in facts and dimension not in policy.defaults:
            right = f"add it; {one_of('', values[dimension])}"
            yield Finding((), f'the key "{dimension}" is missing', right)


def with_defaults(policy: SupportPolicy, facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The facts, with what holds of a request that does not say: the defaults, and today."""
    defaults = {str(dimension): value for dimension, value in policy.defaults.items()}
    return {**defaults, RECEIVED_ON: today.isoformat(), **facts}


def _declared(name: str, fact: FactRule, value: Any) -> Iterator[Finding]:
    if wrong := list(_of_type(name, fact.type, value)):
        yield from wrong
    elif fact.choices and value not in fact.choices:
        yield Finding((name,), f"{quoted(value)} is not known here", one_of(value, fact.choices))


def _of_type(name: str, type_of: str, value: Any) -> Iterator[Finding]:
    if not is_of_type(value, type_of):
        yield Finding((name,), f"{quoted(value)} is no {type_of}", _WRITTEN[type_of])


def _decisive(policy: SupportPolicy) -> Iterator[Dimension]:
    """The values of a ticket that the verdict depends on."""
    limits: list[CoverageRule | RequiredFor] = [*policy.coverage]
    needs = (fact.required for fact in policy.facts.values())
    limits += [need for need in needs if isinstance(need, RequiredFor)]
    named = {name for limit in limits if limit.when for name in facts_named(limit.when)}
    named |= {Dimension.KIND for limit in limits if limit.kinds}
    named |= {Dimension.PLAN for limit in limits if limit.plans}
    values = declared(policy)
    return (dimension for dimension in _VALUES if dimension in named and values[dimension])
