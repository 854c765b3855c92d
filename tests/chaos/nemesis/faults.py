"""The fire: which process meets which end, and when, by a seed and by how far the work has come."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecution

from tests.chaos.nemesis.desk import ChaosDesk
from tests.chaos.nemesis.quiescence import Gate

KINDS = {
    "worker killed": 16,
    "worker stopped": 4,
    "worker frozen": 4,
    "worker hung": 3,
    "server killed": 10,
    "api killed": 6,
    "api stopped": 3,
    "mail killed": 8,
}
FROZEN_SECONDS = 12.0
"""Longer than a workflow task may take, so that somebody else has it by then."""
HUNG_SECONDS = 75.0
"""Longer than an activity may take for one letter: it times out, half done, and is tried again."""
LONGEST_AWAY = 4.0
A_MOMENT = 0.1
A_GLANCE = 0.002
OPEN = 'ExecutionStatus = "Running"'
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


@dataclass(frozen=True)
class Heat:
    """How many kills, of which kinds, and for how long (seconds) a process is away at most.

    A gentle fire kills workers while no letter is on its way: what a killed worker had in hand is
    given to another one only when its time is over, which takes minutes.
    """

    kills: int
    kinds: tuple[str, ...] = tuple(KINDS)
    longest_away: float = LONGEST_AWAY
    is_gentle: bool = False


class Fire:
    """So many kills, spread evenly over the work."""

    def __init__(self, desk: ChaosDesk, seed: str, heat: Heat, gate: Gate) -> None:
        chance, kills = random.Random(f"{seed}/fire"), heat.kills
        self._desk = desk
        self._gate = gate
        self._heat = heat
        self._away = [chance.uniform(0.2, heat.longest_away) for _ in range(kills)]
        self._which = [chance.randrange(len(desk.workers)) for _ in range(kills)]
        self._plan = _plan(chance, heat)
        self._hung: list[asyncio.Task[None]] = []
        self.done: Counter[str] = Counter()

    async def burn(self, progress: Callable[[], float]) -> None:
        """Kills as the share of work done goes from 0 to 1."""
        for number, kind in enumerate(self._plan):
            await _until(progress, (number + 0.5) / len(self._plan))
            await self._strike(kind, self._which[number], self._away[number])
            self.done[kind] += 1
        await asyncio.gather(*self._hung)

    async def _strike(self, kind: str, which: int, away: float) -> None:
        name, _, how = kind.partition(" ")
        child = {
            "worker": self._desk.workers[which],
            "server": self._desk.server,
            "api": self._desk.api,
            "mail": self._desk.mail,
        }[name]
        if how == "frozen":
            await child.freeze(FROZEN_SECONDS)
            return
        if how == "hung":
            await _until_letters_flow(self._desk)
            self._hung.append(asyncio.create_task(child.freeze(HUNG_SECONDS)))
            return
        if name == "worker" and self._heat.is_gentle:
            async with self._gate.quiet():
                await self._hands_are_empty()
                await child.kill()
        else:
            await (child.kill() if how == "killed" else child.stop())
        await asyncio.sleep(away)
        await child.start()

    async def _hands_are_empty(self) -> None:
        """Returns once no worker has begun an activity that it has not ended."""
        runs = self._desk.client.list_workflows
        while [run async for run in runs(OPEN) if await self._has(run)]:  # noqa: ASYNC110 - asked for
            await asyncio.sleep(A_MOMENT)

    async def _has(self, run: WorkflowExecution) -> bool:
        handle = self._desk.client.get_workflow_handle(run.id, run_id=run.run_id)
        pending = (await handle.describe()).raw_description.pending_activities
        return any(activity.state == STARTED for activity in pending)


async def _until(progress: Callable[[], float], share: float) -> None:
    while progress() < share:  # noqa: ASYNC110 - many things make progress, and none waits for us
        await asyncio.sleep(0.02)


async def _until_letters_flow(desk: ChaosDesk) -> None:
    """Returns when the mail server has just taken a letter, of which nobody else has heard yet."""
    before, looks = desk.size_of_letters, round(LONGEST_AWAY / A_GLANCE)
    while desk.size_of_letters == before and (looks := looks - 1):  # noqa: ASYNC110 - by another
        await asyncio.sleep(A_GLANCE)


def _plan(chance: random.Random, heat: Heat) -> list[str]:
    """Every kind in its share, each at least once where there are enough, in a random order."""
    kinds, shares = list(heat.kinds), [KINDS[kind] for kind in heat.kinds]
    chance.shuffle(kinds)
    drawn = chance.choices(heat.kinds, shares, k=max(0, heat.kills - len(kinds)))
    plan = kinds[: heat.kills] + drawn
    chance.shuffle(plan)
    return plan
