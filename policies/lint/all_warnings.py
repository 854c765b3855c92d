"""Linting: what is legal in a valid policy, but surprising. Never an error: some pages are so.

A rule is a function from the policy to findings; its name is the sentence that surprises. The
rules of one noun are together in a file under `surprises/`.
"""

from collections.abc import Callable, Iterable, Iterator

from policies.documents.problems import Finding
from policies.lint import calendars, notices, plan_order, unreachable
from policies.schema.policy import SupportPolicy

WARNINGS: tuple[Callable[[SupportPolicy], Iterable[Finding]], ...] = (
    *plan_order.WARNINGS,
    *calendars.WARNINGS,
    *notices.WARNINGS,
    *unreachable.WARNINGS,
)


def warnings(policy: SupportPolicy) -> Iterator[Finding]:
    """Everything in a valid policy that its owner might not have meant, with its clause."""
    for rule in WARNINGS:
        yield from rule(policy)
