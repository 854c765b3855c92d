"""The port of the store of API keys. Its methods block, so callers run them in a thread.

The port is what authentication needs of a store. `desk keys` changes the store that is configured.
"""

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

    def record_uses(self, uses: Mapping[str, datetime]) -> None:
        """Records the last use of keys by id; an earlier time than the stored one is ignored."""
        ...
