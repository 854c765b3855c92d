"""`desk simulate`: runs scenarios on the real workflow and compares the results."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.status import Status
from rich.text import Text

from activities.templates.own_templates import OwnTemplates, read_policy_templates
from bootstrap.exit_codes import ExitCode, Failure
from bootstrap.replays.sdk_log import silenced
from commands.console.plain_output import echo
from commands.console.terminal import Terminal
from commands.scenario.script import Script, read_script
from commands.simulation.report import as_json as report_of
from commands.simulation.report import print_result
from commands.simulation.runner import ScenarioResult, run
from commands.simulation.simulated_desk import SimulatedDesk
from policies.documents.problems import PolicyErrors
from policies.loading.policy_catalog import PolicyCatalog

TIMEOUT = 60.0
"""Seconds; a scenario normally takes one or two."""


def simulate(
    files: Annotated[
        list[Path], typer.Argument(metavar="SCENARIO", help="Scenarios (YAML files).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Run scenarios: actions on a ticket, an account or both, with the
    expected results.

    Each scenario runs on the real workflow, on a Temporal server that can
    skip time, with a real mail server. The output is a timeline, and each
    failed expectation with its place, the expected and the actual value.

    Exit codes: 0 all expectations are met, 1 one is not, or a scenario has
    errors, 2 a file cannot be read.

    Example: desk simulate examples/scenarios/contently/*.yaml
    """
    began = perf_counter()
    scripts = _read(files)
    console = Terminal(stderr=True)
    with console.status("Starting a Temporal server ...") as status:
        results = asyncio.run(_run_all(scripts, status))
    seconds = perf_counter() - began
    if as_json:
        _print_json(results, seconds)
    else:
        _print_text(results, seconds)
    if any(result.failures for result in results):
        raise typer.Exit(ExitCode.FAILED)


def _read(files: Sequence[Path]) -> list[Script]:
    """Reads all files; one Failure lists every error."""
    catalog, now = PolicyCatalog.shipped(), datetime.now(UTC)
    scripts, problems, code = [], [], ExitCode.FAILED
    for path in dict.fromkeys(files):
        try:
            scripts.append(read_script(path, catalog, now))
        except OSError as error:
            problems.append(f"cannot read {path}: {error.strerror or error}")
            code = ExitCode.USAGE
        except PolicyErrors as errors:
            problems.append(str(errors))
    if problems:
        raise Failure(code, "\n".join(problems))
    return scripts


async def _run_all(scripts: Sequence[Script], status: Status) -> list[ScenarioResult]:
    # With policies from files, because accounts look their policy up.
    from_files = {(s.policy.policy, s.policy.revision): s.policy for s in scripts}
    shipped = {(p.policy, p.revision): p for p in PolicyCatalog.shipped()}
    catalog = PolicyCatalog((shipped | from_files).values())
    # A failure that concerns the ticket is one of its events.
    with silenced("activity", "workflow"):
        async with SimulatedDesk.begin(catalog=catalog, own=_own_templates(scripts)) as desk:
            return [
                await _run_within_timeout(desk, script, number, status)
                for script, number in zip(scripts, _numbers(), strict=False)
            ]


def _own_templates(scripts: Sequence[Script]) -> OwnTemplates:
    """The own templates beside the policies that are files."""
    try:
        return {
            script.policy.policy: read_policy_templates(file.parent, script.policy.policy)
            for script in scripts
            if (file := script.policy_file) is not None
        }
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None


async def _run_within_timeout(
    desk: SimulatedDesk, script: Script, number: str, status: Status
) -> ScenarioResult:
    def show(at: datetime) -> None:
        status.update(Text(f"{script.scenario.title}: {at:%A, %d %B %Y}"))

    try:
        async with asyncio.timeout(TIMEOUT):
            return await run(desk, script, number, show)
    except TimeoutError:
        message = f"{script.file}: the scenario did not end within {TIMEOUT:.0f} seconds"
        raise Failure(ExitCode.FAILED, message) from None


def _numbers() -> Iterator[str]:
    return (f"PLAY-{n // 10_000:04d}-{n % 10_000:04d}" for n in range(1, 100_000_000))


def _print_json(results: Sequence[ScenarioResult], seconds: float) -> None:
    report = {
        "passed": not any(result.failures for result in results),
        "scenarios": [report_of(result) for result in results],
        "seconds": round(seconds, 1),
    }
    echo(json.dumps(report, indent=2, ensure_ascii=False))


def _print_text(results: Sequence[ScenarioResult], seconds: float) -> None:
    console = Terminal(highlight=False)
    for result in results:
        print_result(console, result)
    failed = sum(1 for result in results if result.failures)
    verdict = f"{failed} failed" if failed else "all passed"
    count = "1 scenario" if len(results) == 1 else f"{len(results)} scenarios"
    console.print(f"{count}, {verdict}, in {seconds:.1f} seconds.", style="bold")
