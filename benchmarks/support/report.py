"""What a benchmark prints: a table for people, or one JSON object for machines; and whether every
figure is what it is to be.
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
"""The parts of a report, each with its figures by name."""
_ERRORS = TelemetryFilter(core_level="ERROR", other_level="ERROR")


class Target(NamedTuple):
    """What a figure is to be: so much at the most, or at the least."""

    limit: float
    is_most: bool

    def holds(self, figure: float) -> bool:
        """Whether a figure is on the right side."""
        return figure <= self.limit if self.is_most else figure >= self.limit

    def __str__(self) -> str:
        return f"at {'most' if self.is_most else 'least'} {self.limit:,}"


Targets = Mapping[tuple[str, str], Target]
"""What figures are to be, by part and name."""


def at_most(limit: float) -> Target:
    """No more than this."""
    return Target(limit, is_most=True)


def at_least(limit: float) -> Target:
    """No less than this."""
    return Target(limit, is_most=False)


def command_line(description: str | None) -> argparse.ArgumentParser:
    """The parser of a benchmark's command line. Temporal's core, which warns on standard output, in
    the middle of a report, is told to speak of errors only.
    """
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(_ERRORS))))
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def show(report: Report, targets: Targets, *, as_json: bool) -> int:
    """Prints a report; the exit code, which is 1 when a figure is not what it is to be."""
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        Console().print(_table(report, targets))
    return 0 if all(t.holds(report[part][name]) for (part, name), t in targets.items()) else 1


def leave(code: int = 0) -> NoReturn:
    """Ends the process at once: the threads of Temporal's core outlive the loop of asyncio, and can
    abort an interpreter that shuts down.
    """
    sys.stdout.flush()
    os._exit(code)


def percentile(ordered: list[float], share: float) -> float:
    """The value that so great a share of sorted values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _table(report: Report, targets: Targets) -> Table:
    shown = Table("", "figure", "value", "target")
    for part, figures in report.items():
        for name, value in figures.items():
            target = targets.get((part, name))
            style = None if target is None or target.holds(value) else "bold red"
            words = (part.replace("_", " "), name.replace("_", " "), f"{value:,}")
            shown.add_row(*words, str(target or ""), style=style)
        shown.add_section()
    return shown
