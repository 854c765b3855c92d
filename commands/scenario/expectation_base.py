"""The base of every expectation, and the texts that expectations are written in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

LocalTime = str
OpenTime = Annotated[str, StringConstraints(pattern=r"^\d+:[0-5]\d$")]
Audiences = dict[str, tuple[str, ...]]


class ExpectationPart(BaseModel):
    """A part of an expectation."""

    model_config = ConfigDict(frozen=True, extra="forbid")
