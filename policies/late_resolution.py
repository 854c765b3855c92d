"""A promise that a ticket kept late, as it is reported to the account it belongs to."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class LateResolution(BaseModel):
    """A cycle of a ticket's `resolution` clock that was completed after it was due."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: str
    cycle: int = 1
    priority: str | None = None
    due_at: datetime
    resolved_at: datetime

    @property
    def id(self) -> str:
        """The same for the same report, however often it is made."""
        return f"late:{self.ticket}:{self.cycle}:{int(self.resolved_at.timestamp())}"
