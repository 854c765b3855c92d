"""The body of `POST /tickets`."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from api.http.body import Body
from policies.business_time.zones import find_zone
from policies.schema.contract import EmailAddress, OneLine, Slug, one_line
from workflows.shared.action_request import Message


def _check_zone(name: str) -> str:
    find_zone(name)
    return name


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Subject = Annotated[OneLine, BeforeValidator(_stripped)]
Mailbox = Annotated[EmailAddress, AfterValidator(one_line)]
ZoneName = Annotated[str, StringConstraints(max_length=64), AfterValidator(_check_zone)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8}){0,3}$")]
Integer = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Number = Annotated[float, Field(strict=True, gt=-(2.0**63), lt=2.0**63)]
Fact: TypeAlias = (
    Annotated[bool, Field(strict=True)]
    | Integer
    | Number
    | Annotated[str, StringConstraints(max_length=2_000)]
)


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
    facts: Annotated[dict[Slug, Fact], Field(max_length=50)] = Field(
        default_factory=dict,
        description="Facts about the issue, for the coverage rules of the policy.",
        examples=[{"cause": "platform"}],
    )
