"""The search attributes of tickets in a Temporal namespace: which there are, which are added."""

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

WANTED = {key.name: key.indexed_value_type for key in SEARCH_ATTRIBUTES}
PATIENCE = timedelta(seconds=30)
_PAUSE = 0.25


class Registration(NamedTuple):
    """What a registration did: names that were there, and names it added."""

    present: tuple[str, ...]
    added: tuple[str, ...]


async def register(client: Client, patience: timedelta = PATIENCE) -> Registration:
    """Adds those that are missing, and returns once they can be used. Changes nothing else.

    A namespace that was just made is not known everywhere at once: it is waited for.
    """
    try:
        async with asyncio.timeout(patience.total_seconds()):
            known = await _registered(client)
            _refuse_other_types(known, client.namespace)
            missing = [name for name in WANTED if name not in known]
            if missing:
                await _add(client, missing)
            await _until_usable(client)
    except TimeoutError:
        raise Failure(
            ExitCode.NO_SERVER,
            f'the namespace "{client.namespace}" is not there, or not ready, after '
            f"{patience.total_seconds():g} s. Make it with `temporal operator namespace create "
            f"--namespace {client.namespace}`, or set TEMPORAL_NAMESPACE to one that exists.",
        ) from None
    present = tuple(name for name in WANTED if name not in missing)
    return Registration(present, tuple(missing))


def type_name(value: int) -> str:
    """The type as the `temporal` command line names it."""
    return SearchAttributeIndexedValueType(value).name.title().replace("_", "")


async def _registered(client: Client) -> dict[str, int]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    while True:
        try:
            listed = await client.operator_service.list_search_attributes(
                request, timeout=RPC_TIMEOUT
            )
            return dict(listed.custom_attributes)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        await asyncio.sleep(_PAUSE)


def _refuse_other_types(known: dict[str, int], namespace: str) -> None:
    clashes = [
        f"  {name} is {type_name(known[name])} and has to be {type_name(wanted)}"
        for name, wanted in WANTED.items()
        if known.get(name, wanted) != wanted
    ]
    if clashes:
        raise Failure(
            ExitCode.BAD_SETTINGS,
            "\n".join(
                [
                    f'The namespace "{namespace}" has search attributes of other types:',
                    *clashes,
                    "Remove them there, or set TEMPORAL_NAMESPACE to another namespace.",
                ]
            ),
        )


async def _add(client: Client, names: list[str]) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace,
        search_attributes={name: IndexedValueType.ValueType(WANTED[name]) for name in names},
    )
    try:
        await client.operator_service.add_search_attributes(request, timeout=RPC_TIMEOUT)
    except RPCError as error:
        # Somebody else was quicker.
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def _until_usable(client: Client) -> None:
    """Servers learn of new attributes by and by; a query that names them all tells."""
    query = " OR ".join(f"{name} IS NULL" for name in WANTED)
    while True:
        try:
            await client.count_workflows(query, rpc_timeout=RPC_TIMEOUT)
            return
        except RPCError as error:
            if error.status not in (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.NOT_FOUND):
                raise
        await asyncio.sleep(_PAUSE)
