"""Model checking: random lives of a ticket on the core alone, without a server.

    python tests/chaos/run_model_checking.py [--seconds S] [--seed N] [--json]

A crowd does what it should and what it should not, under every contract there is, while minutes,
hours and days pass; after each step every invariant (tests/workflows/ticket/invariants.py) has to
hold. `steps_a_second` counts that. Then the same lives are held against the reference of
tests/chaos/run_chaos.py as well, which is slow on purpose: `checked_steps_a_second`.

The exit code is 1 when desk and reference differ; an invariant that does not hold says so itself.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from rich.console import Console
from rich.table import Table

from benchmarks.support.report import command_line
from tests.workflows.ticket.simulated_ticket import Rehearsed, lives

SECONDS = 10.0
Living = Callable[[Rehearsed], list[Any] | None]


def main() -> int:
    """Measure, then print a table or JSON; the exit code."""
    parser = command_line(__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"for each ({SECONDS:g})")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (0)")
    wanted = parser.parse_args()
    figures = measure(wanted.seconds, wanted.seed)
    if wanted.json:
        print(json.dumps(figures, indent=2))
    else:
        Console().print(table(figures))
    return 1 if figures["differences"] else 0


def measure(seconds: float, seed: int) -> dict[str, Any]:
    """How many steps a second of processor time, and what did not agree."""
    differences: list[str] = []
    for life in lives(str(seed)):
        life.live()  # Policies, calendars and contracts are read once, and not measured.
    alone, steps = _run(seconds, seed, Rehearsed.act_out, differences)
    checked, more = _run(seconds, seed, Rehearsed.live, differences)
    return {
        "steps": steps + more,
        "steps_a_second": round(alone),
        "checked_steps_a_second": round(checked),
        "differences": differences,
    }


def _run(seconds: float, seed: int, living: Living, differences: list[str]) -> tuple[float, int]:
    began, steps = time.process_time(), 0
    for number in itertools.count(seed):
        for life in lives(str(number)):
            differences += [f"seed {number}: {found}" for found in living(life) or ()]
            steps += life.steps
        if (taken := time.process_time() - began) > seconds:
            return steps / taken, steps
    raise AssertionError


def table(figures: dict[str, Any]) -> Table:
    """The figures for people."""
    shown = Table("figure", "value")
    for name in ("steps", "steps_a_second", "checked_steps_a_second"):
        shown.add_row(name.replace("_", " "), f"{figures[name]:,}")
    for difference in figures["differences"]:
        shown.add_row("difference", difference)
    return shown


if __name__ == "__main__":
    sys.exit(main())
