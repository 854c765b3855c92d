"""The requester of a duplicate follows the surviving ticket: which notices reach them."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import JsonValue

from policies.terms.model.notice import NoticeTerms
from policies.vocabulary import Action, EventType
from tests.harness import ENGINEERING, MIA, new_york, opening
from tests.workflows.ticket.ticket_driver import (
    WEDNESDAY,
    TicketDriver,
    awaiting_handoff,
    forecast_shared,
    handed_over,
    reviewed,
)
from workflows.ticket.model.events import Event
from workflows.ticket.model.merge_news import Duplicate
from workflows.ticket.notices.outbox import FOLLOWED_EVENTS

KIM = "kim@harbour.example"
ESCALATION: dict[str, Any] = {"message": "We look deeper.", "outcomes": ["escalation"]}
QUESTION: dict[str, Any] = {
    "message": "Tell us more.",
    "outcomes": ["information_request"],
    "questions": ["Which browser?"],
}


def followed(driver: TicketDriver) -> TicketDriver:
    """The ticket with a duplicate, whose requester follows it."""
    kim = driver.state.terms.contacts["requester"].model_copy(
        update={"name": "Kim Harbour", "email": KIM}
    )
    driver.state.duplicates = [Duplicate(number="7K2M-0QXW-9HTE", requester=kim)]
    return driver


def told(driver: TicketDriver, template: str) -> list[str]:
    return [notice.to.email for notice in driver.notices(template)]


def in_engineering() -> TicketDriver:
    return followed(forecast_shared()).act(Action.START_ENGINEERING, ENGINEERING)


TICKETS: dict[str, Callable[[], TicketDriver]] = {
    "responded": lambda: followed(TicketDriver()).act(Action.RESPOND, **QUESTION),
    "escalated": lambda: followed(TicketDriver().act(Action.RESPOND, **QUESTION)).act(
        Action.ESCALATE, reason="It needs triage."
    ),
    "with_engineering": lambda: followed(awaiting_handoff()).until("2027-01-11 09:00"),
    "update_posted": lambda: followed(handed_over()).act(Action.POST_UPDATE, message="Soon."),
    "forecast_shared": lambda: followed(reviewed()).act(Action.SHARE_FORECAST),
    "engineering_started": in_engineering,
    "resolved": lambda: followed(handed_over()).act(Action.RESOLVE, resolution="Fixed."),
    "closed": lambda: followed(handed_over()).act(
        Action.CLOSE, closed_as="not_covered", clause="limitation", reason="Not ours."
    ),
}
"""By the template of the notice, the ticket after its event."""


@pytest.mark.parametrize("template", TICKETS)
def test_a_follower_is_told_of_progress_like_the_requester(template: str) -> None:
    both = [MIA.email, KIM]
    found = [email for email in told(TICKETS[template](), template) if email in both]
    assert found == both


def test_a_follower_is_told_of_a_release_if_the_requester_is() -> None:
    driver = in_engineering()
    opening_, rules = driver.state.opening, driver.state.terms.notices
    [like] = [rule for rule in rules if rule.event is EventType.ENGINEERING_STARTED]
    rule = like.model_copy(update={"event": EventType.RELEASE_SCHEDULED, "template": None})
    terms = opening_.terms.model_copy(update={"notices": (rule,)})
    driver.state.opening = opening_.model_copy(update={"terms": terms})
    driver.ticket.restore(driver.state)
    inputs: dict[str, Any] = {"release": "2027.3", "goes_out_on": "2027-02-02"}
    driver.act(Action.SCHEDULE_RELEASE, ENGINEERING, **inputs)
    assert told(driver, "release_scheduled")[-2:] == [MIA.email, KIM]


@pytest.mark.parametrize(
    "type",
    [
        EventType.WORKAROUND_PROVIDED,
        EventType.WORKAROUND_WITHDRAWN,
        EventType.ESTIMATE_GIVEN,
        EventType.MILESTONE_RECORDED,
    ],
)
def test_a_follower_is_told_of_progress_that_the_policy_tells_the_requester(
    type: EventType,
) -> None:
    opened = opening(new_york(WEDNESDAY))
    rule = NoticeTerms(event=type, tell=("requester",))
    terms = opened.terms.model_copy(update={"notices": (rule,)})
    driver = followed(TicketDriver(opened=opened.model_copy(update={"terms": terms})))
    data: dict[str, JsonValue] = {"message": "Try again.", "milestone": "solution"}
    event = Event(seq=2, type=type, at=driver.now, by=ENGINEERING, data=data)
    driver.state.events.append(event)
    driver.ticket.outbox.announce([event])
    assert told(driver, type) == [MIA.email, KIM]


def test_a_follower_gets_no_question() -> None:
    driver = followed(TicketDriver().act(Action.RESPOND, **QUESTION))
    driver.act(Action.REQUEST_INFORMATION, message="And?", questions=["Since when?"])
    assert KIM not in told(driver, "information_requested")
    assert MIA.email in told(driver, "information_requested")


def test_without_an_assignee_and_a_substitute_a_breach_is_told_to_nobody() -> None:
    opened = opening(new_york(WEDNESDAY))
    terms = opened.terms.model_copy(update={"unassigned": None})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.until("2027-01-08 14:00")
    assert driver.clock("first_response").breached_at == new_york("2027-01-08 14:00")
    rungs = [notice for notice in driver.notices() if notice.audience == "assignee"]
    assert rungs == []


def test_a_follower_is_not_told_what_the_requester_is_not() -> None:
    opened = opening(new_york(WEDNESDAY))
    rule = NoticeTerms(event=EventType.UPDATE_POSTED, tell=("account_manager",))
    terms = opened.terms.model_copy(update={"notices": (rule,)})
    driver = followed(TicketDriver(opened=opened.model_copy(update={"terms": terms})))
    driver.act(Action.RESPOND, **QUESTION).act(Action.POST_UPDATE, message="We are on it.")
    assert told(driver, "update_posted") == ["ines@contently.example"]


def test_a_follower_who_knows_of_the_resolution_is_not_told_of_the_automatic_closing() -> None:
    opened = opening(new_york(WEDNESDAY))
    rules = [
        NoticeTerms(event=e, tell=("requester",)) for e in (EventType.RESOLVED, EventType.CLOSED)
    ]
    terms = opened.terms.model_copy(update={"notices": tuple(rules)})
    driver = followed(TicketDriver(opened=opened.model_copy(update={"terms": terms})))
    driver.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    assert told(driver.until("2027-01-20 12:00"), "resolved") == [MIA.email, KIM]
    assert told(driver, "closed") == []


def test_followers_are_told_what_is_done_and_asked_nothing() -> None:
    assert {
        EventType.RESPONDED,
        EventType.UPDATE_POSTED,
        EventType.WORKAROUND_PROVIDED,
        EventType.WORKAROUND_WITHDRAWN,
        EventType.ESTIMATE_GIVEN,
        EventType.MILESTONE_RECORDED,
        EventType.ESCALATED,
        EventType.HANDED_OVER,
        EventType.FORECAST_SHARED,
        EventType.ENGINEERING_STARTED,
        EventType.RELEASE_SCHEDULED,
        EventType.RESOLVED,
        EventType.CLOSED,
    } == FOLLOWED_EVENTS
