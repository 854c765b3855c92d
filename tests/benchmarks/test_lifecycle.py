"""The cost of a lifecycle stays within its target and is counted as documented."""

from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from benchmarks.lifecycle import MOST_EVENTS, TARGETS
from benchmarks.support.baseline_steps import baseline_of
from benchmarks.support.baseline_workflow import ActivityCall, BaselineWorkflow, Step
from benchmarks.support.lifecycle_cost import LifecycleCost, cost_of_one_lifecycle, counted
from benchmarks.support.replay_cost import ReplayCost
from benchmarks.support.throughput import Throughput


def history(*names: str) -> WorkflowHistory:
    kinds = [EventType.Value(f"EVENT_TYPE_{name}") for name in names]
    events = [HistoryEvent(event_type=kind) for kind in kinds]
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            event.activity_task_started_event_attributes.attempt = 2
    return WorkflowHistory("ticket", events)


TASK = ("WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED")
TAKEN = ("WORKFLOW_EXECUTION_UPDATE_ACCEPTED", "WORKFLOW_EXECUTION_UPDATE_COMPLETED")
MOVED = ("WORKFLOW_EXECUTION_OPTIONS_UPDATED", "WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED")


async def test_the_documented_lifecycle_costs_at_most_110_events() -> None:
    cost = await cost_of_one_lifecycle()
    assert 50 < cost.events <= MOST_EVENTS
    assert cost.updates == 8
    assert cost.billable_actions <= 31


def test_events_of_moving_time_are_not_counted_and_attempts_are_billed() -> None:
    cost = counted(
        history(
            "WORKFLOW_EXECUTION_STARTED",
            *TASK,
            *TAKEN,
            "ACTIVITY_TASK_SCHEDULED",
            "TIMER_STARTED",
            *MOVED,
            *TASK,
            *TASK,
            *TAKEN,
            "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
            "ACTIVITY_TASK_STARTED",
            "ACTIVITY_TASK_COMPLETED",
            *TASK,
        )
    )
    assert cost.events_with_time_skipping == 24
    assert cost.events == 24 - len(MOVED) - len(TASK)
    assert cost.workflow_tasks == 3
    assert cost.billable_actions == 1 + 2 + 1 + 1 + 2


def test_the_baseline_issues_the_commands_of_a_ticket_after_each_update() -> None:
    ticket = history(
        "WORKFLOW_EXECUTION_STARTED",
        *TASK,
        *TAKEN,
        "ACTIVITY_TASK_SCHEDULED",
        "TIMER_STARTED",
        *TASK,
        *TAKEN,
        "ACTIVITY_TASK_SCHEDULED",
        "ACTIVITY_TASK_SCHEDULED",
        "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    )
    baseline = baseline_of(ticket)
    assert baseline.steps == (
        Step(activities=(ActivityCall(),), timer=""),
        Step(activities=(ActivityCall(), ActivityCall()), upserts=((),)),
    )
    assert BaselineWorkflow(baseline).steps == baseline.steps


def test_every_target_belongs_to_a_measured_figure() -> None:
    measured: dict[str, type[BaseModel]] = {
        "lifecycle": LifecycleCost,
        "throughput": Throughput,
        "replay": ReplayCost,
    }
    assert all(name in measured[part].model_fields for part, name in TARGETS)
