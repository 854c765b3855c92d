"""Expectations about the ticket of a scenario.

Only the given fields are compared; `null` expects that a value does not exist.
"""

from typing import Annotated, Literal

from pydantic import Discriminator, JsonValue, Tag

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.expectation_base import Audiences, ExpectationPart, LocalTime, OpenTime
from policies.coverage.verdict import Decision
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn


class ClockExpectation(ExpectationPart):
    """The latest cycle of a clock. `left` is the remaining open time of a paused clock (h:mm)."""

    state: ClockState | None = None
    cycle: int | None = None
    due_at: LocalTime | None = None
    breached: bool | None = None
    left: OpenTime | None = None


def _clock_kind(value: object) -> str:
    return "<absent>" if isinstance(value, str) else "<clock>"


ClockOrAbsent = Annotated[
    Annotated[ClockExpectation, Tag("<clock>")] | Annotated[Literal["absent"], Tag("<absent>")],
    Discriminator(_clock_kind),
]


class ForecastExpectation(ExpectationPart):
    """The latest forecast."""

    begins_by: str | None = None
    revision: int | None = None
    lapsed: bool | None = None


class VerdictExpectation(ExpectationPart):
    """The coverage decision."""

    decision: Decision | None = None
    clauses: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None


class Expectation(ExpectationPart):
    """The expected state after a step or at a time."""

    stage: Stage | None = None
    waiting_on: WaitingOn | None = None
    closed_as: ClosedAs | None = None
    priority: str | None = None
    assignee: str | None = None
    level: int | None = None
    clocks: dict[str, ClockOrAbsent] | None = None
    guarantees: dict[str, str] | None = None
    forecast: ForecastExpectation | None = None
    overrides: dict[str, JsonValue] | None = None
    told: Audiences | None = None
    not_told: Audiences | None = None
    events: tuple[EventType, ...] | None = None
    allowed_actions: dict[Role, tuple[Action, ...]] | None = None
    not_allowed_actions: dict[Role, tuple[Action, ...]] | None = None
    verdict: VerdictExpectation | None = None
    account: AccountExpectation | None = None
    refused: str | None = None
    because: str | None = None

    @property
    def about_ticket(self) -> set[str]:
        """The fields that concern the ticket."""
        return self.model_fields_set - {"account", "refused", "because"}
