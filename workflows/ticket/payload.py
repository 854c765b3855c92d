"""The base of everything that is recorded in a history."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Anything recorded in a history: frozen, and tolerant of fields it does not know. What is as
    by default is not recorded (see workflows/conversion.py), so a default here never changes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
