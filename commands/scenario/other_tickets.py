"""Other tickets of the account, which a scenario counts and does not play.

A share of tickets, or a number of breaches in a year, takes more tickets than the one of a
scenario. A step states how many others had a clock that was in time or late.
"""

from pydantic import Field, model_validator

from commands.scenario.expectation_base import ExpectationPart
from policies.schema.contract import Slug

MOST = 500
OTHER_TICKET = "other-"
"""How the numbers of other tickets begin: `other-1` is the first one of the scenario."""


class OtherTickets(ExpectationPart):
    """How many other tickets had this clock in time, and how many late, decided at one time."""

    clock: Slug
    priority: Slug | None = None
    in_time: int = Field(default=0, ge=0, le=MOST)
    late: int = Field(default=0, ge=0, le=MOST)

    @model_validator(mode="after")
    def _counts_some(self) -> "OtherTickets":
        if not self.in_time + self.late:
            raise ValueError('there is no ticket; write for example "in_time: 49"')
        return self
