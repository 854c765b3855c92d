"""Response models of messages and internal notes."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.http.action_ids import ShownId
from api.http.models import ActorDocument
from policies.vocabulary import EventType, Side


class MessageDocument(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(from_attributes=True)

    seq: int = Field(description="Number of the event in the timeline that brought it.")
    event: EventType
    at: datetime
    by: ActorDocument
    side: Side
    text: str | None = None
    questions: tuple[str, ...] | None = None
    number: str | None = Field(
        default=None, description="The merged ticket that it came with, if any."
    )
    action_id: ShownId | None = None


class NoteDocument(BaseModel):
    """An internal note."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    at: datetime
    by: ActorDocument
    text: str
    action_id: ShownId | None = None
