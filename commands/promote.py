"""`desk promote`: makes a build of the worker the one that is given work."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer


def promote(
    deployment: Annotated[
        str, typer.Option(metavar="NAME", envvar="DESK_DEPLOYMENT", help="The Worker Deployment.")
    ],
    build: Annotated[
        str | None,
        typer.Option(metavar="ID", envvar="DESK_BUILD", help="The build that is to have work."),
    ] = None,
    ramp: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="Only this share of the tickets; 0: none.",
        ),
    ] = None,
    unversioned: Annotated[
        bool, typer.Option("--unversioned", help="Go back to workers without a build.")
    ] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the first worker of the build.", min=0)
    ] = 30,
) -> None:
    """Give the work to a build of the worker: from now on it takes the next
    task of every ticket and account, also of those that are open.

    Look first whether they all go on under it: [bold]desk replay --open[/],
    run with the new code. With --ramp it takes the tasks of a share of them,
    always the same ones. To go back, promote the earlier build.

    Exit code 0 when every task queue knows, 1 when the server refuses, there
    is no worker of that build or the server cannot do it, 2 for a wrong
    usage, 69 when no server answers.

    Example: desk promote --deployment desk --build 0.2.0 --ramp 10
    """
    if (build is None) == (not unversioned):
        raise typer.BadParameter("name the build, or say --unversioned", param_hint="'--build'")
    if unversioned and ramp is not None:
        raise typer.BadParameter("only a build can be ramped", param_hint="'--ramp'")
    asyncio.run(_promote(deployment, build, ramp, timedelta(seconds=wait)))


async def _promote(name: str, build: str | None, ramp: float | None, patience: timedelta) -> None:
    from commands.temporal.worker_deployment import UNVERSIONED, Deployment
    from workflows.temporal.connection import connect

    deployment = Deployment(await connect(), name)
    if build is None:
        await deployment.promote(UNVERSIONED, patience)
        typer.echo(f"Workers without a build are given the work; no build of {name} is.")
    elif ramp is None:
        await deployment.promote(build, patience)
        typer.echo(f"Build {build} of {name} is current: it is given the work.")
    else:
        await deployment.ramp(build, ramp, patience)
        typer.echo(f"Build {build} of {name} is given the work of {ramp:g} % of the tickets.")
