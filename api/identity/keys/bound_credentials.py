"""The credentials that are bound to an e-mail address: API keys and configured tokens.

Tokens of OpenID Connect providers are not stored, so there is nothing of them to find.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from api.identity.caller import Scope
from api.identity.keys.api_key import ApiKey, KeyState
from api.identity.keys.key_store import KeyStore
from api.identity.static_tokens import TokenActor
from policies.email_addresses import comparable
from policies.vocabulary import Role


class CredentialKind(StrEnum):
    """A kind of credential that is stored."""

    API_KEY = "api_key"
    TOKEN = "token"


@dataclass(frozen=True)
class BoundCredential:
    """A credential without its secret. Of a token, only the expiry is known."""

    kind: CredentialKind
    id: str
    name: str | None
    actor: str
    role: Role
    accounts: frozenset[str] | None
    scope: Scope
    state: KeyState = KeyState.ACTIVE
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class BoundCredentials:
    """Finds credentials by the address of their person."""

    def __init__(
        self,
        keys: KeyStore | None = None,
        tokens: Callable[[], Iterable[TokenActor]] = tuple,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = keys
        self._tokens = tokens
        self._now = now

    async def of(self, address: str) -> tuple[BoundCredential, ...]:
        """The keys and tokens of a person, also expired and revoked ones. Raises KeyStoreUnusable
        if the keys cannot be read.
        """
        keys = await asyncio.to_thread(self._keys.read_all) if self._keys is not None else ()
        now, wanted = self._now(), comparable(address)
        own_keys = (_of_key(key, now) for key in keys if _is_of(key.grant.email, wanted))
        own_tokens = (_of_token(each, now) for each in self._tokens() if _is_of(each.email, wanted))
        return (*own_keys, *own_tokens)


def _is_of(email: str | None, wanted: str) -> bool:
    return email is not None and comparable(email) == wanted


def _of_key(key: ApiKey, now: datetime) -> BoundCredential:
    grant = key.grant
    return BoundCredential(
        kind=CredentialKind.API_KEY,
        id=key.id,
        name=grant.name,
        actor=grant.actor,
        role=grant.role,
        accounts=grant.accounts,
        scope=grant.scope,
        state=key.state(now),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )


def _of_token(token: TokenActor, now: datetime) -> BoundCredential:
    caller = token.caller
    return BoundCredential(
        kind=CredentialKind.TOKEN,
        id=caller.credential,
        name=caller.actor.name,
        actor=caller.actor.id,
        role=caller.actor.role,
        accounts=caller.accounts,
        scope=caller.scope,
        state=KeyState.EXPIRED if token.has_expired(now) else KeyState.ACTIVE,
        expires_at=token.expires_at,
    )
