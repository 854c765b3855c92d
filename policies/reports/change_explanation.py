"""What a clock does when the priority changes, as an explanation (docs/policies.md#changes).

The changes are applied to a clock without pauses that nothing completes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from policies.documents.suggestions import one_of
from policies.reports.clock_explanation import ExplainedChange
from policies.terms.deadlines import ClockTimeBase
from policies.terms.ticket_terms import ClockTerms, PromiseTerms, Terms
from policies.vocabulary import OnChange


class PriorityChange(NamedTuple):
    """The priority that the ticket gets at a UTC time."""

    priority: str
    at: datetime


class UnknownPriority(LookupError):
    """The policy has no such priority; the message lists its priorities."""


class _Cycle(NamedTuple):
    """The cycle in force: its promise, since when that is in force, and its due time."""

    number: int
    promise: PromiseTerms
    since: datetime
    due_at: datetime | None

    @property
    def runs_out_at(self) -> datetime | None:
        return max(self.due_at, self.since) if self.due_at else None


def explain_changes(
    terms: Terms, clock: ClockTerms, start: datetime, changes: Sequence[PriorityChange]
) -> Iterator[ExplainedChange]:
    """The effect of each change, in order of time, on a clock that starts at `start`.

    Raises UnknownPriority.
    """
    promise = clock.promise(terms.priority)
    cycle = _Cycle(1, promise, start, _due(terms, clock, promise, start))
    for change in sorted(changes, key=lambda change: change.at):
        if change.priority not in terms.priorities:
            choices = one_of(change.priority, terms.priorities)
            raise UnknownPriority(f'{terms.policy} has no priority "{change.priority}"; {choices}')
        cycle = _changed(terms, clock, start, cycle, change)
        is_late = cycle.due_at is not None and cycle.due_at < change.at == cycle.since
        yield ExplainedChange(
            at=change.at,
            priority=change.priority,
            cycle=cycle.number,
            target=str(cycle.promise.within) if cycle.promise.within else None,
            due_at=cycle.due_at,
            breaches_at=change.at if is_late else None,
        )


def _changed(
    terms: Terms, clock: ClockTerms, start: datetime, cycle: _Cycle, change: PriorityChange
) -> _Cycle:
    promise = clock.promise(change.priority)
    is_overdue = cycle.runs_out_at is not None and cycle.runs_out_at < change.at
    if is_overdue and promise.counts_like(cycle.promise):
        return cycle
    keeps = clock.on_change is OnChange.KEEP and not is_overdue
    if keeps and cycle.due_at is not None and promise.within is not None:
        return cycle
    restarts = clock.on_change is OnChange.RESTART
    if restarts and promise.counts_like(cycle.promise):
        return cycle
    due_at = _due(terms, clock, promise, change.at if restarts else start)
    return _Cycle(cycle.number + is_overdue, promise, change.at, due_at)


def _due(
    terms: Terms, clock: ClockTerms, promise: PromiseTerms, start: datetime
) -> datetime | None:
    if promise.within is None:
        return None
    return ClockTimeBase.for_clock(terms, clock, promise).target(promise, start).due
