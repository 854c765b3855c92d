"""Values of filters that no ticket can have. They are errors: a misspelled one would match nothing,
which reads like an empty list.
"""

from collections.abc import Awaitable, Callable, Iterator

from activities.ports import ContractDirectory, ContractUnavailable, UnknownAccount
from api.http.problem_types import INVALID_REQUEST
from api.http.problems import FieldError, Problem
from api.http.validation_errors import unknown
from api.identity.caller import Caller
from api.identity.own_policies import own_policies
from api.listing.filters import ANY, TicketFilters
from policies.loading.policy_catalog import PolicyCatalog
from workflows.temporal.connection import ACCOUNT, BREACHED, PLAN, POLICY, PRIORITY

Exists = Callable[[str, str], Awaitable[bool]]
"""Whether a ticket has this value of an attribute. Its policy or its contract may be gone."""


async def check_known(
    filters: TicketFilters,
    catalog: PolicyCatalog,
    contracts: ContractDirectory,
    caller: Caller,
    exists: Exists,
) -> None:
    """Raises a Problem for each value that neither the policies nor any ticket has.

    To a caller limited to some accounts, no other account exists, and no policy but theirs.
    """
    is_about_policies = filters.policy or filters.plan or filters.priority or filters.breached
    slugs = (
        await own_policies(caller, catalog, contracts, ContractUnavailable)
        if is_about_policies
        else ()
    )
    errors = [
        FieldError(field=field, message=unknown(value, choices))
        for field, attribute, value, choices in _unknown(filters, catalog, slugs)
        if not await exists(attribute, value)
    ]
    errors += [
        FieldError(field="account", message=f"there is no account {name!r}")
        for name in filters.account
        if not await _is_account(name, contracts, caller, exists)
    ]
    if errors:
        detail = "; ".join(f"{error.field}: {error.message}" for error in errors)
        raise Problem(INVALID_REQUEST, detail, errors=tuple(errors))


def _unknown(
    filters: TicketFilters, catalog: PolicyCatalog, slugs: tuple[str, ...]
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Field, attribute, value and choices of each value that no revision of a policy has."""
    wanted = filters.policy or slugs
    policies = [policy for policy in catalog if policy.policy in wanted and policy.policy in slugs]
    clocks = (name for policy in policies for name in policy.clocks)
    for field, attribute, values, choices in (
        ("policy", POLICY, filters.policy, slugs),
        ("plan", PLAN, filters.plan, (name for p in policies for name in p.plans)),
        ("priority", PRIORITY, filters.priority, (name for p in policies for name in p.priorities)),
        ("breached", BREACHED, filters.breached, (ANY, *clocks)),
    ):
        distinct = tuple(dict.fromkeys(choices))
        for value in values:
            if value not in distinct:
                yield field, attribute.name, value, distinct


async def _is_account(
    name: str, contracts: ContractDirectory, caller: Caller, exists: Exists
) -> bool:
    if caller.accounts is not None:
        return caller.may_see(name)
    try:
        await contracts.find(name)
    except UnknownAccount:
        return await exists(ACCOUNT.name, name)
    except ContractUnavailable:
        return True
    return True
