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
    """The findings of all warnings about a valid policy, with clauses. Those that ask to compare a
    clause with the page end when a reading of it says that this was done.
    """
    compared = {reading.clause for reading in policy.readings if reading.compared}
    for warning in WARNINGS:
        for finding in warning(policy):
            if finding.right != plan_order.COMPARE_WITH_PAGE or finding.clause not in compared:
                yield finding
