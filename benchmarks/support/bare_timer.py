"""The least work for a deadline: one timer, then one activity.

Optionally a search attribute changes in between, as that of a breached ticket does.
"""

from datetime import timedelta
from time import time

from temporalio import activity, workflow

from workflows.temporal.connection import BREACHED


@activity.defn
async def note(due: float) -> float:
    """The lateness in seconds."""
    return time() - due


@workflow.defn(name="BareTimer")
class BareTimer:
    """One timer, one activity and, if searchable, one upsert of a search attribute."""

    @workflow.run
    async def run(self, due: float, is_searchable: bool) -> float:
        """Returns the lateness of the activity in seconds."""
        # On a busy machine, the first task of a timer can come after its due time.
        await workflow.sleep(timedelta(seconds=max(0.0, due - workflow.time())))
        if is_searchable:
            workflow.upsert_search_attributes([BREACHED.value_set(["bare"])])
        return await workflow.execute_activity(
            note, due, start_to_close_timeout=timedelta(minutes=1)
        )
