"""`desk builds`: the builds of the worker, and which of them is given work."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from commands.temporal.worker_deployment import Build


def builds(
    deployment: Annotated[
        str, typer.Option(metavar="NAME", envvar="DESK_DEPLOYMENT", help="The Worker Deployment.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Show the builds of the worker: which is current, which drains, and
    whose open tickets had their last task done by it.

    A build that is draining or drained gets no more work. Its workers can be
    stopped: what they are at, they finish. A ticket counts for the build of its
    last task until something happens on it again; nothing is needed for that.

    Exit code 1 when there is no such deployment or the server cannot do it,
    69 when no server answers.

    Example: desk builds --deployment desk
    """
    _show(asyncio.run(_builds(deployment)), as_json)


async def _builds(name: str) -> "list[Build]":
    from commands.temporal.worker_deployment import Deployment
    from workflows.temporal.connection import connect

    return await Deployment(await connect(), name).builds()


def _show(found: "list[Build]", as_json: bool) -> None:
    if as_json:
        shown = [build.model_dump(mode="json") for build in found]
        typer.echo(json.dumps(shown, indent=2))
        return
    for each in found:
        typer.echo(
            f"{each.build:20} {each.status:9} {each.share:4g} %  "
            f"since {each.since:%Y-%m-%d %H:%M}  last on {each.last_on} open"
        )
