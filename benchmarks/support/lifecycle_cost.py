"""The cost of one documented lifecycle: events, bytes and billable actions in its history.

Billable actions are defined by Temporal (docs.temporal.io/cloud/actions): one for the start of the
workflow, and one for each timer started, each call of UpsertSearchAttributes (attributes set at the
start are free), each accepted update and each attempt at an activity. Replays are free. A query
costs one as well, but the lifecycle has none.
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
"""Events of moving time; a server in real time records none."""
CAUSES = frozenset(
    {
        "WORKFLOW_EXECUTION_STARTED",
        "ACTIVITY_TASK_COMPLETED",
        "ACTIVITY_TASK_FAILED",
        "ACTIVITY_TASK_TIMED_OUT",
        "TIMER_FIRED",
    }
)
"""Events that cause a workflow task. An update causes one as well."""
EVENTS_PER_TASK = 3
"""Scheduled, started, completed."""
BILLABLE = frozenset(
    {
        "WORKFLOW_EXECUTION_STARTED",
        "TIMER_STARTED",
        "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
        "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
    }
)
"""Each attempt at an activity counts too, but a history has one event for all attempts."""

Step = tuple[int, str, Action, Actor, dict[str, Any]]
"""Open day, local time, action, actor, body."""

TRIAGED: dict[str, Any] = {
    "resolved": False,
    "conclusion": "A regression",
    "findings": [{"step": step, "result": result} for step, result in FINDINGS.items()],
}
"""The whole checklist in one request. Recording a finding separately costs one more billable action
and five more events.
"""
LIFECYCLE: tuple[Step, ...] = (
    (1, "11:00", Action.RESPOND, ADA, {"message": "Escalated.", "outcomes": [Outcome.ESCALATION]}),
    (1, "16:00", Action.CONCLUDE_TRIAGE, ADA, TRIAGED),
    (3, "11:00", Action.RECORD_REVIEW, ENZO, {"viewpoint": "engineering", "priority": "high"}),
    (3, "15:00", Action.RECORD_REVIEW, PIA, {"viewpoint": "product", "priority": "high"}),
    (4, "10:00", Action.SHARE_FORECAST, ADA, {}),
    (5, "10:00", Action.START_ENGINEERING, ENZO, {}),
    (7, "16:00", Action.RESOLVE, ADA, {"resolution": "Fixed in today's release"}),
)


class LifecycleCost(BaseModel):
    """Counts over one history."""

    events: int
    events_with_time_skipping: int
    bytes: int
    updates: int
    timers: int
    activities: int
    search_attribute_upserts: int
    workflow_tasks: int
    billable_actions: int


async def cost_of_one_lifecycle() -> LifecycleCost:
    """Runs one lifecycle with its automatic closing, on a server with movable time."""
    prepared = contently_demo.prepare(datetime.now(UTC))
    async with SimulatedDesk.begin() as desk:
        # One round trip, as in the API; SimulatedDesk would start the workflow and wait.
        ticket = SimulatedTicket(desk.env, prepared.opening)
        await ticket.tickets.open(prepared.opening)
        await run_lifecycle(ticket, prepared.open_days)
        return counted(await ticket.handle.fetch_history())


async def run_lifecycle(ticket: SimulatedTicket, open_days: OpenDays) -> None:
    """Takes every step at its time; the handoff and the closing are automatic."""
    for day, time, action, actor, body in LIFECYCLE:
        await ticket.until(open_days.at(day, time))
        await ticket.act(action, actor, **body)
    await ticket.until(open_days.at(14, "09:00"))
    await ticket.handle.result()


def counted(history: WorkflowHistory) -> LifecycleCost:
    """Counts the events of a history."""
    names = [
        EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events
    ]
    counts = Counter(names)
    moved = sum(counts[name] for name in TIME_SKIPPING)
    idle = _tasks_without_cause(names)
    return LifecycleCost(
        events=len(names) - moved - EVENTS_PER_TASK * idle,
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
    """The number of workflow tasks that only the moving of time caused. They do nothing."""
    idle, has_cause = 0, True
    for position, name in enumerate(names):
        if name == "WORKFLOW_TASK_COMPLETED":
            following = names[position + 1 : position + 2]
            idle += not has_cause and following != ["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]
            has_cause = False
        elif name in CAUSES:
            has_cause = True
    return idle
