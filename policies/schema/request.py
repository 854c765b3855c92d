"""A support request: requester, channel, and the facts stated in it."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from policies.email_addresses import EmailAddress
from policies.schema.contract import OneLine, Slug

FactName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Facts: TypeAlias = dict[FactName, JsonValue]
"""Facts as they are stated, right or wrong: the policy judges names and values together."""


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
    facts: Facts = Field(default_factory=dict)
