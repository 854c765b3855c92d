"""`desk backtest`: a policy tried on a log of tickets."""

import json
import os
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from backtest.mapping.document import LogMapping
from backtest.mapping.loading import load_mapping
from backtest.readers.log_file import LogError
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from bootstrap.exit_codes import ExitCode, Failure
from commands.backtest.csv_file import write_csv
from commands.backtest.html_file import write_page
from commands.backtest.progress import progress_bar
from commands.backtest.report_document import report_document
from commands.backtest.report_tables import print_report
from commands.backtest.suggest import print_suggestion
from commands.console.explanation_tables import wide_console
from commands.console.policy_argument import policy_named
from policies.documents.problems import PolicyErrors
from policies.schema.policy import SupportPolicy


def backtest(
    policy: Annotated[
        str,
        typer.Argument(help="Name of a policy in the catalog, such as contently, or a YAML file."),
    ],
    log: Annotated[
        Path,
        typer.Argument(
            help="Log of tickets: CSV, XES, or JSON of Jira or Zendesk, also as .gz or .zip."
        ),
    ],
    mapping: Annotated[
        Path, typer.Option(help="Mapping: a YAML file that says what the log means.")
    ],
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a row for each ticket and clock.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as one HTML page.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=0, help="Processes that judge tickets. 0: one for each core.")
    ] = 0,
    suggest: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG",
            is_eager=True,
            callback=print_suggestion,
            help="Print a mapping for a log, with comments on what is unsure, and do nothing else.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Try a policy on years of tickets before you publish it.

    Each ticket of the log is played through the clocks of the policy, by
    the code that runs for live tickets. The output has met and breached
    clocks by priority and month, the worst tickets, and what could not be
    read. Ctrl-C ends it early; what is judged by then is reported.

    Exit codes: 0 success, 1 the policy or the mapping has errors, 2 a file
    cannot be read or is no such log, 130 interrupted.

    Example: desk backtest examples/backtest/servicenow/policy.yaml
    incidents.csv --mapping examples/backtest/servicenow/mapping.yaml
    """
    if csv is not None and not csv.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {csv.parent}", param_hint="'--csv'")
    chosen = policy_named(policy, None)
    meaning = _mapping(mapping, chosen)
    try:
        is_partial = _run(chosen, meaning, log, csv, html, processes or _cores(), as_json=as_json)
    except LogError as error:
        raise Failure(ExitCode.USAGE, str(error)) from None
    except KeyboardInterrupt:
        raise Failure(ExitCode.INTERRUPTED, "interrupted before the report was ready") from None
    except BrokenExecutor:
        wrong = "a process that judges tickets has ended, perhaps for want of memory"
        raise Failure(ExitCode.FAILED, wrong) from None
    except OSError as error:
        wrong = f"cannot read or write {error.filename or log}: {error.strerror or error}"
        raise Failure(ExitCode.USAGE, wrong) from None
    if is_partial:
        raise typer.Exit(ExitCode.INTERRUPTED)


def _run(
    policy: SupportPolicy,
    mapping: LogMapping,
    log: Path,
    csv: Path | None,
    html: Path | None,
    processes: int,
    *,
    as_json: bool,
) -> bool:
    """Judges the log and prints the report. Whether it was interrupted."""
    now = datetime.now(UTC)
    with progress_bar("Reading") as on_read, spooled(log, mapping, now, on_read) as spool:
        run = Run(spool, policy)
        with progress_bar("Judging") as on_judged:
            run.judge_all(processes, on_judged)
        report = run.report()
        written = [write_csv(csv, run.results(), is_partial=report.is_partial)] if csv else []
        if html is not None:
            written.append(write_page(html, run, is_partial=report.is_partial))
    if as_json:
        typer.echo(json.dumps(report_document(report), indent=2, ensure_ascii=False))
    else:
        print_report(wide_console(), report)
    for file in written:
        Console(stderr=True).print(f"wrote {file}", markup=False, highlight=False)
    return report.is_partial


def _mapping(path: Path, policy: SupportPolicy) -> LogMapping:
    try:
        return load_mapping(path, policy)
    except OSError as error:
        wrong = f"cannot read {path}: {error.strerror or error}"
        raise typer.BadParameter(wrong, param_hint="'--mapping'") from None
    except PolicyErrors as errors:
        raise Failure(ExitCode.FAILED, str(errors)) from None


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
