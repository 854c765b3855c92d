"""Registers the search attributes of tickets in a Temporal namespace."""

import asyncio
from datetime import timedelta
from typing import NamedTuple

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.service import RPCError, RPCStatusCode

from bootstrap.exit_codes import ExitCode, Failure
from workflows.temporal.connection import RPC_TIMEOUT, SEARCH_ATTRIBUTES

REQUIRED = {key.name: key.indexed_value_type for key in SEARCH_ATTRIBUTES}
TIMEOUT = timedelta(seconds=30)
_POLL_SECONDS = 0.25


class Registration(NamedTuple):
    """The names that existed, and the names that were added."""

    present: tuple[str, ...]
    added: tuple[str, ...]


async def register(client: Client, max_wait: timedelta = TIMEOUT) -> Registration:
    """Adds the missing attributes and returns once queries can use them.

    A new namespace is not available everywhere at once, so this waits for it.
    """
    try:
        async with asyncio.timeout(max_wait.total_seconds()):
            registered = await _registered(client)
            _check_types(registered, client.namespace)
            missing = [name for name in REQUIRED if name not in registered]
            if missing:
                await _add(client, missing)
            await _until_usable(client)
    except TimeoutError:
        raise Failure(
            ExitCode.NO_SERVER,
            f'The namespace "{client.namespace}" does not exist, or is not ready, after '
            f"{max_wait.total_seconds():g} s. Create it with `temporal operator namespace create "
            f"--namespace {client.namespace}`, or set TEMPORAL_NAMESPACE to one that exists.",
        ) from None
    present = tuple(name for name in REQUIRED if name not in missing)
    return Registration(present, tuple(missing))


def type_name(value: int) -> str:
    """The type as the `temporal` command line names it."""
    return SearchAttributeIndexedValueType(value).name.title().replace("_", "")


async def _registered(client: Client) -> dict[str, int]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    while True:
        try:
            response = await client.operator_service.list_search_attributes(
                request, timeout=RPC_TIMEOUT
            )
            return dict(response.custom_attributes)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        await asyncio.sleep(_POLL_SECONDS)


def _check_types(registered: dict[str, int], namespace: str) -> None:
    clashes = [
        f"  {name} is {type_name(registered[name])} and must be {type_name(required)}"
        for name, required in REQUIRED.items()
        if registered.get(name, required) != required
    ]
    if clashes:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "\n".join(
                [
                    f'The namespace "{namespace}" has search attributes with wrong types:',
                    *clashes,
                    "Remove them, or set TEMPORAL_NAMESPACE to another namespace.",
                ]
            ),
        )


async def _add(client: Client, names: list[str]) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace,
        search_attributes={name: IndexedValueType.ValueType(REQUIRED[name]) for name in names},
    )
    try:
        await client.operator_service.add_search_attributes(request, timeout=RPC_TIMEOUT)
    except RPCError as error:
        # Another process added them first.
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def _until_usable(client: Client) -> None:
    """Attributes become available gradually; this repeats a query that names them all."""
    query = " OR ".join(f"{name} IS NULL" for name in REQUIRED)
    while True:
        try:
            await client.count_workflows(query, rpc_timeout=RPC_TIMEOUT)
            return
        except RPCError as error:
            if error.status not in (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.NOT_FOUND):
                raise
        await asyncio.sleep(_POLL_SECONDS)
