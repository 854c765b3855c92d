"""The workload states every fact of every policy that has tickets in it."""

from pathlib import Path
from typing import Any

import pytest

from commands.check import examine
from policies.checks.contracts import contract_mismatches
from policies.schema.policy import SupportPolicy
from policies.terms.overrides import effective_policy
from tests.chaos.workload.requests import FACTS, facts_of
from tests.workflows.ticket.simulated_ticket import (
    CATALOG,
    CONTRACTS,
    POLICIES,
    ROOT,
    contract_of,
)

EVERY_POLICY = [CATALOG.latest(slug) for slug in CATALOG.slugs]
OWN = [path for path in CONTRACTS if path.is_relative_to(ROOT / "tests")]
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


@pytest.mark.parametrize("path", OWN, ids=[path.stem for path in OWN])
def test_a_contract_of_the_workload_fits_its_policy_as_it_overrides_it(path: Path) -> None:
    contract = contract_of(path)
    policy = effective_policy(contract, CATALOG.latest(contract.policy))
    assert list(contract_mismatches(contract, {policy.policy: policy})) == []


def test_the_check_takes_a_fee_that_the_contract_adds_to_its_policy() -> None:
    contract = next(path for path in OWN if path.stem == "tide-mill")
    assert examine([POLICIES["proact"], contract]).errors == []


def test_every_policy_of_the_workload_exists() -> None:
    assert FACTS.keys() <= {*CATALOG.slugs}
