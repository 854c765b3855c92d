"""Revisions: a ticket keeps its own until an operator changes it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from policies.coverage.verdict import Decision, Verdict
from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from policies.schema.request import Requester, TicketFacts
from policies.terms.model.clock import ClockTerms
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement import settle
from policies.terms.settlement_request import Settlement
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn
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
from tests.server_fixtures import Begin
from tests.workflows.ticket.ticket_driver import (
    WEDNESDAY,
    TicketDriver,
    awaiting_handoff,
    escalated,
    forecast_shared,
    resolved,
)
from workflows.client.ticket_errors import ActionRefused
from workflows.shared.refusals import InvalidContent, WrongRole
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.model.refusals import ConditionUnmet
from workflows.ticket.process import views
from workflows.ticket.state.revisions import preview

NEXT = date(2027, 1, 1)
WHY: dict[str, Any] = {"reason": "Agreed with the customer."}
ASK: dict[str, Any] = {"message": "Please tell us more.", "questions": ["Which browser?"]}


def terms_at(received: str = WEDNESDAY, revision: date = NEXT, **clocks: Any) -> Terms:
    """Contently's terms in another revision, with changed or removed clocks."""
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
def test_an_open_clock_counts_its_past_against_the_new_terms() -> None:
    driver = TicketDriver().until("2027-01-06 15:00")
    new = terms_at(first_response="1 business day")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert driver.state.terms.revision == NEXT
    assert driver.state.terms == new
    assert driver.clock("first_response").due_at == new_york("2027-01-07 14:00")
    assert driver.clock("first_response").cycle == 1
    (event,) = driver.events(EventType.REVISION_CHANGED)
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
    breached = driver.until("2027-01-08 12:00").events(EventType.CLOCK_BREACHED)
    assert [e.at for e in breached] == [new_york("2027-01-07 14:00")]


@pytest.mark.clause("cention/changes")
def test_pauses_stay_counted_and_a_paused_clock_stays_paused() -> None:
    driver = escalated().until("2027-01-07 15:00").act(Action.REQUEST_INFORMATION, **ASK)
    driver.until("2027-01-08 11:00")
    new = terms_at(triage="2 business days")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    clock = driver.clock("triage")
    assert clock.state is ClockState.PAUSED
    (event,) = driver.events(EventType.REVISION_CHANGED)
    clocks: Any = event.data["clocks"]
    moved = next(c for c in clocks if c["name"] == "triage")
    assert (moved["was"], moved["now"]) == (None, None)
    driver.until("2027-01-12 10:00").act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    assert driver.clock("triage").due_at == new_york("2027-01-13 14:00")


@pytest.mark.clause("cention/changes")
def test_a_clock_that_the_new_terms_lack_is_cancelled_and_stays_on_the_record() -> None:
    driver = escalated()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(triage=None), **WHY)
    facts = driver.ticket.outbox.compose(driver.notices("revision_changed")[0]).facts
    assert [c["name"] for c in facts["clocks"]] == ["triage"]  # type: ignore[index,union-attr,call-overload]
    assert driver.clock("triage").state is ClockState.CANCELLED
    shown = {clock.name: clock.state for clock in views.view(driver.state).clocks}
    assert shown["triage"] is ClockState.CANCELLED
    assert "triage" not in views.reply(driver.state, Role.AGENT).guarantees
    driver = driver.until("2027-01-20 12:00").carried()
    assert all(e.data["clock"] != "triage" for e in driver.events(EventType.CLOCK_BREACHED))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(revision=date(2027, 2, 1)), **WHY)
    assert driver.clock("triage").due_at == new_york("2027-01-08 11:00")
    assert driver.clock("triage").breached_at == new_york("2027-01-20 12:00")


@pytest.mark.clause("cention/changes")
def test_a_new_clock_counts_from_its_start_event_if_that_has_happened() -> None:
    driver = TicketDriver()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(triage=None), **WHY)
    assert driver.ticket.clocks.latest("triage") is None
    driver.act(Action.RESPOND, message="Deeper.", outcomes=["escalation"]).deliver_all()
    assert driver.ticket.clocks.latest("triage") is None
    driver.until("2027-01-07 11:00")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)
    assert driver.clock("triage").due_at == new_york("2027-01-07 14:00")
    letters = driver.notices("revision_changed")
    facts = driver.ticket.outbox.compose(letters[-1]).facts
    assert "triage" in [c["name"] for c in facts["clocks"]]  # type: ignore[index,union-attr,call-overload]


