"""A ticket workflow of a next release that issues a new command: a memo of the stage.

The correct version puts the command behind `patched`, so tickets of the earlier release continue
without it. The incorrect version does not, and histories of the earlier release fail to replay.
"""

from temporalio import workflow
from temporalio.common import RawValue

from workflows.shared.start_input import NO_ARGUMENT
from workflows.ticket.model.views import Summary
from workflows.ticket.workflow import TicketWorkflow

STAGE_IN_MEMO = "stage"


@workflow.defn(name="Ticket")
class GuardedTicket(TicketWorkflow):
    """The correct change."""

    @workflow.init
    def __init__(self, start: RawValue = NO_ARGUMENT) -> None:
        super().__init__(start)
        self.stage_in_memo = ""

    @workflow.run
    async def run(self, start: RawValue = NO_ARGUMENT) -> Summary:
        """Unchanged."""
        return await super().run(start)

    def _do_due_work(self) -> None:
        if workflow.patched("stage-in-memo"):
            self._update_memo()
        super()._do_due_work()

    def _update_memo(self) -> None:
        stage = str(self.ticket.state.stage)
        if stage != self.stage_in_memo:
            self.stage_in_memo = stage
            workflow.upsert_memo({STAGE_IN_MEMO: stage})


@workflow.defn(name="Ticket")
class UnguardedTicket(GuardedTicket):
    """The incorrect change."""

    @workflow.init
    def __init__(self, start: RawValue = NO_ARGUMENT) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: RawValue = NO_ARGUMENT) -> Summary:
        """Unchanged."""
        return await super().run(start)

    def _do_due_work(self) -> None:
        self._update_memo()
        TicketWorkflow._do_due_work(self)
