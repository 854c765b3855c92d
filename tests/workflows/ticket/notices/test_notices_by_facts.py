"""Who is told, and who may open through a channel, can depend on facts of the request."""

from typing import Any

import pytest

from policies.loading.loader import read_policy
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.admission import RequestRefused
from policies.terms.settlement import settle
from policies.vocabulary import Action, EventType
from tests.harness import AGENT, REQUESTER
from tests.workflows.ticket.pages.page_ticket import PageTicket, instant
from tests.workflows.ticket.ticket_driver import TicketDriver

PAGE = """\
policy: desks
title: Support of the desk nearest to you
revision: 2026-01-01
clauses:
  desks: {says: The desk of your place helps you., at: Desks}
kinds: {issue: {says: An issue}}
priorities: {high: {says: High}, low: {says: Low}}
defaults: {kind: issue, priority: low}
channels:
  - {channels: [email], clause: desks}
  - {channels: [phone], facts: {place: [london]}, clause: desks}
facts:
  place: {type: string, ask: Where are you?, choices: {london: London, paris: Paris}}
  urgent: {type: bool, ask: Is it urgent?}
  site: {type: string, ask: Which site?, choices: {a: A, b: B}, given_by: contract}
contacts:
  london: {name: London, email: london@desk.example}
  paris: {name: Paris, email: paris@desk.example}
  night: {name: Night, email: night@desk.example}
  site: {name: Site A, email: a@desk.example}
notices:
  - {event: opened, tell: [london], facts: {place: [london]}, clause: desks}
  - {event: opened, tell: [paris], facts: {place: [paris]}, clause: desks}
  - {event: opened, tell: [night], facts: {place: [london, paris], urgent: [true]}, clause: desks}
  - {event: opened, tell: [site], facts: {site: [a]}, clause: desks}
  - {event: reclassified, tell: [london], facts: {place: [london]}, clause: desks}
  - {event: reclassified, tell: [paris], facts: {place: [paris]}, clause: desks}
"""
OPENED = "2026-07-06T10:00+00:00"
RITA = Requester(name="Rita", email="rita@quay.example")


def ticket(**facts: Any) -> PageTicket:
    """A ticket whose request states facts."""
    page, request = (
        PageTicket(PAGE, OPENED),
        TicketFacts(requester=RITA, channel="email", facts=facts),
    )
    contract = Contract(account="quay", name="Quay", policy="desks")
    terms = settle(read_policy(PAGE), contract, request, instant(OPENED))
    opening = page.driver.state.opening.model_copy(update={"terms": terms})
    page.driver = TicketDriver(opened=opening)
    return page


def told(page: PageTicket, template: str = "opened") -> list[str]:
    return [audience for audience, _ in page.sent(template)]


@pytest.mark.parametrize(
    ("facts", "audiences"),
    [
        ({}, []),
        ({"place": "london"}, ["london"]),
        ({"place": "paris", "urgent": False}, ["paris"]),
        ({"place": "paris", "urgent": True}, ["paris", "night"]),
        ({"urgent": True}, []),
    ],
)
def test_the_desk_of_the_place_is_told(facts: dict[str, Any], audiences: list[str]) -> None:
    assert told(ticket(**facts)) == audiences


def test_a_corrected_fact_counts_from_its_correction_on() -> None:
    page = ticket(place="london")
    page.act(Action.RECLASSIFY, facts={"place": "paris"}, reason="They called.")
    assert (told(page), told(page, "reclassified")) == (["london"], ["paris"])
    page.act(Action.PROVIDE_INFORMATION, REQUESTER, message="No.", facts={"place": "london"})
    page.act(Action.RECLASSIFY, AGENT, priority="high", reason="So.")
    assert told(page, "reclassified") == ["paris", "london"]


@pytest.mark.parametrize(("site", "audiences"), [("a", ["site"]), ("b", []), (None, [])])
def test_a_fact_of_the_contract_limits_a_notice(site: str | None, audiences: list[str]) -> None:
    facts = {"site": site} if site else {}
    contract = Contract(account="quay", name="Quay", policy="desks", facts=facts)
    request = TicketFacts(requester=RITA, channel="email")
    terms = settle(read_policy(PAGE), contract, request, instant(OPENED))
    rules = [rule for rule in terms.notices if rule.event is EventType.OPENED]
    assert [rule.tell[0] for rule in rules if not rule.facts] == audiences


@pytest.mark.parametrize(
    ("facts", "is_accepted"),
    [({"place": "london"}, True), ({"place": "paris"}, False), ({}, False)],
)
def test_a_channel_can_be_for_some_facts_only(facts: dict[str, Any], is_accepted: bool) -> None:
    contract = Contract(account="quay", name="Quay", policy="desks")
    request = TicketFacts(requester=RITA, channel="phone", facts=facts)
    policy = read_policy(PAGE)
    if is_accepted:
        assert settle(policy, contract, request, instant(OPENED)).channel == "phone"
        return
    with pytest.raises(RequestRefused) as refused:
        settle(policy, contract, request, instant(OPENED))
    assert [objection.field for objection in refused.value.objections] == ["channel"]
