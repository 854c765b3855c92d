"""The conversation of a ticket: whose each message is, and which questions are open."""

from datetime import date

import pytest

from policies.coverage.stated_facts import FactTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import Action, EventType, Role, Side, Stage
from tests.harness import AGENT, OPERATOR, REQUESTER, new_york, opening
from tests.workflows.ticket.pending_merge import PendingMerge
from tests.workflows.ticket.state.test_revisions import WHY, asking, terms_at
from tests.workflows.ticket.ticket_driver import (
    ASK,
    WEDNESDAY,
    TicketDriver,
    awaiting_handoff,
    escalated,
)
from workflows.shared.visibility.sight import Sight
from workflows.shared.visibility.ticket_events import TICKET_EVENTS
from workflows.ticket.model.events import Event
from workflows.ticket.model.views import MessageView
from workflows.ticket.process.conversation import conversation, open_questions

pytestmark = pytest.mark.fault(88)
TEXTS = ("description", "message", "reason", "basis")


def texts_shown(kind: EventType) -> list[str]:
    """The texts of an event that a requester can be shown."""
    sights = TICKET_EVENTS[kind].data
    return [name for name in TEXTS if sights.get(name) in (Sight.PUBLIC, Sight.IF_TOLD)]


def last_message(driver: TicketDriver, role: Role = Role.AGENT) -> MessageView:
    return [*conversation(driver.state, role)][-1]


def put_under(driver: TicketDriver, terms: Terms) -> TicketDriver:
    return driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms, **WHY)


def asked(driver: TicketDriver) -> list[str]:
    return [question.question for question in open_questions(driver.state)]


@pytest.mark.parametrize("kind", [kind for kind in EventType if texts_shown(kind)])
def test_every_text_that_an_event_shows_to_a_requester_is_a_message(kind: EventType) -> None:
    driver, names = TicketDriver(), texts_shown(kind)
    data = {name: f"The {name}." for name in names}
    event = Event(seq=2, type=kind, at=driver.now, by=REQUESTER, data=dict(data))
    driver.state.events.append(event)
    text = last_message(driver, Role.REQUESTER).text or ""
    assert [name for name in names if data[name] in text] == names


def test_a_request_that_an_agent_enters_is_the_message_of_the_requester() -> None:
    opened = opening(new_york(WEDNESDAY)).model_copy(update={"opened_by": AGENT})
    assert last_message(TicketDriver(opened=opened)).side is Side.REQUESTER


def test_the_request_of_a_duplicate_is_a_message_of_the_other_requester() -> None:
    driver, other = TicketDriver(), opening(new_york(WEDNESDAY))
    duplicate = TicketDriver(opened=other.model_copy(update={"description": "Blank for us, too."}))
    PendingMerge(duplicate, driver).complete()
    message = last_message(driver)
    assert (message.side, message.text, message.number) == (
        Side.REQUESTER,
        "Blank for us, too.",
        other.number,
    )
    assert last_message(driver, Role.REQUESTER).text == driver.state.opening.description


def test_a_question_that_is_the_whole_message_stands_once() -> None:
    driver = escalated().act(Action.REQUEST_INFORMATION, message="Which browser?")
    assert (last_message(driver).text, last_message(driver).questions) == ("Which browser?", None)
    driver.act(Action.POST_UPDATE, message="We wait for you.")
    assert last_message(driver).questions is None


def test_questions_that_the_system_asks_without_a_message_are_a_message() -> None:
    driver = put_under(escalated(), asking(terms_at()))
    assert last_message(driver).text is None
    assert last_message(driver).questions == ("What is the cause?",)


def test_what_is_done_without_a_word_is_no_message() -> None:
    driver = TicketDriver().act(Action.WITHDRAW, REQUESTER)
    assert last_message(driver).event is EventType.OPENED


def test_choices_without_labels_are_shown_as_they_are() -> None:
    terms = terms_at()
    fact = FactTerms(choices=("cache", "proxy"))
    known = terms.model_copy(update={"facts": {"cause": fact}, "choices": {}})
    [question] = open_questions(put_under(escalated(), asking(known)).state)
    assert [(choice.value, choice.label) for choice in question.choices or ()] == [
        ("cache", "cache"),
        ("proxy", "proxy"),
    ]


def test_a_verdict_leaves_the_questions_of_agents_open() -> None:
    driver = put_under(escalated(), asking(terms_at()))
    driver.act(Action.REQUEST_INFORMATION, message="Since when?")
    assert asked(driver) == ["What is the cause?", "Since when?"]
    assert asked(put_under(driver, terms_at(revision=date(2027, 3, 1)))) == ["Since when?"]


def test_a_ticket_that_is_handed_over_or_closed_has_no_open_questions() -> None:
    driver = put_under(awaiting_handoff(), asking(terms_at()))
    assert asked(driver) == ["What is the cause?"]
    assert asked(driver.until("2027-01-11 09:00")) == []
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.CLOSE, closed_as="no_reply", reason="We asked twice.")
    assert asked(driver) == []


@pytest.mark.parametrize("is_resolved", [True, False])
def test_the_end_of_triage_leaves_no_question_open(is_resolved: bool) -> None:
    driver = escalated().act(Action.REQUEST_INFORMATION, **ASK)
    stages = tuple(stage for stage in Stage if stage is not Stage.AWAITING_HANDOFF)
    terms = driver.state.terms
    process = terms.process.model_copy(update={"stages": stages})
    driver.state.opening = driver.state.opening.model_copy(
        update={"terms": terms.model_copy(update={"process": process})}
    )
    driver.act(
        Action.CONCLUDE_TRIAGE, resolved=is_resolved, conclusion="A cache.", not_run="Clear."
    )
    assert asked(driver) == []
    if is_resolved:
        driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.REQUEST_INFORMATION, message="Since when?")
    assert asked(driver) == ["Since when?"]


def test_a_resolution_leaves_no_question_open() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.RESOLVE, resolution="Found it.").act(Action.REOPEN, REQUESTER, reason="No.")
    driver.act(Action.REQUEST_INFORMATION, message="Since when?")
    assert asked(driver) == ["Since when?"]
