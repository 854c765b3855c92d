"""Revisions: a ticket keeps its own, and comes under another only by an explicit action."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from policies.coverage.verdict import Decision, Verdict
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement
from policies.terms.ticket_terms import ClockTerms, Terms
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn
from tests.conftest import Begin
from tests.harness import (
    AGENT,
    CATALOG,
    MIA,
    OPERATOR,
    REQUESTER,
    RecordingMailer,
    new_york,
    opening,
)
from tests.workflows.ticket.story import WEDNESDAY, Story, escalated, resolved
from workflows.client.tickets import ActionRefused
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.model.revisions import preview
from workflows.ticket.process import views

NEXT = date(2027, 1, 1)
WHY: dict[str, Any] = {"reason": "Agreed with the customer."}
ASK: dict[str, Any] = {"message": "Please tell us more.", "questions": ["Which browser?"]}


def terms_at(received: str = WEDNESDAY, revision: date = NEXT, **clocks: Any) -> Terms:
    """Contently's terms, of another revision, in which these clocks are changed or gone."""
    terms = opening(new_york(received)).terms
    kept = [c for c in terms.clocks if clocks.get(c.name, c) is not None]
    changed = tuple(_within(c, clocks[c.name]) if c.name in clocks else c for c in kept)
    return terms.model_copy(update={"revision": revision, "clocks": changed})


def _within(clock: ClockTerms, length: str) -> ClockTerms:
    promises = {"otherwise": {"within": length}}
    if "otherwise" not in clock.promises:
        promises = {key: {"within": length} for key in clock.promises}
    return ClockTerms.model_validate(clock.model_dump() | {"promises": promises})


def revised(policy: SupportPolicy, on: date, **changes: Any) -> SupportPolicy:
    return policy.model_copy(update={"revision": on, **changes})


@pytest.mark.clause("cention/changes")
def test_an_open_clock_is_aimed_under_the_new_terms_and_keeps_its_past() -> None:
    story = Story().until("2027-01-06 15:00")
    new = terms_at(first_response="1 business day")
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert story.state.terms.revision == NEXT
    assert story.clock("first_response").due_at == new_york("2027-01-07 14:00")
    assert story.clock("first_response").cycle == 1
    (event,) = story.events(EventType.REVISION_CHANGED)
    assert event.by == OPERATOR
    assert event.data == {
        "from": str(opening(new_york(WEDNESDAY)).terms.revision),
        "to": "2027-01-01",
        "reason": WHY["reason"],
        "clocks": [
            {
                "name": "first_response",
                "cycle": 1,
                "was": new_york("2027-01-08 14:00").isoformat(),
                "now": new_york("2027-01-07 14:00").isoformat(),
            }
        ],
    }
    breached = story.until("2027-01-08 12:00").events(EventType.CLOCK_BREACHED)
    assert [e.at for e in breached] == [new_york("2027-01-07 14:00")]


@pytest.mark.clause("cention/changes")
def test_pauses_stay_counted_and_a_paused_clock_stays_paused() -> None:
    story = escalated().until("2027-01-07 15:00").act(Action.REQUEST_INFORMATION, **ASK)
    story.until("2027-01-08 11:00")
    new = terms_at(triage="2 business days")
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    clock = story.clock("triage")
    assert clock.state is ClockState.PAUSED
    (event,) = story.events(EventType.REVISION_CHANGED)
    clocks: Any = event.data["clocks"]
    moved = next(c for c in clocks if c["name"] == "triage")
    assert (moved["was"], moved["now"]) == (None, None)
    story.until("2027-01-12 10:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert story.clock("triage").due_at == new_york("2027-01-13 14:00")


@pytest.mark.clause("cention/changes")
def test_a_clock_that_the_new_terms_do_not_have_is_over_and_stays_on_the_record() -> None:
    story = escalated()
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(triage=None), **WHY)
    assert story.clock("triage").state is ClockState.CANCELLED
    shown = {clock.name: clock.state for clock in views.view(story.state).clocks}
    assert shown["triage"] is ClockState.CANCELLED
    assert "triage" not in views.reply(story.state, Role.AGENT).guarantees
    story = story.until("2027-01-20 12:00").carried()
    assert all(e.data["clock"] != "triage" for e in story.events(EventType.CLOCK_BREACHED))
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(revision=date(2027, 2, 1)), **WHY)
    assert story.clock("triage").state is ClockState.RUNNING


