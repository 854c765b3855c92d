"""A contract agrees with its policy."""

import pytest

from policies.checks.all_checks import contract_errors
from policies.checks.contracts import contract_mismatches
from policies.loading.loader import read_contract, read_policy
from policies.schema.contract import Contact, Contract, Publication
from tests.harness import CATALOG, HARBOUR
from tests.policies.requests import contract
from tests.policies.sample_documents import CONTRACT, POLICY, broken


@pytest.mark.parametrize(
    ("old", "new", "path", "right"),
    [
        ("plan: gold", "plan: ¦goold", "plan", 'did you mean "gold"?'),
        ("region: north", "region: ¦nrth", "region", 'did you mean "north"?'),
        ("policy: acme", "policy: ¦acmee", "policy", 'did you mean "acme"?'),
        ("plan: gold\n", "", "", "allowed: silver, gold"),
    ],
)
def test_a_contract_uses_names_that_its_policy_declares(
    old: str, new: str, path: str, right: str
) -> None:
    contract = read_contract(broken(old, new, CONTRACT).replace("¦", ""))
    [finding] = contract_mismatches(contract, {"acme": read_policy(POLICY)})
    assert ".".join(str(part) for part in finding.path) == path
    assert right in finding.right


@pytest.mark.fault(34)
def test_facts_of_a_contract_are_among_the_choices_of_the_policy() -> None:
    agreed = contract("millbrook-township")
    wrong = agreed.model_copy(update={"facts": {**agreed.facts, "nature": "defekt"}})
    policies = {"contensive": CATALOG.latest("contensive")}
    assert list(contract_mismatches(agreed, policies)) == []
    [finding] = contract_mismatches(wrong, policies)
    assert finding.path == ("facts", "nature")
    assert 'did you mean "defect"?' in finding.right


def managed(zone: str) -> Contract:
    manager = Contact(name="Dee", email="dee@harbour.example", zone=zone)
    publication = Publication(name="flood", account_manager=manager)
    return HARBOUR.model_copy(update={"publications": (publication,)})


@pytest.mark.fault(27)
@pytest.mark.fault(41)
def test_the_zone_of_a_publications_account_manager_exists() -> None:
    assert list(contract_errors(managed("Europe/Paris"))) == []
    [finding] = contract_errors(managed("localtime"))
    assert finding.path == ("publications", 0, "account_manager", "zone")
