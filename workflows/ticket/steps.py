"""What the ticket workflow asks of Temporal: a timer, deliveries, search attributes.

The timer and the deliveries run beside the process. Each reports back by changing the ticket or by
`news`, which wakes the process; nothing here decides anything.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

from workflows import connection

with workflow.unsafe.imports_passed_through():
    from activities.accounts import AccountReports
    from activities.notices import Delivery, Failure, Notice
    from activities.notifications import Notifications
    from activities.settlements import Settlements
    from policies.late_completion import LateCompletion
    from policies.settlement_request import Settlement, SettlementRequest
    from policies.vocabulary import Carrier
    from policies.wording import phrase
    from workflows.postbox import Posted
    from workflows.ticket import views
    from workflows.ticket.ticket import Ticket

DELIVERY_TIMEOUT = timedelta(minutes=1)
"""One attempt to deliver one notice."""
LARGEST_BATCH = 10
LARGEST_INPUT = 400_000
"""Notices, and bytes of them, that one activity is given; Temporal takes 2 MiB at most."""
DELIVERY_GIVEN_UP_AFTER = timedelta(days=5)
"""A notice that nobody took for so long is undeliverable (RFC 5321, 4.5.4.1: 4-5 days)."""
DELIVERY_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=10),
)


MERGED_IN = "merged_in"
"""The signal from a ticket to the one that it was merged into."""
SETTLEMENT_TIMEOUT = timedelta(seconds=30)
SETTLEMENT_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)
)


class Alarm:
    """The durable timer of what is owed next. It is replaced when that is something else."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self.rang = False

    def set(self, at: datetime | None, summary: str = "") -> None:
        """Aims at this instant; does nothing when it already does."""
        if at == self.at:
            return
        if self._task is not None:
            self._task.cancel()
        self.at = at
        self._task = asyncio.create_task(self._ring(at, summary)) if at else None

    async def _ring(self, at: datetime, summary: str) -> None:
        await workflow.sleep(at - workflow.now(), summary=summary)
        self.at, self._task, self.rang = None, None, True


class Outgoing(Protocol):
    """Notices of one ticket or account, on their way."""

    def owed(self) -> Iterator[Posted]:
        """The notices still to be delivered."""

    def letter(self, record: Any, /) -> Notice:
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
    may take days.
    """

    def __init__(self, sender: Correspondent) -> None:
        self._sender = sender
        self._settled_at: dict[str, datetime] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.reported = False

    def start(self) -> None:
        """Sends every notice on its way that is owed and is not."""
        self._tasks = [task for task in self._tasks if not task.done()]
        owed = [n for n in self._sender.outbox.owed() if n.key not in self._settled_at]
        for letters in _batches([self._sender.outbox.letter(notice) for notice in owed]):
            settled_at = workflow.now() + DELIVERY_TIMEOUT * len(letters)
            self._settled_at.update((letter.key, settled_at) for letter in letters)
            self._tasks.append(asyncio.create_task(self._deliver(letters)))

    def settled_at(self) -> datetime | None:
        """When the last delivery on its way is past its first attempt, and so waits for a server
        that is down; None when there is none.
        """
        return max(self._settled_at.values(), default=None)

    @property
    def can_be_left(self) -> bool:
        """No first attempt is under way, which could be made twice."""
        settled_at = self.settled_at()
        return settled_at is None or settled_at <= workflow.now()

    async def stop(self) -> None:
        """Abandons what is on its way; it stays owed, and keeps its identity."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, letters: list[Notice]) -> None:
        try:
            self._report(await self._send(letters))
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            failures = tuple(Failure(key=n.key, error=_reason(error)) for n in letters)
            self._report(Delivery(failures=failures))
        finally:
            for letter in letters:
                self._settled_at.pop(letter.key, None)
            self.reported = True

    def _report(self, delivery: Delivery) -> None:
        for receipt in delivery.receipts:
            self._sender.outbox.sent(receipt.key, receipt.message_id, receipt.carrier)
        for failure in delivery.failures:
            self._sender.undeliverable(failure.key, failure.error, workflow.now())

    async def _send(self, letters: list[Notice]) -> Delivery:
        return await workflow.execute_activity_method(
            Notifications.send_notices,
            letters,
            start_to_close_timeout=DELIVERY_TIMEOUT * len(letters),
            schedule_to_close_timeout=DELIVERY_GIVEN_UP_AFTER,
            retry_policy=DELIVERY_RETRIES,
            summary=", ".join(f"{n.template} to {n.audience}" for n in letters),
        )


