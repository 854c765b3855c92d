"""What the reference writes down: events and notices, in the words of docs/lifecycle.md."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """What became true, by which role, and what is to be compared of it."""

    seq: int
    type: str
    at: datetime
    role: str
    action_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def takes_on(self) -> bool:
        """A request that had been turned down is received anew."""
        return self.type == "verdict_overridden" and "closed_as" in self.data

    @property
    def counts_as(self) -> tuple[str, ...]:
        """What it is for clocks."""
        return (self.type, "opened") if self.takes_on else (self.type,)


@dataclass(frozen=True)
class Notice:
    """A letter owed to one recipient: of which event, and of which rung."""

    template: str
    audience: str
    to: str
    at: datetime
    key: tuple[Any, ...]


@dataclass(frozen=True)
class Fact:
    """An event before it has its place."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    role: str | None = None
