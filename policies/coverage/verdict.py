"""What coverage decides about a request. Plain data, so that a ticket can carry it."""

from enum import StrEnum
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from policies.vocabulary import ClosedAs


class Decision(StrEnum):
    """What a verdict says."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    NEEDS_FACTS = "needs_facts"


class Verdict(BaseModel):
    """Whether a request is covered, by which clauses, on which facts, and what is missing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    decision: Decision
    closed_as: ClosedAs | None = None
    clauses: tuple[str, ...] = ()
    says: str = ""
    used: dict[str, JsonValue] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    reason: str | None = None
    refers_to: str | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_not_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Added after tickets were pinned: a verdict that has neither is written as it was before.
        said: dict[str, Any] = handler(self)
        later = ("reason", "refers_to")
        return {name: value for name, value in said.items() if name not in later or value}

    @property
    def refuses(self) -> bool:
        """The request is answered with a no."""
        return self.decision is Decision.NOT_COVERED
