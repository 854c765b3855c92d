"""The CPU time of replaying one ticket, next to the baseline.

A worker replays a ticket after a restart or after evicting it from its cache. Both histories come
from a plain server as in throughput.py, but each step waits until its activities are done, as it
would over days; so both have the same workflow tasks. They are replayed without a sandbox, as a
worker runs. One replay of each is a round, and the ratio is the median over the rounds, because
the speed of a shared machine changes within seconds. Several processes share the rounds, because
the memory layout of a process changes its speed by some percent.

    python replay_cost.py TICKET BASELINE

is one of these processes: it replays the histories in these files and prints its measurements.
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
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from benchmarks.support.baseline_steps import baseline_of
from benchmarks.support.baseline_workflow import BaselineWorkflow
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import leave
from benchmarks.support.throughput import (
    Baselines,
    Lifecycles,
    at_rest,
    baseline_worker,
    ticket_worker,
)
from workflows.temporal.connection import DATA_CONVERTER, ticket_workflow_id
from workflows.ticket.workflow import TicketWorkflow

WARM_UP = 5
PROCESSES = 5
ROUNDS = 60
"""In each process."""


class ReplayCost(BaseModel):
    """CPU time: milliseconds per ticket, microseconds per history event."""

    ticket_ms: float
    ticket_us_per_event: float
    baseline_us_per_event: float
    per_event_by_baseline: float


async def replay_cost() -> ReplayCost:
    """Replays one ticket and its baseline many times."""
    histories = await _histories()
    rounds = [each for _ in range(PROCESSES) for each in await _in_a_process(*histories)]
    ticket, baseline = zip(*rounds, strict=True)
    return ReplayCost(
        ticket_ms=round(median(ticket) * len(histories[0].events) * 1000, 1),
        ticket_us_per_event=round(median(ticket) * 1e6, 1),
        baseline_us_per_event=round(median(baseline) * 1e6, 1),
        per_event_by_baseline=round(median(a / b for a, b in rounds), 2),
    )


async def _in_a_process(*histories: WorkflowHistory) -> list[tuple[float, float]]:
    """Seconds per event of each history, for every round of a new process."""
    with TemporaryDirectory() as directory:
        files = []
        for place, history in enumerate(histories):
            files.append(Path(directory, f"{place}.json"))
            files[-1].write_text(json.dumps({history.workflow_id: history.to_json_dict()}))
        process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, *map(str, files), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
    if process.returncode != 0:
        sys.exit("the histories could not be replayed")
    measured: list[tuple[float, float]] = json.loads(output)
    return measured


async def _histories() -> tuple[WorkflowHistory, WorkflowHistory]:
    async with plain_server() as env:
        async with ticket_worker(env.client):
            number = await Lifecycles(env.client, at_rest).one()
        handle = env.client.get_workflow_handle(ticket_workflow_id(number))
        ticket = await handle.fetch_history()
        async with baseline_worker(env.client):
            name = await Baselines(env.client, baseline_of(ticket), at_rest).one()
        return ticket, await env.client.get_workflow_handle(name).fetch_history()


async def _seconds_per_event(histories: list[WorkflowHistory]) -> list[tuple[float, ...]]:
    """Seconds per event of each history, for every round."""
    replayer = Replayer(
        workflows=[TicketWorkflow, BaselineWorkflow],
        data_converter=DATA_CONVERTER,
        workflow_runner=UnsandboxedWorkflowRunner(),
        build_id="measured",
    )
    marks: list[float] = []

    async def in_turn() -> AsyncIterator[WorkflowHistory]:
        """The replayer takes a history when it is done with the one before."""
        for _ in range(WARM_UP + ROUNDS):
            for history in histories:
                marks.append(process_time())
                yield history
        marks.append(process_time())

    await replayer.replay_workflows(in_turn())
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
