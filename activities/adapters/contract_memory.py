"""A contract directory in memory, for simulations and tests."""

from collections.abc import Iterable

from activities.ports import ContractUnavailable, UnknownAccount
from policies.schema.contract import Contract


class InMemoryContracts:
    """These contracts. `is_unavailable` makes the directory fail."""

    def __init__(self, contracts: Iterable[Contract] = ()) -> None:
        self.contracts = {contract.account: contract for contract in contracts}
        self.is_unavailable = False

    async def accounts(self, policies: Iterable[str]) -> tuple[str, ...]:
        """Every account, whichever its policy."""
        del policies
        return tuple(sorted(self.contracts))

    async def find(self, account: str) -> Contract:
        """The contract of the account."""
        if self.is_unavailable:
            raise ContractUnavailable("the directory of contracts does not answer")
        if account not in self.contracts:
            raise UnknownAccount(f"there is no account {account!r}")
        return self.contracts[account]
