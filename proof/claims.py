"""What a proof claims: how each clock stands, and what its lateness has earned.

The same functions make the claims of a live ticket and those of a replay, which are compared.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, JsonValue

from policies.accounts.account_terms import LatenessTerms
from policies.accounts.credits import late_credits
from policies.accounts.worth import Worth
from policies.schema.money import Money
from proof.instants import instant
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.process.lateness import lateness_of
from workflows.ticket.state.ticket_state import TicketState

_INSTANTS = ("started_at", "due_at", "paused_at", "breached_at", "completed_at")


class CreditClaim(BaseModel):
    """The credits for one late cycle of a clock: the rule, what the lateness has earned under it,
    and the entries of the account for it. Of a period's number of breaches, `earned` is None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clock: str
    cycle: int
    rule: LatenessTerms
    fees: dict[str, Money]
    earned: int | None
    worth: Worth | None
    entries: list[dict[str, JsonValue]]


def clock_claim(state: TicketState, clock: Clock, as_of: datetime) -> dict[str, JsonValue]:
    """How one cycle of a clock stands, without what is not so. Lateness is in seconds."""
    view = clock.view(state.terms.clock(clock.name))
    stated: dict[str, JsonValue] = {
        "clock": view.name,
        "cycle": view.cycle,
        "state": str(view.state),
        "clause": view.clause,
        "promised": view.promised,
        "target": view.target,
        "seconds_left": None if view.owed is None else _number(timedelta(seconds=view.owed)),
    }
    stated |= {name: _instant(getattr(view, name)) for name in _INSTANTS}
    if clock.breached_at is not None:
        stated["seconds_late"] = _number(lateness_of(state, clock, as_of))
    return {name: value for name, value in stated.items() if value is not None}


def earned(
    late: timedelta, rule: LatenessTerms, fees: Mapping[str, Money]
) -> tuple[int | None, Worth | None]:
    """The credits that this lateness earns under a rule, and their worth before any cap."""
    if rule.period is not None:
        return None, None
    number = late_credits(late, rule)
    return number, rule.one.times(number).priced(fees).rounded()


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at is not None else None


def _number(length: timedelta) -> int | float:
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
