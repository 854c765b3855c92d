"""A log judged under one or several policies with a bar of progress, and the report about one."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import typer
from pydantic import JsonValue
from rich.console import Console

from backtest.mapping.document import LogMapping
from backtest.runs.run import Run
from backtest.runs.spooled_log import spooled
from commands.backtest.csv_file import write_csv
from commands.backtest.html_file import write_page
from commands.backtest.progress import progress_bar
from commands.backtest.report_document import report_document
from commands.backtest.report_tables import print_report
from commands.console.explanation_tables import wide_console
from policies.schema.policy import SupportPolicy


class Output(NamedTuple):
    """Where a report goes besides the terminal."""

    csv: Path | None
    html: Path | None
    as_json: bool


class Judging(Protocol):
    """Judges the log under a policy with overrides; `label` is shown meanwhile."""

    def __call__(
        self,
        policy: SupportPolicy,
        overrides: Mapping[str, JsonValue] | None = None,
        label: str = "Judging",
    ) -> Run:
        """The run, judged as far as it was not interrupted."""


@contextmanager
def judging(log: Path, mapping: LogMapping, processes: int) -> Iterator[Judging]:
    """Reads the log once; every run is about it."""
    now, runs = datetime.now(UTC), 0
    with progress_bar("Reading") as on_read, spooled(log, mapping, now, on_read) as spool:

        def judge(
            policy: SupportPolicy,
            overrides: Mapping[str, JsonValue] | None = None,
            label: str = "Judging",
        ) -> Run:
            nonlocal runs
            runs += 1
            run = Run(spool, policy, overrides, name=f"run-{runs}")
            with progress_bar(label) as on_judged:
                run.judge_all(processes, on_judged)
            return run

        yield judge


def show_report(judge: Judging, policy: SupportPolicy, output: Output) -> bool:
    """The report about one policy. Whether it was interrupted."""
    run = judge(policy)
    report, written = run.report(), []
    if output.csv is not None:
        written.append(write_csv(output.csv, run.results(), is_partial=report.is_partial))
    if output.html is not None:
        written.append(write_page(output.html, lambda: _page(run), is_partial=report.is_partial))
    if output.as_json:
        print_json(report_document(report))
    else:
        print_report(wide_console(), report)
    print_written(*written)
    return report.is_partial


def print_json(document: dict[str, Any]) -> None:
    """A report as JSON."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def print_written(*files: Path) -> None:
    """The files that were written, on standard error."""
    for file in files:
        Console(stderr=True).print(f"wrote {file}", markup=False, highlight=False)


def _page(run: Run) -> str:
    # jinja and the words of e-mails load here: most back-tests need neither.
    from backtest.report.page import page_of

    return page_of(run)
