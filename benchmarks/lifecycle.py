"""What one documented life of a ticket costs Temporal, and how fast tickets live.

`life` is counted in the history of one life on a server with movable time; see life_cost.py for
what is counted, and for Temporal's definition of billable actions. `throughput` is on a plain
server, next to a bare workflow that does as much; see throughput.py. `replay` is what it takes to
have the same life again in a worker's memory, next to the same bare workflow; see replay_cost.py.
"""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.console import Console
from rich.table import Table

from benchmarks.life_cost import cost_of_one_life
from benchmarks.replay_cost import replay_cost
from benchmarks.throughput import throughput

TICKETS = 120
MOST_EVENTS = 110
TARGETS = {
    ("life", "events"): f"at most {MOST_EVENTS}",
    ("throughput", "share_of_floor"): "0.8 and more",
    ("replay", "per_event_by_floor"): "at most 1.3",
}

Report = dict[str, dict[str, Any]]


def main() -> None:
    """Measure, then print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--tickets", type=int, default=TICKETS, help=f"how many to live ({TICKETS})"
    )
    wanted = parser.parse_args()
    if wanted.tickets < 1:
        parser.error("--tickets is 1 or more")
    report = asyncio.run(measure(wanted.tickets))
    if wanted.json:
        print(json.dumps(report, indent=2))
    else:
        Console().print(table(report))


async def measure(tickets: int) -> Report:
    """All figures."""
    life = await cost_of_one_life()
    speed = await throughput(tickets)
    replay = await replay_cost()
    return {
        "life": life.model_dump(),
        "throughput": speed.model_dump(),
        "replay": replay.model_dump(),
    }


def table(report: Report) -> Table:
    """The figures for people."""
    shown = Table("", "figure", "value", "target")
    for part, figures in report.items():
        for name, value in figures.items():
            target = TARGETS.get((part, name), "")
            shown.add_row(part, name.replace("_", " "), f"{value:,}", target)
        shown.add_section()
    return shown


if __name__ == "__main__":
    main()
    # The threads of Temporal's core outlive the loop, and can abort an interpreter that shuts down.
    sys.stdout.flush()
    os._exit(0)
