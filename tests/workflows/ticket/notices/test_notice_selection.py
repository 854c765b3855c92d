"""One change of a ticket is one e-mail to each person, in whatever case an address is written."""

import pytest
from pydantic import JsonValue

from policies.schema.contract import Contact
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.recipient import Recipient
from policies.vocabulary import Action, EventType, Role
from tests.harness import AGENT, MIA, REQUESTER, new_york, opening
from tests.policies.requests import contract
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver, awaiting_handoff
from workflows.shared.action_request import SYSTEM, Actor
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.triage import undelivered
from workflows.ticket.model.events import Event
from workflows.ticket.notices.notice_selection import (
    Candidate,
    closes_automatically,
    one_to_each_person,
)

LEAD = {"id": "lee", "name": "Lee", "email": "Support-Lead@Contently.example"}


def with_rules(
    *rules: tuple[EventType, str, str | None], contacts: dict[str, str] | None = None
) -> TicketDriver:
    """A ticket with further notice rules: event, audience, template; and other addresses."""
    opened = opening(new_york(WEDNESDAY))
    notices = [
        NoticeTerms(event=event, tell=(audience,), template=template, clause="progress")
        for event, audience, template in rules
    ]
    changed = {name: Recipient(name=name, email=to) for name, to in (contacts or {}).items()}
    terms = opened.terms.model_copy(
        update={
            "notices": (*opened.terms.notices, *notices),
            "contacts": opened.terms.contacts | changed,
        }
    )
    return TicketDriver(opened=opened.model_copy(update={"terms": terms}))


def templates(driver: TicketDriver, to: str) -> list[str]:
    return [n.template for n in driver.notices() if n.to.email.lower() == to.lower()]


@pytest.mark.fault(30)
def test_an_assignee_who_is_the_lead_is_told_of_a_breach_once() -> None:
    driver = TicketDriver().act(Action.ASSIGN, assignee=LEAD).until("2027-01-08 14:00")
    assert driver.audiences("clock_breached") == ["assignee"]


@pytest.mark.fault(30)
def test_a_person_who_is_told_of_a_response_is_not_told_of_its_escalation() -> None:
    driver = with_rules(contacts={"account_manager": MIA.email.upper()})
    driver.act(Action.RESPOND, message="A closer look.", outcomes=["escalation"])
    assert templates(driver, MIA.email) == ["opened", "responded"]
    assert undelivered(driver.state) == ("requester", "account_manager")
    assert undelivered(driver.deliver_all().state) == ()


@pytest.mark.fault(30)
def test_the_email_of_the_last_event_says_how_the_ticket_is_now() -> None:
    driver = with_rules((EventType.WITHDRAWN, "requester", "update_posted"))
    driver.act(Action.WITHDRAW, REQUESTER)
    assert templates(driver, MIA.email) == ["opened", "closed"]


@pytest.mark.fault(30)
def test_two_rules_for_one_event_reach_a_person_once() -> None:
    """The packet goes to engineering, and to a requester who is engineering nothing else."""
    driver = awaiting_handoff()
    terms = driver.state.terms
    contacts = terms.contacts | {"requester": terms.contacts["engineering"]}
    changed = terms.model_copy(update={"contacts": contacts})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": changed})
    before = len(driver.notices())
    driver.until("2027-01-11 09:00")
    assert [n.template for n in driver.notices()[before:]] == ["handed_over"]


@pytest.mark.fault(30)
def test_a_page_is_no_email() -> None:
    driver = with_rules(
        (EventType.OPENED, "on_call", "paged"), contacts={"on_call": MIA.email.title()}
    )
    assert templates(driver, MIA.email) == ["opened", "paged"]


@pytest.mark.fault(30)
def test_a_receipt_has_the_questions_about_coverage() -> None:
    at = new_york(WEDNESDAY)
    driver = TicketDriver(
        opened=opening(at, contract=contract("millbrook-township"), kind="custom_feature")
    )
    (receipt,) = driver.notices()
    facts = driver.ticket.outbox.compose(receipt).facts
    (asked,) = driver.events(EventType.INFORMATION_REQUESTED)
    assert (receipt.template, facts["questions"]) == ("opened", asked.data["questions"])
    clear = TicketDriver()
    assert "questions" not in clear.ticket.outbox.compose(clear.notices()[0]).facts


