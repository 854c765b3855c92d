"""The policy and the contract that the examples of the two references add up to."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from policies.documents.document import Document
from policies.loading.loader import load_policy, read_contract
from policies.schema.contract import Contract
from policies.schema.policy import SupportPolicy
from tests.docs.pages import CONTRACTS, POLICIES, blocks


def reference_policy() -> SupportPolicy:
    """The examples of the policy reference, put together."""
    whole: dict[str, Any] = {}
    for block in blocks(POLICIES, "yaml"):
        for key, value in Document.read(block.text, POLICIES.name).data.items():
            whole[key] = whole[key] | value if key in whole else value
    with TemporaryDirectory() as directory:
        path = Path(directory) / "tidewater.yaml"
        path.write_text(json.dumps(whole))
        for name, block in zip(_closures(whole), blocks(POLICIES, "ics"), strict=True):
            (path.parent / name).write_text(block.text)
        return load_policy(path)


def _closures(policy: dict[str, Any]) -> list[str]:
    """The ICS files that a policy names."""
    return [rule["ics"] for rule in policy["calendars"].values() if "ics" in rule]


def reference_contract() -> Contract:
    """The example of the contract reference."""
    [contract] = blocks(CONTRACTS, "yaml")
    return read_contract(contract.text)
