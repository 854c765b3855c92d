"""Clocks: targets, pauses, late completion, re-aiming, rungs."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import Duration
from policies.terms.deadlines import ClockTimeBase
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import ClockState, EventType, PauseReason
from tests.harness import new_york
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.ladder import rungs_due
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.agreement import Agreement

OFFICE = BusinessCalendar(
    "America/New_York",
    {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
    closed_dates={"2027-01-18": "Martin Luther King Jr. Day"},
)
TIME_BASE = ClockTimeBase(OFFICE)
INFORMATION = PauseReason.INFORMATION


def promise(text: str) -> PromiseTerms:
    return PromiseTerms(within=Duration.parse(text))


def started(text: str, within: str = "8 business hours") -> Clock:
    return Clock.start("first_response", 1, new_york(text), promise(within), TIME_BASE)


def terms(*rungs: str) -> ClockTerms:
    return ClockTerms(
        name="first_response",
        clause="first-response",
        starts=(EventType.OPENED,),
        stops=(EventType.RESPONDED,),
        promises={},
        ladder=tuple(RungTerms(at=at, tell=("assignee",)) for at in rungs),
    )


def rungs(clock: Clock, *ladder: str) -> dict[str, datetime]:
    return {due.rung.at: due.at for due in rungs_due(clock, terms(*ladder), TIME_BASE)}


def test_a_clock_starts_with_its_whole_target_left() -> None:
    clock = started("2027-01-06 14:00")
    assert clock.state is ClockState.RUNNING
    assert clock.owed == clock.total == timedelta(hours=8)
    assert clock.due_at == new_york("2027-01-07 14:00")


def test_a_clock_completed_at_its_due_time_is_met() -> None:
    clock = started("2027-01-06 14:00")
    assert clock.stop(clock.due_at, TIME_BASE).state is ClockState.MET


def test_a_clock_completed_after_the_breach_stays_breached() -> None:
    clock = started("2027-01-06 14:00").breach()
    late = clock.due_at + timedelta(seconds=1)
    done = clock.stop(late, TIME_BASE)
    assert done.state is ClockState.BREACHED
    assert (done.breached_at, done.completed_at) == (clock.due_at, late)


def test_a_breach_has_the_due_time_however_late_it_is_found() -> None:
    clock = started("2027-01-06 14:00")
    assert clock.breach().breached_at == clock.due_at


def test_a_pause_over_closed_time_moves_nothing() -> None:
    clock = started("2027-01-06 14:00")
    paused = clock.pause(new_york("2027-01-06 17:00"), INFORMATION, TIME_BASE)
    resumed = paused.resume(new_york("2027-01-07 09:00"), TIME_BASE)
    assert resumed.due_at == clock.due_at


def test_a_pause_adds_exactly_the_open_time_it_covers() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 16:00"), INFORMATION, TIME_BASE)
    assert paused.owed == timedelta(hours=6)
    resumed = paused.resume(new_york("2027-01-11 10:00"), TIME_BASE)
    assert resumed.due_at == new_york("2027-01-11 16:00")


def test_resuming_never_breaches() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-07 13:59"), INFORMATION, TIME_BASE)
    at = new_york("2027-03-01 12:00")
    assert paused.resume(at, TIME_BASE).due_at == at + timedelta(minutes=1)


def test_pausing_twice_or_resuming_a_running_clock_changes_nothing() -> None:
    clock = started("2027-01-06 14:00")
    paused = clock.pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    assert paused.pause(new_york("2027-01-07 15:00"), INFORMATION, TIME_BASE) == paused
    assert clock.resume(new_york("2027-01-07 15:00"), TIME_BASE) == clock


def test_elapsed_hours_count_nights_but_no_pauses() -> None:
    clock = started("2027-01-06 14:00", "4 hours")
    assert clock.due_at == new_york("2027-01-06 18:00")
    paused = clock.pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    assert paused.resume(new_york("2027-01-09 00:00"), TIME_BASE).due_at == new_york(
        "2027-01-09 03:00"
    )


@pytest.mark.clause("contently/engineering")
def test_the_following_week_begins_when_it_opens_and_never_pauses() -> None:
    clock = started("2027-01-13 12:00", "the following week")
    assert clock.begins == new_york("2027-01-19 09:00")
    assert clock.due_at == new_york("2027-01-22 17:00")
    assert clock.pause(new_york("2027-01-20 12:00"), INFORMATION, TIME_BASE) == clock


def test_shares_of_the_target_are_shares_of_its_open_time() -> None:
    clock = started("2027-01-06 14:00", "2 business days")
    assert rungs(clock, "50%", "75%") == {
        "50%": new_york("2027-01-07 14:00"),
        "75%": new_york("2027-01-08 10:00"),
        "breach": new_york("2027-01-08 14:00"),
    }


def test_rungs_move_with_a_pause() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    assert rungs(paused, "50%") == {}
    resumed = paused.resume(new_york("2027-01-08 09:00"), TIME_BASE)
    assert rungs(resumed, "50%")["50%"] == new_york("2027-01-08 12:00")


def test_rungs_before_the_deadline_count_as_written() -> None:
    found = rungs(started("2027-01-06 14:00"), "2 hours before", "6 business hours before")
    assert found["2 hours before"] == new_york("2027-01-07 12:00")
    assert found["6 business hours before"] == new_york("2027-01-06 16:00")


def test_a_rung_some_business_days_before_the_deadline_is_at_its_time_of_day() -> None:
    found = rungs(started("2027-01-13 14:00", "4 business days"), "2 business days before")
    # Due on Wednesday 14:00; the Monday before is a holiday.
    assert found["breach"] == new_york("2027-01-20 14:00")
    assert found["2 business days before"] == new_york("2027-01-15 14:00")


def test_a_warning_some_business_days_before_a_deadline_that_a_change_has_passed_is_left_out() -> (
    None
):
    clock = started("2027-01-06 14:00", "5 business days")
    ladder = terms("1 business day before", "3 business days before")
    at = new_york("2027-01-08 14:00")
    sooner = clock.recount(at, promise("3 business days"), TIME_BASE)
    assert sooner.due_at == new_york("2027-01-11 14:00")
    skipped = sooner.skip_warnings(at, ladder, TIME_BASE)
    assert set(skipped.fired) == {"1 business day before", "3 business days before"}
    just_before = sooner.skip_warnings(at - timedelta(seconds=1), ladder, TIME_BASE)
    assert just_before.fired == ("3 business days before",)


def test_rungs_after_the_deadline_come_after_the_breach_and_count_from_it() -> None:
    clock = started("2027-01-06 14:00")
    assert list(rungs(clock, "breach", "1 business day after")) == ["breach"]
    assert rungs(clock.breach().fire("breach"), "breach", "1 business day after") == {
        "1 business day after": new_york("2027-01-08 14:00")
    }


def test_a_rung_fires_once_in_a_cycle() -> None:
    clock = started("2027-01-06 14:00").fire("50%")
    assert "50%" not in rungs(clock, "50%")


def test_the_deadline_is_a_rung_even_on_a_clock_without_a_ladder() -> None:
    assert list(rungs(started("2027-01-06 14:00"))) == ["breach"]


def test_recounting_counts_the_same_past_against_the_new_target() -> None:
    clock = started("2027-01-06 14:00", "8 business hours")
    counted = clock.recount(
        new_york("2027-01-06 16:00"), promise("4 business hours"), TIME_BASE, clock.pauses
    )
    assert counted.due_at == new_york("2027-01-07 10:00")


def test_recounting_keeps_all_pauses() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    running = paused.resume(new_york("2027-01-07 11:00"), TIME_BASE)
    counted = running.recount(
        new_york("2027-01-07 12:00"), promise("4 business hours"), TIME_BASE, running.pauses
    )
    assert counted.due_at == new_york("2027-01-07 14:00")


def test_a_paused_clock_stays_paused_when_it_is_recounted() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    counted = paused.recount(
        new_york("2027-01-07 12:00"), promise("4 business hours"), TIME_BASE, paused.pauses
    )
    assert counted.state is ClockState.PAUSED
    assert counted.owed == timedelta(hours=3)


def test_a_new_target_used_up_before_a_pause_was_due_then() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 16:30"), INFORMATION, TIME_BASE)
    counted = paused.recount(
        new_york("2027-01-08 12:00"), promise("2 business hours"), TIME_BASE, paused.pauses
    )
    assert counted.state is ClockState.RUNNING
    assert counted.due_at == new_york("2027-01-06 16:00")


def test_recounting_to_elapsed_hours_counts_the_past_as_elapsed() -> None:
    clock = started("2027-01-06 14:00", "8 business hours")
    counted = clock.recount(
        new_york("2027-01-06 15:00"), promise("4 hours"), TIME_BASE, clock.pauses
    )
    assert counted.due_at == new_york("2027-01-06 18:00")


def test_a_clock_without_a_time_is_cancelled_until_one_is_promised() -> None:
    suspended = started("2027-01-06 14:00").suspend(new_york("2027-01-06 15:00"), TIME_BASE)
    assert (suspended.state, suspended.is_suspended) == (ClockState.CANCELLED, True)
    at = new_york("2027-01-06 16:00")
    counted = suspended.recount(at, promise("4 business hours"), TIME_BASE)
    assert (counted.state, counted.is_suspended) == (ClockState.RUNNING, False)
    assert counted.due_at == new_york("2027-01-07 10:00")


def test_recounting_leaves_a_breach_as_it_is() -> None:
    breached, at = started("2027-01-06 14:00").breach(), new_york("2027-01-06 15:00")
    assert breached.recount(at, promise("4 hours"), TIME_BASE, breached.pauses) == breached


def test_a_reopened_cycle_continues_with_the_time_left() -> None:
    clock = started("2027-01-06 14:00").stop(new_york("2027-01-06 16:00"), TIME_BASE)
    again = clock.reopen(new_york("2027-01-15 10:00"), TIME_BASE)
    assert again.state is ClockState.RUNNING
    assert again.due_at == new_york("2027-01-15 16:00")
    counted = again.recount(
        new_york("2027-01-15 11:00"), promise("4 business hours"), TIME_BASE, again.pauses
    )
    assert counted.due_at == new_york("2027-01-15 12:00")


def test_cancelling_a_paused_clock_ends_its_pause() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    at = new_york("2027-01-07 15:00")
    cancelled = paused.cancel(at, TIME_BASE)
    assert cancelled.state is ClockState.CANCELLED
    assert cancelled.pauses[-1].until == at
    assert cancelled.owed == timedelta(hours=7)


def test_a_clock_survives_serialization() -> None:
    clock = started("2027-01-06 14:00").pause(
        datetime(2027, 1, 6, 20, 0, 0, 123456, tzinfo=UTC), INFORMATION, TIME_BASE
    )
    assert Clock.model_validate_json(clock.model_dump_json()) == clock


def test_a_new_target_skips_past_warnings_but_no_reminder_after_the_deadline() -> None:
    ladder = terms("50%", "75%", "breach", "1 business day after")
    at = new_york("2027-01-07 12:00")
    counted = started("2027-01-06 14:00", "5 business days").recount(
        at, promise("2 business hours"), TIME_BASE
    )
    left = counted.skip_warnings(at, ladder, TIME_BASE)
    assert left.fired == ("50%", "75%")


def test_a_paused_clock_skips_the_past_warnings_of_a_new_target() -> None:
    ladder = terms("50%", "75%", "breach")
    paused = started("2027-01-06 09:00").pause(new_york("2027-01-06 12:15"), INFORMATION, TIME_BASE)
    at = new_york("2027-01-07 12:00")
    counted = paused.recount(at, promise("4 business hours"), TIME_BASE, paused.pauses)
    assert counted.skip_warnings(at, ladder, TIME_BASE).fired == ("50%", "75%")


def test_a_paused_clock_recounted_to_the_following_week_resumes() -> None:
    paused = started("2027-01-06 09:00").pause(new_york("2027-01-06 12:15"), INFORMATION, TIME_BASE)
    counted = paused.recount(
        new_york("2027-01-07 12:00"), promise("the following week"), TIME_BASE, paused.pauses
    )
    assert (counted.state, counted.due_at) == (ClockState.RUNNING, new_york("2027-01-15 17:00"))


def test_a_pause_for_another_reason_goes_on_without_counting() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    at = new_york("2027-01-07 11:00")
    other = paused.pause(at, PauseReason.ENGINEERING, TIME_BASE)
    assert (other.owed, other.pauses[-1].since) == (paused.owed, at)
    assert (
        other.resume(new_york("2027-01-08 10:00"), TIME_BASE).due_at
        == paused.resume(new_york("2027-01-08 10:00"), TIME_BASE).due_at
    )


def test_a_reminder_that_ran_out_before_the_ticket_waited_is_not_paused() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 16:30"), INFORMATION, TIME_BASE)
    counted = paused.recount(
        new_york("2027-01-08 12:00"), promise("2 business hours"), TIME_BASE, paused.pauses
    )
    expired = counted.expire()
    assert not expired.is_paused
    assert expired.view(terms("breach")).paused_at is None


@pytest.mark.parametrize("at", ["50%", "4 business hours before"])
def test_a_new_target_skips_a_warning_that_lies_at_the_change(at: str) -> None:
    now = new_york("2027-01-07 10:00")
    counted = started("2027-01-06 14:00", "5 business days").recount(
        now, promise("8 business hours"), TIME_BASE
    )
    assert counted.skip_warnings(now, terms(at, "breach"), TIME_BASE).fired == (at,)


def test_lateness_leaves_out_the_pauses_before_a_reopening() -> None:
    late = started("2027-01-06 14:00").breach()
    asked, answered = new_york("2027-01-07 15:00"), new_york("2027-01-07 16:00")
    paused = late.pause(asked, INFORMATION, TIME_BASE).resume(answered, TIME_BASE)
    done, again = new_york("2027-01-07 17:00"), new_york("2027-01-08 09:00")
    reopened = paused.stop(done, TIME_BASE).reopen(again, TIME_BASE)
    spans = reopened.late_spans(new_york("2027-01-08 10:00"))
    assert [(span.begins, span.ends) for span in spans] == [
        (late.due_at, asked),
        (answered, done),
        (again, new_york("2027-01-08 10:00")),
    ]


def test_a_clock_whose_new_due_time_is_the_beginning_of_a_pause_waits() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 16:00"), INFORMATION, TIME_BASE)
    counted = paused.recount(
        new_york("2027-01-07 12:00"), promise("2 business hours"), TIME_BASE, paused.pauses
    )
    assert (counted.state, counted.owed) == (ClockState.PAUSED, timedelta(0))


def test_a_warning_that_has_fired_does_not_fire_again_under_a_new_target() -> None:
    clock = started("2027-01-06 14:00", "5 business days").fire("25%")
    at = new_york("2027-01-07 10:00")
    counted = clock.recount(at, promise("9 business days"), TIME_BASE)
    assert counted.skip_warnings(at, terms("25%", "50%"), TIME_BASE).fired == ("25%",)


def test_a_clock_that_was_paused_runs_after_it_is_recounted() -> None:
    paused = started("2027-01-06 14:00").pause(new_york("2027-01-06 15:00"), INFORMATION, TIME_BASE)
    resumed = paused.resume(new_york("2027-01-06 16:00"), TIME_BASE)
    counted = resumed.recount(
        new_york("2027-01-07 10:00"), promise("9 business hours"), TIME_BASE, resumed.pauses
    )
    assert counted.state is ClockState.RUNNING
    assert counted.due_at == new_york("2027-01-07 16:00")


def test_a_clock_that_is_met_has_no_rungs_left() -> None:
    met = started("2027-01-06 14:00").stop(new_york("2027-01-06 15:00"), TIME_BASE)
    assert rungs(met, "50%", "breach", "1 business day after") == {}


@pytest.mark.parametrize("within", [None, "the following week"])
def test_a_clock_that_never_pauses_does_so_once_a_due_time_is_agreed(within: str | None) -> None:
    own = promise(within) if within else PromiseTerms()
    clock = Clock.start("first_response", 1, new_york("2027-01-06 14:00"), own, TIME_BASE)
    at, due_at = new_york("2027-01-07 12:00"), new_york("2027-01-08 12:00")
    assert clock.pause(at, INFORMATION, TIME_BASE) is clock
    agreed = clock.agree(Agreement(at=at, by="Ann", reason="So.", due_at=due_at), TIME_BASE)
    paused = agreed.pause(at, INFORMATION, TIME_BASE)
    assert (paused.state, paused.due_at) == (ClockState.PAUSED, due_at)
    assert paused.resume(new_york("2027-01-08 11:00"), TIME_BASE).due_at == due_at


def test_a_pause_that_begins_at_the_very_due_time_leaves_no_time_however_it_is_counted() -> None:
    clock = started("2027-01-06 14:00")
    wait = Pause(since=clock.due_at, reason=INFORMATION)
    paused = clock.pause(clock.due_at, INFORMATION, TIME_BASE)
    at = clock.due_at + timedelta(hours=1)
    recounted = paused.recount(at, promise("8 business hours"), TIME_BASE, [wait])
    for found in (paused, recounted):
        assert (found.state, found.owed) == (ClockState.PAUSED, timedelta(0))


@pytest.mark.parametrize("rung", ["50%", "4 business hours before"])
def test_a_warning_that_is_due_at_the_change_itself_is_left_out(rung: str) -> None:
    clock = started("2027-01-06 14:00")
    half = new_york("2027-01-07 10:00")
    assert clock.skip_warnings(half, terms(rung), TIME_BASE).fired == (rung,)
    before = half - timedelta(seconds=1)
    assert clock.skip_warnings(before, terms(rung), TIME_BASE).fired == ()


def test_the_following_week_goes_on_with_the_time_that_was_left_whatever_changes() -> None:
    week = started("2027-01-06 14:00", "the following week")
    done = week.stop(new_york("2027-01-11 13:00"), TIME_BASE)
    again = done.reopen(new_york("2027-01-25 09:00"), TIME_BASE)
    # Monday until one was used; Martin Luther King Day is not in this week any more.
    assert again.due_at == new_york("2027-01-29 13:00")
    wait = Pause(since=new_york("2027-01-26 09:00"), reason=INFORMATION)
    at = new_york("2027-01-26 10:00")
    recounted = again.recount(at, promise("the following week"), TIME_BASE, [wait])
    assert (recounted.due_at, recounted.state) == (again.due_at, ClockState.RUNNING)


def test_a_clock_that_has_ended_waits_for_nothing() -> None:
    met = started("2027-01-06 14:00").stop(new_york("2027-01-06 16:00"), TIME_BASE)
    late = started("2027-01-06 14:00").breach().stop(new_york("2027-01-08 09:00"), TIME_BASE)
    for ended in (met, late):
        assert ended.pause(new_york("2027-01-08 10:00"), INFORMATION, TIME_BASE) == ended


def test_lateness_is_measured_until_a_time_and_not_beyond_the_completion() -> None:
    late = started("2027-01-06 14:00").breach()
    before, done, after = (late.due_at + timedelta(hours=hours) for hours in (1, 2, 3))
    completed = late.stop(done, TIME_BASE)
    for at, ends in ((before, before), (done, done), (after, done)):
        assert [(s.begins, s.ends) for s in completed.late_spans(at)] == [(late.due_at, ends)]