@pytest.mark.clause("cention/changes")
def test_a_breach_stays_on_the_record_and_the_new_terms_are_a_new_cycle() -> None:
    driver = TicketDriver().until("2027-01-11 10:00")
    new = terms_at(first_response="9 business days")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    first, second = driver.ticket.clocks.cycles
    assert (first.state, first.completed_at) == (ClockState.BREACHED, driver.now)
    assert (second.state, second.started_at) == (ClockState.RUNNING, first.started_at)
    (event,) = driver.events(EventType.REVISION_CHANGED)
    moved: Any = event.data["clocks"]
    assert [(c["cycle"], c["was"] is None, c["now"] is None) for c in moved] == [
        (1, False, True),
        (2, True, False),
    ]
    driver.act(Action.RESPOND, message="Sorry.", outcomes=["resolution"])
    assert driver.clock("first_response").state is ClockState.MET


@pytest.mark.clause("cention/changes")
def test_an_overdue_clock_goes_on_under_new_terms_with_the_same_target() -> None:
    driver = TicketDriver().until("2027-01-11 10:00")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(triage=None), **WHY)
    (clock,) = driver.ticket.clocks.cycles
    assert clock.is_overdue
    (event,) = driver.events(EventType.REVISION_CHANGED)
    clocks: Any = event.data["clocks"]
    assert clocks[0]["was"] == clocks[0]["now"] == clock.due_at.isoformat()


@pytest.mark.clause("cention/changes")
def test_a_preview_shows_the_due_times_and_changes_nothing() -> None:
    driver = TicketDriver().until("2027-01-06 15:00")
    before = driver.state.model_dump_json()
    new = terms_at(first_response="1 business day")
    (move,) = preview(driver.state, new, driver.now).clocks
    assert (move.name, move.cycle, move.new_state) == ("first_response", 1, ClockState.RUNNING)
    assert move.due_at == new_york("2027-01-08 14:00")
    assert move.new_due_at == new_york("2027-01-07 14:00")
    assert driver.state.model_dump_json() == before


@pytest.mark.clause("cention/changes")
def test_a_preview_shows_a_clock_that_would_breach_at_once() -> None:
    driver = TicketDriver().until("2027-01-07 16:00")
    new = terms_at(first_response="1 business day")
    (move,) = preview(driver.state, new, driver.now).clocks
    assert move.new_state is ClockState.BREACHED
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY).until("2027-01-07 16:00")
    assert driver.clock("first_response").state is move.new_state


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "already under these terms"),
        ({"policy": "prismic"}, "cannot change"),
        ({"account": "salt-press"}, "cannot change"),
        ({"revision": NEXT, "is_settled": False}, "not settled"),
        (
            {"revision": NEXT, "priorities": ("p0", "p1")},
            "has the priority normal, and the revision .* has only p0, p1; reclassify",
        ),
    ],
)
def test_terms_that_do_not_fit_are_refused(changes: dict[str, Any], reason: str) -> None:
    driver = TicketDriver()
    before = driver.state.model_dump_json()
    new = driver.state.terms.model_copy(update=changes)
    with pytest.raises(InvalidContent, match=reason):
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert driver.state.model_dump_json() == before


