"""Contracts from a directory over HTTP: `GET {url}/{account}` answers the contract of an account.

The answer is the contract as JSON, the keys those of a contract file, signed and asked for as
`signed_answers.py` says. What is believed, and for how long:

- A contract is kept for the TTL and asked for again after it. While the directory cannot be
  reached, is slow or answers 429 or 5xx, the contract last known is used, for up to an hour after
  it was fetched (`STALE`); meanwhile it is asked again only every few seconds (`RETRY_AFTER`).
- 404 says that there is no such account, from then on.
- Any other answer is not believed, whatever was known before: one that is not signed as it must
  be, a contract of another account, one that is older than the one known, or what is no sound
  contract. The account is then unavailable, and no other is.
- What is asked for an account at the same time is asked once.

Which accounts are under a policy is asked page by page (`account_pages.py`), and then the contract
of each.
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

from activities.adapters.contract_http_pages import listed
from activities.adapters.contract_http_signed import (
    OutOfOrder,
    SignedAnswer,
    SignedAnswers,
    UntrustedAnswer,
)
from activities.ports import ContractUnavailable, UnknownAccount
from policies.loading.loader import contract_from
from policies.schema.contract import SLUG, Contract

STALE = timedelta(hours=1)
"""How long after it was fetched a contract is used while the directory is out of order."""
RETRY_AFTER = timedelta(seconds=5)
"""How long a directory that was out of order is left alone where a contract is known."""
MOST_KEPT = 10_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Known:
    """A contract, when it was signed, and the seconds until when it is fresh or of any use."""

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
    ) -> None:
        self._answers = SignedAnswers(url, secret, timeout=timeout, now=now)
        self._ttl = ttl.total_seconds()
        self._stale = max(stale, ttl).total_seconds()
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asked: dict[str, asyncio.Task[Contract]] = {}

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

    async def under(self, policy: str) -> tuple[Contract, ...]:
        """Every contract under `policy`, by account, as the directory has them now."""
        pages = listed(policy, lambda query: self._answers.get("", **query))
        try:
            accounts = [account async for account in pages]
        except (OutOfOrder, UntrustedAnswer) as error:
            raise ContractUnavailable(
                f"The list of accounts under {policy!r} is unusable: {error}"
            ) from error
        return tuple([await self._listed(account, policy) for account in accounts])

    async def _listed(self, account: str, policy: str) -> Contract:
        try:
            contract = await self.find(account)
        except UnknownAccount:
            raise _unavailable(account, "it is listed, but there is none") from None
        if contract.policy != policy:
            reason = f"it is listed under {policy!r}, but is under {contract.policy!r}"
            raise _unavailable(account, reason)
        return contract

    async def _find(self, account: str) -> Contract:
        try:
            answer = await self._answers.get(f"/{account}")
        except OutOfOrder as error:
            return self._last_known(account, str(error))
        except UntrustedAnswer as error:
            raise _unavailable(account, str(error)) from error
        if answer is None:
            self._known.pop(account, None)
            raise UnknownAccount(f"There is no account {account!r}")
        return self._believed(account, answer)

    def _believed(self, account: str, answer: SignedAnswer) -> Contract:
        now, known = self._now(), self._known.get(account)
        if known and answer.signed_at < known.signed_at:
            raise _unavailable(account, "an answer from before the contract known was sent again")
        contract = _contract(account, answer.body)
        self._known[account] = _Known(
            contract, answer.signed_at, now + self._ttl, now + self._stale
        )
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
