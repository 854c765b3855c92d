"""Totals of results by clock, priority and month. They can be added in any order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor
from typing import NamedTuple

from backtest.results.clock_result import ClockResult, ResultState, Why


class Cell(NamedTuple):
    """What a count is about. None stands for tickets without a priority."""

    clock: str
    priority: str | None
    month: str


def percent(share: float, digits: int = 1) -> str:
    """A share from 0 to 1 as `84.3`, rounded down: 94.97 % do not keep a goal of 95 %."""
    scale = 10**digits
    # A product such as 0.29 * 100 is a little below the number that it stands for.
    return f"{floor(round(share * 100 * scale, 6)) / scale:.{digits}f}"


@dataclass
class Tally:
    """The counts of one cell, or of several together. Lengths are in seconds; `earned` is what the
    credits are worth, by unit.
    """

    met: int = 0
    breached: int = 0
    open: int = 0
    cancelled: int = 0
    breached_not_completed: int = 0
    overdue_seconds: int = 0
    most_overdue_seconds: int = 0
    credits: int = 0
    earned: dict[str, Decimal] = field(default_factory=dict)
    why: Counter[Why] = field(default_factory=Counter)

    @property
    def decided(self) -> int:
        """Results that are met or breached."""
        return self.met + self.breached

    @property
    def tickets(self) -> int:
        """All results."""
        return self.decided + self.open + self.cancelled

    @property
    def attainment(self) -> float | None:
        """The share of the decided results that are met, from 0 to 1; None without any."""
        return self.met / self.decided if self.decided else None

    def add(self, result: ClockResult) -> None:
        """Counts a result."""
        name = result.state.value
        setattr(self, name, getattr(self, name) + 1)
        if result.state is not ResultState.BREACHED:
            return
        self.breached_not_completed += result.completed is None
        self.overdue_seconds += result.overdue_seconds
        self.most_overdue_seconds = max(self.most_overdue_seconds, result.overdue_seconds)
        self.credits += result.credits
        self._earn((unit, Decimal(number)) for unit, number in result.earned)
        if result.why is not None:
            self.why[result.why] += 1

    def merge(self, other: "Tally") -> None:
        """Adds other counts."""
        self.met += other.met
        self.breached += other.breached
        self.open += other.open
        self.cancelled += other.cancelled
        self.breached_not_completed += other.breached_not_completed
        self.overdue_seconds += other.overdue_seconds
        self.most_overdue_seconds = max(self.most_overdue_seconds, other.most_overdue_seconds)
        self.credits += other.credits
        self._earn(other.earned.items())
        self.why += other.why

    def _earn(self, earned: Iterable[tuple[str, Decimal]]) -> None:
        for unit, number in earned:
            self.earned[unit] = self.earned.get(unit, Decimal(0)) + number


class Totals:
    """The tally of each cell."""

    def __init__(self, cells: Mapping[Cell, Tally] | None = None) -> None:
        self.cells: dict[Cell, Tally] = dict(cells or {})

    def add(self, result: ClockResult) -> None:
        """Counts a result in its cell."""
        cell = Cell(result.clock, result.priority, result.month)
        self.cells.setdefault(cell, Tally()).add(result)

    def merge(self, other: "Totals") -> None:
        """Adds the totals of another part of the log."""
        for cell, tally in other.cells.items():
            self.cells.setdefault(cell, Tally()).merge(tally)

    def by_clock(self) -> dict[str, Tally]:
        """The tally of each clock."""
        return {key[0] or "": tally for key, tally in self._grouped(("clock",))}

    def by_priority(self) -> dict[tuple[str, str | None], Tally]:
        """The tally of each clock and priority."""
        return {
            (key[0] or "", key[1]): tally for key, tally in self._grouped(("clock", "priority"))
        }

    def by_month(self) -> dict[tuple[str, str], Tally]:
        """The tally of each clock and month, in order."""
        grouped = self._grouped(("clock", "month"))
        return {(key[0] or "", key[1] or ""): tally for key, tally in grouped}

    def _grouped(self, names: Iterable[str]) -> Iterator[tuple[tuple[str | None, ...], Tally]]:
        groups: dict[tuple[str | None, ...], Tally] = {}
        wanted = tuple(names)
        for cell, tally in self.cells.items():
            key = tuple(getattr(cell, name) for name in wanted)
            groups.setdefault(key, Tally()).merge(tally)
        return iter(sorted(groups.items(), key=lambda item: tuple(part or "" for part in item[0])))
