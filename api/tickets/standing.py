"""The standing of a ticket, which every response about it has: stage, clocks, open questions."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.http.models import OrAbsent
from policies.business_time.zones import find_zone
from policies.vocabulary import Action, AutomaticStep, ClockState, ClosedAs, Stage, WaitingOn
from workflows.ticket.model.views import ClockView, Reply


class ConsentDocument(BaseModel):
    """Who of the requester's side agreed to a later due time, when, and how."""

    by: str = Field(examples=["Mia Harbour"])
    at: datetime
    how: str = Field(examples=["by phone"])


class AgreementDocument(BaseModel):
    """A due time that was agreed for a cycle, or an interval that was agreed for a clock."""

    at: datetime = Field(description="When the agreement was recorded.")
    by: OrAbsent = Field(
        default=None, description="Agent who recorded it, for staff.", examples=["Ada Agent"]
    )
    reason: OrAbsent = Field(default=None, description="Reason of the agent, for staff.")
    due_at: datetime | None = None
    every: str | None = Field(default=None, examples=["4 hours"])
    consent: ConsentDocument | None = None


class Clock(BaseModel):
    """One cycle of a clock. `due_local` is `due_at` in the time zone of the ticket."""

    name: str = Field(examples=["first_response"])
    cycle: int = Field(
        description="Number of the cycle; a reopened ticket can start a new one.", examples=[1]
    )
    state: ClockState
    clause: str = Field(
        description="Clause of the policy that defines the clock.", examples=["first-response"]
    )
    promised: bool = Field(
        description="False for internal targets, which are not promised to customers."
    )
    target: str = Field(examples=["2 business days"])
    started_at: datetime
    due_at: datetime | None = None
    due_local: datetime | None = None
    owed_seconds: float | None = Field(
        default=None, description="Remaining open time of a paused clock."
    )
    paused_at: datetime | None = None
    breached_at: datetime | None = None
    completed_at: datetime | None = None
    agreed: AgreementDocument | None = Field(
        default=None, description="Set if the due time or the interval was agreed."
    )

    @classmethod
    def from_view(cls, view: ClockView, zone: str) -> Self:
        """Converts a clock; `zone` is that of the ticket."""
        local = _local(view.due_at, zone) if view.due_at else None
        return cls(
            **view.model_dump(exclude={"owed"}, mode="json"),
            owed_seconds=view.owed,
            due_local=local,
        )


def _local(at: datetime, zone: str) -> datetime:
    # Checked when the ticket was opened, but the time zone data of this machine may differ.
    try:
        return at.astimezone(find_zone(zone))
    except ValueError:
        return at


class AssigneeDocument(BaseModel):
    """The assignee of a ticket. Requesters get the name only."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["Ada Agent"])
    id: OrAbsent = Field(default=None, examples=["ada"])
    email: OrAbsent = Field(default=None, examples=["ada@desk.example"])


class ChoiceDocument(BaseModel):
    """A possible answer: the value to send, and its label in the language of the contract."""

    model_config = ConfigDict(from_attributes=True)

    value: str = Field(examples=["chrome"])
    label: str = Field(examples=["Google Chrome"])


class QuestionDocument(BaseModel):
    """A question that the requester has not answered."""

    model_config = ConfigDict(from_attributes=True)

    question: str = Field(examples=["Which browser is it?"])
    asked_at: datetime
    fact: str | None = Field(
        default=None,
        description="Name of the fact that answers it: a key of `facts` in `provide-information`.",
        examples=["browser"],
    )
    type: str | None = Field(
        default=None, description="Type of the fact.", examples=["string", "bool"]
    )
    choices: tuple[ChoiceDocument, ...] | None = Field(
        default=None, description="The possible answers, if they are limited."
    )


class StepDocument(BaseModel):
    """What a ticket does next by itself. For a rung, its clock, cycle and place on the ladder."""

    model_config = ConfigDict(from_attributes=True)

    step: AutomaticStep
    at: datetime
    clock: str | None = Field(default=None, examples=["first_response"])
    cycle: int | None = None
    rung: str | None = Field(default=None, examples=["75%", "breach"])


class Standing(BaseModel):
    """The state of a ticket, as part of other models."""

    number: str = Field(examples=["7K2M-0QXW-9HTE"])
    stage: Stage
    waiting_on: WaitingOn
    closed_as: ClosedAs | None = None
    clocks: tuple[Clock, ...] = ()
    guarantees: dict[str, str] = Field(
        default_factory=dict,
        description="Wording of the policy for clocks without a time target, by clock.",
    )
    next_due: datetime | None = Field(default=None, description="Earliest running deadline.")
    next_step: StepDocument | None = Field(
        default=None, description="What the ticket does next by itself, as far as the caller sees."
    )
    assignee: AssigneeDocument | None = None
    questions: tuple[QuestionDocument, ...] = Field(
        default=(), description="Questions that wait for the requester."
    )
    version: int = Field(description="Grows with every change; for `If-Match`.", examples=[17])
    allowed_actions: tuple[Action, ...] = Field(
        default=(), description="Actions that the caller can take now."
    )
    zone: str = Field(description="Time zone of `due_local`.", examples=["America/New_York"])


def standing_of(reply: Reply) -> dict[str, object]:
    """The fields of a standing, from a reply or a view of the workflow."""
    shared = Standing.model_fields.keys() - {"clocks"}
    clocks = tuple(Clock.from_view(clock, reply.zone) for clock in reply.clocks)
    return {name: getattr(reply, name) for name in shared} | {"clocks": clocks}
