"""Reads from a ticket's history the steps that the baseline workflow has to take."""

import json

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from benchmarks.support.baseline_workflow import ActivityCall, BaselineInput, Step


def baseline_of(ticket: WorkflowHistory) -> BaselineInput:
    """One step for each update of the ticket, with the commands up to the next update."""
    results = _result_sizes(ticket)
    steps: list[Step] = []
    for event in ticket.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            accepted = event.workflow_execution_update_accepted_event_attributes
            steps.append(Step(input=_bytes(accepted.accepted_request.input.args)))
        elif steps:
            steps[-1] = _with_command(steps[-1], event, results)
    start = _bytes(ticket.events[0].workflow_execution_started_event_attributes.input)
    return BaselineInput(tuple(steps), "x" * (start - len(json.dumps(steps))))


def _result_sizes(ticket: WorkflowHistory) -> dict[int, int]:
    """The bytes of each activity's result, by the id of the event that scheduled it."""
    done = [event.activity_task_completed_event_attributes for event in ticket.events]
    return {each.scheduled_event_id: _bytes(each.result) for each in done}


def _with_command(step: Step, event: HistoryEvent, results: dict[int, int]) -> Step:
    summary = event.user_metadata.summary.data.decode().strip('"')
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            completed = event.workflow_execution_update_completed_event_attributes
            return step._replace(result=_bytes(completed.outcome.success))
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            size = _bytes(event.activity_task_scheduled_event_attributes.input)
            call = ActivityCall(size, results.get(event.event_id, 0), summary)
            return step._replace(activities=(*step.activities, call))
        case EventType.EVENT_TYPE_TIMER_STARTED:
            return step._replace(timer=summary)
        case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            upsert = event.upsert_workflow_search_attributes_event_attributes
            values = upsert.search_attributes.indexed_fields.values()
            sizes = tuple(len(value.data) for value in values)
            return step._replace(upserts=(*step.upserts, sizes))
    return step


def _bytes(payloads: Payloads) -> int:
    return sum(len(payload.data) for payload in payloads.payloads)
