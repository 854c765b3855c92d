"""A desk of an experiment on a cluster: Temporal on PostgreSQL, each service a process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.cluster.connection import connected
from deploy.cluster.processes import Changes
from deploy.cluster.temporary import free_addresses, temporary_cluster
from tests.chaos.nemesis.desk import (
    ChaosDesk,
    MailFaults,
    desk_settings,
    mail_server,
    short_runs,
)

NO_ENCRYPTION = {"DESK_ENCRYPTION_KEYS_FILE": "", "DESK_ENCRYPTION_STORE": ""}
"""The checker reads histories."""


@asynccontextmanager
async def desk_on_cluster(
    directory: Path, *, seed: str, mail_faults: MailFaults
) -> AsyncIterator[ChaosDesk]:
    """Starts all processes in this directory, and stops them on exit."""
    addresses = free_addresses()
    mail = mail_server(directory, addresses.mail, seed, mail_faults)
    settings = desk_settings(directory) | NO_ENCRYPTION | {"DESK_TOKENS_FILE": ""}
    await mail.start()
    try:
        async with temporary_cluster(
            directory,
            addresses,
            dynamic_config=short_runs(),
            changes=Changes(settings=settings),
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
            yield ChaosDesk(directory, cluster.url, client, targets, authority)
    finally:
        await mail.kill()
