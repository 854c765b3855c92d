"""The policy and the contract that the examples of the two references add up to."""

import json
from typing import Any

from policies.documents.document import Document
from policies.loading.loader import read_contract, read_policy
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from tests.docs.pages import CONTRACTS, POLICIES, blocks


def reference_policy() -> SupportPolicy:
    """The examples of the policy reference, put together."""
    whole: dict[str, Any] = {}
    for block in blocks(POLICIES, "yaml"):
        for key, value in Document.read(block.text, POLICIES.name).data.items():
            whole[key] = whole[key] | value if key in whole else value
    return read_policy(json.dumps(whole))


def reference_contract() -> Contract:
    """The example of the contract reference."""
    [contract] = blocks(CONTRACTS, "yaml")
    return read_contract(contract.text)
