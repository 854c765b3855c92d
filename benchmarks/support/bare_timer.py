"""What a deadline costs at the least: one timer, and one activity once it fired. And what it costs
where it can also be searched for, as breached tickets can: a search attribute that changes then.
"""

from datetime import timedelta
from time import time

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from workflows.temporal.connection import BREACHED


@activity.defn
async def note(due: float) -> float:
    """How late it is, in seconds."""
    return time() - due


@workflow.defn(name="BareTimer")
class BareTimer:
    """One timer, one activity, and a search attribute if it is to be found; nothing else."""

    @workflow.run
    async def run(self, due: float, is_searchable: bool) -> float:
        """The seconds by which the activity was late."""
        await workflow.sleep(timedelta(seconds=due) - timedelta(seconds=workflow.time()))
        if is_searchable:
            workflow.upsert_search_attributes([BREACHED.value_set(["bare"])])
        return await workflow.execute_activity(
            note, due, start_to_close_timeout=timedelta(minutes=1)
        )
