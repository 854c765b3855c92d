"""What replaying one life costs, next to the floor: after a worker is restarted or a ticket was put
out of its memory, the next thing that happens to the ticket begins with that.

Both histories come from the same plain server as in throughput.py, but every step waits until what
it gave rise to is done, as it would where days pass in between: so both have the same workflow
tasks too. They are replayed in the sandbox a worker uses; counted is processor time. One of each
makes a round, and the ratio is the median of the rounds': how fast a machine is that others use too
changes from one second to the next. The rounds are shared among a few processes, since where things
lie in the memory of one makes some percent, from its beginning to its end.

    python replay_cost.py LIFE FLOOR

is one such process: it replays the two histories in these files, and prints what was measured.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[2]))

from pydantic import BaseModel
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from benchmarks.support.baseline_steps import course_of
from benchmarks.support.baseline_workflow import FloorWorkflow
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import leave
from benchmarks.throughput import Floors, Lives, at_rest, floor_worker, ticket_worker
from workflows.temporal.connection import DATA_CONVERTER, ticket_workflow_id
from workflows.temporal.sandbox import Sandbox
from workflows.ticket.workflow import TicketWorkflow

WARM_UP = 5
PROCESSES = 5
ROUNDS = 60
"""In each process."""


class ReplayCost(BaseModel):
    """Processor time; milliseconds a life, microseconds an event."""

    ticket_ms: float
    ticket_us_per_event: float
    floor_us_per_event: float
    per_event_by_floor: float


async def replay_cost() -> ReplayCost:
    """Replays one life and its floor, many times."""
    life, floor = await _histories()
    rounds = [measured for _ in range(PROCESSES) for measured in await _elsewhere(life, floor)]
    ours, bare = [our for our, _ in rounds], [their for _, their in rounds]
    return ReplayCost(
        ticket_ms=round(median(ours) * len(life.events) * 1000, 1),
        ticket_us_per_event=round(median(ours) * 1e6, 1),
        floor_us_per_event=round(median(bare) * 1e6, 1),
        per_event_by_floor=round(median(our / their for our, their in rounds), 2),
    )


async def _elsewhere(*histories: WorkflowHistory) -> list[tuple[float, float]]:
    """What an event of each history takes, in every round of a process of its own."""
    with TemporaryDirectory() as directory:
        files = []
        for place, history in enumerate(histories):
            files.append(Path(directory, f"{place}.json"))
            files[-1].write_text(json.dumps({history.workflow_id: history.to_json_dict()}))
        process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, *map(str, files), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    if process.returncode != 0:
        sys.exit("the histories could not be replayed")
    measured: list[tuple[float, float]] = json.loads(said)
    return measured


async def _histories() -> tuple[WorkflowHistory, WorkflowHistory]:
    async with plain_server() as env:
        async with ticket_worker(env.client):
            number = await Lives(env.client, at_rest).one()
        handle = env.client.get_workflow_handle(ticket_workflow_id(number))
        life = await handle.fetch_history()
        async with floor_worker(env.client):
            name = await Floors(env.client, course_of(life), at_rest).one()
        return life, await env.client.get_workflow_handle(name).fetch_history()


async def _seconds_per_event(histories: list[WorkflowHistory]) -> list[tuple[float, ...]]:
    """What an event of each history takes, in every round."""
    replayer = Replayer(
        workflows=[TicketWorkflow, FloorWorkflow],
        data_converter=DATA_CONVERTER,
        workflow_runner=Sandbox("benchmarks"),
        build_id="measured",
    )
    marks: list[float] = []

    async def in_turns() -> AsyncIterator[WorkflowHistory]:
        """Each is asked for when the one before is done."""
        for _ in range(WARM_UP + ROUNDS):
            for history in histories:
                marks.append(process_time())
                yield history
        marks.append(process_time())

    await replayer.replay_workflows(in_turns())
    taken = [end - begin for begin, end in pairwise(marks)][WARM_UP * len(histories) :]
    by_history = [
        [seconds / len(history.events) for seconds in taken[place :: len(histories)]]
        for place, history in enumerate(histories)
    ]
    return list(zip(*by_history, strict=True))


def _read(file: str) -> WorkflowHistory:
    [(workflow, history)] = json.loads(Path(file).read_text()).items()
    return WorkflowHistory.from_json(workflow, history)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_seconds_per_event([_read(file) for file in sys.argv[1:]]))))
    leave()
