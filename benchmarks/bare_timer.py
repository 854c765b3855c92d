"""What a deadline costs at the least: one timer, and one activity once it fired."""

from datetime import timedelta
from time import time

from temporalio import activity, workflow


@activity.defn
async def note(due: float) -> float:
    """How late it is, in seconds."""
    return time() - due


@workflow.defn(name="BareTimer")
class BareTimer:
    """One timer, one activity, nothing else."""

    @workflow.run
    async def run(self, due: float) -> float:
        """The seconds by which the activity was late."""
        await workflow.sleep(timedelta(seconds=due) - timedelta(seconds=workflow.time()))
        return await workflow.execute_activity(
            note, due, start_to_close_timeout=timedelta(minutes=1)
        )
