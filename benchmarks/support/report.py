"""The output of a benchmark, as a table or a JSON object, and its targets.

support/ has the parts that benchmark programs share; processes/ has their child processes, and
workload/ their tickets.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from rich.console import Console
from rich.table import Table
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

Report = dict[str, dict[str, Any]]
"""Figures by part and name."""
_ERRORS = TelemetryFilter(core_level="ERROR", other_level="ERROR")


class Target(NamedTuple):
    """An upper or lower limit of a figure."""

    limit: float
    is_most: bool

    def holds(self, figure: float) -> bool:
        """Whether a figure is within the limit."""
        return figure <= self.limit if self.is_most else figure >= self.limit

    def __str__(self) -> str:
        return f"at {'most' if self.is_most else 'least'} {self.limit:,}"


Targets = Mapping[tuple[str, str], Target]
"""Targets by part and name."""


def at_most(limit: float) -> Target:
    """An upper limit."""
    return Target(limit, is_most=True)


def at_least(limit: float) -> Target:
    """A lower limit."""
    return Target(limit, is_most=False)


def command_line(description: str | None) -> argparse.ArgumentParser:
    """The parser of a benchmark's command line.

    It also limits the log of Temporal's core to errors: its warnings go to standard output, into
    the report.
    """
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(_ERRORS))))
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def show(report: Report, targets: Targets, *, as_json: bool) -> int:
    """Prints a report; returns the exit code, which is 1 if a figure misses its target."""
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        Console().print(_table(report, targets))
    return 0 if all(t.holds(report[part][name]) for (part, name), t in targets.items()) else 1


def progress(line: str) -> None:
    """Says what a long benchmark is at, apart from its report."""
    print(line, file=sys.stderr, flush=True)


def leave(code: int = 0) -> NoReturn:
    """Ends the process at once: the threads of Temporal's core outlive the event loop and can abort
    an interpreter that shuts down.
    """
    sys.stdout.flush()
    os._exit(code)


def percentile(ordered: list[float], share: float) -> float:
    """The value that this share of the sorted values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _table(report: Report, targets: Targets) -> Table:
    table = Table("", "figure", "value", "target")
    for part, figures in report.items():
        for name, value in figures.items():
            target = targets.get((part, name))
            style = None if target is None or target.holds(value) else "bold red"
            cells = (part.replace("_", " "), name.replace("_", " "), f"{value:,}")
            table.add_row(*cells, str(target or ""), style=style)
        table.add_section()
    return table
