"""What one documented life of a ticket costs Temporal, and how fast tickets live.

`life` is counted in the history of one life on a server with movable time; see life_cost.py for
what is counted, and for Temporal's definition of billable actions. `throughput` is on a plain
server, next to a bare workflow that does as much; see throughput.py. `replay` is what it takes to
have the same life again in a worker's memory, next to the same bare workflow; see replay_cost.py.
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


from benchmarks.support.life_cost import cost_of_one_life
from benchmarks.support.replay_cost import replay_cost
from benchmarks.support.report import Report, at_least, at_most, command_line, leave, show
from benchmarks.throughput import throughput

ROUNDS = 24
MOST_EVENTS = 110
TARGETS = {
    ("life", "events"): at_most(MOST_EVENTS),
    ("throughput", "share_of_floor"): at_least(0.8),
    ("replay", "per_event_by_floor"): at_most(1.3),
}


def main() -> int:
    """Measure, then print a table or JSON; the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"of twenty tickets and floors ({ROUNDS})"
    )
    wanted = parser.parse_args()
    if wanted.rounds < 1:
        parser.error("--rounds is 1 or more")
    report = asyncio.run(measure(wanted.rounds))
    return show(report, TARGETS, as_json=wanted.json)


async def measure(rounds: int) -> Report:
    """All figures."""
    life = await cost_of_one_life()
    speed = await throughput(rounds)
    replay = await replay_cost()
    return {
        "life": life.model_dump(),
        "throughput": speed.model_dump(),
        "replay": replay.model_dump(),
    }


if __name__ == "__main__":
    leave(main())
