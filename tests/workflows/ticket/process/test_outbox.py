"""Notices: their identities, who gets them, and that nobody gets the same news twice."""

from typing import Any

import pytest

from policies.terms.ticket_terms import NoticeTerms, Terms
from policies.vocabulary import Action, EventType, NoticeStatus, Role
from tests.harness import new_york, opening
from tests.policies.requests import contract
from tests.workflows.ticket.story import WEDNESDAY, Story, escalated, resolved
from workflows.shared.action_request import Actor
from workflows.ticket.model.refusals import ConditionUnmet


def test_unassigned_tickets_tell_the_team_lead_once_instead_of_nobody() -> None:
    story = Story().until("2027-01-08 14:00")
    assert [n.to.email for n in story.notices("clock_breached")] == [
        "support-lead@contently.example"
    ]


def test_an_assigned_ticket_tells_its_assignee_and_the_team_lead() -> None:
    bo = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    story = Story().act(Action.ASSIGN, assignee=bo).until("2027-01-08 14:00")
    assert story.told("clock_breached") == ["assignee", "team_lead"]
    assert story.notices("clock_breached")[0].to.email == "bo@desk.example"


def test_every_notice_has_an_identity_of_its_own() -> None:
    story = escalated().until("2027-01-20 12:00")
    keys = [notice.key for notice in story.notices()]
    assert len(keys) == len(set(keys))
    assert "clock_breached/triage/1/breach/assignee" in keys


def test_the_same_notice_owed_twice_is_owed_once() -> None:
    story = Story()
    (opened,) = story.events(EventType.OPENED)
    story.ticket.outbox.enqueue(opened, ["requester"], "opened")
    assert len(story.notices("opened")) == 1


@pytest.mark.clause("contently/first-response-content")
def test_a_response_says_itself_what_it_asks_and_resolves() -> None:
    story = Story().act(
        Action.RESPOND,
        message="Try this, and tell us:",
        outcomes=["resolution", "information_request"],
        questions=["Did it help?"],
    )
    assert [n.template for n in story.notices()] == ["opened", "responded"]
    assert [n.template for n in resolved().notices()] == ["opened", "responded"]


@pytest.mark.clause("contently/escalation-update")
def test_a_response_that_escalates_is_one_email_to_each_person() -> None:
    story = Story().act(Action.RESPOND, message="A closer look.", outcomes=["escalation"])
    assert story.told("responded") == ["requester"]
    assert story.told("escalated") == ["account_manager"]
    [response] = story.notices("responded")
    assert story.ticket.outbox.compose(response).facts["due_at"] == (
        new_york("2027-01-07 14:00").isoformat()
    )
    with pytest.raises(ConditionUnmet, match="to requester, account_manager"):
        story.act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found it.")
    story.deliver_all().act(Action.CONCLUDE_TRIAGE, resolved=True, conclusion="Found it.")


@pytest.mark.parametrize(("name", "is_own"), [("Mia Harbour", True), ("Noor Harbour", False)])
def test_a_notice_knows_whether_the_requester_acted_and_reads_it(name: str, is_own: bool) -> None:
    actor = Actor(id=name.lower().replace(" ", "."), role=Role.REQUESTER, name=name)
    story = resolved().act(Action.REOPEN, actor, reason="Still blank.")
    (opened,) = story.notices("opened")
    (reopened,) = story.notices("reopened")
    to_requester = opened.model_copy(update={"event": reopened.event, "template": "reopened"})
    facts = story.ticket.outbox.compose(to_requester).facts
    assert (facts["by_requester"], facts["by_reader"]) == (is_own, is_own)
    facts = story.ticket.outbox.compose(reopened).facts
    assert (facts["by_requester"], facts["by_reader"]) == (is_own, False)


def test_assignees_read_you_for_their_own_actions() -> None:
    bo = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    story = Story().act(Action.ASSIGN, Actor(id="bo", role=Role.AGENT, name="Bo"), assignee=bo)
    (assigned,) = story.notices("assigned")
    assert story.ticket.outbox.compose(assigned).facts["by_reader"] is True


def test_a_question_comes_with_its_choices_and_the_heading_of_its_clause() -> None:
    at = new_york("2027-01-06 14:00")
    story = Story(
        opened=opening(at, contract=contract("millbrook-township"), kind="custom_feature")
    )
    (asked,) = story.notices("information_needed")
    facts = story.ticket.outbox.compose(asked).facts
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


