"""The activity that asks the survivor of a merge to accept a duplicate."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, JsonValue
from temporalio import activity


class MergeRequest(BaseModel):
    """The request of a ticket to be merged into another one.

    `id` identifies the request through all attempts. `news` is what the survivor records, in the
    form that its workflow reads. A refusal that the survivor cannot give itself is in `locale`.
    """

    model_config = ConfigDict(frozen=True)

    into: str
    number: str
    id: str
    locale: str
    news: dict[str, JsonValue]


class MergeRefusal(BaseModel):
    """Why the survivor does not accept: the kind of refusal, and its text in `language`."""

    model_config = ConfigDict(frozen=True)

    kind: str
    reason: str
    language: str


class MergeAnswer(BaseModel):
    """The survivor's decision. Without a refusal it has recorded the duplicate."""

    model_config = ConfigDict(frozen=True)

    refusal: MergeRefusal | None = None


class Survivors(Protocol):
    """The tickets that others are merged into."""

    async def accept(self, request: MergeRequest) -> MergeAnswer:
        """Asks the survivor. A repeated request has one effect. Errors can be retried."""


class MergeRequests:
    """Requests to survivors."""

    def __init__(self, survivors: Survivors) -> None:
        self._survivors = survivors

    @activity.defn
    async def request_merge(self, request: MergeRequest) -> MergeAnswer:
        """The survivor's decision, requested until there is one."""
        return await self._survivors.accept(request)
