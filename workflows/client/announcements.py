"""The client of announcements: starts, cancels, continues and reads them.

The announcement of a revision is started once. Another start finds it, also after its end.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from temporalio.api.failure.v1 import Failure
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.announcements import Announced
from workflows.announcement.state import AnnouncementState
from workflows.announcement.workflow import AnnouncementStart, AnnouncementWorkflow
from workflows.client.calls import query
from workflows.temporal.connection import (
    POLICY,
    RPC_TIMEOUT,
    TASK_QUEUE,
    announcement_workflow_id,
)
from workflows.temporal.failing_task import put_in_clear

Handle: TypeAlias = WorkflowHandle[AnnouncementWorkflow, AnnouncementState]


class Status(StrEnum):
    """Whether an announcement is under way, and how it ended."""

    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    FAILED = "failed"


_STATUSES = {
    WorkflowExecutionStatus.RUNNING: Status.RUNNING,
    WorkflowExecutionStatus.CONTINUED_AS_NEW: Status.RUNNING,
    WorkflowExecutionStatus.COMPLETED: Status.COMPLETED,
    WorkflowExecutionStatus.CANCELED: Status.CANCELLED,
    WorkflowExecutionStatus.TERMINATED: Status.TERMINATED,
}


@dataclass(frozen=True)
class AnnouncementView:
    """An announcement: its status, how far it is, and why an activity of it cannot go on, if so."""

    status: Status
    state: AnnouncementState
    obstacle: str | None = None


class NotUnderWay(Exception):
    """There is no such announcement, or it has ended."""


class NotToContinue(Exception):
    """The announcement is under way, or has told everybody, or never began."""


class AnnouncementClient:
    """The announcements of one revision: that to all accounts, or that to one `account`."""

    def __init__(
        self,
        client: Client,
        announced: Announced,
        account: str | None = None,
        task_queue: str = TASK_QUEUE,
    ) -> None:
        self._client = client
        self._announced = announced
        self._account = account
        self._task_queue = task_queue
        self.id = announcement_workflow_id(announced.policy, announced.revision, account)

    async def begin(self) -> bool:
        """Starts the announcement; returns False if it was started before.

        That to one account can begin again after its end, and one that found no account at all:
        its workers had other contracts. Raises RPCError.
        """
        if self._account is None:
            if await self._start(None, WorkflowIDReusePolicy.REJECT_DUPLICATE):
                return True
            if await self._found_no_account():
                return await self._start(None, WorkflowIDReusePolicy.ALLOW_DUPLICATE)
            return False
        state = AnnouncementState.for_account(self._account)
        return await self._start(state, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def resume(self) -> None:
        """Tells those who were not told when the announcement was cancelled, terminated or failed.

        Raises NotToContinue, RPCError or DeskUnavailable.
        """
        before = await self.view()
        if before is None:
            raise NotToContinue("it never began")
        if before.status is Status.RUNNING:
            raise NotToContinue("it is under way")
        if before.state.is_over:
            raise NotToContinue("it has ended")
        if not await self._start(before.state.resumed(), WorkflowIDReusePolicy.ALLOW_DUPLICATE):
            raise NotToContinue("it is under way")

    async def cancel(self) -> None:
        """Requests the end of the announcement. Raises NotUnderWay or RPCError."""
        found = await self._described()
        # Temporal would take the request all the same.
        if found is None or _status_of(found) is not Status.RUNNING:
            raise NotUnderWay
        await self._handle.cancel(rpc_timeout=RPC_TIMEOUT)

    async def was_started(self) -> bool:
        """Whether Temporal has the announcement, under way or ended. Raises RPCError."""
        return await self._described() is not None

    async def view(self) -> AnnouncementView | None:
        """The announcement; None if it never began, or the retention is over.

        Raises RPCError or DeskUnavailable.
        """
        found = await self._described()
        if found is None:
            return None
        status = _status_of(found)
        return AnnouncementView(status, await self._state(status), await self._obstacle(found))

    async def _found_no_account(self) -> bool:
        found = await self._described()
        if found is None or _status_of(found) is not Status.COMPLETED:
            return False
        return not (await self._state(Status.COMPLETED)).accounts

    async def _described(self) -> WorkflowExecutionDescription | None:
        try:
            return await self._handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _start(self, carried: AnnouncementState | None, reuse: WorkflowIDReusePolicy) -> bool:
        announced = self._announced
        to = f" to {self._account}" if self._account else ""
        try:
            await self._client.start_workflow(
                AnnouncementWorkflow.run,
                AnnouncementStart(announced=announced, carried=carried),
                id=self.id,
                task_queue=self._task_queue,
                id_reuse_policy=reuse,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(POLICY, announced.policy)]
                ),
                static_summary=f"{announced.policy}, revision of {announced.revision}{to}",
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    @property
    def _handle(self) -> Handle:
        return self._client.get_workflow_handle_for(AnnouncementWorkflow.run, self.id)

    async def _state(self, status: Status) -> AnnouncementState:
        if status is Status.COMPLETED:
            # Without a worker.
            return await self._handle.result(rpc_timeout=RPC_TIMEOUT)
        state: AnnouncementState = await query(
            self._client, self._handle, AnnouncementWorkflow.view
        )
        return state

    async def _obstacle(self, found: WorkflowExecutionDescription) -> str | None:
        """The latest failure of an activity that is tried again, in clear."""
        for pending in found.raw_description.pending_activities:
            if pending.HasField("last_failure"):
                await put_in_clear(pending.last_failure, self._client.data_converter)
                return obstacle_of(pending.last_failure)
        return None


def obstacle_of(failure: Failure) -> str:
    """Why an activity did not succeed, for people."""
    # Temporal's own words are "activity Heartbeat timeout".
    if failure.HasField("timeout_failure_info"):
        return "a worker did not answer in time; it is tried again"
    return failure.message


def _status_of(found: WorkflowExecutionDescription) -> Status:
    return _STATUSES.get(found.status or WorkflowExecutionStatus.RUNNING, Status.FAILED)
