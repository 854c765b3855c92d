"""Small promises of notices and replies: times, questions, clauses, who acted."""

from datetime import timedelta

import pytest

from policies.vocabulary import Action, EventType, Role
from tests.harness import MIA, REQUESTER, new_york, opening
from tests.workflows.ticket.ticket_driver import ASK, WEDNESDAY, TicketDriver, reviewed
from workflows.shared.action_request import Actor
from workflows.ticket.process import views


def test_a_notice_has_the_time_of_its_event() -> None:
    driver = TicketDriver().until("2027-01-07 11:00")
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    for record in driver.notices():
        event = driver.state.events[record.event - 1]
        assert driver.ticket.outbox.compose(record).at == event.at


def test_a_message_without_questions_is_the_question() -> None:
    driver = TicketDriver().act(Action.RESPOND, **ASK, outcomes=["information_request"])
    driver.act(Action.REQUEST_INFORMATION, message="Which browser is it?")
    (_, asked) = driver.events(EventType.INFORMATION_REQUESTED)
    assert asked.data["questions"] == ["Which browser is it?"]


def test_the_reply_of_a_covered_ticket_cites_no_clause_of_a_refusal() -> None:
    driver = TicketDriver()
    assert driver.state.verdict.clauses
    reply = views.reply(driver.state, Role.AGENT)
    assert (reply.refusal, reply.clause) == (None, None)


def test_a_shared_forecast_states_the_priorities_of_both_reviews() -> None:
    driver = reviewed("high", "medium").act(Action.SHARE_FORECAST)
    (shared,) = driver.events(EventType.FORECAST_SHARED)
    assert shared.data["priorities"] == {"engineering": "high", "product": "medium"}


OPENER = Actor(id="opener", role=Role.REQUESTER, name="Somebody")


@pytest.mark.parametrize(
    ("actor", "is_own"),
    [
        (OPENER, True),
        (Actor(id="another", role=Role.REQUESTER, name="Somebody"), False),
        (Actor(id=MIA.email, role=Role.REQUESTER, name="M. H."), True),
        (Actor(id="another", role=Role.REQUESTER, name=MIA.name), True),
        (Actor(id="agent", role=Role.AGENT, name=MIA.name), False),
        (Actor(id=MIA.email, role=Role.AGENT, name="Ada"), False),
    ],
)
def test_the_requester_is_known_by_address_name_or_as_the_opener(
    actor: Actor, *, is_own: bool
) -> None:
    opened = opening(new_york(WEDNESDAY)).model_copy(update={"opened_by": OPENER})
    driver = TicketDriver(opened=opened).until("2027-01-07 11:00")
    last = driver.state.events[-1]
    driver.state.events.append(last.model_copy(update={"seq": last.seq + 1, "by": actor}))
    record = driver.notices()[0].model_copy(update={"event": len(driver.state.events)})
    assert driver.ticket.outbox.compose(record).facts["by_requester"] is is_own


def test_an_idle_ticket_is_reminded_of_with_the_time_of_its_last_event() -> None:
    driver = TicketDriver().act(Action.RESPOND, message="Hm.", outcomes=["resolution"])
    last = driver.state.events[-1]
    driver.ticket.remind_of_idleness(driver.now + timedelta(days=40))
    (idle,) = driver.events(EventType.TICKET_IDLE)
    assert idle.data["since"] == last.at.isoformat()
    assert driver.state.events[-2].seq == last.seq


def test_a_requester_who_reopens_is_the_one_who_acted() -> None:
    driver = TicketDriver().act(Action.RESPOND, message="So.", outcomes=["resolution"])
    driver.act(Action.REOPEN, REQUESTER, reason="It is back.")
    assert driver.events(EventType.REOPENED)[0].by == REQUESTER
