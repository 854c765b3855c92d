"""What a bare workflow has to do to do as much as a ticket did, read from the ticket's history."""

import json

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from benchmarks.support.baseline_workflow import Course, Errand, Step


def course_of(life: WorkflowHistory) -> Course:
    """Each update of a life, with what it gave rise to until the next one."""
    returned = _returned(life)
    steps: list[Step] = []
    for event in life.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            accepted = event.workflow_execution_update_accepted_event_attributes
            steps.append(Step(said=_bytes(accepted.accepted_request.input.args)))
        elif steps:
            steps[-1] = _and_then(steps[-1], event, returned)
    begun = _bytes(life.events[0].workflow_execution_started_event_attributes.input)
    return Course(tuple(steps), "x" * (begun - len(json.dumps(steps))))


def _returned(life: WorkflowHistory) -> dict[int, int]:
    """The bytes that each activity gave back, by the event that scheduled it."""
    done = [event.activity_task_completed_event_attributes for event in life.events]
    return {each.scheduled_event_id: _bytes(each.result) for each in done}


def _and_then(step: Step, event: HistoryEvent, returned: dict[int, int]) -> Step:
    summary = event.user_metadata.summary.data.decode().strip('"')
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            completed = event.workflow_execution_update_completed_event_attributes
            return step._replace(answered=_bytes(completed.outcome.success))
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            given = _bytes(event.activity_task_scheduled_event_attributes.input)
            errand = Errand(given, returned.get(event.event_id, 0), summary)
            return step._replace(errands=(*step.errands, errand))
        case EventType.EVENT_TYPE_TIMER_STARTED:
            return step._replace(timer=summary)
        case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            upsert = event.upsert_workflow_search_attributes_event_attributes
            values = upsert.search_attributes.indexed_fields.values()
            changed = tuple(len(value.data) for value in values)
            return step._replace(upserts=(*step.upserts, changed))
    return step


def _bytes(payloads: Payloads) -> int:
    return sum(len(payload.data) for payload in payloads.payloads)
