"""Questions that need no answer any more: their reminders end, and silence ends no ticket."""

from typing import Any

from policies.vocabulary import Action, ClockState, EventType, Stage
from tests.harness import OPERATOR
from tests.workflows.ticket.pages.page_ticket import PageTicket
from tests.workflows.ticket.pages.test_silence import PAGE, reminders
from tests.workflows.ticket.placed_policy import REMINDING, at, placed_ticket

TRIAGE = PAGE.replace(
    "process:\n",
    """process:
  escalation: {by: [agent], clause: follow-up}
  triage: {clause: follow-up}
  handoff: {automatic: true, packet: follow-up, clause: follow-up}
""",
)
COVERAGE = PAGE.replace(
    "milestones:\n",
    """facts:
  paid: {type: bool, ask: Is it paid for?, required: true}
coverage:
  - {when: "!paid", verdict: not_covered, clause: follow-up, says: It is not paid for.}
milestones:
""",
)
ASKED = "2026-12-22T10:00-05:00"
UNRESOLVED: dict[str, Any] = {"resolved": False, "conclusion": "A regression."}


def asked_in_triage() -> PageTicket:
    ticket = PageTicket(TRIAGE, ASKED, priority="high", region="new_york")
    ticket.act(Action.RESPOND, message="We look deeper.", outcomes=["escalation"])
    return ticket.act(Action.REQUEST_INFORMATION, message="Which version?")


def test_a_ticket_that_goes_to_engineering_does_not_end_for_want_of_an_answer() -> None:
    ticket = asked_in_triage().at("2026-12-23T10:00-05:00")
    ticket.act(Action.CONCLUDE_TRIAGE, **UNRESOLVED).at("2027-01-20T10:00-05:00")
    assert ticket.driver.state.stage is Stage.ENGINEERING_REVIEW
    assert reminders(ticket) == []


def test_a_question_after_the_triage_has_reminders_of_its_own() -> None:
    page = TRIAGE.replace(
        "  handoff: {automatic: true, packet: follow-up, clause: follow-up}\n", ""
    )
    ticket = PageTicket(page, ASKED, priority="high", region="new_york")
    ticket.act(Action.RESPOND, message="We look deeper.", outcomes=["escalation"])
    ticket.act(Action.REQUEST_INFORMATION, message="Which version?")
    ticket.act(Action.CONCLUDE_TRIAGE, at="2026-12-23T10:00-05:00", **UNRESOLVED)
    ticket.act(Action.REQUEST_INFORMATION, at="2026-12-24T10:00-05:00", message="Where?")
    clock = ticket.driver.clock("follow_up")
    assert (clock.cycle, clock.started_at) == (2, ticket.driver.now)


def test_a_question_of_a_verdict_that_is_overridden_needs_no_answer() -> None:
    ticket = PageTicket(COVERAGE, ASKED, priority="high", region="new_york")
    assert ticket.driver.clock("follow_up").is_open
    ticket.act(Action.OVERRIDE_VERDICT, reason="As a courtesy.").at("2027-01-20T10:00-05:00")
    assert ticket.driver.state.stage is Stage.RECEIVED
    assert reminders(ticket) == []


def test_a_question_of_a_verdict_that_another_revision_does_not_ask_needs_no_answer() -> None:
    ticket = PageTicket(COVERAGE, ASKED, priority="high", region="new_york")
    page = PAGE.replace("2026-01-01", "2026-06-01")
    plain = PageTicket(page, ASKED, priority="high", region="new_york").driver.state.terms
    ticket.act(Action.CHANGE_REVISION, OPERATOR, terms=plain, reason="They prefer it.")
    assert ticket.driver.clock("follow_up").state is ClockState.CANCELLED
    ticket.at("2027-01-20T10:00-05:00")
    assert ticket.driver.events(EventType.RESOLVED) == []


def test_a_reminder_that_has_ended_is_not_sent_again_by_a_change() -> None:
    driver = placed_ticket("2026-07-06T10:00-04:00", REMINDING, None, place="new_york")
    driver.act(
        Action.RESPOND, message="?", outcomes=["information_request"], questions=["Which one?"]
    )
    at(driver, "2026-07-14T10:00-04:00")
    sent = driver.notices("reminder")
    assert len(sent) == 2
    driver.act(Action.RECLASSIFY, facts={"place": "london"}, reason="They have moved.")
    driver.act(Action.RECLASSIFY, facts={"place": "new_york"}, reason="They have not.")
    assert driver.notices("reminder") == sent
    assert driver.clock("silence").cycle == 1


def test_a_reminder_that_has_ended_is_sent_again_for_the_next_question() -> None:
    driver = placed_ticket("2026-07-06T10:00-04:00", REMINDING, None, place="new_york")
    driver.act(
        Action.RESPOND, message="?", outcomes=["information_request"], questions=["Which one?"]
    )
    at(driver, "2026-07-09T10:00-04:00").act(Action.PROVIDE_INFORMATION, message="This one.")
    driver.act(Action.REQUEST_INFORMATION, message="Since when?")
    at(driver, "2026-07-14T10:00-04:00")
    assert len(driver.notices("reminder")) == 2


OBJECTIVE = PAGE.replace(
    "process:\n",
    """  objective:
    starts: [opened]
    stops: [resolved]
    within: 4 business hours
    reminds: true
    reopening: same_cycle
    clause: follow-up
process:
""",
)


def test_a_reminder_that_has_ended_does_not_go_on_when_the_ticket_is_reopened() -> None:
    ticket = PageTicket(OBJECTIVE, ASKED, priority="high", region="new_york")
    ticket.at("2026-12-23T10:00-05:00")
    ticket.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    ticket.act(Action.REOPEN, at="2026-12-24T10:00-05:00", reason="It is not.")
    assert not ticket.driver.clock("objective").is_open
    ticket.act(Action.RECLASSIFY, priority="low", reason="It can wait.")
    assert not ticket.driver.clock("objective").is_open


def test_a_clock_that_does_not_remind_of_the_question_outlasts_its_withdrawal() -> None:
    page = COVERAGE.replace(
        "process:\n",
        """  answer:
    starts: [information_requested]
    stops: [resolved]
    within: 40 business hours
    clause: follow-up
process:
""",
    )
    ticket = PageTicket(page, ASKED, priority="high", region="new_york")
    ticket.act(Action.OVERRIDE_VERDICT, reason="As a courtesy.")
    assert ticket.driver.clock("follow_up").state is ClockState.CANCELLED
    assert ticket.driver.clock("answer").state is ClockState.RUNNING
