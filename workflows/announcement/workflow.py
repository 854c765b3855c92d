"""The announcement workflow: everybody under a policy is told of a revision, once.

It goes round by round. A round is a page of accounts, or those who were not told at the first
attempt, in batches, of which a few are sent at the same time. Between two rounds it continues as
new if its history is long. A round may have more batches than a history can hold: then it ends
early, and the next run begins with the rest.

A cancellation ends it: batches under way stop with the e-mail that they are sending and report what
they have sent. Another run can continue from the state.
"""

import asyncio
from collections import deque
from datetime import timedelta
from itertools import islice

from temporalio import workflow
from temporalio.common import RawValue

from activities.announcements import (
    Announced,
    AnnouncementBatch,
    Announcements,
    PageRequest,
)
from policies.vocabulary import Carrier
from workflows.announcement.state import AnnouncementState
from workflows.shared.activity_options import ACTIVITY_RETRY_POLICY, ACTIVITY_TIMEOUT
from workflows.shared.cancellation import Cancellation
from workflows.shared.deliveries import ALIVE_WITHIN
from workflows.shared.input_refusals import InputRefused
from workflows.shared.payload import Payload
from workflows.shared.start_input import (
    NO_ARGUMENT,
    any_arguments,
    any_arguments_async,
    decoded_as,
)
from workflows.temporal.run_length import RunLength
from workflows.temporal.task_queues import own_internal_queue, queue_of

BATCH = 10
"""Addressees of one activity."""
BATCHES_AT_ONCE = 5
"""Batches that are sent at the same time. They share the slots of e-mails with tickets, which an
announcement must not fill.
"""
LONGEST_BATCH = timedelta(hours=1)
"""The limit of one attempt. The next one begins where it was."""


class AnnouncementStart(Payload):
    """The input of an announcement: what is announced, and the state to continue from."""

    announced: Announced
    carried: AnnouncementState | None = None


@workflow.defn(name="Announcement")
class AnnouncementWorkflow:
    """One announcement of a revision."""

    @workflow.init
    @any_arguments
    def __init__(self, start: RawValue = NO_ARGUMENT) -> None:
        self.refusal: InputRefused | None = None
        self.state = AnnouncementState()
        self.cancellation = Cancellation()
        self.run_length = RunLength()
        try:
            given = decoded_as(AnnouncementStart, start)
        except InputRefused as refusal:
            self.refusal = refusal
            return
        self.announced = given.announced
        self.state = given.carried or self.state
        if self.state.began_at is None:
            self.state.began_at = workflow.now()

    @workflow.run
    @any_arguments_async
    async def run(self, start: RawValue = NO_ARGUMENT) -> AnnouncementState:
        """Returns once nobody is left to tell."""
        del start
        if self.refusal is not None:
            raise self.refusal
        while not self.state.is_over:
            await self._round_unless_cancelled()
            self.run_length.look()
            if self.run_length.is_long and not self.state.is_over:
                workflow.continue_as_new(
                    AnnouncementStart(announced=self.announced, carried=self.state)
                )
        return self.state

    @workflow.query(name="announcement", description="How far the announcement is")
    def view(self) -> AnnouncementState:
        """How far the announcement is."""
        return self.state

    def details(self) -> str:
        """How far the announcement is, for the Temporal UI."""
        state = self.state
        return "\n".join(
            [
                f"- {state.accounts} accounts listed{'' if state.is_listed else ' so far'}",
                f"- {state.told} e-mails taken by the mail server",
                f"- {state.failed.count} failed, {state.skipped.count} skipped",
                f"- {len(state.todo)} to do, {len(state.waiting)} wait for another attempt",
                f"- {state.without_addressee.count} accounts without an addressee",
            ]
        )

    async def _round_unless_cancelled(self) -> None:
        """One round. Raises CancelledError if the workflow is cancelled and somebody is left."""
        work = asyncio.create_task(self._round())
        await self.cancellation.wait(lambda: work.done() or self.cancellation.is_pending)
        if self.cancellation.is_pending:
            work.cancel()
            await self.cancellation.wait(work.done)
            if not self.state.is_over:
                raise asyncio.CancelledError
        else:
            work.result()

    async def _round(self) -> None:
        if not self.state.todo:
            await self._next_round()
        if not self.state.todo:
            return
        settled = self.state.settled
        queue = deque(self.state.todo)
        senders = (self._send_from(queue) for _ in range(BATCHES_AT_ONCE))
        # All of them end, so that what each has sent is recorded.
        for error in await asyncio.gather(*senders, return_exceptions=True):
            if error is not None:
                raise error
        self.state.end_round(settled)

    async def _next_round(self) -> None:
        if self.state.pause:
            await workflow.sleep(self.state.pause, summary="try again")
        if self.state.retries_next:
            self.state.retry()
            return
        page = await workflow.execute_activity_method(
            Announcements.page_of_accounts,
            PageRequest(policy=self.announced.policy, after=self.state.after),
            task_queue=own_internal_queue(),
            start_to_close_timeout=ACTIVITY_TIMEOUT,
            retry_policy=ACTIVITY_RETRY_POLICY,
            summary=f"after {self.state.after}" if self.state.after else "first page",
        )
        self.state.begin(page)

    async def _send_from(self, queue: deque[str]) -> None:
        while queue and not (self.cancellation.is_pending or self.run_length.is_overdue):
            batch = tuple(queue.popleft() for _ in range(min(BATCH, len(queue))))
            result = await workflow.execute_activity_method(
                Announcements.announce_to,
                AnnouncementBatch(announced=self.announced, addressees=batch),
                task_queue=queue_of(Carrier.MAIL, workflow.info().task_queue),
                start_to_close_timeout=LONGEST_BATCH,
                heartbeat_timeout=ALIVE_WITHIN,
                retry_policy=ACTIVITY_RETRY_POLICY,
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=", ".join(islice(batch, 2)) + (", ..." if len(batch) > 2 else ""),
            )
            self.state.record(batch, result, workflow.now())
            queue.extend(result.more)
            self.run_length.look()
