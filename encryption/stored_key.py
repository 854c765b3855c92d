"""A data key as the store has it, and the port of the store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Protocol, Self


@dataclass(frozen=True)
class StoredKey:
    """A wrapped data key; a destroyed one has lost its key, and stays to say so."""

    id: str
    scope: str
    """The id of the workflow whose payloads it encrypts."""
    generation: str
    """The master key that was the newest when the key was made. Each generation of a scope has a
    key of its own.
    """
    master: str
    """The master key that wraps it now."""
    wrapped: bytes | None

    @property
    def is_destroyed(self) -> bool:
        """Whether the key itself is gone."""
        return self.wrapped is None

    def wrapped_by(self, master: str, wrapped: bytes) -> Self:
        """The same key, wrapped by another master key."""
        return replace(self, master=master, wrapped=wrapped)


class KeyStore(Protocol):
    """Where data keys are kept. All processes of a deployment share one."""

    async def find(self, id: str) -> StoredKey | None:
        """The key with this id."""

    async def keys_of(self, scope: str) -> list[StoredKey]:
        """All keys of a scope, destroyed ones included."""

    async def add(self, key: StoredKey) -> StoredKey:
        """Stores a key for its scope and generation, and returns it once it is durable.

        If there is one, that is returned instead. If keys of the scope were destroyed, a destroyed
        one is.
        """

    async def destroy(self, scope: str) -> int:
        """Destroys all keys of a scope, and prevents new ones. Returns how many there were."""

    async def rewrap(self, key: StoredKey) -> None:
        """Replaces the wrapping of a key, unless it was destroyed meanwhile."""

    def not_wrapped_by(self, master: str) -> AsyncIterator[StoredKey]:
        """The keys that another master key wraps, without destroyed ones."""

    async def one_of_each_master(self) -> list[StoredKey]:
        """One key for each master key that wraps any."""
