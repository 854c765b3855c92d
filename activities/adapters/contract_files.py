"""Contracts as files of one directory: the contract of `acme` is `acme.yaml`."""

import asyncio
import re
from pathlib import Path

from activities.ports import ContractUnavailable, UnknownAccount
from policies.loading.loader import load_contract
from policies.schema.contract import SLUG, Contract

_Version = tuple[int, int]


class ContractFiles:
    """Reads a contract when it is asked for, and again when its file has changed.

    A file that cannot be used makes its own account unavailable, and no other.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: dict[str, tuple[_Version, Contract]] = {}

    async def find(self, account: str) -> Contract:
        """The contract of `account` as its file stands now."""
        # An account is a slug, so it cannot name a file outside the directory.
        if not re.fullmatch(SLUG, account):
            raise UnknownAccount(f"There is no account {account!r}")
        return await asyncio.to_thread(self._find, account)

    async def under(self, policy: str) -> tuple[Contract, ...]:
        """Every contract under `policy`, by account. All have to be sound."""
        paths = await asyncio.to_thread(lambda: sorted(self._directory.glob("*.yaml")))
        found = [await self._listed(path) for path in paths]
        return tuple(contract for contract in found if contract.policy == policy)

    async def _listed(self, path: Path) -> Contract:
        try:
            return await self.find(path.stem)
        except UnknownAccount:
            raise ContractUnavailable(
                f"{path} is not called after an account, so nobody can open tickets under it"
            ) from None

    def _find(self, account: str) -> Contract:
        path = self._directory / f"{account}.yaml"
        try:
            status = path.stat()
            version = (status.st_mtime_ns, status.st_size)
            known = self._read.get(account)
            if known and known[0] == version:
                return known[1]
            contract = load_contract(path)
        except FileNotFoundError:
            raise UnknownAccount(f"There is no account {account!r}") from None
        except (OSError, ValueError) as error:
            raise ContractUnavailable(
                f"The contract of {account!r} is unusable: {error}"
            ) from error
        if contract.account != account:
            raise ContractUnavailable(f"{path.name} is the contract of {contract.account!r}")
        self._read[account] = (version, contract)
        return contract
