"""Worked examples of reminders, and of tickets that end for want of an answer (rule P6)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from policies.vocabulary import Action, ClosedAs, EventType, Stage
from tests.harness import REQUESTER, SERVICE
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from tests.workflows.ticket.pending_merge import PendingMerge
from workflows.shared.refusals import Refusal
from workflows.ticket.model.events import Event
from workflows.ticket.model.refusals import ConditionUnmet, TicketClosed, WrongStage

PAGE = """\
policy: follow_up
title: Automated follow-up
revision: 2026-01-01
zone: America/New_York
clauses:
  hours: {says: "Business days where the contact is.", at: Hours}
  follow-up: {says: "Reminders after 2 and 5 days, closed after 10.", at: Follow-up}
kinds: {case: {says: A case}}
regions: {new_york: {says: New York}, london: {says: London}}
priorities:
  production_down: {says: Production down}
  critical: {says: Critical}
  high: {says: High}
  medium: {says: Medium}
  low: {says: Low}
defaults: {kind: case, region: new_york}
channels: [{channels: [email, phone], clause: follow-up}]
calendars:
  new_york:
    zone: America/New_York
    hours: {mon-fri: "09:00-17:00"}
    holidays: {country: US}
    clause: hours
  london:
    zone: Europe/London
    hours: {mon-fri: "09:00-17:00"}
    holidays: {country: GB, subdivision: ENG}
    clause: hours
support_hours: {by: [region], cells: {new_york: new_york, london: london}}
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
milestones:
  solution_proposed: {says: A solution is proposed, clause: follow-up}
clocks:
  follow_up:
    starts: [information_requested, milestone.solution_proposed]
    stops: [information_provided]
    within:
      by: [priority]
      cells:
        production_down: {guarantee: none}
        critical: {guarantee: none}
        otherwise: 10 business days, same time
    ladder:
      - {at: "2 business days, same time after start", tell: [requester]}
      - {at: "5 business days, same time after start", tell: [requester]}
    reminds: true
    on_expiry: resolve
    on_change: restart
    promised: false
    clause: follow-up
process:
  closing: {after: 30 days, reopen_by: [phone], clause: follow-up}
notices:
  - {event: resolved, tell: [requester], clause: follow-up}
  - {event: closed, tell: [requester], clause: follow-up}
