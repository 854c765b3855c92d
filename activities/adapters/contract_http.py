"""Contracts from a directory over HTTP: `GET {url}/{account}` returns the contract of an account.

The answer is the contract as JSON with the keys of a contract file, signed as in
`contract_http_signed.py`. Caching and trust:

- A contract is cached for the TTL. If the directory cannot be reached, is slow or answers 429 or
  5xx, the cached contract is used for up to an hour after it was fetched (`STALE`). Meanwhile the
  directory is queried only every few seconds (`RETRY_AFTER`).
- 404 means that there is no such account, from now on.
- Any other answer is refused, also if a contract is cached: a wrong signature, a contract of
  another account, one older than the cached one, or an invalid contract. Only this account is then
  unavailable.
- Concurrent queries for one account are a single request.

The accounts under a policy are read page by page (`contract_http_pages.py`), then the contract of
each.
"""

import asyncio
import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from activities.adapters.contract_http_pages import accounts_under, page_under
from activities.adapters.contract_http_signed import (
    DirectoryUnavailable,
    SignedAnswer,
    SignedAnswers,
    UntrustedAnswer,
)
from activities.ports import AccountPage, ContractUnavailable, UnknownAccount
from policies.loading.loader import contract_from
from policies.schema.contract import SLUG, Contract

STALE = timedelta(hours=1)
"""The age up to which a cached contract is used while the directory does not answer."""
RETRY_AFTER = timedelta(seconds=5)
"""The pause after a failed query while a cached contract is used."""
MOST_CACHED = 10_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Cached:
    """A contract with the time of its signature. Times are in seconds since 1970."""

    contract: Contract
    signed_at: int
    fresh_until: float
    usable_until: float


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
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` judges signatures. The age of a cached contract is counted by `steady`, which a
        change of the clock does not move.
        """
        self._answers = SignedAnswers(url, secret, timeout=timeout, now=now)
        self._ttl = ttl.total_seconds()
        self._stale = max(stale, ttl).total_seconds()
        self._steady = steady
        self._cache: OrderedDict[str, _Cached] = OrderedDict()
        self._queries: dict[str, asyncio.Task[Contract]] = {}

    async def find(self, account: str) -> Contract:
        """The contract of the account, from the directory or the cache."""
        # An account is a slug, so it cannot lead anywhere else in the directory.
        if not re.fullmatch(SLUG, account):
            raise UnknownAccount(f"There is no account {account!r}")
        cached = self._cache.get(account)
        if cached and self._steady() < cached.fresh_until:
            return cached.contract
        if account not in self._queries:
            query = asyncio.create_task(self._find(account))
            self._queries[account] = query
            query.add_done_callback(lambda task: self._finish_query(account, task))
        return await asyncio.shield(self._queries[account])

    def _finish_query(self, account: str, task: "asyncio.Task[Contract]") -> None:
        del self._queries[account]
        if not task.cancelled():
            # Retrieved, because all callers may have been cancelled.
            task.exception()

    async def under(self, policy: str) -> tuple[Contract, ...]:
        """Every contract under the policy, by account."""
        accounts = await self._listed(policy)
        return tuple([await self._find_listed(account, policy) for account in accounts])

    async def accounts(self, policies: Iterable[str]) -> tuple[str, ...]:
        """The accounts that the directory lists under these policies."""
        pages = [await self._listed(policy) for policy in policies]
        return tuple(sorted({account for page in pages for account in page}))

    async def page_under(self, policy: str, after: str | None, most: int) -> AccountPage:
        """A page of the accounts that the directory lists under a policy."""
        with _usable_list(policy):
            page = await page_under(policy, after, self._list)
        if len(page.accounts) > most:
            return AccountPage(page.accounts[:most], page.accounts[most - 1])
        return AccountPage(page.accounts, page.accounts[-1] if page.more else None)

    async def _list(self, query: dict[str, str]) -> SignedAnswer | None:
        return await self._answers.get("", **query)

    async def _listed(self, policy: str) -> list[str]:
        with _usable_list(policy):
            return [account async for account in accounts_under(policy, self._list)]

    async def _find_listed(self, account: str, policy: str) -> Contract:
        try:
            contract = await self.find(account)
        except UnknownAccount:
            raise _unavailable(account, "the account is listed, but has none") from None
        if contract.policy != policy:
            reason = f"the account is listed under {policy!r}, but is under {contract.policy!r}"
            raise _unavailable(account, reason)
        return contract

    async def _find(self, account: str) -> Contract:
        try:
            answer = await self._answers.get(f"/{account}")
        except DirectoryUnavailable as error:
            return self._cached_contract(account, str(error))
        except UntrustedAnswer as error:
            raise _unavailable(account, str(error)) from error
        if answer is None:
            self._cache.pop(account, None)
            raise UnknownAccount(f"There is no account {account!r}")
        return self._accept(account, answer)

    def _accept(self, account: str, answer: SignedAnswer) -> Contract:
        now, cached = self._steady(), self._cache.get(account)
        if cached and answer.signed_at < cached.signed_at:
            raise _unavailable(account, "the answer is older than the cached contract")
        contract = _contract(account, answer.body)
        self._cache[account] = _Cached(
            contract, answer.signed_at, now + self._ttl, now + self._stale
        )
        self._cache.move_to_end(account)
        if len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)
        return contract

    def _cached_contract(self, account: str, reason: str) -> Contract:
        now, cached = self._steady(), self._cache.get(account)
        if cached is None or now >= cached.usable_until:
            raise _unavailable(account, reason)
        logger.warning("contract of %s: %s; using the cached contract", account, reason)
        fresh_until = min(now + RETRY_AFTER.total_seconds(), cached.usable_until)
        self._cache[account] = replace(cached, fresh_until=fresh_until)
        return cached.contract


@contextmanager
def _usable_list(policy: str) -> Iterator[None]:
    try:
        yield
    except (DirectoryUnavailable, UntrustedAnswer) as error:
        raise ContractUnavailable(
            f"The list of accounts under {policy!r} is unusable: {error}"
        ) from error


def _contract(account: str, body: bytes) -> Contract:
    try:
        contract = contract_from(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise _unavailable(account, f"the answer is not a valid contract: {error}") from error
    if contract.account != account:
        raise _unavailable(account, f"the answer is the contract of {contract.account!r}")
    return contract


def _unavailable(account: str, reason: str) -> ContractUnavailable:
    return ContractUnavailable(f"The contract of {account!r} is unusable: {reason}")
