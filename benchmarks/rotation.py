"""A rotation of the master key over open tickets, none of which waits or fails.

The tickets of all policies are opened with the old master key. Then each step of the documented
rotation is a rolling restart: a worker and a client with the next file of master keys start while
those with the file before go on, and an action is taken on every ticket, by both in turns. The data
keys are rewrapped meanwhile. At the end only the new master key is left: every ticket is acted on
once more, and its whole history is replayed. The histories show whether a workflow task failed.
"""

import asyncio
import sys
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType as HistoryEvent
from temporalio.client import Client

from benchmarks.support.concurrency import run_concurrently
from benchmarks.support.plain_server import plain_server
from benchmarks.support.report import at_least, at_most, command_line, leave, percentile, show
from benchmarks.support.throughput import TakesEverything
from benchmarks.workload.openings import Openings
from bootstrap.replays.history_replay import open_histories, replay
from bootstrap.senders import senders
from commands.simulation.simulated_desk import IDENTITY
from encryption.adapters.sqlite_key_store import SqliteKeyStore
from encryption.client_options import client_options
from encryption.codec import KEY_ID
from encryption.data_converter import encrypting
from encryption.key_ring import KeyRing
from encryption.master_keys import MasterKeys, new_master_key
from policies.vocabulary import Action, Role
from worker import make_worker
from workflows.client.calls import DeskUnavailable
from workflows.client.tickets import TicketClient
from workflows.release import THIS_CODE
from workflows.shared.action_request import ActionRequest, Actor
from workflows.temporal.failing_task import put_in_clear
from workflows.ticket.actions.assignment import Assign

TICKETS = 1000
CONCURRENCY = 20
AGENT = Actor(id="ada", role=Role.AGENT)
OLD, NEW = new_master_key(), new_master_key()
STEPS = ({"old": OLD}, {"old": OLD, "new": NEW}, {"new": NEW, "old": OLD}, {"new": NEW})
"""The file of master keys before the rotation, and after each of its steps."""
REWRAP_AT = 2
DEADLOCK = "TMPRL1101"
"""The SDK's code for a workflow that did not yield within two seconds."""
TASK_FAILED = HistoryEvent.EVENT_TYPE_WORKFLOW_TASK_FAILED
TARGETS = {
    ("rotation", "failed_workflow_tasks"): at_most(0),
    ("rotation", "unreadable_with_the_new_key"): at_most(0),
    ("rotation", "data_keys_of_a_ticket"): at_least(2),
}


class Rotation(BaseModel):
    """All figures. Times are in seconds, those of actions are taken during the rotation."""

    tickets: int
    actions: int
    action_p50: float
    action_p99: float
    repeated: int
    """Requests without an answer in time, sent again with the same id."""
    rewrapped: int
    rewrapped_in: float
    failed_workflow_tasks: int
    starved_workflow_tasks: int
    """Tasks that got no CPU for two seconds; they are retried."""
    replayed_with_the_new_key: int
    unreadable_with_the_new_key: int
    data_keys_of_a_ticket: int
    """In the history of each: the least of all."""


