"""The builds of a Worker Deployment, and the routing of work to them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import monotonic
from typing import Any

from pydantic import BaseModel
from temporalio.api.deployment.v1 import RoutingConfig, WorkerDeploymentInfo
from temporalio.api.enums.v1 import (
    RoutingConfigUpdateState,
    TaskQueueType,
    WorkerDeploymentVersionStatus,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from bootstrap.exit_codes import ExitCode, Failure
from commands.temporal.promotion_check import PromotionCheck, gaining
from workflows.temporal.connection import RPC_TIMEOUT, TASK_QUEUE
from workflows.temporal.task_queues import activity_queues

UNVERSIONED = ""
"""The build id of unversioned workers."""
POLL_SECONDS, MAX_POLLS = 0.2, 150
POLLS_BEFORE_DESCRIBE = 25
"""After this number of polls the task queues themselves are described."""
MISSING = "missing active task queues"
"""Part of the server's error for a build whose worker does not poll for activities yet."""
_UNCHECKABLE = (
    "Nothing was changed: workers without a build cannot be asked whether they can take over what "
    "is open. Run `desk replay --open` with their code, then repeat this with --unchecked."
)
_UNSUPPORTED = (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED)


class Status(StrEnum):
    """The status of a build at the server."""

    CREATED = "created"
    INACTIVE = "inactive"
    CURRENT = "current"
    RAMPING = "ramping"
    DRAINING = "draining"
    DRAINED = "drained"


class Build(BaseModel):
    """One build of a deployment."""

    build: str
    status: Status
    share: float
    """Percentage of the tickets that are routed to the build."""
    since: datetime
    """Time of the latest change of its routing."""
    last_on: int
    """Number of open tickets and accounts whose last task it ran."""


