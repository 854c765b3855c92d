"""The runs of a workflow, and their deletion. Continue-as-new makes a chain of runs, each with a
history of its own.
"""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.temporal.connection import RPC_TIMEOUT
from workflows.temporal.list_filters import quoted


async def delete_runs(client: Client, workflow_id: str, *, but: str | None = None) -> int:
    """Deletes the runs of a workflow, oldest first, so that a repetition finds what is left.

    `but` is the run that stays. Temporal deletes in the background, the history before the entry in
    lists. A run that is open is terminated. Returns how many runs there were.
    """
    runs = await _runs(client, workflow_id)
    count = 0
    for run in runs:
        if run != but:
            count += await _delete(client, workflow_id, run)
    return count


async def latest_run(client: Client, workflow_id: str) -> str | None:
    """The run that is open, or was the last one; None if there is none."""
    try:
        handle = client.get_workflow_handle(workflow_id)
        return (await handle.describe(rpc_timeout=RPC_TIMEOUT)).run_id
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _runs(client: Client, workflow_id: str) -> list[str]:
    """All runs, oldest first. Those that lists have are not all: lists are behind."""
    chain: list[str] = []
    run = await latest_run(client, workflow_id)
    while run is not None:
        chain.insert(0, run)
        run = await _run_before(client, workflow_id, run)
    query = f"WorkflowId = {quoted(workflow_id)}"
    listed = [each.run_id async for each in client.list_workflows(query)]
    return [each for each in reversed(listed) if each not in chain] + chain


async def _run_before(client: Client, workflow_id: str, run_id: str) -> str | None:
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        async for event in handle.fetch_history_events(page_size=1, rpc_timeout=RPC_TIMEOUT):
            started = event.workflow_execution_started_event_attributes
            return started.continued_execution_run_id or None
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return None


async def _delete(client: Client, workflow_id: str, run_id: str) -> int:
    request = DeleteWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
    )
    try:
        await client.workflow_service.delete_workflow_execution(
            request, retry=True, timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return 0
    return 1
