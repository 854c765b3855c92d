"""Contracts as files in one directory: the contract of `acme` is `acme.yaml`."""

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path

from activities.ports import AccountPage, ContractUnavailable, UnknownAccount
from policies.loading.loader import load_contract
from policies.schema.contract import SLUG, Contract

MOST_READ = 200
"""Files that are read for one page of accounts, so that a page takes a second or two."""

_Version = tuple[int, int]


class ContractFiles:
    """Reads a contract when it is requested, and caches it until the file changes.

    An invalid file makes only its own account unavailable.
    """

    def __init__(self, directory: Path, most_read: int = MOST_READ) -> None:
        self._directory = directory
        self._most_read = most_read
        self._cache: dict[str, tuple[_Version, Contract]] = {}

    async def find(self, account: str) -> Contract:
        """The contract of the account by its present file."""
        # An account is a slug, so it cannot name a file outside the directory.
        if not re.fullmatch(SLUG, account):
            raise UnknownAccount(f"There is no account {account!r}")
        return await asyncio.to_thread(self._find, account)

    async def accounts(self, policies: Iterable[str]) -> tuple[str, ...]:
        """Every account that has a file, whichever its policy."""
        del policies
        return tuple(await asyncio.to_thread(self._names))

    async def page_under(self, policy: str, after: str | None, most: int) -> AccountPage:
        """A page of the accounts under a policy."""
        return await asyncio.to_thread(self._page_under, policy, after, most)

    async def under(self, policy: str) -> tuple[Contract, ...]:
        """Every contract under the policy, by account. All contracts must be valid."""
        paths = await asyncio.to_thread(lambda: sorted(self._directory.glob("*.yaml")))
        contracts = [await self._find_listed(path) for path in paths]
        return tuple(contract for contract in contracts if contract.policy == policy)

    def _names(self) -> list[str]:
        names = [path.stem for path in self._directory.glob("*.yaml")]
        return sorted(name for name in names if re.fullmatch(SLUG, name))

    def _page_under(self, policy: str, after: str | None, most: int) -> AccountPage:
        names = [name for name in self._names() if after is None or name > after]
        found: list[str] = []
        for read, name in enumerate(names):
            if len(found) == most or read == self._most_read:
                return AccountPage(tuple(found), names[read - 1])
            if self._may_be_under(policy, name):
                found.append(name)
        return AccountPage(tuple(found), None)

    def _may_be_under(self, policy: str, account: str) -> bool:
        try:
            return self._find(account).policy == policy
        except UnknownAccount:
            return False
        except ContractUnavailable:
            return True

    async def _find_listed(self, path: Path) -> Contract:
        try:
            return await self.find(path.stem)
        except UnknownAccount:
            raise ContractUnavailable(
                f"{path} does not have the name of an account, so no tickets can open under it"
            ) from None

    def _find(self, account: str) -> Contract:
        path = self._directory / f"{account}.yaml"
        try:
            status = path.stat()
            version = (status.st_mtime_ns, status.st_size)
            cached = self._cache.get(account)
            if cached and cached[0] == version:
                return cached[1]
            contract = load_contract(path)
        except FileNotFoundError:
            raise UnknownAccount(f"There is no account {account!r}") from None
        except (OSError, ValueError) as error:
            raise ContractUnavailable(
                f"The contract of {account!r} is unusable: {error}"
            ) from error
        if contract.account != account:
            raise ContractUnavailable(f"{path.name} is the contract of {contract.account!r}")
        self._cache[account] = (version, contract)
        return contract
