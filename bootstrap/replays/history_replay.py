"""Replays workflow histories on this code.

Histories are fetched a few ahead of the replays, so that memory holds a few of them, whatever their
number. Replays are CPU-bound; running a few at a time fills their waits.
"""

import asyncio
import random
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace as with_changes
from pathlib import Path
from time import perf_counter

from google.protobuf.json_format import ParseError
from pydantic import BaseModel, computed_field
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.converter import DataConverter, DefaultFailureConverter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RPCError, RPCStatusCode

from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.replays.sdk_log import silenced
from encryption.errors import DataKeyDestroyed
from workflows.release import Release
from workflows.temporal.connection import DATA_CONVERTER
from workflows.temporal.failing_task import failing_task, put_in_clear, reason_of_failure
from workflows.temporal.payload_converter import ENCRYPTED, PayloadEncrypted

CONCURRENT_REPLAYS = 4
PREFETCH = 8
OPEN = 'ExecutionStatus = "Running" AND WorkflowType IN ("Ticket", "Account", "Announcement")'
STUCK = "workflow_task_failed"
"""The kind of event at which a workflow is stuck on its present worker."""
STARTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED

_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_EVENT = re.compile(r"HistoryEvent\(id: (\d+)")


class Failed(BaseModel):
    """A failed replay, and the first difference between history and code. Or a workflow whose task
    fails, and why.
    """

    workflow: str
    run: str
    event: int | None
    """The first history event that the code does not produce, or the failure of the task."""
    event_type: str | None
    difference: str

    @property
    def is_stuck(self) -> bool:
        """Whether the replay succeeds, but the task after it fails on the present worker."""
        return self.event_type == STUCK


class Report(BaseModel):
    """The result of the replays."""

    replayed: int = 0
    events: int = 0
    megabytes: float = 0
    seconds: float = 0
    failed: list[Failed] = []

    @computed_field  # type: ignore[prop-decorator]
    @property
    def per_second(self) -> float:
        """Replayed histories per second."""
        return round(self.replayed / self.seconds, 1) if self.seconds else 0.0


async def replay(
    release: Release,
    histories: AsyncIterator[WorkflowHistory],
    on_progress: Callable[[Report], None] = lambda report: None,
    data_converter: DataConverter = DATA_CONVERTER,
    *,
    silently: bool = True,
) -> Report:
    """Replays all histories on the code of the release. `data_converter` decrypts them.

    `silently` keeps failures out of the log, for a process that has no worker.
    """
    report, began = Report(), perf_counter()
    source = _SharedIterator(histories)

    async def replay_next() -> None:
        # A replay writes nothing, so that its failures need not be encrypted, and can be reported.
        in_clear = with_changes(data_converter, failure_converter_class=DefaultFailureConverter)
        replayer = release.replayer(_quiet_runtime(), in_clear)
        async with replayer.workflow_replay_iterator(source) as results:
            async for result in results:
                failure = result.replay_failure
                if failure and data_converter.payload_codec is None:
                    failure = PayloadEncrypted() if _is_encrypted(result.history) else failure
                task = None if failure else await _failing_task(result.history, data_converter)
                _count(report, result.history, failure, task)
                report.seconds = perf_counter() - began
                on_progress(report)

    with silenced("worker") if silently else nullcontext():
        await asyncio.gather(*(replay_next() for _ in range(CONCURRENT_REPLAYS)))
    return report


async def open_histories(
    client: Client, query: str | None = None, sample: int | None = None
) -> AsyncIterator[WorkflowHistory]:
    """The histories of open tickets, accounts and announcements, or of a random sample."""
    fetching: deque[asyncio.Task[WorkflowHistory | None]] = deque()
    try:
        async for execution in _open(client, query, sample):
            fetching.append(asyncio.create_task(_fetched(client, execution)))
            if len(fetching) > PREFETCH and (history := await fetching.popleft()):
                yield history
        while fetching:
            if history := await fetching.popleft():
                yield history
    finally:
        for task in fetching:
            task.cancel()


async def histories_in(files: Iterable[Path]) -> AsyncIterator[WorkflowHistory]:
    """Histories in files, as `temporal workflow show --output json` and the UI export them."""
    for path in files:
        yield history_in(path)


