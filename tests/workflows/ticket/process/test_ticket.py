"""Clocks and notices of a ticket that is resolved, re-opened, reclassified, or full."""

import json
from typing import Any

import pytest

from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import (
    Action,
    ClockState,
    ClosedAs,
    EventType,
    OnChange,
    Reopening,
    Role,
    Stage,
)
from tests.harness import AGENT, REQUESTER, SERVICE, new_york, opening
from tests.workflows.ticket.ticket_driver import (
    ASK,
    WEDNESDAY,
    TicketDriver,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    resolved,
    reviewed,
)
from workflows.shared.action_request import LONGEST_TEXT, Actor
from workflows.shared.refusals import IdReused, RecordFull
from workflows.ticket.actions.lifecycle import POSSIBLE_WHEN_FULL, allowed_actions
from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.opening import Opening
from workflows.ticket.process.duties import Duty, DutySchedule
from workflows.ticket.process.ticket import REMEMBERED_IDS
from workflows.ticket.state.notice_record import BYTES_PER_NOTICE
from workflows.ticket.state.record_size import (
    BYTES_PER_ID,
    LARGEST_RECORD,
    LEAST_ROOM,
    is_full_for,
    record_weight,
    requesters_weight,
    room_for,
)

LARGEST_PAYLOAD = 2 * 1024 * 1024
"""Bytes of one Temporal payload."""


def with_clocks(*changed: ClockTerms) -> Opening:
    """A request with these clocks instead of the policy's own ones."""
    opened = opening(new_york(WEDNESDAY))
    names = {clock.name for clock in changed}
    kept = [clock for clock in opened.terms.clocks if clock.name not in names]
    terms = opened.terms.model_copy(update={"clocks": (*kept, *changed)})
    return opened.model_copy(update={"terms": terms})


def by_priority(**targets: str) -> ClockTerms:
    """A first response with a target for each priority."""
    first_response = opening(new_york(WEDNESDAY)).terms.clock("first_response")
    promises = {p: PromiseTerms.model_validate({"within": t}) for p, t in targets.items()}
    return first_response.model_copy(update={"promises": promises})


@pytest.mark.clause("contently/progress")
def test_a_resolved_ticket_closes_automatically_without_another_notice() -> None:
    driver = resolved().until("2027-01-14 10:59:59")
    assert driver.state.stage is Stage.RESOLVED
    driver.until("2027-01-14 11:00")
    assert driver.state.closed_as is ClosedAs.RESOLVED
    assert driver.audiences("closed") == []


def test_reopening_breaches_nothing_and_sends_one_notice() -> None:
    driver = resolved().until("2027-01-13 12:00").deliver_all()
    before = len(driver.notices())
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    assert driver.state.stage is Stage.IN_PROGRESS
    assert driver.events(EventType.CLOCK_BREACHED) == []
    assert len(driver.notices()) == before + 1
    assert driver.clock("first_response").state is ClockState.MET
    assert driver.clock("next_update").due_at == new_york("2027-01-21 12:00")
    assert driver.until("2027-01-14 11:00").state.stage is Stage.IN_PROGRESS


@pytest.mark.parametrize(
    ("reopening", "cycle", "due"),
    [
        (Reopening.NONE, 1, None),
        (Reopening.NEW_CYCLE, 2, "2027-01-14 12:00"),
        (Reopening.SAME_CYCLE, 1, "2027-01-13 15:00"),
    ],
)
def test_the_policy_decides_what_a_clock_does_on_reopening(
    reopening: Reopening, cycle: int, due: str | None
) -> None:
    resolution = ClockTerms(
        name="resolution",
        clause="progress",
        starts=(EventType.OPENED,),
        stops=(EventType.RESOLVED,),
        promises={"otherwise": PromiseTerms.model_validate({"within": "8 business hours"})},
        reopening=reopening,
    )
    driver = TicketDriver(opened=with_clocks(resolution)).until("2027-01-07 11:00")
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    driver.until("2027-01-13 12:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    clock = driver.clock("resolution")
    assert clock.cycle == cycle
    if due is None:
        assert clock.state is ClockState.MET
    else:
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, new_york(due))


def test_after_a_resolution_no_clock_is_open() -> None:
    driver = forecast_shared().act(Action.RESOLVE, resolution="Fixed.").until("2027-06-01 12:00")
    assert not any(clock.is_open for clock in driver.state.clocks)
    assert driver.events(EventType.CLOCK_BREACHED) == []


