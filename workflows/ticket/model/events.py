"""The events of a ticket, and the names by which clocks, notices and pauses know them."""

from datetime import datetime
from functools import cached_property

from pydantic import Field, JsonValue
from pydantic_core import to_json

from policies.vocabulary import MILESTONE_PREFIX, EventType
from workflows.shared.action_request import Actor
from workflows.shared.payload import Payload

QUESTION_WITHDRAWN = "question_withdrawn"
"""A name for clocks of every event that leaves no question to the requester open."""
WITHDRAWN = "withdrawn"
"""The data of a verdict that leaves open no question of the verdict before it."""
WITHDRAWING = frozenset(
    {EventType.TRIAGE_CONCLUDED, EventType.HANDED_OVER, EventType.VERDICT_OVERRIDDEN}
)

BYTES_PER_EVENT = 300
"""An upper estimate of the bytes that an event takes apart from its data."""


class Event(Payload):
    """A change of the ticket. The timeline is the list of events; clocks and notices follow it."""

    seq: int
    type: EventType
    at: datetime
    by: Actor
    data: dict[str, JsonValue] = Field(default_factory=dict)
    action_id: str | None = None

    @cached_property
    def weight(self) -> int:
        """An estimate of the bytes that the event takes in a payload."""
        return BYTES_PER_EVENT + len(to_json(self.data))

    @property
    def revives(self) -> bool:
        """Whether the event revives a request that a verdict had closed."""
        return self.type is EventType.VERDICT_OVERRIDDEN and "closed_as" in self.data

    @property
    def withdraws_question(self) -> bool:
        """Whether a question that was open needs no answer any more."""
        return self.type in WITHDRAWING or WITHDRAWN in self.data

    @property
    def counts_as(self) -> tuple[str, ...]:
        """Its names for clocks: to them, a revived request was opened again, and a question may be
        withdrawn.
        """
        withdrawn = (QUESTION_WITHDRAWN,) if self.withdraws_question else ()
        opened = (EventType.OPENED,) if self.revives else ()
        return (*self.names, *withdrawn, *opened)

    @property
    def stated_facts(self) -> dict[str, JsonValue]:
        """The facts that it states about the request."""
        facts = self.data.get("facts")
        return facts if isinstance(facts, dict) else {}

    @property
    def names(self) -> tuple[str, ...]:
        """Its type, and the milestone that it records, or that it changed the priority."""
        if self.type is EventType.MILESTONE_RECORDED:
            return self.type, f"{MILESTONE_PREFIX}{self.data['milestone']}"
        if self.type is EventType.RECLASSIFIED and "to" in self.data:
            return self.type, EventType.PRIORITY_CHANGED
        return (self.type,)
