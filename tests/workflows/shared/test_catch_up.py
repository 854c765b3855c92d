"""Duties that are due before the result of an activity are performed before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.notifications import Notifications
from bootstrap.senders import senders
from commands.simulation.simulated_desk import wait_for
from policies.vocabulary import Action, EventType
from tests.harness import IDENTITY, RecordingMailer, desk_worker
from tests.polling import eventually
from tests.workflows.ticket.ticket_driver import TicketDriver
from workflows.release import THIS_CODE
from workflows.temporal.connection import TASK_QUEUE, ticket_workflow_id
from workflows.ticket.state.start import Start
from workflows.ticket.workflow import TicketWorkflow

ESCALATE: dict[str, Any] = {"message": "We look into it.", "outcomes": ["escalation"]}
REFUSED = "ines@contently.example"
SOON = timedelta(seconds=4)


async def test_a_rung_due_before_the_result_of_an_activity_fires_before_it(
    server: WorkflowEnvironment,
) -> None:
    mailer = RecordingMailer(refused={REFUSED})
    driver = TicketDriver().act(Action.RESPOND, **ESCALATE)
    due = min(due_rung.at for due_rung in driver.ticket.clocks.next_due_rungs())
    handle = await _started_at(server, driver, due - SOON)
    async with _workflow_worker(server):
        await _wait_for_event(handle, HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    async with _activity_worker(server, mailer):
        await _wait_for_event(handle, HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
    await _wait_for_event(handle, HistoryEvent.EVENT_TYPE_TIMER_FIRED)

    async with desk_worker(server, mailer):
        timeline = await handle.query(TicketWorkflow.timeline)
    later = [event.type for event in timeline[len(driver.state.events) :]]
    assert later[:2] == [EventType.CLOCK_WARNED, EventType.NOTICE_UNDELIVERABLE]
    assert [event.at for event in timeline] == sorted(event.at for event in timeline)


async def _started_at(
    server: WorkflowEnvironment, driver: TicketDriver, at: datetime
) -> WorkflowHandle[Any, Any]:
    """Starts a run with this state at this time."""
    handle = await server.client.start_workflow(
        TicketWorkflow.run,
        Start(carried=driver.state),
        id=ticket_workflow_id(driver.state.opening.number),
        task_queue=TASK_QUEUE,
        start_delay=at - datetime.now(UTC),
    )
    await wait_for(server, handle, at)
    return handle


@asynccontextmanager
async def _workflow_worker(server: WorkflowEnvironment) -> AsyncIterator[None]:
    """A worker for workflows only, without a sticky cache."""
    worker = Worker(
        server.client,
        task_queue=TASK_QUEUE,
        workflows=THIS_CODE.workflows,
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=0,
        deployment_config=THIS_CODE.deployment,
    )
    async with worker:
        yield


@asynccontextmanager
async def _activity_worker(
    server: WorkflowEnvironment, mailer: RecordingMailer
) -> AsyncIterator[None]:
    """A worker for activities only."""
    notifications = Notifications(senders(mailer, IDENTITY))
    worker = Worker(
        server.client,
        task_queue=TASK_QUEUE,
        activities=[notifications.send_notices],
        deployment_config=THIS_CODE.deployment,
    )
    async with worker:
        yield


async def _wait_for_event(handle: WorkflowHandle[Any, Any], kind: HistoryEvent.ValueType) -> None:
    """Waits until the history has an event of this type."""
    await eventually(
        handle.fetch_history,
        lambda history: kind in {event.event_type for event in history.events},
    )
