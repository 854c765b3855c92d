"""What a clock takes from the timeline of its ticket."""

from datetime import timedelta

import pytest

from policies.terms.model.clock import ClockTerms
from policies.vocabulary import EventType, PauseReason, Reopening
from tests.harness import AGENT, new_york
from workflows.ticket.clocks.past_events import (
    endings_of,
    is_assigned,
    reopening_of,
    running_since,
    waits_for,
    waits_of,
)
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.events import QUESTION_WITHDRAWN, Event

SINCE = new_york("2027-01-06 14:00")
HOUR = timedelta(hours=1)
INFORMATION, ENGINEERING = PauseReason.INFORMATION, PauseReason.ENGINEERING


def terms(**changes: object) -> ClockTerms:
    clock = ClockTerms(
        name="fix",
        clause="fix",
        starts=(EventType.OPENED,),
        stops=(EventType.RESOLVED,),
        promises={},
        pauses=(INFORMATION,),
    )
    return clock.model_copy(update=changes)


def wait(reason: PauseReason | None, *, ended: bool = False) -> Pause:
    return Pause(since=SINCE, until=SINCE + HOUR if ended else None, reason=reason)


def test_a_clock_waits_for_what_it_pauses_for_and_what_has_not_ended() -> None:
    asked, answered = wait(INFORMATION), wait(INFORMATION, ended=True)
    assert waits_for(terms(), [wait(ENGINEERING), asked]) == INFORMATION
    assert waits_for(terms(), [wait(ENGINEERING), answered, wait(None)]) is None


def test_a_clock_does_not_count_the_waits_that_it_pauses_for() -> None:
    asked = wait(INFORMATION, ended=True)
    assert waits_of(terms(), [wait(ENGINEERING), asked]) == [asked]


@pytest.mark.parametrize(
    ("reopening", "is_left_out"),
    [(Reopening.SAME_CYCLE, True), (Reopening.NEW_CYCLE, False), (Reopening.NONE, False)],
)
def test_the_time_while_resolved_is_left_out_by_a_clock_that_goes_on(
    reopening: Reopening, *, is_left_out: bool
) -> None:
    resolved = wait(None, ended=True)
    assert bool(waits_of(terms(reopening=reopening), [resolved])) == is_left_out
    later = terms(reopening=reopening, starts=(EventType.RESOLVED,))
    assert reopening_of(later) is Reopening.NONE
    assert waits_of(later, [resolved]) == []


def test_a_clock_ends_with_its_ticket_and_later_work_goes_on() -> None:
    ended = {EventType.RESOLVED, EventType.CLOSED, EventType.WITHDRAWN, EventType.MERGED}
    assert endings_of(terms()) == ended
    later = {EventType.REOPENED, EventType.WITHDRAWN, EventType.MERGED}
    assert endings_of(terms(starts=(EventType.RESOLVED,))) == later


@pytest.mark.parametrize("reminds", [True, False])
@pytest.mark.parametrize("starts", [EventType.INFORMATION_REQUESTED, EventType.RESPONDED])
def test_only_a_reminder_of_a_question_ends_when_the_question_is_withdrawn(
    starts: EventType, *, reminds: bool
) -> None:
    is_of_question = reminds and starts is EventType.INFORMATION_REQUESTED
    found = endings_of(terms(starts=(starts,), reminds=reminds))
    assert found - endings_of(terms()) == ({QUESTION_WITHDRAWN} if is_of_question else set())
    assert found > endings_of(terms()) or not is_of_question


def events(*kinds: EventType) -> list[Event]:
    """One event each hour, by an action of its own."""
    return [
        Event(seq=n, type=kind, at=SINCE + n * HOUR, by=AGENT, action_id=f"act-{n}")
        for n, kind in enumerate(kinds)
    ]


def hours_until_start(clock: ClockTerms, *kinds: EventType) -> float | None:
    since = running_since(clock, events(*kinds))
    return None if since is None else (since - SINCE) / HOUR


OPENED, NOTED = EventType.OPENED, EventType.NOTE_ADDED
RESOLVED, REOPENED = EventType.RESOLVED, EventType.REOPENED
ASSIGNED, UNASSIGNED = EventType.ASSIGNED, EventType.UNASSIGNED
ESCALATED, UPDATED = EventType.ESCALATED, EventType.UPDATE_POSTED


def test_a_clock_without_a_start_event_does_not_run() -> None:
    of_escalation = terms(starts=(ESCALATED,), reopening=Reopening.NEW_CYCLE)
    assert hours_until_start(of_escalation, OPENED, NOTED, RESOLVED, REOPENED) is None


def test_a_start_event_after_a_reopening_starts_a_clock() -> None:
    of_escalation = terms(starts=(ESCALATED,))
    assert hours_until_start(of_escalation, OPENED, RESOLVED, REOPENED, ESCALATED) == 3


def test_a_start_event_while_resolved_counts_from_the_reopening() -> None:
    of_notes = terms(starts=(NOTED,))
    assert hours_until_start(of_notes, OPENED, RESOLVED, NOTED, REOPENED) == 3


def test_a_repeating_clock_goes_on_from_each_stop_until_the_ticket_ends() -> None:
    updates = terms(stops=(UPDATED, RESOLVED), repeats=True)
    assert hours_until_start(updates, OPENED, UPDATED, NOTED) == 1
    assert hours_until_start(updates, OPENED, UPDATED, RESOLVED) is None
    assert hours_until_start(terms(stops=(UPDATED,)), OPENED, UPDATED, NOTED) is None


def test_work_on_an_assigned_ticket_ends_with_its_stop_event() -> None:
    work = terms(starts=(ASSIGNED,), stops=(EventType.RESPONDED,))
    assert hours_until_start(work, OPENED, ASSIGNED, EventType.RESPONDED, NOTED) is None


def test_a_ticket_whose_assignee_has_left_waits_for_another() -> None:
    assignment = terms(stops=(ASSIGNED,), reopening=Reopening.NEW_CYCLE)
    assert is_assigned(assignment, events(OPENED, ASSIGNED, NOTED))
    assert not is_assigned(assignment, events(OPENED, ASSIGNED, UNASSIGNED, NOTED))
    assert not is_assigned(terms(), events(OPENED, ASSIGNED))
    ended = OPENED, ASSIGNED, RESOLVED
    assert hours_until_start(assignment, *ended, REOPENED) is None
    assert hours_until_start(assignment, *ended, UNASSIGNED, REOPENED) == 4
