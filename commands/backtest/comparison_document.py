"""Comparisons and sweeps as JSON."""

from typing import Any

from backtest.comparison.comparison import Change, Comparison
from backtest.comparison.differences import Difference
from backtest.comparison.sweep import Sweep, Swept
from backtest.results.backtest_report import BacktestReport
from backtest.results.clock_result import ClockResult
from commands.backtest.report_document import result_document, tally_document


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data."""
    return {
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "differences": [_difference(each) for each in comparison.differences],
        "unchanged": comparison.unchanged,
        "changes": [
            {
                "clock": kind.clock,
                "before": kind.before,
                "after": kind.after,
                "way": kind.way.value,
                "number": comparison.counts[kind],
                "why": [_difference(each) for each in comparison.reasons(kind.clock)],
                "examples": [_change(each) for each in comparison.examples(kind)],
            }
            for kind in comparison.kinds()
        ],
    }


def sweep_document(sweep: Sweep) -> dict[str, Any]:
    """A sweep as plain data."""
    return {
        "path": sweep.place.path,
        "clock": sweep.place.clock,
        "priority": sweep.place.priority,
        "now": sweep.now,
        "partial": sweep.is_partial,
        "targets": [_swept(step) for step in sweep.steps],
        "kept_at_95_percent": sweep.kept.target if sweep.kept else None,
    }


def _swept(step: Swept) -> dict[str, Any]:
    return {"target": step.target, **tally_document(step.tally)}


def _side(report: BacktestReport) -> dict[str, Any]:
    return {
        "policy": report.policy,
        "title": report.title,
        "revision": report.revision.isoformat(),
        "partial": report.is_partial,
        "tickets": report.tickets,
        "clocks": [
            {"clock": name, **tally_document(tally)}
            for name, tally in report.totals.by_clock().items()
        ],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return difference._asdict()


def _change(change: Change) -> dict[str, Any]:
    return {
        "ticket": change.ticket,
        "before": _result(change.before),
        "after": _result(change.after),
    }


def _result(result: ClockResult | None) -> dict[str, Any] | None:
    return result_document(result) if result else None
