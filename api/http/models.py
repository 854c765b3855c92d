"""Parts of answers that tickets and accounts share."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from policies.vocabulary import Carrier, NoticeStatus, Role


class NoticeDocument(BaseModel):
    """A notice that was sent, or is owed to somebody."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    template: str
    audience: str
    to: str
    status: NoticeStatus
    at: datetime
    error: str | None = None
    carrier: Carrier | None = Field(
        default=None, description="By what it reached them, once it was sent."
    )


class ActorDocument(BaseModel):
    """Who acted."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    role: Role
    name: str | None = None
