"""A contract directory in memory, for simulations and tests."""

from collections.abc import Iterable

from activities.ports import AccountPage, ContractUnavailable, UnknownAccount
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

    async def page_under(self, policy: str, after: str | None, most: int) -> AccountPage:
        """A page of the accounts under a policy."""
        if self.is_unavailable:
            raise ContractUnavailable("the directory of contracts does not answer")
        under = [a for a, contract in sorted(self.contracts.items()) if contract.policy == policy]
        rest = [account for account in under if after is None or account > after]
        page = tuple(rest[:most])
        return AccountPage(page, page[-1] if len(rest) > most else None)

    async def find(self, account: str) -> Contract:
        """The contract of the account."""
        if self.is_unavailable:
            raise ContractUnavailable("the directory of contracts does not answer")
        if account not in self.contracts:
            raise UnknownAccount(f"there is no account {account!r}")
        return self.contracts[account]
