"""What the reference writes down: events and notices, in the words of docs/process.md."""

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
