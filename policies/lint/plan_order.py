"""Plan order: a higher plan or a more urgent priority with a longer target.

Policies declare plans lowest first, and priorities most urgent first.
"""

# ruff: noqa: D103 - the name of a warning states the problem

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from typing import Any

from policies.business_time.durations import Duration, Unit
from policies.checks.ladders import minutes
from policies.documents.problems import Finding
from policies.schema.clocks import ClockRule, NoGuarantee, Within, length_of
from policies.schema.policy import SupportPolicy
from policies.schema.tables import OTHERWISE, SEPARATOR, Dimension, Table
from policies.vocabulary import Received

COMPARE_WITH_PAGE = "compare it with the support page"


def a_higher_plan_is_slower(policy: SupportPolicy) -> Iterator[Finding]:
    lower_first = tuple(policy.plans)
    yield from _slower(policy, Dimension.PLAN, lower_first, "the lower plan")


def a_more_urgent_priority_is_slower(policy: SupportPolicy) -> Iterator[Finding]:
    lower_first = tuple(policy.priorities)[::-1]
    yield from _slower(policy, Dimension.PRIORITY, lower_first, "the less urgent priority")


def a_ticket_before_closing_is_due_later_than_one_after(policy: SupportPolicy) -> Iterator[Finding]:
    """Elapsed time runs through the night, business time does not."""
    for name, clock in policy.clocks.items():
        table = _table(clock, Dimension.RECEIVED)
        for others in _rows_of(table, Dimension.RECEIVED) if table else ():
            inside, outside = (
                length_of(table.pick({**others, Dimension.RECEIVED: received}))
                for received in Received
            )
            if inside is None or outside is None:
                continue
            if outside.is_elapsed and not inside.is_elapsed:
                at = _cell(table, {**others, Dimension.RECEIVED: Received.OUTSIDE_HOURS})
                wrong = (
                    f'a ticket received just before closing ("{inside}") is due later than a '
                    f'ticket received just after ("{outside}")'
                )
                path = ("clocks", name, "within", "cells", at)
                cell = table.pick({**others, Dimension.RECEIVED: Received.OUTSIDE_HOURS})
                yield Finding(path, wrong, COMPARE_WITH_PAGE, _clause(cell, clock))


def _slower(
    policy: SupportPolicy, dimension: Dimension, lower_first: tuple[str, ...], lower_is: str
) -> Iterator[Finding]:
    for name, clock in policy.clocks.items():
        table = _table(clock, dimension)
        for others in _rows_of(table, dimension) if table else ():
            for lower, higher in pairwise(lower_first):
                worse = table.pick({**others, dimension: lower})
                better = table.pick({**others, dimension: higher})
                if _is_slower(better, worse) and not _is_promised_elsewhere(policy, name, better):
                    at = _cell(table, {**others, dimension: higher})
                    wrong = (
                        f'the target is {_promise_text(better)}, but {lower_is} "{lower}" has '
                        f"{_promise_text(worse)}"
                    )
                    path = ("clocks", name, "within", "cells", at)
                    yield Finding(path, wrong, COMPARE_WITH_PAGE, _clause(better, clock))


def _table(clock: ClockRule, dimension: Dimension) -> Any:
    table = clock.within
    if clock.on_expiry is not None:
        # A longer time is better for a requester whose ticket it ends.
        return None
    return table if isinstance(table, Table) and dimension in table.by else None


def _rows_of(table: Table[Any], without: Dimension) -> Iterator[dict[str, str]]:
    """Every combination of the values in the table, without one dimension."""
    names: dict[str, dict[str, None]] = {d: {} for d in table.by if d is not without}
    for key in table.cells:
        for dimension, name in zip(table.by, key.split(SEPARATOR), strict=False):
            if dimension in names:
                names[dimension][name] = None
    for values in product(*(cells or {OTHERWISE: None} for cells in names.values())):
        yield dict(zip(names, values, strict=True))


def _cell(table: Table[Any], values: Mapping[str, str]) -> str:
    """The key of the cell for these values."""
    keys = Table[Any].model_construct(by=table.by, cells={key: key for key in table.cells})
    return str(keys.pick(values))


def _is_slower(one: Any, other: Any) -> bool:
    length, other_length = length_of(one), length_of(other)
    if isinstance(one, NoGuarantee):
        return other_length is not None
    if length is None or other_length is None:
        return False
    is_comparable = _time_base(length) == _time_base(other_length)
    return is_comparable and minutes(length) > minutes(other_length)


def _is_promised_elsewhere(policy: SupportPolicy, clock: str, promise: Any) -> bool:
    """Whether a cell without a time names the clause of another clock, which has the time."""
    others = {rule.clause for name, rule in policy.clocks.items() if name != clock}
    return isinstance(promise, NoGuarantee) and promise.clause in others


def _clause(cell: Any, clock: ClockRule) -> str:
    own = cell.clause if isinstance(cell, NoGuarantee | Within) else None
    return own or clock.clause


def _time_base(length: Duration) -> str:
    """The time that a duration counts. Others cannot be compared without a calendar."""
    if length.is_elapsed:
        return "elapsed"
    counts_days = length.unit in (Unit.BUSINESS_DAY, Unit.FOLLOWING_WEEK)
    return length.unit.value if counts_days else "open time"


def _promise_text(promise: Any) -> str:
    return "no guarantee" if isinstance(promise, NoGuarantee) else f'"{length_of(promise)}"'


WARNINGS = (
    a_higher_plan_is_slower,
    a_more_urgent_priority_is_slower,
    a_ticket_before_closing_is_due_later_than_one_after,
)