@pytest.mark.fault(24)
@pytest.mark.clause("contentsquare/contacts", "contentsquare/escalation")
def test_the_dedicated_customer_success_manager_is_told_at_each_level() -> None:
    zoe, party = Contact(name="Zoé", email="zoe@desk.example"), contract("maison-lumiere")
    named = {"contacts": party.contacts | {"customer_success_manager": zoe}}
    opened = opening(
        new_york(WEDNESDAY),
        contract=party.model_copy(update=named),
        facts={"browser": "chrome", "browser_up_to_date": True},
    )
    driver = TicketDriver(opened=opened)
    while Action.RAISE_LEVEL in allowed_actions(driver.state, Role.AGENT):
        driver.act(Action.RAISE_LEVEL, AGENT, reason="Rien.")
    assert driver.state.level == 3
    assert templates(driver, zoe.email) == ["level_raised"] * 3


def test_a_person_who_does_not_know_of_the_resolution_is_told_of_the_automatic_closing() -> None:
    driver = with_rules((EventType.CLOSED, "account_manager", None))
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    driver.until("2027-01-20 12:00")
    assert driver.audiences("resolved") == []
    assert driver.audiences("closed") == ["account_manager"]


def _event(seq: int, type: EventType, by: Actor = AGENT, **data: JsonValue) -> Event:
    return Event(seq=seq, type=type, at=new_york(WEDNESDAY), by=by, data=data)


def _sent(*types: EventType) -> list[str]:
    mia = Recipient(name="Mia", email=MIA.email)
    events = [_event(number, kind) for number, kind in enumerate(types, 1)]
    found = [Candidate(event, event.type, "requester", mia) for event in events]
    return [candidate.template for candidate in one_to_each_person(found)]


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    ("earlier", "later", "sent"),
    [
        ("opened", "information_requested", "opened"),
        ("revision_changed", "information_requested", "revision_changed"),
        ("reclassified", "information_requested", "information_requested"),
        ("opened", "closed", "closed"),
        ("responded", "information_requested", "responded"),
        ("responded", "resolved", "responded"),
        ("responded", "escalated", "responded"),
        ("responded", "closed", "closed"),
        ("resolved", "closed", "closed"),
    ],
)
def test_of_two_events_of_a_change_the_email_that_reports_both_is_sent(
    earlier: str, later: str, sent: str
) -> None:
    assert _sent(EventType(earlier), EventType(later)) == [sent]


def test_emails_to_several_people_are_in_the_order_of_their_events() -> None:
    mia, lee = (Recipient(name=name, email=f"{name}@x.example") for name in ("mia", "lee"))
    opened, noted = _event(1, EventType.OPENED), _event(2, EventType.CLOSED)
    found = [
        Candidate(opened, "opened", "requester", mia),
        Candidate(opened, "opened", "lead", lee),
        Candidate(noted, "closed", "requester", mia),
    ]
    sent = one_to_each_person(found)
    assert [(candidate.template, candidate.recipient) for candidate in sent] == [
        ("opened", lee),
        ("closed", mia),
    ]
    assert one_to_each_person(found, frozenset({mia.mailbox})) == [found[1]]


@pytest.mark.parametrize(
    ("type", "by", "data", "is_automatic"),
    [
        (EventType.CLOSED, SYSTEM, {"closed_as": "resolved"}, True),
        (EventType.CLOSED, SYSTEM, {"closed_as": "no_reply"}, True),
        (EventType.CLOSED, SYSTEM, {"closed_as": "not_covered"}, False),
        (EventType.CLOSED, SYSTEM, {"closed_as": "no_reply", "by_clock": "silence"}, False),
        (EventType.CLOSED, AGENT, {"closed_as": "no_reply"}, False),
        (EventType.RESOLVED, SYSTEM, {"closed_as": "resolved"}, False),
    ],
)
def test_only_the_end_that_the_resolution_announced_is_no_news(
    type: EventType, by: Actor, data: dict[str, JsonValue], is_automatic: bool
) -> None:
    assert closes_automatically(_event(1, type, by, **data)) is is_automatic
