"""The floor: a workflow that takes as many updates as a ticket and gives the same commands, and
nothing else.

No state, no rules, no letters; payloads of a few bytes, and one search attribute where a ticket may
change three. What it costs is what Temporal, its SDK and this machine cost, so the rest of a
ticket's time is ours.
"""

import asyncio
from datetime import timedelta
from typing import NamedTuple

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.connection import STAGE

LONG = timedelta(days=1)
TIMEOUT = timedelta(minutes=1)
RETRIES = RetryPolicy(initial_interval=timedelta(seconds=5))


class Step(NamedTuple):
    """What one update gives rise to."""

    activities: int = 0
    has_timer: bool = False
    upserts: int = 0


@activity.defn
async def nothing(number: int) -> int:
    """An activity that does nothing."""
    return number


@workflow.defn(name="Floor")
class FloorWorkflow:
    """Takes one update for each step; done when all steps are, and all their activities."""

    @workflow.init
    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.taken = 0
        self.performed = 0
        self.running: set[asyncio.Task[int]] = set()
        self.timer: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, steps: list[Step]) -> int:
        """Until every step was taken."""
        while self.performed < len(steps):
            await workflow.wait_condition(lambda: self.taken > self.performed)
            self._perform()
        await workflow.wait_condition(lambda: all(task.done() for task in self.running))
        if self.timer is not None:
            self.timer.cancel()
        return self.taken

    @workflow.update
    def step(self, number: int) -> int:
        """The next step."""
        self.taken += 1
        return number

    def _perform(self) -> None:
        step = self.steps[self.performed]
        self.performed += 1
        for number in range(step.activities):
            self.running.add(asyncio.create_task(self._act(number)))
        for _ in range(step.upserts):
            workflow.upsert_search_attributes([STAGE.value_set(str(self.performed))])
        if step.has_timer:
            if self.timer is not None:
                self.timer.cancel()
            self.timer = asyncio.create_task(workflow.sleep(LONG))

    async def _act(self, number: int) -> int:
        return await workflow.execute_activity(
            nothing, number, start_to_close_timeout=TIMEOUT, retry_policy=RETRIES
        )
