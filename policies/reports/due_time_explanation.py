"""The due time of a clock, with the days counted and skipped, and the times of its ladder."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.explanation import Explanation
from policies.business_time.opening_hours import WEEKDAYS
from policies.reports.clock_explanation import (
    ExplainedDay,
    ExplainedHalfDay,
    ExplainedRung,
    ExplainedWindow,
)
from policies.terms.deadlines import ClockTimeBase, Progress, Target
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.clock import ClockTerms, RungTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms

ALL_HOURS = {day: [("00:00", "24:00")] for day in WEEKDAYS}
BREACH = RungTerms(at="breach", tell=())


def explain_due_time(
    terms: Terms,
    clock: ClockTerms,
    promise: PromiseTerms,
    at: datetime,
    calendar: PinnedCalendar | None,
) -> dict[str, Any]:
    """The fields of an explanation that describe the due time of a clock started at `at`."""
    if promise.within is None:
        return {"counts_from": None, "due_at": None}
    time_base = ClockTimeBase.for_clock(terms, clock, promise)
    target = time_base.target(promise, at)
    counting = calendar.calendar if calendar else _calendar_of_all_hours(terms)
    return {
        "counts_from": target.begins,
        "due_at": target.due,
        "counted": tuple(_counted(counting.explain(target.begins, target.due))),
        "skipped": tuple(_skipped(counting.explain(at, target.due))),
        "half_days": tuple(_half_days(counting.explain(at, target.due))),
        "rungs": tuple(_rungs(terms, clock, promise, time_base, target)),
    }


def _calendar_of_all_hours(terms: Terms) -> BusinessCalendar:
    """A calendar that never closes, for elapsed time, in the zone of the support hours."""
    desk = terms.desk_calendar
    return BusinessCalendar(desk.tzinfo if desk else "UTC", ALL_HOURS)


def _counted(explanation: Explanation) -> Iterator[ExplainedWindow]:
    return (ExplainedWindow(**window._asdict()) for window in explanation.counted)


def _skipped(explanation: Explanation) -> Iterator[ExplainedDay]:
    return (ExplainedDay(date=day.date, name=day.reason) for day in explanation.skipped)


def _half_days(explanation: Explanation) -> Iterator[ExplainedHalfDay]:
    return (ExplainedHalfDay(date=day.date, name=day.reason) for day in explanation.shortened)


def _rungs(
    terms: Terms, clock: ClockTerms, promise: PromiseTerms, time_base: ClockTimeBase, target: Target
) -> Iterator[ExplainedRung]:
    progress = Progress(target.begins, target.total, target.total, target.due)
    ladder = {rung.at: rung for rung in (BREACH, *clock.ladder)}
    times = ((time_base.rung_time(rung, promise, progress), rung) for rung in ladder.values())
    for at, rung in sorted(times, key=lambda each: each[0]):
        told = rung.audiences(terms.priority, terms.rows_of({}))
        by = rung.tell_by.by if rung.tell_by else ()
        tell = (*told, *_people_of_level(terms, rung))
        yield ExplainedRung(rung=rung.at, at=at, tell=tell, by=by)


def _people_of_level(terms: Terms, rung: RungTerms) -> Iterator[str]:
    """Who is told of the level that a rung raises to, at the priority of the request."""
    levels = terms.process.levels[rung.level - 1 : rung.level] if rung.level else ()
    yield from filter(None, (level.audience_at(terms.priority) for level in levels))
