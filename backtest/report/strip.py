"""A strip: one clock of one ticket on a line of time, as data for a picture."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from backtest.judging.judge import Judged
from policies.business_time.errors import BusinessTimeError
from policies.business_time.spans import Span, Spans, clip, subtract
from policies.vocabulary import EventType
from workflows.ticket.clocks.clock import Clock
from workflows.ticket.clocks.pause import spans_of
from workflows.ticket.model.events import Event

UNNAMED = frozenset({"weekend", "closed"})
"""Reasons for closed days that are no names."""
RUNGS = frozenset({EventType.CLOCK_WARNED, EventType.CLOCK_OVERDUE})


class MarkKind(StrEnum):
    """What a mark is about."""

    START = "start"
    EVENT = "event"
    RUNG = "rung"
    DUE = "due"
    END = "end"


class Mark(NamedTuple):
    """A moment on a strip. `text` is the name of an event or of a rung."""

    kind: MarkKind
    at: datetime
    text: str = ""


class Strip(NamedTuple):
    """One clock from its start to its end. Times are in UTC, and `zone` is that of its calendar.

    `open` is open time, `counted` what counted against the target, `paused` what did not, and
    `late` the lateness. `holidays` are closed days that have a name.
    """

    zone: tzinfo
    span: Span
    open: Spans
    counted: Spans
    paused: Spans
    late: Spans
    holidays: tuple[tuple[date, str], ...]
    marks: tuple[Mark, ...]

    @property
    def due(self) -> datetime | None:
        """The due time, if it has one."""
        return next((mark.at for mark in self.marks if mark.kind is MarkKind.DUE), None)


def strip_of(judged: Judged, name: str, until: datetime) -> Strip | None:
    """The strip of a clock: its breached cycle, else the last. None if it did not run."""
    cycles = [clock for clock in judged.ticket.state.clocks if clock.name == name]
    if not cycles:
        return None
    clock = next((each for each in cycles if each.breached_at), cycles[-1])
    ends = clock.completed_at or until
    due = clock.breached_at or clock.due_at
    shown = Span(
        clock.started_at, max(ends, min(due, until), clock.started_at + timedelta(hours=1))
    )
    zone, opened, holidays = _calendar(judged, clock, shown)
    paused = clip(spans_of(clock.pauses, ends), shown)
    running = [Span(clock.begins, min(due, ends))]
    return Strip(
        zone=zone,
        span=shown,
        open=opened,
        counted=subtract((part for run in running for part in clip(opened, run)), paused),
        paused=paused,
        late=clock.late_spans(ends),
        holidays=holidays,
        marks=tuple(_marks(judged, clock, due, shown)),
    )


def _calendar(
    judged: Judged, clock: Clock, shown: Span
) -> tuple[tzinfo, Spans, tuple[tuple[date, str], ...]]:
    terms = judged.ticket.state.terms
    pinned = terms.calendar_of(terms.clock(clock.name), clock.promise)
    if pinned is None:
        desk = terms.desk_calendar
        return (desk.tzinfo if desk else UTC), (shown,), ()
    try:
        explained = pinned.calendar.explain(shown.begins, shown.ends)
    except BusinessTimeError:
        return pinned.tzinfo, (), ()
    opened = tuple(Span(window.opens, window.closes) for window in explained.counted)
    named = ((day.date, day.reason) for day in explained.skipped if day.reason not in UNNAMED)
    return pinned.tzinfo, opened, tuple(named)


def _marks(judged: Judged, clock: Clock, due: datetime, shown: Span) -> Iterator[Mark]:
    yield Mark(MarkKind.START, clock.started_at)
    for event in judged.ticket.state.events:
        if not shown.begins < event.at <= shown.ends:
            continue
        if event.type in RUNGS:
            if event.data.get("clock") == clock.name:
                yield Mark(MarkKind.RUNG, event.at, str(event.data.get("rung", "")))
        elif not _is_of_a_clock(event):
            yield Mark(MarkKind.EVENT, event.at, event.names[-1])
    if shown.begins <= due <= shown.ends:
        yield Mark(MarkKind.DUE, due)
    if clock.completed_at is not None:
        yield Mark(MarkKind.END, clock.completed_at)


def _is_of_a_clock(event: Event) -> bool:
    return "clock" in event.data or "by_clock" in event.data
