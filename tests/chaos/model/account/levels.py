"""Service levels of the reference model: shares of clocks in time (docs/accounts.md)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol
from zoneinfo import ZoneInfo

from tests.chaos.model.account.periods import DAY, Period, beginning
from tests.chaos.model.clocks.clock import Cycle
from tests.chaos.model.document import Plain
from tests.chaos.model.ticket import Ticket


@dataclass(frozen=True)
class LevelPeriod:
    """A service level in one period, as far as its clocks are decided."""

    name: str
    period: Period
    target: Fraction
    counted: int
    kept: int
    pending: int
    is_over: bool

    @property
    def share(self) -> Fraction:
        """The exact share in time; 1 of nothing."""
        return Fraction(self.kept, self.counted) if self.counted else Fraction(1)

    @property
    def state(self) -> str:
        """The state as the API names it."""
        if not self.is_over or self.pending:
            return "open"
        if not self.counted:
            return "empty"
        return "kept" if self.share * 100 >= self.target else "missed"


class Days(Protocol):
    """An account, as far as its dates matter."""

    zone: ZoneInfo

    def period(self, day: date, each: str) -> Period:
        """The period of a date."""
        ...

    def day_of(self, at: datetime) -> date:
        """The date at a time."""
        ...


def level_periods(
    rules: Plain, plan: str | None, tickets: Sequence[Ticket], days: Days, at: datetime
) -> list[LevelPeriod]:
    """Every service level in every period in which one of its clocks has started."""
    found: list[LevelPeriod] = []
    for name, rule in rules.get("service_levels", {}).items():
        if rule.get("plans") and plan not in rule["plans"]:
            continue
        outcomes: dict[Period, list[str]] = {}
        for cycle, priority in _measured(tickets, rule["clock"]):
            if not rule.get("priorities") or priority in rule["priorities"]:
                period = days.period(days.day_of(cycle.started_at), rule["each"])
                outcomes.setdefault(period, []).append(cycle.state)
        for period, states in outcomes.items():
            kept, late = states.count("met"), states.count("breached")
            pending = len(states) - kept - late
            ends = beginning(period.last + DAY, days.zone)
            target = Fraction(str(rule["percent"]))
            over = ends <= at
            found.append(LevelPeriod(name, period, target, kept + late, kept, pending, over))
    return found


def _measured(tickets: Sequence[Ticket], clock: str) -> Iterator[tuple[Cycle, str | None]]:
    """The cycles that count, with the priority at their completion, or now. A cancelled one does
    not count, nor one whose place another promise has taken.
    """
    for ticket in tickets:
        cycles = [cycle for cycle in ticket.cycles if cycle.name == clock]
        for cycle, following in zip(cycles, [*cycles[1:], None], strict=True):
            done = cycle.completed_at
            is_replaced = following is not None and done is not None and following.started_at < done
            if cycle.state != "cancelled" and not is_replaced:
                is_done = done is not None
                yield cycle, cycle.priority_at_completion if is_done else ticket.priority
