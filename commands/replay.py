"""`desk replay`: checks that open tickets can continue on this code."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bootstrap.exit_codes import ExitCode
from commands.console.plain_output import echo
from commands.console.terminal import Terminal

if TYPE_CHECKING:
    from temporalio.client import WorkflowHistory

    from bootstrap.replays.history_replay import Report

MAX_LISTED = 20


def replay(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Workflow histories (JSON files)."),
    ] = None,
    of_open: Annotated[
        bool, typer.Option("--open", help="Replay all open tickets, accounts and announcements.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Replay a random sample of this size.")
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(metavar="QUERY", help="Replay only those that match a List Filter."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Replay workflow histories on this code. Run it with the new code before
    you promote its build: a ticket whose replay fails would be stuck.

    Replays change nothing and need no worker. With --open, the histories come
    from Temporal at TEMPORAL_ADDRESS, in TEMPORAL_NAMESPACE.

    A workflow whose task fails on its present worker is stuck already. It is
    reported as well, with the reason.

    Exit codes: 0 all replays succeed, 1 one fails, a workflow is stuck or a
    file is not a history, 2 a file cannot be read, 69 no Temporal server
    responds.

    Example: desk replay --open --query 'TicketPolicy = "contently"'
    """
    if of_open == bool(files):
        raise typer.BadParameter("pass either files or --open", param_hint="'FILE...'")
    if not of_open and (sample or query):
        raise typer.BadParameter("requires --open", param_hint="'--sample' / '--query'")
    report = asyncio.run(_replay(files or [], query, sample))
    _show(report, as_json)
    if report.failed:
        raise typer.Exit(ExitCode.FAILED)


async def _replay(files: list[Path], query: str | None, sample: int | None) -> "Report":

    from bootstrap.encryption import client_options
    from bootstrap.replays.history_replay import histories_in, open_histories, replay
    from settings import Settings
    from workflows.release import THIS_CODE
    from workflows.temporal.connection import DATA_CONVERTER, connect

    histories: AsyncIterator[WorkflowHistory]
    options = await client_options(Settings())
    converter = options.get("data_converter", DATA_CONVERTER)
    if files:
        histories = histories_in(files)
    else:
        histories = open_histories(await connect(**options), query, sample)
    with Terminal(stderr=True).status("Replaying ...") as status:
        return await replay(
            THIS_CODE,
            histories,
            lambda report: status.update(f"Replaying ... {_summary(report)}"),
            converter,
        )


def _show(report: "Report", as_json: bool) -> None:
    if as_json:
        echo(report.model_dump_json(indent=2))
        return
    for failed in report.failed[:MAX_LISTED]:
        where = f"event {failed.event}, {failed.event_type}" if failed.event else "history"
        echo(f"{failed.workflow} (run {failed.run})\n  {where}: {failed.difference}")
    if len(report.failed) > MAX_LISTED:
        echo(f"... and {len(report.failed) - MAX_LISTED} more; use --json for all")
    echo(_summary(report))


def _summary(report: "Report") -> str:
    return (
        f"{report.replayed} replayed, {len(report.failed)} failed; {report.events} events, "
        f"{report.megabytes:.1f} MB in {report.seconds:.1f} s, {report.per_second:.0f} per second"
    )
