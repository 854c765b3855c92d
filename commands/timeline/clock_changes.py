"""The changes of a ticket's clocks, from snapshots that are taken after each step."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field

from policies.business_time.durations import parse_duration
from policies.terms.model.calendar import PinnedCalendar
from policies.vocabulary import ClockState
from workflows.ticket.model.views import ClockView

MOVES = "is due at another time"
"""The news of a clock whose due time moved without a pause."""
AGREED = "is due as agreed"
"""The news of a clock whose due time was agreed."""


class TimelinePart(BaseModel):
    """The base class of the parts of a timeline; times are UTC."""

    model_config = ConfigDict(frozen=True)


class ClockChange(TimelinePart):
    """A change of a clock: `over` lists the holidays until the due time, `was_due_at` is the due
    time before it moved, `owed` is the remaining seconds of a paused clock. On an `elapsed` target
    holidays count as well.
    """

    at: datetime
    clock: str
    cycle: int
    news: str
    due_at: datetime | None = None
    was_due_at: datetime | None = None
    owed: float | None = None
    over: tuple[str, ...] = ()
    clause: str = ""
    elapsed: bool = Field(default=False, exclude=True)


def clock_changes(
    snapshots: list[tuple[datetime, tuple[ClockView, ...]]],
) -> Iterator[ClockChange]:
    """The changes between snapshots of the clocks, each with its time."""
    cycles: dict[tuple[str, int], list[tuple[datetime, ClockView]]] = {}
    begins: dict[tuple[str, int], datetime] = {}
    before: datetime | None = None
    for at, clocks in snapshots:
        for clock in clocks:
            cycle = (clock.name, clock.cycle)
            cycles.setdefault(cycle, []).append((at, clock))
            # A cycle that a change begins counts from the start event, and is new at the change.
            counts_back = clock.cycle > 1 and before is not None and clock.started_at <= before
            begins.setdefault(cycle, at if counts_back else clock.started_at)
        before = at
    for cycle, views in cycles.items():
        yield from _cycle_changes(views, begins[cycle])


def _cycle_changes(
    views: list[tuple[datetime, ClockView]], begins_at: datetime
) -> Iterator[ClockChange]:
    first = views[0][1]
    yield _change(first, begins_at, "starts")
    if first.paused_at is not None:
        yield _change(first, first.paused_at, "pauses")
    for (_, before), (at, after) in pairwise(views):
        yield from _moves(before, after, at)
    last = views[-1][1]
    if last.breached_at is not None:
        yield _change(last, last.breached_at, "runs out")
    if last.completed_at is not None:
        yield _change(last, last.completed_at, _completion(last))


def _moves(before: ClockView, after: ClockView, at: datetime) -> Iterator[ClockChange]:
    """The change of a cycle between two snapshots, apart from its end."""
    if after.agreed != before.agreed:
        yield _change(after, at, AGREED, was=before.due_at)
    elif after.paused_at is not None and after.paused_at != before.paused_at:
        yield _change(after, after.paused_at, "pauses")
    elif before.state is ClockState.PAUSED and after.state is ClockState.RUNNING:
        yield _change(after, at, "resumes")
    elif before.due_at and after.due_at and after.due_at != before.due_at:
        yield _change(after, at, MOVES, was=before.due_at)


def with_holidays(change: ClockChange, calendar: PinnedCalendar | None) -> ClockChange:
    """The change with the holidays until its due time; the same change if holidays count."""
    # A due time that a change has moved may lie before it.
    if calendar is None or change.elapsed or change.due_at is None or change.due_at < change.at:
        return change
    days = calendar.calendar.explain(change.at, change.due_at)
    named = calendar.closed.keys() | calendar.half_days.keys()
    holidays = [(day.date, day.reason) for day in days.skipped if day.date.isoformat() in named]
    holidays += [(day.date, day.reason) for day in days.shortened]
    return change.model_copy(update={"over": tuple(name for _, name in sorted(holidays))})


def _completion(clock: ClockView) -> str:
    if clock.state is ClockState.BREACHED:
        return "completed late"
    return "met" if clock.state is ClockState.MET else "no longer needed"


def _change(clock: ClockView, at: datetime, news: str, was: datetime | None = None) -> ClockChange:
    has_due_time = news in {"starts", "resumes", MOVES, AGREED}
    return ClockChange(
        at=at,
        clock=clock.name,
        cycle=clock.cycle,
        news=news,
        due_at=clock.due_at if has_due_time else None,
        was_due_at=was,
        owed=clock.owed if news == "pauses" else None,
        clause=clock.clause,
        elapsed=_is_elapsed(clock.target),
    )


def _is_elapsed(target: str) -> bool:
    try:
        return parse_duration(target).is_elapsed
    except ValueError:  # an agreed time
        return False
