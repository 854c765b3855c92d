"""A desk of an experiment on a cluster: Temporal on PostgreSQL, each service a process."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

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
from tests.chaos.nemesis.machine.machines import Machines
from tests.chaos.nemesis.slow_link import slow_link
from tests.ports import free_port

NO_ENCRYPTION = {"DESK_ENCRYPTION_KEYS_FILE": "", "DESK_ENCRYPTION_STORE": ""}
"""The checker reads histories."""


FIRST_STEP, LAST_STEP = 0.2, 0.8
"""The share of the work that is done at the first and the last step of an upgrade."""


@dataclass(frozen=True)
class ClusterPlan:
    """What is special about a cluster: the delay (seconds) of each message from and to its
    database, another version of Temporal at the beginning, which is upgraded under load, and the
    kinds of fault that its machines are made for.
    """

    database_delay: float = 0.0
    upgrade_from: str | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)


@asynccontextmanager
async def desk_on_cluster(
    directory: Path, plan: ClusterPlan, *, seed: str, mail_faults: MailFaults
) -> AsyncIterator[ChaosDesk]:
    """Starts all processes in this directory, and stops them on exit."""
    machines = Machines(directory, plan.kinds)
    addresses = replace(free_addresses(), hosts=machines.hosts)
    mail = mail_server(directory, addresses.mail, seed, mail_faults, machines.outside)
    settings = desk_settings(directory) | NO_ENCRYPTION | {"DESK_TOKENS_FILE": ""}
    temporal = {}
    async with AsyncExitStack() as stack:
        stack.enter_context(machines.running())
        await mail.start()
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
            changes=Changes(
                variables={"MAIL_HOST": machines.outside},
                settings=settings,
                temporal=temporal,
                launchers=machines.launchers,
                wrappers=machines.wrappers,
            ),
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
            yield ChaosDesk(
                directory,
                cluster.url,
                client,
                targets,
                authority,
                upgrade,
                machines.faults(partial(_database, cluster)),
            )


async def _database(cluster: Cluster) -> Any:
    processes = cluster.processes
    return await asyncpg.connect(
        host=processes.addresses.host("postgres"),
        port=processes.addresses.postgres,
        user="temporal",
        password=processes.state.secrets.password,
        database="temporal",
    )


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
