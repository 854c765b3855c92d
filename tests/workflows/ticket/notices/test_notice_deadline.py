"""Due times in notices."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from policies.terms.model.promise import PromiseTerms
from policies.vocabulary import Action, ClockState, EventType
from tests.harness import REQUESTER
from tests.workflows.ticket.changing_policy import POLICY, changing_terms, changing_ticket
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated
from workflows.ticket.notices.notice_deadline import (
    announced_deadline,
    page_urgency,
    promises_now,
)
from workflows.ticket.process import views


def without_promise(driver: TicketDriver, name: str) -> TicketDriver:
    """The ticket with an internal clock."""
    terms = driver.state.terms
    clocks = tuple(
        clock.model_copy(update={"promised": False}) if clock.name == name else clock
        for clock in terms.clocks
    )
    changed = terms.model_copy(update={"clocks": clocks})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": changed})
    return driver.carried()


def test_a_page_has_the_earliest_promise_that_is_still_open() -> None:
    driver = changing_ticket()
    answer, fix = driver.clock("answer"), driver.clock("fix")
    assert page_urgency(driver.state) == {
        "clock": "answer",
        "due_at": answer.due_at.isoformat(),
        "priority": "normal",
    }
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    assert page_urgency(driver.state)["due_at"] == fix.due_at.isoformat()
    driver.act(Action.RESOLVE, resolution="Done.")
    assert page_urgency(driver.state) == {"priority": "normal"}


def test_a_page_does_not_have_the_due_time_of_an_internal_clock() -> None:
    assert page_urgency(without_promise(changing_ticket(), "answer").state)["clock"] == "fix"


def test_the_notice_of_a_second_escalation_has_its_own_due_time() -> None:
    driver = escalated()
    first = driver.clock("triage").due_at
    driver.act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found.", not_run="Clear.")
    driver.until("2027-01-11 10:00").act(Action.REOPEN, REQUESTER, reason="It is back.")
    driver.act(Action.ESCALATE, reason="Deeper.")
    assert driver.clock("triage").due_at != first
    for notice in driver.notices("escalated")[-2:]:
        assert notice.deadline["due_at"] == driver.clock("triage").due_at.isoformat()
    assert "- **triage #2**: running, due " in views.details(driver.state)


def test_a_promise_is_over_at_its_due_time() -> None:
    driver = changing_ticket()
    due_at = driver.clock("answer").due_at
    over = [
        [promise["is_over"] for promise in promises_now(driver.state, at)]  # type: ignore[index,call-overload]
        for at in (due_at - timedelta(microseconds=1), due_at)
    ]
    assert over == [[False, False], [True, False]]


def announced(driver: TicketDriver, **clocks: dict[str, Any]) -> dict[str, JsonValue]:
    """What the opening announces if these clocks are announced, with these changes."""
    terms = driver.state.terms
    changed = tuple(
        clock.model_copy(update={"announced": clock.name in clocks, **clocks.get(clock.name, {})})
        for clock in terms.clocks
    )
    update = {"terms": terms.model_copy(update={"clocks": changed})}
    driver.state.opening = driver.state.opening.model_copy(update=update)
    return announced_deadline(driver.state, driver.state.events[0])


def test_an_opening_announces_the_promise_of_the_clocks_that_it_starts() -> None:
    driver = changing_ticket()
    answer = driver.clock("answer").due_at.isoformat()
    fix = driver.clock("fix").due_at.isoformat()
    acknowledged = {"stops": (EventType.ACKNOWLEDGED,)}
    promise = {"promise": "4 business hours", "due_at": answer}
    assert announced(driver, answer={}) == promise | {"announced_clock": "answer"}
    assert announced(driver, answer=acknowledged, fix={}) == {
        "acknowledgement_promise": "4 business hours",
        "acknowledgement_due_at": answer,
        "promise": "12 business hours",
        "due_at": fix,
        "announced_clock": "fix",
    }
    assert announced(driver, fix={"starts": (EventType.RESPONDED,)}) == {}
    assert announced(driver) == {}


def test_an_opening_announces_a_first_response_without_a_name() -> None:
    driver = TicketDriver()
    due_at = driver.clock("first_response").due_at.isoformat()
    assert announced(driver, first_response={}) == {"promise": "2 business days", "due_at": due_at}
    labels = {"clock": {"first_response": "A delivery"}}
    terms = driver.state.terms.model_copy(update={"labels": labels})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": terms})
    assert announced(driver, first_response={})["announced_clock"] == "A delivery"


def test_a_clock_that_waits_announces_no_due_time_and_one_that_is_over_announces_nothing() -> None:
    driver = changing_ticket()
    [answer, fix] = driver.state.clocks
    name: dict[str, JsonValue] = {"announced_clock": "answer"}
    for state, found in (
        (ClockState.PAUSED, {"promise": "4 business hours"}),
        (ClockState.MET, {}),
    ):
        driver.state.clocks = [answer.model_copy(update={"state": state}), fix]
        assert announced(driver, answer={}) == found | name


def test_a_guarantee_without_a_time_is_announced_in_its_words_unless_of_an_acknowledgement() -> (
    None
):
    low = changing_ticket(priority="low")
    assert announced(low, answer={}) == {"announced_clock": "answer"}
    words = {"low": {"guarantee": "none", "says": "When we can."}}
    promises = {name: PromiseTerms.model_validate(promise) for name, promise in words.items()}
    found = announced(low, answer={"promises": promises})
    assert found == {"guarantee": "When we can.", "announced_clock": "answer"}
    acknowledged = {"promises": promises, "stops": (EventType.ACKNOWLEDGED,)}
    assert announced(low, answer=acknowledged) == {}


@pytest.mark.parametrize("guarantee", ["none", "best_effort"])
def test_a_promise_that_a_priority_has_left_without_a_time_is_told_by_its_guarantee(
    guarantee: str,
) -> None:
    text = POLICY.replace("{guarantee: none}", f"{{guarantee: {guarantee}}}")
    opened = changing_ticket().state.opening
    terms = changing_terms(opened.received_at, "normal", text)
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.act(Action.RECLASSIFY, priority="low", reason="It can wait.")
    told = {str(item["name"]): item for item in promises_now(driver.state, driver.now)}  # type: ignore[index,call-overload]
    assert told["answer"] == {
        "name": "answer",
        "due_at": None,
        "is_over": False,
        "guarantee": guarantee,
    }
    assert told["fix"]["guarantee"] is None  # type: ignore[index,call-overload]
