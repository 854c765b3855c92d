"""The spread of a clock: how much of its target tickets used, in flat memory."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil

from backtest.results.clock_result import ClockResult, ResultState

EDGES = (0.25, 0.5, 0.75, 1, 1.5, 2, 4, 8)
"""The shares of the target at which the bars of the distribution end; the last has no end."""
_MINUTE = 60
_STEP = 100
"""Steps of the curve for one target."""


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
        for minute, below in zip(values, accumulate(self.minutes[v] for v in values), strict=True):
            if below >= wanted:
                return minute * _MINUTE
        return None

    def curve(self) -> Iterator[tuple[float, float]]:
        """Pairs of a multiple of the target, and the share of the decided within it."""
        values = sorted(self.shares)
        counts = accumulate(self.shares[v] for v in values)
        for value, below in zip(values, counts, strict=True):
            yield value / _STEP, below / self.decided


def bar_of(result: ClockResult) -> int:
    """The bar of the distribution that a result is in."""
    return bisect_left(EDGES, result.counted_seconds / (result.target_seconds or 1))
