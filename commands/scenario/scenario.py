"""The model of a scenario file: actions on a ticket, an account or both, and expectations."""

from datetime import datetime
from typing import Annotated, ClassVar

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
    """The base class of the parts of a scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Person(Part):
    """A person who acts in the scenario."""

    role: Role
    name: OneLine


class Request(TicketFacts):
    """The request that opens the ticket."""

    received_at: LocalTime
    subject: OneLine = "Something does not work"
    description: Message = "It does not work as it should."
    expect: Expectation = Expectation()


class Beginning(Part):
    """The start of the account, without any events."""

    begins_at: LocalTime
    expect: AccountExpectation = AccountExpectation()


def _contract_kind(value: object) -> str:
    return "<file>" if isinstance(value, str) else "<contract>"


ContractOrFile = Annotated[
    Annotated[Contract, Tag("<contract>")] | Annotated[str, Tag("<file>")],
    Discriminator(_contract_kind),
]


class Scenario(Part):
    """A ticket, an account, or both, with the actions on them and the expected results."""

    missing_key_hints: ClassVar[dict[str, str]] = {
        "at": 'add the local time, for example "at: 2031-03-04 14:00"',
        "by": 'add a person of the scenario or a role, for example "by: agent"',
        "do": 'add the action, for example "do: respond"',
        "policy": 'add the name of a policy or its file, for example "policy: contently"',
    }

    title: OneLine
    story: Story
    policy: str
    contract: ContractOrFile
    zone: str
    people: dict[Slug, Person] = Field(default_factory=dict)
    account: Beginning | None = None
    ticket: Request | None = None
    steps: tuple[AnyStep, ...] = ()

    def to_utc(self, local: LocalTime) -> datetime:
        """Converts a local time of the scenario to UTC; BadInstant if it is invalid."""
        return parse_instant(local, self.zone)

    @property
    def begins(self) -> tuple[LocalTime, datetime]:
        """The start of the scenario, as written and in UTC: that of the account, if it has one."""
        local = self.account.begins_at if self.account else ""
        local = local or (self.ticket.received_at if self.ticket else "")
        return local, self.to_utc(local)

    def actor(self, by: str) -> Actor:
        """A person of the scenario by name, or an unnamed actor by role."""
        if by in self.people:
            person = self.people[by]
            return Actor(id=by, role=person.role, name=person.name)
        role = Role(by)
        name = self.ticket.requester.name if self.ticket and role is Role.REQUESTER else None
        return Actor(id=by, role=role, name=name)
