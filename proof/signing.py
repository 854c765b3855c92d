"""The keys of proofs: Ed25519 (RFC 8032). The private one signs, and gives the secret of salts."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_SIGNED = b"durable-desk-proof\0"
"""Before what is signed, so that a signature for another purpose is none for a proof."""


class InvalidKey(ValueError):
    """A text is not a key."""


class ProofKey:
    """The private key of a desk."""

    def __init__(self, secret: str) -> None:
        """From 32 random bytes in base64; InvalidKey for anything else."""
        seed = key_bytes(secret)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.salt_secret = HKDF(SHA256(), KEY_BYTES, None, b"durable-desk-proof salts").derive(seed)

    @property
    def public(self) -> "PublicKey":
        """The key by which anybody verifies."""
        return PublicKey(_text(self._key.public_key().public_bytes_raw()))

    def sign(self, root: str) -> str:
        """The signature of a root, in base64."""
        return _text(self._key.sign(_SIGNED + root.encode()))

    def __repr__(self) -> str:
        return f"ProofKey({self.public.text})"


class PublicKey:
    """A public key, as text."""

    def __init__(self, text: str) -> None:
        """From base64; InvalidKey for anything that is not a key."""
        self._key = Ed25519PublicKey.from_public_bytes(key_bytes(text))
        self.text = _text(self._key.public_bytes_raw())

    def verifies(self, signature: str, root: str) -> bool:
        """Whether this is its signature of a root."""
        try:
            self._key.verify(_decoded(signature, SIGNATURE_BYTES), _SIGNED + root.encode())
        except (InvalidSignature, InvalidKey):
            return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def key_bytes(text: str) -> bytes:
    """The bytes of a key in base64; InvalidKey for anything else."""
    return _decoded(text.strip(), KEY_BYTES)


def _decoded(text: str, length: int) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidKey("is not base64") from None
    if _text(decoded) != text:
        raise InvalidKey("is not base64 in its one canonical form")
    if len(decoded) != length:
        raise InvalidKey(f"has {len(decoded)} bytes instead of {length}")
    return decoded


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
