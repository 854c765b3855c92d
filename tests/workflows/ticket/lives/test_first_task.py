"""Updates in the first task of a run, before the loop of the workflow starts."""

from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClosedAs, EventType
from tests.harness import AGENT, RecordingMailer
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.temporal.connection import TASK_QUEUE, ticket_workflow_id
from workflows.ticket.actions.closing import Close
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

INPUTS: dict[str, Any] = {"message": "Clear the cache.", "outcomes": ["resolution"]}


async def test_an_action_in_the_first_task_is_checked_after_due_duties(
    desk: WorkflowEnvironment, mailer: RecordingMailer
) -> None:
    long_ago = TicketDriver("2026-01-07 14:00").act(Action.RESPOND, **INPUTS).deliver_all()
    number = long_ago.state.opening.number
    run = WithStartWorkflowOperation(
        TicketWorkflow.run,
        Start(carried=long_ago.state),
        id=ticket_workflow_id(number),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    close = ActionRequest[ActionInput](
        id="late", actor=AGENT, content=Close(closed_as=ClosedAs.RESOLVED)
    )
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await desk.client.execute_update_with_start_workflow(
            "close", close, start_workflow_operation=run, id=close.id
        )
    cause = refused.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "TicketClosed"
    timeline = await (await run.workflow_handle()).query(TicketWorkflow.timeline)
    assert [event.by for event in timeline if event.type is EventType.CLOSED] == [timeline[-1].by]
