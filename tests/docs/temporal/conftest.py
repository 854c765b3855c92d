"""What tests of Temporal clients are given."""

from collections.abc import Iterator

import pytest

from activities.adapters.contract_memory import InMemoryContracts
from policies.loading.loader import load_contract
from settings import ROOT


@pytest.fixture
def media(contracts: InMemoryContracts) -> Iterator[None]:
    """The contract of the account that the page names, instead of that of the tests."""
    before = dict(contracts.contracts)
    media = load_contract(ROOT / "examples" / "contracts" / "harbour-media.yaml")
    contracts.contracts[media.account] = media
    yield
    contracts.contracts = before
