"""Workflows whose task fails: Temporal repeats it for ever, and nothing happens meanwhile.

A replay ends before that task, so it succeeds. The history has the first failure; repetitions add
no events.
"""

from collections.abc import Iterator

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
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


def failing_task(history: WorkflowHistory) -> HistoryEvent | None:
    """The failure of the task that is being repeated, if one is."""
    ends = [event for event in history.events if event.event_type in _ENDS_OF_TASKS]
    if not ends or ends[-1].event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return None
    cause = ends[-1].workflow_task_failed_event_attributes.cause
    return None if cause in _HARMLESS else ends[-1]


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
