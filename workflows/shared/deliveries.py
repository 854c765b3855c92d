"""Notices on their way from a ticket or an account: an activity for each batch."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.notices import Delivery, Failure, Notice
from activities.notifications import Notifications
from policies.vocabulary import Carrier
from workflows.shared.activity_options import reason_of
from workflows.shared.outbox import OutboxEntry

DELIVERY_TIMEOUT = timedelta(minutes=1)
"""One attempt to deliver one notice."""
LARGEST_BATCH = 10
LARGEST_INPUT = 400_000
"""Notices, and about how many bytes of them, that one activity is given; Temporal takes 2 MiB."""
DELIVERY_GIVEN_UP_AFTER = timedelta(days=5)
"""A notice that nobody took for so long is undeliverable (RFC 5321, 4.5.4.1: 4-5 days)."""
FIRST_PAUSE = timedelta(seconds=5)
"""Between the first attempt and the next, unless whoever failed says when to come again."""
FIRST_ATTEMPT = RetryPolicy(maximum_attempts=1)
RETRIES = RetryPolicy(
    initial_interval=2 * FIRST_PAUSE,
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=10),
)


CaughtUpNow: TypeAlias = Callable[[], datetime]
"""Now, in UTC, once everything that was owed by then is performed."""


class Outgoing(Protocol):
    """Notices of one ticket or account, on their way."""

    def owed(self) -> Iterator[OutboxEntry]:
        """The notices still to be delivered."""

    def weight(self, record: Any, /) -> int:
        """About how many bytes the letter takes, without composing it."""

    def compose(self, record: Any, /) -> Notice:
        """What the recipient is to be told."""

    def sent(self, key: str, message_id: str, carrier: Carrier) -> None:
        """A notice was delivered."""


class Correspondent(Protocol):
    """A ticket or an account: whatever owes notices."""

    @property
    def outbox(self) -> Outgoing:
        """What it owes."""

    def undeliverable(self, key: str, error: str, at: datetime) -> None:
        """A notice cannot be delivered, ever."""


class Deliveries:
    """One activity for the notices that became owed together. They run beside the process, and
    may take days; so the first attempt is an activity of its own, and says soon how it went.

    `reported` is set when something follows from how it went; most often nothing does.
    """

    def __init__(self, sender: Correspondent, present: CaughtUpNow) -> None:
        self._sender = sender
        self._catch_up_now = present
        self._on_their_way: set[str] = set()
        self._first_attempts = 0
        self._unsettled = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.needs_attention = False

    def start(self) -> None:
        """Sends every notice on its way that is owed and is not."""
        self._tasks = [task for task in self._tasks if not task.done()]
        for notices in batches(list(self._unsent()), self._sender.outbox.weight):
            self._on_their_way.update(notice.key for notice in notices)
            self._first_attempts += 1
            self._unsettled += 1
            self._tasks.append(asyncio.create_task(self._deliver(notices)))

    @property
    def has_first_attempts(self) -> bool:
        """A first attempt is under way: how it goes is known soon."""
        return self._first_attempts > 0

    @property
    def is_safe_to_abandon(self) -> bool:
        """Neither a first attempt is under way, which would be made twice, nor the pause after one,
        without which a run that follows would try again at once.
        """
        return self._unsettled == 0

    async def stop(self) -> None:
        """Abandons what is on its way; it stays owed, and keeps its identity."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _unsent(self) -> Iterator[OutboxEntry]:
        owed = self._sender.outbox.owed()
        return (notice for notice in owed if notice.key not in self._on_their_way)

    async def _deliver(self, notices: list[OutboxEntry]) -> None:
        try:
            delivery = await self._sent(notices)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            failures = tuple(Failure(key=n.key, error=reason_of(error)) for n in notices)
            delivery = Delivery(failures=failures)
        finally:
            self._on_their_way.difference_update(notice.key for notice in notices)
        self._report(delivery)

    async def _sent(self, notices: list[OutboxEntry]) -> Delivery:
        """What became of them: of the first attempt, or else of all that follow."""
        try:
            return await self._sent_at_once(notices)
        except ActivityError as error:
            if is_cancelled_exception(error) or _is_for_good(error):
                raise
            await workflow.sleep(_pause_after(error), summary="deliver again")
        finally:
            self._unsettled -= 1
        return await self._send(notices, RETRIES)

    async def _sent_at_once(self, notices: list[OutboxEntry]) -> Delivery:
        try:
            return await self._send(notices, FIRST_ATTEMPT)
        finally:
            self._first_attempts -= 1

    def _report(self, delivery: Delivery) -> None:
        for receipt in delivery.receipts:
            self._sender.outbox.sent(receipt.key, receipt.message_id, receipt.carrier)
        for failure in delivery.failures:
            self._sender.undeliverable(failure.key, failure.error, self._catch_up_now())
        if delivery.failures or any(self._unsent()):
            self.needs_attention = True

    async def _send(self, notices: list[OutboxEntry], retries: RetryPolicy) -> Delivery:
        return await workflow.execute_activity_method(
            Notifications.send_notices,
            [self._sender.outbox.compose(notice) for notice in notices],
            start_to_close_timeout=DELIVERY_TIMEOUT * len(notices),
            schedule_to_close_timeout=DELIVERY_GIVEN_UP_AFTER,
            retry_policy=retries,
            summary=_summary(notices),
        )


def _summary(notices: list[OutboxEntry]) -> str:
    return ", ".join(f"{notice.template} to {notice.audience}" for notice in notices)


def _is_for_good(error: ActivityError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.non_retryable


def _pause_after(error: ActivityError) -> timedelta:
    asked = error.cause.next_retry_delay if isinstance(error.cause, ApplicationError) else None
    return asked or FIRST_PAUSE


def batches(
    notices: list[OutboxEntry], weigh: Callable[[OutboxEntry], int]
) -> Iterator[list[OutboxEntry]]:
    """Batches that are small enough for one activity, in count and in bytes; no notice is left out,
    however large it is.
    """
    batch: list[OutboxEntry] = []
    size = 0
    for notice in notices:
        weight = weigh(notice)
        if batch and (len(batch) == LARGEST_BATCH or size + weight > LARGEST_INPUT):
            yield batch
            batch, size = [], 0
        batch.append(notice)
        size += weight
    if batch:
        yield batch
