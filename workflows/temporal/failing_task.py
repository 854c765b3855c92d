"""Workflows whose task fails: Temporal repeats it for ever, and nothing happens meanwhile.

A replay ends before that task, so it succeeds. The history has the first failure; repetitions add
no events.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.exceptions import FailureError

_ENDS_OF_TASKS = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    }
)
_HARMLESS = frozenset(
    {
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FAILOVER_CLOSE_COMMAND,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_UPDATE,
    }
)
"""Something came while the task was running, or somebody ended it; the next one is another."""


LOOK_TIMEOUT = timedelta(seconds=2)
"""The time for a look at the last events: somebody waits who has had no answer already."""
LAST_EVENTS = 50
"""Events from the end of a history in which the end of a task is looked for."""


def failing_task(history: WorkflowHistory) -> HistoryEvent | None:
    """The failure of the task that is being repeated, if one is."""
    return _failure(reversed(history.events))


async def last_failing_task(client: Client, workflow_id: str) -> HistoryEvent | None:
    """The same of the latest run of a workflow, by its last events. Raises RPCError."""
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id),
        maximum_page_size=LAST_EVENTS,
    )
    found = await client.workflow_service.get_workflow_execution_history_reverse(
        request, timeout=LOOK_TIMEOUT
    )
    return _failure(found.history.events)


def _failure(newest_first: Iterable[HistoryEvent]) -> HistoryEvent | None:
    last = next((event for event in newest_first if event.event_type in _ENDS_OF_TASKS), None)
    if last is None or last.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return None
    cause = last.workflow_task_failed_event_attributes.cause
    return None if cause in _HARMLESS else last


async def put_in_clear(failure: Failure, converter: DataConverter) -> None:
    """Puts the messages of a failure back in their place, from which encryption moves them."""
    error: BaseException | None = await converter.decode_failure(failure)
    while isinstance(error, FailureError):
        failure.message = error.message
        error, failure = error.__cause__, failure.cause


def reason_of_failure(event: HistoryEvent) -> str:
    """Why a task failed: its cause, and the messages of the failure, outermost first."""
    attributes = event.workflow_task_failed_event_attributes
    cause = WorkflowTaskFailedCause.Name(attributes.cause)
    name = cause.removeprefix("WORKFLOW_TASK_FAILED_CAUSE_").lower()
    messages = [message for message in _messages(attributes.failure) if message]
    return f"its workflow task fails again and again ({': '.join([name, *messages])})"


def _messages(failure: Failure) -> Iterator[str]:
    yield failure.message
    if failure.HasField("cause"):
        yield from _messages(failure.cause)
