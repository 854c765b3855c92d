"""Calls to workflows that tickets and accounts share: update-with-start, and queries."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from workflows.temporal.connection import RPC_TIMEOUT
from workflows.temporal.failing_task import last_failing_task, reason_of_failure

logger = logging.getLogger(__name__)
QUERY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds after each attempt to query a workflow whose next run has not started its first task."""

FIRST_PATIENCE, SECOND_PATIENCE = timedelta(seconds=3), timedelta(seconds=5)
"""The time for the first attempt to query, and for later ones. After the first it is found out
whether there can be an answer. Together they are no longer than another request to Temporal.
"""
_NO_ANSWER = (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


class DeskUnavailable(ConnectionError):
    """No reply in time. The action may still be taken; it can be repeated with the same id."""

    def __init__(
        self,
        reason: str = "the desk did not answer in time; "
        "the same request with the same id can be sent again",
    ) -> None:
        super().__init__(reason)


class WorkflowStuck(DeskUnavailable):
    """The task of a ticket or an account fails, and Temporal repeats it in vain."""

    def __init__(self, workflow_id: str) -> None:
        super().__init__(
            f"the {workflow_id.replace('/', ' ')} has stopped, because its workflow task fails "
            "again and again; an operator must repair it, and nothing is lost until then"
        )


class WorkflowUnreadable(DeskUnavailable):
    """The code of the present worker cannot read a ticket or an account."""

    def __init__(self, workflow_id: str) -> None:
        super().__init__(
            f"the {workflow_id.replace('/', ' ')} cannot be read by the present release of the "
            "worker; an operator must see its log, and nothing is lost"
        )


async def unavailable(client: Client, workflow_id: str) -> DeskUnavailable:
    """Why there was no answer: the workflow is stuck, or nobody knows."""
    try:
        failing = await last_failing_task(client, workflow_id)
    except RPCError:
        return DeskUnavailable()
    if failing is None:
        return DeskUnavailable()
    logger.error("%s: %s", workflow_id, reason_of_failure(failing))
    return WorkflowStuck(workflow_id)


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
    client: Client,
    handle: WorkflowHandle[Any, Any],
    name: Any,
    *args: Any,
    reject_condition: QueryRejectCondition | None = None,
) -> Any:
    """The result of a query. It is repeated while the workflow continues as new.

    Raises WorkflowQueryRejectedError if the workflow is in the state of the condition,
    WorkflowStuck, or WorkflowUnreadable.
    """
    patience = FIRST_PATIENCE
    for pause in QUERY_PAUSES:
        try:
            return await handle.query(
                name, args=args, reject_condition=reject_condition, rpc_timeout=patience
            )
        except WorkflowQueryFailedError as error:
            logger.exception("%s cannot be read", handle.id)
            raise WorkflowUnreadable(handle.id) from error
        except RPCError as error:
            is_late = error.status in _NO_ANSWER
            if error.status is not RPCStatusCode.FAILED_PRECONDITION and not is_late:
                raise
            if is_late and patience is SECOND_PATIENCE:
                raise DeskUnavailable from error
            reason = await unavailable(client, handle.id)
            if isinstance(reason, WorkflowStuck):
                raise reason from error
            patience = SECOND_PATIENCE if is_late else patience
        await asyncio.sleep(pause)
    raise DeskUnavailable(f"{handle.id.replace('/', ' ')} is moving to a new run; try again")
