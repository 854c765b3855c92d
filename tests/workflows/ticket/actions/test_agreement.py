"""Agreed due times and intervals: consent, changes, pauses, and what readers see."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.rendering.email_composer import rendered
from activities.rendering.template_renderer import TemplateRenderer
from policies.vocabulary import Action, ClockState, EventType, Role
from tests.harness import REQUESTER
from tests.workflows.ticket.changing_policy import changing_ticket
from tests.workflows.ticket.pages.page_ticket import PageTicket
from tests.workflows.ticket.placed_policy import at, placed_ticket
from tests.workflows.ticket.ticket_driver import ASK, TicketDriver
from workflows.shared.refusals import InvalidContent, Refusal
from workflows.ticket.actions.lifecycle import allowed_actions
from workflows.ticket.process.views import view

OPENED = "2026-07-02T09:00-04:00"
CONSENT = {"by": "Rita", "at": "2026-07-02T09:00-04:00", "how": "by phone"}
LATER = "2026-07-10T12:00-04:00"
ROUND_THE_CLOCK = """\
policy: watch
title: Watch
revision: 2026-01-01
clauses: {news: {says: News every four hours., at: News}}
contacts: {lead: {name: Lead, email: lead@desk.example}}
unassigned: lead
clocks:
  news:
    starts: [opened]
    stops: [update_posted]
    within: 4 hours
    repeats: true
    agreed: true
    ladder: [{at: breach, tell: [lead]}]
    clause: news