def test_reclassifying_reaims_running_clocks_and_keeps_their_past() -> None:
    opened = with_clocks(by_priority(normal="8 business hours", high="4 business hours"))
    driver = TicketDriver(opened=opened).until("2027-01-06 16:00")
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    clock = driver.clock("first_response")
    assert (clock.cycle, clock.due_at) == (1, new_york("2027-01-07 10:00"))


def test_a_stricter_target_that_is_used_up_breaches_at_once_without_stale_warnings() -> None:
    opened = with_clocks(by_priority(normal="16 business hours", high="1 business hour"))
    driver = TicketDriver(opened=opened).until("2027-01-06 16:00")
    driver.act(Action.RECLASSIFY, priority="high", reason="!").until("2027-01-06 16:00")
    assert [e.data["rung"] for e in driver.events() if "rung" in e.data] == ["breach"]


def test_a_clock_that_only_the_new_priority_has_counts_from_its_start_event() -> None:
    opened = with_clocks(by_priority(high="4 business hours"))
    driver = TicketDriver(opened=opened)
    assert driver.ticket.clocks.latest("first_response") is None
    driver.until("2027-01-07 09:30").act(Action.RECLASSIFY, priority="high", reason="!")
    assert driver.clock("first_response").due_at == new_york("2027-01-07 10:00")
    answered = TicketDriver(opened=opened).act(Action.RESPOND, message="!", outcomes=["escalation"])
    answered.act(Action.RECLASSIFY, priority="high", reason="!")
    assert answered.ticket.clocks.latest("first_response") is None


def test_a_repeated_action_id_is_one_action_and_another_one_with_it_is_refused() -> None:
    driver = TicketDriver().act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Firefox.")
    before = driver.state.model_dump_json()
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Firefox.")
    assert driver.state.model_dump_json() == before
    with pytest.raises(IdReused):
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Chrome.")
    with pytest.raises(IdReused):
        driver.act(Action.PROVIDE_INFORMATION, AGENT, id="x1", message="Firefox.")
    assert driver.state.model_dump_json() == before


def test_due_duties_are_performed_before_an_action() -> None:
    driver = TicketDriver()
    driver.now = new_york("2027-01-08 15:00")
    driver.act(Action.RESPOND, message="Sorry.", outcomes=["resolution"])
    types = [event.type for event in driver.events()]
    assert types.index(EventType.CLOCK_BREACHED) < types.index(EventType.RESPONDED)


def refusal_after_many(driver: TicketDriver, action: Action, actor: Actor, **inputs: Any) -> str:
    """Repeats an action until the record is full; returns the refusal."""
    try:
        for _ in range(10_000):
            driver.act(action, actor, **inputs)
    except RecordFull as full:
        return str(full)
    raise AssertionError("the record is never full")


TEXTS = pytest.mark.parametrize(
    "text", ["x" * 19_999, "\u7968" * 19_999, '"' * 19_999, "x" * 40], ids=len
)


@pytest.mark.fault(20)
@TEXTS
def test_requesters_fill_half_of_a_ticket_at_most_and_support_can_still_answer(text: str) -> None:
    driver, terms = TicketDriver(), len(TicketDriver().state.terms.model_dump_json())
    refusal = refusal_after_many(driver, Action.PROVIDE_INFORMATION, REQUESTER, message=text)
    assert "requesters can write 500,000 bytes" in refusal
    assert len(driver.state.model_dump_json().encode()) - terms < LARGEST_RECORD / 2
    assert requesters_weight(driver.state) > LARGEST_RECORD / 3
    with pytest.raises(RecordFull):
        driver.act(Action.PROVIDE_INFORMATION, SERVICE, message=text)
    assert Action.RESPOND in allowed_actions(driver.state, Role.AGENT)
    driver.act(Action.ACKNOWLEDGE).act(Action.RESPOND, message=text, outcomes=["resolution"])
    assert driver.act(Action.WITHDRAW, REQUESTER).state.stage is Stage.CLOSED


@pytest.mark.fault(20)
@pytest.mark.fault(75)
@TEXTS
def test_a_full_ticket_takes_and_offers_only_actions_that_end_it(text: str) -> None:
    driver = TicketDriver()
    assert "reached its limit" in refusal_after_many(driver, Action.ADD_NOTE, AGENT, note=text)
    for role in Role:
        assert POSSIBLE_WHEN_FULL.issuperset(allowed_actions(driver.state, role))
    assert LARGEST_RECORD / 2 < len(driver.state.model_dump_json().encode()) < 1_500_000
    driver.act(Action.CLOSE, closed_as="withdrawn", reason=text)
    assert len(driver.state.model_dump_json().encode()) < LARGEST_PAYLOAD


