"""The base of everything that is recorded in a history."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Anything recorded in a history: frozen, and tolerant of fields it does not know. Defaults
    are not recorded (see workflows/temporal/data_converter.py), so a default here never changes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
