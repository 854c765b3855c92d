"""A scenario: a small story of one ticket, with what must come of it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from commands.instants import parse_instant
from commands.simulation.expectation import Expectation, LocalTime
from commands.simulation.steps import AnyStep
from policies.contract import Contract, OneLine, Slug
from policies.settlement import TicketFacts
from policies.vocabulary import Role
from workflows.ticket.contents import Message
from workflows.ticket.messages import Actor

Story = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]


class Part(BaseModel):
    """A part of a scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Part):
    """Somebody who acts."""

    role: Role
    name: OneLine


class Request(TicketFacts):
    """The ticket as it comes in."""

    received_at: LocalTime
    subject: OneLine = "Something does not work"
    description: Message = "It does not work as it should."
    expect: Expectation = Expectation()


def _contract_kind(value: object) -> str:
    return "<file>" if isinstance(value, str) else "<contract>"


ContractGiven = Annotated[
    Annotated[Contract, Tag("<contract>")] | Annotated[str, Tag("<file>")],
    Discriminator(_contract_kind),
]


class Scenario(Part):
    """A small story: who asks for what, who does what when, and what must come of it."""

    title: OneLine
    story: Story
    policy: str
    contract: ContractGiven
    zone: str
    people: dict[Slug, Person] = Field(default_factory=dict)
    ticket: Request
    steps: tuple[AnyStep, ...] = ()

    def instant(self, local: LocalTime) -> datetime:
        """The UTC instant of a time of the story; BadInstant when it is none."""
        return parse_instant(local, self.zone)

    @property
    def received_at(self) -> datetime:
        """When the request comes in."""
        return self.instant(self.ticket.received_at)

    @property
    def is_refused(self) -> bool:
        """Whether the request is expected to be turned down before there is a ticket."""
        return self.ticket.expect.refused is not None

    def actor(self, by: str) -> Actor:
        """The person of that name, or anybody in that role."""
        if by in self.people:
            person = self.people[by]
            return Actor(id=by, role=person.role, name=person.name)
        role = Role(by)
        name = self.ticket.requester.name if role is Role.REQUESTER else None
        return Actor(id=by, role=role, name=name)