def test_a_notice_that_cannot_be_delivered_is_recorded_and_told_to_the_desk() -> None:
    story = Story()
    (record,) = story.notices("opened")
    story.ticket.undeliverable(record.key, "550 no such user", new_york("2027-01-06 14:01"))
    (failed,) = story.notices("opened")
    assert (failed.status, failed.error) == (NoticeStatus.UNDELIVERABLE, "550 no such user")
    assert story.told("notice_undeliverable") == ["assignee"]


def test_a_failure_to_tell_of_a_failure_is_recorded_and_ends_there() -> None:
    story = Story()
    (record,) = story.notices("opened")
    story.ticket.undeliverable(record.key, "550", new_york("2027-01-06 14:01"))
    (second,) = story.notices("notice_undeliverable")
    story.ticket.undeliverable(second.key, "550", new_york("2027-01-06 14:02"))
    assert len(story.notices("notice_undeliverable")) == 1
    assert len(story.events(EventType.NOTICE_UNDELIVERABLE)) == 2


@pytest.mark.clause("contently/escalation-update")
def test_an_escalation_notice_says_when_triage_is_due() -> None:
    story = escalated()
    record = story.notices("escalated")[0]
    assert (
        story.ticket.outbox.compose(record).facts["due_at"]
        == new_york("2027-01-08 11:00").isoformat()
    )


def test_targets_of_the_desks_own_are_promised_to_nobody() -> None:
    story = escalated().act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression.")
    story.act(Action.HAND_OVER)
    (told,) = story.notices("with_engineering")
    assert "engineering" not in story.told("with_engineering")
    assert told.audience == "requester"


def test_a_notice_is_left_out_only_for_those_who_get_the_same_news_otherwise() -> None:
    opened = opening(new_york("2027-01-06 14:00"))
    both = NoticeTerms(
        event=EventType.RESOLVED, tell=("requester", "account_manager"), clause="progress"
    )
    notices = (*(n for n in opened.terms.notices if n.event is not EventType.RESOLVED), both)
    terms = opened.terms.model_copy(update={"notices": notices})
    story = Story(opened=opened.model_copy(update={"terms": terms}))
    story.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert story.told("resolved") == ["account_manager"]


def test_a_letter_tells_the_deadline_as_it_was_and_none_that_stands_still() -> None:
    story = Story().act(
        Action.RESPOND,
        message="Deeper.",
        outcomes=["escalation", "information_request"],
        questions=["Which browser?"],
    )
    assert "due_at" not in story.ticket.outbox.compose(story.notices("escalated")[0]).facts
    running = escalated()
    told = running.ticket.outbox.compose(running.notices("escalated")[0]).facts["due_at"]
    running.act(Action.REQUEST_INFORMATION, message="Which browser?").until("2027-01-15 12:00")
    running.act(Action.PROVIDE_INFORMATION, message="Firefox.")
    assert running.ticket.outbox.compose(running.notices("escalated")[0]).facts["due_at"] == told


def test_the_packet_is_engineerings_alone() -> None:
    story = escalated().act(Action.RECORD_FINDING, step="reproduce", result="Yes.")
    story.act(Action.CONCLUDE_TRIAGE, resolved=False, conclusion="A regression.")
    story.act(Action.HAND_OVER)
    (to_requester,) = story.notices("with_engineering")
    assert "findings" not in story.ticket.outbox.compose(to_requester).facts


def under(terms: Terms, **changes: Any) -> Story:
    """A ticket under these terms, changed."""
    new = terms.model_copy(update=changes)
    return Story(opened=opening(new_york(WEDNESDAY)).model_copy(update={"terms": new}))


def test_only_an_announced_clock_is_in_the_notice_of_the_event_that_starts_it() -> None:
    terms = Story().state.terms
    silent = tuple(clock.model_copy(update={"announced": False}) for clock in terms.clocks)
    for story, is_stated in ((Story(), True), (under(terms, clocks=silent), False)):
        facts = story.ticket.outbox.compose(story.notices("opened")[0]).facts
        assert ("due_at" in facts) is is_stated


def test_a_clock_is_called_in_notices_what_its_policy_calls_it() -> None:
    terms = Story().state.terms
    labels = {"clock": {"first_response": "initial answer"}}
    story = under(terms, labels=labels)
    story.until("2027-01-08 14:00")
    notice = story.ticket.outbox.compose(story.notices("clock_breached")[0])
    assert notice.facts["clock"] == "initial answer"
