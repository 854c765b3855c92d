"""Response models that tickets and accounts share."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from policies.vocabulary import Carrier, NoticeStatus, Role


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
    """The actor of an event."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    role: Role
    name: str | None = None
