"""Random workloads on the core of a ticket alone, without a server.

    python tests/chaos/run_model_checking.py [--seconds S] [--seed N] [--json]

The workload of tests/chaos/run_chaos.py acts under every contract while minutes, hours and days
pass. After each step every invariant (tests/workflows/ticket/invariants.py) must hold;
`steps_per_second` counts those steps. A second pass also compares each ticket with the reference
model of the chaos test, which is slow by design: `checked_steps_per_second`. A third pass compares
accounts with several such tickets. The figures under "used" say how often the tickets and accounts
of the two comparisons have used what only some policies have.

The exit code is 1 if core and model differ. A violated invariant ends the run with an error.
"""

import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.console import Console
from rich.table import Table

from benchmarks.support.report import command_line
from tests.chaos.checker.features import features_of
from tests.workflows.account.simulated_account import (
    SimulatedAccount,
    accounts_with_commitments,
)
from tests.workflows.ticket.simulated_ticket import CoreWorkload, workloads

SECONDS = 10.0
Runner = Callable[[CoreWorkload], list[Any] | None]


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"for each pass (default: {SECONDS:g})"
    )
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    options = parser.parse_args()
    figures = measure(options.seconds, options.seed)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        Console().print(table(figures))
    return 1 if figures["differences"] else 0


def measure(seconds: float, seed: int) -> dict[str, Any]:
    """Steps per second of CPU time, all differences, and what was used how often."""
    differences: list[str] = []
    used: Counter[str] = Counter()
    for workload in workloads(str(seed)):
        workload.run_and_compare()  # Fills the caches of policies, calendars and contracts.
    alone, steps = _run(seconds, seed, CoreWorkload.run, differences, used)
    checked, more = _run(seconds, seed, CoreWorkload.run_and_compare, differences, used)
    _run_accounts(seconds, seed, differences, used)
    return {
        "steps": steps + more,
        "steps_per_second": round(alone),
        "checked_steps_per_second": round(checked),
        "used": dict(sorted((+used).items())),
        "differences": differences,
    }


def _run(
    seconds: float, seed: int, runner: Runner, differences: list[str], used: Counter[str]
) -> tuple[float, int]:
    began, steps = time.process_time(), 0
    for number in itertools.count(seed):
        for workload in workloads(str(number)):
            differences += [f"seed {number}: {found}" for found in runner(workload) or ()]
            steps += workload.steps
            if workload.comparison is not None:
                used += Counter({"tickets compared": 1}) + features_of(workload.comparison.ticket)
        if (taken := time.process_time() - began) > seconds:
            return steps / taken, steps
    raise AssertionError


def _run_accounts(seconds: float, seed: int, differences: list[str], used: Counter[str]) -> None:
    began, numbers = time.process_time(), itertools.count(seed)
    while time.process_time() - began < seconds:
        number = str(next(numbers))
        for path in accounts_with_commitments():
            simulated = SimulatedAccount(number, path)
            found = simulated.run_and_compare()
            differences += [f"account seed {number}: {each}" for each in found]
            used += Counter({"accounts compared": 1}) + simulated.used


def table(figures: dict[str, Any]) -> Table:
    """The figures as a table."""
    result = Table("figure", "value")
    for name in ("steps", "steps_per_second", "checked_steps_per_second"):
        result.add_row(name.replace("_", " "), f"{figures[name]:,}")
    result.add_section()
    for name, count in figures["used"].items():
        result.add_row(name, f"{count:,}")
    for difference in figures["differences"]:
        result.add_row("difference", difference)
    return result


if __name__ == "__main__":
    sys.exit(main())
