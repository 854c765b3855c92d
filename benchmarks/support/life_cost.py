"""What one documented life costs: events, bytes and billable actions, counted in its history.

Billable actions as Temporal defines them (docs.temporal.io/cloud/actions): one for the start of
the workflow, one for each timer started, each call of UpsertSearchAttributes (attributes given at
the start are free), each update taken, and each attempt at an activity. Queries cost one each as
well, but reading a ticket is no part of its life; replays cost nothing.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from commands.simulation import contently_demo
from commands.simulation.contently_demo import ADA, ENZO, FINDINGS, PIA
from commands.simulation.open_days import OpenDays
from commands.simulation.simulated_desk import SimulatedDesk, SimulatedTicket
from policies.vocabulary import Action, Outcome
from workflows.shared.action_request import Actor

TIME_SKIPPING = frozenset(
    {
        "WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED",
        "WORKFLOW_EXECUTION_OPTIONS_UPDATED",
    }
)
"""Events by which our time moves; where time passes by itself there are none."""
CAUSES = frozenset(
    {
        "WORKFLOW_EXECUTION_STARTED",
        "ACTIVITY_TASK_COMPLETED",
        "ACTIVITY_TASK_FAILED",
        "ACTIVITY_TASK_TIMED_OUT",
        "TIMER_FIRED",
    }
)
"""Events that a workflow task follows from; besides them it comes with an update."""
EVENTS_A_TASK = 3
"""Scheduled, started, completed."""
BILLABLE = frozenset(
    {
        "WORKFLOW_EXECUTION_STARTED",
        "TIMER_STARTED",
        "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
        "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
    }
)
"""Besides these, each attempt at an activity; a history has one event for all attempts."""

Saying = tuple[int, str, Action, Actor, dict[str, Any]]
"""On which open day, at which local time, who does what."""

TRIAGED: dict[str, Any] = {
    "resolved": False,
    "conclusion": "A regression",
    "findings": [{"step": step, "result": result} for step, result in FINDINGS.items()],
}
"""The whole checklist at its end, in one request. Each finding that is recorded by itself, as soon
as it is known, costs one billable action and five events more.
"""
LIFE: tuple[Saying, ...] = (
    (1, "11:00", Action.RESPOND, ADA, {"message": "Escalated.", "outcomes": [Outcome.ESCALATION]}),
    (1, "16:00", Action.CONCLUDE_TRIAGE, ADA, TRIAGED),
    (3, "11:00", Action.RECORD_REVIEW, ENZO, {"viewpoint": "engineering", "priority": "high"}),
    (3, "15:00", Action.RECORD_REVIEW, PIA, {"viewpoint": "product", "priority": "high"}),
    (4, "10:00", Action.SHARE_FORECAST, ADA, {}),
    (5, "10:00", Action.START_ENGINEERING, ENZO, {}),
    (7, "16:00", Action.RESOLVE, ADA, {"resolution": "Mended in today's release"}),
)


class LifeCost(BaseModel):
    """What is in one history."""

    events: int
    events_with_time_skipping: int
    bytes: int
    updates: int
    timers: int
    activities: int
    search_attribute_upserts: int
    workflow_tasks: int
    billable_actions: int


async def cost_of_one_life() -> LifeCost:
    """Lives one life on a server with movable time, its closing by itself included."""
    prepared = contently_demo.prepare(datetime.now(UTC))
    async with SimulatedDesk.begin() as rehearsal:
        # One round trip, as the API opens tickets; a rehearsal would use a start that waits.
        ticket = SimulatedTicket(rehearsal.env, prepared.opening)
        await ticket.tickets.open(prepared.opening)
        await live(ticket, prepared.open_days)
        return counted(await ticket.handle.fetch_history())


async def live(ticket: SimulatedTicket, open_days: OpenDays) -> None:
    """Every step in its time; the handoff and the closing come by themselves."""
    for day, time, action, actor, said in LIFE:
        await ticket.until(open_days.at(day, time))
        await ticket.act(action, actor, **said)
    await ticket.until(open_days.at(14, "09:00"))
    await ticket.handle.result()


def counted(history: WorkflowHistory) -> LifeCost:
    """The figures of a history."""
    names = [
        EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events
    ]
    counts = Counter(names)
    moved = sum(counts[name] for name in TIME_SKIPPING)
    idle = _tasks_without_cause(names)
    return LifeCost(
        events=len(names) - moved - EVENTS_A_TASK * idle,
        events_with_time_skipping=len(names),
        bytes=sum(event.ByteSize() for event in history.events),
        updates=counts["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"],
        timers=counts["TIMER_STARTED"],
        activities=counts["ACTIVITY_TASK_STARTED"],
        search_attribute_upserts=counts["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"],
        workflow_tasks=counts["WORKFLOW_TASK_COMPLETED"] - idle,
        billable_actions=sum(counts[name] for name in BILLABLE) + _attempts(history),
    )


def _attempts(history: WorkflowHistory) -> int:
    return sum(event.activity_task_started_event_attributes.attempt for event in history.events)


def _tasks_without_cause(names: list[str]) -> int:
    """Workflow tasks that nothing but the moving of time gave rise to. They do nothing."""
    idle, has_cause = 0, True
    for position, name in enumerate(names):
        if name == "WORKFLOW_TASK_COMPLETED":
            comes_with = names[position + 1 : position + 2]
            idle += not has_cause and comes_with != ["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]
            has_cause = False
        elif name in CAUSES:
            has_cause = True
    return idle
