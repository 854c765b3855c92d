"""A client of a cluster, from the variables of its processes."""

from collections.abc import Mapping
from typing import Any

from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from workflows.temporal.connection import DATA_CONVERTER


async def connected(
    variables: Mapping[str, str], namespace: str | None = None, **own: Any
) -> Client:
    """A client by TEMPORAL_* of these variables, and by no other. `own` are options of its own."""
    options: dict[str, Any] = dict(
        ClientConfig.load_client_connect_config(
            disable_file=True, override_env_vars=dict(variables)
        )
    )
    if namespace is not None:
        options["namespace"] = namespace
    return await Client.connect(**{**options, "data_converter": DATA_CONVERTER, **own})
