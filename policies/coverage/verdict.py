"""The verdict on the coverage of a request, as plain data that a ticket stores."""

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
    """The result of a verdict."""

    COVERED = "covered"
    NOT_COVERED = "not_covered"
    NEEDS_FACTS = "needs_facts"


class Verdict(BaseModel):
    """Whether a request is covered, with clauses, facts used and facts missing."""

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
    def _omit_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        optional = ("reason", "refers_to")
        return {name: value for name, value in fields.items() if name not in optional or value}

    @property
    def refuses(self) -> bool:
        """Whether the request is refused."""
        return self.decision is Decision.NOT_COVERED
