"""The report of a back-test for a terminal."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backtest.log.unreadable import Reason
from backtest.results.backtest_report import BacktestReport, Note
from backtest.results.clock_result import Why
from backtest.results.totals import Tally

WORST = 10
"""How many of the worst results a terminal shows; `--json` has a hundred."""
NONE = "(none)"
_WHY = {
    Why.CLOSING: "used up exactly at a closing, completed in closed time (business time rule 4)",
    Why.CHANGE: "a change put the due time into the past (rule of change C2)",
    Why.EARLIER_PROMISE: "under an earlier priority or fact (rule of change C3)",
}
_REASONS = {
    Reason.BROKEN: "broken",
    Reason.NO_TICKET: "without a ticket",
    Reason.NO_TIME: "without a time",
    Reason.BAD_TIME: "with a time that cannot be read",
    Reason.FUTURE: "dated in the future",
    Reason.UNKNOWN_VALUE: "with a value that the mapping does not have",
    Reason.REFUSED: "that the policy does not accept",
    Reason.NOT_COVERED: "that the policy does not cover",
    Reason.OUT_OF_RANGE: "with times that no calendar counts",
}
_NOTES = {
    Note.MOVED_ROWS: "rows dated before their opening, taken at it",
    Note.MOVED_TICKETS: "tickets with such rows",
}


def print_report(console: Console, report: BacktestReport) -> None:
    """The totals, the worst results, and what was left out."""
    title = f"{report.title}, revision {report.revision}, on {report.log}"
    console.print(title, style="bold", markup=False)
    until = f"until {_time(report.until)}" if report.until else "empty"
    console.print(f"{report.records:,} records, {report.tickets:,} tickets, {until}")
    if report.is_partial:
        console.print(f"[yellow]Interrupted: {report.share:.0%} of the tickets are judged.[/]")
    totals = report.totals
    _print_tallies(console, "Clocks", ((name, "", t) for name, t in totals.by_clock().items()))
    by_priority = ((c, p or NONE, t) for (c, p), t in totals.by_priority().items())
    _print_tallies(console, "By priority", by_priority)
    _print_tallies(console, "By month", ((c, m, t) for (c, m), t in totals.by_month().items()))
    _print_rules(console, report)
    _print_worst(console, report)
    _print_left_out(console, report)


def length(seconds: int) -> str:
    """A length in its two largest units: `3 d 4 h`."""
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    parts = []
    for size, name in units:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {name}")
    return " ".join(parts[:2]) or "0 s"


def _print_tallies(console: Console, title: str, rows: Iterable[tuple[str, str, Tally]]) -> None:
    shown = [*rows]
    if not shown:
        return
    names = ("clock", "") if any(second for _, second, _ in shown) else ("clock",)
    table = Table(*names, title=title, title_justify="left")
    for name in ("met", "breached", "open", "cancelled", "kept", "late on average", "at most"):
        table.add_column(name, justify="right")
    for clock, second, tally in shown:
        late = round(tally.overdue_seconds / tally.breached) if tally.breached else 0
        table.add_row(
            *(escape(clock), escape(second))[: len(names)],
            *(f"{n:,}" for n in (tally.met, tally.breached, tally.open, tally.cancelled)),
            "" if tally.attainment is None else f"{tally.attainment:.1%}",
            length(late) if late else "",
            length(tally.most_overdue_seconds) if tally.most_overdue_seconds else "",
        )
    console.print(table)


def _print_rules(console: Console, report: BacktestReport) -> None:
    """How many breaches follow from a rule that other systems may not have."""
    for clock, tally in report.totals.by_clock().items():
        for why, says in _WHY.items():
            if tally.why[why]:
                console.print(f"{clock}: {tally.why[why]:,} breached {says}", markup=False)
        if tally.credits:
            earned = ", ".join(f"{number} {unit}" for unit, number in sorted(tally.earned.items()))
            credits = f"{tally.credits:,} credits before caps, worth {earned}"
            console.print(f"{clock}: {credits}", markup=False)
        if tally.breached_not_completed:
            number = tally.breached_not_completed
            console.print(f"{clock}: {number:,} breached and not completed", markup=False)


def _print_worst(console: Console, report: BacktestReport) -> None:
    if not report.worst:
        return
    table = Table("ticket", "clock", "priority", "due", "completed", title="Worst")
    table.title_justify = "left"
    table.add_column("late", justify="right")
    for result in report.worst[:WORST]:
        table.add_row(
            escape(result.ticket),
            escape(result.clock),
            escape(result.priority or NONE),
            _time(result.due),
            _time(result.completed),
            length(result.overdue_seconds),
        )
    console.print(table)


def _print_left_out(console: Console, report: BacktestReport) -> None:
    left_out = report.left_out
    for note, number in report.notes.items():
        console.print(f"{number:,} {_NOTES[note]}", markup=False)
    for what, counts in (("records", left_out.records), ("tickets", left_out.tickets)):
        for reason, number in sorted(counts.items()):
            console.print(f"left out: {number:,} {what} {_REASONS[reason]}", style="yellow")
    for examples in left_out.examples.values():
        for each in examples[:3]:
            ticket = f"{each.ticket}: " if each.ticket else ""
            console.print(f"  record {each.place}: {ticket}{each.text}", markup=False)


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""
