"""The check before work is routed to a build: its own workers replay what it would take over."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import TypeAlias

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import (
    PinnedVersioningOverride,
    WorkerDeploymentVersion,
    WorkflowIDConflictPolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.build_checks import BuildCheck, BuildReport
from bootstrap.exit_codes import ExitCode, Failure
from workflows.build_check import LONGEST_CHECK, BuildCheckWorkflow
from workflows.temporal.connection import RPC_TIMEOUT

POLL_SECONDS = 0.2
EVENTS_BEFORE_A_WORKER = 2
"""Events of a workflow that no worker has taken up: its start, and its first task."""
Handle: TypeAlias = WorkflowHandle[BuildCheckWorkflow, BuildReport]
_UNREGISTERED = (RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.NOT_FOUND)


def gaining(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """The builds whose share of the tickets grows, by build id. Only they get tickets from others.

    >>> gaining({"a": 50, "b": 50}, {"a": 90, "b": 10})
    ['a']
    """
    return [build for build, share in after.items() if share > before.get(build, 0)]


class PromotionCheck:
    """Checks of the builds of a deployment. `max_wait` is for the first worker of each."""

    def __init__(
        self, client: Client, deployment: str, task_queue: str, max_wait: timedelta
    ) -> None:
        self._client = client
        self._deployment = deployment
        self._task_queue = task_queue
        self._max_wait = max_wait.total_seconds()

    async def of(self, build: str) -> int:
        """Has the build replay every open ticket and account that is not on it; returns their
        number. Raises Failure if it has no worker, or cannot take over all of them.
        """
        until = monotonic() + self._max_wait
        handle = await self._started(build, until)
        await self._until_taken_up(handle, build, until)
        try:
            report = await handle.result()
        except WorkflowFailureError as error:
            reason = f"The check of build {build} failed: {error.cause}"
            raise Failure(ExitCode.FAILED, reason) from error
        if report.failed:
            raise Failure(ExitCode.FAILED, _refusal(build, report))
        return report.replayed

    async def _started(self, build: str, until: float) -> Handle:
        version = WorkerDeploymentVersion(self._deployment, build)
        while True:
            try:
                return await self._client.start_workflow(
                    BuildCheckWorkflow.run,
                    BuildCheck(except_on=f"{self._deployment}:{build}"),
                    id=f"build-check/{self._deployment}/{build}",
                    task_queue=self._task_queue,
                    versioning_override=PinnedVersioningOverride(version),
                    id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
                    execution_timeout=LONGEST_CHECK,
                    rpc_timeout=RPC_TIMEOUT,
                )
            except RPCError as error:
                if error.status not in _UNREGISTERED:
                    raise
                if monotonic() >= until:
                    raise _no_worker(self._deployment, build) from error
            await asyncio.sleep(POLL_SECONDS)

    async def _until_taken_up(self, handle: Handle, build: str, until: float) -> None:
        while not await _is_taken_up(handle):
            if monotonic() >= until:
                await handle.terminate("no worker of the build", rpc_timeout=RPC_TIMEOUT)
                raise _no_worker(self._deployment, build)
            await asyncio.sleep(POLL_SECONDS)


async def _is_taken_up(handle: Handle) -> bool:
    found = await handle.describe(rpc_timeout=RPC_TIMEOUT)
    return found.history_length > EVENTS_BEFORE_A_WORKER


def _no_worker(deployment: str, build: str) -> Failure:
    return Failure(
        ExitCode.FAILED,
        f"No worker of build {build} is running. Start one first: "
        f"desk worker --deployment {deployment} --build {build}",
    )


def _refusal(build: str, report: BuildReport) -> str:
    lines = [f"  {each.workflow}: {each.difference}" for each in report.first]
    if report.failed > len(lines):
        lines.append(f"  ... and {report.failed - len(lines)} more")
    return "\n".join(
        [
            f"Nothing was changed: build {build} cannot take over {report.failed} of "
            f"{report.replayed} open tickets and accounts.",
            *lines,
            "Keep the build that they are on, pin them to it (docs/ops/stuck-tickets.md), or pass "
            "--unchecked, and they stop.",
        ]
    )