def history_in(path: Path) -> WorkflowHistory:
    """The history in a file, under the workflow id that it states: a ticket has its number from
    there. Older servers do not state it; then it is the name of the file.
    """
    try:
        history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(ExitCode.USAGE, f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, AttributeError, ParseError) as error:
        raise _not_a_history(path, str(error)) from None
    if not history.events or history.events[0].event_type != STARTED:
        raise _not_a_history(path, "it does not begin with a WorkflowExecutionStarted event")
    started = history.events[0].workflow_execution_started_event_attributes
    return with_changes(history, workflow_id=started.workflow_id or history.workflow_id)


def _not_a_history(path: Path, reason: str) -> Failure:
    return Failure(
        ExitCode.FAILED,
        f"{path} is not the history of a workflow: {reason}. "
        "Write one with: temporal workflow show --workflow-id ID --output json",
    )


async def _open(
    client: Client, query: str | None, sample: int | None
) -> AsyncIterator[WorkflowExecution]:
    executions = client.list_workflows(f"{OPEN} AND ({query})" if query else OPEN)
    if sample is None:
        async for execution in executions:
            yield execution
        return
    everything = [execution async for execution in executions]
    for execution in random.SystemRandom().sample(everything, min(sample, len(everything))):
        yield execution


async def _fetched(client: Client, execution: WorkflowExecution) -> WorkflowHistory | None:
    handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
    try:
        return await handle.fetch_history()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None  # it ended and was deleted in the meantime
        raise


class _SharedIterator:
    """Hands each history to one of several consumers."""

    def __init__(self, source: AsyncIterator[WorkflowHistory]) -> None:
        self._source = source
        self._lock = asyncio.Lock()

    def __aiter__(self) -> "_SharedIterator":
        return self

    async def __anext__(self) -> WorkflowHistory:
        async with self._lock:
            return await anext(self._source)


def _is_encrypted(history: WorkflowHistory) -> bool:
    started = history.events[0].workflow_execution_started_event_attributes
    return any(p.metadata.get("encoding") == ENCRYPTED for p in started.input.payloads)


async def _failing_task(
    history: WorkflowHistory, data_converter: DataConverter
) -> HistoryEvent | None:
    """The failure of a task that is repeated, with its message in clear."""
    task = failing_task(history)
    if task is not None:
        await put_in_clear(task.workflow_task_failed_event_attributes.failure, data_converter)
    return task


def _count(
    report: Report,
    history: WorkflowHistory,
    failure: Exception | None,
    task: HistoryEvent | None,
) -> None:
    report.replayed += 1
    report.events += len(history.events)
    report.megabytes += sum(event.ByteSize() for event in history.events) / 1e6
    if failure is not None:
        report.failed.append(_failed(history, str(failure)))
    elif task is not None:
        report.failed.append(_stuck(history, task))


def _failed(history: WorkflowHistory, message: str) -> Failed:
    destroyed = str(DataKeyDestroyed(history.workflow_id))
    if destroyed in message:
        message = (
            f"{destroyed}. Its tasks are repeated for ever: "
            f"terminate it: temporal workflow terminate --workflow-id {history.workflow_id}"
        )
    text = _MESSAGE.search(message)
    event = _EVENT.search(message)
    number = int(event[1]) if event else None
    kinds = {event.event_id: event.event_type for event in history.events}
    kind = EventType.Name(kinds[number]) if number in kinds else None
    return Failed(
        workflow=history.workflow_id,
        run=history.run_id,
        event=number,
        event_type=kind and kind.removeprefix("EVENT_TYPE_").lower(),
        difference=text[1] if text else message,
    )


def _stuck(history: WorkflowHistory, task: HistoryEvent) -> Failed:
    return Failed(
        workflow=history.workflow_id,
        run=history.run_id,
        event=task.event_id,
        event_type=STUCK,
        difference=reason_of_failure(task),
    )


def _quiet_runtime() -> Runtime:
    """A runtime that does not log each failure in full; the report has them."""
    errors = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=errors)))