"""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def placed(**values: Any) -> TicketDriver:
    given = {"priority": "sev_3", "place": "new_york", "on_change": "recount"} | values
    return placed_ticket(OPENED, **given)


def agree(driver: TicketDriver, **inputs: Any) -> TicketDriver:
    values = {"clock": "first_response", "reason": "They deploy on Fridays.", **inputs}
    return driver.act(Action.AGREE_DUE_TIME, **values)


def answered(**values: Any) -> TicketDriver:
    return placed(**values).act(Action.RESPOND, message="We look.", outcomes=["work_started"])


def field_of(driver: TicketDriver, **inputs: Any) -> str | None:
    before = driver.state.model_dump()
    with pytest.raises(InvalidContent) as refused:
        agree(driver, **inputs)
    assert driver.state.model_dump() == before
    return refused.value.field


def test_a_later_due_time_needs_the_consent_of_the_requester() -> None:
    assert field_of(placed(), due_at=LATER) == "consent"
    driver = agree(placed(), due_at=LATER, consent=CONSENT)
    assert driver.clock("first_response").due_at == utc(LATER)


def test_a_clock_that_cannot_be_agreed_is_refused_with_those_that_can() -> None:
    driver = changing_ticket()
    with pytest.raises(Refusal, match="no due time can be agreed"):
        agree(driver, clock="answer", due_at=driver.now + timedelta(hours=1))


def test_an_earlier_due_time_needs_no_consent() -> None:
    driver = agree(placed(), due_at="2026-07-02T10:00-04:00")
    assert driver.clock("first_response").due_at == utc("2026-07-02T14:00Z")


@pytest.mark.parametrize(
    ("field", "inputs"),
    [
        ("clock", {"clock": "nothing", "due_at": LATER}),
        ("clock", {"clock": "next_update", "due_at": LATER}),
        ("due_at", {}),
        ("due_at", {"due_at": LATER, "every": "4 hours", "consent": CONSENT}),
        ("due_at", {"due_at": "2026-07-02T08:00-04:00"}),
        ("every", {"every": "4 hours", "consent": CONSENT}),
        ("consent", {"due_at": LATER, "consent": {**CONSENT, "at": LATER}}),
        ("consent", {"clock": "next_update", "every": "5 days"}),
    ],
)
def test_an_agreement_that_does_not_fit_is_refused_at_its_field(
    field: str, inputs: dict[str, Any]
) -> None:
    assert field_of(placed(), **inputs) == field


def test_a_policy_without_agreed_clocks_has_no_such_action() -> None:
    driver = changing_ticket()
    assert Action.AGREE_DUE_TIME not in allowed_actions(driver.state, Role.AGENT)
    with pytest.raises(Refusal, match="no due time can be agreed"):
        agree(driver, clock="fix", due_at="2027-03-02T12:00Z")
    assert Action.AGREE_DUE_TIME in allowed_actions(placed().state, Role.AGENT)


def test_no_change_of_priority_or_facts_moves_an_agreed_due_time() -> None:
    driver = agree(placed(), due_at=LATER, consent=CONSENT)
    driver.act(Action.RECLASSIFY, priority="sev_1", facts={"place": "london"}, reason="So.")
    clock = driver.clock("first_response")
    assert (clock.due_at, clock.cycle, clock.state) == (utc(LATER), 1, ClockState.RUNNING)
    assert at(driver, LATER).clock("first_response").breached_at == utc(LATER)


def test_an_overdue_clock_keeps_its_breach_and_the_agreed_due_time_is_a_new_cycle() -> None:
    driver = at(placed(), "2026-07-02T14:00-04:00")
    assert field_of(driver, due_at=LATER) == "consent"
    first, second = agree(driver, due_at=LATER, consent=CONSENT).ticket.clocks.cycles
    assert (first.state, first.completed_at) == (ClockState.BREACHED, driver.now)
    assert (second.state, second.due_at) == (ClockState.RUNNING, utc(LATER))


def test_the_ladder_lies_on_the_time_until_the_agreed_due_time() -> None:
    driver = agree(placed(), due_at=LATER, consent=CONSENT)
    assert at(driver, "2026-07-10T11:59-04:00").events(EventType.CLOCK_BREACHED) == []
    [breach] = at(driver, "2026-07-10T12:00-04:00").events(EventType.CLOCK_BREACHED)
    assert breach.at == utc(LATER)


def test_a_pause_moves_no_agreed_due_time_and_nothing_breaches_in_it() -> None:
    driver = at(answered(), "2026-07-02T10:00-04:00").act(Action.REQUEST_INFORMATION, **ASK)
    agree(driver, clock="next_update", due_at=LATER, consent=CONSENT)
    at(driver, "2026-07-13T12:00-04:00")
    assert driver.clock("next_update").state is ClockState.PAUSED
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Firefox.")
    clock = driver.clock("next_update")
    assert (clock.due_at, clock.breached_at) == (utc(LATER), driver.now)


def test_an_interval_is_agreed_from_the_next_one_on() -> None:
    driver = answered()
    due_at = driver.clock("next_update").due_at
    agree(driver, clock="next_update", every="2 business hours")
    assert driver.clock("next_update").due_at == due_at
    driver.act(Action.RECLASSIFY, facts={"place": "chicago"}, reason="So.")
    driver.act(Action.RECLASSIFY, facts={"place": "new_york"}, reason="So.")
    assert driver.clock("next_update").due_at == due_at
    at(driver, "2026-07-02T10:00-04:00").act(Action.POST_UPDATE, message="Still at it.")
    assert driver.clock("next_update").due_at == utc("2026-07-02T16:00Z")
    driver.act(Action.RECLASSIFY, priority="sev_1", reason="So.")
    assert driver.clock("next_update").due_at == utc("2026-07-02T16:00Z")


def test_an_interval_agreed_from_now_on_replaces_the_one_that_runs() -> None:
    driver = placed_ticket("2026-11-01T00:50-04:00", priority="sev_1", place="new_york")
    at(driver, "2026-11-01T01:40-04:00")
    driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    at(driver, "2026-11-01T06:30Z").act(Action.POST_UPDATE, message="Still at it.")
    consent = CONSENT | {"at": "2026-11-01T06:30Z"}
    agree(driver, clock="next_update", every="4 hours", from_now=True, consent=consent)
    assert driver.clock("next_update").due_at == utc("2026-11-01T10:30Z")
    at(driver, "2026-11-01T08:00Z").act(Action.POST_UPDATE, message="Still.")
    assert driver.carried().clock("next_update").due_at == utc("2026-11-01T12:00Z")


def test_a_change_of_priority_leaves_an_interval_that_was_agreed_from_now_on() -> None:
    driver = at(answered(), "2026-07-02T15:00-04:00")
    agree(driver, clock="next_update", every="4 hours", from_now=True, consent=CONSENT)
    driver.act(Action.RECLASSIFY, priority="sev_4", reason="So.")
    clock = driver.clock("next_update")
    assert (clock.due_at, clock.breached_at) == (utc("2026-07-02T23:00Z"), None)


def test_readers_see_what_was_agreed_by_whom_and_why() -> None:
    driver = agree(placed(), due_at=LATER, consent=CONSENT)
    [clock] = view(driver.state).clocks
    assert clock.agreed is not None
    assert (clock.agreed.reason, clock.agreed.due_at) == ("They deploy on Fridays.", utc(LATER))
    assert clock.agreed.consent is not None
    assert clock.agreed.consent.by == "Rita"
    [event] = driver.events(EventType.DUE_TIME_AGREED)
    assert event.data["was"] == "2026-07-02T17:00:00+00:00"
    record = driver.notices("due_time_agreed")[0]
    text = rendered(driver.ticket.outbox.compose(record), TemplateRenderer()).text
    assert "10 July 2026" in text
    assert "instead of" in text
    assert "Agreed by Rita" in text


STEPS = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.sampled_from(["agree", "consent", "priority", "fact", "ask", "tell", "post", "every"]),
        st.integers(1, 200),
    ),
    max_size=8,
)


@given(STEPS)
def test_an_agreed_due_time_never_becomes_later_without_consent(
    steps: list[tuple[int, str, int]],
) -> None:
    driver = agree(answered(), clock="next_update", due_at=LATER, consent=CONSENT)
    for hours, step, number in sorted(steps):
        driver.until_instant(max(driver.now, utc(OPENED) + timedelta(hours=hours)))
        before = driver.clock("next_update")
        _try(driver, step, number)
        after = driver.carried().clock("next_update")
        is_same = (after.cycle, after.has_agreed_date) == (before.cycle, before.has_agreed_date)
        if is_same and before.has_agreed_date and step != "consent":
            assert after.due_at <= before.due_at


def _try(driver: TicketDriver, step: str, number: int) -> None:
    due_at = driver.now + timedelta(hours=number)
    consent = CONSENT | {"at": driver.now}
    facts = {"place": ("new_york", "chicago", "london")[number % 3]}
    actions: dict[str, tuple[Action, dict[str, Any]]] = {
        "agree": (Action.AGREE_DUE_TIME, {"due_at": due_at}),
        "consent": (Action.AGREE_DUE_TIME, {"due_at": due_at, "consent": consent}),
        "every": (Action.AGREE_DUE_TIME, {"every": f"{number} hours", "from_now": True}),
        "priority": (Action.RECLASSIFY, {"priority": f"sev_{number % 4 + 1}"}),
        "fact": (Action.RECLASSIFY, {"facts": facts}),
        "ask": (Action.REQUEST_INFORMATION, ASK),
        "tell": (Action.PROVIDE_INFORMATION, {"message": "Firefox."}),
        "post": (Action.POST_UPDATE, {"message": "Still at it."}),
    }
    action, inputs = actions[step]
    if action is Action.AGREE_DUE_TIME:
        inputs |= {"clock": "next_update"}
    if action in (Action.AGREE_DUE_TIME, Action.RECLASSIFY):
        inputs |= {"reason": "So."}
    try:
        driver.act(action, **inputs)
    except Refusal:
        return


def test_an_interval_of_a_clock_without_a_calendar_is_elapsed_time() -> None:
    page = PageTicket(ROUND_THE_CLOCK, "2026-07-02T09:00+00:00")
    terms: dict[str, Any] = {"clock": "news", "reason": "They ask."}
    for every in ("2 business hours", "1 business day, end of day", "the following week"):
        with pytest.raises(InvalidContent, match="hours or days") as refused:
            page.act(Action.AGREE_DUE_TIME, every=every, **terms)
        assert refused.value.field == "every"
    page.act(Action.AGREE_DUE_TIME, every="2 hours", from_now=True, **terms)
    assert page.due("news") == utc("2026-07-02T11:00+00:00")
