"""Contracts from a directory over HTTP: `GET {url}/{account}` answers the contract of an account.

The answer is the contract as JSON, the keys those of a contract file, signed as `signatures.py`
says. What is believed, and for how long:

- A contract is kept for the TTL and asked for again after it. While the directory cannot be
  reached, is slow or answers 429 or 5xx, the contract last known is used, for up to an hour after
  it was fetched (`STALE`); meanwhile it is asked again only every few seconds (`RETRY_AFTER`).
- 404 says that there is no such account, from then on.
- Any other answer is not believed, whatever was known before: a wrong, missing or old signature, a
  contract of another account or one that is older than the one known, a redirect, more bytes than
  a contract has, or what is no sound contract. The account is then unavailable, and no other is.
- The time-out is for all of it: attempts, pauses and body. What is asked for an account at the same
  time is asked once.
"""

import asyncio
import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx

from activities.adapters.signatures import HEADER, BadSignature, signed_at
from activities.ports import ContractUnavailable, UnknownAccount
from policies.contract import SLUG, Contract
from policies.loading import contract_from

STALE = timedelta(hours=1)
"""How long after it was fetched a contract is used while the directory is out of order."""
RETRY_AFTER = timedelta(seconds=5)
"""How long a directory that was out of order is left alone where a contract is known."""
MOST_BYTES = 262_144
MOST_KEPT = 10_000
PAUSES = (0.1, 0.3)
"""Seconds before the second and third attempt."""

logger = logging.getLogger(__name__)


class OutOfOrder(Exception):
    """The directory gave no answer now; it may give one when it is asked again."""


@dataclass(frozen=True)
class _Known:
    """A contract, when it was signed, and the seconds until when it is fresh or of any use."""

    contract: Contract
    signed_at: int
    fresh_until: float
    usable_until: float


@dataclass(frozen=True)
class _Answer:
    """What the directory said."""

    body: bytes
    signature: str | None


class HttpContracts:
    """The contracts of a directory over HTTP."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        timeout: timedelta = timedelta(seconds=3),
        ttl: timedelta = timedelta(seconds=60),
        stale: timedelta = STALE,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url.rstrip("/")
        self._secret = secret.encode()
        self._timeout = timeout.total_seconds()
        self._ttl = ttl.total_seconds()
        self._stale = max(stale, ttl).total_seconds()
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asked: dict[str, asyncio.Task[Contract]] = {}
        self._tls = httpx.create_ssl_context()

    async def find(self, account: str) -> Contract:
        """The contract of `account`, as the directory has it or had it lately."""
        # An account is a slug, so it cannot lead anywhere else in the directory.
        if not re.fullmatch(SLUG, account):
            raise UnknownAccount(f"There is no account {account!r}")
        known = self._known.get(account)
        if known and self._now() < known.fresh_until:
            return known.contract
        if account not in self._asked:
            asking = asyncio.create_task(self._find(account))
            self._asked[account] = asking
            asking.add_done_callback(lambda task: self._answered(account, task))
        return await asyncio.shield(self._asked[account])

    def _answered(self, account: str, task: "asyncio.Task[Contract]") -> None:
        del self._asked[account]
        if not task.cancelled():
            # Looked at, because whoever asked may no longer wait for it.
            task.exception()

    async def _find(self, account: str) -> Contract:
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._asked_thrice(account)
        except (OutOfOrder, TimeoutError) as error:
            return self._last_known(account, str(error) or "it took too long to answer")
        if answer is None:
            self._known.pop(account, None)
            raise UnknownAccount(f"There is no account {account!r}")
        return self._believed(account, answer)

    async def _asked_thrice(self, account: str) -> _Answer | None:
        for pause in PAUSES:
            try:
                return await self._ask(account)
            except OutOfOrder as error:
                logger.info("contract of %s: %s; asking again", account, error)
            await asyncio.sleep(pause)
        return await self._ask(account)

    async def _ask(self, account: str) -> _Answer | None:
        """The answer; None when there is no such account."""
        try:
            # A connection of its own, reached directly: nothing of this machine's proxies or netrc.
            async with (
                httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=None) as client,
                client.stream(
                    "GET",
                    f"{self._url}/{account}",
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
                    raise _unavailable(account, f"the directory answered {status}")
                return _Answer(await _body(account, response), response.headers.get(HEADER))
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise OutOfOrder(f"the directory cannot be reached: {reason}") from error

    def _believed(self, account: str, answer: _Answer) -> Contract:
        now, known = self._now(), self._known.get(account)
        try:
            at = signed_at(self._secret, answer.body, answer.signature, now)
        except BadSignature as error:
            raise _unavailable(account, str(error)) from None
        if known and at < known.signed_at:
            raise _unavailable(account, "an answer from before the contract known was sent again")
        contract = _contract(account, answer.body)
        self._known[account] = _Known(contract, at, now + self._ttl, now + self._stale)
        self._known.move_to_end(account)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return contract

    def _last_known(self, account: str, reason: str) -> Contract:
        now, known = self._now(), self._known.get(account)
        if known is None or now >= known.usable_until:
            raise _unavailable(account, reason)
        logger.warning("contract of %s: %s; going on with the one last known", account, reason)
        fresh_until = min(now + RETRY_AFTER.total_seconds(), known.usable_until)
        self._known[account] = replace(known, fresh_until=fresh_until)
        return known.contract


async def _body(account: str, response: httpx.Response) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise _unavailable(account, f"the answer is encoded as {encoding}")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _unavailable(account, f"the answer has more than {MOST_BYTES:,} bytes")
    return bytes(body)


def _contract(account: str, body: bytes) -> Contract:
    try:
        contract = contract_from(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise _unavailable(account, f"the answer is no contract: {error}") from error
    if contract.account != account:
        raise _unavailable(account, f"the answer is the contract of {contract.account!r}")
    return contract


def _unavailable(account: str, reason: str) -> ContractUnavailable:
    return ContractUnavailable(f"The contract of {account!r} is unusable: {reason}")
