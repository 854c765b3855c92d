"""The port of the store of API keys. Its methods block, so callers run them in a thread."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from api.identity.keys.api_key import ApiKey


class KeyStoreUnusable(Exception):
    """The store cannot be read or written. The message says why, and what to do."""


class UnknownKey(Exception):
    """There is no key with this id."""


class KeyStore(Protocol):
    """Stores API keys. Every method raises KeyStoreUnusable if it cannot do its work."""

    def read_all(self) -> tuple[ApiKey, ...]:
        """All keys, oldest first, as they are now."""
        ...

    def add(self, key: ApiKey) -> None:
        """Adds a new key."""
        ...

    def rotate(
        self,
        id: str,
        digest: bytes,
        issued_at: datetime,
        expires_at: datetime | None,
        previous_until: datetime,
    ) -> None:
        """Replaces the secret of a key, and accepts the present one until `previous_until`.

        Raises UnknownKey for an id without a key, and for a revoked key.
        """
        ...

    def revoke(self, id: str, at: datetime) -> None:
        """Revokes a key, also its previous secret; the first time counts. Raises UnknownKey."""
        ...

    def record_uses(self, uses: Mapping[str, datetime]) -> None:
        """Records the last use of keys by id; an earlier time than the stored one is ignored."""
        ...
