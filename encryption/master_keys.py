"""Master keys in a file: they wrap the data keys, and rotate."""

import base64
import binascii
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption.errors import InvalidMasterKeys, MasterKeyMissing, Undecryptable

KEY_BYTES = 32
NONCE_BYTES = 12
EXAMPLE = '{"2026-11": "<32 bytes in base64>"}'

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class MasterKeys:
    """Master keys by id. The first one is the newest, and wraps new data keys."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {id: AESGCM(key) for id, key in keys.items()}
        self.newest = next(iter(keys))

    @classmethod
    def load(cls, file: Path) -> Self:
        """The keys of a JSON file, which only its owner and group may read.

        Raises InvalidMasterKeys with all faults of the file.
        """
        try:
            if others := stat.S_IMODE(os.stat(file).st_mode) & 0o027:
                raise InvalidMasterKeys(
                    f"{file} is accessible to others (mode bits {others:03o}): chmod 400 {file}"
                )
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise InvalidMasterKeys(f"cannot read {file}: {reason}") from None
        try:
            return cls.parse(text)
        except InvalidMasterKeys as error:
            raise InvalidMasterKeys(f"in {file}: {error}") from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The keys of a JSON object of ids and base64 keys, newest first."""
        try:
            pairs = json.loads(text, object_pairs_hook=list)
        except ValueError:
            pairs = None
        if not isinstance(pairs, list) or not pairs or not all(map(_is_pair, pairs)):
            raise InvalidMasterKeys(f"not a JSON object of master keys: write {EXAMPLE}")
        problems = [problem for id, key in pairs if (problem := _problem(id, key))]
        ids = [id for id, _ in pairs]
        problems += [f"{id!r} appears twice" for id in dict.fromkeys(ids) if ids.count(id) > 1]
        if problems:
            raise InvalidMasterKeys("; ".join(problems))
        return cls({id: base64.b64decode(key) for id, key in pairs})

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(self._ciphers)

    async def current(self) -> str:
        """The newest one."""
        return self.newest

    async def wrap(self, master: str, key: bytes, bound_to: bytes) -> bytes:
        """A data key, encrypted by this master key. It unwraps with the same `bound_to` only."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[master].encrypt(nonce, key, bound_to)

    async def unwrap(self, master: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key. Raises MasterKeyMissing or Undecryptable."""
        cipher = self._ciphers.get(master)
        if cipher is None:
            raise MasterKeyMissing(master)
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise Undecryptable(
                f"the master key {master!r} does not unwrap a data key that was wrapped under this "
                "id: its value differs, or the key store was changed"
            ) from None


def new_master_key() -> str:
    """A random master key in base64."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _is_pair(pair: Any) -> bool:
    # A nested object is a list of pairs as well, but its items are tuples of any values.
    return isinstance(pair, tuple) and isinstance(pair[1], str)


def _problem(id: str, key: str) -> str | None:
    if not _ID.fullmatch(id):
        return f"{id!r} is not an id: use 1 to 64 letters, digits and ._-"
    try:
        length = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return f"the key {id!r} is not base64"
    return None if length == KEY_BYTES else f"the key {id!r} has {length} bytes instead of 32"