@pytest.mark.clause("cention/changes")
def test_a_clock_that_is_new_starts_only_if_begun_and_from_now() -> None:
    story = Story()
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(triage=None), **WHY)
    assert story.ticket.clocks.latest("triage") is None
    story.act(Action.RESPOND, message="Deeper.", outcomes=["escalation"]).deliver_all()
    assert story.ticket.clocks.latest("triage") is None
    story.until("2027-01-07 11:00")
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)
    assert story.clock("triage").due_at == new_york("2027-01-08 11:00")


@pytest.mark.clause("cention/changes")
def test_what_ran_out_stays_so() -> None:
    story = Story().until("2027-01-11 10:00")
    new = terms_at(first_response="9 business days")
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert story.clock("first_response").state is ClockState.BREACHED
    story.act(Action.RESPOND, message="Sorry.", outcomes=["resolution"])
    assert story.clock("first_response").completed_at == story.now


@pytest.mark.clause("cention/changes")
def test_a_preview_shows_the_due_times_and_changes_nothing() -> None:
    story = Story().until("2027-01-06 15:00")
    before = story.state.model_dump_json()
    new = terms_at(first_response="1 business day")
    (move,) = preview(story.state, new, story.now).clocks
    assert (move.name, move.cycle, move.new_state) == ("first_response", 1, ClockState.RUNNING)
    assert move.due_at == new_york("2027-01-08 14:00")
    assert move.new_due_at == new_york("2027-01-07 14:00")
    assert story.state.model_dump_json() == before


@pytest.mark.clause("cention/changes")
def test_a_preview_says_so_when_a_new_deadline_lies_behind() -> None:
    story = Story().until("2027-01-07 16:00")
    new = terms_at(first_response="1 business day")
    (move,) = preview(story.state, new, story.now).clocks
    assert move.new_state is ClockState.BREACHED
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY).until("2027-01-07 16:00")
    assert story.clock("first_response").state is move.new_state


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "already under these terms"),
        ({"policy": "prismic"}, "cannot change"),
        ({"account": "salt-press"}, "cannot change"),
        ({"revision": NEXT, "is_settled": False}, "not settled"),
        ({"revision": NEXT, "priorities": ("p0", "p1")}, "reclassify the ticket first"),
    ],
)
def test_terms_that_do_not_fit_are_refused(changes: dict[str, Any], reason: str) -> None:
    story = Story()
    before = story.state.model_dump_json()
    new = story.state.terms.model_copy(update=changes)
    with pytest.raises(InvalidContent, match=reason):
        story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert story.state.model_dump_json() == before


def test_only_operators_change_the_revision_and_only_of_active_tickets() -> None:
    with pytest.raises(WrongRole):
        Story().act(Action.CHANGE_REVISION, AGENT, terms=terms_at(), **WHY)
    assert Action.CHANGE_REVISION in allowed_actions(Story().state, Role.OPERATOR)
    assert Action.CHANGE_REVISION not in allowed_actions(resolved().state, Role.OPERATOR)
    opened = opening(new_york(WEDNESDAY))
    unsettled = opened.terms.model_copy(update={"is_settled": False})
    story = Story(opened=opened.model_copy(update={"terms": unsettled}))
    with pytest.raises(ConditionUnmet, match="not settled yet"):
        story.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)


