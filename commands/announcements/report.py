"""The report of an announcement: counts, and everybody who was not told, with the reason.

Temporal has no addresses of an announcement. They are looked up in the contracts here.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from activities.announcement_addressees import Addressees
from activities.announcements import UNREADABLE
from activities.notices import Failure
from activities.ports import ContractDirectory, ContractUnavailable, UnknownAccount
from policies.reports.announcements import Announcement, ClauseChange, addressees, changes, mark_of
from policies.schema.policy import SupportPolicy
from workflows.client.announcements import AnnouncementView, Status

MOST_REASONS = 20
"""Contracts that are read to say why they cannot be: if the directory is down, each takes long."""


class NotTold(BaseModel):
    """Somebody who was not told. Without an address, it is everybody of the account."""

    account: str
    to: str | None = None
    reason: str


class Counts(BaseModel):
    """How many were told, and were not. `accounts` are those that were listed so far, `not_yet` the
    addressees of them who are still to be told; an account whose people nobody tried yet is one.
    """

    accounts: int
    is_listed: bool
    told: int
    failed: int
    skipped: int
    not_yet: int
    without_addressee: int


class Report(Counts):
    """The JSON report. Of very many, the lists have the first ones only."""

    policy: str
    revision: date
    changes: tuple[ClauseChange, ...]
    status: Status
    began_at: datetime | None
    failures: tuple[NotTold, ...]
    skips: tuple[NotTold, ...]
    waits: tuple[NotTold, ...]
    nobody: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether everybody was told, and nobody is missing. No account at all is a mistake."""
        is_over = self.status is Status.COMPLETED
        return is_over and self.accounts > 0 and not self.failed and not self.nobody


class Requested(BaseModel):
    """What a command that does not wait has done: a start, or else a cancellation."""

    policy: str
    revision: date
    account: str | None
    status: Literal["running", "cancelling"]

    def __str__(self) -> str:
        done = "It has begun." if self.status == "running" else "It is being cancelled."
        if self.account is None:
            return f"{done} Without other options, this command shows how far it is."
        # Nobody must be sent to a command that notifies an account again.
        return f"{done} Once it has ended, this command without other options begins it again."


async def report_of(
    announcement: Announcement, view: AnnouncementView, contracts: ContractDirectory
) -> Report:
    """The report of an announcement as it is now."""
    old, new = announcement
    state, names = view.state, _Addresses(new, contracts)
    waiting = [Failure(key=k, error=w.error) for k, w in state.waiting.items()]
    return Report(
        policy=new.policy,
        revision=new.revision,
        changes=changes(old, new),
        status=view.status,
        began_at=state.began_at,
        **_counts_of(view).model_dump(),
        failures=tuple([await names.named(each) for each in state.failed.first]),
        skips=tuple([await names.named(each) for each in state.skipped.first]),
        waits=tuple([await names.named(each) for each in waiting]),
        nobody=tuple(each.key for each in state.without_addressee.first),
    )


def lines_of(report: Report, obstacle: str | None = None) -> Iterator[str]:
    """The report as lines. An obstacle is why the announcement cannot go on at the moment."""
    yield from change_lines(report.policy, report.revision, report.changes)
    for outcome, listed, count in (
        ("failed", report.failures, report.failed),
        ("skipped", report.skips, report.skipped),
        ("not yet", report.waits, len(report.waits)),
    ):
        yield from (f"{each.account}: {_to(each)}{outcome}: {each.reason}" for each in listed)
        if count > len(listed):
            yield f"... and {count - len(listed)} more {outcome}"
    yield from (f"{account}: no addressee" for account in report.nobody)
    if report.without_addressee > len(report.nobody):
        yield f"... and {report.without_addressee - len(report.nobody)} more without an addressee"
    if report.is_listed and not report.accounts:
        yield "no account is under this policy"
    if obstacle:
        yield f"It cannot go on at the moment: {obstacle}"
    yield f"{report.status}: {_counts(report)}"


def change_lines(policy: str, revision: date, changed: Iterable[ClauseChange]) -> Iterator[str]:
    """The revision, and the clauses that it changes."""
    yield f"{policy}: the revision of {revision}"
    yield from (f"  {change.kind:8} {change.clause}" for change in changed)


def progress_of(view: AnnouncementView) -> str:
    """How far an announcement is, in a line."""
    return _counts(_counts_of(view)) + (f"; {view.obstacle}" if view.obstacle else "")


def _counts_of(view: AnnouncementView) -> Counts:
    state = view.state
    return Counts(
        accounts=state.accounts,
        is_listed=state.is_listed,
        told=state.told,
        failed=state.failed.count,
        skipped=state.skipped.count,
        not_yet=len({*state.todo, *state.waiting}),
        without_addressee=state.without_addressee.count,
    )


def _counts(counts: Counts) -> str:
    so_far = "" if counts.is_listed else " so far"
    return (
        f"{counts.told} notified, {counts.failed} failed, {counts.skipped} skipped, "
        f"{counts.not_yet} not yet; {counts.accounts} accounts{so_far}"
    )


class _Addresses:
    """What histories do not have: the addresses behind the hashes, as far as contracts still have
    them, and why a contract cannot be read.
    """

    def __init__(self, policy: SupportPolicy, contracts: ContractDirectory) -> None:
        self._policy = policy
        self._contracts = contracts
        self._known: dict[str, dict[str, str]] = {}
        self._reasons = MOST_REASONS

    async def named(self, failure: Failure) -> NotTold:
        who = Addressees.parse(failure.key)
        known = await self._of(who.account) if who.is_one else {}
        reason = await self._reason(who.account, failure.error)
        return NotTold(account=who.account, to=known.get(who.mark), reason=reason)

    async def _reason(self, account: str, error: str) -> str:
        if error != UNREADABLE or not self._reasons:
            return error
        self._reasons -= 1
        try:
            await self._contracts.find(account)
        except (UnknownAccount, ContractUnavailable) as reason:
            return " ".join(str(reason).split())
        return error

    async def _of(self, account: str) -> dict[str, str]:
        if account not in self._known:
            try:
                contract = await self._contracts.find(account)
            except (UnknownAccount, ContractUnavailable):
                self._known[account] = {}
            else:
                found = addressees(contract, self._policy)
                self._known[account] = {mark_of(account, each): each.email for each in found}
        return self._known[account]


def _to(each: NotTold) -> str:
    return f"{each.to} " if each.to else ""
