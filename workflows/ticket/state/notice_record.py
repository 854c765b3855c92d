"""A notice of a ticket, from the event that causes it to its delivery."""

from datetime import datetime

from pydantic import Field, JsonValue
from pydantic_core import to_json

from workflows.shared.outbox import OutboxEntry

BYTES_PER_NOTICE = 450
"""An upper estimate of the bytes that one takes in the carried state; a test measures it."""


class NoticeRecord(OutboxEntry):
    """A notice about an event of the ticket. `deadline` are the facts about due times, as they were
    when the notice was enqueued. A digest was enqueued `at` a time after its last event.
    """

    event: int
    deadline: dict[str, JsonValue] = Field(default_factory=dict)
    at: datetime | None = None

    @property
    def weight(self) -> int:
        """An estimate of the bytes that it takes in the carried state."""
        has_list = "clocks" in self.deadline
        return BYTES_PER_NOTICE + (len(to_json(self.deadline)) if has_list else 0)
