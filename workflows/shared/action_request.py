"""The request for an action: its id (which is the update id), its actor, and its input.

Requests with the same id are one action, however often they arrive. `fingerprint` tells a repeated
request from another one with a used id.
"""

import hashlib
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AwareDatetime, SerializeAsAny, StringConstraints

from policies.schema.contract import OneLine
from policies.vocabulary import Role
from workflows.shared.callers_message import CallersMessage
from workflows.shared.payload import Payload

LONGEST_TEXT = 20_000
"""Characters in the longest text of an action."""

Message = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, strip_whitespace=True)
]


class ActionInput(Payload):
    """The input of an action. Each action has its own subclass."""


ActionId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


LONGEST_CREDENTIAL = 300
"""Characters in the id of a credential."""
Credential = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CREDENTIAL)]


class Actor(Payload):
    """Who takes an action: an id, a role, and a name to display.

    `credential` is the id of the token or key that authenticated the actor, for the record. It is
    in no fingerprint: another token of the same actor can repeat an action.
    """

    id: OneLine
    role: Role
    name: OneLine | None = None
    credential: Credential | None = None

    @property
    def display_name(self) -> str:
        """The name, or the id of an actor without one."""
        return self.name or self.id


class ActorView(Payload):
    """An actor as readers see it. The id is empty for readers who do not see it."""

    id: str = ""
    role: Role
    name: str | None = None
    credential: str | None = None

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """The view of an actor."""
        return cls(**dict(actor))

    @property
    def display_name(self) -> str:
        """The name, or the id of an actor without one."""
        return self.name or self.id


SYSTEM = Actor(id="durable-desk", role=Role.SYSTEM, name="Durable Desk")


AnyInput_co = TypeVar("AnyInput_co", bound=ActionInput, covariant=True)


class ActionRequest(CallersMessage, Generic[AnyInput_co]):
    """A request for one action on one ticket or account, received at a UTC time.

    With `if_versions`, a ticket takes the action only at one of these versions.
    """

    id: ActionId
    actor: Actor
    content: SerializeAsAny[AnyInput_co]
    received_at: AwareDatetime | None = None
    if_versions: tuple[int, ...] | None = None

    def stands_at(self, not_before: datetime, now: datetime) -> datetime:
        """When the action takes effect: at its receipt, but never before the event before it, and
        never later than now. However long it was under way, it meets the deadlines it was in time
        for.
        """
        stated = min(self.received_at or now, now)
        # Converted last: a time at the end of the calendar has no equivalent in UTC.
        return max(stated, not_before).astimezone(UTC)

    @cached_property
    def fingerprint(self) -> str:
        """Equal for equal input by the same actor, whatever the id."""
        # Without defaults, so that a new field with a default changes no fingerprint.
        content = self.content.model_dump_json(exclude_defaults=True)
        return fingerprint(f"{type(self.content).__name__} {self.actor.id} {content}")


def fingerprint(text: str) -> str:
    """A short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
