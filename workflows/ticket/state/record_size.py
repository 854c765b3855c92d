"""The size of a ticket's record, and the room that is left in it."""

from collections.abc import Iterator

from pydantic_core import to_json

from policies.vocabulary import EventType, Role
from workflows.ticket.model.agreement import Agreement
from workflows.ticket.state.ticket_state import TicketState

LARGEST_RECORD = 1_000_000
"""Bytes that a ticket may hold. Its state always fits one Temporal payload (2 MiB): the rest is
for actions that end it, and for what happens automatically."""
REQUESTERS_RECORD = LARGEST_RECORD // 2
"""Bytes of them for what requesters write, so that support can always answer."""
LEAST_ROOM = 25_000
"""Bytes that must be left for an action: enough for the longest text in most languages."""
REQUESTERS = frozenset({Role.REQUESTER, Role.SERVICE})
"""The roles that write for requesters."""
BYTES_PER_CYCLE = 900
BYTES_PER_PAUSE = 120
BYTES_PER_ID = 160
BYTES_PER_DUPLICATE = 600
"""Upper estimates of the bytes that one of each takes in the carried state; a test measures them.
"""


def record_weight(state: TicketState) -> int:
    """An estimate of the bytes that the carried state takes."""
    return (
        state.opening.weight
        + len(to_json(state.facts))
        + sum(event.weight for event in state.events)
        + sum(notice.weight for notice in state.notices)
        + BYTES_PER_CYCLE * len(state.clocks)
        + sum(agreement.weight for agreement in _agreements(state))
        + BYTES_PER_PAUSE * sum(map(len, (state.waits, *(c.pauses for c in state.clocks))))
        + BYTES_PER_ID * len(state.handled)
        + BYTES_PER_DUPLICATE * len(state.duplicates)
    )


def requesters_weight(state: TicketState) -> int:
    """The part of `record_weight` that requesters cause: of this ticket, and of its duplicates."""
    theirs = [e for e in state.events if e.by.role in REQUESTERS or e.type is EventType.MERGED_IN]
    numbers = {event.seq for event in theirs}
    return (
        state.opening.weight
        + len(to_json(state.facts))
        + sum(event.weight + BYTES_PER_ID for event in theirs)
        + sum(notice.weight for notice in state.notices if notice.event in numbers)
        + BYTES_PER_DUPLICATE * len(state.duplicates)
    )


def room_for(state: TicketState, role: Role) -> int:
    """Bytes that this role can still write."""
    room = LARGEST_RECORD - record_weight(state)
    if role in REQUESTERS:
        return min(room, REQUESTERS_RECORD - requesters_weight(state))
    return room


def is_full_for(state: TicketState, role: Role) -> bool:
    """Whether the ticket takes no more actions of this role, apart from those that end it."""
    return room_for(state, role) < LEAST_ROOM


def _agreements(state: TicketState) -> Iterator[Agreement]:
    yield from state.intervals.values()
    yield from (clock.agreed for clock in state.clocks if clock.agreed)
