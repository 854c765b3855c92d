"""Agreed due times and intervals of clocks that pause, repeat, or have no time of their own."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from policies.vocabulary import Action, ClockState, EventType
from tests.harness import REQUESTER
from tests.workflows.ticket.placed_policy import PLACED, at, placed_ticket
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver
from workflows.shared.refusals import InvalidContent
from workflows.ticket.notices.notice_deadline import promises_now
from workflows.ticket.process.views import view

OPENED = "2026-07-02T09:00-04:00"
LATER = "2026-07-10T12:00-04:00"
UNTIMED = PLACED.replace("sev_4: 8 business hours", "sev_4: {guarantee: none}").replace(
    "sev_4: 2 business days", "sev_4: {guarantee: none}"
)
"""Without a time for questions."""
WARNED = PLACED.replace("ladder: [", "ladder: [{at: 50%, tell: [lead]}, ")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def placed(policy: str = PLACED, priority: str = "sev_3", **values: Any) -> TicketDriver:
    given = {"place": "new_york", "on_change": "recount"} | values
    return placed_ticket(OPENED, policy, priority=priority, **given)


def answered(policy: str = PLACED, priority: str = "sev_3", **values: Any) -> TicketDriver:
    driver = placed(policy, priority, **values)
    return driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])


def agree(driver: TicketDriver, clock: str = "next_update", **inputs: Any) -> TicketDriver:
    values = {"clock": clock, "reason": "They deploy on Fridays.", **inputs}
    return driver.act(Action.AGREE_DUE_TIME, **values)


def consent(when: str) -> dict[str, str]:
    return {"by": "Rita", "at": when, "how": "by phone"}


def needs_consent(driver: TicketDriver, clock: str = "next_update", **inputs: Any) -> bool:
    with suppress(InvalidContent):
        agree(driver.carried(), clock, **inputs)
        return False
    agree(driver.carried(), clock, **inputs, consent=consent(OPENED))
    return True


def to(driver: TicketDriver, priority: str) -> TicketDriver:
    return driver.act(Action.RECLASSIFY, priority=priority, reason="It is so.")


def test_a_clock_without_a_time_runs_from_its_start_event_to_the_agreed_due_time() -> None:
    driver = at(placed(UNTIMED, "sev_4"), "2026-07-02T11:00-04:00")
    assert driver.ticket.clocks.latest("first_response") is None
    agree(driver, "first_response", due_at=LATER)
    clock = driver.clock("first_response")
    assert (clock.started_at, clock.due_at, clock.cycle) == (utc(OPENED), utc(LATER), 1)
    assert (clock.state, view(driver.state).clocks[0].target) == (ClockState.RUNNING, "as agreed")
    assert at(driver, LATER).clock("first_response").breached_at == utc(LATER)


def test_a_clock_that_has_lost_its_time_goes_on_to_the_agreed_due_time() -> None:
    driver = to(at(placed(UNTIMED), "2026-07-02T11:00-04:00"), "sev_4")
    assert not driver.clock("first_response").is_open
    agree(driver, "first_response", due_at=LATER)
    clock = driver.clock("first_response")
    assert (clock.is_open, clock.is_suspended, clock.completed_at) == (True, False, None)
    assert (clock.cycle, clock.due_at) == (1, utc(LATER))
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    assert driver.clock("first_response").state is ClockState.MET


def test_what_a_paused_clock_would_have_left_decides_whether_a_due_time_is_later() -> None:
    driver = at(answered(), "2026-07-02T10:00-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    at(driver, "2026-07-06T09:00-04:00")
    # Friday is a holiday; eight hours are left, as since the question.
    assert not needs_consent(driver, due_at="2026-07-06T17:00-04:00")
    assert needs_consent(driver, due_at="2026-07-06T17:01-04:00")
    agree(driver, due_at="2026-07-06T16:00-04:00")
    [told] = driver.events(EventType.DUE_TIME_AGREED)
    assert told.data["was"] == "2026-07-06T21:00:00+00:00"


def test_the_event_of_an_agreement_states_what_changes_and_for_which_cycle() -> None:
    driver = at(answered(), "2026-07-02T10:00-04:00")
    agree(driver, due_at="2026-07-02T12:00-04:00")
    agree(driver, every="2 business hours")
    agree(driver, every="1 business hour", from_now=True, consent=consent(OPENED))
    common = {"clock": "next_update", "cycle": 1, "reason": "They deploy on Fridays."}
    date, following, now = (
        {name: value for name, value in event.data.items() if value is not None}
        for event in driver.events(EventType.DUE_TIME_AGREED)
    )
    assert date == common | {
        "due_at": "2026-07-02T16:00:00+00:00",
        "was": "2026-07-02T21:00:00+00:00",
    }
    assert following == common | {"every": "2 business hours"}
    assert now == common | {
        "every": "1 business hour",
        "due_at": "2026-07-02T15:00:00+00:00",
        "was": "2026-07-02T16:00:00+00:00",
        "consent": {"by": "Rita", "at": "2026-07-02T09:00:00-04:00", "how": "by phone"},
    }


@pytest.mark.parametrize(
    ("inputs", "is_needed"),
    [
        ({"due_at": "2026-07-02T17:00-04:00"}, False),
        ({"every": "8 business hours"}, False),
        ({"every": "9 business hours"}, True),
        ({"every": "4 business hours", "from_now": True}, False),
        ({"every": "5 business hours", "from_now": True}, True),
        ({"every": "5 business hours"}, False),
    ],
)
def test_consent_is_needed_for_what_is_later_now_or_from_the_next_interval_on(
    inputs: dict[str, Any], is_needed: bool
) -> None:
    # At 13:00, the interval of eight hours that began at 9:00 is due at 17:00.
    driver = at(answered(), "2026-07-02T13:00-04:00")
    assert needs_consent(driver, **inputs) is is_needed


def test_an_interval_agreed_from_now_on_begins_again_for_a_clock_without_a_time() -> None:
    driver = to(at(answered(UNTIMED), "2026-07-02T10:00-04:00"), "sev_4")
    assert not driver.clock("next_update").is_open
    agree(driver, every="4 hours", from_now=True)
    clock = driver.clock("next_update")
    assert (clock.is_open, clock.due_at) == (True, utc("2026-07-02T14:00-04:00"))


def test_an_interval_agreed_before_its_clock_starts_counts_from_the_start() -> None:
    driver = agree(placed(), every="2 business hours", from_now=True)
    assert driver.ticket.clocks.latest("next_update") is None
    at(driver, "2026-07-02T10:00-04:00")
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    assert driver.clock("next_update").due_at == utc("2026-07-02T12:00-04:00")


def test_an_interval_agreed_from_now_on_runs_where_no_time_was_promised() -> None:
    driver = at(answered(UNTIMED, "sev_4"), "2026-07-02T10:00-04:00")
    assert driver.ticket.clocks.latest("next_update") is None
    agree(driver, every="4 hours", from_now=True)
    clock = driver.clock("next_update")
    assert (clock.cycle, clock.started_at) == (1, utc("2026-07-02T10:00-04:00"))
    assert clock.due_at == utc("2026-07-02T14:00-04:00")
    [told] = driver.events(EventType.DUE_TIME_AGREED)
    assert told.data["cycle"] == 1
    assert utc(str(told.data["due_at"])) == clock.due_at


@pytest.mark.parametrize(
    "correction", [{"facts": {"round_the_clock": True}}, {"facts": {"place": "chicago"}}]
)
def test_an_interval_agreed_for_the_next_cycle_begins_with_no_correction_of_facts(
    correction: dict[str, Any],
) -> None:
    driver = agree(answered(UNTIMED, "sev_4"), every="4 hours")
    at(driver, "2026-07-02T10:00-04:00")
    driver.act(Action.RECLASSIFY, reason="It is so.", **correction)
    assert driver.ticket.clocks.latest("next_update") is None


def test_an_agreed_interval_counts_from_the_start_event_once_a_time_is_promised() -> None:
    driver = agree(answered(UNTIMED, "sev_4"), every="4 hours")
    to(at(driver, "2026-07-02T10:00-04:00"), "sev_3")
    clock = driver.clock("next_update")
    assert (clock.started_at, clock.due_at) == (utc(OPENED), utc("2026-07-02T13:00-04:00"))


def test_an_interval_agreed_from_now_on_waits_as_the_ticket_does() -> None:
    driver = at(answered(), "2026-07-02T10:00-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    agree(at(driver, "2026-07-02T11:00-04:00"), every="2 business hours", from_now=True)
    assert driver.clock("next_update").is_paused
    at(driver, "2026-07-02T15:00-04:00")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert driver.clock("next_update").due_at == utc("2026-07-02T17:00-04:00")


def test_an_agreed_interval_counts_on_while_the_ticket_waits_if_its_clock_does_not_pause() -> None:
    policy = PLACED.replace("    repeats: true\n    pauses: [information]\n", "    repeats: true\n")
    policy = policy.replace(
        "stops: [responded]\n", "stops: [responded]\n    pauses: [information]\n"
    )
    driver = at(answered(policy), "2026-07-02T09:30-04:00")
    driver.act(Action.POST_UPDATE, message="Still at it.")
    driver.act(Action.REQUEST_INFORMATION, **ASK)
    agree(at(driver, "2026-07-02T10:00-04:00"), every="2 business hours", from_now=True)
    clock = driver.clock("next_update")
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, utc("2026-07-02T12:00-04:00"))


def test_a_due_time_is_agreed_for_a_time_to_come_only() -> None:
    with pytest.raises(InvalidContent) as refused:
        agree(placed(), "first_response", due_at=OPENED)
    assert refused.value.field == "due_at"


def test_an_overdue_interval_keeps_its_breach_and_the_agreed_one_is_the_next_cycle() -> None:
    driver = at(answered(), "2026-07-02T17:30-04:00")
    agree(driver, every="1 hour", from_now=True, consent=consent(OPENED))
    first, second = (c for c in driver.ticket.clocks.cycles if c.name == "next_update")
    assert (first.state, first.completed_at) == (ClockState.BREACHED, driver.now)
    assert (second.cycle, second.due_at) == (2, driver.now + timedelta(hours=1))


def test_the_ladder_lies_on_the_time_from_the_start_to_the_agreed_due_time() -> None:
    driver = at(placed(WARNED), "2026-07-02T10:00-04:00")
    due_at = "2026-07-06T16:00-04:00"
    agree(driver, "first_response", due_at=due_at, consent=consent(OPENED))
    # Half of the sixteen hours that are open until then; Friday is a holiday.
    [warning] = at(driver, "2026-07-02T17:00-04:00").events(EventType.CLOCK_WARNED)
    assert warning.at == utc("2026-07-02T17:00-04:00")


def test_no_warning_comes_that_an_agreed_due_time_has_put_into_the_past() -> None:
    driver = at(placed(WARNED), "2026-07-02T10:00-04:00")
    agree(driver, "first_response", due_at="2026-07-02T10:30-04:00")
    at(driver, "2026-07-02T11:00-04:00")
    assert driver.events(EventType.CLOCK_WARNED) == []
    assert driver.clock("first_response").breached_at == utc("2026-07-02T10:30-04:00")


def test_a_clock_that_continues_keeps_what_it_used_while_its_promise_has_no_time() -> None:
    driver = to(at(answered(UNTIMED, on_change="continue"), "2026-07-02T10:00-04:00"), "sev_4")
    assert driver.clock("next_update").is_suspended
    assert at(driver, "2026-07-02T11:00-04:00").events(EventType.CLOCK_BREACHED) == []
    to(driver, "sev_3")
    # One of eight hours was used before, and none in between; six are left on this day.
    assert driver.clock("next_update").cycle == 1
    assert driver.clock("next_update").due_at == utc("2026-07-02T18:00-04:00")


def test_only_a_clock_whose_policy_allows_it_can_be_agreed() -> None:
    driver = answered(PLACED.replace("    agreed: true\n    repeats", "    repeats"))
    with pytest.raises(InvalidContent, match="first_response") as refused:
        agree(driver, due_at="2026-07-02T10:00-04:00")
    assert refused.value.field == "clock"


def shown(driver: TicketDriver, when: str) -> JsonValue:
    """What a notice would state about the clock at a time."""
    [promise] = promises_now(driver.state, utc(when))
    return promise


def test_a_notice_states_no_due_time_of_a_clock_that_waits_unless_it_was_agreed() -> None:
    driver = at(answered(), "2026-07-02T10:00-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    waits = {"name": "next_update", "due_at": None, "is_over": False, "guarantee": None}
    assert shown(driver, LATER) == waits
    agree(driver, due_at="2026-07-02T12:00-04:00")
    due_at = {"due_at": "2026-07-02T16:00:00+00:00"}
    assert shown(driver, "2026-07-02T11:59-04:00") == waits | due_at
    assert shown(driver, "2026-07-02T12:00-04:00") == waits | due_at | {"is_over": True}


def test_a_notice_states_the_guarantee_of_a_clock_that_has_lost_its_time() -> None:
    driver = to(answered(UNTIMED), "sev_4")
    lost = {"name": "next_update", "due_at": None, "is_over": False, "guarantee": "none"}
    assert shown(driver, LATER) == lost


def test_an_event_that_ends_an_interval_begins_none_if_none_runs() -> None:
    driver = answered().act(Action.RESOLVE, resolution="Done.")
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.POST_UPDATE, message="We look again.")
    assert [clock.cycle for clock in driver.state.clocks if clock.name == "next_update"] == [1]
