"""The fire: which process meets which end, and when, by a seed and by how far the work has come."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from benchmarks.chaos_desk.desk import ChaosDesk

KINDS = {
    "worker killed": 16,
    "worker stopped": 4,
    "worker frozen": 4,
    "server killed": 10,
    "api killed": 6,
    "api stopped": 3,
    "mail killed": 8,
}
FROZEN_SECONDS = 12.0
"""Longer than a workflow task may take, so that somebody else has it by then."""
LONGEST_AWAY = 4.0


class Fire:
    """So many kills, spread evenly over the work."""

    def __init__(self, desk: ChaosDesk, seed: str, kills: int, longest_away: float) -> None:
        chance = random.Random(f"{seed}/fire")
        self._desk = desk
        self._away = [chance.uniform(0.2, longest_away) for _ in range(kills)]
        self._which = [chance.randrange(len(desk.workers)) for _ in range(kills)]
        self._plan = _plan(chance, kills)
        self.done: Counter[str] = Counter()

    async def burn(self, progress: Callable[[], float]) -> None:
        """Kills as the share of work done goes from 0 to 1."""
        for number, kind in enumerate(self._plan):
            await _until(progress, (number + 0.5) / len(self._plan))
            await self._strike(kind, self._which[number], self._away[number])
            self.done[kind] += 1

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
        await (child.kill() if how == "killed" else child.stop())
        await asyncio.sleep(away)
        await child.start()


async def _until(progress: Callable[[], float], share: float) -> None:
    while progress() < share:  # noqa: ASYNC110 - many things make progress, and none waits for us
        await asyncio.sleep(0.02)


def _plan(chance: random.Random, kills: int) -> list[str]:
    """Every kind in its share, each at least once where there are enough, in a random order."""
    kinds = list(KINDS)
    chance.shuffle(kinds)
    drawn = chance.choices(list(KINDS), list(KINDS.values()), k=max(0, kills - len(kinds)))
    plan = kinds[:kills] + drawn
    chance.shuffle(plan)
    return plan
