"""A worker with the settings of a desk worker, for other workflows."""

from collections.abc import Callable
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from worker import GRACE, STICKY_TIMEOUT
from workflows.release import THIS_CODE

IN_SANDBOX = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_all_modules()
)
"""The default of the SDK, but without importing modules again for each workflow."""


def bare_worker(
    client: Client,
    queue: str,
    workflow: type,
    activity: Callable[..., Any],
    in_sandbox: bool = False,
) -> Worker:
    """A worker for one workflow and one activity on their own task queue."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[workflow],
        activities=[activity],
        graceful_shutdown_timeout=GRACE,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        workflow_runner=IN_SANDBOX if in_sandbox else UnsandboxedWorkflowRunner(),
        deployment_config=THIS_CODE.deployment,
    )
