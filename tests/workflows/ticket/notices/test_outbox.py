"""Notices: keys, recipients, facts, and no duplicates."""

from typing import Any

import pytest

from policies.terms.model.notice import NoticeTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import Action, EventType, NoticeStatus, Role
from tests.harness import ENGINEERING, MIA, new_york, opening
from tests.policies.requests import contract
from tests.workflows.ticket.ticket_driver import (
    WEDNESDAY,
    TicketDriver,
    escalated,
    forecast_shared,
    handed_over,
    resolved,
)
from workflows.shared.action_request import Actor
from workflows.ticket.model.refusals import ConditionUnmet


def test_the_team_lead_is_notified_once_of_an_unassigned_ticket() -> None:
    driver = TicketDriver().until("2027-01-08 14:00")
    assert [n.to.email for n in driver.notices("clock_breached")] == [
        "support-lead@contently.example"
    ]


def test_assignee_and_team_lead_are_notified_of_an_assigned_ticket() -> None:
    bo = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    driver = TicketDriver().act(Action.ASSIGN, assignee=bo).until("2027-01-08 14:00")
    assert driver.audiences("clock_breached") == ["assignee", "team_lead"]
    assert driver.notices("clock_breached")[0].to.email == "bo@desk.example"


def test_every_notice_has_a_unique_key() -> None:
    driver = escalated().until("2027-01-20 12:00")
    keys = [notice.key for notice in driver.notices()]
    assert len(keys) == len(set(keys))
    assert "clock_breached/triage/1/breach/assignee" in keys


def test_a_notice_is_enqueued_once() -> None:
    driver = TicketDriver()
    (opened,) = driver.events(EventType.OPENED)
    driver.ticket.outbox.enqueue(opened, ["requester"], "opened")
    assert len(driver.notices("opened")) == 1


@pytest.mark.clause("contently/first-response-content")
def test_the_notice_of_a_response_includes_its_question_and_resolution() -> None:
    driver = TicketDriver().act(
        Action.RESPOND,
        message="Try this, and tell us:",
        outcomes=["resolution", "information_request"],
        questions=["Did it help?"],
    )
    assert [n.template for n in driver.notices()] == ["opened", "responded"]
    assert [n.template for n in resolved().notices()] == ["opened", "responded"]


@pytest.mark.clause("contently/escalation-update")
def test_a_response_that_escalates_is_one_email_to_each_person() -> None:
    driver = TicketDriver().act(Action.RESPOND, message="A closer look.", outcomes=["escalation"])
    assert driver.audiences("responded") == ["requester"]
    assert driver.audiences("escalated") == ["account_manager"]
    [response] = driver.notices("responded")
    assert driver.ticket.outbox.compose(response).facts["due_at"] == (
        new_york("2027-01-07 14:00").isoformat()
    )
    with pytest.raises(ConditionUnmet, match="to requester, account_manager"):
        driver.act(
            Action.CONCLUDE_TRIAGE,
            resolved=True,
            conclusion="Found it.",
            not_run="The cause is clear.",
        )
    driver.deliver_all().act(
        Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found it.", not_run="The cause is clear."
    )


@pytest.mark.parametrize(("name", "is_own"), [("Mia Harbour", True), ("Noor Harbour", False)])
def test_a_notice_knows_whether_the_requester_acted_and_reads_it(name: str, is_own: bool) -> None:
    actor = Actor(id=name.lower().replace(" ", "."), role=Role.REQUESTER, name=name)
    driver = resolved().act(Action.REOPEN, actor, reason="Still blank.")
    (opened,) = driver.notices("opened")
    (reopened,) = driver.notices("reopened")
    to_requester = opened.model_copy(update={"event": reopened.event, "template": "reopened"})
    facts = driver.ticket.outbox.compose(to_requester).facts
    assert (facts["by_requester"], facts["by_reader"]) == (is_own, is_own)
    facts = driver.ticket.outbox.compose(reopened).facts
    assert (facts["by_requester"], facts["by_reader"]) == (is_own, False)


def test_assignees_read_you_for_their_own_actions() -> None:
    bo = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    driver = TicketDriver().act(
        Action.ASSIGN, Actor(id="bo", role=Role.AGENT, name="Bo"), assignee=bo
    )
    (assigned,) = driver.notices("assigned")
    assert driver.ticket.outbox.compose(assigned).facts["by_reader"] is True


def test_a_question_comes_with_its_choices_and_the_heading_of_its_clause() -> None:
    at = new_york("2027-01-06 14:00")
    driver = TicketDriver(
        opened=opening(at, contract=contract("millbrook-township"), kind="custom_feature")
    )
    (asked,) = driver.notices("opened")
    facts = driver.ticket.outbox.compose(asked).facts
    questions, choices = facts["questions"], facts["choices"]
    assert isinstance(questions, list)
    assert isinstance(choices, list)
    assert choices[questions.index("What do you need help with?")] == [
        "Finding out where an issue with our custom programming comes from",
        "A problem that came up after the sign-off",
        "A requirement that was missed during acceptance",
        "A question about custom content or programming",
    ]
    assert str(facts["clause"]).startswith("Custom Feature Warranty")


