"""How far a credential may reach: the rules for its role, its accounts, its scope and its address.

They hold for every kind of credential. Each kind refuses in its own way: tokens and keys when they
are configured, an access token when it is presented.
"""

from collections.abc import Collection, Iterator
from enum import StrEnum

from api.identity.caller import Scope
from policies.vocabulary import Role


class ReachProblem(StrEnum):
    """What is wrong. The values are texts for whoever configures the credential."""

    IS_SYSTEM = "'system' is the workflow itself and has no token"
    NO_ACCOUNT = "a requester needs an account"
    OWN_SCOPE_OF_STAFF = "the scope own is for requesters; other roles see whole accounts"
    OWN_SCOPE_WITHOUT_ADDRESS = (
        "a requester needs an email, or the scope account to see all tickets of its accounts"
    )


def reach_problems(
    role: Role, accounts: Collection[str] | None, scope: Scope, email: str | None
) -> Iterator[ReachProblem]:
    """Everything that is wrong; nothing if a credential may reach so far. `accounts` are the only
    ones that exist for it; None stands for all.
    """
    if role is Role.SYSTEM:
        yield ReachProblem.IS_SYSTEM
    if role is Role.REQUESTER and accounts is None:
        yield ReachProblem.NO_ACCOUNT
    if scope is Scope.OWN and role is not Role.REQUESTER:
        yield ReachProblem.OWN_SCOPE_OF_STAFF
    elif scope is Scope.OWN and email is None:
        yield ReachProblem.OWN_SCOPE_WITHOUT_ADDRESS
