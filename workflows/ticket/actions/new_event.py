"""An event that an action made true, before it has a place in the timeline."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from policies.vocabulary import EventType
from workflows.shared.action_request import Actor


@dataclass(frozen=True)
class NewEvent:
    """Type and data of an event; `by` where it is not the actor of the action."""

    type: EventType
    data: dict[str, JsonValue] = field(default_factory=dict)
    by: Actor | None = None
