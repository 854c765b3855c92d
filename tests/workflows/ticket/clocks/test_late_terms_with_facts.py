"""Terms that are settled late, of a ticket whose facts have changed meanwhile (rules C1 and C2)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.schema.contract import Contract
from policies.schema.request import TicketFacts
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.settlement import unsettled_terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Action
from tests.harness import MIA, REQUESTER, SERVICE, next_number
from tests.workflows.ticket.placed_policy import PLACED, at, placed_ticket, policy_of
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.model.opening import Opening

FRIDAY = "2026-07-10T17:30-04:00"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def unsettled(received: str, **facts: object) -> TicketDriver:
    received_at = utc(received)
    stated = {"channel": "email", "priority": "sev_2", "facts": facts}
    ticket = TicketFacts.model_validate(stated | {"requester": MIA})
    request = SettlementRequest(
        account="quay",
        ticket=ticket.model_dump(mode="json", exclude_defaults=True),
        received_at=received_at,
    )
    return TicketDriver(
        opened=Opening(
            number=next_number(),
            received_at=received_at,
            opened_by=SERVICE,
            subject="It is slow",
            description="Since this morning.",
            terms=unsettled_terms("quay", ticket, received_at),
            request=request,
        )
    )


def settle(driver: TicketDriver, on_change: str = "recount") -> TicketDriver:
    request = driver.state.opening.request
    assert request is not None
    given = request.model_copy(update={"facts": driver.state.facts}).with_facts
    contract = Contract(account="quay", name="Quay", policy="placed", plan="premium")
    policy, ticket = policy_of(PLACED, on_change), TicketFacts.model_validate(given)
    settlement = settle_open_ticket(policy, contract, ticket, request.received_at)
    driver.ticket.settle(settlement, driver.now)
    return driver.until_instant(driver.now)


def provide(driver: TicketDriver, **facts: object) -> TicketDriver:
    return driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.", facts=facts)


@pytest.mark.fault(3)
def test_nothing_breaches_before_the_fact_that_causes_it_though_terms_come_later() -> None:
    driver = provide(at(unsettled(FRIDAY), "2026-07-12T12:00-04:00"), round_the_clock=True)
    settle(at(driver, "2026-07-12T13:00-04:00"))
    clock = driver.clock("first_response")
    assert clock.due_at == utc("2026-07-10T19:30-04:00")
    assert clock.breached_at == utc("2026-07-12T12:00-04:00")


def test_a_wrong_fact_that_is_left_out_changes_no_clock() -> None:
    driver = provide(at(unsettled(FRIDAY), "2026-07-12T12:00-04:00"), place="atlantis")
    settle(at(driver, "2026-07-12T13:00-04:00"))
    assert driver.clock("first_response").due_at == utc("2026-07-13T10:30-04:00")
    assert driver.clock("first_response").promised_at == utc(FRIDAY)


STEPS = st.lists(
    st.tuples(
        st.integers(1, 60 * 30),
        st.sampled_from(["place", "always", "respond", "ask", "update"]),
        st.integers(0, 5),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sampled_from(["recount", "restart", "keep", "continue"]))
@example([(2100, "place", 0), (1800, "place", 1)], "recount")
@example([(60, "respond", 0), (60, "ask", 0), (60, "place", 1), (60, "place", 2)], "recount")
def test_clocks_are_those_of_a_ticket_whose_terms_were_known_from_the_start(
    steps: list[tuple[int, str, int]], on_change: str
) -> None:
    late = unsettled(FRIDAY)
    prompt = placed_ticket(FRIDAY, priority="sev_2", on_change=on_change)
    for minutes, step, number in steps:
        for driver in (late, prompt):
            # No step at the very instant of a deadline: whether that has passed is then known to
            # the ticket with its terms only.
            driver.until_instant(driver.now + timedelta(minutes=minutes, seconds=1))
            _take(driver, step, number)
    settle(late.until_instant(late.now + timedelta(minutes=1)), on_change)
    prompt.until_instant(late.now)
    assert [_shown(clock) for clock in late.state.clocks] == [
        _shown(clock) for clock in prompt.state.clocks
    ]


def _take(driver: TicketDriver, step: str, number: int) -> None:
    is_answered = any(event.type == "responded" for event in driver.state.events)
    if step == "place":
        provide(driver, place=("new_york", "chicago", "london")[number % 3])
    elif step == "always":
        provide(driver, round_the_clock=number % 2 == 0)
    elif step == "respond" and not is_answered:
        driver.act(Action.RESPOND, message="We look.", outcomes=["work_started"])
    elif step == "ask" and is_answered:
        driver.act(Action.REQUEST_INFORMATION, message="Which browser?")
    elif step == "update" and is_answered:
        driver.act(Action.POST_UPDATE, message="Still at it.")


def _shown(clock: Clock) -> dict[str, Any]:
    return clock.model_dump(exclude={"fired"})
