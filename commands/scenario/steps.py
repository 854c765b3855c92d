"""The steps of a scenario: actions on the ticket or account, and checks of their state.

The input of an action is given in the step, next to `at`, `by` and `do`. There is a model for each
action, derived from the input model of the workflow. Times are local, as everywhere in a scenario.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, create_model

from commands.scenario.expectation import Expectation
from commands.scenario.expectation_base import LocalTime
from commands.scenario.other_tickets import OtherTickets
from policies.vocabulary import Action
from workflows.account import messages as account
from workflows.account.messages import AccountAction
from workflows.shared.action_request import ActionInput
from workflows.ticket.actions.table import ACTIONS

NOT_BY_PEOPLE = frozenset(
    {AccountAction.REPORT_LATENESS, AccountAction.REPORT_OUTCOME, AccountAction.ADOPT_TERMS}
)
"""Actions on accounts that are not taken by people."""


class Step(BaseModel):
    """One time in the scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: LocalTime
    expect: Expectation = Expectation()


class CheckStep(Step):
    """A step without an action, for its expectations."""


class OtherTicketsStep(Step):
    """Other tickets of the account, whose clocks were started and decided at this time."""

    other_tickets: OtherTickets


class AnyActionStep(Step):
    """An action; `by` names a person of the scenario, or a role."""

    by: str

    @property
    def input(self) -> dict[str, Any]:
        """The input of the action."""
        return {name: getattr(self, name) for name in self.model_fields_set - _OWN}

    @property
    def times(self) -> dict[str, LocalTime]:
        """The times in the input, as written."""
        return {name: at for name, at in self.input.items() if name.endswith("_at") and at}


class ActionStep(AnyActionStep):
    """An action on the ticket."""

    do: Action


class AccountActionStep(AnyActionStep):
    """An action on the account."""

    do: AccountAction


_OWN = frozenset({*AnyActionStep.model_fields, "do"})


def _step_model(
    action: str, base: type[AnyActionStep], input_model: type[ActionInput]
) -> type[AnyActionStep]:
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in input_model.model_fields.items()
    }
    for name in (name for name in fields if name.endswith("_at")):
        is_required = input_model.model_fields[name].is_required()
        fields[name] = (LocalTime, ...) if is_required else (LocalTime | None, None)
    fields["do"] = (Literal[action], ...)
    return create_model(f"{action}_step", __base__=base, **fields)


_ON_ACCOUNTS = {a: c for a, c in account.ACCOUNT_ACTION_INPUTS.items() if a not in NOT_BY_PEOPLE}
_KINDS: dict[str, Any] = {
    str(a): _step_model(a, ActionStep, rule.input) for a, rule in ACTIONS.items()
}
_KINDS |= {str(a): _step_model(a, AccountActionStep, model) for a, model in _ON_ACCOUNTS.items()}


class Unknown(BaseModel):
    """A step with an unknown action, for its validation error."""

    do: Literal[tuple(_KINDS)]  # type: ignore[valid-type]  # computed members


def _kind(value: object) -> str:
    if isinstance(value, Step):
        return (
            f"<{value.do}>" if isinstance(value, ActionStep | AccountActionStep) else _other(value)
        )
    if not isinstance(value, dict) or value.keys().isdisjoint({"by", "do"}):
        return _other(value)
    action = value.get("do")
    return f"<{action}>" if isinstance(action, str) and action in _ACTIONS else "<unknown>"


def _other(value: object) -> str:
    counts = isinstance(value, OtherTicketsStep)
    counts = counts or (isinstance(value, dict) and "other_tickets" in value)
    return "<count>" if counts else "<look>"


_ACTIONS = frozenset(_KINDS)
_KINDS |= {"look": CheckStep, "count": OtherTicketsStep, "unknown": Unknown}

if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        # A union of computed members has no other syntax.
        Union[tuple(Annotated[model, Tag(f"<{kind}>")] for kind, model in _KINDS.items())],  # noqa: UP007
        Discriminator(_kind),
    ]
