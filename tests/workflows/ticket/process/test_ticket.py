"""A ticket keeps what it promised when it is resolved, re-opened, reclassified, asked twice."""

import pytest

from policies.terms.ticket_terms import ClockTerms, PromiseTerms
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Reopening, Stage
from tests.harness import AGENT, REQUESTER, new_york, opening
from tests.workflows.ticket.story import (
    WEDNESDAY,
    Story,
    awaiting_handoff,
    escalated,
    forecast_shared,
    handed_over,
    resolved,
    reviewed,
)
from workflows.shared.refusals import IdReused, RecordFull
from workflows.ticket.model.messages import Opening
from workflows.ticket.model.state import LARGEST_RECORD


def with_clocks(*changed: ClockTerms) -> Opening:
    """A request whose policy has these clocks instead of its own of the same names."""
    opened = opening(new_york(WEDNESDAY))
    names = {clock.name for clock in changed}
    kept = [clock for clock in opened.terms.clocks if clock.name not in names]
    terms = opened.terms.model_copy(update={"clocks": (*kept, *changed)})
    return opened.model_copy(update={"terms": terms})


def by_priority(**targets: str) -> ClockTerms:
    """A first response that depends on the priority."""
    first_response = opening(new_york(WEDNESDAY)).terms.clock("first_response")
    promises = {p: PromiseTerms.model_validate({"within": t}) for p, t in targets.items()}
    return first_response.model_copy(update={"promises": promises})


@pytest.mark.clause("contently/progress")
def test_a_resolved_ticket_closes_by_itself_and_nobody_is_told_twice() -> None:
    story = resolved().until("2027-01-14 10:59:59")
    assert story.state.stage is Stage.RESOLVED
    story.until("2027-01-14 11:00")
    assert story.state.closed_as is ClosedAs.RESOLVED
    assert story.told("closed") == []


def test_reopening_breaches_nothing_and_storms_nobody() -> None:
    story = resolved().until("2027-01-13 12:00").deliver_all()
    before = len(story.notices())
    story.act(Action.REOPEN, REQUESTER, reason="It is back.")
    assert story.state.stage is Stage.IN_PROGRESS
    assert story.events(EventType.CLOCK_BREACHED) == []
    assert len(story.notices()) == before + 1
    assert story.clock("first_response").state is ClockState.MET
    assert story.clock("next_update").due_at == new_york("2027-01-21 12:00")
    assert story.until("2027-01-14 11:00").state.stage is Stage.IN_PROGRESS


