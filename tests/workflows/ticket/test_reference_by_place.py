"""The core agrees with the reference model where promises depend on facts that change."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policies.vocabulary import Action
from tests.chaos.model.clocks.clock import Cycle
from tests.chaos.model.document import Plain, with_overrides
from tests.chaos.model.terms import Request
from tests.chaos.model.ticket import Ticket
from tests.workflows.ticket.placed_policy import PLACED, placed_ticket
from tests.workflows.ticket.ticket_driver import ASK
from workflows.shared.refusals import Refusal
from workflows.ticket.clocks.clock import Clock

OPENED = datetime(2026, 7, 2, 20, 30, tzinfo=UTC)
PLACES = ("new_york", "chicago", "london")
EXPLAINED = PLACED.replace(
    "process:\n",
    """\
  explanation:
    starts: [priority_changed]
    stops: [update_posted]
    within:
      by: [priority]
      cells: {sev_1: 1 hour, sev_2: {guarantee: none}, otherwise: 4 business hours}
    on_change: ON_CHANGE
    ladder: [{at: breach, tell: [lead]}]
    clause: answers
process:
""",
)
"""With an explanation of each change of the priority, and of no other correction; the lead of each
place is notified of breaches.
"""
LEADS = "[{at: breach, tell: {by: [facts.place, priority], cells: {london: [assignee], chicago: {sev_1: [lead], otherwise: []}, otherwise: [lead, assignee]}}}]"  # noqa: E501
DESKS = """\
  night: {name: Night, email: night@desk.example}
unassigned: {by: [facts.place], cells: {london: night, otherwise: lead}}
"""
EXPLAINED = EXPLAINED.replace("[{at: breach, tell: [lead]}]", LEADS)
EXPLAINED = EXPLAINED.replace("unassigned: lead\n", DESKS)
RESPONSE = {"message": "We look.", "outcomes": ["work_started"]}


def bodies(number: int) -> dict[Action, dict[str, Any]]:
    facts = {"place": PLACES[number % 3], "round_the_clock": number % 2 == 0}
    return {
        Action.RECLASSIFY: {"facts": facts, "reason": "So."},
        Action.PROVIDE_INFORMATION: {"facts": {"place": PLACES[number % 3]}, "message": "Here."},
        Action.RESPOND: RESPONSE,
        Action.REQUEST_INFORMATION: ASK,
        Action.POST_UPDATE: {"message": "Still at it."},
    }


STEPS = st.lists(
    st.tuples(
        st.integers(1, 60 * 30),
        st.sampled_from([*bodies(0), "priority", "agree"]),
        st.integers(0, 9),
    ),
    max_size=8,
)
EVERY = ("1 hour", "90 minutes", "3 business hours", "2 business days")
CONSENT = {"by": "Rita", "at": OPENED, "how": "by phone"}


def model_of(on_change: str, body: Plain) -> Ticket:
    text = EXPLAINED.replace("ON_CHANGE", on_change)
    policy = with_overrides(YAML(typ="safe", pure=True).load(StringIO(text)), {})
    contract = {"account": "quay", "name": "Quay", "policy": "placed", "plan": "premium"}
    return Ticket("0000-0000-0000", Request(policy, contract, body, OPENED))


@settings(max_examples=40, deadline=None)
@given(STEPS, st.sampled_from(["recount", "restart", "keep", "continue"]))
def test_core_and_model_agree_whatever_facts_and_priorities_become(
    steps: list[tuple[int, Action | str, int]], on_change: str
) -> None:
    body = {
        "requester": {"name": "Rita", "email": "rita@quay.example"},
        "channel": "email",
        "priority": "sev_3",
        "role": "service",
    }
    model = model_of(on_change, body)
    driver = placed_ticket(OPENED.isoformat(), EXPLAINED, priority="sev_3", on_change=on_change)
    for number, (minutes, step, value) in enumerate(steps):
        # A second more, so that nothing is due at the very time of an action.
        driver.now += timedelta(minutes=minutes, seconds=1)
        action, inputs = _action(step, value, driver.now)
        try:
            driver.act(action, **inputs)
        except Refusal:
            continue
        model.advance(driver.now)
        model.act(str(action), "agent", inputs, driver.now, f"act-{number}")
    driver.until_instant(driver.now)
    model.advance(driver.now)
    assert [_core(clock) for clock in driver.state.clocks] == [_model(c) for c in model.cycles]
    notified = [(n.template, n.audience, n.to.email) for n in driver.state.notices]
    assert notified == [(n.template, n.audience, n.to) for n in model.notices]


def _action(step: Action | str, value: int, now: datetime) -> tuple[Action, dict[str, Any]]:
    if isinstance(step, Action):
        return step, bodies(value)[step]
    if step == "agree":
        return Action.AGREE_DUE_TIME, _agreement(value, now)
    return Action.RECLASSIFY, {"priority": f"sev_{value % 4 + 1}", "reason": "So."}


def _agreement(value: int, now: datetime) -> dict[str, Any]:
    clock = "first_response" if value < 3 else "next_update"
    body = {"clock": clock, "reason": "They ask.", "consent": CONSENT}
    if value < 6:
        return body | {"due_at": now + timedelta(minutes=20 + 400 * value)}
    return body | {"every": EVERY[value - 6], "from_now": value % 2 == 1}


def _core(clock: Clock) -> tuple[Any, ...]:
    is_held = clock.is_paused and not clock.has_agreed_date
    due_at = None if clock.is_suspended or is_held else clock.due_at
    times = due_at, clock.breached_at, clock.completed_at
    return clock.name, clock.cycle, str(clock.state), *times


def _model(cycle: Cycle) -> tuple[Any, ...]:
    is_held = cycle.held_since is not None and cycle.agreed_due is None
    is_held = is_held or cycle.is_suspended
    times = None if is_held else cycle.due_at, cycle.breached_at, cycle.completed_at
    return cycle.name, cycle.number, cycle.state, *times
