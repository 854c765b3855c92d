"""The base class of expectations, and their value types."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

LocalTime = str
OpenTime = Annotated[str, StringConstraints(pattern=r"^\d+:[0-5]\d$")]
Audiences = dict[str, tuple[str, ...]]


class ExpectationPart(BaseModel):
    """The base class of expectations."""

    model_config = ConfigDict(frozen=True, extra="forbid")
