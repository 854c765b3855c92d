"""Agreed due times and intervals: their checks, and their effect on the clocks."""

from datetime import datetime

from policies.business_time.durations import Duration
from policies.terms.model.clock import ClockTerms
from workflows.ticket.clocks.change import Change
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.cycles import Cycles
from workflows.ticket.clocks.past_events import running_since, waits_of
from workflows.ticket.model.agreement import Agreement, as_agreed


def would_run(cycles: Cycles, terms: ClockTerms, change: Change) -> bool:
    """Whether a clock runs, or would run if it had a target."""
    clock = cycles.latest(terms.name)
    if clock is not None and clock.is_open:
        return True
    return running_since(terms, change.events) is not None


def due_time(cycles: Cycles, terms: ClockTerms, at: datetime) -> datetime | None:
    """The due time of an open clock; of a paused one, if it went on at once."""
    clock = cycles.latest(terms.name)
    if clock is None or not clock.is_open:
        return None
    return clock.resume(at, cycles.base_of(clock)).due_at


def counts(cycles: Cycles, terms: ClockTerms, every: Duration, change: Change) -> bool:
    """Whether a clock can count such an interval: business time needs a calendar."""
    time_base = cycles.time_base(terms, cycles.promise(terms, change))
    return every.is_elapsed or time_base.calendar is not None


def interval(
    cycles: Cycles, terms: ClockTerms, every: Duration, change: Change
) -> tuple[datetime | None, datetime]:
    """When an interval would be due that began now: as it is, and with another length."""
    promise = cycles.promise(terms, change)
    time_base = cycles.time_base(terms, promise)
    now = time_base.target(promise, change.at).due if promise.within else None
    return now, time_base.due_time(every, change.at)


def agree(cycles: Cycles, terms: ClockTerms, agreement: Agreement, change: Change) -> None:
    """Gives a clock an agreed due time. An overdue cycle ends, and the next one has it."""
    clock, since = _ended_if_overdue(cycles, terms, change)
    if clock is None:
        clock = cycles.begin(terms, since, cycles.promise(terms, change), change.priority)
    agreed = clock.agree(agreement, cycles.base_of(clock), waits_of(terms, change.waits))
    cycles.replace(agreed.skip_warnings(change.at, terms, cycles.base_of(agreed)))


def begin_interval(cycles: Cycles, terms: ClockTerms, agreement: Agreement, change: Change) -> None:
    """Begins the interval of a clock anew, with the length that was agreed. A clock that does not
    run, and would not with a time either, has the interval from its start on.
    """
    if not would_run(cycles, terms, change):
        return
    promise = as_agreed(cycles.promise(terms, change), agreement)
    clock, _ = _ended_if_overdue(cycles, terms, change)
    if clock is None:
        clock = cycles.begin(terms, change.at, promise, change.priority)
    # Later changes count the interval from here, too.
    begun = {"agreed": None, "started_at": change.at}
    # A clock that keeps its promise may have that of an earlier place.
    undated, time_base = clock.model_copy(update=begun), cycles.time_base(terms, promise)
    waits = waits_of(terms, change.waits)
    counted = undated.recount(change.at, promise, time_base, waits, change.at)
    counted = counted.skip_warnings(change.at, terms, time_base)
    cycles.replace(counted.model_copy(update={"agreed": agreement}))


def _ended_if_overdue(
    cycles: Cycles, terms: ClockTerms, change: Change
) -> tuple[Clock | None, datetime]:
    """The cycle that goes on, and since when its clock counts; None if the next one begins."""
    since = running_since(terms, change.events)
    clock = cycles.cycle_of_run(terms, since)
    if clock is not None and clock.is_overdue:
        cycles.replace(clock.stop(change.at, cycles.base_of(clock)))
        return None, clock.started_at
    if clock is not None and (clock.is_open or clock.is_suspended):
        return clock, clock.started_at
    return None, since or change.at
