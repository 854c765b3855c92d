"""The baseline: a workflow that takes as many updates as a ticket and issues the same commands.

It has no state, rules or e-mails, but each payload and search attribute has as many bytes, and the
summaries are the same. Temporal, its SDK and the machine need that time for any such workflow; the
rest of a ticket's time is the product's.
"""

import asyncio
from datetime import timedelta
from typing import NamedTuple

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

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
ATTRIBUTES = (STAGE, WAITING_ON, POLICY, PLAN, PRIORITY, ACCOUNT, ASSIGNEE)


class ActivityCall(NamedTuple):
    """One activity: the bytes of its input and result, and its summary."""

    input: int = 0
    result: int = 0
    summary: str = ""


class Step(NamedTuple):
    """One update: the bytes of its input and result, and the commands that follow it.

    `timer` is the summary of a timer. `upserts` has the bytes of each attribute of each upsert.
    """

    input: int = 0
    result: int = 0
    activities: tuple[ActivityCall, ...] = ()
    timer: str | None = None
    upserts: tuple[tuple[int, ...], ...] = ()


class BaselineInput(NamedTuple):
    """All steps, padded to as many bytes as the start of a ticket."""

    steps: tuple[Step, ...]
    padding: str = ""
    is_local: bool = False
    """Whether activities are local."""


def padded(size: int) -> str:
    """A text of this many bytes in JSON."""
    return "x" * max(size - len('""'), 0)


@activity.defn
async def nothing(text: str, size: int) -> str:
    """An activity that does nothing and returns a text of this size."""
    del text
    return padded(size)


@workflow.defn(name="Baseline")
class BaselineWorkflow:
    """Takes one update for each step; completes after all steps and their activities."""

    @workflow.init
    def __init__(self, baseline: BaselineInput) -> None:
        self.steps = baseline.steps
        self.is_local = baseline.is_local
        self.accepted = 0
        self.performed = 0
        self.running: set[asyncio.Task[str]] = set()
        self.timer: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, baseline: BaselineInput) -> int:
        """Runs until every step was accepted."""
        del baseline
        while self.performed < len(self.steps):
            await workflow.wait_condition(lambda: self.accepted > self.performed)
            self._perform()
        await workflow.wait_condition(lambda: all(task.done() for task in self.running))
        if self.timer is not None:
            self.timer.cancel()
        return self.accepted

    @workflow.update
    def step(self, text: str) -> str:
        """Accepts the next step."""
        del text
        self.accepted += 1
        return padded(self.steps[self.accepted - 1].result)

    def _perform(self) -> None:
        step = self.steps[self.performed]
        self.performed += 1
        for call in step.activities:
            self.running.add(asyncio.create_task(self._run(call)))
        for sizes in step.upserts:
            changed = zip(ATTRIBUTES, sizes, strict=False)
            workflow.upsert_search_attributes([key.value_set(padded(n)) for key, n in changed])
        if step.timer is not None:
            if self.timer is not None:
                self.timer.cancel()
            self.timer = asyncio.create_task(workflow.sleep(LONG, summary=step.timer))

    async def _run(self, call: ActivityCall) -> str:
        if self.is_local:
            return await workflow.execute_local_activity(
                nothing,
                args=[padded(call.input), call.result],
                start_to_close_timeout=TIMEOUT,
                retry_policy=RETRIES,
            )
        return await workflow.execute_activity(
            nothing,
            args=[padded(call.input), call.result],
            start_to_close_timeout=TIMEOUT,
            retry_policy=RETRIES,
            summary=call.summary,
        )
