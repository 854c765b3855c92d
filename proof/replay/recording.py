"""Plays the events of a record through a ticket, in their order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from policies.vocabulary import EventType, Role
from proof.replay.replayed_ticket import ReplayedTicket, is_deadline
from workflows.ticket.model.events import Event

CLOCK_EVENTS = frozenset(
    {EventType.CLOCK_WARNED, EventType.CLOCK_BREACHED, EventType.CLOCK_OVERDUE}
)


class CannotHappen(Exception):
    """An event cannot be what happened next."""

    def __init__(self, event: Event, reason: str) -> None:
        super().__init__(f"event {event.seq} ({event.type}): {reason}")
        self.event = event


def play(
    ticket: ReplayedTicket, events: Iterable[tuple[int, Event]], until: datetime
) -> list[tuple[Event, datetime]]:
    """Plays events, each with the number of its change, and the deadlines until a time.

    Returns the clock events that state another due time than the clock has, with that time.
    CannotHappen if an event does not fit the ticket.
    """
    wrong: list[tuple[Event, datetime]] = []
    last: Event | None = None
    for _, group in groupby(events, key=lambda numbered: numbered[0]):
        change = [event for __, event in group]
        for part in _parts(change):
            last = _in_order(part, last)
            try:
                wrong += _take(ticket, part)
            except Exception as error:
                raise CannotHappen(part[0], _reason(error)) from error
    ticket.pass_deadlines(until)
    return wrong


def _parts(change: Sequence[Event]) -> Iterator[list[Event]]:
    """The events of a change, without those of clocks, which are by themselves."""
    for is_clock, group in groupby(change, key=lambda event: event.type in CLOCK_EVENTS):
        part = list(group)
        yield from ([event] for event in part) if is_clock else [part]


def _take(ticket: ReplayedTicket, events: list[Event]) -> Iterator[tuple[Event, datetime]]:
    first = events[0]
    if first.type in CLOCK_EVENTS:
        yield from _take_clock_event(ticket, first)
    else:
        # What the system does comes after the deadlines of the same instant, what people do before.
        ticket.pass_deadlines(first.at, inclusive=first.by.role is Role.SYSTEM)
        ticket.take(events)


def _take_clock_event(ticket: ReplayedTicket, event: Event) -> Iterator[tuple[Event, datetime]]:
    """A deadline passes in the order of the record. A warning is checked for its due time."""
    name = str(event.data.get("clock", ""))
    ticket.pass_deadlines(event.at)
    if is_deadline(event):
        ticket.pass_deadline(name, event.at)
        return
    clock, stated = ticket.clocks.latest(name), event.data.get("due_at")
    is_of_cycle = clock is not None and clock.cycle == event.data.get("cycle")
    if clock is not None and is_of_cycle and stated is not None and _time(stated) != clock.due_at:
        yield event, clock.due_at


def _in_order(events: list[Event], last: Event | None) -> Event | None:
    """The last event that clocks do not cause; these are recorded when they are found."""
    first = events[0]
    if first.type in CLOCK_EVENTS:
        return last
    if any(event.at != first.at for event in events):
        raise CannotHappen(first, "one change has events at different times")
    if last is not None and first.at < last.at:
        raise CannotHappen(first, f"it is before event {last.seq}")
    return events[-1]


def _time(stated: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(stated))
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"there is no {error}"
    return str(error)[:200] or type(error).__name__
