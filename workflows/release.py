"""A release: the workflow code of a worker, and its build for Temporal's worker versioning.

A worker and a replay use the same release, so that a replay finds the errors that the worker would
have. Neither runs in Temporal's sandbox; tests replay histories in it
(docs/decisions/0023-workflows-run-without-the-sandbox.md).

Workers with a build are versioned: Temporal gives the next task of a ticket to the current build
(`AUTO_UPGRADE`). docs/decisions/0015-tickets-move-to-the-current-build.md explains why a ticket is
not pinned to its first build.
"""

from dataclasses import dataclass

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.converter import DataConverter
from temporalio.runtime import Runtime
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkerDeploymentConfig

from workflows.account.workflow import AccountWorkflow
from workflows.announcement.workflow import AnnouncementWorkflow
from workflows.build_check import BuildCheckWorkflow
from workflows.temporal.connection import DATA_CONVERTER
from workflows.ticket.workflow import TicketWorkflow

DEPLOYMENT = WorkerDeploymentVersion(deployment_name="durable-desk", build_id="0.1.0")
"""The version of workers without a build; Temporal routes nothing by it."""


@dataclass(frozen=True)
class Release:
    """The workflow code of one worker. A release with a `version` is versioned."""

    version: WorkerDeploymentVersion | None = None
    workflows: tuple[type, ...] = (
        TicketWorkflow,
        AccountWorkflow,
        AnnouncementWorkflow,
        BuildCheckWorkflow,
    )

    @property
    def deployment(self) -> WorkerDeploymentConfig:
        """The deployment options of its workers. Without them, the SDK hashes all loaded modules to
        name the build, which takes a second or two.
        """
        return WorkerDeploymentConfig(
            version=self.version or DEPLOYMENT,
            use_worker_versioning=self.version is not None,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
            if self.version
            else VersioningBehavior.UNSPECIFIED,
        )

    def replayer(
        self, runtime: Runtime | None = None, data_converter: DataConverter = DATA_CONVERTER
    ) -> Replayer:
        """A replayer of histories on this code."""
        return Replayer(
            workflows=self.workflows,
            workflow_runner=UnsandboxedWorkflowRunner(),
            data_converter=data_converter,
            build_id=(self.version or DEPLOYMENT).build_id,
            runtime=runtime,
        )


THIS_CODE = Release()
"""The workflow code of this process, without a build."""
