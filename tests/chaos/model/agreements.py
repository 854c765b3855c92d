"""Agreed due times: whether one is possible, and what it does (docs/policies.md)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.chaos.model import business_time
from tests.chaos.model.document import Plain
from tests.chaos.model.events import NewEvent
from tests.chaos.model.state import INVALID, UNMET, TicketState

Body = Mapping[str, Any]


def agree(ticket: TicketState, body: Body, at: datetime) -> Iterator[NewEvent]:
    """An agent and the requester agree a due time, or an interval."""
    name, now, from_now = body["clock"], ticket.now(at), body.get("from_now", False)
    if "due_at" in body:
        cycle = ticket.clocks.agree_due_time(name, body["due_at"].astimezone(UTC), now)
    else:
        cycle = ticket.clocks.agree_interval(name, body["every"], now, from_now)
    has_date = cycle is not None and ("due_at" in body or from_now)
    data = {
        "clock": name,
        "cycle": cycle.number if cycle is not None else None,
        "every": body.get("every"),
        "due_at": cycle.due_at.isoformat() if cycle is not None and has_date else None,
    }
    yield NewEvent("due_time_agreed", data)


def refusal(ticket: TicketState, body: Body, _role: str, at: datetime) -> str | None:
    """Only where the policy says so, for a time to come, and never later without consent."""
    agreeable = {n: rule for n, rule in ticket.request.clocks.items() if rule.get("agreed")}
    if not agreeable:
        return UNMET
    rule = agreeable.get(body["clock"])
    return INVALID if rule is None or any(_faults(ticket, rule, body, at)) else None


def _faults(ticket: TicketState, rule: Plain, body: Body, at: datetime) -> Iterator[bool]:
    due, every, consent = body.get("due_at"), body.get("every"), body.get("consent")
    yield (due is None) == (every is None)
    yield every is not None and not rule.get("repeats")
    promise = ticket.request.promise(rule, ticket.priority, ticket.facts)
    if every is not None and promise.calendar is None and not business_time.is_elapsed(every):
        yield True
        return
    yield due is not None and due <= at
    yield due is not None and not ticket.clocks.would_run(body["clock"], ticket.now(at))
    yield consent is not None and consent["at"] > at
    yield consent is None and _is_later(ticket, rule, body, at)


def _is_later(ticket: TicketState, rule: Plain, body: Body, at: datetime) -> bool:
    """Whether the agreed time, or interval, is later than what is promised so far."""
    before = ticket.clocks.due_time(body["clock"], at)
    if "due_at" in body:
        return before is not None and body["due_at"] > before
    if "every" not in body:
        return False
    every = ticket.clocks.intervals.get(body["clock"])
    promise = ticket.request.promise(rule, ticket.priority, ticket.facts).with_interval(every)
    due = business_time.due(body["every"], at, promise.calendar)
    if body.get("from_now") and before is not None and due > before:
        return True
    if promise.length is None:
        return False
    return due > business_time.target(promise.length, at, promise.calendar).due
