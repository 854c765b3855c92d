"""The values that notices give to their templates."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from activities.notices import PAGE_ACKNOWLEDGED, PAGE_RESOLVED, PAGED
from policies.vocabulary import Action, EventType, Role
from tests.harness import AGENT, MIA, OPERATOR, new_york
from tests.workflows.ticket.placed_policy import placed_ticket
from tests.workflows.ticket.state.test_revisions import WHY, terms_at
from tests.workflows.ticket.ticket_driver import TicketDriver, escalated, handed_over, reviewed
from workflows.shared.action_request import Actor
from workflows.ticket.notices.outbox import REFERRED
from workflows.ticket.process import views


def facts_of(driver: TicketDriver, template: str) -> list[dict[str, Any]]:
    return [driver.ticket.outbox.compose(notice).facts for notice in driver.notices(template)]


def test_the_findings_are_in_the_notice_of_the_handoff_only() -> None:
    driver = handed_over()
    have_findings = {
        notice.template
        for notice in driver.notices()
        if "findings" in driver.ticket.outbox.compose(notice).facts
    }
    assert have_findings == {EventType.HANDED_OVER}


def moved(clock: str, was: str | None, now: str | None) -> dict[str, JsonValue]:
    return {"name": clock, "cycle": 1, "was": was, "now": now}


def test_the_notice_of_a_revision_has_promises_that_get_or_lose_a_due_time() -> None:
    driver = escalated()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)
    before, after = (new_york(f"2027-01-{day} 11:00").isoformat() for day in ("08", "11"))
    told = [
        moved("triage", before, after),
        moved("triage", before, None),
        moved("triage", None, after),
    ]
    left_out = [moved("triage", None, None), moved("next_update", before, after)]
    changed = driver.state.events[-1]
    assert changed.type is EventType.REVISION_CHANGED
    data: dict[str, JsonValue] = {**changed.data, "clocks": [*told, *left_out]}
    driver.state.events[-1] = changed.model_copy(update={"data": data})
    assert [facts["clocks"] for facts in facts_of(driver, "revision_changed")] == [told, told]


def test_a_corrected_fact_that_nobody_is_asked_for_is_not_named() -> None:
    driver = placed_ticket("2026-07-02T10:00-04:00", priority="sev_2")
    terms = driver.state.terms.model_copy(update={"asks": {"place": "Where are you?"}})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": terms})
    facts = {"place": "london", "round_the_clock": True}
    driver.act(Action.RECLASSIFY, facts=facts, reason="They said so.")
    [told] = facts_of(driver, "reclassified")
    assert told["facts"] == [{"question": "Where are you?", "answer": "London"}]


def test_a_requester_does_not_see_a_warning_of_which_only_the_desk_is_told() -> None:
    driver = TicketDriver()
    driver.until_instant(driver.clock("first_response").due_at - timedelta(minutes=1))
    warned = {
        role: [e for e in views.timeline(driver.state, role) if e.type is EventType.CLOCK_WARNED]
        for role in (Role.AGENT, Role.REQUESTER)
    }
    assert warned[Role.AGENT]
    assert warned[Role.REQUESTER] == []
    rungs = tuple(
        clock.model_copy(
            update={
                "ladder": tuple(
                    rung.model_copy(update={"tell": ("requester",)}) for rung in clock.ladder
                )
            }
        )
        for clock in driver.state.terms.clocks
    )
    terms = driver.state.terms.model_copy(update={"clocks": rungs})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": terms})
    seen = [e.type for e in views.timeline(driver.state, Role.REQUESTER)]
    assert seen.count(EventType.CLOCK_WARNED) == len(warned[AGENT.role])


def test_a_requester_gets_no_findings_whatever_the_template() -> None:
    driver = handed_over()
    [packet] = driver.notices(EventType.HANDED_OVER)
    to_requester = packet.model_copy(update={"audience": "requester"})
    assert "findings" in driver.ticket.outbox.compose(packet).facts
    assert "findings" not in driver.ticket.outbox.compose(to_requester).facts


@pytest.mark.parametrize(
    ("template", "standard"),
    [
        (PAGED, ""),
        (PAGE_RESOLVED, ""),
        (PAGE_ACKNOWLEDGED, ""),
        (REFERRED, ""),
        (EventType.HANDED_OVER, ""),
        (EventType.OPENED, ""),
        ("own_receipt", "opened"),
    ],
)
def test_only_a_template_of_the_policy_has_one_that_stands_for_it(
    template: str, standard: str
) -> None:
    driver = TicketDriver()
    opened = driver.notices("opened")[0]
    page = opened.model_copy(update={"template": PAGED, "key": "paged/1/on_call"})
    driver.state.notices.append(page)
    update = {"template": template, "key": f"{template}/{page.key}"}
    notice = driver.ticket.outbox.compose(opened.model_copy(update=update))
    assert notice.standard == standard


def test_a_page_states_the_clock_the_due_time_and_the_priority_of_its_promise() -> None:
    driver = TicketDriver()
    promise: dict[str, JsonValue] = {
        "clock": "first_response",
        "due_at": "2027-01-08T14:00:00Z",
        "priority": "high",
    }
    update = {"template": PAGED, "key": "paged/1/on_call", "deadline": promise}
    page = driver.notices("opened")[0].model_copy(update=update)
    facts = driver.ticket.outbox.compose(page).facts
    assert facts | promise == facts


LEO = Actor(id="sub-9", role=Role.REQUESTER, name="Leo Marin")


def told_of_the_opening(
    driver: TicketDriver, by: Actor, audience: str = "requester", email: str = MIA.email
) -> dict[str, Any]:
    """The facts of a notice to this recipient, if this actor had caused it."""
    record = driver.notices("opened")[0]
    driver.state.events[0] = driver.state.events[0].model_copy(update={"by": by})
    to = record.to.model_copy(update={"email": email})
    notice = record.model_copy(update={"audience": audience, "to": to})
    return driver.ticket.outbox.compose(notice).facts


@pytest.mark.parametrize(
    ("by", "is_requester"),
    [
        (LEO.model_copy(update={"id": MIA.email.upper()}), True),
        (LEO.model_copy(update={"name": MIA.name}), True),
        (LEO.model_copy(update={"id": "sub-1"}), True),
        (LEO, False),
        (AGENT.model_copy(update={"id": MIA.email, "name": MIA.name}), False),
    ],
)
def test_the_requester_is_known_by_address_or_name_or_by_the_id_that_opened_the_ticket(
    by: Actor, *, is_requester: bool
) -> None:
    driver = TicketDriver()
    opened_by = LEO.model_copy(update={"id": "sub-1", "name": "Portal"})
    driver.state.opening = driver.state.opening.model_copy(update={"opened_by": opened_by})
    facts = told_of_the_opening(driver, by)
    assert (facts["by_requester"], facts["by_reader"]) == (is_requester, is_requester)
    assert told_of_the_opening(driver, by, "lead")["by_reader"] is False


@pytest.mark.parametrize(
    ("by", "email", "is_reader"),
    [
        (AGENT, "ADA@desk.example", True),
        (AGENT, "bo@desk.example", False),
        (LEO, "ada@desk.example", False),
    ],
)
def test_an_assignee_reads_what_they_did_themselves(
    by: Actor, email: str, *, is_reader: bool
) -> None:
    driver = TicketDriver()
    assignee = {"id": AGENT.id, "name": AGENT.name, "email": "Ada@desk.example"}
    driver.act(Action.ASSIGN, assignee=assignee)
    assert told_of_the_opening(driver, by, "assignee", email)["by_reader"] is is_reader
    driver.act(Action.ASSIGN, assignee=None)
    assert told_of_the_opening(driver, by, "assignee", email)["by_reader"] is False


def test_reviews_have_the_labels_of_their_priorities() -> None:
    driver = reviewed()
    labels = {"review": {"high": "High indeed", "medium": "Medium"}}
    terms = driver.state.terms.model_copy(update={"labels": labels})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": terms})
    notice = driver.notices("opened")[0].model_copy(update={"audience": "lead"})
    found = {}
    for event in driver.events(EventType.REVIEWED, EventType.REVIEW_COMPLETED):
        record = notice.model_copy(update={"event": event.seq, "template": event.type})
        found[event.seq] = driver.ticket.outbox.compose(record).facts
    first, second, completed = found.values()
    assert (first["priority"], second["priority"]) == ("High indeed", "Medium")
    both = {"engineering": "High indeed", "product": "Medium"}
    assert completed["priorities"] == both


def test_a_refused_requester_is_told_whom_to_turn_to() -> None:
    driver = TicketDriver()
    closed = driver.state.events[0].model_copy(
        update={"type": EventType.CLOSED, "data": {"refers_to": "team_lead"}}
    )
    driver.state.events[0] = closed
    [notice, *_] = driver.notices("opened")
    facts = driver.ticket.outbox.compose(notice.model_copy(update={"template": "closed"})).facts
    lead = driver.state.terms.contacts["team_lead"]
    assert facts["turn_to"] == {"name": lead.name, "email": lead.email}
    assert facts["requester_email"] == MIA.email
    assert facts["description"] == driver.state.opening.description
    driver.state.events[0] = closed.model_copy(update={"data": {"refers_to": "nobody"}})
    facts = driver.ticket.outbox.compose(notice.model_copy(update={"template": "closed"})).facts
    assert "turn_to" not in facts
