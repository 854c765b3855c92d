"""A release: which workflow code runs, how it is loaded, and the build Temporal knows it by.

A worker and a replay are made of the same parts here, so that a replay finds the errors that the
worker would have met. Neither runs in Temporal's sandbox: tests replay histories in it instead
(docs/decisions/0023-workflows-run-without-the-sandbox.md).

Workers of a named build are versioned: Temporal gives a ticket's next task to the build that is
current then (`AUTO_UPGRADE`), whichever build took the task before. Why not pinned to the build it
began with is told in docs/decisions/0015-tickets-move-to-the-current-build.md.
"""

from dataclasses import dataclass

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkerDeploymentConfig

from workflows.account.workflow import AccountWorkflow
from workflows.temporal.connection import DATA_CONVERTER
from workflows.ticket.workflow import TicketWorkflow

DEPLOYMENT = WorkerDeploymentVersion(deployment_name="durable-desk", build_id="0.1.0")
"""What workers without a build of their own call themselves; nothing is routed by it."""


@dataclass(frozen=True)
class Release:
    """The code of one worker; versioned where it has a deployment and a build."""

    version: WorkerDeploymentVersion | None = None
    workflows: tuple[type, ...] = (TicketWorkflow, AccountWorkflow)

    @property
    def deployment(self) -> WorkerDeploymentConfig:
        """How its workers register. Without any, construction of a worker hashes every module
        that is loaded: a second or two.
        """
        return WorkerDeploymentConfig(
            version=self.version or DEPLOYMENT,
            use_worker_versioning=self.version is not None,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
            if self.version
            else VersioningBehavior.UNSPECIFIED,
        )

    def replayer(self, runtime: Runtime | None = None) -> Replayer:
        """What replays histories on this code, one at a time."""
        return Replayer(
            workflows=self.workflows,
            workflow_runner=UnsandboxedWorkflowRunner(),
            data_converter=DATA_CONVERTER,
            build_id=(self.version or DEPLOYMENT).build_id,
            runtime=runtime,
        )


THIS_CODE = Release()
"""The code of this process, without a build."""
