"""Explanations name the notices that depend on facts, and whether the request gets them."""

from typing import Any

import pytest

from policies.loading.loader import read_policy
from policies.reports.clock_explanation import ExplainedNotice
from policies.reports.explain import explain, explain_all
from policies.schema.contract import Contract
from tests.workflows.ticket.notices.test_notices_by_facts import OPENED, PAGE, ticket
from tests.workflows.ticket.pages.page_ticket import instant

POLICY = PAGE.replace(
    "notices:\n",
    "clocks:\n  answer: {starts: [opened], stops: [responded], within: 1 hour, clause: desks}\n"
    "notices:\n",
)


def contract(**facts: Any) -> Contract:
    return Contract(account="quay", name="Quay", policy="desks", facts=facts)


def explained(**facts: Any) -> list[ExplainedNotice]:
    policy = read_policy(POLICY)
    return list(explain(policy, "answer", instant(OPENED), facts=facts).notices)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, []),
        ({"place": "paris"}, ["paris"]),
        ({"place": "london", "urgent": True}, ["london", "night"]),
    ],
)
def test_a_notice_is_sent_for_the_facts_of_the_request_as_a_ticket_sends_it(
    facts: dict[str, Any], told: list[str]
) -> None:
    notices = explained(**facts)
    assert [notice.tell[0] for notice in notices] == ["london", "paris", "night", "site"]
    assert [notice.tell[0] for notice in notices if notice.is_sent] == told
    sent = [record.audience for record in ticket(**facts).driver.state.notices]
    assert [audience for audience in sent if audience in {"london", "paris", "night"}] == told


def test_a_fact_of_the_contract_decides_as_well() -> None:
    policy = read_policy(POLICY)
    found = explain(policy, "answer", instant(OPENED), contract=contract(site="a")).notices
    assert [notice.tell[0] for notice in found if notice.is_sent] == ["site"]


def test_a_clock_names_the_notices_of_its_events_and_the_policy_names_all() -> None:
    policy, time = read_policy(POLICY), instant(OPENED)
    assert {notice.event for notice in explained()} == {"opened"}
    everything = explain_all(policy, time)
    assert {notice.event for notice in everything.notices} == {"opened", "reclassified"}
    assert everything.notices[2].facts == {"place": ("london", "paris"), "urgent": ("true",)}


def test_notices_of_other_requests_are_left_out() -> None:
    text = POLICY.replace("facts: {place: [paris]}", "facts: {place: [paris]}, priorities: [high]")
    low = explain(read_policy(text), "answer", instant(OPENED)).notices
    assert [notice.tell[0] for notice in low] == ["london", "night", "site"]
