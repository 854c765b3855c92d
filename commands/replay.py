"""`desk replay`: do the tickets that are open go on under this code?"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.exit_codes import ExitCode

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory

    from commands.temporal.history_replay import Report

SHOWN = 20


def replay(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Histories, as JSON.")
    ] = None,
    of_open: Annotated[
        bool, typer.Option("--open", help="Those of all open tickets and accounts.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only so many of them, by chance.")
    ] = None,
    query: Annotated[
        str | None, typer.Option(metavar="QUERY", help="Only those that a list filter finds.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Replay histories on this code, as its worker would. Run it with the new
    code before its workers are given work: what cannot be replayed would
    stand still under it.

    Nothing is changed, and no worker is needed. With --open the histories
    come from Temporal, as TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say.

    Exit code 0 when all can be replayed, 1 when one cannot or a file is no
    history, 69 when no server answers.

    Example: desk replay --open --query 'TicketPolicy = "contently"'
    """
    if of_open == bool(files):
        raise typer.BadParameter("name files, or say --open", param_hint="'FILE...'")
    if not of_open and (sample or query):
        raise typer.BadParameter("goes with --open", param_hint="'--sample' / '--query'")
    report = asyncio.run(_replay(files or [], query, sample))
    _show(report, as_json)
    if report.failed:
        raise typer.Exit(ExitCode.FAILED)


async def _replay(files: list[Path], query: str | None, sample: int | None) -> "Report":
    from rich.console import Console

    from commands.temporal.history_replay import histories_in, open_histories, replay
    from workflows.release import THIS_CODE
    from workflows.temporal.connection import connect

    histories: AsyncIterator[WorkflowHistory]
    if files:
        histories = histories_in(files)
    else:
        histories = open_histories(await connect(), query, sample)
    with Console(stderr=True).status("Replaying ...") as status:
        return await replay(
            THIS_CODE, histories, lambda report: status.update(f"Replaying ... {_summary(report)}")
        )


def _show(report: "Report", as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    for failed in report.failed[:SHOWN]:
        where = f"event {failed.event}, {failed.event_type}" if failed.event else "in its history"
        typer.echo(f"{failed.workflow} (run {failed.run})\n  {where}: {failed.difference}")
    if len(report.failed) > SHOWN:
        typer.echo(f"... and {len(report.failed) - SHOWN} more; --json has all of them")
    typer.echo(_summary(report))


def _summary(report: "Report") -> str:
    return (
        f"{report.replayed} replayed, {len(report.failed)} cannot be; {report.events} events, "
        f"{report.megabytes:.1f} MB in {report.seconds:.1f} s, {report.per_second:.0f} a second"
    )
