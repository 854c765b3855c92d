"""What a clock takes from the timeline of its ticket."""

from datetime import timedelta

import pytest

from policies.terms.model.clock import ClockTerms
from policies.vocabulary import EventType, PauseReason, Reopening
from tests.harness import new_york
from workflows.ticket.clocks.past_events import endings_of, reopening_of, waits_for, waits_of
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.messages import QUESTION_WITHDRAWN

SINCE = new_york("2027-01-06 14:00")
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
    return Pause(since=SINCE, until=SINCE + timedelta(hours=1) if ended else None, reason=reason)


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
    assert (QUESTION_WITHDRAWN in found) == is_of_question
