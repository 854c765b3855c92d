"""`desk setup` makes a namespace of a real server fit for tickets, and says what it did."""

import asyncio
import subprocess
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from bootstrap.exit_codes import ExitCode
from commands.temporal.search_attributes import REQUIRED, Registration, register
from tests.commands.processes.desk_process import run_desk


async def a_namespace(
    env: WorkflowEnvironment, name: str, **attributes: IndexedValueType.ValueType
) -> str:
    day = Duration()
    day.FromTimedelta(timedelta(days=1))
    await env.client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=day)
    )
    if attributes:
        await env.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=name, search_attributes=attributes), retry=True
        )
    return name


async def attributes_of(env: WorkflowEnvironment, namespace: str) -> dict[str, Any]:
    listed = await env.client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=namespace)
    )
    return dict(listed.custom_attributes)


async def setup(
    env: WorkflowEnvironment, namespace: str, *options: str
) -> subprocess.CompletedProcess[str]:
    address = env.client.service_client.config.target_host
    return await asyncio.to_thread(
        run_desk, "setup", *options, TEMPORAL_ADDRESS=address, TEMPORAL_NAMESPACE=namespace
    )


async def test_a_new_namespace_gets_every_attribute_and_a_second_run_none(
    env: WorkflowEnvironment,
) -> None:
    namespace = await a_namespace(env, "new")
    first = await setup(env, namespace)
    assert first.returncode == 0, first.stderr
    assert f"{len(REQUIRED)} search attributes added, 0 existed" in first.stdout
    assert await attributes_of(env, namespace) == REQUIRED
    second = await setup(env, namespace)
    assert second.returncode == 0, second.stderr
    assert f"0 search attributes added, {len(REQUIRED)} existed" in second.stdout


async def test_only_missing_attributes_are_added(env: WorkflowEnvironment) -> None:
    keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    namespace = await a_namespace(env, "older", TicketStage=keyword, Elsewhere=keyword)
    done = await setup(env, namespace)
    assert done.returncode == 0, done.stderr
    assert "TicketStage exists" in done.stdout
    assert "TicketPlan added" in done.stdout
    assert "Elsewhere" in await attributes_of(env, namespace)


async def test_an_attribute_of_another_type_is_an_error_that_changes_nothing(
    env: WorkflowEnvironment,
) -> None:
    text = IndexedValueType.INDEXED_VALUE_TYPE_TEXT
    namespace = await a_namespace(env, "foreign", TicketStage=text)
    done = await setup(env, namespace)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "TicketStage is Text and must be Keyword" in done.stderr
    assert await attributes_of(env, namespace) == {"TicketStage": text}


async def test_a_missing_namespace_is_an_error_after_the_wait(
    env: WorkflowEnvironment,
) -> None:
    done = await setup(env, "nowhere", "--wait", "0.3")
    assert done.returncode == ExitCode.NO_SERVER
    assert 'The namespace "nowhere" does not exist' in done.stderr
    assert "TEMPORAL_NAMESPACE" in done.stderr


async def test_a_namespace_that_is_created_meanwhile_is_set_up(env: WorkflowEnvironment) -> None:
    client = Client(env.client.service_client, namespace="upcoming")
    waiting = asyncio.create_task(register(client))
    await asyncio.wait({waiting}, timeout=0.1)
    assert not waiting.done()
    await a_namespace(env, "upcoming")
    assert await waiting == Registration(present=(), added=tuple(REQUIRED))
