"""The base of every request body."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request body or set of query parameters; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
