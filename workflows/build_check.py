"""The workflow that asks a build whether it can take over what is open.

It is pinned to that build, so the build's own workers replay, with their own code.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, VersioningBehavior

from activities.build_checks import BuildCheck, BuildChecks, BuildReport
from workflows.temporal.task_queues import own_internal_queue

LONGEST_CHECK = timedelta(hours=2)
ALIVE_WITHIN = timedelta(minutes=1)
"""A worker without a heartbeat for this long is dead; another one replays from the beginning."""


@workflow.defn(name="BuildCheck", versioning_behavior=VersioningBehavior.PINNED)
class BuildCheckWorkflow:
    """One check of one build."""

    @workflow.run
    async def run(self, check: BuildCheck) -> BuildReport:
        """Replays on the build, and returns the report."""
        return await workflow.execute_activity_method(
            BuildChecks.replay_open,
            check,
            task_queue=own_internal_queue(),
            start_to_close_timeout=LONGEST_CHECK,
            heartbeat_timeout=ALIVE_WITHIN,
            retry_policy=RetryPolicy(maximum_attempts=3),
            summary="replay what is open",
        )
