"""The floor: a workflow with as many updates, activities and timers as a ticket, and nothing else.

No state, no rules, no search attributes, payloads of a few bytes. What it costs is what Temporal,
its SDK and this machine cost, so the rest of a ticket's time is ours.
"""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

LONG = timedelta(days=1)
TIMEOUT = timedelta(minutes=1)
RETRIES = RetryPolicy(initial_interval=timedelta(seconds=5))

Step = tuple[int, bool]
"""What one update gives rise to: so many activities, and whether the timer is replaced."""


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
        activities, has_timer = self.steps[self.performed]
        self.performed += 1
        for number in range(activities):
            self.running.add(asyncio.create_task(self._act(number)))
        if has_timer:
            if self.timer is not None:
                self.timer.cancel()
            self.timer = asyncio.create_task(workflow.sleep(LONG))

    async def _act(self, number: int) -> int:
        return await workflow.execute_activity(
            nothing, number, start_to_close_timeout=TIMEOUT, retry_policy=RETRIES
        )
