"""A change of the promises of a ticket, against which its clocks count their past again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from workflows.ticket.clocks.pause import Pause
from workflows.ticket.model.events import Event


class Change(NamedTuple):
    """A change of the promises of a ticket: the priority and facts after it, and all events and
    waits before it.
    """

    priority: str | None
    facts: Mapping[str, str]
    at: datetime
    events: Sequence[Event]
    waits: Sequence[Pause]
