"""Moves the time of one workflow, through restarts of the server."""

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

LONGEST_READ = timedelta(seconds=2)
"""A reading that takes longer does not tell the time: it can be off by half of that."""
PAUSE = 0.05
"""Seconds between two reads of a workflow's time."""
RPC_TIMEOUT = timedelta(seconds=5)
RUNNING = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING


class TimeNotReached(Exception):
    """A workflow's time did not reach the requested time."""


@dataclass(frozen=True)
class WorkflowTime:
    """How far a workflow's time is ahead of real time, and whether the workflow has ended."""

    ahead: timedelta
    is_over: bool
    moved_by: str = ""
    has_arrived: bool = False


class TimeMover:
    """Moves the time of workflows; one move at a time for each workflow."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def move(self, workflow_id: str, by: timedelta, within: float) -> WorkflowTime:
        """Returns once this much more time has passed for the workflow, or once it has ended."""
        name = str(uuid.uuid4())
        try:
            async with asyncio.timeout(within):
                while (current := await self._read(workflow_id)).moved_by != name:
                    if current.is_over:
                        return current
                    await self._begin(workflow_id, name, by)
                while not (current.has_arrived or current.is_over):
                    await asyncio.sleep(PAUSE)
                    current = await self._read(workflow_id)
                return current
        except TimeoutError:
            raise TimeNotReached(f"{workflow_id} has not moved by {by}") from None

    async def time_of(self, workflow_id: str) -> WorkflowTime:
        """The workflow's time, read until the server answers."""
        return await self._read(workflow_id)

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
            await service.update_workflow_execution_options(request, timeout=RPC_TIMEOUT)
        except RPCError:
            # The server can have applied it; the next read tells.
            await asyncio.sleep(PAUSE)

    async def _read(self, workflow_id: str) -> WorkflowTime:
        request = DescribeWorkflowExecutionRequest(
            namespace=self._client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
        )
        while True:
            before = datetime.now(UTC)
            try:
                answer = await self._client.workflow_service.describe_workflow_execution(
                    request, timeout=RPC_TIMEOUT
                )
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(PAUSE)
                continue
            taken = datetime.now(UTC) - before
            if taken > LONGEST_READ:
                # While a host is cut off, a request can arrive at once and its answer late.
                await asyncio.sleep(PAUSE)
                continue
            now = before + taken / 2
            is_over = answer.workflow_execution_info.status != RUNNING
            extended = answer.workflow_extended_info
            if not extended.HasField("time_skipping_info"):
                return WorkflowTime(timedelta(0), is_over)
            return _workflow_time(extended.time_skipping_info, now, is_over)


def _workflow_time(info: TimeSkippingInfo, now: datetime, is_over: bool) -> WorkflowTime:
    current = info.current_time.ToDatetime().replace(tzinfo=UTC)
    # The server switches it off on arrival, or after its limit of skips.
    config = info.effective_config
    return WorkflowTime(current - now, is_over, config.fast_forward_config.id, not config.enabled)
