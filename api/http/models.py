"""Response models that tickets and accounts share."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from policies.vocabulary import Carrier, NoticeStatus, Role

OrAbsent = Annotated[str | None, BeforeValidator(lambda text: text or None)]
"""A text; an empty one is left out."""


class NoticeDocument(BaseModel):
    """A notice, sent or still to be sent."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    template: str
    audience: str
    to: str
    status: NoticeStatus
    at: datetime
    error: str | None = None
    carrier: Carrier | None = Field(
        default=None, description="Channel by which it was delivered, once sent."
    )


class ActorDocument(BaseModel):
    """The actor of an event. Requesters and services get no ids of staff."""

    model_config = ConfigDict(from_attributes=True)

    id: OrAbsent = Field(default=None, examples=["ada"])
    role: Role
    name: str | None = Field(default=None, examples=["Ada Agent"])


class AuthorDocument(ActorDocument):
    """The actor of an event in a timeline."""

    credential: str | None = Field(
        default=None,
        description="Id of the token or key that authenticated the actor, for staff.",
        examples=["token:ada"],
    )
