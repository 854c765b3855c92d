"""What a clock does when the priority or a fact changes (docs/policies.md#changes).

The changes are applied to a clock without pauses that nothing completes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import JsonValue

from policies.coverage.stated_facts import Objection
from policies.documents.suggestions import one_of
from policies.reports.clock_explanation import ExplainedChange
from policies.schema.tables import row_of
from policies.terms.admission import RequestRefused
from policies.terms.deadlines import ClockTimeBase
from policies.terms.model.clock import ClockTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.ticket_terms import Terms
from policies.vocabulary import OnChange

NO_TIME = timedelta(0)


class LaterValue(NamedTuple):
    """What the ticket gets at a UTC time: another priority, another value of a fact, or an agreed
    due time.
    """

    at: datetime
    priority: str | None = None
    fact: str | None = None
    value: JsonValue = None
    agreed: datetime | None = None


class NotAgreeable(ValueError):
    """The policy lets nobody agree a due time of this clock."""


class UnknownPriority(LookupError):
    """The policy has no such priority; the message lists its priorities."""


class _Ticket(NamedTuple):
    """The values on which promises depend."""

    priority: str | None
    facts: dict[str, str]


class _Cycle(NamedTuple):
    """The cycle in force: its promise, since when that is in force, and its due time. Of the time
    used, `used` was used before `anchor`; it is None as long as no promise had a time. A cycle that
    a change has ended after its breach is over: the next promise with a time is another cycle.
    """

    number: int
    promise: PromiseTerms
    since: datetime
    anchor: datetime
    used: timedelta | None
    due_at: datetime | None
    is_agreed: bool = False
    is_over: bool = False
    overused: timedelta = NO_TIME
    """By how much more than its target was used. Then it breaches with its change."""

    @property
    def is_suspended(self) -> bool:
        """Whether its promise has no time, after one that had."""
        return self.promise.within is None and self.used is not None and not self.is_over

    def is_overdue(self, at: datetime) -> bool:
        """Whether it breached before `at`, or at a change at that time."""
        if self.due_at is None:
            return False
        return max(self.due_at, self.since) < at or self.breaches_at == at

    @property
    def breaches_at(self) -> datetime | None:
        """Its change, if that put it over its due time."""
        is_past = self.due_at is not None and self.due_at < self.since
        is_used_up = self.overused > NO_TIME and self.due_at == self.since
        return self.since if is_past or is_used_up else None


def explain_changes(
    terms: Terms, clock: ClockTerms, start: datetime, changes: Sequence[LaterValue]
) -> Iterator[ExplainedChange]:
    """The effect of each change, in order of time, on a clock that starts at `start`.

    Raises UnknownPriority, NotAgreeable, and RequestRefused for a fact that the policy does not
    take.
    """
    ticket = _Ticket(terms.priority, terms.rows_of({}))
    promise = clock.promise(*ticket)
    cycle = _counted(terms, clock, _Cycle(1, promise, start, start, None, None))
    for change in sorted(changes, key=lambda change: change.at):
        if change.agreed is not None:
            cycle = _agreed(clock, cycle, change.at, change.agreed)
            yield _explained(clock, change, cycle)
            continue
        before, ticket = ticket, _with(terms, ticket, change)
        if ticket != before:
            cycle = _changed(terms, clock, start, cycle, change.at, clock.promise(*ticket))
        yield _explained(clock, change, cycle)


def _explained(clock: ClockTerms, change: LaterValue, cycle: _Cycle) -> ExplainedChange:
    continues = clock.on_change is OnChange.CONTINUE and cycle.since == change.at
    has_used = continues and cycle.due_at is not None and not cycle.is_agreed
    return ExplainedChange(
        at=change.at,
        priority=change.priority,
        fact=change.fact,
        value=change.value,
        cycle=cycle.number,
        target=str(cycle.promise.within) if cycle.promise.within else None,
        due_at=cycle.due_at,
        is_agreed=cycle.is_agreed,
        breaches_at=change.at if cycle.breaches_at == change.at else None,
        used=cycle.used if has_used else None,
        overused=(cycle.overused or None) if has_used else None,
    )


def _agreed(clock: ClockTerms, cycle: _Cycle, at: datetime, due_at: datetime) -> _Cycle:
    """The cycle with an agreed due time, which no later change moves."""
    if not clock.agreed:
        raise NotAgreeable(f'no due time of "{clock.name}" can be agreed; add `agreed: true` to it')
    number = cycle.number + (cycle.is_over or cycle.is_overdue(at))
    return _Cycle(number, cycle.promise, at, cycle.anchor, cycle.used, due_at, is_agreed=True)


def _with(terms: Terms, ticket: _Ticket, change: LaterValue) -> _Ticket:
    if change.fact is None:
        if change.priority not in terms.priorities:
            choices = one_of(change.priority or "", terms.priorities)
            raise UnknownPriority(f'{terms.policy} has no priority "{change.priority}"; {choices}')
        return ticket._replace(priority=change.priority)
    known = terms.known_facts
    assert known is not None
    objections: list[Objection] = list(known.objections({change.fact: change.value}))
    if objections:
        raise RequestRefused(objections, terms.locale)
    row = row_of(change.value)
    if change.fact not in terms.promised_by or row is None:
        return ticket
    return ticket._replace(facts=ticket.facts | {change.fact: row})


def _changed(
    terms: Terms,
    clock: ClockTerms,
    start: datetime,
    cycle: _Cycle,
    at: datetime,
    promise: PromiseTerms,
) -> _Cycle:
    if cycle.is_agreed:
        return cycle
    is_overdue = cycle.is_overdue(at)
    is_same = promise.counts_like(cycle.promise)
    if is_overdue and (is_same or clock.reminds):
        return cycle
    keeps = clock.on_change is OnChange.KEEP and not is_overdue
    if keeps and cycle.due_at is not None and promise.within is not None:
        return cycle
    restarts = clock.on_change is OnChange.RESTART
    if (restarts or clock.on_change is OnChange.CONTINUE) and is_same:
        return cycle
    is_over, used = cycle.is_over or is_overdue, _used(terms, clock, cycle, at)
    if promise.within is None:
        return _Cycle(cycle.number, promise, at, at, used, None, is_over=is_over)
    number = cycle.number + (is_over or (restarts and cycle.is_suspended))
    if clock.on_change is OnChange.CONTINUE and used is not None:
        return _continued(terms, clock, _Cycle(number, promise, at, at, used, None), start)
    since = at if restarts else start
    return _counted(terms, clock, _Cycle(number, promise, at, since, None, None))


def _counted(terms: Terms, clock: ClockTerms, cycle: _Cycle) -> _Cycle:
    """The cycle with its due time: the target, counted from the anchor."""
    if cycle.promise.within is None:
        return cycle
    base = ClockTimeBase.for_clock(terms, clock, cycle.promise)
    target = base.target(cycle.promise, cycle.anchor)
    return cycle._replace(anchor=target.begins, used=NO_TIME, due_at=target.due)


def _continued(terms: Terms, clock: ClockTerms, cycle: _Cycle, start: datetime) -> _Cycle:
    """The cycle with its due time: what is left of the target, counted from the change, or from the
    day to which a cut-off moves the start. The change itself has no cut-off.
    """
    base, used = ClockTimeBase.for_clock(terms, clock, cycle.promise), cycle.used
    target = base.target_from(cycle.promise, max(cycle.since, base.counted_from(start)))
    if not used:
        return cycle._replace(anchor=target.begins, used=NO_TIME, due_at=target.due)
    anchor = max(cycle.anchor, base.target(cycle.promise, start).begins)
    left = target.total - used
    if left < NO_TIME:
        # It runs out at the change, also in closed time (docs/policies.md#changes).
        due = max(cycle.since, base.counted_from(start))
        return cycle._replace(anchor=anchor, due_at=due, overused=-left)
    due = base.for_promise(cycle.promise).add(anchor, left)
    return cycle._replace(anchor=anchor, due_at=due)


def _used(terms: Terms, clock: ClockTerms, cycle: _Cycle, at: datetime) -> timedelta | None:
    """The time used up to `at`, each part in the measure of its promise."""
    if cycle.promise.within is None or cycle.used is None:
        return cycle.used
    base = ClockTimeBase.for_clock(terms, clock, cycle.promise).for_promise(cycle.promise)
    return cycle.used + max(NO_TIME, base.between(cycle.anchor, at))
