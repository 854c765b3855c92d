"""A desk with thousands of open tickets: opens them, and acts on new and on old ones."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from time import perf_counter

from temporalio.client import Client

from benchmarks.support.concurrency import number, run_concurrently
from benchmarks.support.report import percentile
from commands.simulation import contently_demo
from commands.simulation.contently_demo import ADA
from policies.vocabulary import Action
from workflows.client.calls import DeskUnavailable
from workflows.client.tickets import TicketClient
from workflows.shared.action_request import ActionInput, ActionRequest
from workflows.ticket.actions.assignment import Assign

CONCURRENCY = 20
RECENT = 500
"""The newest tickets, which are in the cache of a worker; the oldest as many are not."""
SEED = 7
PAUSE = 1.0
"""Seconds before an opening is repeated."""


class OpenDesk:
    """Opens Contently tickets and assigns them."""

    def __init__(
        self, client: Client, opened: int = 0, apart: timedelta = timedelta(0), actions: int = 100
    ) -> None:
        """Continues after `opened` tickets. Each is received `apart` after the one before."""
        self.opened = opened
        self.repeated = 0
        """Openings without an answer in time, sent again."""
        self._tickets = TicketClient(client)
        self._opening = contently_demo.prepare(datetime.now(UTC)).opening
        self._apart = apart
        self._actions = actions
        self._random = random.Random(SEED)

    async def open(self, count: int) -> float:
        """Opens this many tickets concurrently; returns the rate per second."""
        positions = range(self.opened + 1, self.opened + count + 1)
        began = perf_counter()
        await run_concurrently(positions, self._open, CONCURRENCY)
        self.opened += count
        return count / (perf_counter() - began)

    async def act_on_the_newest(self) -> list[float]:
        """Assigns tickets in the worker's cache; returns sorted milliseconds."""
        return await self._assign(range(self.opened - RECENT + 1, self.opened + 1))

    async def act_on_the_oldest(self) -> list[float]:
        """Assigns tickets evicted from the worker's cache; returns sorted milliseconds."""
        return await self._assign(range(1, RECENT + 1))

    async def _open(self, position: int) -> None:
        own = number(position)
        received_at = self._opening.received_at + position * self._apart
        update = {"number": own, "fingerprint": own, "received_at": received_at}
        opening = self._opening.model_copy(update=update)
        while True:
            try:
                await self._tickets.open(opening)
            except DeskUnavailable as error:
                if (task := asyncio.current_task()) and task.cancelling():
                    # The SDK raises the same when the caller is cancelled.
                    raise asyncio.CancelledError from error
                # The same opening again returns the same ticket.
                self.repeated += 1
                await asyncio.sleep(PAUSE)
            else:
                return

    async def _assign(self, positions: range) -> list[float]:
        took = []
        for position in self._random.sample(positions, self._actions):
            began = perf_counter()
            await self._tickets.act(number(position), Action.ASSIGN, _assignment())
            took.append((perf_counter() - began) * 1_000)
        return sorted(took)


def medians(milliseconds: list[float]) -> dict[str, float]:
    """p50 and p99 of sorted milliseconds."""
    return {f"p{share}_ms": round(percentile(milliseconds, share / 100), 1) for share in (50, 99)}


def _assignment() -> ActionRequest[ActionInput]:
    assignee = {"id": "ada", "name": "Ada Agent", "email": "ada@contently.example"}
    content = Assign.model_validate({"assignee": assignee})
    return ActionRequest[ActionInput](
        id=f"assign-{random.getrandbits(64)}", actor=ADA, content=content
    )
