"""A cluster for a test or an experiment: in a folder of its own, on ports that are free."""

import random
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bootstrap.tcp_ports import is_free
from deploy.cluster.addresses import LOOPBACK, Addresses
from deploy.cluster.cluster import Cluster, Report
from deploy.cluster.dynamic_config import write_with
from deploy.cluster.processes import Changes, Processes
from deploy.cluster.state import State
from deploy.cluster.temporal_programs import TemporalPrograms

_FIRST_PORTS = range(12_000, 32_000, 400)


def free_addresses() -> Addresses:
    """A row of ports of which none is in use."""
    rows = [Addresses(first) for first in _FIRST_PORTS]
    random.SystemRandom().shuffle(rows)
    return next(row for row in rows if all(is_free(LOOPBACK, port) for port in row.all))


@asynccontextmanager
async def throwaway_cluster(**options: Any) -> AsyncIterator[Cluster]:
    """A temporary cluster with these options. Its state is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="desk-cluster-") as folder:
        addresses = free_addresses()
        async with temporary_cluster(Path(folder), addresses, **options) as cluster:
            yield cluster


@asynccontextmanager
async def temporary_cluster(
    directory: Path,
    addresses: Addresses,
    *,
    dynamic_config: Mapping[str, str] | None = None,
    changes: Changes | None = None,
    version: str | None = None,
    report: Report = print,
) -> AsyncIterator[Cluster]:
    """A cluster that is ready. `version` is of Temporal, by default that of docker-compose.yml."""
    state, changes = _state(directory), changes or Changes()
    file = write_with(dynamic_config or {}, state.directory / "dynamic-config.yaml")
    own = {"DYNAMIC_CONFIG_FILE_PATH": str(file), **changes.temporal}
    processes = Processes(state, addresses, replace(changes, temporal=own))
    programs = TemporalPrograms(version or processes.temporal_version)
    programs.build()
    with state.locked():
        async with Cluster.running(processes, programs, report) as cluster:
            yield cluster


def _state(directory: Path) -> State:
    # PostgreSQL, which is not root, enters it.
    directory.chmod(0o711)
    state = State(directory / "cluster")
    state.make()
    return state
