"""A judged bucket: the results of its tickets on disk, and their summary."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from pathlib import Path
from typing import Any

from backtest.judging.judge import Judge
from backtest.log.unreadable import LeftOut, Unreadable
from backtest.mapping.reading import Reading
from backtest.results.backtest_report import MOST_WORST, Note
from backtest.results.clock_result import ClockResult, ResultState, Why
from backtest.results.totals import Totals
from backtest.runs.spool_files import Plain, append, number_of, parts, time_of
from backtest.runs.spooled_log import SpooledLog

PART = 250
"""Results that are read back at once."""


@dataclass
class Summary:
    """What is counted of some buckets. Summaries can be added in any order."""

    tickets: int = 0
    totals: Totals = field(default_factory=Totals)
    worst: list[ClockResult] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    notes: Counter[Note] = field(default_factory=Counter)

    def add(self, result: ClockResult) -> None:
        """Counts a result; `worst` has all that breached until `cut`."""
        self.totals.add(result)
        if result.state is ResultState.BREACHED:
            self.worst.append(result)

    def merge(self, other: "Summary") -> None:
        """Adds another summary."""
        self.tickets += other.tickets
        self.totals.merge(other.totals)
        self.left_out.merge(other.left_out)
        self.notes += other.notes
        self.worst += other.worst
        self.cut()

    def cut(self) -> None:
        """Keeps the worst results only: those with the most lateness, then the first by name."""
        self.worst = nlargest(MOST_WORST, sorted(self.worst, key=_by_name), key=_lateness)


def judge_bucket(
    log: SpooledLog, reading: Reading, judge: Judge, number: int, directory: Path
) -> Summary:
    """Judges the tickets of a bucket. Their results are in a file of the directory, in order."""
    bucket, summary, results = log.bucket(number), Summary(), []
    for ticket in sorted({*bucket.entries, *bucket.unreadable}):
        wrong = bucket.unreadable.get(ticket)
        if wrong and not wrong.is_certain and ticket not in bucket.entries:
            # Nothing else names it: what a damaged record names may not be a ticket at all.
            summary.left_out.add(wrong._replace(ticket=None))
            continue
        summary.tickets += 1
        logged = wrong or reading.ticket(ticket, bucket.entries[ticket])
        judged = logged if isinstance(logged, Unreadable) else judge.judge(logged, _end_of(log))
        if isinstance(judged, Unreadable):
            summary.left_out.add(judged)
            continue
        if judged.moved:
            summary.notes.update({Note.MOVED_ROWS: judged.moved, Note.MOVED_TICKETS: 1})
        if judged.repeated:
            summary.notes.update({Note.REPEATED_ROWS: judged.repeated})
        for result in judged.results:
            summary.add(result)
            results.append(result)
    summary.cut()
    for begin in range(0, len(results), PART):
        append(results_file(directory, number), [_plain(r) for r in results[begin : begin + PART]])
    return summary


def _end_of(log: SpooledLog) -> datetime:
    """The end of a log that has a ticket."""
    assert log.until is not None
    return log.until


def results_of_bucket(directory: Path, number: int) -> Iterator[ClockResult]:
    """The results of a bucket, by ticket and clock."""
    return map(_result, parts(results_file(directory, number)))


def results_file(directory: Path, number: int) -> Path:
    """The file with the results of a bucket."""
    return directory / f"results-{number}"


def _by_name(result: ClockResult) -> tuple[str, str]:
    return result.ticket, result.clock


def _lateness(result: ClockResult) -> int:
    return result.overdue_seconds


_TIMES = tuple(map(ClockResult._fields.index, ("started", "due", "completed", "breached_at")))
_STATE, _WHY = map(ClockResult._fields.index, ("state", "why"))


def _plain(result: ClockResult) -> Plain:
    values: list[Any] = list(result)
    for index in _TIMES:
        values[index] = None if values[index] is None else number_of(values[index])
    values[_STATE] = result.state.value
    values[_WHY] = result.why.value if result.why else None
    return tuple(values)


def _result(plain: Plain) -> ClockResult:
    values = list(plain)
    for index in _TIMES:
        values[index] = None if values[index] is None else time_of(values[index])
    values[_STATE] = ResultState(values[_STATE])
    values[_WHY] = Why(values[_WHY]) if values[_WHY] else None
    return ClockResult._make(values)
