"""A Temporal client of a cluster that encrypts as its APIs do."""

from temporalio.client import Client

from bootstrap.encryption import client_options
from deploy.cluster.cluster import Cluster
from deploy.cluster.connection import connected
from settings import Settings


async def encrypted_client(cluster: Cluster) -> Client:
    """A client with the data keys of the cluster, in its namespace."""
    variables = cluster.processes.client_settings()
    settings = Settings.model_validate(
        {
            name: variables[f"DESK_{name.upper()}"]
            for name in ("encryption_keys_file", "encryption_store")
        }
    )
    return await connected(variables, **await client_options(settings))
