"""The cost of one documented ticket lifecycle, its throughput, and its replay.

`lifecycle` counts the history of one lifecycle on a server with movable time (lifecycle_cost.py,
which also defines billable actions). `throughput` runs lifecycles on a plain server, next to a
baseline workflow with the same commands (throughput.py). `replay` measures the replay of one
lifecycle, next to the same baseline (replay_cost.py). These files are in support/.
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.support.lifecycle_cost import cost_of_one_lifecycle
from benchmarks.support.replay_cost import replay_cost
from benchmarks.support.report import Report, at_least, at_most, command_line, leave, show
from benchmarks.support.throughput import throughput

ROUNDS = 24
MOST_EVENTS = 110
TARGETS = {
    ("lifecycle", "events"): at_most(MOST_EVENTS),
    ("throughput", "share_of_baseline"): at_least(0.8),
    ("replay", "per_event_by_baseline"): at_most(1.6),
}
IN_SANDBOX = {("throughput", "share_of_baseline"): at_least(0.84)}


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--rounds",
        type=int,
        default=ROUNDS,
        help=f"of twenty tickets and baselines (default: {ROUNDS})",
    )
    parser.add_argument(
        "--baseline-in-sandbox",
        action="store_true",
        help="as workflows run by default; tickets run without the sandbox",
    )
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    report = asyncio.run(measure(options.rounds, options.baseline_in_sandbox))
    targets = TARGETS | IN_SANDBOX if options.baseline_in_sandbox else TARGETS
    return show(report, targets, as_json=options.json)


async def measure(rounds: int, in_sandbox: bool) -> Report:
    """All figures."""
    cost = await cost_of_one_lifecycle()
    speed = await throughput(rounds, in_sandbox)
    replay = await replay_cost()
    return {
        "lifecycle": cost.model_dump(),
        "throughput": speed.model_dump(),
        "replay": replay.model_dump(),
    }


if __name__ == "__main__":
    leave(main())
