"""What the timeline of a ticket means for a clock: since when it runs, and what it waits for."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from policies.terms.ticket_terms import ClockTerms
from policies.vocabulary import EventType, Reopening
from workflows.ticket.model.messages import Event
from workflows.ticket.model.pause import Pause

ENDINGS = frozenset({EventType.RESOLVED, EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED})
"""Events that cancel every running clock. A re-opened ticket starts or continues its clocks."""

ENDINGS_OF_LATER_WORK = frozenset({EventType.REOPENED, EventType.WITHDRAWN, EventType.MERGED})
"""Events that cancel a clock of work after the resolution, which goes on when the ticket closes."""


def endings_of(terms: ClockTerms) -> frozenset[EventType]:
    """The events that end a clock whatever its terms say."""
    return ENDINGS_OF_LATER_WORK if terms.outlasts_resolution else ENDINGS


def waits_for(terms: ClockTerms, waits: Iterable[Pause]) -> str | None:
    """The reason for which the ticket waits and the clock pauses, if any."""
    reasons = (wait.reason for wait in waits if wait.is_open)
    return next((reason for reason in reasons if reason in terms.pauses), None)


def is_assigned(terms: ClockTerms, events: Sequence[Event]) -> bool:
    """Whether a clock counts the time until somebody has the ticket, and somebody has it."""
    if EventType.ASSIGNED not in terms.stops:
        return False
    changes = (EventType.ASSIGNED, EventType.UNASSIGNED)
    kinds = (event.type for event in reversed(events))
    return next((kind for kind in kinds if kind in changes), None) is EventType.ASSIGNED


def running_since(terms: ClockTerms, events: Sequence[Event]) -> datetime | None:
    """The start of the cycle that would run after this timeline, if the clock had a target."""
    since: datetime | None = None
    started: datetime | None = None
    has_counted = False
    for event in events:
        for kind in event.counts_as:
            if kind in terms.starts:
                since = started = since or event.at
            elif started is None:
                continue
            elif kind in terms.stops:
                since, has_counted = event.at if terms.repeats else None, event.at > started
            elif kind in terms.cancels or kind in endings_of(terms):
                since, has_counted = None, event.at > started
            elif kind is EventType.REOPENED and terms.reopening is not Reopening.NONE:
                goes_on = terms.reopening is Reopening.SAME_CYCLE and has_counted
                since = started = started if goes_on else event.at
    return since
