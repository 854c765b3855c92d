"""The figures behind the charts: one pass over the results of a run, in flat memory."""

from collections.abc import Iterable
from heapq import heappush, heappushpop
from typing import NamedTuple

from backtest.results.clock_result import ClockResult, ResultState
from backtest.results.spread import Spread, bar_of

MOST_EXAMPLES = 10
Group = tuple[str, str | None]


class Behind(NamedTuple):
    """A figure that leads to tickets: those of a clock, of a priority, a month, or a bar."""

    clock: str
    kind: str
    value: str | int | None
    state: ResultState


class Figures:
    """Everything about the results that the report shows besides its totals."""

    def __init__(self, results: Iterable[ClockResult] = ()) -> None:
        self.spreads: dict[Group, Spread] = {}
        self._examples: dict[Behind, list[tuple[float, str, ClockResult]]] = {}
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
