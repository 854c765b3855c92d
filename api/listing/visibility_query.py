"""Filters as a List Filter, the query language of Temporal's visibility store.

Values come from callers and are quoted here. The store compares times to about a second only
(SQLite compares them as text), so conditions on times extend a second further at both ends, and
callers compare the returned times exactly.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from api.listing.filters import ANY, NOBODY, TicketFilters
from policies.vocabulary import Stage
from workflows.temporal.connection import (
    ACCOUNT,
    ASSIGNEE,
    BREACHED,
    PLAN,
    POLICY,
    PRIORITY,
    STAGE,
    WAITING_ON,
)

_SLACK = timedelta(seconds=1)
_TICKETS = (
    "WorkflowType = 'Ticket'",
    # Runs that continued as new are still in the store, with old values.
    "ExecutionStatus IN ('Running', 'Completed')",
    f"{STAGE.name} IS NOT NULL",
)


def quoted(value: str) -> str:
    """A string literal; no text can break out of it."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def tickets(filters: TicketFilters, account: str | None = None) -> str:
    """The query for tickets that match the filters, limited to `account` if given."""
    conditions = [*_TICKETS, *_conditions(filters)]
    if account is not None:
        conditions.append(f"{ACCOUNT.name} = {quoted(account)}")
    return " AND ".join(conditions)


def between(attribute: str, begins: datetime, ends: datetime) -> str:
    """The condition for times from `begins` to `ends`, plus a second at both ends."""
    first, last = begins - _SLACK, ends + _SLACK
    return f"{attribute} BETWEEN {_instant(first)} AND {_instant(last)}"


def _conditions(filters: TicketFilters) -> Iterator[str]:
    for name, values in (
        (STAGE.name, filters.stage),
        (WAITING_ON.name, filters.waiting_on),
        (POLICY.name, filters.policy),
        (PLAN.name, filters.plan),
        (PRIORITY.name, filters.priority),
        (ACCOUNT.name, filters.account),
    ):
        if values:
            yield _any_of(name, values)
    if filters.open is not None:
        yield f"{STAGE.name} {'!=' if filters.open else '='} {quoted(Stage.CLOSED)}"
    if filters.assignee is not None:
        yield _or_null(ASSIGNEE.name, filters.assignee, filters.assignee == NOBODY)
    if filters.breached == ANY:
        yield f"{BREACHED.name} IS NOT NULL"
    elif filters.breached is not None:
        yield f"{BREACHED.name} = {quoted(filters.breached)}"


def _any_of(name: str, values: Iterable[str]) -> str:
    return f"{name} IN ({', '.join(map(quoted, values))})"


def _or_null(name: str, value: str, is_null: bool) -> str:
    return f"{name} IS NULL" if is_null else f"{name} = {quoted(value)}"


def _instant(at: datetime) -> str:
    return quoted(at.isoformat(timespec="microseconds"))
