"""An event before the timeline gives it a number and a time."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from policies.vocabulary import EventType
from workflows.shared.action_request import Actor


@dataclass(frozen=True)
class NewEvent:
    """Type and data of an event; `by` only if that is not the actor of the action."""

    type: EventType
    data: dict[str, JsonValue] = field(default_factory=dict)
    by: Actor | None = None
