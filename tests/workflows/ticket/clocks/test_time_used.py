"""Clocks that go on with the time used, and clocks with an agreed due time, by example."""

from datetime import datetime, timedelta

from policies.vocabulary import ClockState, PauseReason
from tests.harness import new_york
from tests.workflows.ticket.clocks.test_clock import TIME_BASE, promise, started
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.agreement import Agreement

HOUR = timedelta(hours=1)
INFORMATION = PauseReason.INFORMATION
OPENED, CHANGED = "2027-01-06 14:00", new_york("2027-01-06 16:00")


def continued(within: str, used: timedelta, clock: Clock | None = None) -> Clock:
    return (clock or started(OPENED)).continue_with(CHANGED, promise(within), used, TIME_BASE)


def agreed(clock: Clock, due_at: datetime, *waits: Pause) -> Clock:
    agreement = Agreement(at=CHANGED, by="ada", reason="They asked.", due_at=due_at)
    return clock.agree(agreement, TIME_BASE, waits)


def test_the_time_used_is_what_has_counted_so_far() -> None:
    paused = started(OPENED).pause(CHANGED, INFORMATION, TIME_BASE)
    assert started(OPENED).used(CHANGED, TIME_BASE) == 2 * HOUR
    assert paused.used(new_york("2027-01-08 16:00"), TIME_BASE) == 2 * HOUR


def test_the_time_after_the_due_time_is_used_until_the_completion() -> None:
    late = started(OPENED).breach()
    assert late.used(new_york("2027-01-07 15:00"), TIME_BASE) == 9 * HOUR
    stopped = late.stop(new_york("2027-01-07 16:00"), TIME_BASE)
    assert stopped.used(new_york("2027-01-08 12:00"), TIME_BASE) == 10 * HOUR


def test_a_clock_goes_on_with_the_rest_of_its_new_target() -> None:
    clock = continued("4 business hours", HOUR)
    assert (clock.total, clock.owed, clock.overused) == (4 * HOUR, 3 * HOUR, timedelta(0))
    assert clock.due_at == new_york("2027-01-07 11:00")
    assert clock.used(CHANGED, TIME_BASE) == HOUR


def test_what_was_used_over_a_new_target_stays_used_and_is_due_at_once() -> None:
    clock = continued("2 business hours", 3 * HOUR)
    assert (clock.owed, clock.overused, clock.due_at) == (timedelta(0), HOUR, CHANGED)
    assert clock.used(CHANGED, TIME_BASE) == 3 * HOUR


def test_a_suspended_clock_that_goes_on_is_open_again() -> None:
    suspended = started(OPENED).suspend(new_york("2027-01-06 15:00"), TIME_BASE)
    clock = continued("4 business hours", HOUR, suspended)
    assert (clock.is_suspended, clock.completed_at) == (False, None)
    assert clock.state is ClockState.RUNNING


def test_a_clock_that_waits_goes_on_waiting_under_a_new_target() -> None:
    paused = started(OPENED).pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    assert continued("4 business hours", HOUR, paused).state is ClockState.PAUSED


def test_nothing_used_is_the_whole_of_a_new_target() -> None:
    clock = continued("1 business day", timedelta(0))
    assert (clock.anchor, clock.due_at) == (CHANGED, new_york("2027-01-07 16:00"))


def test_an_agreed_due_time_is_the_target_from_the_start_and_from_now_on() -> None:
    clock = agreed(started(OPENED), new_york("2027-01-08 10:00"))
    assert (clock.total, clock.owed) == (12 * HOUR, 10 * HOUR)
    assert (clock.anchor, clock.promised_at) == (CHANGED, CHANGED)
    assert clock.due_at == new_york("2027-01-08 10:00")


def test_nothing_is_left_until_an_agreed_due_time_in_the_past() -> None:
    clock = agreed(started(OPENED), new_york("2027-01-06 12:00"))
    assert (clock.total, clock.owed) == (timedelta(0), timedelta(0))


def test_a_suspended_clock_with_an_agreed_due_time_is_open_again() -> None:
    suspended = started(OPENED).suspend(new_york("2027-01-06 15:00"), TIME_BASE)
    clock = agreed(suspended, new_york("2027-01-08 10:00"))
    assert (clock.is_suspended, clock.completed_at) == (False, None)


def test_a_clock_with_an_agreed_due_time_waits_while_the_ticket_waits() -> None:
    asked, answered = new_york("2027-01-06 14:30"), new_york("2027-01-06 15:00")
    due_at = new_york("2027-01-08 10:00")
    ended = Pause(since=asked, until=answered, reason=INFORMATION)
    waits = Pause(since=answered, reason=INFORMATION)
    assert agreed(started(OPENED), due_at, ended).state is ClockState.RUNNING
    assert agreed(started(OPENED), due_at, ended, waits).state is ClockState.PAUSED


def test_a_due_time_that_a_pause_over_closed_time_begins_with_stays() -> None:
    clock = started("2027-01-06 09:00")
    closing = new_york("2027-01-06 17:00")
    assert clock.due_at == closing
    resumed = clock.pause(closing, INFORMATION, TIME_BASE).resume(closing + 3 * HOUR, TIME_BASE)
    assert resumed.due_at == closing


def test_a_wait_over_an_agreed_due_time_runs_out_at_its_end() -> None:
    due_at = new_york("2027-01-08 10:00")
    waits = Pause(since=CHANGED, reason=INFORMATION)
    paused = agreed(started(OPENED), due_at, waits)
    sooner = paused.resume(due_at - HOUR, TIME_BASE)
    assert (sooner.owed, sooner.runs_out_at, sooner.promised_at) == (HOUR, due_at, CHANGED)
    at_once = paused.resume(due_at, TIME_BASE)
    assert (at_once.runs_out_at, at_once.promised_at) == (due_at, CHANGED)
    later = paused.resume(due_at + HOUR, TIME_BASE)
    assert (later.owed, later.runs_out_at) == (timedelta(0), due_at + HOUR)


def test_no_change_moves_an_agreed_due_time() -> None:
    clock = agreed(started(OPENED), new_york("2027-01-08 10:00"))
    at = new_york("2027-01-07 10:00")
    assert clock.recount(at, promise("1 business hour"), TIME_BASE) == clock


def test_a_clock_that_starts_over_leaves_out_the_waits_before() -> None:
    before = Pause(since=new_york("2027-01-06 14:30"), until=CHANGED - HOUR, reason=INFORMATION)
    clock = started(OPENED)
    at, target = new_york("2027-01-07 09:00"), promise("4 business hours")
    assert clock.recount(at, target, TIME_BASE, [before]).pauses == (before,)
    anew = clock.recount(at, target, TIME_BASE, [before], since=at)
    assert (anew.pauses, anew.due_at) == ((), new_york("2027-01-07 13:00"))
