"""A ticket whose workflow somebody terminated is read as what it is (fault 79)."""

from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.testing import WorkflowEnvironment

from tests.api.caller import Caller, problem
from workflows.temporal.connection import ticket_workflow_id

pytestmark = pytest.mark.fault(79)
FIRST_TASK_COMPLETED = 4


async def test_it_is_stopped_until_it_is_reset(
    desk: WorkflowEnvironment, agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    running = (await agent.get(f"/tickets/{number}")).json()
    assert "stopped" not in running
    id = ticket_workflow_id(number)
    await desk.client.get_workflow_handle(id).terminate()

    stopped = (await agent.get(f"/tickets/{number}")).json()
    assert (stopped["stopped"], stopped["allowed_actions"]) == (True, [])
    assert stopped.keys().isdisjoint({"next_due", "next_step"})
    assert stopped["stage"] == running["stage"]
    refused = problem(await agent.act(number, "acknowledge"), 503, "desk-unavailable")
    assert "was ended in Temporal" in refused["detail"]

    await desk.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=desk.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=id),
            workflow_task_finish_event_id=FIRST_TASK_COMPLETED,
            request_id=str(uuid4()),
        )
    )
    assert (await agent.act(number, "acknowledge")).status_code == 200


async def test_a_closed_one_stays_closed(
    desk: WorkflowEnvironment, agent: Caller, service: Caller
) -> None:
    number = await service.opened()
    closed = await agent.act(number, "close", closed_as="withdrawn", reason="By phone.")
    assert closed.status_code == 200
    await desk.client.get_workflow_handle(ticket_workflow_id(number)).result()
    assert "stopped" not in (await agent.get(f"/tickets/{number}")).json()
    problem(await agent.act(number, "acknowledge"), 409, "ticket-closed")
