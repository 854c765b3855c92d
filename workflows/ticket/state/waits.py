"""What a ticket waits for, now and in the past: the reasons for which its clocks pause."""

from datetime import datetime

from policies.vocabulary import PauseReason, Stage, WaitingOn
from workflows.ticket.clocks.own_waits import own_waits
from workflows.ticket.clocks.pause import Pause, ended
from workflows.ticket.state.ticket_state import TicketState

_WAITING_FOR: dict[WaitingOn, str] = {
    WaitingOn.REQUESTER: PauseReason.INFORMATION,
    WaitingOn.ENGINEERING: PauseReason.ENGINEERING,
}


def pause_reasons(state: TicketState) -> tuple[str, ...]:
    """The reasons for which clocks can be paused now: those of every policy, and its own."""
    reason = _WAITING_FOR.get(state.waiting_on)
    own = [wait.reason for wait in _own_waits(state) if wait.is_open]
    return tuple(reason for reason in (reason, *own) if reason)


def pause_reasons_at(state: TicketState, at: datetime) -> tuple[str, ...]:
    """The reasons for which clocks could be paused from `at` on, in the past."""
    return tuple(
        wait.reason
        for wait in all_waits(state)
        if wait.reason and wait.since <= at and (wait.until is None or at < wait.until)
    )


def all_waits(state: TicketState) -> list[Pause]:
    """The periods in which the ticket waited, or was resolved. They can overlap."""
    return [*state.waits, *_own_waits(state)]


def record_waits(state: TicketState, at: datetime) -> None:
    """Records what the ticket waits for from `at` on, if that has changed. Its waits for
    reasons of the policy's own follow from its events.
    """
    reason = _WAITING_FOR.get(state.waiting_on)
    is_waiting = reason is not None or state.stage is Stage.RESOLVED
    last = state.waits[-1] if state.waits and state.waits[-1].is_open else None
    if (last is not None) is is_waiting and (last is None or last.reason == reason):
        return
    state.waits = [*ended(tuple(state.waits), at)]
    if is_waiting:
        state.waits.append(Pause(since=at, reason=reason))


def _own_waits(state: TicketState) -> list[Pause]:
    return own_waits(state.terms.process.pauses, state.events)
