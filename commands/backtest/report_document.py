"""The report of a back-test as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from backtest.log.unreadable import LeftOut
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult
from backtest.results.totals import Tally
from commands.backtest.csv_file import instant


def report_document(report: BacktestReport) -> dict[str, Any]:
    """The report as plain data. Lengths are in seconds, times in UTC."""
    totals = report.totals
    return {
        "policy": report.policy,
        "title": report.title,
        "revision": report.revision.isoformat(),
        "mapping": report.mapping,
        "log": report.log,
        "until": instant(report.until) or None,
        "partial": report.is_partial,
        "share": report.share,
        "records": report.records,
        "tickets": report.tickets,
        "clocks": [{"clock": name, **tally_document(t)} for name, t in totals.by_clock().items()],
        "by_priority": [
            {"clock": clock, "priority": priority, **tally_document(tally)}
            for (clock, priority), tally in totals.by_priority().items()
        ],
        "by_month": [
            {"clock": clock, "month": month, **tally_document(tally)}
            for (clock, month), tally in totals.by_month().items()
        ],
        "worst": [
            {**result_document(result), "explanation": _steps(report, result)}
            for result in report.worst
        ],
        "left_out": _left_out(report.left_out),
        "notes": {note.value: number for note, number in report.notes.items()},
    }


def result_document(result: ClockResult) -> dict[str, Any]:
    """One result as plain data."""
    return {
        **result._asdict(),
        "started": instant(result.started),
        "due": instant(result.due) or None,
        "completed": instant(result.completed) or None,
        "breached_at": instant(result.breached_at) or None,
        "state": result.state.value,
        "why": result.why.value if result.why else None,
    }


def _steps(report: BacktestReport, result: ClockResult) -> list[dict[str, Any]]:
    return [
        {**step._asdict(), "at": instant(step.at), "due": instant(step.due) or None}
        for step in report.explanations.get((result.ticket, result.clock), ())
    ]


def tally_document(tally: Tally) -> dict[str, Any]:
    """Counts as plain data."""
    return {
        "tickets": tally.tickets,
        "met": tally.met,
        "breached": tally.breached,
        "open": tally.open,
        "cancelled": tally.cancelled,
        "attainment": tally.attainment,
        "breached_not_completed": tally.breached_not_completed,
        "overdue_seconds": tally.overdue_seconds,
        "most_overdue_seconds": tally.most_overdue_seconds,
        "credits": tally.credits,
        "earned": {unit: str(number) for unit, number in sorted(tally.earned.items())},
        "why": _counts(tally.why),
    }


def _left_out(left_out: LeftOut) -> dict[str, Any]:
    examples: Iterable[Any] = left_out.examples.items()
    return {
        "records": _counts(left_out.records),
        "tickets": _counts(left_out.tickets),
        "examples": [
            {"reason": reason.value, "place": e.place, "ticket": e.ticket, "text": e.text}
            for reason, each in sorted(examples)
            for e in each
        ],
    }


def _counts(counts: Mapping[Any, int]) -> dict[str, int]:
    return {name.value: number for name, number in sorted(counts.items())}
