"""A log judged under one or several policies with a bar of progress, and the report about one."""

import json
import signal
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any, NamedTuple, Protocol

from pydantic import JsonValue

from backtest.mapping.document import LogMapping
from backtest.runs.run import ALL, Run
from backtest.runs.spooled_log import spooled
from bootstrap.exit_codes import Failure
from commands.backtest.csv_file import write_csv
from commands.backtest.html_file import write_page
from commands.backtest.progress import progress_bar
from commands.backtest.report_document import report_document
from commands.backtest.report_tables import print_report
from commands.console.explanation_tables import wide_console
from commands.console.plain_output import echo
from commands.console.terminal import Terminal
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
        only: Collection[int] = ALL,
    ) -> Run:
        """The run, judged as far as it was not interrupted."""


@contextmanager
def judging(log: Path, mapping: LogMapping, processes: int) -> Iterator[Judging]:
    """Reads the log once; every run is about it."""
    now, runs = datetime.now(UTC), 0
    with (
        ended_like_ctrl_c(),
        progress_bar("Reading") as on_read,
        spooled(log, mapping, now, on_read) as spool,
    ):

        def judge(
            policy: SupportPolicy,
            overrides: Mapping[str, JsonValue] | None = None,
            label: str = "Judging",
            only: Collection[int] = ALL,
        ) -> Run:
            nonlocal runs
            runs += 1
            run = Run(spool, policy, overrides, name=f"run-{runs}")
            with progress_bar(label) as on_judged:
                run.judge_all(processes, on_judged, only)
            return run

        yield judge


def show_report(judge: Judging, policy: SupportPolicy, output: Output) -> bool:
    """The report about one policy. Whether it was interrupted."""
    run = judge(policy)
    report, is_partial = run.report(), run.is_partial
    files = WrittenFiles()
    if (csv := output.csv) is not None:
        files.write(lambda: write_csv(csv, run.results(), is_partial=is_partial))
    if (html := output.html) is not None:
        files.write(lambda: write_page(html, lambda: _page(run), is_partial=is_partial))
    with files.named():
        if output.as_json:
            print_json(report_document(report))
        else:
            print_report(wide_console(), report)
    return is_partial


def print_json(document: dict[str, Any]) -> None:
    """A report as JSON."""
    echo(json.dumps(document, indent=2, ensure_ascii=False))


class WrittenFiles:
    """The files of a report. One that cannot be written ends the command only after the report was
    printed: what was judged is not lost.
    """

    def __init__(self) -> None:
        self._written: list[Path] = []
        self._failures: list[Failure] = []

    def write(self, write: Callable[[], Path]) -> None:
        """Writes a file, or remembers why it cannot be written."""
        try:
            self._written.append(write())
        except Failure as failure:
            self._failures.append(failure)

    @contextmanager
    def named(self) -> Iterator[None]:
        """Prints a report, and then the names of the files on standard error, also if nobody reads
        the report to its end. Raises the first Failure.
        """
        try:
            yield
        finally:
            for file in self._written:
                Terminal(stderr=True).print(f"wrote {file}", markup=False, highlight=False)
            for failure in self._failures:
                raise failure


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and the end of the terminal interrupt a run as Ctrl-C does: what is judged is
    reported, and nothing stays on the disk.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if current_thread() is not main_thread():
        names = []
    signals = [getattr(signal, name) for name in names]
    mine = [each for each in signals if signal.getsignal(each) is signal.SIG_DFL]
    for each in mine:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each in mine:
            signal.signal(each, signal.SIG_DFL)


def _page(run: Run) -> str:
    # jinja and the words of e-mails load here: most back-tests need neither.
    from backtest.report.page import page_of

    return page_of(run)
