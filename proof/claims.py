"""What a proof claims of a clock. The same function makes the claims of a live ticket and those of
a replay, which are compared.
"""

from datetime import datetime, timedelta

from pydantic import JsonValue

from proof.instants import instant
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.process.lateness import lateness_of
from workflows.ticket.state.ticket_state import TicketState

_INSTANTS = ("started_at", "due_at", "paused_at", "breached_at", "completed_at")


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


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at is not None else None


def _number(length: timedelta) -> int | float:
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
