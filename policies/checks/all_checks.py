"""All checks: what must agree between the parts of a document that is valid by its schema.

A check is a function from a document to findings. Its name states what must be true.
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
    credits,
    ladders,
    open_time,
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
    *open_time.CHECKS,
    *answers.CHECKS,
    *clocks.CHECKS,
    *ladders.CHECKS,
    *audiences.CHECKS,
    *conditions.CHECKS,
    *process.CHECKS,
    *credits.CHECKS,
    *remedies.CHECKS,
)
CONTRACT_CHECKS: tuple[Callable[[Contract], Iterable[Finding]], ...] = contracts.CHECKS


def policy_errors(policy: SupportPolicy) -> Iterator[Finding]:
    """The findings of all checks of a policy."""
    for check in POLICY_CHECKS:
        yield from check(policy)


def contract_errors(contract: Contract) -> Iterator[Finding]:
    """The findings of all checks of a contract alone; see `contracts.contract_mismatches`."""
    for check in CONTRACT_CHECKS:
        yield from check(contract)
