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

POLICY_CHECKS: tuple[Callable[[SupportPolicy], Iterable[Finding]], ...] = (
    *clauses.CHECKS,
    *places.CHECKS,
    *calendars.CHECKS,
    *answers.CHECKS,
    *clocks.CHECKS,
    *ladders.CHECKS,
    *audiences.CHECKS,
    *conditions.CHECKS,
    *process.CHECKS,
    *remedies.CHECKS,
)
CONTRACT_CHECKS: tuple[Callable[[Contract], Iterable[Finding]], ...] = contracts.CHECKS


def policy_errors(policy: SupportPolicy) -> Iterator[Finding]:
    """Everything in which the parts of a policy disagree."""
    for rule in POLICY_CHECKS:
        yield from rule(policy)


def contract_errors(contract: Contract) -> Iterator[Finding]:
    """Everything in which the parts of a contract disagree."""
    for rule in CONTRACT_CHECKS:
        yield from rule(contract)
