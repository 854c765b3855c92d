"""The nemesis: kills, stops and freezes processes, by a seed and by the progress of the work."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecution

from tests.chaos.nemesis.desk import ChaosDesk
from tests.chaos.nemesis.machine.machines import CLOCKS, CUTS, DISK
from tests.chaos.nemesis.quiescence import Quiescence

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
"""Each kind of fault with its share."""
CLUSTER_KINDS = {
    "worker killed": 10,
    "worker stopped": 3,
    "worker frozen": 3,
    "worker hung": 2,
    "api killed": 6,
    "api stopped": 3,
    "proxy killed": 2,
    "mail killed": 4,
    "frontend killed": 8,
    "history killed": 8,
    "history frozen": 3,
    "matching killed": 8,
    "system killed": 3,
    "postgres killed": 6,
    "postgres frozen": 2,
}
"""The same for a cluster. `system` is the service that runs Temporal's own workflows."""
GROUPS = {"kills": CLUSTER_KINDS, "cuts": CUTS, "disk": DISK, "clocks": CLOCKS}
"""Kinds of fault of a cluster, as a person chooses them."""
FROZEN_SECONDS = 12.0
"""Longer than the timeout of a workflow task, so that another worker gets the task."""
HUNG_SECONDS = 75.0
"""Longer than a delivery may be without a heartbeat: it times out half done and is retried."""
LONGEST_AWAY = 4.0
POLL_SECONDS = 0.1
SHORT_POLL_SECONDS = 0.002
OPEN = 'ExecutionStatus = "Running"'
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


@dataclass(frozen=True)
class FaultPlan:
    """The number of faults, their kinds, and the longest time (seconds) a process is away.

    A gentle plan kills a worker only while no activity is in progress: another worker gets the
    activity of a killed one only after half a minute without a heartbeat.
    """

    faults: int
    kinds: Mapping[str, int] = field(default_factory=lambda: KINDS)
    longest_away: float = LONGEST_AWAY
    is_gentle: bool = False


class Nemesis:
    """Injects the faults of a plan, spread evenly over the work."""

    def __init__(self, desk: ChaosDesk, seed: str, plan: FaultPlan, quiescence: Quiescence) -> None:
        # Never change this text: a seed would get another plan.
        rng = random.Random(f"{seed}/fire")
        self._desk = desk
        self._quiescence = quiescence
        self._plan = plan
        self._away = [rng.uniform(0.2, plan.longest_away) for _ in range(plan.faults)]
        self._replica = [rng.randrange(len(desk.workers)) for _ in range(plan.faults)]
        self._kinds = _some_kinds(rng, plan)
        self._hung: list[asyncio.Task[None]] = []
        self.injected: Counter[str] = Counter()

    async def run(self, progress: Callable[[], float]) -> None:
        """Injects all faults while the share of work done goes from 0 to 1."""
        for number, kind in enumerate(self._kinds):
            await until(progress, (number + 0.5) / len(self._kinds))
            await self._inject(kind, self._replica[number], self._away[number])
            self.injected[kind] += 1
        await asyncio.gather(*self._hung)

    async def _inject(self, kind: str, replica: int, away: float) -> None:
        name, _, how = kind.partition(" ")
        replicas = self._desk.targets[name]
        child = replicas[replica % len(replicas)]
        if how in self._desk.machine_faults:
            await self._desk.machine_faults[how](child.name, away / self._plan.longest_away)
            return
        if how == "frozen":
            await child.freeze(FROZEN_SECONDS)
            return
        if how == "hung":
            await _until_an_email_arrives(self._desk)
            self._hung.append(asyncio.create_task(child.freeze(HUNG_SECONDS)))
            return
        if name == "worker" and self._plan.is_gentle:
            async with self._quiescence.quiet():
                await self._until_no_activity_runs()
                await child.kill()
        else:
            await (child.kill() if how == "killed" else child.stop())
        await asyncio.sleep(away)
        await child.start()

    async def _until_no_activity_runs(self) -> None:
        runs = self._desk.client.list_workflows
        while [run async for run in runs(OPEN) if await self._is_in_activity(run)]:  # noqa: ASYNC110 - the server sends no event
            await asyncio.sleep(POLL_SECONDS)

    async def _is_in_activity(self, run: WorkflowExecution) -> bool:
        handle = self._desk.client.get_workflow_handle(run.id, run_id=run.run_id)
        pending = (await handle.describe()).raw_description.pending_activities
        return any(activity.state == STARTED for activity in pending)


async def until(progress: Callable[[], float], share: float) -> None:
    """Returns once this share of the work is done."""
    while progress() < share:  # noqa: ASYNC110 - progress is a plain number
        await asyncio.sleep(0.02)


async def _until_an_email_arrives(desk: ChaosDesk) -> None:
    """Returns when the mail server has accepted an e-mail that the worker has not confirmed yet."""
    before, polls = desk.size_of_emails, round(LONGEST_AWAY / SHORT_POLL_SECONDS)
    while desk.size_of_emails == before and (polls := polls - 1):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(SHORT_POLL_SECONDS)


def _some_kinds(rng: random.Random, plan: FaultPlan) -> list[str]:
    """Kinds by their shares in random order; each at least once if there are enough faults."""
    kinds, shares = list(plan.kinds), list(plan.kinds.values())
    rng.shuffle(kinds)
    drawn = rng.choices(list(plan.kinds), shares, k=max(0, plan.faults - len(kinds)))
    chosen = kinds[: plan.faults] + drawn
    rng.shuffle(chosen)
    return chosen
