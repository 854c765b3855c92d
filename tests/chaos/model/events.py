"""Records of the reference model: events and notices, named as in docs/lifecycle.md."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """An event, the role it came from, and the part of its data that is compared."""

    seq: int
    type: str
    at: datetime
    role: str
    action_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def takes_on(self) -> bool:
        """Reverses a refusal: the request counts as received again."""
        return self.type == "verdict_overridden" and "closed_as" in self.data

    @property
    def counts_as(self) -> tuple[str, ...]:
        """The event types that clocks see."""
        return (*self.names, "opened") if self.takes_on else self.names

    @property
    def names(self) -> tuple[str, ...]:
        """Its type, and its own name if it is a milestone or has changed the priority."""
        if self.type == "milestone_recorded":
            return (self.type, f"milestone.{self.data['milestone']}")
        is_of_priority = self.type == "reclassified" and "to" in self.data
        return (self.type, "priority_changed") if is_of_priority else (self.type,)


@dataclass(frozen=True)
class Notice:
    """A notification owed to one recipient; `key` identifies its event or rung.

    A held one is not sent by itself: a digest tells of it.
    """

    template: str
    audience: str
    to: str
    at: datetime
    key: tuple[Any, ...]
    is_of_quota: bool = False
    is_held: bool = False


@dataclass(frozen=True)
class NewEvent:
    """An event that has no sequence number yet."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    role: str | None = None
