"""A scenario: a small story of a ticket, an account, or both, with what must come of it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from commands.console.instant_argument import parse_instant
from commands.scenario.account_expectation import AccountExpectation
from commands.scenario.expectation import Expectation
from commands.scenario.expectation_base import LocalTime
from commands.scenario.steps import AnyStep
from policies.schema.contract import Contract, OneLine, Slug
from policies.schema.request import TicketFacts
from policies.vocabulary import Role
from workflows.shared.action_request import Actor, Message

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


class Beginning(Part):
    """The account as it comes into being: nothing happened on it yet."""

    begins_at: LocalTime
    expect: AccountExpectation = AccountExpectation()


def _contract_kind(value: object) -> str:
    return "<file>" if isinstance(value, str) else "<contract>"


ContractGiven = Annotated[
    Annotated[Contract, Tag("<contract>")] | Annotated[str, Tag("<file>")],
    Discriminator(_contract_kind),
]


class Scenario(Part):
    """A small story: who asks for what, who does what when, and what must come of it. It is of a
    ticket, of an account beside its tickets, or of a ticket and the account it belongs to.
    """

    title: OneLine
    story: Story
    policy: str
    contract: ContractGiven
    zone: str
    people: dict[Slug, Person] = Field(default_factory=dict)
    account: Beginning | None = None
    ticket: Request | None = None
    steps: tuple[AnyStep, ...] = ()

    def instant(self, local: LocalTime) -> datetime:
        """The UTC instant of a time of the story; BadInstant when it is none."""
        return parse_instant(local, self.zone)

    @property
    def begins(self) -> tuple[LocalTime, datetime]:
        """When the story begins, as it is written and in UTC: with its account, if it has one."""
        local = self.account.begins_at if self.account else ""
        local = local or (self.ticket.received_at if self.ticket else "")
        return local, self.instant(local)

    def actor(self, by: str) -> Actor:
        """The person of that name, or anybody in that role."""
        if by in self.people:
            person = self.people[by]
            return Actor(id=by, role=person.role, name=person.name)
        role = Role(by)
        name = self.ticket.requester.name if self.ticket and role is Role.REQUESTER else None
        return Actor(id=by, role=role, name=name)
