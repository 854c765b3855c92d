"""The ticket workflow of a next release that asks something new of Temporal: a memo of the stage.

Done right it is behind `patched`: tickets that began under the release before go on as they began.
Done wrong it is not, and their histories cannot be replayed.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.ticket.model.messages import Summary
    from workflows.ticket.workflow import Start, TicketWorkflow

STAGE_IN_MEMO = "stage"


@workflow.defn(name="Ticket")
class GuardedTicket(TicketWorkflow):
    """The change as it has to be made."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        super().__init__(start)
        self.noted = ""

    @workflow.run
    async def run(self, start: Start) -> Summary:
        """As before."""
        return await super().run(start)

    def _perform_what_is_owed(self) -> None:
        if workflow.patched("stage-in-memo"):
            self._note()
        super()._perform_what_is_owed()

    def _note(self) -> None:
        stage = str(self.ticket.state.stage)
        if stage != self.noted:
            self.noted = stage
            workflow.upsert_memo({STAGE_IN_MEMO: stage})


@workflow.defn(name="Ticket")
class UnguardedTicket(GuardedTicket):
    """The change as it must not be made."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Start) -> Summary:
        """As before."""
        return await super().run(start)

    def _perform_what_is_owed(self) -> None:
        self._note()
        TicketWorkflow._perform_what_is_owed(self)
