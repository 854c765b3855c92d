"""The steps of a scenario: somebody acts, or the ticket is looked at.

What an action says stands beside `at`, `by` and `do` in the step, so there is a model for each
action, made from the content model that the workflow takes.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, create_model

from commands.simulation.expectation import Expectation, LocalTime
from policies.vocabulary import Action
from workflows.ticket.contents import CONTENTS


class Step(BaseModel):
    """A point of the story."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: LocalTime
    expect: Expectation = Expectation()


class Look(Step):
    """Nobody acts: the ticket is looked at."""


class Deed(Step):
    """Somebody acts: `by` names a person of the scenario, or a role."""

    by: str
    do: Action

    @property
    def said(self) -> dict[str, Any]:
        """What the action says, as its content model takes it."""
        return {name: getattr(self, name) for name in self.model_fields_set - _OWN}


_OWN = frozenset(Deed.model_fields)


def _deed(action: Action) -> type[Deed]:
    content = CONTENTS[action].model_fields
    fields: dict[str, Any] = {name: (field.annotation, field) for name, field in content.items()}
    fields["do"] = (Literal[action], ...)
    return create_model(f"{action}_step", __base__=Deed, **fields)


class Unknown(BaseModel):
    """A step whose action there is not; only made to say so."""

    do: Action


def _kind(value: object) -> str:
    if isinstance(value, Step):
        return f"<{value.do}>" if isinstance(value, Deed) else "<look>"
    if not isinstance(value, dict) or value.keys().isdisjoint({"by", "do"}):
        return "<look>"
    return f"<{value['do']}>" if value.get("do") in [*Action] else "<unknown>"


_KINDS = {"look": Look, "unknown": Unknown} | {str(action): _deed(action) for action in CONTENTS}

if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        # A union of computed members can only be written so.
        Union[tuple(Annotated[model, Tag(f"<{kind}>")] for kind, model in _KINDS.items())],  # noqa: UP007
        Discriminator(_kind),
    ]
