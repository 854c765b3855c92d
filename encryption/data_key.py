"""A data key: encrypts the payloads of one workflow."""

import os
import secrets
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption.errors import Undecryptable
from encryption.key_wrapper import KeyWrapper
from encryption.master_keys import KEY_BYTES, NONCE_BYTES
from encryption.stored_key import StoredKey

_TAG_BYTES = 16


@dataclass(frozen=True)
class DataKey:
    """AES-256-GCM under one key. Each ciphertext is bound to the id and the scope of the key."""

    id: str
    scope: str
    _cipher: AESGCM
    _bound_to: bytes

    @classmethod
    async def unwrapped(cls, stored: StoredKey, masters: KeyWrapper) -> Self:
        """The key of a store, which must not be destroyed."""
        key = await masters.unwrap(stored.master, stored.wrapped or b"", binding(stored))
        return cls(stored.id, stored.scope, AESGCM(key), _bound(b"payload", stored))

    def encrypt(self, plain: bytes) -> bytes:
        """A random nonce, the ciphertext and its tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._bound_to)

    def decrypt(self, sealed: bytes) -> bytes:
        """The plain text. Raises Undecryptable."""
        if len(sealed) < NONCE_BYTES + _TAG_BYTES:
            raise Undecryptable("an encrypted payload is truncated")
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._bound_to)
        except InvalidTag:
            raise Undecryptable(
                f"an encrypted payload of {self.scope or 'no workflow'} is damaged, or was moved "
                "there from elsewhere"
            ) from None


async def new_stored_key(scope: str, masters: KeyWrapper) -> StoredKey:
    """A random data key, wrapped by the current master key."""
    master = await masters.current()
    blank = StoredKey(secrets.token_urlsafe(12), scope, master, master, None)
    key = secrets.token_bytes(KEY_BYTES)
    return blank.wrapped_by(master, await masters.wrap(master, key, binding(blank)))


async def rewrapped(stored: StoredKey, masters: KeyWrapper, master: str) -> StoredKey:
    """The same data key, wrapped by this master key."""
    key = await masters.unwrap(stored.master, stored.wrapped or b"", binding(stored))
    return stored.wrapped_by(master, await masters.wrap(master, key, binding(stored)))


def binding(stored: StoredKey) -> bytes:
    """The context that a wrapped key is bound to: no row of the store passes for another."""
    return _bound(b"data-key", stored)


def _bound(purpose: bytes, stored: StoredKey) -> bytes:
    return b"\0".join((b"durable-desk", purpose, stored.id.encode(), stored.scope.encode()))