@pytest.mark.parametrize(
    ("reopening", "cycle", "due"),
    [
        (Reopening.NONE, 1, None),
        (Reopening.NEW_CYCLE, 2, "2027-01-14 12:00"),
        (Reopening.SAME_CYCLE, 1, "2027-01-13 15:00"),
    ],
)
def test_the_policy_says_what_a_clock_does_on_reopening(
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
    story = Story(opened=with_clocks(resolution)).until("2027-01-07 11:00")
    story.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    story.until("2027-01-13 12:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    clock = story.clock("resolution")
    assert clock.cycle == cycle
    if due is None:
        assert clock.state is ClockState.MET
    else:
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, new_york(due))


def test_after_resolution_no_clock_runs_on() -> None:
    story = forecast_shared().act(Action.RESOLVE, resolution="Fixed.").until("2027-06-01 12:00")
    assert not any(clock.is_open for clock in story.state.clocks)
    assert story.events(EventType.CLOCK_BREACHED) == []


def test_reclassifying_reaims_running_clocks_and_keeps_their_past() -> None:
    opened = with_clocks(by_priority(normal="8 business hours", high="4 business hours"))
    story = Story(opened=opened).until("2027-01-06 16:00")
    story.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    clock = story.clock("first_response")
    assert (clock.cycle, clock.due_at) == (1, new_york("2027-01-07 10:00"))


def test_a_stricter_target_that_is_used_up_breaches_at_once_without_stale_warnings() -> None:
    opened = with_clocks(by_priority(normal="16 business hours", high="1 business hour"))
    story = Story(opened=opened).until("2027-01-06 16:00")
    story.act(Action.RECLASSIFY, priority="high", reason="!").until("2027-01-06 16:00")
    assert [e.data["rung"] for e in story.events() if "rung" in e.data] == ["breach"]


def test_a_promise_that_only_the_new_priority_has_starts_with_it() -> None:
    opened = with_clocks(by_priority(high="4 business hours"))
    story = Story(opened=opened)
    assert story.ticket.clocks.latest("first_response") is None
    story.until("2027-01-07 12:00").act(Action.RECLASSIFY, priority="high", reason="!")
    assert story.clock("first_response").due_at == new_york("2027-01-07 16:00")
    answered = Story(opened=opened).act(Action.RESPOND, message="!", outcomes=["escalation"])
    answered.act(Action.RECLASSIFY, priority="high", reason="!")
    assert answered.ticket.clocks.latest("first_response") is None


def test_the_same_action_id_is_one_action_and_another_one_under_it_is_refused() -> None:
    story = Story().act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Firefox.")
    before = story.state.model_dump_json()
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Firefox.")
    assert story.state.model_dump_json() == before
    with pytest.raises(IdReused):
        story.act(Action.PROVIDE_INFORMATION, REQUESTER, id="x1", message="Chrome.")
    with pytest.raises(IdReused):
        story.act(Action.PROVIDE_INFORMATION, AGENT, id="x1", message="Firefox.")
    assert story.state.model_dump_json() == before


def test_what_was_owed_before_an_action_is_performed_before_it() -> None:
    story = Story()
    story.now = new_york("2027-01-08 15:00")
    story.act(Action.RESPOND, message="Sorry.", outcomes=["resolution"])
    types = [event.type for event in story.events()]
    assert types.index(EventType.CLOCK_BREACHED) < types.index(EventType.RESPONDED)


@pytest.mark.parametrize(("letter", "length"), [("x", 19_999), ("\u7968", 19_999), ("x", 40)])
def test_a_full_record_refuses_more_but_always_lets_a_ticket_end(letter: str, length: int) -> None:
    story = Story()
    while story.state.weight <= LARGEST_RECORD:
        story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="?".ljust(length, letter))
    with pytest.raises(RecordFull, match="reached its limit"):
        story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="One more.")
    assert LARGEST_RECORD / 2 < len(story.state.model_dump_json().encode()) < 1_500_000
    assert story.act(Action.WITHDRAW, REQUESTER).state.stage is Stage.CLOSED


@pytest.mark.parametrize(
    "tell", [Story, escalated, awaiting_handoff, handed_over, reviewed, forecast_shared, resolved]
)
def test_a_ticket_goes_on_exactly_the_same_after_it_was_written_down_and_read(tell: object) -> None:
    assert callable(tell)
    straight, carried = tell(), tell().carried()
    number = straight.state.opening.number
    later = "2027-03-01 12:00"
    one = straight.until(later).state.model_dump_json()
    other = carried.until(later).state.model_dump_json()
    assert one == other.replace(carried.state.opening.number, number).replace(
        carried.state.opening.fingerprint, straight.state.opening.fingerprint
    )


def test_a_priority_without_a_promise_suspends_the_clock_and_another_takes_it_up() -> None:
    opened = with_clocks(by_priority(normal="8 business hours", high="8 business hours"))
    story = Story(opened=opened).until("2027-01-06 16:00")
    story.act(Action.RECLASSIFY, priority="low", reason="Minor.").until("2027-01-08 10:00")
    assert story.clock("first_response").state is ClockState.CANCELLED
    story.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    clock = story.clock("first_response")
    assert (clock.cycle, clock.state) == (1, ClockState.RUNNING)
    assert clock.due_at == new_york("2027-01-08 16:00")


def test_a_called_off_ticket_ends_and_its_requester_is_told() -> None:
    story = Story()
    story.ticket.cancel(story.now)
    assert (story.state.stage, story.state.closed_as) == (Stage.CLOSED, ClosedAs.WITHDRAWN)
    assert story.told("closed") == ["requester"]


def test_an_action_never_stands_before_the_receipt_it_follows() -> None:
    story = Story()
    story.now = new_york("2027-01-06 13:59:30")
    story.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    clock = story.clock("first_response")
    assert clock.completed_at == clock.started_at