def test_only_operators_change_the_revision_and_only_of_active_tickets() -> None:
    with pytest.raises(WrongRole):
        TicketDriver().act(Action.CHANGE_REVISION, AGENT, terms=terms_at(), **WHY)
    assert Action.CHANGE_REVISION in allowed_actions(TicketDriver().state, Role.OPERATOR)
    assert Action.CHANGE_REVISION not in allowed_actions(resolved().state, Role.OPERATOR)
    opened = opening(new_york(WEDNESDAY))
    unsettled = opened.terms.model_copy(update={"is_settled": False})
    driver = TicketDriver(opened=opened.model_copy(update={"terms": unsettled}))
    with pytest.raises(ConditionUnmet, match="not settled yet"):
        driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)


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
async def test_on_the_server_a_change_is_previewed_applied_once_and_recorded(begin: Begin) -> None:
    life = await begin(new_york(WEDNESDAY))
    new = terms_at(first_response="1 business day")
    (move,) = (await life.tickets.preview(life.number, new)).clocks
    assert move.new_due_at == new_york("2027-01-07 14:00")
    assert (await life.view()).revision != NEXT
    inputs: dict[str, Any] = {"terms": new, **WHY}
    first = await life.act(Action.CHANGE_REVISION, OPERATOR, id="c1", **inputs)
    again = await life.act(Action.CHANGE_REVISION, OPERATOR, id="c1", **inputs)
    assert first == again
    assert first.clocks[0].due_at == move.new_due_at
    assert (await life.view()).revision == NEXT
    with pytest.raises(ActionRefused, match="already"):
        await life.act(Action.CHANGE_REVISION, OPERATOR, id="c2", **inputs)
    await life.until(new_york("2027-01-08 10:00"))
    timeline = await life.timeline()
    assert [e.at for e in timeline if e.type is EventType.CLOCK_BREACHED] == [move.new_due_at]
    assert len([e for e in timeline if e.type is EventType.REVISION_CHANGED]) == 1


# --- notices and coverage -------------------------------------------------------------------------


def refusing(terms: Terms) -> Terms:
    """The same terms, by which the request is not covered."""
    refusal = Verdict(
        decision=Decision.NOT_COVERED,
        closed_as=ClosedAs.NOT_COVERED,
        clauses=("limitation",),
        says="Extensions are not covered any more.",
    )
    return terms.model_copy(update={"verdict": refusal})


def asking(terms: Terms) -> Terms:
    """The same terms, by which a fact is missing."""
    asks = Verdict(decision=Decision.NEEDS_FACTS, clauses=("limitation",), missing=("cause",))
    return terms.model_copy(update={"verdict": asks, "asks": {"cause": "What is the cause?"}})


@pytest.mark.clause("cention/changes")
def test_the_notice_of_a_revision_has_old_and_new_due_times() -> None:
    driver = escalated().until("2027-01-07 12:00")
    new = terms_at(triage="2 business days", next_update="9 business days")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert driver.audiences("revision_changed") == ["requester", "account_manager"]
    facts = driver.ticket.outbox.compose(driver.notices("revision_changed")[0]).facts
    was, now = new_york("2027-01-08 11:00"), new_york("2027-01-11 11:00")
    moved = {"name": "triage", "cycle": 1, "was": was.isoformat(), "now": now.isoformat()}
    assert facts["clocks"] == [moved]
    assert facts["to"] == "2027-01-01"
    assert "reason" not in facts
    of_staff = driver.ticket.outbox.compose(driver.notices("revision_changed")[1]).facts
    assert of_staff["reason"] == WHY["reason"]


@pytest.mark.clause("cention/changes")
async def test_the_emails_state_times_in_the_zone_of_their_recipient(
    begin: Begin, mailer: RecordingMailer
) -> None:
    asker = MIA.model_copy(update={"zone": "Europe/Paris", "locale": "fr"})
    life = await begin(new_york(WEDNESDAY), requester=asker)
    new = terms_at(first_response="1 business day")
    paris = new.contacts["requester"].model_copy(update={"zone": "Europe/Paris", "locale": "fr"})
    new = new.model_copy(update={"contacts": new.contacts | {"requester": paris}})
    await life.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    await life.delivered(3)
    bodies = {email["To"]: email.get_body(("plain",)) for email in mailer.emails[-2:]}
    texts = {to.partition(" ")[0]: body.get_content() for to, body in bodies.items() if body}
    assert "jeudi 7 janvier 2027 à 20\u00a0h (heure de Paris)" in texts["Mia"]
    assert "vendredi 8 janvier 2027 à 20\u00a0h (heure de Paris)" in texts["Mia"]
    assert "Thursday 7 January 2027, 14:00 EST instead of" in texts["Ines"]


