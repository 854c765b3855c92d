"""Overrides of a contract appear in the terms, the view and the timeline of a ticket."""

import pytest

from policies.schema.request import TicketFacts
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import Settlement, SettlementRequest
from policies.vocabulary import Action, EventType, Role
from tests.harness import HARBOUR, MIA, REQUESTER, new_york, opening
from tests.workflows.ticket.changing_policy import POLICY, changing_terms, changing_ticket
from tests.workflows.ticket.placed_policy import placed_ticket
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver, escalated, resolved
from workflows.ticket.model.fields import requester_id
from workflows.ticket.process import views

WITHIN = "clocks.first_response.within"
RECEIVED = "2027-01-06 14:00"


def driver() -> TicketDriver:
    contract = HARBOUR.model_copy(update={"overrides": {WITHIN: "1 business day"}})
    return TicketDriver(opened=opening(new_york(RECEIVED), contract=contract))


@pytest.mark.clause("prismic/contract-prevails")
def test_a_clock_has_the_target_of_the_contract() -> None:
    assert driver().clock("first_response").due_at == new_york("2027-01-07 14:00")


@pytest.mark.clause("prismic/contract-prevails")
def test_the_ticket_and_its_timeline_show_the_overrides() -> None:
    told = driver().carried()
    told.act(Action.ACKNOWLEDGE)
    shown = {
        "path": WITHIN,
        "policy": "2 business days",
        "contract": "1 business day",
        "clause": "first-response",
    }
    assert [o.model_dump() for o in views.view(told.state).overrides] == [shown]
    [event] = told.events(EventType.OPENED)
    assert event.data["overrides"] == [shown]


def test_a_ticket_without_overrides_shows_none() -> None:
    plain = TicketDriver(RECEIVED)
    assert views.view(plain.state).overrides == ()
    assert "overrides" not in plain.events(EventType.OPENED)[0].data


@pytest.mark.clause("prismic/contract-prevails")
def test_terms_settled_later_show_the_overrides_then() -> None:
    received = new_york(RECEIVED)
    contract = HARBOUR.model_copy(update={"overrides": {WITHIN: "1 business day"}})
    whole = opening(received, contract=contract)
    facts = TicketFacts(requester=MIA, channel="email")
    late = whole.model_copy(update={"terms": unsettled_terms(contract.account, facts, received)})
    told = TicketDriver(opened=late)
    told.ticket.settle(Settlement(terms=whole.terms), new_york("2027-01-06 15:00"))
    [event] = told.events(EventType.TERMS_SETTLED)
    assert event.data == {
        "policy": "contently",
        "overrides": [o.model_dump() for o in whole.terms.overrides],
    }
    assert views.view(told.state).overrides == whole.terms.overrides


def test_the_details_state_what_an_operator_looks_for() -> None:
    ticket = TicketDriver(RECEIVED)
    next_step = ("remind the team", new_york("2027-01-07 09:00"))
    assert views.details(ticket.state, next_step).splitlines() == [
        "contently: The editor stays blank (Harbour Media)",
        "",
        "**received**, waiting on **support**",
        "",
        f"Assignee: nobody · policy contently of {ticket.state.terms.revision}",
        "",
        "- **first_response**: running, due Fri 2027-01-08 14:00 EST (first-response)",
        "",
        "Next by itself: remind the team, Thu 2027-01-07 09:00 EST",
    ]


def test_the_details_of_a_closed_ticket_state_what_was_done_and_what_was_not_delivered() -> None:
    ticket = TicketDriver(RECEIVED)
    bo = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    ticket.act(Action.ASSIGN, assignee=bo)
    ticket.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    ticket.ticket.undeliverable(ticket.notices("opened")[0].key, "550 no user", ticket.now)
    text = views.details(ticket.act(Action.CLOSE).state)
    assert "**closed**, waiting on **nobody**, closed as **resolved**" in text
    assert "Assignee: Bo" in text
    assert "- **first_response**: met, done Wed 2027-01-06 14:00 EST (first-response)" in text
    assert "Undeliverable: opened to mia@harbour.example (550 no user)" in text


def test_a_guarantee_without_words_of_its_own_is_shown_by_its_name() -> None:
    shown = views.reply(changing_ticket(priority="low").state, Role.REQUESTER).guarantees
    assert shown == {"answer": "none"}
    text = POLICY.replace("{guarantee: none}", "{guarantee: none, says: {en: When we can.}}")
    low = changing_ticket(priority="low").state.opening
    terms = changing_terms(low.received_at, "low", text)
    worded = TicketDriver(opened=low.model_copy(update={"terms": terms}))
    shown = views.reply(worded.state, Role.REQUESTER).guarantees
    assert shown == {"answer": "When we can."}


def test_the_guarantee_of_an_internal_clock_is_not_shown() -> None:
    opened = changing_ticket(priority="low").state.opening
    answer, fix = opened.terms.clocks
    internal = answer.model_copy(update={"promised": False})
    terms = opened.terms.model_copy(update={"clocks": (internal, fix)})
    hidden = TicketDriver(opened=opened.model_copy(update={"terms": terms}))
    assert views.reply(hidden.state, Role.AGENT).guarantees == {}