"""
PROPOSED = "2026-12-23T10:00-05:00"
CLOSES = instant("2027-01-08T15:00Z")


def proposed(page: str = PAGE, priority: str = "high", region: str = "new_york") -> PageTicket:
    ticket = PageTicket(page, "2026-12-22T10:00-05:00", priority=priority, region=region)
    ticket.act(Action.RESPOND, message="We look into it.", outcomes=["work_started"])
    ticket.at(PROPOSED)
    return ticket.act(
        Action.RECORD_MILESTONE, milestone="solution_proposed", message="Please try version 9."
    )


def reminders(ticket: PageTicket) -> list[datetime]:
    return [at for _, at in ticket.sent("reminder")]


def test_reminders_and_the_end_count_from_the_same_start() -> None:
    ticket = proposed().at("2027-01-08T10:00-05:00")
    assert reminders(ticket) == [instant("2026-12-28T15:00Z"), instant("2026-12-31T15:00Z")]
    assert ticket.driver.state.stage is Stage.RESOLVED
    assert ticket.sent("resolved") == [("requester", CLOSES)]
    assert ticket.driver.state.closes_at == instant("2027-02-07T15:00Z")


def test_an_answer_stops_the_reminders_and_a_new_question_starts_them_again() -> None:
    ticket = proposed().at("2026-12-29T10:00-05:00")
    ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="It does not help.")
    ticket.at("2027-01-04T18:30-05:00").act(Action.REQUEST_INFORMATION, message="Which error?")
    ticket.at("2027-01-19T10:00-05:00")
    assert reminders(ticket)[1:] == [instant("2027-01-07T14:00Z"), instant("2027-01-12T14:00Z")]
    assert ticket.driver.state.stage is Stage.IN_PROGRESS
    ticket.at("2027-01-20T09:00-05:00")
    assert ticket.sent("resolved") == [("requester", instant("2027-01-20T14:00Z"))]


def facts_of_reminders(ticket: PageTicket) -> list[dict[str, JsonValue]]:
    names = ("milestone", "message", "questions", "asked_at", "closes_at")
    composed = [ticket.driver.ticket.outbox.compose(n) for n in ticket.driver.notices("reminder")]
    return [{name: c.facts[name] for name in names if name in c.facts} for c in composed]


def test_a_reminder_states_what_is_awaited_since_when_and_when_the_ticket_ends() -> None:
    ticket = proposed().at("2026-12-28T10:00-05:00")
    [proposal] = facts_of_reminders(ticket)
    assert proposal == {
        "milestone": "A solution is proposed",
        "message": "Please try version 9.",
        "asked_at": "2026-12-23T15:00:00+00:00",
        "closes_at": "2027-01-08T15:00:00+00:00",
    }
    ticket.at("2026-12-29T10:00-05:00").act(
        Action.REQUEST_INFORMATION, message="Which error?", questions=["Which error?"]
    )
    _, question = facts_of_reminders(ticket.at("2026-12-31T10:00-05:00"))
    assert question == {
        "questions": ["Which error?"],
        "asked_at": "2026-12-29T15:00:00+00:00",
        "closes_at": "2027-01-08T15:00:00+00:00",
    }


def test_a_reminder_that_follows_no_question_and_no_milestone_states_its_end_only() -> None:
    starts = "starts: [information_requested, milestone.solution_proposed]"
    page = PAGE.replace(starts, "starts: [update_posted]")
    ticket = proposed(page).act(Action.POST_UPDATE, message="Please use version 8.")
    [reminder] = facts_of_reminders(ticket.at("2026-12-28T10:00-05:00"))
    assert reminder == {"closes_at": "2027-01-08T15:00:00+00:00"}


def test_a_second_question_while_the_first_is_open_does_not_start_anew() -> None:
    ticket = proposed().at("2026-12-30T10:00-05:00")
    ticket.act(Action.REQUEST_INFORMATION, message="And which version have you now?")
    assert ticket.due("follow_up") == CLOSES


def test_a_priority_without_silence_ends_it_and_the_next_one_starts_anew() -> None:
    ticket = proposed().at("2027-01-07T12:00-05:00")
    ticket.act(Action.RECLASSIFY, priority="critical", reason="It is down.")
    ticket.at("2027-01-11T10:00-05:00")
    assert ticket.driver.state.stage is Stage.IN_PROGRESS
    ticket.act(Action.RECLASSIFY, priority="high", reason="It is up again.")
    ticket.at("2027-01-26T09:59-05:00")
    assert reminders(ticket)[2:] == [instant("2027-01-13T15:00Z"), instant("2027-01-19T15:00Z")]
    ticket.at("2027-01-26T10:00-05:00")
    assert ticket.sent("resolved") == [("requester", instant("2027-01-26T15:00Z"))]


def test_a_question_that_is_answered_in_between_is_not_asked_again() -> None:
    ticket = proposed().at("2027-01-07T12:00-05:00")
    ticket.act(Action.RECLASSIFY, priority="critical", reason="It is down.")
    ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="We tried it.")
    ticket.at("2027-01-11T10:00-05:00")
    ticket.act(Action.RECLASSIFY, priority="high", reason="It is up again.")
    assert not ticket.driver.clock("follow_up").is_open


def test_it_is_opened_again_by_the_channels_of_the_policy_and_others_are_told_which() -> None:
    ticket = proposed().at("2027-01-12T10:00-05:00")
    [resolved] = ticket.driver.state.events_of(EventType.RESOLVED)
    assert resolved.data["reopen_by"] == ["phone"]
    with pytest.raises(ConditionUnmet, match=r"until .* it can be re-opened through: phone"):
        ticket.act(Action.REOPEN, SERVICE, reason="Still broken.", channel="email")
    with pytest.raises(WrongStage) as refused:
        ticket.act(Action.PROVIDE_INFORMATION, SERVICE, message="Still broken.")
    assert "re-opened through: phone" in refused.value.text("en")
    assert "rouverte par" in refused.value.text("fr")
    ticket.at("2027-01-15T10:00-05:00").act(Action.REOPEN, reason="They called.", channel="phone")
    assert ticket.driver.state.stage is Stage.IN_PROGRESS


def test_after_the_time_to_reopen_it_is_closed_for_want_of_an_answer() -> None:
    ticket = proposed().at("2027-02-08T10:00-05:00")
    assert ticket.driver.state.closed_as is ClosedAs.NO_REPLY
    assert ticket.sent("closed") == []
    with pytest.raises(TicketClosed):
        ticket.act(Action.REOPEN, reason="They called.", channel="phone")


def test_a_ticket_that_was_resolved_by_a_person_is_reopened_by_any_channel() -> None:
    ticket = proposed().act(Action.RESOLVE, resolution="It works.")
    ticket.act(Action.REOPEN, SERVICE, reason="It does not.")
    assert ticket.driver.state.stage is Stage.IN_PROGRESS


def test_the_days_are_those_of_the_contact() -> None:
    ticket = proposed(region="london").at("2027-01-20T10:00-05:00")
    assert reminders(ticket) == [instant("2026-12-29T15:00Z"), instant("2027-01-04T15:00Z")]
    assert ticket.sent("resolved") == [("requester", instant("2027-01-11T15:00Z"))]


def test_an_answer_at_the_last_second_keeps_it_open() -> None:
    ticket = proposed().at("2027-01-08T09:59:59-05:00")
    ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="We are back.")
    ticket.at("2027-03-01T10:00-05:00")
    assert ticket.driver.state.stage is Stage.IN_PROGRESS


def test_a_priority_without_silence_is_never_ended() -> None:
    ticket = proposed(priority="production_down").at("2027-03-01T10:00-05:00")
    assert (ticket.driver.state.stage, reminders(ticket)) == (Stage.IN_PROGRESS, [])


CLOSING = PAGE.replace("on_expiry: resolve", "on_expiry: close")


def test_a_ticket_that_closes_for_want_of_an_answer_says_so() -> None:
    ticket = proposed(CLOSING).at("2027-01-08T10:00-05:00")
    assert ticket.driver.state.closed_as is ClosedAs.NO_REPLY
    assert ticket.sent("closed") == [("requester", CLOSES)]
    [closed] = ticket.driver.events(EventType.CLOSED)
    assert (closed.at, closed.data["by_clock"]) == (CLOSES, "follow_up")


def test_a_merge_under_way_comes_before_the_end() -> None:
    ticket = proposed(CLOSING)
    ticket.driver.ticket.begin_merge("ZZZZ-ZZZZ-ZZZZ")
    ticket.at("2027-01-09T10:00-05:00")
    assert ticket.driver.state.closed_at is None
    ticket.driver.ticket.end_merge()
    ticket.at("2027-01-09T10:01-05:00")
    assert ticket.driver.state.closed_as is ClosedAs.NO_REPLY


RECOUNTED = PAGE.replace("on_change: restart", "on_change: recount").replace(
    "production_down: {guarantee: none}", '"production_down": "6 business days, same time"'
)


@pytest.mark.parametrize("ends", ["resolve", "close"])
def test_a_change_that_ends_the_time_to_answer_waits_for_a_merge_under_way(ends: str) -> None:
    page = RECOUNTED.replace("on_expiry: resolve", f"on_expiry: {ends}")
    ticket, other = (proposed(page).at("2027-01-06T10:00-05:00") for _ in range(2))
    merge = PendingMerge(ticket.driver, other.driver).begin()
    ticket.act(Action.RECLASSIFY, priority="production_down", reason="It is down.")
    assert ticket.driver.state.is_active
    merge.ask()
    merge.end()
    assert ticket.driver.state.closed_as is ClosedAs.DUPLICATE
    assert len(ticket.driver.events(EventType.CLOSED, EventType.RESOLVED)) == 1


@pytest.mark.parametrize("page", [PAGE, CLOSING])
def test_an_end_that_a_merge_has_held_up_comes_after_what_happened_meanwhile(page: str) -> None:
    ticket = proposed(page).at("2027-01-08T09:59-05:00")
    ticket.driver.ticket.begin_merge("ZZZZ-ZZZZ-ZZZZ")
    ticket.at("2027-01-08T10:03-05:00").act(Action.ADD_NOTE, note="They look alike.")
    ticket.driver.ticket.end_merge()
    ticket.at("2027-01-08T10:04-05:00")
    times = [event.at for event in ticket.driver.events()]
    assert not ticket.driver.state.is_active
    assert times == sorted(times)


def test_a_resolved_ticket_closes_after_what_happened_while_a_merge_was_under_way() -> None:
    ticket = proposed().at("2027-02-07T09:59-05:00")
    ticket.driver.ticket.begin_merge("ZZZZ-ZZZZ-ZZZZ")
    ticket.at("2027-02-07T10:03-05:00").act(Action.ADD_NOTE, note="They look alike.")
    ticket.driver.ticket.end_merge()
    ticket.at("2027-02-07T10:04-05:00")
    times = [event.at for event in ticket.driver.events()]
    assert ticket.driver.state.closed_as is ClosedAs.NO_REPLY
    assert times == sorted(times)


STEPS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=6 * 24),
        st.sampled_from(["ask", "propose", "answer", "high", "critical", "low", "update"]),
    ),
    max_size=10,
)


@given(steps=STEPS)
def test_no_ticket_ends_after_an_answer_unless_something_was_asked_again(
    steps: list[tuple[int, str]],
) -> None:
    """In any order of questions, answers and changes. The end comes 10 business days after the
    question that is open, or after the change to a priority that has silence.
    """
    ticket = proposed()
    for hours, step in steps:
        ticket.driver.until_instant(ticket.driver.now + timedelta(hours=hours))
        try:
            _take(ticket, step)
        except Refusal:
            continue
    ticket.driver.until_instant(ticket.driver.now + timedelta(days=40))
    for end in ticket.driver.events(EventType.RESOLVED):
        before = [e for e in ticket.driver.events() if e.seq < end.seq]
        asked = [e.seq for e in before if _asks(e.names)]
        answered = [e.seq for e in before if e.type is EventType.INFORMATION_PROVIDED]
        assert asked[-1] > max(answered, default=0)
        [since] = [e.at for e in before if e.seq == _start(before, max(answered, default=0))]
        assert end.at - since >= timedelta(days=10)


def _asks(names: tuple[str, ...]) -> bool:
    return not {"information_requested", "milestone.solution_proposed"}.isdisjoint(names)


def _start(events: list[Event], after: int) -> int:
    return next(e.seq for e in events if e.seq > after and _asks(e.names))


def _take(ticket: PageTicket, step: str) -> None:
    match step:
        case "ask":
            ticket.act(Action.REQUEST_INFORMATION, message="Which error?")
        case "propose":
            ticket.act(Action.RECORD_MILESTONE, milestone="solution_proposed")
        case "answer":
            ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="This one.")
        case "update":
            ticket.act(Action.POST_UPDATE, message="Still waiting.")
        case _:
            ticket.act(Action.RECLASSIFY, priority=step, reason="It changed.")
