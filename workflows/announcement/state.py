"""How far an announcement is. It has no address, and its size has a bound whatever the number of
accounts, because each continue-as-new carries it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, Field

from activities.announcements import BatchResult, Page
from activities.notices import Failure
from workflows.shared.carried_state import CarriedState
from workflows.shared.deliveries import DELIVERY_GIVEN_UP_AFTER, FIRST_PAUSE
from workflows.shared.payload import Payload

MOST_LISTED = 500
"""Addressees or accounts that each list of problems has; the others are counted."""
MOST_WAITING = 1_000
"""Addressees who wait for another attempt before no further page is begun."""
LONGEST_PAUSE = timedelta(minutes=10)


class Waiting(Payload):
    """An addressee who is to be told by another attempt: since when, and why."""

    since: AwareDatetime
    error: str


class Problems(Payload):
    """Addressees or accounts that were not told: their number, and the first ones with reasons."""

    count: int = 0
    first: tuple[Failure, ...] = ()

    def with_more(self, failures: Iterable[Failure]) -> "Problems":
        """These problems and others."""
        added = tuple(failures)
        first = (*self.first, *added)[:MOST_LISTED]
        return Problems(count=self.count + len(added), first=first)


class AnnouncementState(CarriedState):
    """The state of an announcement.

    `began_at` is when the first run began.
    `todo` are the addressees of the round under way, `after` and `is_listed` tell where the next
    page begins. An addressee is in `todo` until the result of its batch is known, so that another
    run can continue one that was terminated.
    """

    began_at: AwareDatetime | None = None
    accounts: int = 0
    """Accounts that were listed so far."""
    after: str | None = None
    is_listed: bool = False
    todo: list[str] = Field(default_factory=list)
    waiting: dict[str, Waiting] = Field(default_factory=dict)
    told: int = 0
    """E-mails that the mail server took."""
    failed: Problems = Problems()
    skipped: Problems = Problems()
    without_addressee: Problems = Problems()
    fruitless: int = 0
    """Rounds in a row that told nobody, and found out of nobody that it cannot be told."""

    @classmethod
    def for_account(cls, account: str) -> "AnnouncementState":
        """The state of an announcement to one account only."""
        return cls(accounts=1, is_listed=True, todo=[account])

    @property
    def is_over(self) -> bool:
        """Whether there is nobody left to tell."""
        return self.is_listed and not self.todo and not self.waiting

    @property
    def settled(self) -> int:
        """The number of addressees and accounts of which it is known what became of them."""
        others = (self.failed, self.skipped, self.without_addressee)
        return self.told + sum(problems.count for problems in others)

    @property
    def retries_next(self) -> bool:
        """Whether the next round is for those who wait, and not for another page."""
        return self.is_listed or len(self.waiting) >= MOST_WAITING

    @property
    def pause(self) -> timedelta:
        """The pause before the next round. None before a page, unless the mail server seems to be
        down.
        """
        doublings = min(self.fruitless - (not self.retries_next), 20)
        if doublings < 0:
            return timedelta(0)
        return min(2 * FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)

    def resumed(self) -> Self:
        """The state for another run, which makes the next attempt soon."""
        return self.model_copy(update={"fruitless": 0})

    def begin(self, page: Page) -> None:
        """Has the accounts of a page told in the next round."""
        self.todo = [*page.accounts]
        self.accounts += len(page.accounts)
        self.after = page.after or self.after
        self.is_listed = page.after is None

    def retry(self) -> None:
        """Has those who wait tried again in the next round."""
        self.todo = [*self.waiting]

    def record(self, batch: Iterable[str], result: BatchResult, now: datetime) -> None:
        """Records what became of a batch. Who has waited for five days is undeliverable."""
        done = dict.fromkeys(batch)
        self.todo = [each for each in self.todo if each not in done] + [*result.more]
        before = {each: self.waiting.pop(each, None) for each in done}
        given_up: list[Failure] = []
        for each in result.waiting:
            known = before.get(each.key)
            since = known.since if known else now
            if now - since >= DELIVERY_GIVEN_UP_AFTER:
                given_up.append(each)
            else:
                self.waiting[each.key] = Waiting(since=since, error=each.error)
        self.told += result.told
        self.failed = self.failed.with_more((*result.failed, *given_up))
        self.skipped = self.skipped.with_more(result.skipped)
        nobody = (Failure(key=account, error="") for account in result.without_addressee)
        self.without_addressee = self.without_addressee.with_more(nobody)

    def end_round(self, settled_before: int) -> None:
        """Ends a round in which somebody was to be told, and which began with this many settled."""
        self.fruitless = self.fruitless + 1 if self.settled == settled_before else 0
