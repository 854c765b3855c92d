"""`desk setup`: prepares a namespace of a Temporal server for tickets."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer


def setup(
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for a namespace that is not there yet.", min=0)
    ] = 30,
) -> None:
    """Register the search attributes in a Temporal namespace.

    Which one is said by TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or by
    whatever else the Temporal tools read. It can be run again at any
    time: what is there already stays as it is.

    Exit code 0 when all are there, 69 when no server answers or the
    namespace is not there, 78 when one is there with another type.

    Example: TEMPORAL_NAMESPACE=desk desk setup
    """
    asyncio.run(_setup(timedelta(seconds=wait)))


async def _setup(patience: timedelta) -> None:
    from rich.console import Console

    from commands.temporal.search_attributes import register
    from workflows.temporal.connection import connect

    console = Console(highlight=False)
    client = await connect()
    with console.status(f"Preparing the namespace {client.namespace} ..."):
        done = await register(client, patience)
    for name in done.present:
        console.print(f"  {name} is there", style="dim")
    for name in done.added:
        console.print(f"  {name} added", style="green")
    console.print(
        f"The namespace {client.namespace} is ready: {len(done.added)} search attributes added, "
        f"{len(done.present)} were there."
    )