@pytest.mark.clause("cention/changes", "contently/limitation")
def test_terms_that_refuse_the_request_show_in_the_preview_and_close_it() -> None:
    driver = escalated()
    new, before = refusing(terms_at()), driver.state.model_dump_json()
    shown = preview(driver.state, new, driver.now)
    assert driver.state.model_dump_json() == before
    assert (shown.verdict.closed_as, shown.verdict.clauses) == (
        ClosedAs.NOT_COVERED,
        ("limitation",),
    )
    assert {(c.new_due_at, c.new_state) for c in shown.clocks} == {(None, ClockState.CANCELLED)}
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert (driver.state.stage, driver.state.closed_as) == (Stage.CLOSED, ClosedAs.NOT_COVERED)
    types = [event.type for event in driver.events()[-3:]]
    assert types == [EventType.REVISION_CHANGED, EventType.VERDICT_REACHED, EventType.CLOSED]
    assert driver.events()[-1].by.role is Role.SYSTEM
    assert driver.audiences("closed") == ["requester"]
    assert driver.audiences("revision_changed") == ["account_manager"]
    assert not any(clock.is_open for clock in driver.state.clocks)
    assert driver.state.is_contestable
    driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="It was promised to them.")
    assert allowed_actions(driver.state, Role.AGENT)[:2] == (Action.ACKNOWLEDGE, Action.ASSIGN)


@pytest.mark.clause("cention/changes")
def test_terms_that_need_a_fact_request_it_once_and_others_stop_waiting() -> None:
    driver = TicketDriver().act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    assert driver.state.waiting_on is WaitingOn.REQUESTER
    (letter,) = [n for n in driver.notices() if n.event > 1 and n.audience == "requester"]
    facts = driver.ticket.outbox.compose(letter).facts
    assert (letter.template, facts["questions"]) == ("revision_changed", ["What is the cause?"])
    again = asking(terms_at(revision=date(2027, 2, 1)))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=again, **WHY)
    assert len(driver.events(EventType.INFORMATION_REQUESTED)) == 1
    covered = terms_at(revision=date(2027, 3, 1))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=covered, **WHY)
    answer = (driver.state.verdict.decision, str(driver.state.waiting_on))
    assert answer == (Decision.COVERED, "support")


@pytest.mark.clause("cention/changes")
def test_an_overridden_verdict_stays_overridden() -> None:
    driver = TicketDriver(publication="ebb").act(
        Action.OVERRIDE_VERDICT, AGENT, reason="A courtesy."
    )
    new = refusing(terms_at())
    assert preview(driver.state, new, driver.now).verdict.decision is Decision.COVERED
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert driver.state.stage is Stage.RECEIVED
    assert driver.state.verdict.decision is Decision.COVERED
    driver.ticket.settle(Settlement(terms=new), driver.now)
    assert driver.state.stage is Stage.RECEIVED


@pytest.mark.clause("cention/changes")
def test_a_verdict_on_the_terms_before_decides_nothing() -> None:
    before = asking(terms_at(revision=date(2026, 12, 1)))
    driver = TicketDriver().act(Action.CHANGE_REVISION, OPERATOR, terms=before, **WHY)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="An ad blocker.")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    driver.ticket.settle(Settlement(terms=refusing(before)), driver.now)
    assert driver.state.stage is Stage.RECEIVED
    assert driver.state.owes_settlement


@pytest.mark.clause("cention/changes")
def test_a_preview_at_the_new_due_time_shows_the_breach_of_that_moment() -> None:
    driver = TicketDriver().until("2027-01-07 14:00")
    new = terms_at(first_response="1 business day")
    (move,) = preview(driver.state, new, driver.now).clocks
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY).until("2027-01-07 14:00")
    assert driver.clock("first_response").state is move.new_state is ClockState.BREACHED


@pytest.mark.clause("cention/changes", "contently/forecast-basis")
def test_a_ticket_whose_refusal_is_overridden_begins_without_the_work_done_before() -> None:
    driver = forecast_shared()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=refusing(terms_at()), **WHY)
    driver.act(Action.OVERRIDE_VERDICT, AGENT, reason="It was promised to them.")
    assert views.view(driver.state).forecast is None
    assert driver.state.reviews == {}


