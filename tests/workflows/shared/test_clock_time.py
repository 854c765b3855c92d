"""What comes from beside a process stands behind what was due before it."""

import asyncio
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
from tests.workflows.ticket.story import Story
from workflows.release import THIS_CODE
from workflows.temporal.connection import TASK_QUEUE, ticket_workflow_id
from workflows.ticket.workflow import Start, TicketWorkflow

ESCALATE: dict[str, Any] = {"message": "We look into it.", "outcomes": ["escalation"]}
REFUSED = "ines@contently.example"
SOON = timedelta(seconds=4)
PATIENCE = 30


async def test_a_clock_that_ran_out_before_an_activity_was_heard_of_rings_first(
    server: WorkflowEnvironment,
) -> None:
    mailer = RecordingMailer(refused={REFUSED})
    told = Story().act(Action.RESPOND, **ESCALATE)
    rings = min(ring.at for ring in told.ticket.clocks.next_due_rungs())
    handle = await _begun(server, told, rings - SOON)
    async with _deciding(server):
        await _comes(handle, HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    async with _delivering(server, mailer):
        await _comes(handle, HistoryEvent.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
    await _comes(handle, HistoryEvent.EVENT_TYPE_TIMER_FIRED)

    async with desk_worker(server, mailer):
        timeline = await handle.query(TicketWorkflow.timeline)
    later = [event.type for event in timeline[len(told.state.events) :]]
    assert later[:2] == [EventType.CLOCK_WARNED, EventType.NOTICE_UNDELIVERABLE]
    assert [event.at for event in timeline] == sorted(event.at for event in timeline)


async def _begun(
    server: WorkflowEnvironment, told: Story, at: datetime
) -> WorkflowHandle[Any, Any]:
    """A run that goes on from there at this instant."""
    handle = await server.client.start_workflow(
        TicketWorkflow.run,
        Start(carried=told.state),
        id=ticket_workflow_id(told.state.opening.number),
        task_queue=TASK_QUEUE,
        start_delay=at - datetime.now(UTC),
    )
    await wait_for(server, handle, at)
    return handle


@asynccontextmanager
async def _deciding(server: WorkflowEnvironment) -> AsyncIterator[None]:
    """A worker that delivers nothing, and that nobody waits for once it is gone."""
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
async def _delivering(server: WorkflowEnvironment, mailer: RecordingMailer) -> AsyncIterator[None]:
    """A worker that decides nothing."""
    notifications = Notifications(senders(mailer, IDENTITY))
    worker = Worker(
        server.client,
        task_queue=TASK_QUEUE,
        activities=[notifications.send_notices],
        deployment_config=THIS_CODE.deployment,
    )
    async with worker:
        yield


async def _comes(handle: WorkflowHandle[Any, Any], kind: HistoryEvent.ValueType) -> None:
    """Returns once the history has such an event."""
    async with asyncio.timeout(PATIENCE):
        while kind not in {e.event_type for e in (await handle.fetch_history()).events}:
            pass
