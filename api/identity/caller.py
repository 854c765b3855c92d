"""The authenticated sender of a request, and the accounts and tickets that exist for it."""

from dataclasses import dataclass
from enum import StrEnum

from policies.email_addresses import comparable
from policies.vocabulary import Role
from workflows.shared.action_request import LONGEST_CREDENTIAL, Actor

MOST_ACCOUNTS = 100
"""Accounts that a credential can be limited to; lists name each of them in their query."""


class Scope(StrEnum):
    """The tickets of its accounts that a requester may read and act on."""

    OWN = "own"
    ACCOUNT = "account"

    @classmethod
    def default_of(cls, role: Role) -> "Scope":
        """The scope of a credential that states none."""
        return cls.OWN if role is Role.REQUESTER else cls.ACCOUNT


@dataclass(frozen=True)
class Caller:
    """The authenticated caller.

    `accounts` are the only ones that exist for it; None stands for all. `email` is the address of
    the person. With the scope `own`, only the tickets of that address exist. `actions` are the only
    ones it may take; None stands for those of its role. `credential` names the token or key for
    logs and for the record, which has it with the actor, and is not secret.
    """

    actor: Actor
    accounts: frozenset[str] | None = None
    email: str | None = None
    scope: Scope = Scope.ACCOUNT
    actions: frozenset[str] | None = None
    credential: str = ""

    def __post_init__(self) -> None:
        if self.credential:
            recorded = self.credential[:LONGEST_CREDENTIAL]
            actor = self.actor.model_copy(update={"credential": recorded})
            object.__setattr__(self, "actor", actor)

    @property
    def account(self) -> str | None:
        """The only account of the caller, if it has exactly one."""
        if self.accounts is not None and len(self.accounts) == 1:
            return next(iter(self.accounts))
        return None

    def may_take(self, action: str) -> bool:
        """Whether the caller is not limited to other actions. Its role may still forbid it."""
        return self.actions is None or action in self.actions

    def may_see(self, account: str) -> bool:
        """Whether the account exists for this caller."""
        return self.accounts is None or account in self.accounts

    @property
    def is_limited(self) -> bool:
        """Whether some tickets do not exist for this caller."""
        return self.accounts is not None or self.scope is Scope.OWN

    def is_own(self, email: str | None) -> bool:
        """Whether the address is that of the caller, or the scope does not demand it."""
        if self.scope is Scope.ACCOUNT:
            return True
        own = self.email
        return email is not None and own is not None and comparable(email) == comparable(own)

    @property
    def key(self) -> str:
        """Tells callers apart: id, role and accounts. Ids are unique within an account only."""
        # None of the parts can contain a NUL.
        return "\0".join((self.actor.id, self.actor.role, *sorted(self.accounts or ("",))))
