"""Expectations: what a scenario says must be true at some point, of its ticket and its account.

Only what is written is checked; `null` stands for "there is none".
"""

from typing import Annotated, Literal

from pydantic import Discriminator, JsonValue, Tag

from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.expectation_base import Audiences, ExpectationPart, LocalTime, OpenTime
from policies.coverage.verdict import Decision
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn


class ClockExpectation(ExpectationPart):
    """How the latest cycle of a clock must be. `left` is the open time still owed by a paused
    one, in hours and minutes.
    """

    state: ClockState | None = None
    cycle: int | None = None
    due_at: LocalTime | None = None
    breached: bool | None = None
    left: OpenTime | None = None


def _clock_kind(value: object) -> str:
    return "<absent>" if isinstance(value, str) else "<clock>"


ClockWanted = Annotated[
    Annotated[ClockExpectation, Tag("<clock>")] | Annotated[Literal["absent"], Tag("<absent>")],
    Discriminator(_clock_kind),
]


class ForecastExpectation(ExpectationPart):
    """The forecast that was last shared."""

    begins_by: str | None = None
    revision: int | None = None
    lapsed: bool | None = None


class VerdictExpectation(ExpectationPart):
    """What coverage decided about the request."""

    decision: Decision | None = None
    clauses: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None


class Expectation(ExpectationPart):
    """What must be true after a step, or at an instant."""

    stage: Stage | None = None
    waiting_on: WaitingOn | None = None
    closed_as: ClosedAs | None = None
    priority: str | None = None
    assignee: str | None = None
    level: int | None = None
    clocks: dict[str, ClockWanted] | None = None
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
        """What it says of the ticket."""
        return self.model_fields_set - {"account", "refused", "because"}
