"""A desk of an experiment on a cluster: Temporal on PostgreSQL, each service a process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.cluster.cluster import Cluster
from deploy.cluster.connection import connected
from deploy.cluster.processes import Changes
from deploy.cluster.rolling_upgrade import rolling_upgrade
from deploy.cluster.temporal_programs import TemporalPrograms
from deploy.cluster.temporary import free_addresses, temporary_cluster
from tests.chaos.nemesis.desk import (
    ChaosDesk,
    MailFaults,
    desk_settings,
    mail_server,
    short_runs,
)
from tests.chaos.nemesis.faults import until
from tests.chaos.nemesis.slow_link import slow_link
from tests.ports import free_port

NO_ENCRYPTION = {"DESK_ENCRYPTION_KEYS_FILE": "", "DESK_ENCRYPTION_STORE": ""}
"""The checker reads histories."""


FIRST_STEP, LAST_STEP = 0.2, 0.8
"""The share of the work that is done at the first and the last step of an upgrade."""


@dataclass(frozen=True)
class ClusterPlan:
    """What is special about a cluster: the delay (seconds) of each message from and to its
    database, and another version of Temporal at the beginning, which is upgraded under load.
    """

    database_delay: float = 0.0
    upgrade_from: str | None = None


@asynccontextmanager
async def desk_on_cluster(
    directory: Path, plan: ClusterPlan, *, seed: str, mail_faults: MailFaults
) -> AsyncIterator[ChaosDesk]:
    """Starts all processes in this directory, and stops them on exit."""
    addresses = free_addresses()
    mail = mail_server(directory, addresses.mail, seed, mail_faults)
    settings = desk_settings(directory) | NO_ENCRYPTION | {"DESK_TOKENS_FILE": ""}
    temporal = {}
    await mail.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(mail.kill)
        if plan.database_delay:
            near = free_port()
            temporal["DB_PORT"] = str(near)
            await stack.enter_async_context(
                slow_link(near, addresses.postgres, plan.database_delay)
            )
        async with temporary_cluster(
            directory,
            addresses,
            dynamic_config=short_runs(),
            changes=Changes(settings=settings, temporal=temporal),
            version=plan.upgrade_from,
        ) as cluster:
            cluster.kept.append(mail)
            targets = {
                "worker": cluster.workers,
                "api": cluster.apis,
                "proxy": (cluster.proxy,),
                "mail": (mail,),
                "postgres": (cluster.postgres,),
                "frontend": cluster.temporal["frontend"],
                "history": cluster.temporal["history"],
                "matching": cluster.temporal["matching"],
                "system": cluster.temporal["worker"],
            }
            client = await connected(cluster.processes.client_settings())
            authority = cluster.processes.proxy_authority
            upgrade = partial(_upgrade, cluster) if plan.upgrade_from else None
            yield ChaosDesk(directory, cluster.url, client, targets, authority, upgrade)


async def _upgrade(cluster: Cluster, progress: Callable[[], float]) -> None:
    """Upgrades Temporal to the version of docker-compose.yml, a step at a time."""
    to = TemporalPrograms(cluster.processes.temporal_version)
    to.build()
    steps = 1 + sum(map(len, cluster.temporal.values()))
    number = 0
    async for step in rolling_upgrade(cluster, to):
        share = FIRST_STEP + (LAST_STEP - FIRST_STEP) * number / steps
        await until(progress, share)
        print(f"{progress():.0%} of the work: upgrade of {step}", flush=True)
        number += 1
