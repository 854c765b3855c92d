"""Consistency: what must agree between the parts of a document whose shapes are right.

A rule is a function from the document to findings; its name is the sentence that must hold. The
rules of one noun are together in a file under `rules/`.
"""

from collections.abc import Callable, Iterable, Iterator

from policies.checks import (
    answers,
    audiences,
    calendars,
    clauses,
    clocks,
    conditions,
    contracts,
    ladders,
    places,
    process,
    remedies,
)
from policies.documents.problems import Finding
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy

POLICY_RULES: tuple[Callable[[SupportPolicy], Iterable[Finding]], ...] = (
    *clauses.RULES,
    *places.RULES,
    *calendars.RULES,
    *answers.RULES,
    *clocks.RULES,
    *ladders.RULES,
    *audiences.RULES,
    *conditions.RULES,
    *process.RULES,
    *remedies.RULES,
)
CONTRACT_RULES: tuple[Callable[[Contract], Iterable[Finding]], ...] = contracts.RULES


def inconsistencies(policy: SupportPolicy) -> Iterator[Finding]:
    """Everything in which the parts of a policy disagree."""
    for rule in POLICY_RULES:
        yield from rule(policy)


def contract_inconsistencies(contract: Contract) -> Iterator[Finding]:
    """Everything in which the parts of a contract disagree."""
    for rule in CONTRACT_RULES:
        yield from rule(contract)
