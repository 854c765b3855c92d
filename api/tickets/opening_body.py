"""The body of `POST /tickets`."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from api.http.body import Body
from policies.business_time.zones import find_zone
from policies.schema.contract import EmailAddress, OneLine, Slug, one_line
from workflows.shared.action_request import Message
from workflows.ticket.model.fields import StatedFacts


def _check_zone(name: str) -> str:
    find_zone(name)
    return name


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Subject = Annotated[OneLine, BeforeValidator(_stripped)]
Mailbox = Annotated[EmailAddress, AfterValidator(one_line)]
ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_zone)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}$")]


class Requester(Body):
    """The person who requests support."""

    name: OneLine = Field(examples=["Mia Harbour"])
    email: Mailbox = Field(examples=["mia@harbour-media.example"])
    zone: ZoneName | None = Field(
        default=None, description="IANA time zone of the person.", examples=["America/New_York"]
    )
    locale: Locale | None = Field(
        default=None, description="Language of the e-mails to the person.", examples=["en"]
    )


class OpenTicket(Body):
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
