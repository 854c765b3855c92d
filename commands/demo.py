"""`desk demo`: a ticket's whole documented life, weeks of it, on a real Temporal server."""

import asyncio
import json
from datetime import UTC, datetime
from time import perf_counter
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.status import Status

from bootstrap.exit_codes import ExitCode, Failure
from commands.simulation import contently_demo
from commands.simulation.recording import Recording
from commands.simulation.simulated_desk import SimulatedDesk
from commands.timeline.ticket_timeline import Timeline
from commands.timeline.ticket_view import print_checks, print_story

LONGEST = 90.0
"""Seconds after which something is broken: a life takes three or four."""

LIVES = {contently_demo.POLICY: contently_demo}

Checks = list[tuple[str, bool]]


def demo(
    policy: Annotated[
        str, typer.Option(help="Whose documented process to play.")
    ] = contently_demo.POLICY,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Play a ticket's whole life, weeks of it, in seconds.

    It starts a real Temporal server whose time can be moved, the real
    worker, and a mail server that keeps what it gets. Then a request
    comes in, and everybody does what the published process says, in
    local time of the desk: what happened, what the clocks did, and which
    mails arrived.

    Exit code 0 when the process did what it promises, 1 when it did not.
    """
    if policy not in LIVES:
        known = ", ".join(LIVES)
        raise typer.BadParameter(f'there is no demo of "{policy}"; there is {known}')
    began = perf_counter()
    console = Console(stderr=True)
    with console.status("Starting a Temporal server ...") as status:
        story, checks = asyncio.run(_within_reason(status))
    seconds = perf_counter() - began
    if as_json:
        report = story.model_dump(mode="json")
        report["checks"] = [{"promise": text, "kept": kept} for text, kept in checks]
        report["seconds"] = round(seconds, 1)
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        out = Console(highlight=False)
        print_story(out, story)
        print_checks(out, story, checks, seconds)
    if not all(kept for _, kept in checks):
        raise typer.Exit(ExitCode.FAILED)


async def _within_reason(status: Status) -> tuple[Timeline, Checks]:
    try:
        async with asyncio.timeout(LONGEST):
            return await _play(status)
    except TimeoutError:
        raise Failure(
            ExitCode.FAILED, f"The ticket did not get to its end within {LONGEST:.0f} seconds"
        ) from None


async def _play(status: Status) -> tuple[Timeline, Checks]:
    prepared = contently_demo.prepare(datetime.now(UTC))
    zone = ZoneInfo(prepared.opening.terms.zone)

    def show(at: datetime) -> None:
        status.update(f"{at.astimezone(zone):%A, %d %B %Y, %H:%M}")

    async with SimulatedDesk.begin() as rehearsal:
        recording = await Recording.begin(rehearsal, prepared.opening, show)
        await contently_demo.play(recording, prepared.open_days)
        story = await recording.end()
    return story, list(contently_demo.checks(story, prepared))
