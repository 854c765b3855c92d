"""`desk setup`: registers the search attributes in a Temporal namespace."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from commands.console.terminal import Terminal


def setup(
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the namespace to exist.", min=0)
    ] = 30,
) -> None:
    """Register the search attributes in a Temporal namespace.

    TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE select the namespace, or another
    setting of the Temporal tools. The command can run again at any time:
    existing attributes stay as they are.

    Exit codes: 0 all attributes are registered, 69 no Temporal server responds
    or the namespace does not exist, 78 an attribute has another type.

    Example: TEMPORAL_NAMESPACE=desk desk setup
    """
    asyncio.run(_setup(timedelta(seconds=wait)))


async def _setup(max_wait: timedelta) -> None:

    from commands.temporal.search_attributes import register
    from workflows.temporal.connection import connect

    console = Terminal(highlight=False)
    client = await connect()
    with console.status(f"Preparing the namespace {client.namespace} ..."):
        done = await register(client, max_wait)
    for name in done.present:
        console.print(f"  {name} exists", style="dim")
    for name in done.added:
        console.print(f"  {name} added", style="green")
    console.print(
        f"The namespace {client.namespace} is ready: {len(done.added)} search attributes added, "
        f"{len(done.present)} existed."
    )
