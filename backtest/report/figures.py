"""The figures behind the charts: one pass over the results of a run, in flat memory."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from itertools import accumulate
from math import ceil
from typing import NamedTuple

from backtest.results.clock_result import ClockResult, ResultState

EDGES = (0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8)
"""The shares of the target at which the bars of the distribution end; the last has no end."""
MOST_EXAMPLES = 10
_MINUTE = 60
_STEP = 100
"""Steps of the curve for one target."""
Group = tuple[str, str | None]


class Behind(NamedTuple):
    """A figure that leads to tickets: those of a clock, of a priority, a month, or a bar."""

    clock: str
    kind: str
    value: str | int | None
    state: ResultState


@dataclass
class Spread:
    """How much time was counted until completion. `never` are breached and not completed."""

    decided: int = 0
    never: int = 0
    minutes: Counter[int] = field(default_factory=Counter)
    shares: Counter[int] = field(default_factory=Counter)
    bars: Counter[tuple[int, ResultState]] = field(default_factory=Counter)
    targets: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, result: ClockResult) -> None:
        """Counts a result that is met or breached."""
        self.decided += 1
        self.targets[result.target, result.target_seconds] += 1
        if result.target_seconds:
            share = result.counted_seconds / result.target_seconds
            self.bars[bar_of(result), result.state] += 1
        if result.completed is None:
            self.never += 1
            return
        self.minutes[ceil(result.counted_seconds / _MINUTE)] += 1
        if result.target_seconds:
            self.shares[ceil(share * _STEP)] += 1

    def merge(self, other: "Spread") -> None:
        """Adds another spread."""
        self.decided += other.decided
        self.never += other.never
        for name in ("minutes", "shares", "bars", "targets"):
            getattr(self, name).update(getattr(other, name))

    @property
    def target(self) -> tuple[str, int] | None:
        """The target that most have, as text and in seconds."""
        return self.targets.most_common(1)[0][0] if self.targets else None

    def kept_by(self, share: float) -> int | None:
        """The shortest target, in seconds, that this share of the decided keeps; None if too many
        were never completed.
        """
        wanted = ceil(share * self.decided)
        values = sorted(self.minutes)
        for minute, below in zip(
            values, accumulate(self.minutes[v] for v in values), strict=True
        ):
            if below >= wanted:
                return minute * _MINUTE
        return None

    def curve(self) -> Iterator[tuple[float, float]]:
        """Pairs of a multiple of the target, and the share of the decided within it."""
        values = sorted(self.shares)
        counts = accumulate(self.shares[v] for v in values)
        for value, below in zip(values, counts, strict=True):
            yield value / _STEP, below / self.decided


class Figures:
    """Everything about the results that the report shows besides its totals."""

    def __init__(self, results: Iterable[ClockResult] = ()) -> None:
        self.spreads: dict[Group, Spread] = {}
        self._examples: dict[Behind, list[tuple[float, str, ClockResult]]] = {}
        self.latest: str | None = None
        for result in results:
            self.add(result)

    def add(self, result: ClockResult) -> None:
        """Counts a result, and keeps it as an example of its figures if it is extreme."""
        if result.state not in {ResultState.MET, ResultState.BREACHED}:
            return
        group = result.clock, result.priority
        self.spreads.setdefault(group, Spread()).add(result)
        for kind, value in (
            ("priority", result.priority),
            ("month", result.month),
            ("bar", bar_of(result)),
        ):
            self._keep(Behind(result.clock, kind, value, result.state), result)

    def by_clock(self, clock: str) -> Spread:
        """The spread of all priorities of a clock."""
        together = Spread()
        for (name, _), spread in self.spreads.items():
            if name == clock:
                together.merge(spread)
        return together

    def behind(self, figure: Behind) -> list[ClockResult]:
        """Examples of the tickets behind a figure, the most extreme first."""
        return [result for *_, result in sorted(self._examples.get(figure, []), reverse=True)]

    def _keep(self, figure: Behind, result: ClockResult) -> None:
        weight = result.overdue_seconds or result.counted_seconds / (result.target_seconds or 1)
        kept = self._examples.setdefault(figure, [])
        each = (weight, result.ticket, result)
        if len(kept) < MOST_EXAMPLES:
            heappush(kept, each)
        else:
            heappushpop(kept, each)


def bar_of(result: ClockResult) -> int:
    """The bar of the distribution that a result is in."""
    return bisect_left(EDGES, result.counted_seconds / (result.target_seconds or 1))