def test_searches_find_a_ticket_by_what_it_is() -> None:
    ticket = TicketDriver(RECEIVED)
    due_at = ticket.clock("first_response").due_at
    found = (
        "received",
        "support",
        "contently",
        None,
        "normal",
        "harbour-media",
        None,
        due_at,
        None,
        requester_id("harbour-media", MIA.email),
    )
    assert views.attributes(ticket.state) == found
    bo = {"id": "bo", "name": "Bo", "email": "bo@desk.example"}
    ticket.act(Action.ASSIGN, assignee=bo).until("2027-01-11 09:00")
    late = views.attributes(ticket.state)
    assert (late.assignee, late.next_due, late.breached) == ("bo", due_at, ["first_response"])


def test_a_notice_has_the_time_of_its_event() -> None:
    ticket = TicketDriver(RECEIVED).until("2027-01-07 09:00")
    ticket.act(Action.RESPOND, message="Clear the cache.", outcomes=["resolution"])
    at = [notice.at for notice in views.view(ticket.state).notices]
    assert at == [new_york(RECEIVED), new_york("2027-01-07 09:00")]


def test_the_result_of_a_ticket_lists_what_was_not_delivered() -> None:
    ticket = TicketDriver(RECEIVED).act(Action.WITHDRAW, REQUESTER)
    lost = ticket.notices("opened")[0]
    ticket.ticket.undeliverable(lost.key, "550 no user", ticket.now)
    result = views.summary(ticket.state)
    assert (result.undeliverable, result.closed_as) == ((lost.key,), "withdrawn")


def test_searches_find_the_due_time_of_clocks_that_count_only() -> None:
    ticket = changing_ticket()
    answer, fix = ticket.clock("answer"), ticket.clock("fix")
    assert views.next_due(ticket.state) == answer.due_at
    ticket.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    assert views.next_due(ticket.state) == fix.due_at
    ticket.act(Action.REQUEST_INFORMATION, **ASK)
    assert views.next_due(ticket.state) is None
    left = ticket.clock("fix").owed
    assert f"- **fix**: paused, {left} left (fix)" in views.details(ticket.state)
    ticket.act(Action.RESOLVE, resolution="Done.")
    assert views.next_due(ticket.state) is None


def test_the_details_number_the_cycles_of_a_clock_from_the_second_on() -> None:
    ticket = TicketDriver(RECEIVED)
    again = ticket.clock("first_response").model_copy(update={"cycle": 2})
    ticket.state.clocks = [*ticket.state.clocks, again]
    lines = views.details(ticket.state).splitlines()
    names = [line.split("**")[1] for line in lines if line.startswith("- ")]
    assert names == ["first_response", "first_response #2"]


def test_the_headline_of_a_ticket_has_its_plan_if_the_account_has_one() -> None:
    ticket = TicketDriver(RECEIVED)
    terms = ticket.state.terms.model_copy(update={"plan": "gold"})
    ticket.state.opening = ticket.state.opening.model_copy(update={"terms": terms})
    assert views.headline(ticket.state) == "contently gold: The editor stays blank (Harbour Media)"


def test_a_refused_ticket_shows_why_and_under_which_clause() -> None:
    stranger = MIA.model_copy(update={"email": "new@anywhere.example"})
    refused = views.view(TicketDriver(RECEIVED, requester=stranger).state)
    assert refused.verdict is not None
    assert refused.refusal == refused.verdict.says != ""
    assert refused.clause == "eligibility"
    covered = views.view(TicketDriver(RECEIVED).state)
    assert (covered.refusal, covered.clause) == (None, None)


def test_a_ticket_shows_the_facts_of_its_request_and_those_given_since() -> None:
    ticket = placed_ticket("2026-07-02T10:00-04:00", priority="sev_3", place="london")
    terms = ticket.state.terms.model_copy(update={"channel": None})
    stated = {"channel": "chat", "facts": {"place": "london", "cause": "platform"}}
    request = SettlementRequest(account="quay", ticket=stated, received_at=ticket.now)
    opened = ticket.state.opening
    assert views.view(ticket.state).facts == {"place": "london"}
    ticket.state.opening = opened.model_copy(update={"terms": terms, "request": request})
    ticket.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.", facts={"place": "chicago"})
    seen = views.view(ticket.state)
    assert seen.facts == {"place": "chicago", "cause": "platform"}
    assert seen.channel == "chat"


def test_the_checklist_shows_the_steps_with_a_finding() -> None:
    ticket = escalated()
    steps = ticket.state.terms.process.checklist
    ticket.act(Action.RECORD_FINDING, step=steps[1].id, result="It is new.")
    shown = [(step.id, step.done) for step in views.view(ticket.state).checklist]
    assert shown == [(step.id, step is steps[1]) for step in steps]


def test_a_requester_sees_the_next_step_only_if_it_is_about_them() -> None:
    ticket = TicketDriver(RECEIVED)
    for role, clock in ((Role.AGENT, "first_response"), (Role.REQUESTER, None)):
        step = views.next_step(ticket.state, role)
        assert (step.clock if step else None) == clock
    closing = resolved()
    steps = [views.next_step(closing.state, role) for role in (Role.AGENT, Role.REQUESTER)]
    assert [step.step if step else None for step in steps] == ["close", "close"]
