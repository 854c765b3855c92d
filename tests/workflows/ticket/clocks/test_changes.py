"""Clocks when priorities, answers and resolutions change: rules of change C1 to C5, R1 and R2."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.vocabulary import Action, ClockState, EventType, WaitingOn
from tests.harness import AGENT, REQUESTER
from tests.workflows.ticket.changing_policy import (
    POLICY,
    changing_terms,
    changing_ticket,
    london,
)
from tests.workflows.ticket.test_other_policies import of_account
from tests.workflows.ticket.ticket_driver import TicketDriver

HOUR = timedelta(hours=1)
ANSWER: dict[str, Any] = {
    "message": "We look.",
    "outcomes": ["information_request"],
    "questions": ["Since when?"],
}
ASK: dict[str, Any] = {"message": "Which browser?", "questions": ["Which browser?"]}


def at(driver: TicketDriver, text: str) -> TicketDriver:
    return driver.until_instant(london(text))


def to(driver: TicketDriver, priority: str) -> TicketDriver:
    return driver.act(Action.RECLASSIFY, priority=priority, reason="It is so.")


def late(driver: TicketDriver) -> dict[int, timedelta]:
    """The lateness last reported of each cycle of `fix`."""
    return {report.cycle: report.late for report in driver.state.late if report.clock == "fix"}


@pytest.mark.fault(1)
def test_a_clock_counts_on_the_calendar_of_the_new_priority() -> None:
    driver = changing_ticket("2027-03-01 15:00")
    assert driver.clock("fix").due_at == london("2027-03-03 11:00")
    to(at(driver, "2027-03-01 16:00"), "urgent")
    assert driver.clock("fix").due_at == london("2027-03-01 19:00")


@pytest.mark.fault(2)
def test_a_less_urgent_ticket_is_not_due_when_the_desk_is_closed() -> None:
    driver = changing_ticket("2027-03-01 15:00", "urgent")
    to(at(driver, "2027-03-01 16:00"), "normal")
    assert driver.clock("fix").due_at == london("2027-03-03 11:00")
    to(driver, "low")
    assert driver.clock("fix").due_at == london("2027-03-08 15:00")


@pytest.mark.fault(3, 4, 5)
def test_a_due_time_that_a_change_puts_into_the_past_breaches_at_the_change() -> None:
    driver = changing_ticket("2027-03-01 10:00", "low")
    to(at(driver, "2027-03-03 10:00"), "urgent")
    clock = driver.clock("fix")
    assert (clock.due_at, clock.breached_at) == (london("2027-03-01 14:00"), driver.now)
    (breach,) = [e for e in driver.events(EventType.CLOCK_BREACHED) if e.data["clock"] == "fix"]
    assert breach.at == driver.now
    at(driver, "2027-03-03 10:05").act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert late(driver) == {1: timedelta(minutes=5)}


def test_the_rungs_after_the_deadline_count_from_the_breach() -> None:
    driver = to(at(changing_ticket("2027-03-01 10:00", "low"), "2027-03-03 10:00"), "urgent")
    assert at(driver, "2027-03-03 13:59").events(EventType.CLOCK_OVERDUE) == []
    (overdue,) = at(driver, "2027-03-03 14:00").events(EventType.CLOCK_OVERDUE)
    assert overdue.at == london("2027-03-03 14:00")


@pytest.mark.fault(6)
def test_there_and_back_again_gives_the_first_due_time() -> None:
    driver = changing_ticket("2027-03-01 10:00")
    due_at = driver.clock("fix").due_at
    to(at(driver, "2027-03-01 11:00"), "urgent")
    to(at(driver, "2027-03-01 12:00"), "normal")
    assert driver.clock("fix").due_at == due_at
    assert driver.clock("fix").cycle == 1


@pytest.mark.fault(7)
def test_an_overdue_clock_keeps_its_breach_and_the_new_promise_is_a_new_cycle() -> None:
    driver = at(changing_ticket("2027-03-01 10:00", "urgent"), "2027-03-01 15:00")
    to(driver, "normal")
    first, second = (c for c in driver.ticket.clocks.cycles if c.name == "fix")
    assert (first.state, first.completed_at) == (ClockState.BREACHED, driver.now)
    assert (second.state, second.due_at) == (ClockState.RUNNING, london("2027-03-02 14:00"))
    assert late(driver) == {1: HOUR}


def test_a_promise_that_gains_a_time_counts_from_its_start_event_without_the_waits() -> None:
    driver = changing_ticket("2027-03-01 09:00", "low")
    at(driver, "2027-03-01 11:00").act(Action.RESPOND, **ANSWER)
    at(driver, "2027-03-02 11:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Today.")
    to(at(driver, "2027-03-02 12:00"), "normal")
    # Two hours on Monday and six on Tuesday; four are left on Wednesday.
    assert driver.clock("fix").due_at == london("2027-03-03 13:00")
    assert driver.ticket.clocks.latest("answer") is None


@pytest.mark.fault(8)
def test_a_clock_that_pauses_does_so_after_its_deadline_too() -> None:
    driver = changing_ticket("2027-03-01 10:00")
    at(driver, "2027-03-02 14:30").act(Action.RESPOND, **ANSWER)
    assert at(driver, "2027-03-09 14:29").events(EventType.CLOCK_OVERDUE) == []
    driver = at(driver, "2027-03-09 14:30").carried()
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Today.")
    at(driver, "2027-03-09 14:50").act(Action.RESOLVE, resolution="Done.")
    assert late(driver) == {1: timedelta(minutes=50)}


def test_an_account_is_told_whether_lateness_goes_on() -> None:
    driver = at(changing_ticket("2027-03-01 10:00"), "2027-03-02 14:30")
    driver.act(Action.RESPOND, **ANSWER)
    at(driver, "2027-03-09 14:30").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Today.")
    at(driver, "2027-03-09 14:50").act(Action.RESOLVE, resolution="Done.")
    reports = [report for report in driver.state.late if report.clock == "fix"]
    assert [report.grows for report in reports] == [True, False, True, False]
    assert [report.number for report in reports] == [1, 2, 3, 4]


def test_what_is_left_to_a_rung_after_the_deadline_goes_on_after_the_answer() -> None:
    driver = changing_ticket("2027-03-01 10:00")
    at(driver, "2027-03-02 14:30").act(Action.RESPOND, **ANSWER)
    at(driver, "2027-03-09 09:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Today.")
    (overdue,) = at(driver, "2027-03-09 13:00").events(EventType.CLOCK_OVERDUE)
    assert overdue.at == london("2027-03-09 12:30")


@pytest.mark.fault(9, 10)
def test_a_resolution_that_did_not_hold_ends_no_lateness_and_its_time_is_nobodys() -> None:
    driver = changing_ticket("2027-03-01 10:00")
    at(driver, "2027-03-02 15:00").act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert late(driver) == {1: HOUR}
    at(driver, "2027-03-03 15:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    at(driver, "2027-03-03 17:00").act(Action.RESOLVE, resolution="Done again.")
    assert late(driver) == {1: 3 * HOUR}


@pytest.mark.fault(11)
@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        (Action.CLOSE, {"closed_as": "no_reply", "reason": "No answer."}),
        (Action.WITHDRAW, {"reason": "Never mind."}),
        (Action.MERGE, {"into": "9999-9999-9999", "reason": "The same."}),
        (Action.RECLASSIFY, {"priority": "low", "reason": "Less urgent."}),
        (Action.RESOLVE, {"resolution": "Done."}),
    ],
)
def test_lateness_stays_earned_however_it_ends(action: Action, inputs: dict[str, Any]) -> None:
    driver = changing_ticket("2027-03-01 10:00")
    at(driver, "2027-03-02 16:00").act(Action.RESPOND, **ANSWER)
    actor = REQUESTER if action is Action.WITHDRAW else AGENT
    at(driver, "2027-03-05 10:00").act(action, actor, **inputs)
    assert late(driver) == {1: 2 * HOUR}
    if action is not Action.RECLASSIFY:
        assert driver.state.late[-1].completed_at == driver.now


def test_lateness_may_grow_in_open_time() -> None:
    driver = changing_ticket("2027-03-01 10:00", lateness="open")
    at(driver, "2027-03-03 10:00").act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert late(driver) == {1: 4 * HOUR}
    assert driver.state.late[0].calendar is not None


def test_a_clock_may_restart_with_each_change() -> None:
    driver = changing_ticket("2027-03-01 10:00", on_change="restart")
    to(at(driver, "2027-03-01 16:00"), "urgent")
    assert driver.clock("fix").due_at == london("2027-03-01 20:00")
    to(at(driver, "2027-03-01 17:00"), "normal")
    assert driver.clock("fix").due_at == london("2027-03-03 13:00")


@pytest.mark.parametrize("on_change", ["recount", "restart", "continue"])
def test_a_clock_that_is_late_earns_by_the_priority_it_had_at_its_breach(on_change: str) -> None:
    received = london("2027-03-01 10:00")
    text = POLICY.replace("low: 5 business days", "low: 12 business hours")
    terms = changing_terms(received, "normal", text, on_change=on_change)
    opening = changing_ticket("2027-03-01 10:00").state.opening
    driver = TicketDriver(opened=opening.model_copy(update={"terms": terms}))
    to(at(driver, "2027-03-01 16:00"), "low")
    assert driver.clock("fix").due_at == london("2027-03-02 14:00")
    to(at(driver, "2027-03-02 15:00"), "normal")
    assert [report.priority for report in driver.state.late] == ["low"]


def test_a_clock_may_keep_its_due_time() -> None:
    driver = changing_ticket("2027-03-01 10:00", on_change="keep")
    to(at(driver, "2027-03-01 16:00"), "urgent")
    assert driver.clock("fix").due_at == london("2027-03-02 14:00")


@pytest.mark.fault(17)
@pytest.mark.clause("contentsquare/response-definition")
def test_a_notice_states_the_due_time_after_the_action_that_caused_it() -> None:
    driver = of_account("maison-lumiere", priority="p1", facts={"browser": "chrome"})
    driver.act(Action.OVERRIDE_VERDICT, reason="For the test.")
    driver.act(Action.RECLASSIFY, priority="p0", reason="Nobody can work.")
    paged = driver.notices("paged")[-1]
    assert paged.deadline["due_at"] == driver.clock("first_response").due_at.isoformat()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["urgent", "normal", "low", "ask", "answer"]),
        st.integers(1, 60 * 30),
    ),
    max_size=12,
)


def play(driver: TicketDriver, steps: list[tuple[str, int]], *, reclassifies: bool) -> str:
    """Plays the steps, each some minutes after the one before; returns the last priority."""
    priority = "normal"
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    for step, minutes in steps:
        # Not `until_instant`: an action precedes what is due at the same time.
        driver.now += timedelta(minutes=minutes)
        if step == "ask":
            driver.act(Action.REQUEST_INFORMATION, **ASK)
        elif step == "answer":
            driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
        elif reclassifies and step != priority:
            to(driver, step)
            priority = step
    return priority


@given(STEPS)
def test_the_due_time_does_not_depend_on_the_path(steps: list[tuple[str, int]]) -> None:
    changed = changing_ticket()
    priority = play(changed, steps, reclassifies=True)
    straight = changing_ticket(priority=priority)
    play(straight, steps, reclassifies=False)
    assert changed.clock("fix").due_at == straight.clock("fix").due_at


@given(STEPS)
def test_nothing_breaches_before_its_cause(steps: list[tuple[str, int]]) -> None:
    driver = changing_ticket()
    play(driver, steps, reclassifies=True)
    times = [event.at for event in driver.events()]
    assert times == sorted(times)
    for clock in driver.ticket.clocks.cycles:
        assert clock.breached_at is None or clock.breached_at >= clock.promised_at


@given(STEPS, st.integers(0, 60 * 48), st.integers(0, 60 * 48))
@example([("ask", 60 * 30)], 60, 60)
def test_lateness_only_grows_and_never_while_the_desk_waits(
    steps: list[tuple[str, int]], minutes: int, more: int
) -> None:
    driver = changing_ticket()
    play(driver, steps, reclassifies=True)
    sooner = driver.now + timedelta(minutes=minutes)
    later = sooner + timedelta(minutes=more)
    for clock in driver.ticket.clocks.cycles:
        before, after = (
            sum((span.length for span in clock.late_spans(at)), timedelta(0))
            for at in (sooner, later)
        )
        assert before <= after <= before + (later - sooner)
        is_silent = clock.name == "fix" and driver.state.waiting_on is WaitingOn.REQUESTER
        if is_silent or not clock.is_open:
            assert before == after


def test_every_wait_for_the_requester_is_left_out() -> None:
    driver = changing_ticket("2027-03-01 09:00", "low")
    at(driver, "2027-03-01 10:00").act(Action.RESPOND, **ANSWER)
    at(driver, "2027-03-01 12:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Today.")
    at(driver, "2027-03-01 13:00").act(Action.REQUEST_INFORMATION, **ASK)
    at(driver, "2027-03-01 15:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Chrome.")
    to(at(driver, "2027-03-01 16:00"), "normal")
    # Three hours have counted, of twelve.
    assert driver.clock("fix").due_at == london("2027-03-03 09:00") - 16 * HOUR
