"""The comparison of two runs over one log: which results change, which way, and at what cost."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappush, heappushpop
from typing import NamedTuple

from backtest.comparison.differences import Difference, differences
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult
from backtest.runs.run import Run

MOST_EXAMPLES = 25
"""Tickets that are listed for each kind of change."""
MOST_CAUSES = 5
"""Clauses that are named as the cause of a kind of change."""
NOT_JUDGED = "not judged"
"""The state of a clock that does not run, or of a ticket that is left out."""


class Way(StrEnum):
    """Which way a result changes."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


class Change(NamedTuple):
    """One clock of one ticket, whose state, due time, lateness or credits change."""

    before: ClockResult | None
    after: ClockResult | None

    @property
    def ticket(self) -> str:
        """The ticket."""
        return self._any.ticket

    @property
    def clock(self) -> str:
        """The clock."""
        return self._any.clock

    @property
    def states(self) -> tuple[str, str]:
        """The state before and after."""
        return _state(self.before), _state(self.after)

    @property
    def lateness(self) -> int:
        """The seconds by which it becomes later."""
        return _late(self.after) - _late(self.before)

    @property
    def _any(self) -> ClockResult:
        known = self.after or self.before
        assert known is not None
        return known


class Kind(NamedTuple):
    """A kind of change: a clock, and its state before and after."""

    clock: str
    before: str
    after: str

    @property
    def is_of_state(self) -> bool:
        """Whether the state changes; else only due time, lateness or credits do."""
        return self.before != self.after

    @property
    def way(self) -> Way:
        """Whether a breach is added or avoided."""
        if self.is_of_state and "breached" in (self.before, self.after):
            return Way.WORSE if self.after == "breached" else Way.BETTER
        return Way.OTHER


@dataclass
class Comparison:
    """Both reports, the values that differ, and every kind of change with its count and examples,
    those with the most lateness added or avoided first.
    """

    before: BacktestReport
    after: BacktestReport
    differences: list[Difference]
    unchanged: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    _examples: dict[Kind, list[tuple[int, str, Change]]] = field(default_factory=dict)

    def kinds(self) -> list[Kind]:
        """All kinds of change: of the state first, the most frequent first."""
        return sorted(self.counts, key=lambda k: (k.clock, not k.is_of_state, -self.counts[k], k))

    def examples(self, kind: Kind) -> list[Change]:
        """Tickets of a kind."""
        kept = self._examples.get(kind, [])
        return [change for *_, change in sorted(kept, key=lambda each: (-each[0], each[1]))]

    def reasons(self, clock: str) -> list[Difference]:
        """The differences that can change a clock."""
        return [each for each in self.differences if each.concerns(clock)]

    def causes(self, clock: str) -> list[str]:
        """The clauses of these differences, or the path of one without a clause; at most a few."""
        names = [*dict.fromkeys(each.clause or each.path for each in self.reasons(clock))]
        return names if len(names) <= MOST_CAUSES else [*names[: MOST_CAUSES - 1], "…"]

    def add(self, before: ClockResult | None, after: ClockResult | None) -> None:
        """Counts one clock of one ticket."""
        if before is not None and after is not None and _outcome(before) == _outcome(after):
            self.unchanged += 1
            return
        change = Change(before, after)
        kind = Kind(change.clock, *change.states)
        self.counts[kind] += 1
        kept = self._examples.setdefault(kind, [])
        each = (abs(change.lateness), change.ticket, change)
        if len(kept) < MOST_EXAMPLES:
            heappush(kept, each)
        else:
            heappushpop(kept, each)


def compare(before: Run, after: Run) -> Comparison:
    """Compares two runs that are judged: what both of them have, if one was interrupted."""
    both = before.done & after.done
    before.keep(both)
    after.keep(both)
    found = differences(before.judge.policy, after.judge.policy)
    comparison = Comparison(before.report(), after.report(), found)
    for one, other in _paired(before.results(), after.results()):
        comparison.add(one, other)
    return comparison


def _paired(
    before: Iterable[ClockResult], after: Iterable[ClockResult]
) -> Iterator[tuple[ClockResult | None, ClockResult | None]]:
    """Both in step: each is sorted by ticket and clock."""
    ones, others = iter(before), iter(after)
    one, other = next(ones, None), next(others, None)
    while one is not None or other is not None:
        if other is None or (one is not None and _key(one) < _key(other)):
            yield one, None
            one = next(ones, None)
        elif one is None or _key(other) < _key(one):
            yield None, other
            other = next(others, None)
        else:
            yield one, other
            one, other = next(ones, None), next(others, None)


def _key(result: ClockResult) -> tuple[str, str]:
    return result.ticket, result.clock


def _outcome(result: ClockResult) -> tuple[object, ...]:
    return result.state, result.due, result.overdue_seconds, result.credits, result.earned


def _state(result: ClockResult | None) -> str:
    return result.state.value if result else NOT_JUDGED


def _late(result: ClockResult | None) -> int:
    return result.overdue_seconds if result else 0
