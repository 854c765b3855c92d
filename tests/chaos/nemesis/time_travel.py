"""Moving the time of one ticket, through whatever becomes of the server meanwhile."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import TimeSkippingInfo, WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

PAUSE = 0.05
"""Seconds between two looks at where a ticket's time is."""
A_LOOK = timedelta(seconds=5)
RUNNING = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING


class NeverArrived(Exception):
    """The time of a ticket did not come to where it was moved."""


@dataclass(frozen=True)
class ItsTime:
    """What a ticket's time is ahead of ours, and whether it still passes."""

    ahead: timedelta
    is_over: bool
    moved_by: str = ""
    has_arrived: bool = False


class Mover:
    """Moves the time of workflows, one at a time each."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def move(self, workflow_id: str, by: timedelta, patience: float) -> ItsTime:
        """Returns once so much more time has passed for it, or once it has ended."""
        name = str(uuid.uuid4())
        try:
            async with asyncio.timeout(patience):
                while (its_time := await self._look(workflow_id)).moved_by != name:
                    if its_time.is_over:
                        return its_time
                    await self._begin(workflow_id, name, by)
                while not (its_time.has_arrived or its_time.is_over):
                    await asyncio.sleep(PAUSE)
                    its_time = await self._look(workflow_id)
                return its_time
        except TimeoutError:
            raise NeverArrived(f"{workflow_id} was to move by {by}, and has not") from None

    async def its_time(self, workflow_id: str) -> ItsTime:
        """Where it is now, asked until somebody answers."""
        return await self._look(workflow_id)

    async def _begin(self, workflow_id: str, name: str, by: timedelta) -> None:
        options = WorkflowExecutionOptions()
        options.time_skipping_config.enabled = True
        options.time_skipping_config.fast_forward_config.id = name
        options.time_skipping_config.fast_forward_config.duration.FromTimedelta(by)
        request = UpdateWorkflowExecutionOptionsRequest(
            namespace=self._client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            workflow_execution_options=options,
            update_mask=FieldMask(paths=["time_skipping_config"]),
        )
        service = self._client.workflow_service
        try:
            await service.update_workflow_execution_options(request, timeout=A_LOOK)
        except RPCError:
            # Perhaps it was done; the next look says so.
            await asyncio.sleep(PAUSE)

    async def _look(self, workflow_id: str) -> ItsTime:
        request = DescribeWorkflowExecutionRequest(
            namespace=self._client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
        )
        while True:
            before = datetime.now(UTC)
            try:
                answer = await self._client.workflow_service.describe_workflow_execution(
                    request, timeout=A_LOOK
                )
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(PAUSE)
                continue
            now = before + (datetime.now(UTC) - before) / 2
            is_over = answer.workflow_execution_info.status != RUNNING
            extended = answer.workflow_extended_info
            if not extended.HasField("time_skipping_info"):
                return ItsTime(timedelta(0), is_over)
            return _its_time(extended.time_skipping_info, now, is_over)


def _its_time(info: TimeSkippingInfo, now: datetime, is_over: bool) -> ItsTime:
    current = info.current_time.ToDatetime().replace(tzinfo=UTC)
    # It is switched off once it has arrived, or has skipped as often as a server lets it.
    config = info.effective_config
    return ItsTime(current - now, is_over, config.fast_forward_config.id, not config.enabled)
