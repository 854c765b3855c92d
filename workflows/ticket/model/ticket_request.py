"""The request for a ticket: the body of `POST /tickets`, and the input of a ticket workflow that a
Temporal client starts.

Both are promised to callers (docs/temporal-clients.md): a field is never removed or renamed, and a
new one has a default.
"""

from datetime import datetime
from typing import Annotated, Literal
from unicodedata import category

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from policies.business_time.zones import find_zone
from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine, Slug, one_line
from policies.schema.request import Requester as RequesterFacts
from policies.schema.request import TicketFacts
from policies.terms.model.ticket_terms import Terms
from policies.terms.settlement_request import SettlementRequest
from policies.vocabulary import Role
from workflows.shared.action_request import ActionId, Actor, Message, fingerprint
from workflows.ticket.model.fields import StatedFacts
from workflows.ticket.model.opening import Opening

OPENERS = (Role.REQUESTER, Role.SERVICE, Role.AGENT, Role.OPERATOR)
"""The roles that can open tickets."""


def _check_zone(name: str) -> str:
    find_zone(name)
    return name


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _check_findable(email: str) -> str:
    if email.startswith("'"):
        raise ValueError("begins with an apostrophe, and could not be searched for")
    return email


def _check_visible(text: str) -> str:
    if all(category(each)[0] in "CZ" for each in text):
        raise ValueError("has no visible character")
    return text


Subject = Annotated[OneLine, BeforeValidator(_stripped), AfterValidator(_check_visible)]
PersonName = Annotated[OneLine, AfterValidator(_check_visible)]
Mailbox = Annotated[EmailAddress, AfterValidator(one_line), AfterValidator(_check_findable)]
ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_zone)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}$")]


class _Strict(BaseModel):
    """Unknown fields are errors, so that a misspelled one is reported."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Requester(_Strict):
    """The person who requests support."""

    name: PersonName = Field(examples=["Mia Harbour"])
    email: Mailbox = Field(examples=["mia@harbour-media.example"])
    zone: ZoneName | None = Field(
        default=None, description="IANA time zone of the person.", examples=["America/New_York"]
    )
    locale: Locale | None = Field(
        default=None, description="Language of the e-mails to the person.", examples=["en"]
    )


class TicketRequest(_Strict):
    """A request for support."""

    account: Slug = Field(description="Account whose contract applies.", examples=["harbour-media"])
    requester: Requester
    subject: Subject = Field(
        description="The problem in one line.", examples=["The editor stays blank"]
    )
    description: Message = Field(examples=["Since this morning the editor opens without any text."])
    channel: Slug = Field(
        description="Channel of the request; the policy defines which are accepted.",
        examples=["email"],
    )
    kind: Slug | None = Field(default=None, description="One of the kinds of issue of the policy.")
    priority: Slug | None = Field(default=None, description="One of the priorities of the policy.")
    publication: Slug | None = Field(
        default=None, description="Publication of the account that the request is about."
    )
    facts: StatedFacts = Field(
        default_factory=dict,
        description="Facts about the issue, for the coverage rules of the policy.",
        examples=[{"cause": "platform"}],
    )

    @property
    def ticket_facts(self) -> TicketFacts:
        """The part of the request that its terms are settled from."""
        return TicketFacts(
            requester=RequesterFacts(**self.requester.model_dump()),
            channel=self.channel,
            kind=self.kind,
            priority=self.priority,
            publication=self.publication,
            facts=dict(self.facts),
        )

    def settlement_request(self, received_at: datetime) -> SettlementRequest:
        """The request for the terms of the ticket."""
        return SettlementRequest(
            account=self.account,
            ticket=self.ticket_facts.model_dump(mode="json", exclude_defaults=True),
            received_at=received_at,
        )

    def fingerprint(self, by: Actor) -> str:
        """A hash of the request and its caller, the same by either door."""
        # Without defaults, so that a field added by newer code does not change fingerprints.
        stated = self.model_dump_json(exclude_defaults=True, exclude=set(_OF_STARTS))
        return fingerprint(f"{by.id} {by.role} {stated}")

    def opening(self, number: str, by: Actor, terms: Terms, received_at: datetime) -> Opening:
        """The opening of the ticket under these terms."""
        return Opening(
            number=number,
            received_at=received_at,
            opened_by=by,
            subject=self.subject,
            description=self.description,
            terms=terms,
            request=self.settlement_request(received_at),
            publication=self.publication,
            fingerprint=self.fingerprint(by),
        )


class Opener(_Strict):
    """The person or system that opens the ticket."""

    id: OneLine = Field(examples=["billing"])
    role: Literal["requester", "service", "agent", "operator"] = "service"
    name: OneLine | None = Field(default=None, examples=["Billing"])


class TicketStart(TicketRequest):
    """The input of the workflow `Ticket`: a request for support, and who makes it.

    The workflow id is `ticket/` and the number of the ticket. Without `key`, any number that is
    free. With `key`, the number that the same request with this Idempotency-Key gets over HTTP.
    """

    opened_by: Opener = Field(
        default=Opener(id="temporal-client"), description="Recorded as the author of the opening."
    )
    key: ActionId | None = Field(
        default=None,
        description="Idempotency key, of the caller `opened_by.id` for the account.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    )

    @property
    def by(self) -> Actor:
        """The author of the opening."""
        return Actor.model_validate(self.opened_by.model_dump())


_OF_STARTS = TicketStart.model_fields.keys() - TicketRequest.model_fields.keys()
