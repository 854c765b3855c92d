"""Whether the desk can do its work now: policies, Temporal, workers, clocks, mail and files."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities.ports import CarrierUnavailable, RecipientRefused
from api.agreed_clock import AgreedClock
from policies.loading.policy_catalog import PolicyCatalog
from workflows.temporal.connection import TASK_QUEUE
from workflows.temporal.task_queues import activity_queues

INTERVAL = timedelta(seconds=30)
"""Between two examinations without a request for one."""
FRESH = timedelta(seconds=10)
"""How long a result is used. A probe writes to Temporal, so that it must not run for each request.
"""
POLLED_WITHIN = timedelta(seconds=75)
"""A worker that runs has polled in this time: a poll waits for a minute."""
PROBE = "ReadinessProbe"
"""The workflow that shows that Temporal can write. No worker runs it, and it ends in a second."""
_TIMEOUT = timedelta(seconds=2)


class Check(StrEnum):
    """What is examined."""

    POLICIES = "policies"
    TEMPORAL = "temporal"
    WORKERS = "workers"
    CLOCKS = "clocks"
    MAIL = "mail"
    FILES = "files"


TOLERATED = frozenset({Check.MAIL, Check.FILES})
"""What may fail without making the API useless: notices wait for the mail server, and of a file the
last valid content stays in use.
"""


class Readiness:
    """Examines the desk, and keeps the result for a while."""

    def __init__(
        self,
        client: Client,
        catalog: PolicyCatalog,
        clock: AgreedClock,
        mail: Callable[[], Awaitable[None]] | None = None,
        files: Callable[[], Iterable[str]] = tuple,
        task_queue: str = TASK_QUEUE,
    ) -> None:
        """`mail` raises CarrierUnavailable if the mail server takes no mail; None if this process
        has no mail server. `files` returns the problems of files that are read while it runs.
        """
        self._client = client
        self._catalog = catalog
        self._clock = clock
        self._mail = mail
        self._files = files
        self._task_queue = task_queue
        self._found: dict[Check, str] = {}
        self._found_at = -FRESH.total_seconds()
        self._examining = asyncio.Lock()

    async def missing(self) -> dict[Check, str]:
        """What is missing, by check; empty if nothing is."""
        async with self._examining:
            if time.monotonic() - self._found_at >= FRESH.total_seconds():
                self._found = await self._examined()
                self._found_at = time.monotonic()
            return self._found

    async def run(self) -> NoReturn:
        """Examines periodically, so that a clock that goes wrong is noticed."""
        while True:
            await self.missing()
            await asyncio.sleep(INTERVAL.total_seconds())

    async def _examined(self) -> dict[Check, str]:
        problems = {
            Check.POLICIES: None if self._catalog.slugs else "the catalog has no policies",
            Check.TEMPORAL: await self._temporal(),
        }
        if problems[Check.TEMPORAL] is None:
            problems[Check.WORKERS] = await self._workers()
            problems[Check.CLOCKS] = self._clock.disagreement
        if self._mail is not None:
            problems[Check.MAIL] = await _mail_problem(self._mail)
        problems[Check.FILES] = "; ".join(self._files()) or None
        return {check: wrong for check, wrong in problems.items() if wrong is not None}

    async def _temporal(self) -> str | None:
        """Starts the probe, and compares the time of its start with that of this machine."""
        try:
            if not await self._client.service_client.check_health(timeout=_TIMEOUT):
                return "Temporal is not serving"
        except (RPCError, RuntimeError):  # RuntimeError: the client never connected
            return "Temporal does not respond"
        before = self._clock.local()
        try:
            # The SDK repeats a request for longer than its time limit.
            async with asyncio.timeout(_TIMEOUT.total_seconds()):
                there = await self._start_probe()
        except TimeoutError:
            return f"Temporal does not write within {_TIMEOUT.seconds} s"
        except RPCError as error:
            return f"Temporal cannot write: {error.message}"
        self._clock.compare(before, there, self._clock.local())
        return None

    async def _start_probe(self) -> datetime:
        probe = await self._client.start_workflow(
            PROBE,
            id=PROBE,
            task_queue=PROBE,
            execution_timeout=timedelta(seconds=1),
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )
        return (await probe.describe()).start_time

    async def _workers(self) -> str | None:
        activity = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
        for queue_name, kind, name in (
            (self._task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, "workflows"),
            *((queue, activity, "activities") for queue in activity_queues(self._task_queue)),
        ):
            request = DescribeTaskQueueRequest(
                namespace=self._client.namespace,
                task_queue=TaskQueue(name=queue_name),
                task_queue_type=kind,
            )
            try:
                queue = await self._client.workflow_service.describe_task_queue(
                    request, timeout=_TIMEOUT
                )
            except RPCError as error:
                return f"the task queue cannot be read: {error.message}"
            polls = [p.last_access_time.ToDatetime(UTC) for p in queue.pollers]
            if not any(self._clock.there() - poll < POLLED_WITHIN for poll in polls):
                return f"no worker polls the task queue {queue_name} for {name}"
        return None


async def _mail_problem(mail: Callable[[], Awaitable[None]]) -> str | None:
    try:
        async with asyncio.timeout(_TIMEOUT.total_seconds()):
            await mail()
    except TimeoutError:
        return "the mail server does not answer"
    except (CarrierUnavailable, RecipientRefused) as error:
        return f"the mail server takes no mail: {error}"
    return None
