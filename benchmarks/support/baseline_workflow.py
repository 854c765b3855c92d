"""The floor: a workflow that takes as many updates as a ticket and gives the same commands, and
nothing else.

No state, no rules, no letters; but as many bytes in each payload and in each search attribute that
changes, and the same summaries: Temporal, its SDK and this machine have to carry those in any case.
What is said is not composed on replay, as in a ticket. The rest of a ticket's time is ours.
"""

import asyncio
from datetime import timedelta
from typing import NamedTuple

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workflows.shared.replay import unless_replaying
    from workflows.temporal.connection import (
        ACCOUNT,
        ASSIGNEE,
        PLAN,
        POLICY,
        PRIORITY,
        STAGE,
        WAITING_ON,
    )

LONG = timedelta(days=1)
TIMEOUT = timedelta(minutes=1)
RETRIES = RetryPolicy(initial_interval=timedelta(seconds=5))
WORDS = (STAGE, WAITING_ON, POLICY, PLAN, PRIORITY, ACCOUNT, ASSIGNEE)


class Errand(NamedTuple):
    """One activity: the bytes it is given and gives back, and its summary."""

    given: int = 0
    returned: int = 0
    summary: str = ""


class Step(NamedTuple):
    """One update: the bytes it says and is answered, and what it gives rise to. `timer` is the
    summary of a timer, `upserts` has the bytes of each attribute for each change of them.
    """

    said: int = 0
    answered: int = 0
    errands: tuple[Errand, ...] = ()
    timer: str | None = None
    upserts: tuple[tuple[int, ...], ...] = ()


class Course(NamedTuple):
    """All steps, and a filling by which they take as many bytes as the start of a ticket. Their
    activities are local ones at times, for comparison.
    """

    steps: tuple[Step, ...]
    filling: str = ""
    is_local: bool = False


def filled(size: int) -> str:
    """A text that takes so many bytes."""
    return "x" * max(size - len('""'), 0)


@activity.defn
async def nothing(given: str, returned: int) -> str:
    """An activity that does nothing."""
    del given
    return filled(returned)


@workflow.defn(name="Floor")
class FloorWorkflow:
    """Takes one update for each step; done when all steps are, and all their activities."""

    @workflow.init
    def __init__(self, course: Course) -> None:
        self.steps = course.steps
        self.is_local = course.is_local
        self.taken = 0
        self.performed = 0
        self.running: set[asyncio.Task[str]] = set()
        self.timer: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, course: Course) -> int:
        """Until every step was taken."""
        del course
        while self.performed < len(self.steps):
            await workflow.wait_condition(lambda: self.taken > self.performed)
            self._perform()
        await workflow.wait_condition(lambda: all(task.done() for task in self.running))
        if self.timer is not None:
            self.timer.cancel()
        return self.taken

    @workflow.update
    def step(self, sent: str) -> str:
        """The next step."""
        del sent
        self.taken += 1
        return unless_replaying(lambda: filled(self.steps[self.taken - 1].answered))

    def _perform(self) -> None:
        step = self.steps[self.performed]
        self.performed += 1
        for errand in step.errands:
            self.running.add(asyncio.create_task(self._run(errand)))
        for sizes in step.upserts:
            changed = [key.value_set(filled(size)) for key, size in zip(WORDS, sizes, strict=False)]
            workflow.upsert_search_attributes(changed)
        if step.timer is not None:
            if self.timer is not None:
                self.timer.cancel()
            self.timer = asyncio.create_task(
                workflow.sleep(LONG, summary=unless_replaying(lambda: step.timer))
            )

    async def _run(self, errand: Errand) -> str:
        if self.is_local:
            return await workflow.execute_local_activity(
                nothing,
                args=[filled(errand.given), errand.returned],
                start_to_close_timeout=TIMEOUT,
                retry_policy=RETRIES,
            )
        return await workflow.execute_activity(
            nothing,
            args=[unless_replaying(lambda: filled(errand.given)), errand.returned],
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRIES,
            summary=unless_replaying(lambda: errand.summary),
        )
