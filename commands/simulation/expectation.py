"""Expectations: what a scenario says must be true of its ticket at some point of the story.

Only what is written is checked; `null` stands for "there is none".
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, JsonValue, StringConstraints, Tag

from policies.verdicts import Decision
from policies.vocabulary import Action, ClockState, ClosedAs, EventType, Role, Stage, WaitingOn

LocalTime = str
OpenTime = Annotated[str, StringConstraints(pattern=r"^\d+:[0-5]\d$")]
Audiences = dict[str, tuple[str, ...]]


class Wanted(BaseModel):
    """A part of an expectation."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClockExpectation(Wanted):
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


class ForecastExpectation(Wanted):
    """The forecast that was last shared."""

    begins_by: str | None = None
    revision: int | None = None
    lapsed: bool | None = None


class VerdictExpectation(Wanted):
    """What coverage decided about the request."""

    decision: Decision | None = None
    clauses: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None


class Expectation(Wanted):
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
    refused: str | None = None
    because: str | None = None
