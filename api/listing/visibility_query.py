"""Filters as a List Filter, the query language of Temporal's visibility store.

Values come from callers and are quoted here. The store compares times to about a second only
(SQLite compares them as text), so conditions on times extend a second further at both ends, and
callers compare the returned times exactly.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from api.identity.caller import Caller, Scope
from api.listing.filters import ANY, TicketFilters
from policies.vocabulary import Stage
from workflows.temporal.connection import (
    ACCOUNT,
    ASSIGNEE,
    BREACHED,
    PLAN,
    POLICY,
    PRIORITY,
    REQUESTER,
    STAGE,
    WAITING_ON,
)
from workflows.temporal.list_filters import any_of, quoted
from workflows.ticket.model.fields import NOBODY, requester_id

_SLACK = timedelta(seconds=1)
_TICKETS = (
    "WorkflowType = 'Ticket'",
    # Runs that continued as new are still in the store, with old values.
    "ExecutionStatus IN ('Running', 'Completed')",
    f"{STAGE.name} IS NOT NULL",
)


def tickets(filters: TicketFilters, caller: Caller) -> str:
    """The query for tickets that match the filters and exist for the caller."""
    return " AND ".join([*_TICKETS, *_conditions(filters), *_limits(caller)])


def with_value(attribute: str, value: str, caller: Caller) -> str:
    """The query for tickets with this value of an attribute that exist for the caller."""
    return " AND ".join([*_TICKETS, any_of(attribute, [value]), *_limits(caller)])


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
            yield any_of(name, values)
    if len(set(filters.open)) == 1:
        yield f"{STAGE.name} {'!=' if filters.open[0] else '='} {quoted(Stage.CLOSED)}"
    if filters.assignee:
        yield _assigned_to_any_of(filters.assignee)
    if ANY in filters.breached:
        yield f"{BREACHED.name} IS NOT NULL"
    elif filters.breached:
        yield any_of(BREACHED.name, filters.breached)


def _limits(caller: Caller) -> Iterator[str]:
    """The conditions of tickets that exist for the caller."""
    accounts = sorted(caller.accounts or ())
    if caller.accounts is not None:
        yield any_of(ACCOUNT.name, accounts)
    if caller.scope is Scope.OWN:
        yield any_of(REQUESTER.name, [requester_id(a, caller.email or "") for a in accounts])


def _assigned_to_any_of(assignees: Iterable[str]) -> str:
    ids = [id for id in assignees if id != NOBODY]
    either = [any_of(ASSIGNEE.name, ids)] if ids else []
    if NOBODY in assignees:
        either.append(f"{ASSIGNEE.name} IS NULL")
    return either[0] if len(either) == 1 else f"({' OR '.join(either)})"


def _instant(at: datetime) -> str:
    return quoted(at.isoformat(timespec="microseconds"))
