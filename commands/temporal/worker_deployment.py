"""A Worker Deployment: its builds, and which of them a Temporal server gives work to."""

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
from workflows.temporal.connection import RPC_TIMEOUT, TASK_QUEUE

UNVERSIONED = ""
"""Instead of a build: the workers that have none."""
BETWEEN_LOOKS, LOOKS = 0.2, 150
DOUBTED = 25
"""After so many looks the task queues themselves are asked what they know."""
MISSING = "missing active task queues"
"""What a server says of a build whose worker does not ask for activities yet."""
_UNSUPPORTED = (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED)


class Status(StrEnum):
    """What a build is to the server."""

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
    """Percentage of tickets whose next task it is given."""
    since: datetime
    """When the server's mind about it changed last."""
    last_on: int
    """Open tickets and accounts whose last task it did."""


class Deployment:
    """The builds of one name. All methods raise Failure where the server cannot or will not."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name

    async def builds(self) -> list[Build]:
        """Every build, the newest first."""
        with self._understood():
            info = await self._describe()
            newest_first = sorted(
                info.version_summaries, key=lambda s: s.create_time.ToNanoseconds(), reverse=True
            )
            return [await self._build(found, info.routing_config) for found in newest_first]

    async def promote(self, build: str, patience: timedelta) -> None:
        """Gives this build the next task of every ticket; UNVERSIONED is a build here. Returns
        when all task queues know. Waits that long for the first worker of the build.
        """
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._client.namespace, deployment_name=self._name, build_id=build
        )
        set_current = self._client.workflow_service.set_worker_deployment_current_version
        with self._understood(build):
            await _once_there(patience, lambda: set_current(request, timeout=RPC_TIMEOUT))
            await self._until_known()

    async def ramp(self, build: str, percentage: float, patience: timedelta) -> None:
        """Gives this build the next task of so many tickets out of a hundred, always the same
        ones, and leaves the others to the current build. 0 takes the ramp back.
        """
        request = SetWorkerDeploymentRampingVersionRequest(
            namespace=self._client.namespace,
            deployment_name=self._name,
            build_id=build if percentage else UNVERSIONED,
            percentage=percentage,
        )
        set_ramping = self._client.workflow_service.set_worker_deployment_ramping_version
        with self._understood(build):
            await _once_there(patience, lambda: set_ramping(request, timeout=RPC_TIMEOUT))
            await self._until_known()

    async def _until_known(self) -> None:
        """Task queues hear of a change one after the other. A server may lose the word that all
        have (temporalio/temporal#11842), so that does not have to come.
        """
        under_way = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
        for look in range(LOOKS):
            info = await self._describe()
            if info.routing_config_update_state != under_way:
                return
            if look >= DOUBTED and await self._is_known(info.routing_config):
                return
            await asyncio.sleep(BETWEEN_LOOKS)
        raise Failure(
            ExitCode.FAILED, "The server took the change, but not all task queues know of it yet."
        )

    async def _is_known(self, routing: RoutingConfig) -> bool:
        """Whether the queues of workflows and of activities give work out like this."""
        known = [
            (await self._queue(kind)).versioning_info
            for kind in (
                TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            )
        ]
        return all(
            queue.current_deployment_version == routing.current_deployment_version
            and queue.ramping_deployment_version == routing.ramping_deployment_version
            and queue.ramping_version_percentage == routing.ramping_version_percentage
            for queue in known
        )

    async def _queue(self, kind: TaskQueueType.ValueType) -> DescribeTaskQueueResponse:
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=kind,
        )
        service = self._client.workflow_service
        return await service.describe_task_queue(request, timeout=RPC_TIMEOUT)

    async def _describe(self) -> WorkerDeploymentInfo:
        request = DescribeWorkerDeploymentRequest(
            namespace=self._client.namespace, deployment_name=self._name
        )
        service = self._client.workflow_service
        answer = await service.describe_worker_deployment(request, timeout=RPC_TIMEOUT)
        return answer.worker_deployment_info

    async def _build(
        self, found: WorkerDeploymentInfo.WorkerDeploymentVersionSummary, routing: RoutingConfig
    ) -> Build:
        build = found.deployment_version.build_id
        status = WorkerDeploymentVersionStatus.Name(found.status).rpartition("STATUS_")[2]
        ramped = routing.ramping_version_percentage
        share = {
            routing.ramping_deployment_version.build_id: ramped,
            routing.current_deployment_version.build_id: 100 - ramped,
        }
        counted = await self._client.count_workflows(
            f'ExecutionStatus = "Running" AND TemporalWorkerDeploymentVersion = '
            f'"{self._name}:{build}"',
            rpc_timeout=RPC_TIMEOUT,
        )
        changed = found.routing_update_time if found.HasField("routing_update_time") else None
        return Build(
            build=build,
            status=Status(status.lower()),
            share=share.get(build, 0),
            since=(changed or found.create_time).ToDatetime(UTC),
            last_on=counted.count,
        )

    @contextmanager
    def _understood(self, build: str = UNVERSIONED) -> Iterator[None]:
        try:
            yield
        except RPCError as error:
            raise self._failure(error, build) from error

    def _failure(self, error: RPCError, build: str) -> Failure:
        if error.status in _UNSUPPORTED:
            return Failure(
                ExitCode.FAILED,
                f"This Temporal server does not version workers: {error.message} It takes Server "
                "1.29.1 or newer, and system.enableDeploymentVersions.",
            )
        if error.status is RPCStatusCode.NOT_FOUND and build:
            return Failure(
                ExitCode.FAILED,
                f"No worker of build {build} is there. Start one first: "
                f"desk worker --deployment {self._name} --build {build}",
            )
        if error.status is RPCStatusCode.NOT_FOUND:
            return Failure(
                ExitCode.FAILED,
                f"There is no deployment {self._name} in the namespace {self._client.namespace}.",
            )
        if error.status is RPCStatusCode.FAILED_PRECONDITION:
            return Failure(ExitCode.FAILED, f"The server refused: {error.message}")
        return Failure(ExitCode.NO_SERVER, f"Temporal answered: {error.message}")


async def _once_there(patience: timedelta, ask: Callable[[], Awaitable[Any]]) -> None:
    """A build is there with its first worker, which may have been started a moment ago, and whole
    once that worker has asked for work of every kind.
    """
    until = monotonic() + patience.total_seconds()
    while True:
        try:
            await ask()
        except RPCError as error:
            if not _is_about_to_be_there(error) or monotonic() >= until:
                raise
        else:
            return
        await asyncio.sleep(BETWEEN_LOOKS)


def _is_about_to_be_there(error: RPCError) -> bool:
    is_incomplete = error.status is RPCStatusCode.FAILED_PRECONDITION and MISSING in error.message
    return is_incomplete or error.status is RPCStatusCode.NOT_FOUND
