"""The base of every request body."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """What a caller sends: a field that is not known is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
