"""Answers of a directory over HTTP that are signed as `signatures.py` says.

- The time-out is for all of it: attempts, pauses and body. What passes by itself (no connection, no
  answer in time, 429, 5xx) is asked for three times in all.
- 404 says that there is no such thing.
- Anything else that is not 200 and signed is not believed: a wrong, missing or old signature, a
  redirect, more bytes than an answer has.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx

from activities.adapters.hmac_signatures import HEADER, BadSignature, signed_at

MOST_BYTES = 262_144
PAUSES = (0.1, 0.3)
"""Seconds before the second and third attempt."""

logger = logging.getLogger(__name__)


class OutOfOrder(Exception):
    """The directory gave no answer now; it may give one when it is asked again."""


class UntrustedAnswer(Exception):
    """The directory answered something else than it must; the message says what."""


@dataclass(frozen=True)
class SignedAnswer:
    """What the directory said, and the second at which it signed that."""

    body: bytes
    signed_at: int


class SignedAnswers:
    """Asks one directory, and believes what it signed."""

    def __init__(
        self, url: str, secret: str, *, timeout: timedelta, now: Callable[[], float]
    ) -> None:
        self._url = url.rstrip("/")
        self._secret = secret.encode()
        self._timeout = timeout.total_seconds()
        self._now = now
        self._tls = httpx.create_ssl_context()

    async def get(self, path: str, **query: str) -> SignedAnswer | None:
        """The answer at a path below the directory; None when there is no such thing.

        Raises OutOfOrder or NotBelieved.
        """
        try:
            async with asyncio.timeout(self._timeout):
                found = await self._asked_thrice(path, query)
        except TimeoutError:
            raise OutOfOrder("it took too long to answer") from None
        if found is None:
            return None
        body, signature = found
        try:
            return SignedAnswer(body, signed_at(self._secret, body, signature, self._now()))
        except BadSignature as error:
            raise UntrustedAnswer(str(error)) from None

    async def _asked_thrice(
        self, path: str, query: dict[str, str]
    ) -> tuple[bytes, str | None] | None:
        for pause in PAUSES:
            try:
                return await self._ask(path, query)
            except OutOfOrder as error:
                logger.info("contract directory: %s; asking again", error)
            await asyncio.sleep(pause)
        return await self._ask(path, query)

    async def _ask(self, path: str, query: dict[str, str]) -> tuple[bytes, str | None] | None:
        """Body and signature; None when there is no such thing."""
        try:
            # A connection of its own, reached directly: nothing of this machine's proxies or netrc.
            async with (
                httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=None) as client,
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
                    raise OutOfOrder(f"the directory answered {status}")
                if status != 200:
                    raise UntrustedAnswer(f"the directory answered {status}")
                return await _body(response), response.headers.get(HEADER)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise OutOfOrder(f"the directory cannot be reached: {reason}") from error


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
