"""A ticket as the visibility store lists it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

from workflows.temporal.connection import ACCOUNT, STAGE, TICKET_PREFIX


@dataclass(frozen=True)
class FoundTicket:
    """A ticket, or a request that was refused, which has neither account nor stage. `closed_at` is
    when its workflow ended.
    """

    number: str
    workflow_id: str
    is_open: bool
    account: str
    stage: str
    closed_at: datetime | None = None

    @classmethod
    def of(cls, execution: WorkflowExecution) -> Self:
        """The ticket of a workflow."""
        attributes = execution.typed_search_attributes
        return cls(
            number=execution.id.removeprefix(TICKET_PREFIX),
            workflow_id=execution.id,
            is_open=execution.status is WorkflowExecutionStatus.RUNNING,
            account=attributes.get(ACCOUNT) or "",
            stage=attributes.get(STAGE) or "",
            closed_at=execution.close_time,
        )
