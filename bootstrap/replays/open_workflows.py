"""Replays of what is open, for a build that is to get work (the adapter of `Replays`)."""

from collections.abc import Callable

from temporalio.client import Client

from activities.build_checks import MOST_LISTED, BuildCheck, BuildReport, FailedReplay
from bootstrap.replays.history_replay import Failed, Report, open_histories, replay
from workflows.release import Release


class OpenWorkflows:
    """The open tickets and accounts of a server, on the code of one release."""

    def __init__(self, client: Client, release: Release) -> None:
        self._client = client
        self._release = release

    async def check(self, check: BuildCheck, on_progress: Callable[[int], None]) -> BuildReport:
        """Replays what is open and not on `check.except_on`, nor pinned to another build. A task
        that fails on its present worker is no failure of this release.
        """
        moving = " AND ".join(
            f'({attribute} IS NULL OR {attribute} != "{value}")'
            for attribute, value in (
                ("TemporalWorkerDeploymentVersion", check.except_on),
                ("TemporalWorkflowVersioningBehavior", "Pinned"),
            )
        )
        histories = open_histories(self._client, moving)

        def tell(report: Report) -> None:
            on_progress(report.replayed)

        converter = self._client.data_converter
        report = await replay(self._release, histories, tell, converter, silently=False)
        failed = [each for each in report.failed if not each.is_stuck]
        return BuildReport(
            replayed=report.replayed,
            failed=len(failed),
            first=tuple(_failed(each) for each in failed[:MOST_LISTED]),
        )


def _failed(each: Failed) -> FailedReplay:
    return FailedReplay(workflow=each.workflow, difference=each.difference)
