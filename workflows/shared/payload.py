"""The base of everything that is recorded in a history."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Anything recorded in a history: frozen, and tolerant of fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")
