"""The policies that exist for a caller."""

from contextlib import suppress

from activities.ports import ContractDirectory, UnknownAccount
from api.identity.caller import Caller
from policies.loading.policy_catalog import PolicyCatalog


async def own_policies(
    caller: Caller,
    catalog: PolicyCatalog,
    contracts: ContractDirectory,
    *skipped: type[Exception],
) -> tuple[str, ...]:
    """The slugs of all policies; for a limited caller, of those in the contracts of its accounts.

    An account without a contract has no policy, nor has one whose contract fails with an error of
    a kind to be skipped.
    """
    if caller.accounts is None:
        return catalog.slugs
    found = set()
    for account in caller.accounts:
        with suppress(UnknownAccount, *skipped):
            found.add((await contracts.find(account)).policy)
    return tuple(slug for slug in catalog.slugs if slug in found)