@pytest.mark.fault(20)
def test_an_action_that_is_offered_has_room_for_the_longest_text() -> None:
    driver = TicketDriver()
    while Action.PROVIDE_INFORMATION in allowed_actions(driver.state, Role.REQUESTER):
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="x" * LONGEST_TEXT)
    assert POSSIBLE_WHEN_FULL.issuperset(allowed_actions(driver.state, Role.REQUESTER))
    assert Action.RESPOND in allowed_actions(driver.state, Role.AGENT)


@pytest.mark.fault(20)
def test_a_full_ticket_still_does_what_is_automatic() -> None:
    driver = awaiting_handoff().fill().until("2027-01-11 09:00")
    assert driver.state.stage is Stage.ENGINEERING_REVIEW


def test_the_weight_of_a_record_is_not_less_than_its_bytes() -> None:
    driver = handed_over()
    terms = len(driver.state.terms.model_dump_json())
    assert len(driver.state.model_dump_json().encode()) - terms <= record_weight(driver.state)


@pytest.mark.parametrize(
    "tell",
    [TicketDriver, escalated, awaiting_handoff, handed_over, reviewed, forecast_shared, resolved],
)
def test_a_ticket_continues_equally_after_serialization(tell: object) -> None:
    assert callable(tell)
    straight, carried = tell(), tell().carried()
    number = straight.state.opening.number
    later = "2027-03-01 12:00"
    one = straight.until(later).state.model_dump_json()
    other = carried.until(later).state.model_dump_json()
    assert one == other.replace(carried.state.opening.number, number).replace(
        carried.state.opening.fingerprint, straight.state.opening.fingerprint
    )


def test_a_priority_without_target_suspends_the_clock_until_one_with_target() -> None:
    opened = with_clocks(by_priority(normal="8 business hours", high="8 business hours"))
    driver = TicketDriver(opened=opened).until("2027-01-06 16:00")
    driver.act(Action.RECLASSIFY, priority="low", reason="Minor.").until("2027-01-07 10:00")
    assert driver.clock("first_response").state is ClockState.CANCELLED
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    clock = driver.clock("first_response")
    assert (clock.cycle, clock.state) == (1, ClockState.RUNNING)
    assert clock.due_at == new_york("2027-01-07 14:00")


def test_a_cancelled_ticket_closes_and_notifies_its_requester() -> None:
    driver = TicketDriver()
    driver.ticket.cancel(driver.now)
    assert (driver.state.stage, driver.state.closed_as) == (Stage.CLOSED, ClosedAs.WITHDRAWN)
    assert driver.audiences("closed") == ["requester"]


def test_no_action_is_recorded_before_the_receipt() -> None:
    driver = TicketDriver()
    driver.now = new_york("2027-01-06 13:59:30")
    driver.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    clock = driver.clock("first_response")
    assert clock.completed_at == clock.started_at


def test_a_requester_can_write_as_many_bytes_as_are_left_and_no_more() -> None:
    driver = resolved().act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.REQUEST_INFORMATION, message="Which browser?")
    left = 40_000
    driver.state.facts = {"log": "x" * (room_for(driver.state, Role.REQUESTER) - left - 20)}
    with pytest.raises(RecordFull):
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="é" * 20_000)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="e" * 20_000)
    with pytest.raises(RecordFull):
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="e")


def test_a_closing_is_not_counted_as_an_opening() -> None:
    (closing,) = resolved().act(Action.CLOSE).events(EventType.CLOSED)
    assert closing.counts_as == (EventType.CLOSED,)


def test_facts_and_the_due_times_in_a_notice_count_towards_the_record() -> None:
    driver = TicketDriver()
    before = record_weight(driver.state)
    driver.state.facts = {"log": "x" * 5_000}
    assert record_weight(driver.state) > before + 5_000
    before = record_weight(driver.state)
    driver.state.waits = [Pause(since=driver.now)] * 10
    assert record_weight(driver.state) > before + len(driver.state.waits[0].model_dump_json()) * 10
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    [notice] = driver.notices("reclassified")
    listed = len(json.dumps(notice.deadline["clocks"], separators=(",", ":")))
    assert notice.weight > BYTES_PER_NOTICE + listed
    assert driver.notices("opened")[0].weight == BYTES_PER_NOTICE


