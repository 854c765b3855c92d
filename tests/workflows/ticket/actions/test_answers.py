"""Whatever a requester answers, a wrong answer costs nothing (rule P1)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.coverage.stated_facts import KnownFacts
from policies.schema.contract import Contract
from policies.schema.request import TicketFacts
from policies.terms.late_settlement import settle_open_ticket
from policies.terms.settlement import settle, unsettled_terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Action, EventType, Stage
from tests.harness import CATALOG, MIA, REQUESTER, opening
from tests.policies.requests import MIDDAY, contract
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.refusals import InvalidContent

MILLBROOK = contract("millbrook-township")
POLICY = CATALOG.in_force(MILLBROOK.policy, MIDDAY)
KINDS = ("framework", "custom_feature", "how_to")
WRONG_NAMES = ("natur", "Nature", "colour", "user_support")
VALUES: tuple[Any, ...] = (
    *(True, False, None, 0, 1, 7, "", "yes", "defect", "missing_feature", "2027-01-02"),
    *("2027-02-30", "last spring", ["defect"], {"a": 1}, "original_requirements"),
)


def facts_of(kind: str) -> tuple[str, ...]:
    ticket = TicketFacts(requester=MIA, channel="email", kind=kind)
    return tuple(settle(POLICY, MILLBROOK, ticket, MIDDAY).facts or ())


NAMES = (*facts_of("framework"), *WRONG_NAMES)
ANSWERS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=4)


def requested(kind: str, **facts: Any) -> TicketFacts:
    return TicketFacts(requester=MIA, channel="email", kind=kind, facts=facts)


def right_ones(known: KnownFacts, facts: dict[str, Any]) -> dict[str, Any]:
    wrong = {objection.field.removeprefix("facts.") for objection in known.objections(facts)}
    return {name: value for name, value in facts.items() if name not in wrong}


def refuses(kind: str, facts: dict[str, Any]) -> bool:
    """Whether the policy does not cover the request with these facts."""
    return settle(POLICY, MILLBROOK, requested(kind, **facts), MIDDAY).verdict.refuses


def settle_now(driver: TicketDriver, agreed: Contract = MILLBROOK) -> None:
    request = driver.state.opening.request
    if request is not None and driver.state.awaits_settlement:
        given = request.model_copy(update={"facts": driver.state.facts}).with_facts
        ticket = TicketFacts.model_validate(given)
        settlement = settle_open_ticket(POLICY, agreed, ticket, request.received_at)
        driver.ticket.settle(settlement, driver.now)


def opened(kind: str, *, is_settled: bool) -> TicketDriver:
    ticket = requested(kind)
    plain = opening(MIDDAY, contract=MILLBROOK, requester=MIA, channel="email", kind=kind)
    request = SettlementRequest(
        account=MILLBROOK.account,
        ticket=ticket.model_dump(mode="json", exclude_defaults=True),
        received_at=MIDDAY,
    )
    terms = plain.terms if is_settled else unsettled_terms(MILLBROOK.account, ticket, MIDDAY)
    return TicketDriver(opened=plain.model_copy(update={"terms": terms, "request": request}))


@pytest.mark.fault(14)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), ANSWERS)
def test_an_answer_that_does_not_fit_is_refused_and_one_that_fits_is_judged_by_the_policy(
    kind: str, facts: dict[str, Any]
) -> None:
    driver = opened(kind, is_settled=True)
    known, before = driver.state.terms.known_facts, driver.state.model_dump_json()
    if driver.state.stage is Stage.CLOSED:
        return
    assert known is not None
    try:
        driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.", facts=facts)
    except InvalidContent:
        assert right_ones(known, facts) != facts
        assert driver.state.model_dump_json() == before
        return
    assert not driver.events(EventType.CLOSED)
    settle_now(driver)
    assert not driver.events(EventType.CLOSED) or refuses(kind, facts)


@pytest.mark.fault(14)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), ANSWERS)
def test_no_objection_that_is_found_later_closes_a_ticket(kind: str, facts: dict[str, Any]) -> None:
    driver = opened(kind, is_settled=False)
    driver.act(Action.PROVIDE_INFORMATION, REQUESTER, message="Here.", facts=facts)
    settle_now(driver)
    known = driver.state.terms.known_facts
    assert known is not None
    right = right_ones(known, facts)
    assert driver.state.is_active is not refuses(kind, right)
    assert bool(driver.events(EventType.OBJECTIONS_FOUND)) is (right != facts)
