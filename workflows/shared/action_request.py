"""An action as it travels: its id, who acts, and its input.

The same id is one action however often it arrives; `fingerprint` tells a repetition from a
different action under a used id.
"""

import hashlib
from functools import cached_property
from typing import Annotated, Generic, TypeVar

from pydantic import SerializeAsAny, StringConstraints

from policies.schema.contract import OneLine
from policies.vocabulary import Role
from workflows.shared.payload import Payload

LONGEST_TEXT = 20_000
"""Characters in one message; the longest thing a person says in one action."""

Message = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, strip_whitespace=True)
]


class ActionInput(Payload):
    """What an action says, apart from who says it. One subclass for each action."""


ActionId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class Actor(Payload):
    """Who acts: an id of the desk's own, a role, and a name to show."""

    id: OneLine
    role: Role
    name: OneLine | None = None

    @property
    def shown(self) -> str:
        """The name people are shown."""
        return self.name or self.id


SYSTEM = Actor(id="durable-desk", role=Role.SYSTEM, name="Durable Desk")


AnyInput_co = TypeVar("AnyInput_co", bound=ActionInput, covariant=True)


class ActionRequest(Payload, Generic[AnyInput_co]):
    """One action of one person on one ticket."""

    id: ActionId
    actor: Actor
    content: SerializeAsAny[AnyInput_co]

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same action by the same person, whatever its id."""
        # Without defaults, so that a field that newer code adds changes no fingerprint.
        content = self.content.model_dump_json(exclude_defaults=True)
        return fingerprint(f"{type(self.content).__name__} {self.actor.id} {content}")


def fingerprint(text: str) -> str:
    """A short hash that tells equal requests from different ones."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
