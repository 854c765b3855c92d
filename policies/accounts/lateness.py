"""The lateness of a clock, as a ticket reports it to its account."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.recipient import Recipient


class Lateness(BaseModel):
    """How late one cycle of a ticket's clock is, from its breach on. Times are UTC.

    `late` is the lateness until `reported_at`, without the time in which the ticket waited for its
    requester or was resolved. If it `grows`, it goes on from there, in the open time of `calendar`
    if there is one. A cycle that is still overdue has no `completed_at`. Of two reports about a
    cycle, the one with the higher `number` is the newer. The account may notify the requester of
    the credits. `claim_until` is the end of a time limit that counts business time, on the calendar
    of the ticket.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    account: str
    ticket: str
    clock: str
    cycle: int = Field(default=1, ge=1)
    number: int = 1
    priority: str | None = None
    due_at: datetime
    breached_at: datetime
    late: timedelta
    reported_at: datetime
    grows: bool = False
    calendar: PinnedCalendar | None = None
    completed_at: datetime | None = None
    requester: Recipient | None = None
    claim_until: datetime | None = None

    @property
    def id(self) -> str:
        """The identity of this report, the same for every delivery."""
        return f"{self.cycle_id}:{self.number}"

    @property
    def cycle_id(self) -> str:
        """The identity of the cycle, which all its reports and credits share."""
        return f"ticket:{self.ticket}:{self.clock}:{self.cycle}"

    def until(self, at: datetime) -> timedelta:
        """The lateness until `at`, as far as it is known."""
        if not self.grows or at <= self.reported_at:
            return self.late
        if self.calendar is None:
            return self.late + (at - self.reported_at)
        return self.late + self.calendar.calendar.between(self.reported_at, at)
