"""Namespaces of their own for tests and benchmarks, which no worker of the cluster polls."""

import uuid
from collections.abc import Mapping
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from commands.temporal.search_attributes import register
from deploy.cluster.connection import connected

RETENTION = timedelta(days=30)


async def new_namespace(variables: Mapping[str, str]) -> Client:
    """A client of a new namespace with the search attributes of tickets."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    client = await connected(variables, name)
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    request = RegisterNamespaceRequest(
        namespace=name, workflow_execution_retention_period=retention
    )
    await client.workflow_service.register_namespace(request)
    await register(client, timedelta(minutes=1))
    return client
