"""`desk demo`: the whole life of a ticket, weeks of it, on a real Temporal server."""

import asyncio
import json
from datetime import UTC, datetime
from time import perf_counter
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.status import Status

from bootstrap.exit_codes import ExitCode, Failure
from commands.console.plain_output import echo
from commands.console.terminal import Terminal
from commands.simulation import contently_demo
from commands.simulation.recording import Recording
from commands.simulation.simulated_desk import SimulatedDesk
from commands.timeline.ticket_timeline import Timeline
from commands.timeline.ticket_view import print_checks, print_timeline

TIMEOUT = 90.0
"""Seconds; a demo normally takes three or four."""

DEMOS = {contently_demo.POLICY: contently_demo}

Checks = list[tuple[str, bool]]


def demo(
    policy: Annotated[str, typer.Option(help="Policy to run.")] = contently_demo.POLICY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Run the whole life of a ticket, weeks of it, in seconds.

    The demo starts a Temporal server that can skip time, the worker, and a
    mail server that stores e-mails. A ticket then goes through the process
    of the published policy. The output is its timeline, in local time of
    the support team: events, clocks and e-mails.

    Exit codes: 0 the process met the policy, 1 it did not.
    """
    if policy not in DEMOS:
        names = ", ".join(DEMOS)
        raise typer.BadParameter(f'there is no demo of "{policy}"; available: {names}')
    began = perf_counter()
    console = Terminal(stderr=True)
    with console.status("Starting a Temporal server ...") as status:
        timeline, checks = asyncio.run(_run_within_timeout(status))
    seconds = perf_counter() - began
    if as_json:
        report = timeline.model_dump(mode="json")
        report["checks"] = [{"promise": text, "kept": kept} for text, kept in checks]
        report["seconds"] = round(seconds, 1)
        echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        out = Terminal(highlight=False)
        print_timeline(out, timeline)
        print_checks(out, timeline, checks, seconds)
    if not all(kept for _, kept in checks):
        raise typer.Exit(ExitCode.FAILED)


async def _run_within_timeout(status: Status) -> tuple[Timeline, Checks]:
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _run(status)
    except TimeoutError:
        raise Failure(
            ExitCode.FAILED, f"The demo did not end within {TIMEOUT:.0f} seconds."
        ) from None


async def _run(status: Status) -> tuple[Timeline, Checks]:
    prepared = contently_demo.prepare(datetime.now(UTC))
    zone = ZoneInfo(prepared.opening.terms.zone)

    def show(at: datetime) -> None:
        status.update(f"{at.astimezone(zone):%A, %d %B %Y, %H:%M}")

    async with SimulatedDesk.begin() as desk:
        recording = await Recording.begin(desk, prepared.opening, show)
        await contently_demo.run(recording, prepared.open_days)
        timeline = await recording.end()
    return timeline, list(contently_demo.checks(timeline, prepared))
