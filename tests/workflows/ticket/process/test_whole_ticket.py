"""A ticket is read whole: conversation, open questions, facts, next step; and by role."""

from datetime import timedelta
from typing import Any

import pytest

from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Action, AutomaticStep, EventType, Role, Side
from tests.harness import AGENT, HARBOUR, MIA, REQUESTER, new_york, opening
from tests.policies.requests import contract
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver, escalated, resolved
from workflows.ticket.model.views import MessageView, TicketView
from workflows.ticket.process import views

pytestmark = pytest.mark.fault(88)
STAFF = [role for role in Role if role not in (Role.REQUESTER, Role.SERVICE)]
THEIRS = [Role.REQUESTER, Role.SERVICE]


def view(driver: TicketDriver, role: Role = Role.AGENT) -> TicketView:
    return views.view(driver.state, role)


def texts(messages: tuple[MessageView, ...]) -> list[tuple[Side, str | None]]:
    return [(message.side, message.text) for message in messages]


def test_a_ticket_has_the_request_as_it_was_received() -> None:
    opened = opening(new_york("2027-01-06 14:00"), channel="widget")
    shown = view(TicketDriver(opened=opened.model_copy(update={"publication": "tide"})))
    assert shown.description == opened.description
    assert (shown.channel, shown.publication) == ("widget", "tide")
    assert shown.contact is not None
    assert (shown.contact.name, shown.contact.email) == (MIA.name, MIA.email)


def test_the_channel_is_that_of_the_request_while_the_terms_are_not_settled() -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    request: dict[str, Any] = {"channel": "widget", "facts": {"cause": "platform"}}
    terms = opened.terms.model_copy(update={"channel": None, "is_settled": False})
    pending = SettlementRequest(
        account=HARBOUR.account, ticket=request, received_at=opened.received_at
    )
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms, "request": pending}))
    assert (view(driver).channel, view(driver).facts) == ("widget", {"cause": "platform"})


def test_facts_are_those_stated_at_the_opening_and_since() -> None:
    driver = TicketDriver()
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Ours.", facts={"cause": "platform"})
    assert view(driver).facts == {"cause": "platform"}


def test_the_conversation_has_each_message_of_both_sides_once_and_in_order() -> None:
    driver = TicketDriver()
    driver.act(
        Action.RESPOND,
        message="Which browser, please?",
        outcomes=["information_request", "escalation"],
        questions=["Which browser?"],
    )
    driver.act(Action.ADD_NOTE, note="Their proxy?")
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    driver.act(Action.POST_UPDATE, message="We can reproduce it.")
    driver.act(
        Action.RECLASSIFY, priority="high", reason="They are loud.", message="It is urgent now."
    )
    driver.act(Action.RECORD_FINDING, step="own", result="Their proxy.")
    driver.deliver_all()
    driver.act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Fixed.", not_run="It is fixed.")
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    shown = view(driver).conversation
    assert texts(shown) == [
        (Side.REQUESTER, driver.state.opening.description),
        (Side.SUPPORT, "Which browser, please?"),
        (Side.REQUESTER, "Firefox."),
        (Side.SUPPORT, "We can reproduce it."),
        (Side.SUPPORT, "It is urgent now."),
        (Side.SUPPORT, "Fixed."),
        (Side.REQUESTER, "It is back."),
    ]
    assert shown[1].questions == ("Which browser?",)
    assert [message.seq for message in shown] == sorted({message.seq for message in shown})


def test_a_message_of_several_events_of_one_action_stands_once() -> None:
    driver = TicketDriver().act(Action.WITHDRAW, REQUESTER, reason="It was our proxy.")
    assert [text for _, text in texts(view(driver).conversation)][1:] == ["It was our proxy."]


def test_the_same_words_in_two_actions_stand_twice() -> None:
    driver = escalated()
    for _ in range(2):
        driver.act(Action.POST_UPDATE, message="Still looking.")
    said = [text for _, text in texts(view(driver).conversation)]
    assert said.count("Still looking.") == 2


def test_a_reason_for_others_is_no_message_unless_the_policy_notifies_the_requester() -> None:
    driver = escalated()
    assert EventType.ESCALATED not in {m.event for m in view(driver).conversation}
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.ESCALATE, reason="It happens for everybody.")
    assert view(driver).conversation[-1].text == "It happens for everybody."
    terms = driver.state.terms
    told = tuple(rule for rule in terms.notices if rule.event != EventType.ESCALATED)
    opening_of = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"notices": told})}
    )
    driver.state.opening = opening_of
    for role in Role:
        assert view(driver, role).conversation[-1].text != "It happens for everybody."


def test_what_an_agent_writes_down_for_the_requester_is_theirs() -> None:
    driver = TicketDriver().act(Action.PROVIDE_INFORMATION, AGENT, message="On the phone: Firefox.")
    assert view(driver).conversation[-1].side is Side.REQUESTER


def test_a_reply_has_the_messages_of_its_action_and_what_it_changed() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"], id="ask-1")
    reply = views.reply(driver.state, Role.AGENT, action_id="ask-1")
    assert [message.text for message in reply.conversation] == [ASK["message"]]
    assert [question.question for question in reply.questions] == ASK["questions"]
    assert reply.version == len(driver.state.events)
    assert views.reply(driver.state, Role.AGENT).conversation == ()


