"""Signed answers of a directory over HTTP (signatures: `hmac_signatures.py`).

- A temporary failure (no connection, 429, 5xx) is retried twice. The timeout covers all attempts,
  pauses and the body.
- 404 means that the resource does not exist.
- Anything else that is not a signed 200 is refused: a wrong, missing or old signature, a redirect,
  a body that is too large.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx

from activities.adapters.hmac_signatures import HEADER, BadSignature, signed_at
from activities.adapters.trusted_certificates import trusted_certificates

MOST_BYTES = 262_144
PAUSES = (0.1, 0.3)
"""Seconds before the second and third attempt."""

logger = logging.getLogger(__name__)


class DirectoryUnavailable(Exception):
    """The directory does not answer now; a retry may succeed."""


class UntrustedAnswer(Exception):
    """The answer cannot be trusted; the message states why."""


@dataclass(frozen=True)
class SignedAnswer:
    """The body of an answer, and the second at which it was signed."""

    body: bytes
    signed_at: int


class SignedAnswers:
    """Gets answers of one directory and checks their signatures."""

    def __init__(
        self, url: str, secret: str, *, timeout: timedelta, now: Callable[[], float]
    ) -> None:
        self._url = url.rstrip("/")
        self._secret = secret.encode()
        self._timeout = timeout.total_seconds()
        self._now = now

    async def get(self, path: str, **query: str) -> SignedAnswer | None:
        """The answer at a path below the directory; None if it does not exist.

        Raises DirectoryUnavailable or UntrustedAnswer.
        """
        try:
            async with asyncio.timeout(self._timeout):
                found = await self._get_with_retries(path, query)
        except TimeoutError:
            raise DirectoryUnavailable("it took too long to answer") from None
        if found is None:
            return None
        body, signature = found
        try:
            return SignedAnswer(body, signed_at(self._secret, body, signature, self._now()))
        except BadSignature as error:
            raise UntrustedAnswer(str(error)) from None

    async def _get_with_retries(
        self, path: str, query: dict[str, str]
    ) -> tuple[bytes, str | None] | None:
        for pause in PAUSES:
            try:
                return await self._get_once(path, query)
            except DirectoryUnavailable as error:
                logger.info("contract directory: %s; retrying", error)
            await asyncio.sleep(pause)
        return await self._get_once(path, query)

    async def _get_once(self, path: str, query: dict[str, str]) -> tuple[bytes, str | None] | None:
        """Body and signature; None for 404."""
        try:
            # A new, direct connection: without proxies or netrc of this machine.
            async with (
                httpx.AsyncClient(
                    verify=trusted_certificates(), trust_env=False, timeout=None
                ) as client,
                client.stream(
                    "GET",
                    self._url + path,
                    params=query or None,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                    follow_redirects=False,
                ) as response,
            ):
                status = response.status_code
                if status == 404:
                    return None
                if status == 429 or status >= 500:
                    raise DirectoryUnavailable(f"the directory answered {status}")
                if status != 200:
                    raise UntrustedAnswer(f"the directory answered {status}")
                return await _body(response), response.headers.get(HEADER)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise DirectoryUnavailable(f"the directory cannot be reached: {reason}") from error


async def _body(response: httpx.Response) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise UntrustedAnswer(f"the answer is encoded as {encoding}")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise UntrustedAnswer(f"the answer has more than {MOST_BYTES:,} bytes")
    return bytes(body)
