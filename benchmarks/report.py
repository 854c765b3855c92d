"""What a benchmark prints: a table for people, or one JSON object for machines."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table

Report = dict[str, dict[str, Any]]
"""The parts of a report, each with its figures by name."""
Targets = Mapping[tuple[str, str], str]
"""What figures are to be, by part and name, in words."""


def command_line(description: str | None) -> argparse.ArgumentParser:
    """The parser of a benchmark's command line."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def show(report: Report, targets: Targets, *, as_json: bool) -> None:
    """Prints a report."""
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        Console().print(_table(report, targets))


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
            target = targets.get((part, name), "")
            shown.add_row(part.replace("_", " "), name.replace("_", " "), f"{value:,}", target)
        shown.add_section()
    return shown
