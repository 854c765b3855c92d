"""A promise that a ticket kept late, as it is reported to the account it belongs to."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from policies.terms.ticket_terms import Recipient


class LateCompletion(BaseModel):
    """A cycle of one of a ticket's clocks that was completed after it was due. The requester is
    whom the account may tell of it.
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
        """The same for the same report, however often it is made."""
        return f"late:{self.ticket}:{self.clock}:{self.cycle}:{int(self.completed_at.timestamp())}"
