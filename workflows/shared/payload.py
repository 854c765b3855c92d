"""The base of models that histories record."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """Recorded: immutable; ignores unknown fields, so that an older release can read it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
