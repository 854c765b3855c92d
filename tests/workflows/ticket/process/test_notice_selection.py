"""One change of a ticket is one e-mail to each person, in whatever case an address is written."""

import pytest

from policies.schema.contract import Contact
from policies.terms.ticket_terms import NoticeTerms, Recipient
from policies.vocabulary import Action, EventType, Role
from tests.harness import AGENT, MIA, REQUESTER, new_york, opening
from tests.policies.requests import contract
from tests.workflows.ticket.ticket_driver import WEDNESDAY, TicketDriver, awaiting_handoff
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.actions.triage import undelivered

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
