"""A namespace of a running cluster in place of a dev server, for tests and benchmarks.

Each gets a namespace of its own, which no worker of the cluster polls. The server must allow that
time is moved, as in `make cluster-test`.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment

from deploy.cluster.namespaces import new_namespace

_LINE = re.compile(r"export (TEMPORAL_\w+)=(.*)")


class ClusterEnvironment(WorkflowEnvironment):
    """A namespace of a cluster, with the methods of a dev server whose time can be moved."""

    def __init__(self, skipper: TimeSkipper) -> None:
        super().__init__(skipper.client)
        self._skipper = skipper

    @property
    def supports_time_skipping_v2(self) -> bool:
        """Whether the time of each workflow can be moved."""
        return True

    async def fast_forward(
        self,
        handle: WorkflowHandle[Any, Any],
        duration: timedelta | float | None = None,
        /,
    ) -> bool:
        """Moves the time of a workflow."""
        return await self._skipper.fast_forward(handle, duration)

    async def get_current_time(self, handle: WorkflowHandle[Any, Any] | None = None) -> datetime:
        """The time of a workflow."""
        assert handle is not None
        return await self._skipper.get_current_time(handle)


async def new_environment(variables: Mapping[str, str]) -> WorkflowEnvironment:
    """A new namespace on the server of these variables."""
    client = await new_namespace(variables)
    return ClusterEnvironment(TimeSkipper(client, config=TimeSkippingConfig(enabled=False)))


def variables_of(file: Path) -> dict[str, str]:
    """The variables in a file that `make cluster` wrote for the Temporal CLI."""
    lines = map(_LINE.fullmatch, file.read_text(encoding="utf-8").splitlines())
    return {found[1]: found[2] for found in lines if found}
