"""A contract agrees with its policy."""

import pytest

from policies.checks.contracts import contract_mismatches
from policies.loading.loader import read_contract, read_policy
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