@pytest.mark.clause("cention/changes")
def test_a_ticket_keeps_the_priority_that_it_was_given_and_gets_one_if_it_has_none() -> None:
    driver = TicketDriver().act(Action.RECLASSIFY, priority="high", reason="It blocks.")
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)
    assert driver.state.priority == "high"
    without = terms_at().model_copy(update={"priorities": (), "priority": None})
    driver = TicketDriver()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=without, **WHY)
    assert driver.state.priority == "normal"
    opened = opening(new_york(WEDNESDAY)).model_copy(update={"terms": without})
    driver = TicketDriver(opened=opened)
    later = terms_at(revision=date(2027, 2, 1))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=later, **WHY)
    assert driver.state.priority == "normal"


@pytest.mark.clause("cention/changes")
def test_the_lateness_of_an_overdue_clock_stands_still_if_the_new_terms_let_it_pause() -> None:
    driver = escalated().act(Action.REQUEST_INFORMATION, **ASK)
    stubborn = [c.model_copy(update={"pauses": ()}) for c in terms_at().clocks]
    before = terms_at(revision=date(2026, 12, 1)).model_copy(update={"clocks": tuple(stubborn)})
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=before, **WHY).until("2027-01-20 12:00")
    assert driver.clock("triage").is_overdue
    assert not driver.clock("triage").is_paused
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(), **WHY)
    assert driver.clock("triage").is_paused


@pytest.mark.clause("cention/changes")
def test_a_changed_priority_is_told_with_clocks_that_the_terms_no_longer_have() -> None:
    driver = escalated()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=terms_at(triage=None), **WHY)
    driver.until("2027-01-11 12:00")
    driver.act(Action.RECLASSIFY, priority="high", reason="It blocks the launch.")
    [notice] = driver.notices("reclassified")
    clocks: Any = notice.deadline["clocks"]
    [triage] = [clock for clock in clocks if clock["name"] == "triage"]
    assert (triage["guarantee"], triage["due_at"], triage["is_over"]) == ("none", None, False)


@pytest.mark.clause("cention/changes")
def test_an_equal_decision_rests_on_the_clauses_of_the_new_terms() -> None:
    new = terms_at()
    covered = new.verdict.model_copy(update={"clauses": ("limitation",)})
    new = new.model_copy(update={"verdict": covered})
    driver = TicketDriver().act(Action.CHANGE_REVISION, OPERATOR, terms=new, **WHY)
    assert driver.state.verdict.clauses == ("limitation",)
    assert driver.events(EventType.VERDICT_REACHED) == []


def test_a_ticket_that_is_handed_over_does_not_wait_for_its_requester() -> None:
    driver = awaiting_handoff()
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    asked, handed_over = driver.state.waiting_on, driver.act(Action.HAND_OVER).state.waiting_on
    assert (asked, handed_over) == (WaitingOn.REQUESTER, WaitingOn.ENGINEERING)


@pytest.mark.clause("cention/changes")
def test_a_question_of_an_agent_stays_open_when_coverage_is_decided_again() -> None:
    driver = TicketDriver().act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="An ad blocker.")
    driver.act(Action.RESPOND, **ASK, outcomes=["information_request"])
    receipt = driver.notices("opened")[0]
    assert "questions" not in driver.ticket.outbox.compose(receipt).facts
    covered = terms_at(revision=date(2027, 3, 1))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=covered, **WHY)
    assert driver.state.waiting_on is WaitingOn.REQUESTER


def test_a_verdict_withdraws_no_question_that_is_answered_already() -> None:
    driver = TicketDriver().act(Action.CHANGE_REVISION, OPERATOR, terms=asking(terms_at()), **WHY)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="An ad blocker.")
    assert driver.state.waiting_on is WaitingOn.SUPPORT
    covered = terms_at(revision=date(2027, 3, 1))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=covered, **WHY)
    [*_, reached] = driver.events(EventType.VERDICT_REACHED)
    assert reached.data == {"decision": Decision.COVERED}


def test_other_terms_keep_only_those_calendars_of_the_ones_before_that_are_counted_on() -> None:
    driver = TicketDriver()
    calendars = driver.state.terms.calendars
    unused = {"unused": next(iter(calendars.values())).model_copy(update={"name": "unused"})}
    with_unused = terms_at().model_copy(update={"calendars": calendars | unused})
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=with_unused, **WHY)
    without = terms_at(revision=date(2027, 3, 1))
    driver.act(Action.CHANGE_REVISION, OPERATOR, terms=without, **WHY)
    assert driver.state.terms.calendars.keys() == calendars.keys()
