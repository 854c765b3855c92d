"""The clocks of the reference model: values counted by hand. 2026-06-01 is a Monday."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.chaos.model import business_time
from tests.chaos.model.clocks.clock import Cycle
from tests.chaos.model.clocks.ladder import rungs
from tests.chaos.model.clocks.promise import Promise
from tests.chaos.model.clocks.waits import Wait

OFFICE = business_time.calendar_of(
    {"zone": "UTC", "hours": {"mon-fri": "09:00-17:00"}, "clause": "hours"}, date(2026, 6, 1)
)


def june(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def cycle_of(length: str, started_at: datetime, *waits: Wait, **rule: Any) -> Cycle:
    given = {"starts": ["opened"], "stops": ["responded"], **rule}
    promise = Promise(length, calendar=OFFICE)
    return Cycle("work", 1, started_at, started_at, promise, None, given, [*waits])


def continued(cycle: Cycle, at: datetime, used: timedelta) -> Cycle:
    """The cycle after a change of its promise."""
    cycle.promised_at = cycle.restarted_at = at
    cycle.carried = used
    return cycle


def test_rungs_after_the_start_of_a_clock_that_continues_count_from_its_start() -> None:
    ladder = [{"at": "3 business hours after start"}]
    cycle = cycle_of("8 business hours", june(1, 10), on_change="continue", ladder=ladder)
    continued(cycle, june(1, 12), timedelta(hours=2))
    due = {name: at for at, name, _ in rungs(cycle)}
    assert due == {"3 business hours after start": june(1, 13), "breach": june(2, 10)}


def test_nothing_is_used_before_the_time_from_which_a_cut_off_lets_a_clock_count() -> None:
    cycle = cycle_of("2 days", june(1, 16), cut_off="15:00", on_change="continue")
    assert cycle.used(june(2, 8)) == timedelta(0)
    assert cycle.used(june(2, 10)) == timedelta(hours=1)
    # A change before then does not let it begin, either.
    continued(cycle, june(2, 7), timedelta(hours=1))
    assert cycle.used(june(2, 10)) == timedelta(hours=2)


def test_nothing_is_used_after_a_change_has_ended_the_lateness_of_a_clock() -> None:
    cycle = cycle_of("2 business hours", june(1, 10), on_change="continue")
    cycle.breach()
    cycle.finish(june(1, 15), "met")
    assert cycle.used(june(2, 12)) == timedelta(hours=5)


def test_a_wait_from_before_the_start_in_closed_time_moves_no_due_time() -> None:
    asked = Wait("information", june(1, 10))
    cycle = cycle_of("1 business day", june(1, 18), asked, pauses=["information"])
    assert cycle.due_if_resumed(june(1, 19)) == june(2, 17)
    assert cycle.due_if_resumed(june(2, 12)) == june(3, 12)


@pytest.mark.parametrize(("starts", "due"), [("resolved", june(2, 10)), ("opened", june(2, 17))])
def test_only_work_that_is_owed_after_the_resolution_counts_while_the_ticket_is_resolved(
    starts: str, due: datetime
) -> None:
    resolved = Wait("resolved", june(1, 11), june(2, 10))
    rule = {"starts": [starts], "reopening": "same_cycle"}
    assert cycle_of("8 business hours", june(1, 10), resolved, **rule).due_at == due


def test_the_following_week_goes_on_with_its_time_when_the_ticket_is_reopened() -> None:
    asked = Wait("information", june(8, 9), june(9, 9))
    cycle = cycle_of("the following week", june(1, 10), asked, pauses=["information"])
    assert cycle.due_at == june(12, 17)
    cycle.finish(june(8, 13), "met")
    cycle.reopen(june(22, 9), cycle.promise)
    assert cycle.due_at == june(26, 13)


def test_a_clock_is_overtaken_by_a_change_after_its_time_only() -> None:
    cycle = cycle_of("2 hours", june(1, 10), on_change="continue")
    for at, is_overtaken in ((june(1, 12), False), (june(1, 13), True)):
        cycle.promised_at = at
        assert cycle.is_overtaken is is_overtaken
    for used, is_overtaken in ((2, False), (3, True)):
        assert continued(cycle, june(1, 13), timedelta(hours=used)).is_overtaken is is_overtaken
