"""The report of a back-test for a terminal."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backtest.log.unreadable import LeftOut, Reason
from backtest.results.backtest_report import BacktestReport, Note
from backtest.results.clock_result import Why
from backtest.results.totals import Tally, Totals, percent

WORST = 10
"""How many of the worst results a terminal shows; `--json` has a hundred."""
EXAMPLES = 3
"""Examples of each reason that a terminal shows."""
NONE = "(none)"
RULES = {
    Why.CLOSING: (
        "with no more time counted than the target: it was used up exactly at a close, and the "
        "clock stopped in closed time (business time rule 4)"
    ),
    Why.CHANGE: "at a change that put the due time into the past (rule of change C2)",
    Why.EARLIER_PROMISE: "under a priority or fact that changed later (rule of change C3)",
}
"""The breaches that other ways to count may not have."""
REASONS = {
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
NOTES = {
    Note.MOVED_ROWS: ("row", "dated before the opening of its ticket, taken to happen at it"),
    Note.MOVED_TICKETS: ("ticket", "with such rows"),
    Note.REPEATED_ROWS: ("row", "that came twice, equal in all columns, played once"),
}


def print_report(console: Console, report: BacktestReport) -> None:
    """The totals, the worst results, and what was left out."""
    title = f"{report.title}, revision {report.revision}, on {report.log}"
    console.print(title, style="bold", markup=False)
    read = f"{number_of(report.records, 'record')}, {number_of(report.tickets, 'ticket')}"
    console.print(f"{read}, until {time_text(report.until)}" if report.until else read)
    if report.is_partial:
        console.print(f"[yellow]Interrupted: about {report.share:.0%} of the log is judged.[/]")
    totals = report.totals
    if totals.cells:
        console.print(_tallies((name, "", t) for name, t in totals.by_clock().items()))
        by_priority = ((c, p or NONE, t) for (c, p), t in totals.by_priority().items())
        console.print(_tallies(by_priority, "priority"))
        console.print(_months(totals))
    for clock, tally in totals.by_clock().items():
        _print_rules(console, clock, tally)
    if report.worst:
        console.print(_worst(report))
    for note, number in report.notes.items():
        noun, says = NOTES[note]
        console.print(f"{number_of(number, noun)} {says}", markup=False)
    _print_left_out(console, report.left_out)


def length(seconds: int) -> str:
    """A length in its two largest units: `3 d 4 h`."""
    units = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
    parts: list[tuple[int, str]] = []
    for size, name in units:
        number, seconds = divmod(seconds, size)
        if number or parts:
            parts.append((number, name))
    return " ".join(f"{number} {name}" for number, name in parts[:2] if number) or "0 s"


def number_of(number: int, noun: str) -> str:
    """`1 ticket`, `24,918 tickets`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def time_text(at: datetime | None) -> str:
    """A time in UTC to the minute; empty for none."""
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""


def _tallies(rows: Iterable[tuple[str, str, Tally]], second: str = "") -> Table:
    shown = [*rows]
    names = ("clock", second) if second else ("clock",)
    has_cancelled = any(tally.cancelled for _, _, tally in shown)
    counts = ("met", "breached", "open", *(("cancelled",) if has_cancelled else ()))
    table = Table(*names)
    for name in (*counts, "kept", "late on average", "at most"):
        table.add_column(name, justify="right")
    for clock, key, tally in shown:
        late = round(tally.overdue_seconds / tally.breached) if tally.breached else 0
        table.add_row(
            *(escape(clock), escape(key))[: len(names)],
            *(f"{getattr(tally, name):,}" for name in counts),
            _kept(tally),
            length(late) if late else "",
            length(tally.most_overdue_seconds) if tally.most_overdue_seconds else "",
        )
    return table


def _months(totals: Totals) -> Table:
    """A row for each month of a start: the share that is kept, of how many."""
    by_month, clocks = totals.by_month(), [*totals.by_clock()]
    table = Table("month")
    for clock in clocks:
        table.add_column(f"{clock} kept", justify="right")
        table.add_column("of", justify="right")
    for month in sorted({month for _, month in by_month}):
        tallies = [by_month.get((clock, month), Tally()) for clock in clocks]
        cells = (text for tally in tallies for text in (_kept(tally), f"{tally.decided:,}"))
        table.add_row(month, *cells)
    return table


def _kept(tally: Tally) -> str:
    return "" if tally.attainment is None else f"{percent(tally.attainment)}%"


def _print_rules(console: Console, clock: str, tally: Tally) -> None:
    """How many breaches follow from a rule that other ways to count may not have."""
    for why, says in RULES.items():
        if tally.why[why]:
            number = f"{tally.why[why]:,} breached {says}"
            console.print(f"{clock}: {number}", markup=False, soft_wrap=True)
    if tally.breached_not_completed:
        number = f"{tally.breached_not_completed:,} breached and not completed"
        console.print(f"{clock}: {number}", markup=False)
    if tally.credits:
        earned = ", ".join(f"{number} {unit}" for unit, number in sorted(tally.earned.items()))
        credits = f"{number_of(tally.credits, 'credit')} before caps, worth {earned}"
        console.print(f"{clock}: {credits}", markup=False)


def _worst(report: BacktestReport) -> Table:
    table = Table("ticket", "clock", "priority", "due", "completed", title="Worst")
    table.title_justify = "left"
    table.add_column("late", justify="right")
    for result in report.worst[:WORST]:
        table.add_row(
            escape(result.ticket),
            escape(result.clock),
            escape(result.priority or NONE),
            time_text(result.due),
            time_text(result.completed),
            length(result.overdue_seconds),
        )
    return table


def _print_left_out(console: Console, left_out: LeftOut) -> None:
    counts: tuple[tuple[str, Mapping[Reason, int]], ...] = (
        ("record", left_out.records),
        ("ticket", left_out.tickets),
    )
    for noun, by_reason in counts:
        for reason, number in sorted(by_reason.items()):
            says = f"left out: {number_of(number, noun)} {REASONS[reason]}"
            console.print(says, style="yellow", markup=False)
    for examples in left_out.examples.values():
        for each in examples[:EXAMPLES]:
            ticket = f"{each.ticket}: " if each.ticket else ""
            says = f"  record {each.place}: {ticket}{each.text}"
            console.print(says, markup=False, soft_wrap=True)
