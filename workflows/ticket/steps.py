"""What the ticket workflow asks of Temporal: a timer, deliveries, attributes, details.

The timer and the deliveries run beside the process. Each reports back by changing the ticket or by
`news`, which wakes the process; nothing here decides anything.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from workflows import connection

with workflow.unsafe.imports_passed_through():
    from activities.notices import Notice
    from activities.notifications import Notifications
    from workflows.ticket import views
    from workflows.ticket.state import NoticeRecord
    from workflows.ticket.ticket import Ticket

DELIVERY_TIMEOUT = timedelta(minutes=1)
"""One attempt to deliver a notice."""
DELIVERY_GIVEN_UP_AFTER = timedelta(days=5)
"""A notice that nobody took for so long is undeliverable (RFC 5321, 4.5.4.1: 4-5 days)."""
DELIVERY_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=10),
)


class Alarm:
    """The durable timer of what is owed next. It is replaced when that is something else."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self.rang = False

    def set(self, at: datetime | None, summary: str = "") -> None:
        """Aims at this instant; does nothing when it already does."""
        if at == self._at:
            return
        if self._task is not None:
            self._task.cancel()
        self._at = at
        self._task = asyncio.create_task(self._ring(at, summary)) if at else None

    async def _ring(self, at: datetime, summary: str) -> None:
        await workflow.sleep(at - workflow.now(), summary=summary)
        self._at, self._task, self.rang = None, None, True


class Deliveries:
    """One activity for each notice that is owed. They run beside the process, and may take days."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._running: dict[str, tuple[datetime, asyncio.Task[None]]] = {}
        self.reported = False

    def start(self) -> None:
        """Sends every notice on its way that is owed and is not."""
        for record in list(self._ticket.outbox.owed()):
            if record.key not in self._running:
                delivery = self._deliver(record, self._ticket.outbox.letter(record))
                self._running[record.key] = (workflow.now(), asyncio.create_task(delivery))

    def settled_at(self) -> datetime | None:
        """When the last delivery on its way is past its first attempt, and so sent or waiting
        for a server that is down; None when there is none.
        """
        return max((at + DELIVERY_TIMEOUT for at, _ in self._running.values()), default=None)

    async def stop(self) -> None:
        """Abandons what is on its way; it stays owed, and keeps its identity."""
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, record: NoticeRecord, notice: Notice) -> None:
        try:
            receipt = await workflow.execute_activity_method(
                Notifications.send_notice,
                notice,
                start_to_close_timeout=DELIVERY_TIMEOUT,
                schedule_to_close_timeout=DELIVERY_GIVEN_UP_AFTER,
                retry_policy=DELIVERY_RETRIES,
                summary=f"{record.template} to {record.audience}",
            )
            self._ticket.outbox.sent(record.key, receipt.message_id)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._ticket.undeliverable(record.key, _reason(error), workflow.now())
        finally:
            self._running.pop(record.key, None)
            self.reported = True


def show(ticket: Ticket) -> None:
    """Brings search attributes and the details in the UI up to date; only changes cost an event."""
    workflow.set_current_details(views.details(ticket.state))
    known = workflow.info().typed_search_attributes
    updates = [
        update
        for key, value in search_attributes(views.attributes(ticket.state))
        if (update := _changed(key, known.get(key), value)) is not None
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


def _changed(
    key: SearchAttributeKey[Any], known: Any, value: Any
) -> SearchAttributeUpdate[Any] | None:
    if known == value:
        return None
    return key.value_unset() if value is None else key.value_set(value)


def _reason(error: ActivityError) -> str:
    cause = error.cause
    if isinstance(cause, ApplicationError):
        return cause.message
    return str(cause or error)