class Deployment:
    """One Worker Deployment. All methods raise Failure on an error of the server."""

    def __init__(self, client: Client, name: str, task_queue: str = TASK_QUEUE) -> None:
        self._client = client
        self._task_queue = task_queue
        self._name = name

    async def builds(self) -> list[Build]:
        """All builds, newest first."""
        with self._failures():
            info = await self._describe()
            newest_first = sorted(
                info.version_summaries, key=lambda s: s.create_time.ToNanoseconds(), reverse=True
            )
            return [await self._build(summary, info.routing_config) for summary in newest_first]

    async def check(self, build: str, percentage: float | None, max_wait: timedelta) -> int:
        """Has each build that would get tickets from others replay them, by its own workers;
        returns the number of replays. Without a percentage the build is to get all work.

        Raises Failure if one cannot take them over, or is without a build id.
        """
        with self._failures(build):
            before, current = await self._shares()
            after = {build: 100.0} if percentage is None else {current: 100 - percentage}
            if percentage:
                after[build] = percentage
            gains = gaining(before, after)
            if UNVERSIONED in gains:
                raise Failure(ExitCode.FAILED, _UNCHECKABLE)
            named = [each for each in gains if each != UNVERSIONED]
            check = PromotionCheck(self._client, self._name, self._task_queue, max_wait)
            return sum([await check.of(each) for each in named])

    async def _shares(self) -> tuple[dict[str, float], str]:
        """The share of each build, in percent, and the current build."""
        try:
            routing = (await self._describe()).routing_config
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return {UNVERSIONED: 100.0}, UNVERSIONED
        ramp, current = routing.ramping_version_percentage, routing.current_deployment_version
        shares = {current.build_id: 100 - ramp}
        if ramp:
            shares[routing.ramping_deployment_version.build_id] = ramp
        return shares, current.build_id

    async def promote(self, build: str, max_wait: timedelta) -> None:
        """Routes all work to the build, which can be UNVERSIONED, and returns once all task queues
        do. Waits up to `max_wait` for the first worker of the build.
        """
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._client.namespace, deployment_name=self._name, build_id=build
        )
        set_current = self._client.workflow_service.set_worker_deployment_current_version
        with self._failures(build):
            await _once_registered(max_wait, lambda: set_current(request, timeout=RPC_TIMEOUT))
            await self._until_routed()

    async def ramp(self, build: str, percentage: float, max_wait: timedelta) -> None:
        """Routes a percentage of the tickets to the build, always the same ones; the others stay
        with the current build. 0 ends the ramp.
        """
        request = SetWorkerDeploymentRampingVersionRequest(
            namespace=self._client.namespace,
            deployment_name=self._name,
            build_id=build if percentage else UNVERSIONED,
            percentage=percentage,
        )
        set_ramping = self._client.workflow_service.set_worker_deployment_ramping_version
        with self._failures(build):
            await _once_registered(max_wait, lambda: set_ramping(request, timeout=RPC_TIMEOUT))
            await self._until_routed()

    async def _until_routed(self) -> None:
        """Waits until all task queues have the change. The server may never report that
        (temporalio/temporal#11842), so after a while the task queues are described instead.
        """
        in_progress = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
        for poll in range(MAX_POLLS):
            info = await self._describe()
            if info.routing_config_update_state != in_progress:
                return
            if poll >= POLLS_BEFORE_DESCRIBE and await self._is_routed(info.routing_config):
                return
            await asyncio.sleep(POLL_SECONDS)
        raise Failure(
            ExitCode.FAILED, "The server accepted the change, but not all task queues have it yet."
        )

    async def _is_routed(self, routing: RoutingConfig) -> bool:
        """Whether the task queues of workflows and of activities have this routing."""
        activity = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
        queues = [await self._queue(self._task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)]
        queues += [await self._queue(name, activity) for name in activity_queues(self._task_queue)]
        found = [queue.versioning_info for queue in queues]
        return all(
            queue.current_deployment_version == routing.current_deployment_version
            and queue.ramping_deployment_version == routing.ramping_deployment_version
            and queue.ramping_version_percentage == routing.ramping_version_percentage
            for queue in found
        )

    async def _queue(self, name: str, kind: TaskQueueType.ValueType) -> DescribeTaskQueueResponse:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=name),
            task_queue_type=kind,
        )
        service = self._client.workflow_service
        return await service.describe_task_queue(request, timeout=RPC_TIMEOUT)

    async def _describe(self) -> WorkerDeploymentInfo:
        request = DescribeWorkerDeploymentRequest(
            namespace=self._client.namespace, deployment_name=self._name
        )
        service = self._client.workflow_service
        response = await service.describe_worker_deployment(request, timeout=RPC_TIMEOUT)
        return response.worker_deployment_info

    async def _build(
        self, summary: WorkerDeploymentInfo.WorkerDeploymentVersionSummary, routing: RoutingConfig
    ) -> Build:
        build = summary.deployment_version.build_id
        status = WorkerDeploymentVersionStatus.Name(summary.status).rpartition("STATUS_")[2]
        ramp = routing.ramping_version_percentage
        share = {
            routing.ramping_deployment_version.build_id: ramp,
            routing.current_deployment_version.build_id: 100 - ramp,
        }
        count = await self._client.count_workflows(
            f'ExecutionStatus = "Running" AND TemporalWorkerDeploymentVersion = '
            f'"{self._name}:{build}"',
            rpc_timeout=RPC_TIMEOUT,
        )
        changed = summary.routing_update_time if summary.HasField("routing_update_time") else None
        return Build(
            build=build,
            status=Status(status.lower()),
            share=share.get(build, 0),
            since=(changed or summary.create_time).ToDatetime(UTC),
            last_on=count.count,
        )

    @contextmanager
    def _failures(self, build: str = UNVERSIONED) -> Iterator[None]:
        try:
            yield
        except RPCError as error:
            raise self._failure(error, build) from error

    def _failure(self, error: RPCError, build: str) -> Failure:
        if error.status in _UNSUPPORTED:
            return Failure(
                ExitCode.FAILED,
                f"This Temporal server does not support Worker Deployments: {error.message} They "
                "require Server 1.29.1 or newer, and system.enableDeploymentVersions.",
            )
        if error.status is RPCStatusCode.NOT_FOUND and build:
            return Failure(
                ExitCode.FAILED,
                f"No worker of build {build} is running. Start one first: "
                f"desk worker --deployment {self._name} --build {build}",
            )
        if error.status is RPCStatusCode.NOT_FOUND:
            return Failure(
                ExitCode.FAILED,
                f"There is no deployment {self._name} in the namespace {self._client.namespace}.",
            )
        if error.status is RPCStatusCode.FAILED_PRECONDITION:
            return Failure(ExitCode.FAILED, f"The server rejected the change: {error.message}")
        return Failure(ExitCode.NO_SERVER, f"Temporal answered: {error.message}")


async def _once_registered(max_wait: timedelta, request: Callable[[], Awaitable[Any]]) -> None:
    """Retries until the build is registered: it exists with its first worker, and is complete once
    that worker has polled every task queue.
    """
    until = monotonic() + max_wait.total_seconds()
    while True:
        try:
            await request()
        except RPCError as error:
            if not _is_registering(error) or monotonic() >= until:
                raise
        else:
            return
        await asyncio.sleep(POLL_SECONDS)


def _is_registering(error: RPCError) -> bool:
    is_incomplete = error.status is RPCStatusCode.FAILED_PRECONDITION and MISSING in error.message
    return is_incomplete or error.status is RPCStatusCode.NOT_FOUND