def test_an_undeliverable_notice_is_recorded_and_reported() -> None:
    driver = TicketDriver()
    (record,) = driver.notices("opened")
    driver.ticket.undeliverable(record.key, "550 no such user", new_york("2027-01-06 14:01"))
    (failed,) = driver.notices("opened")
    assert (failed.status, failed.error) == (NoticeStatus.UNDELIVERABLE, "550 no such user")
    assert driver.audiences("notice_undeliverable") == ["assignee"]


def test_an_undeliverable_report_is_recorded_but_not_reported_again() -> None:
    driver = TicketDriver()
    (record,) = driver.notices("opened")
    driver.ticket.undeliverable(record.key, "550", new_york("2027-01-06 14:01"))
    (second,) = driver.notices("notice_undeliverable")
    driver.ticket.undeliverable(second.key, "550", new_york("2027-01-06 14:02"))
    assert len(driver.notices("notice_undeliverable")) == 1
    assert len(driver.events(EventType.NOTICE_UNDELIVERABLE)) == 2


@pytest.mark.clause("contently/escalation-update")
def test_an_escalation_notice_states_when_triage_is_due() -> None:
    driver = escalated()
    record = driver.notices("escalated")[0]
    assert (
        driver.ticket.outbox.compose(record).facts["due_at"]
        == new_york("2027-01-08 11:00").isoformat()
    )


def test_notices_state_no_internal_targets() -> None:
    driver = escalated().act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    driver.act(Action.HAND_OVER)
    (told,) = driver.notices("with_engineering")
    assert "engineering" not in driver.audiences("with_engineering")
    assert told.audience == "requester"


def test_a_notice_is_left_out_only_for_audiences_that_get_the_main_one() -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    both = NoticeTerms(
        event=EventType.RESOLVED, tell=("requester", "account_manager"), clause="progress"
    )
    notices = (*(n for n in opened.terms.notices if n.event is not EventType.RESOLVED), both)
    terms = opened.terms.model_copy(update={"notices": notices})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert driver.audiences("resolved") == ["account_manager"]


def test_a_notice_states_the_due_time_at_its_event_and_none_of_a_paused_clock() -> None:
    driver = TicketDriver().act(
        Action.RESPOND,
        message="Deeper.",
        outcomes=["escalation", "information_request"],
        questions=["Which browser?"],
    )
    assert "due_at" not in driver.ticket.outbox.compose(driver.notices("escalated")[0]).facts
    running = escalated()
    told = running.ticket.outbox.compose(running.notices("escalated")[0]).facts["due_at"]
    running.act(Action.REQUEST_INFORMATION, message="Which browser?").until("2027-01-15 12:00")
    running.act(Action.PROVIDE_INFORMATION, message="Firefox.")
    assert running.ticket.outbox.compose(running.notices("escalated")[0]).facts["due_at"] == told


def test_only_engineering_gets_the_packet() -> None:
    driver = escalated().act(Action.RECORD_FINDING, step="reproduce", result="Yes.")
    driver.act(
        Action.CONCLUDE_TRIAGE,
        resolved=False,
        conclusion="A regression.",
        not_run="The cause is clear.",
    )
    driver.act(Action.HAND_OVER)
    (to_requester,) = driver.notices("with_engineering")
    assert "findings" not in driver.ticket.outbox.compose(to_requester).facts


def under(terms: Terms, **changes: Any) -> TicketDriver:
    """A ticket under these terms, changed."""
    new = terms.model_copy(update=changes)
    return TicketDriver(opened=opening(new_york(WEDNESDAY)).model_copy(update={"terms": new}))


def test_only_an_announced_clock_is_in_the_notice_of_the_event_that_starts_it() -> None:
    terms = TicketDriver().state.terms
    silent = tuple(clock.model_copy(update={"announced": False}) for clock in terms.clocks)
    for driver, is_stated in ((TicketDriver(), True), (under(terms, clocks=silent), False)):
        facts = driver.ticket.outbox.compose(driver.notices("opened")[0]).facts
        assert ("due_at" in facts) is is_stated


def test_notices_use_the_policys_label_of_a_clock() -> None:
    terms = TicketDriver().state.terms
    labels = {"clock": {"first_response": "initial answer"}}
    driver = under(terms, labels=labels)
    driver.until("2027-01-08 14:00")
    notice = driver.ticket.outbox.compose(driver.notices("clock_breached")[0])
    assert notice.facts["clock"] == "initial answer"


