"""The port of master keys: they wrap data keys, and never leave the place where they are."""

from typing import Protocol


class KeyWrapper(Protocol):
    """Master keys by id: those of a file, or of a key management service."""

    async def current(self) -> str:
        """The id of the master key that wraps new data keys."""

    async def wrap(self, master: str, key: bytes, bound_to: bytes) -> bytes:
        """A data key, encrypted by this master key. It unwraps with the same `bound_to` only."""

    async def unwrap(self, master: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key. Raises MasterKeyMissing, Undecryptable, or MasterKeysUnavailable."""