def main() -> int:
    """Measures and prints a table or JSON; returns the exit code."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--tickets", type=int, default=TICKETS, help=f"how many (default: {TICKETS})"
    )
    options = parser.parse_args()
    found = asyncio.run(rotation(options.tickets))
    return show({"rotation": found.model_dump()}, TARGETS, as_json=options.json)


async def rotation(tickets: int) -> Rotation:
    """Opens this many tickets and rotates the master key over them."""
    with TemporaryDirectory() as directory:
        async with plain_server() as env:
            scene = _Scene(env.client, Path(directory) / "data-keys.db")
            return await scene.rotated(tickets)


class _Scene:
    """A server, the store of data keys, and the processes that use them."""

    def __init__(self, server: Client, store: Path) -> None:
        self._server = server
        self._store = store
        self._openings = Openings()
        self._repeated = 0

    async def rotated(self, tickets: int) -> Rotation:
        """The whole rotation. At most two workers run at a time."""
        seconds: list[float] = []
        running = AsyncExitStack()
        client = await self._start(STEPS[0], running)
        openings = [self._openings.next() for _ in range(tickets)]
        desk = TicketClient(client)
        await run_concurrently(openings, lambda each: self._answered(desk.open, each), CONCURRENCY)
        numbers = [opening.number for opening in openings]
        rewrapped, rewrapped_in = 0, 0.0
        for step, masters in enumerate(STEPS[1:], 1):
            following = AsyncExitStack()
            later = await self._start(masters, following)
            async with asyncio.TaskGroup() as group:
                acting = group.create_task(self._assign(numbers, f"step-{step}", client, later))
                if step == REWRAP_AT:
                    began = perf_counter()
                    rewrapped = await self._ring(masters).rewrap()
                    rewrapped_in = perf_counter() - began
            seconds += acting.result()
            await running.aclose()
            running, client = following, later
            if step == REWRAP_AT:
                # Those made by the process that was one step behind.
                rewrapped += await self._ring(masters).rewrap()
        async with running:
            await self._assign(numbers, "afterwards", client)
            report = await replay(
                THIS_CODE,
                open_histories(client),
                data_converter=encrypting(self._ring(STEPS[-1])),
            )
            for each in report.failed:
                print(f"{each.workflow}: {each.difference}", file=sys.stderr)
            failures, least = await self._inspected(client)
        ordered = sorted(seconds)
        return Rotation(
            tickets=tickets,
            actions=len(seconds),
            action_p50=round(percentile(ordered, 0.5), 3),
            action_p99=round(percentile(ordered, 0.99), 3),
            repeated=self._repeated,
            rewrapped=rewrapped,
            rewrapped_in=round(rewrapped_in, 2),
            failed_workflow_tasks=sum(DEADLOCK not in failure for failure in failures),
            starved_workflow_tasks=sum(DEADLOCK in failure for failure in failures),
            replayed_with_the_new_key=report.replayed,
            unreadable_with_the_new_key=sum(
                DEADLOCK not in each.difference for each in report.failed
            ),
            data_keys_of_a_ticket=least,
        )

    def _ring(self, masters: dict[str, str]) -> KeyRing:
        """The keys of a process of its own, with empty caches."""
        members = ", ".join(f'"{id}": "{key}"' for id, key in masters.items())
        return KeyRing(SqliteKeyStore(self._store), MasterKeys.parse(f"{{{members}}}"))

    async def _start(self, masters: dict[str, str], until: AsyncExitStack) -> Client:
        """Starts a worker with these master keys; returns its client."""
        client = await Client.connect(
            self._server.service_client.config.target_host,
            **client_options(self._ring(masters)),
        )
        worker = make_worker(
            client,
            senders=senders(TakesEverything(), IDENTITY),
            contracts=self._openings.directory,
            catalog=self._openings.catalog,
        )
        await until.enter_async_context(worker)
        return client

    async def _assign(self, numbers: list[str], to: str, *clients: Client) -> list[float]:
        """Assigns every ticket, by the clients in turns; returns the seconds of each."""
        desks = cycle([TicketClient(client) for client in clients])
        assignee: dict[str, Any] = {"id": to, "name": to, "email": f"{to}@desk.example"}
        content = Assign.model_validate({"assignee": assignee})
        act = ActionRequest[Assign](id=f"to-{to}", actor=AGENT, content=content)

        async def assign(number: str) -> float:
            began, desk = perf_counter(), next(desks)
            await self._answered(desk.act, number, Action.ASSIGN, act)
            return perf_counter() - began

        return await run_concurrently(numbers, assign, CONCURRENCY)

    async def _answered(self, request: Any, *arguments: Any) -> None:
        while True:
            try:
                await request(*arguments)
                return
            except DeskUnavailable:
                self._repeated += 1

    async def _inspected(self, client: Client) -> tuple[list[str], int]:
        """Why workflow tasks failed, and the least number of data keys in a ticket."""
        failures, keys = [], []
        async for history in open_histories(client):
            if history.workflow_id.startswith("ticket/"):
                keys.append(len(_data_keys(str(history.events))))
            for event in history.events:
                if event.event_type == TASK_FAILED:
                    failure = event.workflow_task_failed_event_attributes.failure
                    await put_in_clear(failure, client.data_converter)
                    failures.append(failure.message)
        return failures, min(keys)


def _data_keys(history: str) -> set[str]:
    """The ids of the data keys in the text of a history."""
    _, *parts = history.split(f'key: "{KEY_ID}"')
    return {part.split('value: "', 1)[1].split('"', 1)[0] for part in parts}


if __name__ == "__main__":
    leave(main())
