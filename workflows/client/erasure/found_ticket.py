"""A ticket of the person, as lists have it."""

from dataclasses import dataclass
from typing import Self

from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

from workflows.client.erasure.report import OpenTicket
from workflows.temporal.connection import ACCOUNT, STAGE, TICKET_PREFIX


@dataclass(frozen=True)
class FoundTicket:
    """A ticket, or a request that was refused, which has neither account nor stage."""

    number: str
    workflow_id: str
    run_id: str
    is_open: bool
    account: str
    stage: str

    @classmethod
    def of(cls, execution: WorkflowExecution) -> Self:
        """The ticket of a workflow."""
        attributes = execution.typed_search_attributes
        return cls(
            number=execution.id.removeprefix(TICKET_PREFIX),
            workflow_id=execution.id,
            run_id=execution.run_id,
            is_open=execution.status is WorkflowExecutionStatus.RUNNING,
            account=attributes.get(ACCOUNT) or "",
            stage=attributes.get(STAGE) or "",
        )

    @property
    def as_open(self) -> OpenTicket:
        """The entry of a report."""
        return OpenTicket(number=self.number, account=self.account, stage=self.stage)
