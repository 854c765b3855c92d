"""A worker with the settings of a desk worker, for other workflows."""

from collections.abc import Callable
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from worker import GRACE, STICKY_TIMEOUT
from workflows.release import THIS_CODE


def bare_worker(client: Client, queue: str, workflow: type, activity: Callable[..., Any]) -> Worker:
    """A worker for one workflow and one activity on their own task queue."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[workflow],
        activities=[activity],
        graceful_shutdown_timeout=GRACE,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=THIS_CODE.deployment,
    )
