"""The report of a back-test: what was read, what was left out, and the results."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from backtest.log.unreadable import LeftOut
from backtest.results.clock_result import ClockResult
from backtest.results.explanation import Step
from backtest.results.totals import Totals

MOST_WORST = 100
"""How many of the worst results a report lists."""


class Note(StrEnum):
    """What was read as the mapping says, though a reader of the log may not expect it."""

    MOVED_ROWS = "moved_rows"
    """Rows dated before the opening of their ticket, taken to happen at it."""
    MOVED_TICKETS = "moved_tickets"
    """Tickets with such rows."""
    REPEATED_ROWS = "repeated_rows"
    """Rows that are equal to another one of their ticket in all columns, played once."""


@dataclass
class BacktestReport:
    """Everything but the rows themselves, which a sink gets as they come (`--csv`).

    `until` is the end of the log: the latest time of any row, at which open clocks are judged.
    `worst` has the breached results with the most lateness, the worst first,
    and `explanations` the steps of each, by ticket and clock. `share` is
    the part of the log that was judged, from 0 to 1: less than 1 if the run was interrupted.
    `tickets` counts those of that part, also the ones that were left out.
    """

    policy: str
    title: str
    revision: date
    locale: str
    mapping: str
    log: str
    until: datetime | None = None
    records: int = 0
    tickets: int = 0
    share: float = 1.0
    totals: Totals = field(default_factory=Totals)
    worst: list[ClockResult] = field(default_factory=list)
    explanations: dict[tuple[str, str], tuple[Step, ...]] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)
    notes: dict[Note, int] = field(default_factory=dict)
    is_partial: bool = False
