"""Master keys in a key management service with the HTTP API of Vault's transit engine.

OpenBao has the same API. The URL names the key: `https://vault.example:8200/v1/transit/keys/desk`.
Its versions are the master keys, with the ids `transit:desk:1`, `transit:desk:2`.

- `GET {url}` returns the latest version.
- `POST .../encrypt/desk` and `POST .../decrypt/desk` wrap and unwrap, with the id and the scope of
  the data key as associated data. The key must have an AEAD cipher, as the default `aes256-gcm96`.

The token of the file is read for each request, because an agent may renew it.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import httpx

from encryption.errors import (
    EncryptionError,
    MasterKeyMissing,
    MasterKeysUnavailable,
    Undecryptable,
)
from encryption.key_wrapper import KeyWrapper
from encryption.master_keys import KEY_BYTES

URL = re.compile(r"(?P<engine>https?://[^\s?#@]+)/keys/(?P<name>[A-Za-z0-9_.-]{1,64})")
"""The URL of a key of a transit engine."""
TOKEN = re.compile(r"[!-~]{1,4096}")
SECONDS = 2.5
"""Limit of one attempt. With the retries it stays below the ten seconds of a workflow task."""
PAUSES = (0.1, 0.4)
"""Seconds before each retry."""
FRESH_SECONDS = 60.0
"""How long a process takes to encrypt with a new version."""
_RETRIED = {408, 412, 429, 500, 502, 503, 504}


class TransitMasterKeys:
    """Wraps data keys over HTTP. A data key is never stored unwrapped, nor sent anywhere else."""

    def __init__(
        self,
        url: str,
        token_file: Path,
        before: KeyWrapper | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """`before` unwraps the data keys that other master keys wrap."""
        found = URL.fullmatch(url)
        if found is None:
            raise ValueError("not the URL of a key of a transit engine")
        self._engine, self._name = found["engine"], found["name"]
        self._token_file = token_file
        self._before = before
        self._now = now
        self._latest = ""
        self._read_at = 0.0
        self._http: httpx.AsyncClient | None = None

    async def current(self) -> str:
        """The latest version of the key; a new one is found after a minute."""
        if not self._latest or self._now() - self._read_at >= FRESH_SECONDS:
            data = await self._request("GET", f"keys/{self._name}")
            version = data.get("latest_version")
            if not isinstance(version, int) or version < 1:
                raise self._unusable("names no latest version of the key")
            self._latest, self._read_at = f"{self._prefix}{version}", self._now()
        return self._latest

    async def wrap(self, master: str, key: bytes, bound_to: bytes) -> bytes:
        """A data key, encrypted by a version of the key. It is unwrapped again before it is
        trusted: whatever the service has made of it would be all that is left of a ticket.
        """
        body = {
            "plaintext": _base64(key),
            "associated_data": _base64(bound_to),
            "key_version": int(master.removeprefix(self._prefix)),
        }
        ciphertext = (await self._request("POST", f"encrypt/{self._name}", body)).get("ciphertext")
        if not isinstance(ciphertext, str) or not ciphertext.isascii() or not ciphertext:
            raise self._unusable("returned no ciphertext")
        wrapped = ciphertext.encode()
        if await self.unwrap(master, wrapped, bound_to) != key:
            raise self._unusable("returned the ciphertext of something else")
        return wrapped

    async def unwrap(self, master: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key."""
        if not master.startswith(self._prefix):
            if self._before is None:
                raise MasterKeyMissing(master)
            return await self._before.unwrap(master, wrapped, bound_to)
        body = {
            "ciphertext": wrapped.decode("ascii", "replace"),
            "associated_data": _base64(bound_to),
        }
        try:
            data = await self._request("POST", f"decrypt/{self._name}", body)
        except _Rejected as error:
            raise Undecryptable(
                f"{error}: it does not unwrap a data key that {master!r} wrapped, because the "
                "version was removed, or the key store was changed"
            ) from None
        try:
            key = base64.b64decode(data.get("plaintext", ""), validate=True)
        except (binascii.Error, TypeError, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise self._unusable("returned no data key")
        return key

    async def close(self) -> None:
        """Closes all connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    @property
    def _prefix(self) -> str:
        return f"transit:{self._name}:"

    async def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        for pause in PAUSES:
            try:
                return await self._once(method, path, body)
            except MasterKeysUnavailable:
                await asyncio.sleep(pause)
        return await self._once(method, path, body)

    async def _once(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        token = self._token()
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._client().request(
                    method, f"{self._engine}/{path}", json=body, headers={"X-Vault-Token": token}
                )
        except (httpx.HTTPError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise self._unavailable(f"cannot be reached: {reason}") from error
        if response.status_code in _RETRIED:
            raise self._unavailable(f"answered {response.status_code}")
        if response.status_code != httpx.codes.OK:
            raise self._rejected(response.status_code)
        try:
            data = response.json()["data"]
        except (ValueError, KeyError, TypeError):
            data = None
        if not isinstance(data, dict):
            raise self._unusable("answered something else than its API")
        return data

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            # Without proxies or netrc of this machine; a redirect would take the token elsewhere.
            self._http = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=None)
        return self._http

    def _token(self) -> str:
        try:
            token = self._token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not ASCII"
            raise EncryptionError(
                f"cannot read the token of the key management service, {self._token_file}: {reason}"
            ) from None
        if not TOKEN.fullmatch(token):
            raise EncryptionError(f"{self._token_file} has no token of the key management service")
        return token

    def _rejected(self, status: int) -> EncryptionError:
        if status in (401, 403):
            return self._unusable(
                f"answered {status}: the token in {self._token_file} is not valid there, or may "
                f"not use the key {self._name!r}"
            )
        return _Rejected(
            f"the key management service at {self._engine} answered {status} for the key "
            f"{self._name!r}"
        )

    def _unavailable(self, reason: str) -> MasterKeysUnavailable:
        return MasterKeysUnavailable(f"the key management service at {self._engine} {reason}")

    def _unusable(self, reason: str) -> EncryptionError:
        return EncryptionError(f"the key management service at {self._engine} {reason}")


class _Rejected(EncryptionError):
    """The service does not do what a request asks for."""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
