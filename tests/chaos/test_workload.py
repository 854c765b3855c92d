"""The workload states every fact of every shipped policy."""

from typing import Any

import pytest

from policies.loading.policy_catalog import PolicyCatalog
from policies.schema.policy import SupportPolicy
from tests.chaos.workload.requests import FACTS, facts_of

CATALOG = PolicyCatalog.shipped()
POLICIES = [CATALOG.latest(slug) for slug in CATALOG.slugs]
LOOKED_UP = {"active_publication", "designated_contact"}
"""Facts that are looked up in the contract, whatever a request states."""


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.policy)
def test_requests_state_every_fact_that_a_policy_accepts(policy: SupportPolicy) -> None:
    stated = {name for name, fact in policy.facts.items() if fact.given_by != "contract"}
    assert facts_of(policy.policy).keys() == stated - LOOKED_UP, (
        "correct FACTS in workload/requests.py"
    )


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.policy)
def test_requests_state_only_valid_choices(policy: SupportPolicy) -> None:
    invalid: dict[str, list[Any]] = {}
    for name, values in facts_of(policy.policy).items():
        choices = policy.facts[name].choices
        if choices:
            invalid[name] = [value for value in values if value not in choices]
    assert not any(invalid.values()), f"correct FACTS in workload/requests.py: {invalid}"


def test_every_policy_of_the_workload_ships() -> None:
    assert FACTS.keys() <= {*CATALOG.slugs}
