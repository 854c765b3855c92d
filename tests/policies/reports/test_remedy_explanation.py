"""Explanations of a clock name its service levels and its credits."""

from datetime import UTC, datetime
from typing import Any

from policies.loading.loader import read_policy
from policies.reports.explain import explain
from policies.schema.contract import Contract
from policies.schema.request import Requester, TicketFacts
from policies.terms.settlement import settle
from tests.workflows.account.money.money_policies import INCIDENTS, PREMISES

AT = datetime(2026, 7, 20, 12, tzinfo=UTC)


def _remedies(text: str, clock: str, **request: Any) -> list[str]:
    return [remedy.says for remedy in explain(read_policy(text), clock, AT, **request).remedies]


def test_a_service_level_is_named_for_its_priority_only() -> None:
    expected = "p1_response: 98 % in time of p1, each quarter"
    assert _remedies(INCIDENTS, "response", priority="p1") == [expected]


def test_a_credit_is_named_with_its_worth_and_its_cap() -> None:
    (credit,) = _remedies(PREMISES, "first_response", plan="continuity")
    assert credit == (
        "credit for each breach: 0.25 % of licences_fee, "
        "at most 5 % of yearly_fee in each contract year"
    )


def test_bands_and_numbers_of_breaches_are_named() -> None:
    start, end = PREMISES.index("      each: breach"), PREMISES.index("      clause: failure")
    bands = "[{breaches: 3, worth: 2 days}, {breaches: 6, worth: {amount: 100 EUR}}]"
    text = PREMISES[:start] + f"      period: month\n      bands: {bands}\n" + PREMISES[end:]
    fees = "  fees: {licences_fee: Support fee of the licences, yearly_fee: Yearly support fee}\n"
    (credit,) = _remedies(text.replace(fees, ""), "first_response", plan="continuity")
    expected = "credit by the number of breaches in each month: from 3 2 days; from 6 100 EUR"
    assert credit == expected


def test_a_plan_is_shown_its_own_credits_and_its_tickets_report_what_earns_them() -> None:
    text = PREMISES.replace("plans: {", "plans: {basic: {says: Basic}, ")
    text = text.replace("      each: breach\n", "      each: breach\n      plans: [continuity]\n")
    assert len(_remedies(text, "first_response", plan="continuity")) == 1
    assert _remedies(text, "first_response", plan="basic") == []
    request = TicketFacts(
        requester=Requester(name="Kim", email="kim@harbour.example"), channel="email", priority="l1"
    )
    credited = {}
    for plan in ("basic", "continuity"):
        contract = Contract(account="harbour", name="Harbour", policy="premises", plan=plan)
        credited[plan] = settle(read_policy(text), contract, request, AT).credited
    assert credited == {"basic": (), "continuity": ("first_response",)}
