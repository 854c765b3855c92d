"""The text of an API key: `dk_<id>_<secret><checksum>`.

The secret is 256 random bits in base64url, so nobody can guess it. What is stored of it is its
SHA-256: a slow hash (bcrypt, argon2) protects secrets that people choose, of which an attacker with
the hashes can try the likely ones. Of 2^256 equally likely secrets there are no likely ones, and a
slow hash would only cost every request its time.

The checksum tells a key that was not copied completely from one that does not exist, and lets a
scanner for leaked secrets recognize a key without asking anybody.
"""

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from zlib import crc32

PREFIX = "dk_"
ID = r"[0-9a-z]{10}"
_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 10
_SECRET_BYTES = 32
_TEXT = re.compile(rf"(dk_({ID})_([A-Za-z0-9_-]{{43}}))([A-Za-z0-9_-]{{6}})")


@dataclass(frozen=True)
class KeyText:
    """A key as its owner has it. The id is public."""

    id: str
    secret: str

    @classmethod
    def new(cls) -> "KeyText":
        """A new id and a new secret."""
        id = "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))
        return cls.of(id)

    @classmethod
    def of(cls, id: str) -> "KeyText":
        """A new secret of the key with this id."""
        return cls(id, secrets.token_urlsafe(_SECRET_BYTES))

    @classmethod
    def parsed(cls, text: str) -> "KeyText | None":
        """The parts of a key; None if it is not a complete one."""
        match = _TEXT.fullmatch(text)
        if match is None or _checksum(match[1]) != match[4]:
            return None
        return cls(match[2], match[3])

    @property
    def text(self) -> str:
        """The key to hand out."""
        body = f"{PREFIX}{self.id}_{self.secret}"
        return f"{body}{_checksum(body)}"

    @property
    def digest(self) -> bytes:
        """What is stored of the secret."""
        return sha256(self.secret.encode("ascii")).digest()

    def __repr__(self) -> str:
        """Without the secret, which must not get into a log."""
        return f"KeyText({self.id})"


def id_in(text: str) -> str:
    """The id in a key or in its beginning, or the text itself."""
    match = re.match(rf"{PREFIX}({ID})(_|$)", text)
    return match[1] if match else text


def _checksum(body: str) -> str:
    code = crc32(body.encode("ascii")).to_bytes(4, "big")
    return urlsafe_b64encode(code).decode("ascii").rstrip("=")