def test_notes_stand_apart_and_for_staff_only() -> None:
    driver = TicketDriver().act(Action.ADD_NOTE, note="Their proxy?")
    for role in STAFF:
        assert [note.text for note in view(driver, role).notes] == ["Their proxy?"]
    for reader in THEIRS:
        assert view(driver, reader).notes == ()


@pytest.mark.parametrize("role", THEIRS)
def test_requesters_read_nothing_internal(role: Role) -> None:
    driver = escalated()
    who = {"id": "CORP.ada", "name": "Ada Agent", "email": "ada@desk.example"}
    driver.act(Action.ASSIGN, assignee=who)
    driver.act(Action.ADD_NOTE, note="SECRET note")
    driver.act(Action.RECORD_FINDING, step="own", result="SECRET finding")
    driver.act(Action.RECLASSIFY, priority="high", reason="SECRET reason", message="Urgent now.")
    other = opening(driver.now).model_copy(update={"description": "SECRET of somebody else"})
    PendingMerge(TicketDriver(opened=other), driver).complete()
    shown = view(driver, role)
    recorded = shown.model_dump_json()
    for secret in ("SECRET", "CORP.ada", "ada@desk.example", "ines@contently.example"):
        assert secret not in recorded
    assert shown.assignee is not None
    assert (shown.assignee.name, shown.assignee.id) == ("Ada Agent", "")
    assert {clock.name for clock in shown.clocks} == {"first_response", "triage"}
    assert {clock.name for clock in view(driver).clocks} > {"next_update"}
    timeline = [event.type for event in views.timeline(driver.state, role)]
    assert EventType.FINDING_RECORDED not in timeline
    reply = views.reply(driver.state, role, action_id="add_note-1").model_dump_json()
    assert "SECRET" not in reply


def test_the_next_deadline_of_a_requester_is_of_a_promise() -> None:
    driver = escalated()
    internal = [c for c in driver.state.clocks if c.name == "next_update"]
    driver.state.clocks = internal
    assert views.reply(driver.state, Role.AGENT).next_due == internal[0].due_at
    assert views.reply(driver.state, Role.REQUESTER).next_due is None


def test_events_about_internal_clocks_are_internal() -> None:
    driver = escalated().until("2027-01-29 11:00")
    breached = {e.data["clock"] for e in driver.events(EventType.CLOCK_BREACHED)}
    assert "next_update" in breached
    seen = views.timeline(driver.state, Role.REQUESTER)
    assert "next_update" not in {event.data.get("clock") for event in seen}
    assert "triage" in {event.data.get("clock") for event in seen}


def test_open_questions_are_those_since_the_last_answer() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.REQUEST_INFORMATION, message="And one more.", questions=["Which version?"])
    asked = [question.question for question in view(driver).questions]
    assert asked == ["Which browser?", "Which version?"]
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox 146.")
    assert view(driver).questions == ()
    driver.act(Action.REQUEST_INFORMATION, message="Thank you. On which computer?")
    [question] = view(driver).questions
    assert question.question == "Thank you. On which computer?"
    driver.act(Action.RESOLVE, resolution="Found it.")
    assert view(driver).questions == ()


def test_a_question_about_a_fact_has_its_type_and_choices() -> None:
    lumiere = contract("maison-lumiere")
    opened = opening(new_york("2027-03-03 11:00"), contract=lumiere, priority="p2")
    driver = TicketDriver(opened=opened)
    browser, *others = view(driver, Role.REQUESTER).questions
    assert (browser.fact, browser.type) == ("browser", "string")
    assert ("chrome", "Google Chrome") in [(c.value, c.label) for c in browser.choices or ()]
    assert all(question.fact for question in others)
    driver.act(Action.OVERRIDE_VERDICT, reason="A courtesy.")
    driver.act(Action.RESPOND, message="Nous regardons.", outcomes=["work_started"])
    driver.act(Action.REQUEST_INFORMATION, message="Quelle page ?", questions=["Quelle page ?"])
    assert [question.question for question in view(driver).questions] == ["Quelle page ?"]


def test_the_next_step_is_the_next_duty() -> None:
    step = view(TicketDriver()).next_step
    assert step is not None
    assert (step.step, step.clock, step.rung) == (AutomaticStep.CLOCK_RUNG, "first_response", "50%")
    closing = view(resolved()).next_step
    assert closing is not None
    assert (closing.step, closing.at) == (AutomaticStep.CLOSE, resolved().state.closes_at)
    closed = resolved().act(Action.CLOSE)
    assert view(closed).next_step is None


def test_a_requester_sees_the_steps_that_concern_them() -> None:
    assert view(TicketDriver(), Role.REQUESTER).next_step is None
    driver = resolved()
    assert view(driver, Role.REQUESTER).next_step == view(driver).next_step
    step = view(driver, Role.REQUESTER).next_step
    assert step is not None
    driver.until_instant(step.at - timedelta(seconds=1))
    assert view(driver, Role.REQUESTER).next_step == step


def test_a_step_that_concerns_the_requester_is_found_behind_others() -> None:
    handoff = escalated().until("2027-01-08 10:00")
    handoff.act(
        Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression.", not_run="It is clear."
    )
    for role in (Role.AGENT, Role.REQUESTER):
        step = views.next_step(handoff.state, role)
        assert step is not None
    of_requester = views.next_step(handoff.state, Role.REQUESTER)
    assert of_requester is not None
    assert of_requester.step is AutomaticStep.HAND_OVER


def test_a_view_of_a_carried_ticket_is_the_same() -> None:
    driver = escalated()
    for role in Role:
        assert view(driver.carried(), role) == view(driver, role)
