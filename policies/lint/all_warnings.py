"""All warnings about a valid policy. They are not errors, because some support pages are so.

A warning is a function from the policy to findings. Its name states the problem.
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
    """The findings of all warnings about a valid policy, with clauses."""
    for warning in WARNINGS:
        yield from warning(policy)
