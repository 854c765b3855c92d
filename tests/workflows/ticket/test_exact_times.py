"""An action takes effect at its receipt, on a real server: rule of change C6."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.testing import WorkflowEnvironment

from policies.vocabulary import Action, ClockState, EventType
from tests.harness import Life, new_york, opening
from tests.polling import eventually
from workflows.client.ticket_start import start_options
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

pytestmark = pytest.mark.usefixtures("mailer")
RECEIVED = new_york("2033-01-05 14:00")
DUE = new_york("2033-01-07 14:00")
"""Two business days after the receipt."""


async def clock_state(life: Life) -> ClockState:
    return next(c.state for c in (await life.view()).clocks if c.name == "first_response")


@pytest.mark.fault(38)
async def test_what_is_completed_at_its_due_time_is_met(desk: WorkflowEnvironment) -> None:
    life = await Life.begin(desk, opening(RECEIVED))
    await life.approach(DUE)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert await clock_state(life) is ClockState.MET
    responded = [e.at for e in await life.timeline() if e.type is EventType.RESPONDED]
    assert responded == [DUE]


async def test_an_action_that_was_in_time_is_in_time_however_long_it_was_under_way(
    desk: WorkflowEnvironment,
) -> None:
    life = await Life.begin(desk, opening(RECEIVED))
    await life.approach(DUE + timedelta(seconds=1))
    life.at = DUE - timedelta(seconds=1)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert await clock_state(life) is ClockState.MET


async def test_an_action_never_precedes_an_event_that_is_recorded(
    desk: WorkflowEnvironment,
) -> None:
    life = await Life.begin(desk, opening(RECEIVED))
    await life.until(DUE)
    life.at = DUE - timedelta(seconds=1)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert await clock_state(life) is ClockState.BREACHED
    times = [event.at for event in await life.timeline()]
    assert times == sorted(times)


async def test_an_action_is_never_later_than_now(desk: WorkflowEnvironment) -> None:
    life = await Life.begin(desk, opening(RECEIVED))
    life.at = DUE + timedelta(days=300)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    assert await clock_state(life) is ClockState.MET


@pytest.mark.fault(78)
async def test_after_a_reset_each_action_stands_at_its_receipt_again(
    desk: WorkflowEnvironment,
) -> None:
    # In real time, because the server does not skip the time of a run that was reset.
    opened = opening(datetime.now(UTC) - timedelta(hours=1))
    await desk.client.start_workflow(
        TicketWorkflow.run, Start(opening=opened), **start_options(opened)
    )
    life = Life(desk, opened)
    life.at = opened.received_at + timedelta(minutes=7)
    await life.act(Action.RESPOND, message="Done.", outcomes=["resolution"])
    before = [(event.type, event.at) for event in await life.timeline()]
    assert before[1] == (EventType.RESPONDED, life.at)
    completed = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    history = (await life.handle.fetch_history()).events
    await desk.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=desk.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=life.handle.id),
            workflow_task_finish_event_id=next(
                event.event_id for event in history if event.event_type == completed
            ),
            request_id=life.number,
            reason="The test repairs the ticket.",
        )
    )
    after = await eventually(life.timeline, lambda events: len(events) >= len(before))
    assert [(event.type, event.at) for event in after] == before
