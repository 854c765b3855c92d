"""Another version of Temporal on a running cluster: the schemas first, then process by process."""

from collections.abc import AsyncIterator

from deploy.cluster.cluster import Cluster
from deploy.cluster.temporal_programs import TemporalPrograms


async def rolling_upgrade(cluster: Cluster, to: TemporalPrograms) -> AsyncIterator[str]:
    """Yields what comes next, so that the caller decides when."""
    yield "schemas"
    await cluster.run_once(cluster.processes.schema(to), attempts=5)
    for service, replicas in cluster.temporal.items():
        for replica, process in enumerate(replicas, 1):
            yield process.name
            await process.stop()
            before = process.command.index(str(cluster.programs.server))
            process.command[before] = str(to.server)
            await process.start()
            await cluster.until_listening(service, replica, process)
    cluster.programs = to
