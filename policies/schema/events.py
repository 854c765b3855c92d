"""Events by name: those of the ticket lifecycle, and the milestones of a policy."""

from typing import Annotated, Any

from pydantic import Discriminator, StringConstraints, Tag

from policies.schema.fields import Line, Rule
from policies.vocabulary import MILESTONE_PREFIX, EventType, Role

_PATTERN = r"^milestone\.[a-z0-9][a-z0-9_-]{0,62}$"


def _kind(value: Any) -> str:
    is_milestone = isinstance(value, str) and value.startswith(MILESTONE_PREFIX)
    return "<milestone>" if is_milestone else "<event>"


EventName = Annotated[
    Annotated[EventType, Tag("<event>")]
    | Annotated[str, StringConstraints(pattern=_PATTERN), Tag("<milestone>")],
    Discriminator(_kind),
]
"""The type of an event, or `milestone.NAME`."""


class MilestoneRule(Rule):
    """A milestone that people record on a ticket, and the roles that can."""

    says: Line
    by: tuple[Role, ...] = (Role.AGENT,)


RECORDED_AS = {EventType.PRIORITY_CHANGED: EventType.RECLASSIFIED}
"""Names for some events of a type, and the type that they are recorded with."""


def recorded_type(name: str) -> EventType:
    """The type that an event with this name is recorded with. All milestones have one."""
    event = EventType.MILESTONE_RECORDED if milestone_of(name) else EventType(name)
    return RECORDED_AS.get(event, event)


def milestone_of(name: str) -> str | None:
    """The milestone that an event name stands for; None for an event of the lifecycle."""
    return name.removeprefix(MILESTONE_PREFIX) if name.startswith(MILESTONE_PREFIX) else None
