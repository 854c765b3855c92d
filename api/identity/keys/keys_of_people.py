"""The API keys that are bound to the address of a person, for the erasure of that person."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from api.identity.keys.sqlite_key_store import SqliteKeyStore
from policies.email_addresses import comparable
from workflows.client.erasure.ports import Credential

ERASED = "erased"
NO_ADDRESS = "erased@erased.invalid"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KeysOfPeople:
    """The keys in a file, found by address (the port `Credentials`)."""

    def __init__(self, store: SqliteKeyStore, now: Callable[[], datetime] = _utc_now) -> None:
        self._store = store
        self._now = now

    async def of(self, address: str) -> list[Credential]:
        """The keys of a person, also those that were revoked before."""
        wanted = comparable(address)
        keys = await asyncio.to_thread(self._store.read_all)
        return [
            Credential(key.id, key.grant.actor)
            for key in keys
            if key.grant.email is not None and comparable(key.grant.email) == wanted
        ]

    async def revoke(self, id: str) -> None:
        """Revokes a key for ever."""
        await asyncio.to_thread(self._store.revoke, id, self._now())

    async def scrub(self, id: str) -> None:
        """Removes name and address from a revoked key. An actor whose id is the address loses it;
        other ids stay, because records of actions have them.
        """
        await asyncio.to_thread(self._scrub, id)

    def _scrub(self, id: str) -> None:
        grant = next(key.grant for key in self._store.read_all() if key.id == id)
        actor = ERASED if "@" in grant.actor else grant.actor
        changes = {"name": ERASED, "email": NO_ADDRESS, "actor": actor}
        self._store.change_grant(id, grant.model_copy(update=changes))
