"""What the timeline of a ticket means for a clock: since when it runs, and what it waits for."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from policies.terms.model.clock import ClockTerms
from policies.vocabulary import EventType, Reopening
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.events import QUESTION_WITHDRAWN, Event

ENDINGS = frozenset({EventType.RESOLVED, EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED})
"""Events that cancel every running clock. A re-opened ticket starts or continues its clocks."""

ENDINGS_OF_LATER_WORK = frozenset({EventType.REOPENED, EventType.WITHDRAWN, EventType.MERGED})
"""Events that cancel a clock of work after the resolution, which goes on when the ticket closes."""

OPENINGS = frozenset({EventType.OPENED, EventType.REOPENED})
"""Events from which a ticket is active, until one that ends it."""

ASSIGNMENTS = frozenset({EventType.ASSIGNED, EventType.UNASSIGNED})
"""Events that set or clear the assignee."""


def endings_of(terms: ClockTerms) -> frozenset[str]:
    """The events that end a clock whatever its terms say. A question that is withdrawn needs no
    reminders.
    """
    endings = _ticket_endings_of(terms)
    is_of_question = terms.reminds and EventType.INFORMATION_REQUESTED in terms.starts
    return endings | {QUESTION_WITHDRAWN} if is_of_question else endings


def _ticket_endings_of(terms: ClockTerms) -> frozenset[str]:
    return ENDINGS_OF_LATER_WORK if terms.outlasts_resolution else ENDINGS


def reopening_of(terms: ClockTerms) -> Reopening:
    """The effect of a re-opening on a clock. It ends work that was owed after the resolution."""
    return Reopening.NONE if terms.outlasts_resolution else terms.reopening


def waits_of(terms: ClockTerms, waits: Iterable[Pause]) -> list[Pause]:
    """The waits that a clock does not count. One that goes on after a re-opening does not count
    while the ticket is resolved, either.
    """
    goes_on = reopening_of(terms) is Reopening.SAME_CYCLE
    return [
        wait for wait in waits if (goes_on if wait.reason is None else wait.reason in terms.pauses)
    ]


def waits_for(terms: ClockTerms, waits: Iterable[Pause]) -> str | None:
    """The reason for which the ticket waits and the clock pauses, if any."""
    reasons = (wait.reason for wait in waits if wait.is_open)
    return next((reason for reason in reasons if reason in terms.pauses), None)


def is_assigned(terms: ClockTerms, events: Sequence[Event]) -> bool:
    """Whether a clock counts the time until somebody has the ticket, and somebody has it."""
    if EventType.ASSIGNED not in terms.stops:
        return False
    kinds = (event.type for event in reversed(events))
    return next((kind for kind in kinds if kind in ASSIGNMENTS), None) is EventType.ASSIGNED


def running_since(terms: ClockTerms, events: Sequence[Event]) -> datetime | None:
    """The start of the cycle that would run after this timeline, if the clock had a target."""
    run = _Run(terms)
    for event in events:
        for kind in event.counts_as:
            run.take(kind, event)
    return run.since


class _Run:
    """The cycle that would run, as events come: `since` when, if one would.

    A start event that comes while the ticket is resolved counts from the re-opening. A clock that
    waits for an assignee does not start while there is one.
    """

    def __init__(self, terms: ClockTerms) -> None:
        self.since: datetime | None = None
        self._terms = terms
        self._started: datetime | None = None
        self._started_by: Event | None = None
        self._has_counted = False
        self._is_active = True
        self._is_awaited = False
        self._is_assigned = False

    def take(self, kind: str, event: Event) -> None:
        """Takes the next event, by one of its names."""
        terms = self._terms
        is_ended = kind in _ticket_endings_of(terms)
        self._is_active = kind in OPENINGS or (self._is_active and not is_ended)
        if kind in ASSIGNMENTS:
            self._is_assigned = kind is EventType.ASSIGNED
        if self._is_active and (kind in terms.starts or self._revives(kind)):
            self._start(self.since or event.at, event)
        elif self._started is None:
            self._begin_later(kind, event)
        elif self.since is not None and kind in terms.stops:
            self._end(event)
            if terms.repeats and self._is_active:
                self._start(event.at, event)
        elif self.since is not None and kind in (*terms.cancels, *endings_of(terms)):
            self._end(event)
        elif kind is EventType.REOPENED and reopening_of(terms) is not Reopening.NONE:
            goes_on = terms.reopening is Reopening.SAME_CYCLE and self._has_counted
            self._start(self._started if goes_on else event.at, event)

    def _revives(self, kind: str) -> bool:
        """A revived ticket still has its assignee."""
        return (
            kind is EventType.OPENED
            and self._is_assigned
            and EventType.ASSIGNED in self._terms.starts
        )

    def _begin_later(self, kind: str, event: Event) -> None:
        """Of a clock that has not run so far: its start event may have come while it could not."""
        if self._is_awaited and kind is EventType.REOPENED:
            self._start(event.at, event)
        self._is_awaited = kind in self._terms.starts or (
            self._is_awaited and kind not in self._terms.stops
        )

    def _start(self, at: datetime, event: Event) -> None:
        if not (self._is_assigned and EventType.ASSIGNED in self._terms.stops):
            self.since, self._started, self._started_by = at, at, event

    def _end(self, event: Event) -> None:
        """Ends the cycle. One that begins and ends with one change has not counted anything."""
        by = self._started_by
        is_one = by is not None and (by.at, by.action_id) == (event.at, event.action_id)
        self.since, self._has_counted = None, not is_one