def test_the_first_event_has_what_the_requester_wrote() -> None:
    driver = TicketDriver()
    assert driver.events()[0].data == {"description": driver.state.opening.description}


def test_a_ticket_is_full_when_the_longest_text_would_no_longer_fit() -> None:
    driver = TicketDriver()
    driver.state.facts = {"log": ""}
    room = room_for(driver.state, Role.AGENT) - LEAST_ROOM
    for more, is_full in ((0, False), (1, True)):
        driver.state.facts = {"log": "x" * (room + more)}
        assert is_full_for(driver.state, Role.AGENT) is is_full


def test_a_clock_that_restarts_on_a_change_does_not_if_its_promise_is_the_same() -> None:
    same = by_priority(high="8 business hours", normal="8 business hours", low="9 business hours")
    restarts = same.model_copy(update={"on_change": OnChange.RESTART})
    driver = TicketDriver(opened=with_clocks(restarts)).until("2027-01-06 16:00")
    for priority, due in (("high", "2027-01-07 14:00"), ("low", "2027-01-07 17:00")):
        driver.act(Action.RECLASSIFY, priority=priority, reason="So it is.")
        assert driver.clock("first_response").due_at == new_york(due)


def test_the_last_thousand_action_ids_are_recognised() -> None:
    driver = TicketDriver()
    driver.state.handled = {f"act-{n}": "f" for n in range(REMEMBERED_IDS - 1)}
    driver.act(Action.ADD_NOTE, note="One.")
    assert (REMEMBERED_IDS, len(driver.state.handled)) == (1_000, 1_000)
    driver.act(Action.ADD_NOTE, note="Two.")
    assert (len(driver.state.handled), next(iter(driver.state.handled))) == (1_000, "act-1")


@pytest.mark.fault(20)
def test_what_support_writes_takes_nothing_of_the_requesters_half() -> None:
    driver = resolved().act(Action.REOPEN, REQUESTER, reason="It is back.")
    before = requesters_weight(driver.state)
    driver.act(Action.POST_UPDATE, message="We look again.")
    assert driver.notices("update_posted")
    assert requesters_weight(driver.state) == before


def test_an_event_leaves_out_what_was_not_stated() -> None:
    (event,) = awaiting_handoff().act(Action.HAND_OVER, note="").events(EventType.HANDED_OVER)
    assert event.data == {}


def test_a_ticket_that_is_put_back_to_an_earlier_state_has_its_duties_of_then() -> None:
    driver = TicketDriver()
    before, schedule = driver.state.draft(), DutySchedule(driver.ticket)
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    duty = schedule.next()
    assert duty is not None
    assert duty.key == "close"
    driver.ticket.restore(before)
    duty = schedule.next()
    assert duty is not None
    assert duty.key == "first_response/1"


@pytest.mark.fault(20)
def test_what_a_requester_writes_counts_with_its_id() -> None:
    driver = resolved()
    before = requesters_weight(driver.state)
    (event,) = driver.act(Action.REOPEN, REQUESTER, reason="Again.").events(EventType.REOPENED)
    assert requesters_weight(driver.state) >= before + event.weight + BYTES_PER_ID


@pytest.mark.clause("contently/escalation-update")
def test_a_clock_that_repeats_does_not_start_with_what_stops_it() -> None:
    update = opening(new_york(WEDNESDAY)).terms.clock("next_update")
    assert update.repeats
    later = update.model_copy(update={"starts": (EventType.ESCALATED,)})
    driver = TicketDriver(opened=with_clocks(later))
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.POST_UPDATE, message="We look.")
    assert driver.ticket.clocks.latest("next_update") is None


def test_a_caller_learns_of_every_duty_that_was_performed() -> None:
    driver = TicketDriver()
    performed: list[Duty] = []
    schedule = DutySchedule(driver.ticket, on_performed=performed.append)
    schedule.catch_up(new_york("2027-01-08 14:00"))
    assert [duty.key for duty in performed] == ["first_response/1"] * len(driver.events()[1:])
    assert performed[-1].summary == "first_response: breach"


def test_a_notice_weighs_as_much_as_its_event_and_the_packet_as_the_ticket() -> None:
    driver = handed_over()
    for record in driver.notices():
        weight = driver.ticket.outbox.weight(record)
        is_packet = record.template == "handed_over"
        event = driver.events()[record.event - 1]
        assert weight == (record_weight(driver.state) if is_packet else event.weight)
