"""The activities of an announcement: the next accounts, and e-mails to some addressees.

No address is in an input, a result or a heartbeat.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.announcement_addressees import Addressees
from activities.announcement_notices import AnnouncementNotices
from activities.notices import Delivery, Failure, Notice, Persisted
from activities.notifications import Notifications, heartbeats, reported, without_addresses
from activities.ports import ContractUnavailable, PagedDirectory, UnknownAccount
from policies.loading.policy_catalog import PolicyCatalog, UnknownPolicy
from policies.reports.announcements import Announcement, FirstRevision, announcement_of
from policies.schema.contract import Contract

PAGE = 100
"""Accounts that are listed at once."""
MOST_LETTERS = 100
"""E-mails of one batch: heartbeats have a receipt of each."""
LONGEST_ERROR = 200
"""Characters of an error in a result; the log has the whole one."""
NOT_NAMED = "the contract does not name this address any more"
UNREADABLE = "the contract could not be read"
"""The whole reason quotes the contract, which no history may have: names, and addresses that are
misspelt.
"""
NOT_YET = "it was not tried yet, or the mail server did not take it"


class Announced(Persisted):
    """What is announced. A worker with other texts has another `fingerprint`, and sends nothing."""

    policy: str
    revision: date
    fingerprint: str


class PageRequest(Persisted):
    """A request for the accounts under a policy that follow an account."""

    policy: str
    after: str | None = None


class Page(Persisted):
    """Accounts under a policy. `after` is the next request; None if these were the last ones."""

    accounts: tuple[str, ...] = ()
    after: str | None = None


class AnnouncementBatch(Persisted):
    """Addressees who are to be told of a revision."""

    announced: Announced
    addressees: tuple[str, ...]


class BatchResult(Persisted):
    """What became of a batch. `told` is the number of e-mails that the mail server took.

    The keys of failures are addressees: `failed` ones are never told, `skipped` ones need not be,
    and `waiting` ones are to be tried again. `more` did not fit into the batch. `without_addressee`
    are accounts.
    """

    told: int = 0
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    waiting: tuple[Failure, ...] = ()
    more: tuple[str, ...] = ()
    without_addressee: tuple[str, ...] = ()


class _Part(NamedTuple):
    """What a batch has for some addressees: letters by hash, and those who did not fit into it. Or
    the reason why it has none.
    """

    addressees: Addressees
    letters: dict[str, Notice]
    more: tuple[str, ...] = ()
    waits: str = ""
    skipped: str = ""
    is_nobody: bool = False


class Announcements:
    """Tells the accounts of a directory about revisions of the policies of this worker."""

    def __init__(
        self, contracts: PagedDirectory, catalog: PolicyCatalog, notifications: Notifications
    ) -> None:
        self._contracts = contracts
        self._catalog = catalog
        self._notifications = notifications

    @activity.defn
    async def page_of_accounts(self, request: PageRequest) -> Page:
        """The next accounts under a policy, and those whose contract cannot be read. Fails while
        the directory does not answer.
        """
        page = await self._contracts.page_under(request.policy, request.after, PAGE)
        return Page(accounts=page.accounts, after=page.after)

    @activity.defn
    async def announce_to(self, batch: AnnouncementBatch) -> BatchResult:
        """Sends an e-mail to each addressee, in the way of `send_notices`: heartbeats have the
        results so far, and the attempt after a dead worker sends only the rest.

        Fails only while this worker does not have the revision with these texts.
        """
        announcement = self._announcement(batch.announced)
        notices = AnnouncementNotices(announcement, activity.info().scheduled_time)
        async with heartbeats(reported()):
            parts = await self._parts(batch, notices)
        letters = [notice for part in parts for notice in part.letters.values()]
        try:
            delivery, reason = await self._notifications.send_notices(letters), NOT_YET
        except ApplicationError as error:
            delivery, reason = Delivery(), _shown(error.message)
        return _result(parts, delivery, reason)

    def _announcement(self, announced: Announced) -> Announcement:
        try:
            found = announcement_of(self._catalog, announced.policy, announced.revision)
        except (UnknownPolicy, FirstRevision) as error:
            raise _not_here(str(error)) from error
        if found.fingerprint != announced.fingerprint:
            raise _not_here(
                f"the texts of the revision of {announced.revision}, or of the one before it, are "
                "not those that are announced"
            )
        return found

    async def _parts(self, batch: AnnouncementBatch, notices: AnnouncementNotices) -> list[_Part]:
        wanted = [Addressees.parse(text) for text in batch.addressees]
        accounts = {addressees.account for addressees in wanted}
        found = await asyncio.gather(*map(self._contract, accounts))
        contracts = dict(zip(accounts, found, strict=True))
        parts: list[_Part] = []
        room = MOST_LETTERS
        for addressees in wanted:
            contract = contracts[addressees.account]
            parts.append(_part(addressees, contract, batch.announced.policy, notices, room))
            room -= len(parts[-1].letters)
        return parts

    async def _contract(self, account: str) -> Contract | ContractUnavailable | None:
        try:
            return await self._contracts.find(account)
        except UnknownAccount:
            return None
        except ContractUnavailable as error:
            activity.logger.warning("%s", without_addresses(error))
            return error


def _part(
    addressees: Addressees,
    contract: Contract | ContractUnavailable | None,
    policy: str,
    notices: AnnouncementNotices,
    room: int,
) -> _Part:
    if isinstance(contract, ContractUnavailable):
        return _Part(addressees, {}, waits=UNREADABLE)
    if contract is None or contract.policy != policy:
        return _Part(addressees, {}, skipped=f"the account is not under {policy}")
    everybody = dict(notices.to(contract))
    marks = sorted(mark for mark in everybody if addressees.include(mark))
    if addressees.is_one and not marks:
        return _Part(addressees, {}, skipped=NOT_NAMED)
    if len(marks) <= room:
        letters = {mark: everybody[mark] for mark in marks}
        return _Part(addressees, letters, is_nobody=not everybody)
    if room == 0:
        return _Part(addressees, {}, more=(str(addressees),))
    letters = {mark: everybody[mark] for mark in marks[:room]}
    return _Part(addressees, letters, more=(str(addressees.after(marks[room - 1])),))


def _result(parts: Sequence[_Part], delivery: Delivery, reason: str) -> BatchResult:
    told = {receipt.key for receipt in delivery.receipts}
    errors = {failure.key: _shown(failure.error) for failure in delivery.failures}
    done = told | errors.keys()
    failed: list[Failure] = []
    waiting: list[Failure] = []
    more: list[str] = []
    for part in parts:
        sent = {str(part.addressees.one(mark)): n.key for mark, n in part.letters.items()}
        failed += [Failure(key=a, error=errors[key]) for a, key in sent.items() if key in errors]
        if part.waits or (sent and done.isdisjoint(sent.values())):
            # One entry for all, because nobody of them was told: there may be thousands.
            waiting.append(Failure(key=str(part.addressees), error=part.waits or reason))
            continue
        waiting += [Failure(key=a, error=reason) for a, key in sent.items() if key not in done]
        more += part.more
    return BatchResult(
        told=len(told),
        failed=tuple(failed),
        skipped=tuple(Failure(key=str(p.addressees), error=p.skipped) for p in parts if p.skipped),
        waiting=tuple(waiting),
        more=tuple(more),
        without_addressee=tuple(p.addressees.account for p in parts if p.is_nobody),
    )


def _shown(error: object) -> str:
    """An error for people: in one line, without addresses, and not longer than it helps."""
    line = " ".join(without_addresses(error).split())
    return line if len(line) <= LONGEST_ERROR else f"{line[: LONGEST_ERROR - 3]}..."


def _not_here(reason: str) -> ApplicationError:
    return ApplicationError(
        f"this worker cannot announce it: {reason}. "
        "Give it the files of the policy, and restart it",
        type="RevisionNotHere",
    )
