"""The steps of a scenario: somebody acts on the ticket or the account, or both are looked at.

What an action says stands beside `at`, `by` and `do` in the step, so there is a model for each
action, made from the content model that the workflow takes. Instants are local, as everywhere in
a scenario.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, create_model

from commands.scenario.expectation import Expectation
from commands.scenario.expectation_base import LocalTime
from policies.vocabulary import Action
from workflows.account import messages as account
from workflows.account.messages import AccountAction
from workflows.shared.action_request import ActionInput
from workflows.ticket.actions.table import ACTIONS

BY_THEMSELVES = frozenset({AccountAction.REPORT_LATE_COMPLETION, AccountAction.ADOPT_TERMS})
"""What no person of a story does to an account."""


class Step(BaseModel):
    """A point of the story."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: LocalTime
    expect: Expectation = Expectation()


class Look(Step):
    """Nobody acts: there is only something to be seen."""


class AnyActionStep(Step):
    """Somebody acts: `by` names a person of the scenario, or a role."""

    by: str

    @property
    def said(self) -> dict[str, Any]:
        """What the action says, as its content model takes it."""
        return {name: getattr(self, name) for name in self.model_fields_set - _OWN}


class ActionStep(AnyActionStep):
    """Somebody acts on the ticket."""

    do: Action


class AccountActionStep(AnyActionStep):
    """Somebody acts on the account."""

    do: AccountAction

    @property
    def instants(self) -> dict[str, LocalTime]:
        """The times it names, as they are written."""
        return {name: at for name, at in self.said.items() if name.endswith("_at") and at}


_OWN = frozenset({*AnyActionStep.model_fields, "do"})


def _step_model(
    action: str, base: type[AnyActionStep], content: type[ActionInput]
) -> type[AnyActionStep]:
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in content.model_fields.items()
    }
    if base is AccountActionStep:
        for name in (name for name in fields if name.endswith("_at")):
            is_required = content.model_fields[name].is_required()
            fields[name] = (LocalTime, ...) if is_required else (LocalTime | None, None)
    fields["do"] = (Literal[action], ...)
    return create_model(f"{action}_step", __base__=base, **fields)


_ON_ACCOUNTS = {a: c for a, c in account.ACCOUNT_ACTION_INPUTS.items() if a not in BY_THEMSELVES}
_KINDS: dict[str, Any] = {
    str(a): _step_model(a, ActionStep, rule.input) for a, rule in ACTIONS.items()
}
_KINDS |= {
    str(a): _step_model(a, AccountActionStep, content) for a, content in _ON_ACCOUNTS.items()
}


class Unknown(BaseModel):
    """A step whose action there is not; only made to say so."""

    do: Literal[tuple(_KINDS)]  # type: ignore[valid-type]  # computed members


def _kind(value: object) -> str:
    if isinstance(value, Step):
        return f"<{value.do}>" if isinstance(value, ActionStep | AccountActionStep) else "<look>"
    if not isinstance(value, dict) or value.keys().isdisjoint({"by", "do"}):
        return "<look>"
    return f"<{value['do']}>" if value.get("do") in _ACTIONS else "<unknown>"


_ACTIONS = frozenset(_KINDS)
_KINDS |= {"look": Look, "unknown": Unknown}

if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        # A union of computed members can only be written so.
        Union[tuple(Annotated[model, Tag(f"<{kind}>")] for kind, model in _KINDS.items())],  # noqa: UP007
        Discriminator(_kind),
    ]
