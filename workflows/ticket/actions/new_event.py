"""A fact: what an action made true."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from policies.vocabulary import EventType
from workflows.shared.action_request import Actor


@dataclass(frozen=True)
class NewEvent:
    """What became true, before it has a place in the timeline."""

    type: EventType
    data: dict[str, JsonValue] = field(default_factory=dict)
    by: Actor | None = None


NewEvents = list[NewEvent]
