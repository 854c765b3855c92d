"""`desk simulate`: small stories, lived by the real workflow, with what must come of them."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text

from bootstrap.exit_codes import ExitCode, Failure
from commands.scenario.script import Script, read_script
from commands.simulation.report import as_json as report_of
from commands.simulation.report import print_played
from commands.simulation.runner import ScenarioResult, play
from commands.simulation.simulated_desk import SimulatedDesk
from policies.documents.problems import PolicyErrors
from policies.loading.policy_catalog import PolicyCatalog

LONGEST = 60.0
"""Seconds after which something is broken: a scenario takes one or two."""


def simulate(
    files: Annotated[list[Path], typer.Argument(metavar="SCENARIO", help="Scenarios, in YAML.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Play scenarios: small stories of a ticket, an account, or both, with
    what must come of them.

    Each is lived by the real workflow on a real Temporal server whose
    time can be moved, and its mails arrive at a real mail server. What
    happened is shown as a timeline, and every expectation that was not
    met with its place, what was expected and what was found.

    Exit code 0 when all expectations hold, 1 when one does not or a
    scenario cannot be used.

    Example: desk simulate examples/scenarios/contently/*.yaml
    """
    began = perf_counter()
    scripts = _read(files)
    console = Console(stderr=True)
    with console.status("Starting a Temporal server ...") as status:
        played = asyncio.run(_play_all(scripts, status))
    seconds = perf_counter() - began
    if as_json:
        _print_json(played, seconds)
    else:
        _print_text(played, seconds)
    if any(one.failures for one in played):
        raise typer.Exit(ExitCode.FAILED)


def _read(files: Sequence[Path]) -> list[Script]:
    """The scripts in all files, or all that is wrong with them."""
    catalogue, now = PolicyCatalog.shipped(), datetime.now(UTC)
    scripts, wrong = [], []
    for path in dict.fromkeys(files):
        try:
            scripts.append(read_script(path, catalogue, now))
        except OSError as error:
            wrong.append(f"{path}: cannot be read: {error.strerror or error}")
        except PolicyErrors as errors:
            wrong.append(str(errors))
    if wrong:
        raise Failure(ExitCode.FAILED, "\n".join(wrong))
    return scripts


async def _play_all(scripts: Sequence[Script], status: Status) -> list[ScenarioResult]:
    # Policies from files are known as well: accounts look up what they are under.
    tried = {(s.policy.policy, s.policy.revision): s.policy for s in scripts}
    shipped = {(p.policy, p.revision): p for p in PolicyCatalog.shipped()}
    catalogue = PolicyCatalog((shipped | tried).values())
    async with SimulatedDesk.begin(catalogue=catalogue) as rehearsal:
        return [
            await _within_reason(rehearsal, script, number, status)
            for script, number in zip(scripts, _numbers(), strict=False)
        ]


async def _within_reason(
    rehearsal: SimulatedDesk, script: Script, number: str, status: Status
) -> ScenarioResult:
    def show(at: datetime) -> None:
        status.update(Text(f"{script.scenario.title}: {at:%A, %d %B %Y}"))

    try:
        async with asyncio.timeout(LONGEST):
            return await play(rehearsal, script, number, show)
    except TimeoutError:
        message = f"{script.file}: the story did not get to its end within {LONGEST:.0f} seconds"
        raise Failure(ExitCode.FAILED, message) from None


def _numbers() -> Iterator[str]:
    return (f"PLAY-{n // 10_000:04d}-{n % 10_000:04d}" for n in range(1, 100_000_000))


def _print_json(played: Sequence[ScenarioResult], seconds: float) -> None:
    report = {
        "passed": not any(one.failures for one in played),
        "scenarios": [report_of(one) for one in played],
        "seconds": round(seconds, 1),
    }
    typer.echo(json.dumps(report, indent=2, ensure_ascii=False))


def _print_text(played: Sequence[ScenarioResult], seconds: float) -> None:
    console = Console(highlight=False)
    for one in played:
        print_played(console, one)
    failed = sum(1 for one in played if one.failures)
    verdict = f"{failed} of {len(played)} do not hold" if failed else "all of them hold"
    count = "1 scenario" if len(played) == 1 else f"{len(played)} scenarios"
    console.print(f"{count}, {verdict}, in {seconds:.1f} seconds.", style="bold")