@pytest.mark.clause("cention/changes")
def test_a_cention_ticket_keeps_its_revision_when_another_comes_into_force() -> None:
    now_so = CATALOG.latest("cention")
    newer = revised(now_so, date(2027, 2, 1))
    catalog = PolicyCatalog([now_so, newer])
    for received, expected in (
        (datetime(2027, 1, 31, 12, tzinfo=UTC), now_so.revision),
        (datetime(2027, 2, 1, 12, tzinfo=UTC), newer.revision),
    ):
        policy = catalog.in_force("cention", received)
        assert _cention(policy, received).revision == expected


def _cention(policy: SupportPolicy, received_at: datetime) -> Terms:
    contract = Contract(
        account="nordic", name="Nordic", policy="cention", plan=next(iter(policy.plans))
    )
    facts = TicketFacts(
        requester=Requester(name="Nils", email="nils@nordic.example"),
        channel=policy.channels[0].channels[0] if policy.channels else "email",
        kind=next(iter(policy.kinds), None),
        priority=next(iter(policy.priorities), None),
    )
    return settle(policy, contract, facts, received_at)


@pytest.mark.clause("cention/changes")
async def test_on_the_server_a_change_is_previewed_taken_once_and_recorded(begin: Begin) -> None:
    life = await begin(new_york(WEDNESDAY))
    new = terms_at(first_response="1 business day")
    (move,) = (await life.tickets.preview(life.number, new)).clocks
    assert move.new_due_at == new_york("2027-01-07 14:00")
    assert (await life.view()).revision != NEXT
    said: dict[str, Any] = {"terms": new, **WHY}
    first = await life.act(Action.CHANGE_REVISION, OPERATOR, id="c1", **said)
    again = await life.act(Action.CHANGE_REVISION, OPERATOR, id="c1", **said)
    assert first == again
    assert first.clocks[0].due_at == move.new_due_at
    assert (await life.view()).revision == NEXT
    with pytest.raises(ActionRefused, match="already"):
        await life.act(Action.CHANGE_REVISION, OPERATOR, id="c2", **said)
    await life.until(new_york("2027-01-08 10:00"))
    timeline = await life.timeline()
    assert [e.at for e in timeline if e.type is EventType.CLOCK_BREACHED] == [move.new_due_at]
    assert len([e for e in timeline if e.type is EventType.REVISION_CHANGED]) == 1


# --- whom it is told, and what it makes of the coverage -------------------------------------------


def refusing(terms: Terms) -> Terms:
    """The same terms, under which the request is not covered."""
    refusal = Verdict(
        decision=Decision.NOT_COVERED,
        closed_as=ClosedAs.NOT_COVERED,
        clauses=("limitation",),
        says="Extensions are not covered any more.",
    )
    return terms.model_copy(update={"verdict": refusal})


def asking(terms: Terms) -> Terms:
    """The same terms, under which a fact is needed."""
    asks = Verdict(decision=Decision.NEEDS_FACTS, clauses=("limitation",), missing=("cause",))
    return terms.model_copy(update={"verdict": asks, "asks": {"cause": "What is the cause?"}})


@pytest.mark.clause("cention/changes")
def test_requester_and_account_manager_are_told_what_was_promised_and_when_it_is_due() -> None:
    story = escalated().until("2027-01-07 12:00")
    new = terms_at(triage="2 business days", next_update="9 business days")
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert story.told("revision_changed") == ["requester", "account_manager"]
    facts = story.ticket.outbox.compose(story.notices("revision_changed")[0]).facts
    was, now = new_york("2027-01-08 11:00"), new_york("2027-01-11 11:00")
    moved = {"name": "triage", "cycle": 1, "was": was.isoformat(), "now": now.isoformat()}
    assert facts["clocks"] == [moved]
    assert (facts["to"], facts["reason"]) == ("2027-01-01", WHY["reason"])


