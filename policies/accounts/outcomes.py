"""The outcome of a clock, as a ticket reports it to its account, which measures service levels."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class OutcomeState(StrEnum):
    """Whether a cycle of a clock was in time. One that was `dropped` counts for nothing: it was
    cancelled, or another cycle took its place.
    """

    RUNNING = "running"
    IN_TIME = "in_time"
    LATE = "late"
    DROPPED = "dropped"


class ClockOutcome(BaseModel):
    """The outcome of one cycle of a ticket's clock. Times are UTC.

    `started_at` decides to which period it belongs, and `priority` is that of the ticket when the
    clock was completed, or the present one. Of two reports about a cycle, the one with the higher
    `number` is the newer.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: str
    clock: str
    cycle: int = Field(default=1, ge=1)
    number: int = 1
    state: OutcomeState
    priority: str | None = None
    started_at: datetime
    due_at: datetime

    @property
    def id(self) -> str:
        """The identity of this report, the same for every delivery."""
        return f"outcome:{self.cycle_id}:{self.number}"

    @property
    def cycle_id(self) -> str:
        """The identity of the cycle, which all its reports share."""
        return f"{self.ticket}:{self.clock}:{self.cycle}"
