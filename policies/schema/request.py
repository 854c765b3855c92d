"""A support request: requester, channel, and the facts stated in it."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from policies.schema.contract import EmailAddress, OneLine, Slug


class Requester(BaseModel):
    """The person who asks for support."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: OneLine
    email: EmailAddress
    zone: str | None = None
    locale: str | None = None


class TicketFacts(BaseModel):
    """The request at its receipt, from which the terms of its ticket are settled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requester: Requester
    channel: Slug
    kind: Slug | None = None
    priority: Slug | None = None
    publication: Slug | None = None
    facts: dict[str, JsonValue] = Field(default_factory=dict)
