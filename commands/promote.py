"""`desk promote`: routes work to a build of the worker."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from commands.console.plain_output import echo


def promote(
    deployment: Annotated[
        str,
        typer.Option(
            metavar="NAME", envvar="DESK_DEPLOYMENT", help="Name of the Worker Deployment."
        ),
    ],
    build: Annotated[
        str | None,
        typer.Option(metavar="ID", envvar="DESK_BUILD", help="Build that gets the work."),
    ] = None,
    ramp: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="Share of the tickets that the build gets; 0 ends the ramp.",
        ),
    ] = None,
    unversioned: Annotated[
        bool, typer.Option("--unversioned", help="Route work to unversioned workers.")
    ] = False,
    unchecked: Annotated[
        bool,
        typer.Option("--unchecked", help="Do not let the build replay what it would take over."),
    ] = False,
    task_queue: Annotated[
        str,
        typer.Option(metavar="NAME", envvar="DESK_TASK_QUEUE", help="Task queue of the tickets."),
    ] = "desk",
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the first worker of the build.", min=0)
    ] = 30,
) -> None:
    """Route work to a build of the worker. It gets the next task of every
    ticket and account, including open ones.

    Before that, the workers of every build that gets tickets from another one
    replay them, with their own code. If one ticket cannot continue there,
    nothing changes. With --ramp the build gets a share of the tickets, always
    the same ones. To go back, promote the earlier build.

    Exit codes: 0 all task queues route to the build, 1 a replay fails, the
    server rejects the change, does not support deployments, or has no worker
    of that build, 2 usage, 69 no Temporal server responds.

    Example: desk promote --deployment desk --build 0.2.0 --ramp 10
    """
    if (build is None) == (not unversioned):
        raise typer.BadParameter("set either --build or --unversioned", param_hint="'--build'")
    if unversioned and ramp is not None:
        raise typer.BadParameter("requires --build", param_hint="'--ramp'")
    until = timedelta(seconds=wait)
    asyncio.run(_promote(deployment, task_queue, build, ramp, until, checked=not unchecked))


async def _promote(  # one for each option
    name: str,
    task_queue: str,
    build: str | None,
    ramp: float | None,
    max_wait: timedelta,
    *,
    checked: bool,
) -> None:
    from bootstrap.encryption import client_options
    from commands.temporal.worker_deployment import UNVERSIONED, Deployment
    from settings import Settings
    from workflows.temporal.connection import connect

    # The report of a check is encrypted like everything that workers return.
    client = await connect(**await client_options(Settings()))
    deployment = Deployment(client, name, task_queue)
    if checked:
        count = await deployment.check(build or UNVERSIONED, ramp, max_wait)
        echo(f"{count} replayed by the build that gets them.")
    if build is None:
        await deployment.promote(UNVERSIONED, max_wait)
        echo(f"Work is routed to unversioned workers, not to a build of {name}.")
    elif ramp is None:
        await deployment.promote(build, max_wait)
        echo(f"Build {build} of {name} is current and gets all work.")
    else:
        await deployment.ramp(build, ramp, max_wait)
        echo(f"Build {build} of {name} gets the work of {ramp:g} % of the tickets.")