@pytest.mark.clause("contently/progress")
@pytest.mark.fault(25)
def test_the_requester_is_told_when_work_begins_and_in_which_release_the_fix_comes() -> None:
    driver = forecast_shared().act(Action.START_ENGINEERING, ENGINEERING)
    driver.act(Action.SCHEDULE_RELEASE, ENGINEERING, release="2027.3", goes_out_on="2027-02-02")
    assert driver.audiences("engineering_started") == ["requester"]
    assert driver.audiences("release_scheduled") == ["requester"]


def test_without_a_contact_for_unassigned_tickets_nobody_is_told_in_place_of_the_assignee() -> None:
    opened = opening(new_york(WEDNESDAY))
    terms = opened.terms.model_copy(update={"unassigned": None})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    assert driver.until("2027-01-08 14:00").audiences("clock_breached") == ["team_lead"]


def test_the_notice_of_a_response_with_a_question_has_the_due_time_of_what_it_promises() -> None:
    """A clock that the first response starts, as of a policy that announces its next step."""
    opened = opening(new_york(WEDNESDAY))
    update = opened.terms.clock("next_update")
    changes = {"starts": (EventType.RESPONDED,), "announced": True, "pauses": ()}
    announced = update.model_copy(update=changes)
    clocks = tuple(announced if c == update else c for c in opened.terms.clocks)
    terms = opened.terms.model_copy(update={"clocks": clocks})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    driver.act(
        Action.RESPOND,
        message="Hello.",
        outcomes=["information_request"],
        questions=["Which browser?"],
    )
    [response] = driver.notices("responded")
    facts = driver.ticket.outbox.compose(response).facts
    assert facts["due_at"] == driver.clock("next_update").due_at.isoformat()


def test_the_notice_of_a_finding_has_the_step_in_the_words_of_the_checklist() -> None:
    driver = escalated().act(Action.RECORD_FINDING, step="reproduce", result="Reproduced.")
    (finding,) = driver.events(EventType.FINDING_RECORDED)
    driver.ticket.outbox.enqueue(finding, ["account_manager"], "update_posted")
    facts = driver.ticket.outbox.compose(driver.notices("update_posted")[0]).facts
    [step] = [step for step in driver.state.terms.process.checklist if step.id == "reproduce"]
    assert (facts["step"], facts["result"]) == (step.does, "Reproduced.")


@pytest.mark.clause("prismic/premium-outage")
def test_a_page_states_the_urgency_and_what_the_requester_wrote() -> None:
    requester = MIA.model_copy(update={"email": "mia@somewhere.example"})
    opened = opening(
        new_york(WEDNESDAY),
        contract=contract("alder-forge"),
        requester=requester,
        channel="portal",
        kind="api_outage",
        priority="category_1",
    )
    driver = TicketDriver(opened=opened)
    [page] = driver.notices("paged")
    facts = driver.ticket.outbox.compose(page).facts
    assert facts["message"] == opened.description
    first = min((c for c in driver.state.clocks if c.is_open), key=lambda clock: clock.due_at)
    assert facts["due_at"] == first.due_at.isoformat()
    assert facts["priority"] == driver.state.terms.label("priority", "category_1")


def test_the_notice_of_a_review_has_the_label_of_its_priority() -> None:
    driver = handed_over()
    labels = {"review": {"high": "Before anything else"}}
    terms = driver.state.terms.model_copy(update={"labels": labels})
    driver.state.opening = driver.state.opening.model_copy(update={"terms": terms})
    driver.act(Action.RECORD_REVIEW, ENGINEERING, viewpoint="engineering", priority="high")
    (review,) = driver.events(EventType.REVIEWED)
    driver.ticket.outbox.enqueue(review, ["requester"], "update_posted")
    facts = driver.ticket.outbox.compose(driver.notices("update_posted")[0]).facts
    assert facts["priority"] == "Before anything else"


def composed(driver: TicketDriver, template: str) -> list[str]:
    """The standard templates of the notices with a template."""
    compose = driver.ticket.outbox.compose
    return [compose(record).standard for record in driver.notices(template)]


def test_a_notice_with_a_template_of_the_policy_names_that_of_its_event() -> None:
    own = NoticeTerms(event=EventType.OPENED, tell=("requester",), template="our_receipt")
    packet = NoticeTerms(event=EventType.HANDED_OVER, tell=("requester",), template="our_handoff")
    opened = opening(new_york(WEDNESDAY))
    terms = opened.terms.model_copy(update={"notices": (own, packet)})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    assert composed(driver, "our_receipt") == ["opened"]
    (event,) = driver.events(EventType.OPENED)
    handed = event.model_copy(update={"type": EventType.HANDED_OVER, "seq": 1})
    driver.state.events[0] = handed
    driver.ticket.outbox.enqueue(handed, ["requester"], "our_handoff")
    # Never the packet, which has internal findings.
    assert composed(driver, "our_handoff") == ["with_engineering"]


def test_a_notice_with_the_template_of_its_event_names_no_other() -> None:
    driver = escalated().until("2027-01-20 12:00")
    compose = driver.ticket.outbox.compose
    assert {compose(record).standard for record in driver.notices()} == {""}
