"""The steps of a scenario: actions on the ticket or account, and checks of their state.

The input of an action is given in the step, next to `at`, `by` and `do`. There is a model for each
action, derived from the input model of the workflow. Times are local, as everywhere in a scenario.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, create_model

from commands.scenario.expectation import Expectation
from commands.scenario.expectation_base import LocalTime
from commands.scenario.other_tickets import OtherTickets
from policies.vocabulary import Action
from workflows.account.model.action_inputs import ACCOUNT_ACTION_INPUTS, AccountAction
from workflows.shared.action_request import ActionInput
from workflows.ticket.actions.table import ACTIONS
from workflows.ticket.model.agreement import Consent

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
    def times(self) -> dict[tuple[str, ...], LocalTime]:
        """The times in the input, as written, by their paths in the step."""
        times: dict[tuple[str, ...], LocalTime] = {
            (name,): at for name, at in self.input.items() if _is_time(name) and at
        }
        consent = self.input.get("consent")
        return times | ({("consent", "at"): consent.at} if consent else {})

    def input_in_utc(self, to_utc: Callable[[LocalTime], datetime]) -> dict[str, Any]:
        """The input of the action with its times converted; BadInstant if one is invalid."""
        input = dict(self.input)
        for (name, *within), local in self.times.items():
            at = to_utc(local)
            input[name] = input[name].model_dump() | dict.fromkeys(within, at) if within else at
        return input


class LocalConsent(Consent):
    """The consent to an agreed due time, at a local time."""

    at: LocalTime  # type: ignore[assignment]  # as written in the scenario


class ActionStep(AnyActionStep):
    """An action on the ticket."""

    do: Action


class AccountActionStep(AnyActionStep):
    """An action on the account."""

    do: AccountAction


_OWN = frozenset({*AnyActionStep.model_fields, "do"})


def _is_time(name: str) -> bool:
    return name.endswith("_at") or name == "resolved_by"


def _step_model(
    action: str, base: type[AnyActionStep], input_model: type[ActionInput]
) -> type[AnyActionStep]:
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in input_model.model_fields.items()
    }
    for name in filter(_is_time, input_model.model_fields):
        is_required = input_model.model_fields[name].is_required()
        fields[name] = (LocalTime, ...) if is_required else (LocalTime | None, None)
    if "consent" in fields:
        fields["consent"] = (LocalConsent | None, None)
    fields["do"] = (Literal[action], ...)
    return create_model(f"{action}_step", __base__=base, **fields)


_ON_ACCOUNTS = {a: c for a, c in ACCOUNT_ACTION_INPUTS.items() if a not in NOT_BY_PEOPLE}
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
