"""A page that a pager accepts is followed up once; a page by mail is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.schema.request import Requester
from policies.vocabulary import Action, Carrier
from tests.harness import AGENT, OPERATOR, REQUESTER, opening
from tests.policies.requests import contract
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.state.notice_record import NoticeRecord

AT = datetime(2027, 3, 3, 3, 0, tzinfo=UTC)
BO = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
ANSWER: dict[str, Any] = {"message": "We are on it.", "outcomes": ["resolution"]}


def outage(priority: str = "category_1") -> TicketDriver:
    requester = Requester(name="Mia", email="mia@somewhere.example")
    opened = opening(
        AT,
        contract=contract("alder-forge"),
        requester=requester,
        channel="portal",
        kind="api_outage",
        priority=priority,
    )
    return TicketDriver(opened=opened)


def take(driver: TicketDriver, carrier: Carrier = Carrier.PAGER) -> TicketDriver:
    """The pager accepts every pending page."""
    for page in [n for n in driver.ticket.outbox.pending() if n.template == "paged"]:
        driver.ticket.outbox.sent(page.key, f"{driver.state.opening.number}/{page.key}", carrier)
    return driver


def followed_up(driver: TicketDriver) -> list[str]:
    return [n.key for n in driver.notices() if n.template.startswith("page_")]


@pytest.mark.clause("prismic/premium-outage")
@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        (Action.ACKNOWLEDGE, {}),
        (Action.ASSIGN, {"assignee": BO}),
        (
            Action.RESPOND,
            {"message": "?", "outcomes": ["information_request"], "questions": ["Which API?"]},
        ),
    ],
)
def test_an_alert_is_acknowledged_when_an_agent_takes_up_the_ticket(
    action: Action, inputs: dict[str, Any]
) -> None:
    driver = take(outage()).act(Action.ADD_NOTE, note="Their own proxy?")
    assert followed_up(driver) == []
    if action is Action.RESPOND:
        # A category 1 is answered by an assignee only, which acknowledges the alert already.
        driver.act(Action.ASSIGN, assignee=BO)
    driver.act(action, **inputs)
    for sent in [n for n in driver.ticket.outbox.pending() if n.template.startswith("page_")]:
        driver.ticket.outbox.sent(sent.key, sent.key, Carrier.PAGER)
    [record] = [n for n in driver.notices() if n.template.startswith("page_")]
    assert record.key == "page_acknowledged/paged/1/on_call"
    assert record.audience == "on_call"
    notice = driver.ticket.outbox.compose(record)
    assert notice.facts == {"page": f"{notice.ticket.number}/paged/1/on_call"}
    assert notice.standard == ""


@pytest.mark.clause("prismic/premium-outage")
@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        (Action.RESPOND, ANSWER),
        (Action.CLOSE, {"closed_as": "not_covered", "clause": "enablement", "reason": "Not ours."}),
        (Action.WITHDRAW, {}),
        (Action.MERGE, {"into": "ABCD-EFGH-JKMN"}),
    ],
)
def test_an_alert_is_resolved_when_the_ticket_ends(action: Action, inputs: dict[str, Any]) -> None:
    driver = take(outage()).act(Action.ASSIGN, assignee=BO)
    driver.act(action, REQUESTER if action is Action.WITHDRAW else AGENT, **inputs)
    assert followed_up(driver) == [
        "page_acknowledged/paged/1/on_call",
        "page_resolved/paged/1/on_call",
    ]


def test_a_response_that_resolves_sends_no_acknowledgement() -> None:
    answered = outage().act(Action.ASSIGN, assignee=BO).act(Action.RESPOND, **ANSWER)
    assert followed_up(take(answered)) == ["page_resolved/paged/1/on_call"]


def test_each_follow_up_is_sent_once() -> None:
    driver = take(outage()).act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=BO)
    driver.act(Action.RESPOND, **ANSWER).act(Action.REOPEN, REQUESTER, reason="Down again.")
    driver.act(Action.RESOLVE, resolution="Really.")
    assert followed_up(driver) == [
        "page_acknowledged/paged/1/on_call",
        "page_resolved/paged/1/on_call",
    ]


def test_a_page_by_mail_has_no_follow_up() -> None:
    driver = take(outage(), Carrier.MAIL).act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=BO)
    driver.act(Action.RESPOND, **ANSWER)
    assert followed_up(driver) == []


def test_a_pending_page_is_followed_up_when_the_pager_accepts_it() -> None:
    driver = outage().act(Action.ACKNOWLEDGE)
    assert followed_up(driver) == []
    assert followed_up(take(driver)) == ["page_acknowledged/paged/1/on_call"]
    late = outage().act(Action.WITHDRAW, REQUESTER)
    assert followed_up(take(late)) == ["page_resolved/paged/1/on_call"]


def test_an_undeliverable_page_has_no_follow_up() -> None:
    driver = outage()
    [page] = driver.notices("paged")
    driver.ticket.undeliverable(page.key, "the pager answered 403", AT)
    assert driver.audiences("notice_undeliverable") == ["assignee"]
    driver.act(Action.ACKNOWLEDGE).act(Action.ASSIGN, assignee=BO).act(Action.RESPOND, **ANSWER)
    assert followed_up(driver) == []


@pytest.mark.clause("prismic/premium-outage")
def test_only_events_after_a_page_acknowledge_it() -> None:
    driver = outage("category_2").act(Action.ACKNOWLEDGE)
    driver.act(Action.RECLASSIFY, OPERATOR, priority="category_1", reason="All of it is down.")
    assert followed_up(take(driver)) == []
    driver.until_instant(AT + timedelta(minutes=5)).act(Action.ASSIGN, assignee=BO)
    [page] = driver.notices("paged")
    assert followed_up(driver) == [f"page_acknowledged/{page.key}"]


def test_every_page_has_its_own_follow_up() -> None:
    driver = take(outage())
    for priority in ("category_2", "category_1"):
        driver.act(Action.RECLASSIFY, OPERATOR, priority=priority, reason="We know more.")
    take(driver).act(Action.ACKNOWLEDGE)
    pages = [page.key for page in driver.notices("paged")]
    assert len(pages) == 2
    assert followed_up(driver) == [f"page_acknowledged/{key}" for key in pages]


def test_pages_are_followed_up_after_serialization() -> None:
    driver = take(outage()).carried().act(Action.ACKNOWLEDGE)
    assert followed_up(driver) == ["page_acknowledged/paged/1/on_call"]


@pytest.mark.clause("prismic/premium-outage")
def test_a_page_has_the_reason_of_a_raised_priority_or_else_the_request() -> None:
    driver = outage("category_2")
    driver.act(Action.RECLASSIFY, OPERATOR, priority="category_1", reason="All of it is down.")
    messages = [
        driver.ticket.outbox.compose(page).facts["message"]
        for driver in (outage(), driver)
        for page in driver.notices("paged")
    ]
    assert messages == [driver.state.opening.description, "All of it is down."]


def test_a_notice_recorded_without_carrier_has_none() -> None:
    stored = outage().notices("paged")[0].model_dump(mode="json")
    del stored["carrier"]
    assert NoticeRecord.model_validate(stored).carrier is None
