"""The CSV of a back-test: a row for each ticket and clock."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from backtest.results.clock_result import ClockResult
from commands.console.whole_file import whole_file

COLUMNS = ("id", "clock", "started", "due", "completed", "state")
PARTIAL = ".partial"
"""At the end of the name of a file that has not all tickets."""


def write_csv(path: Path, results: Iterable[ClockResult], *, is_partial: bool) -> Path:
    """Writes the results, by ticket and clock; returns the file. One that is partial says so in its
    name, and a complete file of before stays. Failure if it cannot be written.
    """
    target = path.with_name(path.name + PARTIAL) if is_partial else path
    with whole_file(target) as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(map(_row, results))
    return target


def _row(result: ClockResult) -> tuple[str, ...]:
    return (
        result.ticket,
        result.clock,
        instant(result.started),
        instant(result.due),
        instant(result.completed),
        result.state.value,
    )


def instant(at: datetime | None) -> str:
    """A time in UTC, as `2016-02-29T08:53:00Z`; empty for none."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""