@pytest.mark.clause("cention/changes")
async def test_the_letters_give_the_times_in_the_zone_of_their_reader(
    begin: Begin, mailer: RecordingMailer
) -> None:
    asker = MIA.model_copy(update={"zone": "Europe/Paris", "locale": "fr"})
    life = await begin(new_york(WEDNESDAY), requester=asker)
    new = terms_at(first_response="1 business day")
    paris = new.contacts["requester"].model_copy(update={"zone": "Europe/Paris", "locale": "fr"})
    new = new.model_copy(update={"contacts": new.contacts | {"requester": paris}})
    await life.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    await life.delivered(3)
    letters = {letter["To"]: letter.get_body(("plain",)) for letter in mailer.letters[-2:]}
    said = {to.partition(" ")[0]: body.get_content() for to, body in letters.items() if body}
    assert "jeudi 7 janvier 2027 à 20\u00a0h (heure de Paris)" in said["Mia"]
    assert "vendredi 8 janvier 2027 à 20\u00a0h (heure de Paris)" in said["Mia"]
    assert "Thursday 7 January 2027, 14:00 EST instead of" in said["Ines"]


@pytest.mark.clause("cention/changes", "contently/limitation")
def test_terms_that_turn_the_request_down_say_so_in_the_preview_and_close_it_openly() -> None:
    story = escalated()
    new, before = refusing(terms_at()), story.state.model_dump_json()
    shown = preview(story.state, new, story.now)
    assert story.state.model_dump_json() == before
    assert (shown.verdict.closed_as, shown.verdict.clauses) == (
        ClosedAs.NOT_COVERED,
        ("limitation",),
    )
    assert {(c.new_due_at, c.new_state) for c in shown.clocks} == {(None, ClockState.CANCELLED)}
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert (story.state.stage, story.state.closed_as) == (Stage.CLOSED, ClosedAs.NOT_COVERED)
    types = [event.type for event in story.events()[-3:]]
    assert types == [EventType.REVISION_CHANGED, EventType.VERDICT_REACHED, EventType.CLOSED]
    assert story.events()[-1].by.role is Role.SYSTEM
    assert story.told("closed") == ["requester"]
    assert story.told("revision_changed") == ["account_manager"]
    assert not any(clock.is_open for clock in story.state.clocks)
    assert story.state.is_contestable
    story.act(Action.OVERRIDE_VERDICT, AGENT, reason="It was promised to them.")
    assert allowed_actions(story.state, Role.AGENT)[:2] == (Action.ACKNOWLEDGE, Action.ASSIGN)


@pytest.mark.clause("cention/changes")
def test_terms_that_need_a_fact_ask_for_it_once_and_terms_that_do_not_wait_no_longer() -> None:
    story = Story().act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    assert story.state.waiting_on is WaitingOn.REQUESTER
    assert story.told("information_needed") == ["requester"]
    again = asking(terms_at(revision=date(2027, 2, 1)))
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=again, **WHY)
    assert len(story.events(EventType.INFORMATION_REQUESTED)) == 1
    covered = terms_at(revision=date(2027, 3, 1))
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=covered, **WHY)
    answer = (story.state.verdict.decision, str(story.state.waiting_on))
    assert answer == (Decision.COVERED, "support")


@pytest.mark.clause("cention/changes")
def test_what_an_agent_decided_on_coverage_stays_decided() -> None:
    story = Story(publication="ebb").act(Action.OVERRIDE_VERDICT, AGENT, reason="A courtesy.")
    new = refusing(terms_at())
    assert preview(story.state, new, story.now).verdict.decision is Decision.COVERED
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert story.state.stage is Stage.RECEIVED
    assert story.state.verdict.decision is Decision.COVERED
    story.ticket.settle(Settlement(terms=new), story.now)
    assert story.state.stage is Stage.RECEIVED


@pytest.mark.clause("cention/changes")
def test_a_verdict_asked_for_under_the_terms_before_decides_nothing() -> None:
    before = asking(terms_at(revision=date(2026, 12, 1)))
    story = Story().act(Action.CHANGE_REVISION, OPERATOR, terms=before, **WHY)
    story.act(Action.PROVIDE_INFORMATION, REQUESTER, message="An ad blocker.")
    story.act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    story.ticket.settle(Settlement(terms=refusing(before)), story.now)
    assert story.state.stage is Stage.RECEIVED
    assert story.state.owes_settlement
