"""Waits for a reason of the policy's own, and the ends of clocks, from the events of a ticket."""

from datetime import datetime, timedelta

import pytest

from policies.terms.model.clock import ClockTerms
from policies.terms.model.process import PauseTerms
from policies.vocabulary import EventType
from tests.harness import AGENT, new_york
from workflows.ticket.clocks.own_waits import own_waits
from workflows.ticket.clocks.past_events import running_since
from workflows.ticket.model.messages import Event

BEGIN = new_york("2027-01-06 14:00")
HOUR = timedelta(hours=1)
PROPOSED = {
    "proposal": PauseTerms(
        starts=(EventType.WORKAROUND_PROVIDED,), stops=(EventType.WORKAROUND_WITHDRAWN,)
    )
}
_STARTS, _STOPS = EventType.WORKAROUND_PROVIDED, EventType.WORKAROUND_WITHDRAWN


def _events(*types: EventType) -> list[Event]:
    return [
        Event(seq=number, type=kind, at=BEGIN + number * HOUR, by=AGENT)
        for number, kind in enumerate(types, 1)
    ]


def _waits(*types: EventType) -> list[tuple[int, int | None]]:
    """The hours at which each wait begins and ends."""

    def hour(at: datetime) -> int:
        return (at - BEGIN) // HOUR

    waits = own_waits(PROPOSED, _events(*types))
    assert all(wait.reason == "proposal" for wait in waits)
    return [(hour(wait.since), hour(wait.until) if wait.until else None) for wait in waits]


def test_a_wait_goes_on_until_an_event_stops_it() -> None:
    assert _waits(EventType.ACKNOWLEDGED) == []
    assert _waits(_STARTS, EventType.RESPONDED) == [(1, None)]
    assert _waits(_STARTS, EventType.RESPONDED, _STOPS, _STOPS) == [(1, 3)]
    assert _waits(_STARTS, _STARTS, _STOPS, EventType.RESPONDED, _STARTS) == [(1, 3), (5, None)]


@pytest.mark.parametrize(
    "end",
    [
        EventType.RESOLVED,
        EventType.CLOSED,
        EventType.WITHDRAWN,
        EventType.MERGED,
        EventType.REOPENED,
        EventType.OPENED,
    ],
)
def test_an_end_or_a_new_beginning_of_the_ticket_ends_every_wait(end: EventType) -> None:
    assert _waits(_STARTS, EventType.RESPONDED, end) == [(1, 3)]


@pytest.mark.parametrize(
    "end", [EventType.RESOLVED, EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED]
)
def test_no_clock_runs_after_the_end_of_its_ticket(end: EventType) -> None:
    terms = ClockTerms(
        name="fix",
        clause="fix",
        starts=(EventType.OPENED,),
        stops=(EventType.UPDATE_POSTED,),
        promises={},
    )
    assert running_since(terms, _events(EventType.OPENED, EventType.RESPONDED)) == BEGIN + HOUR
    assert running_since(terms, _events(EventType.OPENED, end)) is None


@pytest.mark.parametrize(
    ("end", "is_over"),
    [
        (EventType.CLOSED, False),
        (EventType.REOPENED, True),
        (EventType.WITHDRAWN, True),
        (EventType.MERGED, True),
    ],
)
def test_work_that_is_promised_after_the_resolution_goes_on_when_the_ticket_closes(
    end: EventType, is_over: bool
) -> None:
    terms = ClockTerms(
        name="report",
        clause="report",
        starts=(EventType.RESOLVED,),
        stops=(EventType.MILESTONE_RECORDED,),
        promises={},
    )
    since = running_since(terms, _events(EventType.OPENED, EventType.RESOLVED, end))
    assert since == (None if is_over else BEGIN + 2 * HOUR)