class Settling:
    """The activity that settles a ticket's terms or verdict. It runs beside the process, for as
    long as the directory of contracts does not answer.
    """

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._task: asyncio.Task[None] | None = None
        self.reported = False

    def start(self) -> None:
        """Asks for what is owed, unless that is under way."""
        request = self._ticket.state.opening.request
        if self._ticket.state.awaits_settlement and self._task is None and request is not None:
            self._task = asyncio.create_task(self._settle(request))

    async def stop(self) -> None:
        """Abandons the question; it is asked again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _settle(self, request: SettlementRequest) -> None:
        state = self._ticket.state
        revision = state.terms.revision if state.terms.is_settled else None
        known = request.model_copy(update={"facts": state.facts, "revision": revision})
        try:
            settlement = await workflow.execute_activity_method(
                Settlements.settle_terms,
                known,
                start_to_close_timeout=SETTLEMENT_TIMEOUT,
                retry_policy=SETTLEMENT_RETRIES,
                summary="verdict on coverage" if state.terms.is_settled else "terms of the ticket",
            )
            if state.facts == known.facts:
                self._ticket.settle(settlement, workflow.now())
            # Else more was given meanwhile: it stays owed, and is asked for with all of it.
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Terms cannot be settled: %s", _reason(error))
            said = phrase(state.terms.locale, "unsettled")
            self._ticket.settle(Settlement(objections=(said,)), workflow.now())
        finally:
            self._task = None
            self.reported = True


class Merging:
    """The signal by which the ticket that goes on learns of a merge."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._task: asyncio.Task[None] | None = None
        self.reported = False

    def start(self) -> None:
        """Tells it, unless that is under way."""
        into = self._ticket.state.merged_into
        if self._ticket.state.owes_merge and self._task is None and into is not None:
            self._task = asyncio.create_task(self._tell(into))

    async def stop(self) -> None:
        """Abandons the signal; one that arrives twice is one."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _tell(self, into: str) -> None:
        handle = workflow.get_external_workflow_handle(connection.ticket_workflow_id(into))
        try:
            await handle.signal(MERGED_IN, self._ticket.merge_news())
            self._ticket.merge_told(None, workflow.now())
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._ticket.merge_told(error.message, workflow.now())
        finally:
            self._task = None
            self.reported = True


class Reports:
    """One activity for each promise kept late: the ticket's account keeps the books."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.reported = False

    def start(self) -> None:
        """Reports what has not been reported."""
        for late in self._ticket.state.late:
            if late.id not in self._tasks:
                self._tasks[late.id] = asyncio.create_task(self._report(late))

    async def stop(self) -> None:
        """Abandons what is on its way; reports have an identity and can be made again."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _report(self, late: LateCompletion) -> None:
        try:
            await workflow.execute_activity_method(
                AccountReports.report_late_completion,
                late,
                start_to_close_timeout=SETTLEMENT_TIMEOUT,
                retry_policy=SETTLEMENT_RETRIES,
                summary=f"late completion to account {late.account}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("Late completion refused: %s", _reason(error))
        self._ticket.state.late.remove(late)
        self.reported = True


def _batches(letters: list[Notice]) -> Iterator[list[Notice]]:
    """Batches that are small enough for one activity, in count and in bytes."""
    batch: list[Notice] = []
    size = 0
    for letter in letters:
        weight = len(letter.model_dump_json().encode())
        if batch and (len(batch) == LARGEST_BATCH or size + weight > LARGEST_INPUT):
            yield batch
            batch, size = [], 0
        batch.append(letter)
        size += weight
    if batch:
        yield batch


class Display:
    """What searches find of a ticket; only changes cost an event."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._attributes: views.Attributes | None = None
        self._shown = -1

    def show(self) -> None:
        """Brings the search attributes up to date."""
        if self._shown == self._ticket.changes:
            return
        self._shown = self._ticket.changes
        attributes = views.attributes(self._ticket.state)
        if attributes != self._attributes:
            self._attributes = attributes
            _upsert(attributes)


def _upsert(attributes: views.Attributes) -> None:
    known = {pair.key.name: pair.value for pair in workflow.info().typed_search_attributes}
    updates = [
        key.value_unset() if value is None else key.value_set(value)
        for key, value in search_attributes(attributes)
        if known.get(key.name) != value
    ]
    if updates:
        workflow.upsert_search_attributes(updates)


def search_attributes(
    attributes: views.Attributes,
) -> list[tuple[SearchAttributeKey[Any], Any]]:
    """The attributes of a ticket by their search attribute keys; None where there is no value."""
    return [
        (connection.STAGE, attributes.stage),
        (connection.WAITING_ON, attributes.waiting_on),
        (connection.POLICY, attributes.policy),
        (connection.PLAN, attributes.plan),
        (connection.PRIORITY, attributes.priority),
        (connection.ACCOUNT, attributes.account),
        (connection.ASSIGNEE, attributes.assignee),
        (connection.NEXT_DUE, attributes.next_due),
        (connection.BREACHED, list(attributes.breached) or None),
    ]


def _reason(error: ActivityError) -> str:
    cause = error.cause
    if isinstance(cause, ApplicationError):
        return cause.message
    return str(cause or error)
