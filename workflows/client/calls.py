"""Calls to workflows that tickets and accounts share: update-with-start, and queries."""

import asyncio
from contextlib import suppress
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from workflows.temporal.connection import RPC_TIMEOUT

QUERY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds after each attempt to query a workflow whose next run has not started its first task."""


class DeskUnavailable(ConnectionError):
    """No reply in time. The action may still be taken; it can be repeated with the same id."""

    def __init__(
        self,
        reason: str = "the desk did not answer in time; "
        "the same request with the same id can be sent again",
    ) -> None:
        super().__init__(reason)


async def update_with_start(
    client: Client,
    operation: WithStartWorkflowOperation[Any, Any],
    update: Any,
    request: Any,
    *,
    id: str,
    reply: type,
) -> Any:
    """Starts the workflow unless it is running, and returns the reply to the update."""
    try:
        return await client.execute_update_with_start_workflow(
            update,
            request,
            start_workflow_operation=operation,
            id=id,
            result_type=reply,
            rpc_timeout=RPC_TIMEOUT,
        )
    except BaseException:
        # The operation has the error as well, and asyncio warns about an unretrieved one.
        with suppress(BaseException):
            async with asyncio.timeout(0):
                await operation.workflow_handle()
        raise


async def query(
    handle: WorkflowHandle[Any, Any],
    name: Any,
    *args: Any,
    reject_condition: QueryRejectCondition | None = None,
) -> Any:
    """The result of a query. It is repeated while the workflow continues as new.

    Raises WorkflowQueryRejectedError if the workflow is in the state of the condition.
    """
    for pause in QUERY_PAUSES:
        try:
            return await handle.query(
                name, args=args, reject_condition=reject_condition, rpc_timeout=RPC_TIMEOUT
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                raise
        await asyncio.sleep(pause)
    raise DeskUnavailable(f"{handle.id.replace('/', ' ')} is moving to a new run; try again")
