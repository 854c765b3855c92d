"""A clock that was completed late, as a ticket reports it to its account."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from policies.terms.ticket_terms import Recipient


class LateCompletion(BaseModel):
    """A cycle of a ticket's clock that was completed after its due time. The account may notify the
    requester of the credits.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: str
    clock: str
    cycle: int = 1
    priority: str | None = None
    due_at: datetime
    completed_at: datetime
    requester: Recipient | None = None

    @property
    def id(self) -> str:
        """An id that is the same for every delivery of this report."""
        return f"late:{self.ticket}:{self.clock}:{self.cycle}:{int(self.completed_at.timestamp())}"
