"""The report of a back-test: what was read, what was left out, and the results."""

from dataclasses import dataclass, field
from datetime import date, datetime

from backtest.log.unreadable import LeftOut
from backtest.results.clock_result import ClockResult
from backtest.results.totals import Totals

MOST_WORST = 100
"""How many of the worst results a report lists."""


@dataclass
class BacktestReport:
    """Everything but the rows themselves, which a sink gets as they come (`--csv`).

    `until` is the end of the log: the latest time of any row, at which open clocks are judged.
    `worst` has the breached results with the most lateness, the worst first. `notes` counts what
    was treated by a rule of the mapping, such as rows before the opening. `is_partial` is whether
    the run was interrupted: `tickets` of `tickets_in_log` were judged.
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
    tickets_in_log: int = 0
    totals: Totals = field(default_factory=Totals)
    worst: list[ClockResult] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    notes: dict[str, int] = field(default_factory=dict)
    is_partial: bool = False
