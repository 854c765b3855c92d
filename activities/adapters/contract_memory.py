"""A directory of contracts that were given: for rehearsals, where nothing is looked up."""

from collections.abc import Iterable

from activities.ports import ContractUnavailable, UnknownAccount
from policies.schema.contract import Contract


class InMemoryContracts:
    """Knows these contracts, and can be told not to answer for a while."""

    def __init__(self, contracts: Iterable[Contract] = ()) -> None:
        self.contracts = {contract.account: contract for contract in contracts}
        self.is_unavailable = False

    async def find(self, account: str) -> Contract:
        """The contract of an account."""
        if self.is_unavailable:
            raise ContractUnavailable("the directory of contracts does not answer")
        if account not in self.contracts:
            raise UnknownAccount(f"there is no account {account!r}")
        return self.contracts[account]
