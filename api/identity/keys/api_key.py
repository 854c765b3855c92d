"""An API key as it is stored: whom it stands for, what it may do, and how long."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.identity.caller import MOST_ACCOUNTS, Caller, Scope
from api.identity.reach import reach_problems
from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine, Slug
from policies.vocabulary import Role
from workflows.shared.action_request import Actor


class KeyState(StrEnum):
    """Whether a key is accepted, and if not, why."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class KeyGrant(BaseModel):
    """Whom a key stands for, and what it may do. It never changes: another grant is another key.
    Only an erasure removes the name and the address from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: OneLine = Field(description="Name of the key, and display name of its actor.")
    actor: OneLine = Field(description="Stable id, recorded with every action.")
    role: Role
    accounts: Annotated[frozenset[Slug], Field(min_length=1, max_length=MOST_ACCOUNTS)] | None = (
        Field(default=None, description="The only accounts that exist for it; all without it.")
    )
    actions: frozenset[str] | None = Field(
        default=None, description="The only actions that it may take; those of its role without it."
    )
    email: EmailAddress | None = Field(default=None, description="Address of the person.")
    scope: Scope = Scope.ACCOUNT

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        if problems := [*reach_problems(self.role, self.accounts, self.scope, self.email)]:
            raise ValueError("; ".join(problems))
        return self


@dataclass(frozen=True)
class ApiKey:
    """A key. `issued_at` is the time of its secret, `created_at` that of its first one.

    For some time after a rotation, the previous secret is accepted as well.
    """

    id: str
    grant: KeyGrant
    digest: bytes
    created_at: datetime
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None
    previous_digest: bytes | None = None
    previous_until: datetime | None = None
    last_used_at: datetime | None = None

    def matches(self, digest: bytes) -> bool:
        """Whether this is the digest of its secret or of the previous one, however old."""
        # Both are compared, always in the same time.
        is_current = hmac.compare_digest(self.digest, digest)
        is_previous = hmac.compare_digest(self.previous_digest or b"", digest)
        return is_current or is_previous

    def end_of(self, digest: bytes) -> datetime | None:
        """When the secret with this digest expires; None if it never does."""
        if hmac.compare_digest(self.digest, digest):
            return self.expires_at
        return self.previous_until

    def state(self, now: datetime) -> KeyState:
        """Its state at a time."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        is_expired = self.expires_at is not None and now >= self.expires_at
        return KeyState.EXPIRED if is_expired else KeyState.ACTIVE

    @property
    def lifetime(self) -> timedelta | None:
        """How long its secrets are valid; None for ever."""
        return self.expires_at - self.issued_at if self.expires_at is not None else None

    @property
    def caller(self) -> Caller:
        """The caller that it stands for."""
        grant = self.grant
        return Caller(
            Actor(id=grant.actor, role=grant.role, name=grant.name),
            accounts=grant.accounts,
            email=grant.email,
            scope=grant.scope,
            actions=grant.actions,
            credential=f"key:{self.id}",
        )
