"""The workload states every fact of every policy that has tickets in it."""

from typing import Any

import pytest

from commands.check import examine
from policies.schema.policy import SupportPolicy
from tests.chaos.workload.requests import FACTS, facts_of
from tests.workflows.ticket.simulated_ticket import CATALOG, CONTRACTS, POLICIES, ROOT

EVERY_POLICY = [CATALOG.latest(slug) for slug in CATALOG.slugs]
LOOKED_UP = {"active_publication", "designated_contact"}
"""Facts that are looked up in the contract, whatever a request states."""


@pytest.mark.parametrize("policy", EVERY_POLICY, ids=lambda policy: policy.policy)
def test_requests_state_every_fact_that_a_policy_accepts(policy: SupportPolicy) -> None:
    stated = {name for name, fact in policy.facts.items() if fact.given_by != "contract"}
    assert facts_of(policy.policy).keys() == stated - LOOKED_UP, (
        "correct FACTS in workload/requests.py"
    )


@pytest.mark.parametrize("policy", EVERY_POLICY, ids=lambda policy: policy.policy)
def test_requests_state_only_valid_choices(policy: SupportPolicy) -> None:
    invalid: dict[str, list[Any]] = {}
    for name, values in facts_of(policy.policy).items():
        choices = policy.facts[name].choices
        if choices:
            invalid[name] = [value for value in values if value not in choices]
    assert not any(invalid.values()), f"correct FACTS in workload/requests.py: {invalid}"


def test_the_contracts_of_the_workload_pass_the_check_with_their_overrides() -> None:
    own = [path for path in CONTRACTS if path.is_relative_to(ROOT / "tests")]
    report = examine([*sorted(POLICIES.values()), *own])
    assert (report.errors, report.unreadable) == ([], [])


def test_every_policy_of_the_workload_exists() -> None:
    assert FACTS.keys() <= {*CATALOG.slugs}
