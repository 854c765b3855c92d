"""The ladder of a clock: when each of its rungs is due, on the time base of the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.business_time.durations import Unit
from policies.terms.deadlines import ClockTimeBase, Progress
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.vocabulary import ClockState
from workflows.ticket.clocks.counting import counted
from workflows.ticket.clocks.cycle import BREACH, Cycle
from workflows.ticket.clocks.pause import joined

DEADLINE = RungTerms(at=BREACH, tell=())
"""The rung at the due time, for a ladder that does not list it."""


class RungDue(NamedTuple):
    """A rung that has not fired, and the time at which it is due."""

    rung: RungTerms
    at: datetime


def rungs_due(cycle: Cycle, terms: ClockTerms, time_base: ClockTimeBase) -> Iterator[RungDue]:
    """The rungs that have not fired, unordered. Before the breach these are the rungs up to and
    at the due time; after it, the later ones as well. A clock that pauses has none.
    """
    is_late = cycle.is_overdue and not cycle.is_paused
    if cycle.state is not ClockState.RUNNING and not is_late:
        return
    ladder = {rung.at: rung for rung in terms.ladder}
    ladder.setdefault(BREACH, DEADLINE)
    progress = Progress(cycle.anchor, cycle.owed, cycle.total, cycle.due_at)
    for rung in ladder.values():
        if rung.at in cycle.fired:
            continue
        if rung.at == BREACH:
            yield RungDue(rung, cycle.runs_out_at)
        elif not rung.is_after:
            # One whose time lay in a pause, or before the start, is due at its end, or there.
            paused_until = cycle.pauses[-1].until if cycle.pauses else None
            resumed_at = paused_until or cycle.started_at
            at = max(_rung_time(cycle, rung, time_base, progress), resumed_at)
            yield RungDue(rung, max(at, cycle.promised_at) if rung.raises_level else at)
        elif cycle.breached_at is not None:
            yield RungDue(rung, _time_after(cycle, rung, cycle.breached_at, time_base))


def warnings_passed(
    cycle: Cycle, until: datetime, terms: ClockTerms, time_base: ClockTimeBase
) -> list[str]:
    """The warnings that would have fired before `until`, without those that raise a level."""
    return [
        rung.at
        for rung in terms.ladder
        if rung.at not in cycle.fired
        if not rung.raises_level and _has_passed(cycle, rung, until, time_base)
    ]


def _rung_time(
    cycle: Cycle, rung: RungTerms, time_base: ClockTimeBase, progress: Progress
) -> datetime:
    """The time of a rung before the deadline, or after the start."""
    if rung.is_after_start:
        return _time_after(cycle, rung, cycle.begins, time_base)
    return time_base.rung_time(rung, cycle.promise, progress)


def _has_passed(cycle: Cycle, rung: RungTerms, at: datetime, time_base: ClockTimeBase) -> bool:
    """Whether a warning would have fired by `at`, or by the pause that goes on then."""
    if rung.at == BREACH or rung.is_after:
        return False
    length = None if rung.share is not None else rung.distance[0]
    is_by_date = length is not None and (rung.is_after_start or length.unit is Unit.BUSINESS_DAY)
    if not is_by_date:
        return _is_passed(rung, cycle.total, cycle.left(at, time_base))
    progress = Progress(cycle.anchor, cycle.owed, cycle.total, cycle.due_at)
    counted_until = cycle.held_since if cycle.is_paused else at
    return _rung_time(cycle, rung, time_base, progress) <= counted_until


def _time_after(
    cycle: Cycle, rung: RungTerms, since: datetime, time_base: ClockTimeBase
) -> datetime:
    """The time of a rung after the breach or the start. Pauses since then do not count."""
    length, _ = rung.distance
    due = time_base.due_time(length, since)
    counts = time_base.for_length(length)
    total = counts.between(since, due)
    pauses = joined(cycle.pauses, since)
    return counted(counts, Progress(since, total, total, due), pauses).due


def _is_passed(rung: RungTerms, total: timedelta, left: timedelta) -> bool:
    """Whether a warning would have fired already, with this much time left."""
    if rung.share is not None:
        return left <= total * (1 - rung.share)
    return left <= rung.distance[0].length
