"""Deliveries: the activities that send the notices of a ticket or an account."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Protocol, TypeAlias

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    is_cancelled_exception,
)
from temporalio.exceptions import (
    TimeoutError as ActivityTimeout,
)
from temporalio.workflow import ActivityCancellationType

from activities.carriers import preferred_carrier
from activities.notices import Delivery, Failure, Notice
from activities.notifications import Notifications
from policies.vocabulary import Carrier
from workflows.shared.activity_options import reason_of
from workflows.shared.outbox import OutboxEntry
from workflows.temporal.task_queues import queue_of

DELIVERY_TIMEOUT = timedelta(minutes=1)
"""The limit of one attempt, for each notice of a batch."""
ALIVE_WITHIN = timedelta(seconds=20)
"""A worker without a heartbeat for this long is dead; another one sends what is left of the batch.
"""
LARGEST_BATCH = 10
"""Notices that one activity gets."""
LARGEST_INPUT = 400_000
"""Bytes, by estimate, that one activity gets. A Temporal payload can have 2 MiB."""
DELIVERY_GIVEN_UP_AFTER = timedelta(days=5)
"""A notice that is not accepted for this long is undeliverable (RFC 5321, 4.5.4.1: 4-5 days)."""
FIRST_PAUSE = timedelta(seconds=5)
"""The pause after the first attempt, unless the receiver asks for another one."""
FIRST_ATTEMPT = RetryPolicy(maximum_attempts=1)
RETRIES = RetryPolicy(
    initial_interval=2 * FIRST_PAUSE,
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=10),
)


CaughtUpNow: TypeAlias = Callable[[], datetime]
"""The current time in UTC, after everything that is due by then has been performed."""


class NoticeOutbox(Protocol):
    """The outbox of a ticket or an account."""

    def pending(self) -> Iterator[OutboxEntry]:
        """The notices that are not delivered yet."""

    def weight(self, record: Any, /) -> int:
        """An estimate of the bytes of a notice, made without composing it."""

    def compose(self, record: Any, /) -> Notice:
        """The notice as the activity sends it."""

    def sent(self, key: str, message_id: str, carrier: Carrier) -> None:
        """Marks a notice as sent."""


class NoticeSource(Protocol):
    """A ticket or an account, whose notices are sent."""

    @property
    def outbox(self) -> NoticeOutbox:
        """Its notices."""

    def undeliverable(self, key: str, error: str, at: datetime) -> None:
        """Marks a notice as undeliverable."""


class Deliveries:
    """One activity for each batch of notices that were enqueued together, on the task queue of
    their carrier.

    Retries can take days. The first attempt is therefore an activity of its own, so that its result
    is known soon (docs/decisions/0020). The heartbeats of an attempt have its results so far, so
    that those of a dead worker count. `needs_attention` is set if a result calls for more work.
    """

    def __init__(self, source: NoticeSource, catch_up_now: CaughtUpNow) -> None:
        self._source = source
        self._catch_up_now = catch_up_now
        self._in_flight: set[str] = set()
        self._first_attempts = 0
        self._attempts_or_pauses = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopped = False
        self.needs_attention = False

    def start(self) -> None:
        """Starts the delivery of every pending notice that is not in flight."""
        if self._is_stopped:
            # A task that was cancelled before its first step has cleared nothing up.
            self._is_stopped, self._first_attempts, self._attempts_or_pauses = False, 0, 0
            self._in_flight.clear()
        self._tasks = [task for task in self._tasks if not task.done()]
        unstarted = sorted(self._unstarted(), key=_carrier)
        for _, notices in groupby(unstarted, _carrier):
            for batch in batches(list(notices), self._source.outbox.weight):
                self._in_flight.update(notice.key for notice in batch)
                self._first_attempts += 1
                self._attempts_or_pauses += 1
                self._tasks.append(asyncio.create_task(self._deliver(batch)))

    @property
    def has_first_attempts(self) -> bool:
        """Whether a first attempt is running, which has a result soon."""
        return self._first_attempts > 0

    @property
    def is_safe_to_abandon(self) -> bool:
        """Whether continue-as-new may abandon the deliveries.

        Not during a first attempt, which the next run would repeat, nor in the pause after one,
        which the next run would skip.
        """
        return self._attempts_or_pauses == 0

    def stop(self) -> None:
        """Cancels all deliveries, which then report what they have sent. The rest stays pending,
        with the same keys.
        """
        self._is_stopped = True
        for task in self._tasks:
            task.cancel()

    @property
    def are_stopped(self) -> bool:
        """Whether none is in progress. An attempt ends with the next heartbeat of its worker, or
        when that one counts as dead.
        """
        return all(task.done() for task in self._tasks)

    def _unstarted(self) -> Iterator[OutboxEntry]:
        pending = self._source.outbox.pending()
        return (notice for notice in pending if notice.key not in self._in_flight)

    async def _deliver(self, notices: list[OutboxEntry]) -> None:
        try:
            delivery = await self._attempt_and_retry(notices)
        except ActivityError as error:
            # An attempt that fails after its cancellation is not repeated; the next run does that.
            if is_cancelled_exception(error) or (self._is_stopped and not _is_final(error)):
                return
            failures = tuple(Failure(key=n.key, error=reason_of(error)) for n in notices)
            delivery = Delivery(failures=failures)
        finally:
            self._in_flight.difference_update(notice.key for notice in notices)
        self._record(delivery)

    async def _attempt_and_retry(self, notices: list[OutboxEntry]) -> Delivery:
        try:
            return await self._attempt(notices)
        except ActivityError as error:
            if is_cancelled_exception(error) or _is_final(error):
                raise
            if self._is_stopped:
                return Delivery()
            await workflow.sleep(_pause_after(error), summary="deliver again")
        finally:
            self._attempts_or_pauses -= 1
        return await self._send(notices, RETRIES)

    async def _attempt(self, notices: list[OutboxEntry]) -> Delivery:
        try:
            return await self._send(notices, FIRST_ATTEMPT)
        finally:
            self._first_attempts -= 1

    def _record(self, delivery: Delivery) -> None:
        for receipt in delivery.receipts:
            self._source.outbox.sent(receipt.key, receipt.message_id, receipt.carrier)
        for failure in delivery.failures:
            self._source.undeliverable(failure.key, failure.error, self._catch_up_now())
        if delivery.failures or any(self._unstarted()):
            self.needs_attention = True

    async def _send(self, notices: list[OutboxEntry], retries: RetryPolicy) -> Delivery:
        try:
            return await workflow.execute_activity_method(
                Notifications.send_notices,
                [self._source.outbox.compose(notice) for notice in notices],
                task_queue=queue_of(_carrier(notices[0]), workflow.info().task_queue),
                start_to_close_timeout=DELIVERY_TIMEOUT * len(notices),
                heartbeat_timeout=ALIVE_WITHIN,
                schedule_to_close_timeout=DELIVERY_GIVEN_UP_AFTER,
                retry_policy=retries,
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=_summary(notices),
            )
        except ActivityError as error:
            told = _told_by(error)
            if not (told.receipts or told.failures):
                raise
            return told


def _carrier(notice: OutboxEntry) -> Carrier:
    return preferred_carrier(notice.template)


def _summary(notices: list[OutboxEntry]) -> str:
    return ", ".join(f"{notice.template} to {notice.audience}" for notice in notices)


def _told_by(error: ActivityError) -> Delivery:
    """What a worker had sent before it died, by its last heartbeat."""
    cause = error.cause
    details = cause.last_heartbeat_details if isinstance(cause, ActivityTimeout) else ()
    return Delivery.model_validate(details[0]) if details else Delivery()


def _is_final(error: ActivityError) -> bool:
    return isinstance(error.cause, ApplicationError) and error.cause.non_retryable


def _pause_after(error: ActivityError) -> timedelta:
    delay = error.cause.next_retry_delay if isinstance(error.cause, ApplicationError) else None
    return delay or FIRST_PAUSE


def batches(
    notices: list[OutboxEntry], weigh: Callable[[OutboxEntry], int]
) -> Iterator[list[OutboxEntry]]:
    """Batches within both limits. A notice that is too large by itself is a batch of its own."""
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
