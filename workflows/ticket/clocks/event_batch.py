"""Events that one change of a ticket added, which its clocks follow."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from workflows.ticket.model.events import Event


@dataclass(frozen=True)
class EventBatch:
    """Events that one change of the ticket added, and the ticket after them.

    `past` is the timeline, which includes them.
    """

    types: Set[str]
    at: datetime
    is_active: bool
    pauses: Sequence[str]
    priority: str | None
    past: Sequence[Event] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def has(self, types: Iterable[str]) -> bool:
        """Whether the batch has an event of one of these types."""
        return not self.types.isdisjoint(types)
