"""Waits for a reason of the policy's own, and the ends of clocks, from the events of a ticket."""

from datetime import datetime, timedelta

import pytest

from policies.terms.model.clock import ClockTerms
from policies.terms.model.process import PauseTerms
from policies.vocabulary import EventType
from tests.harness import AGENT, new_york
from workflows.ticket.clocks.own_waits import own_waits
from workflows.ticket.clocks.past_events import running_since
from workflows.ticket.clocks.pause import Pause, ended, joined, known_at, spans_of
from workflows.ticket.model.events import Event

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
    ("events", "hour"),
    [
        ((EventType.OPENED, EventType.RESOLVED, EventType.REOPENED), None),
        ((EventType.OPENED, EventType.RESOLVED, _STARTS, EventType.REOPENED), 4),
        ((EventType.OPENED, EventType.RESOLVED, _STARTS, _STOPS, EventType.REOPENED), None),
    ],
)
def test_a_clock_begins_with_a_reopening_only_if_its_start_event_came_meanwhile(
    events: tuple[EventType, ...], hour: int | None
) -> None:
    terms = ClockTerms(name="fix", clause="fix", starts=(_STARTS,), stops=(_STOPS,), promises={})
    since = running_since(terms, _events(*events))
    assert since == (None if hour is None else BEGIN + hour * HOUR)


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


def _pause(since: float, until: float | None = None, reason: str | None = "proposal") -> Pause:
    ends = None if until is None else BEGIN + until * HOUR
    return Pause(since=BEGIN + since * HOUR, until=ends, reason=reason)


def test_a_pause_ends_once_and_one_that_was_to_begin_later_never_did() -> None:
    assert ended((), BEGIN) == ()
    over, goes_on = _pause(0, 1), _pause(2)
    assert ended((over,), BEGIN + 3 * HOUR) == (over,)
    assert ended((over, goes_on), BEGIN + 3 * HOUR) == (over, _pause(2, 3))
    assert ended((over, goes_on), BEGIN + 2 * HOUR) == (over, _pause(2, 2))
    assert ended((over, goes_on), BEGIN + HOUR) == (over,)


def test_pauses_are_joined_in_order_without_overlaps_from_a_time_on() -> None:
    pauses = [_pause(5), _pause(0, 2), _pause(1, 4), _pause(2, 3), _pause(6, 7)]
    assert joined(pauses, BEGIN + HOUR) == (_pause(1, 2), _pause(2, 4), _pause(5))
    assert joined([_pause(0, 1)], BEGIN + HOUR) == ()
    assert joined([_pause(0)], BEGIN + HOUR) == (_pause(1),)


def test_what_was_known_of_a_wait_is_whether_it_had_begun_and_ended() -> None:
    waits = [_pause(0, 2), _pause(3, 5), _pause(6)]
    for hour, known in (
        (1, [_pause(0)]),
        (2, [_pause(0, 2)]),
        (4, [_pause(0, 2), _pause(3)]),
        (7, waits),
    ):
        assert known_at(waits, BEGIN + hour * HOUR) == known


def test_a_pause_that_goes_on_does_not_count_so_far() -> None:
    found = spans_of([_pause(0, 1), _pause(2)], BEGIN + 3 * HOUR)
    assert [((s.begins - BEGIN) / HOUR, (s.ends - BEGIN) / HOUR) for s in found] == [(0, 1), (2, 3)]
