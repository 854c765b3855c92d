"""`desk builds`: the builds of the worker, and which of them get work."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console.plain_output import echo

if TYPE_CHECKING:
    from commands.temporal.worker_deployment import Build


def builds(
    deployment: Annotated[
        str,
        typer.Option(
            metavar="NAME", envvar="DESK_DEPLOYMENT", help="Name of the Worker Deployment."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Show the builds of the worker: the status of each, its share of the
    work, and the open tickets and accounts whose last task it ran.

    A draining or drained build gets no more work, so its workers can be
    stopped; they finish their running tasks. A ticket stays with the build
    that ran its last task until its next task.

    Exit codes: 1 the deployment does not exist or the server does not support
    deployments, 69 no Temporal server responds.

    Example: desk builds --deployment desk
    """
    _show(asyncio.run(_builds(deployment)), as_json)


async def _builds(name: str) -> "list[Build]":
    from commands.temporal.worker_deployment import Deployment
    from workflows.temporal.connection import connect

    return await Deployment(await connect(), name).builds()


def _show(builds: "list[Build]", as_json: bool) -> None:
    if as_json:
        data = [build.model_dump(mode="json") for build in builds]
        echo(json.dumps(data, indent=2))
        return
    for each in builds:
        echo(
            f"{each.build:20} {each.status:9} {each.share:4g} %  "
            f"since {each.since:%Y-%m-%d %H:%M}  last on {each.last_on} open"
        )
