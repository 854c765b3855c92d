"""Explanations of deadlines, as tables for a terminal."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.console.clock_times import clock_time
from commands.console.explanation_lines import notice_lines, remedy_lines
from commands.console.terminal import Terminal
from policies.i18n.locales import words_in
from policies.reports.clock_explanation import ExplainedChange, ExplainedOverride
from policies.reports.explain import ClockExplanation, PolicyExplanation
from policies.schema.policy import SupportPolicy

NARROW = 80
WIDE = 110
"""Columns of a terminal in which all columns of the table of clocks have room."""
Row = tuple[date, str, str, str]


def wide_console() -> Console:
    """A console that does not break names across lines in a pipe or a log."""
    console = Terminal(highlight=False)
    return console if console.is_terminal else Terminal(highlight=False, width=160)


def print_clock(console: Console, clock: ClockExplanation) -> None:
    """One clock: its source in the policy, the days up to its deadline, and its ladder."""
    console.print(_grid(_lines(clock)))
    if clock.due_at is not None:
        console.print(_days(clock))
        console.print(_ladder(clock))
    if clock.changes:
        console.print(_changes(clock))


def print_policy(console: Console, policy: SupportPolicy, explained: PolicyExplanation) -> None:
    """Every clock of a policy, as if all started at the same time, and the rest of it."""
    clocks, account = explained.clocks, explained.account
    is_wide = console.is_terminal and console.width >= WIDE
    table = _wide_table(clocks) if is_wide else _narrow_table(clocks)
    starts = _local_and_utc(clocks[0].starts_at, clocks[0]) if clocks else ""
    title = words_in(policy.title, policy.locale, policy.locale)
    table.title = f"{escape(title)}, revision {policy.revision}: clocks started {starts}"
    if clocks:
        console.print(table, width=None if is_wide else min(console.width, NARROW))
    else:
        console.print(f"{title} has no clocks: it promises no response times.", markup=False)
    if clocks and clocks[0].assumed:
        console.print(f"[bold]assumed[/]  {escape(_listed(clocks[0].assumed))}")
    for line in dict.fromkeys(_override_line(o) for clock in clocks for o in clock.overrides):
        console.print(f"[bold]override[/]  {line}")
    rest = (*remedy_lines(account.remedies, account.claims), *notice_lines(explained.notices))
    if rest:
        console.print(_grid(rest), width=None if is_wide else min(console.width, NARROW))


def _wide_table(clocks: Iterable[ClockExplanation]) -> Table:
    table = Table("clock", "target", "due", "skipped", "clause", title_justify="left")
    for column in (0, 2, 4):
        table.columns[column].no_wrap = True
    for clock in clocks:
        target, clause = escape(clock.target or ""), escape(clock.clause)
        table.add_row(_name(clock), target, _due(clock), escape(_skipped(clock)), clause)
    return table


def _narrow_table(clocks: Iterable[ClockExplanation]) -> Table:
    """The same in two columns, for terminals and logs of 80 characters."""
    table = Table("clock, target", "due, clause, skipped", title_justify="left")
    for clock in clocks:
        below = ", ".join(filter(None, (clock.clause, _skipped(clock))))
        table.add_row(
            f"{_name(clock)}\n{escape(clock.target or '')}", f"{_due(clock)}\n{escape(below)}"
        )
    return table


def _name(clock: ClockExplanation) -> str:
    return escape(clock.clock) + ("" if clock.promised else " [dim](internal)[/]")


def _due(clock: ClockExplanation) -> str:
    return _local(clock.due_at, clock) if clock.due_at else _no_time(clock)


def _skipped(clock: ClockExplanation) -> str:
    named = [day.name for day in clock.skipped if day.name not in {"weekend", "closed"}]
    named += [f"{day.name} (half day)" for day in clock.half_days]
    return ", ".join(named)


def _grid(lines: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()
    for name, value in lines:
        grid.add_row(name, value)
    return grid


def _lines(clock: ClockExplanation) -> Iterator[tuple[str, str]]:
    own = "" if clock.promised else " (internal target, not promised to customers)"
    yield "policy", escape(f"{clock.title}, revision {clock.revision}")
    yield "clock", escape(clock.clock + own)
    yield "clause", f"{escape(clock.clause)}  [dim]{escape(clock.says)}[/]"
    for override in clock.overrides:
        yield "override", _override_line(override)
    for reading in clock.readings:
        yield "reading", f"{escape(reading.clause)}  [dim]{escape(reading.reading)}[/]"
    listed = {"request": clock.request, "facts": clock.facts, "assumed": clock.assumed}
    yield from ((name, escape(_listed(values))) for name, values in listed.items() if values)
    if clock.received:
        yield "received", escape(clock.received.replace("_", " "))
    yield "target", escape(clock.target) if clock.target else _no_time(clock)
    yield from _calendar_lines(clock)
    yield from _time_lines(clock)
    yield from remedy_lines(clock.remedies, clock.claims)
    yield from notice_lines(clock.notices)


def _time_lines(clock: ClockExplanation) -> Iterator[tuple[str, str]]:
    yield "starts", _local_and_utc(clock.starts_at, clock)
    if clock.counts_from and clock.counts_from != clock.starts_at:
        yield "counts from", _local_and_utc(clock.counts_from, clock)
    if clock.due_at:
        yield "due", f"[bold]{_local_and_utc(clock.due_at, clock)}[/]"


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _override_line(override: ExplainedOverride) -> str:
    contract, policy = inline(override.contract), inline(override.policy)
    return f"{escape(override.path)}: {escape(contract)}  [dim]instead of {escape(policy)}[/]"


def inline(value: JsonValue) -> str:
    """A value of a policy on one line."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(map(str, value))
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _calendar_lines(clock: ClockExplanation) -> Iterator[tuple[str, str]]:
    if clock.calendar:
        yield "calendar", escape(f"{clock.calendar.name}, {clock.calendar.zone}")
    elif clock.target:
        yield "calendar", f"none: every hour counts; days begin at midnight in {escape(clock.zone)}"
    if clock.cut_off:
        yield (
            "cut-off",
            f"{clock.cut_off}; later, or on a closed day, it counts from the next open day",
        )
    if clock.pauses:
        yield "pauses", escape("while waiting for " + ", ".join(clock.pauses))
    if clock.on_expiry:
        yield "at the end", f"without an answer: {clock.on_expiry} the ticket"


def _days(clock: ClockExplanation) -> Table:
    table = Table("day", "counted", "time", show_footer=True)
    table.columns[2].justify = "right"
    table.columns[2].footer = _length(clock.open_time)
    for day, counted, length, style in sorted(_rows(clock)):
        table.add_row(f"{day:%a %Y-%m-%d}", counted, length, style=style)
    return table


def _rows(clock: ClockExplanation) -> Iterator[Row]:
    zone = ZoneInfo(clock.zone)
    half_days = {day.date: f"  half day: {escape(day.name)}" for day in clock.half_days}
    for window in clock.counted:
        opens, closes = window.opens.astimezone(zone), window.closes.astimezone(zone)
        ends = "24:00" if closes.date() > opens.date() else clock_time(closes)
        counted = f"{clock_time(opens)}-{ends}{half_days.get(window.date, '')}"
        style = "yellow" if window.date in half_days else ""
        yield window.date, counted, _length(window.open_time), style
    counted_dates = {window.date for window in clock.counted}
    for half_day, name in half_days.items():
        if half_day not in counted_dates:
            yield half_day, name.lstrip(), "", "yellow"
    for day in clock.skipped:
        yield day.date, escape(day.name), "", "dim" if day.name == "weekend" else "yellow"


def _ladder(clock: ClockExplanation) -> Table:
    table = Table("rung", "reached", "notified")
    table.columns[1].no_wrap = True
    for rung in clock.rungs:
        notified = escape(", ".join(rung.tell)) or "[dim]nobody[/]"
        if rung.by:
            notified += f" [dim](by {escape(', '.join(rung.by))})[/]"
        table.add_row(escape(rung.rung), _local_and_utc(rung.at, clock), notified)
    return table


def _changes(clock: ClockExplanation) -> Table:
    is_plain = all(change.priority for change in clock.changes)
    has_used = any(change.used is not None for change in clock.changes)
    used = ("used",) if has_used else ()
    table = Table("change", "priority" if is_plain else "value", "target", *used, "due")
    for column in (0, *range(3, len(table.columns))):
        table.columns[column].no_wrap = True
    for change in clock.changes:
        due = _local(change.due_at, clock) if change.due_at else "[dim]no time promised[/]"
        due += ", as agreed" if change.is_agreed else ""
        due += ", so it breaches at the change" if change.breaches_at else ""
        due += f" [dim](cycle {change.cycle})[/]" if change.cycle > 1 else ""
        row = [_local(change.at, clock), escape(_new_value(change)), escape(change.target or "")]
        table.add_row(*row, *([_used(change)] if has_used else []), due)
    return table


def _used(change: ExplainedChange) -> str:
    """The time that a clock had used before a change, and what of it exceeds the new target."""
    if change.used is None:
        return ""
    over = f", {_length(change.overused)} too much" if change.overused else ""
    return _length(change.used) + over


def _new_value(change: ExplainedChange) -> str:
    if change.fact is None:
        return change.priority or "agreed"
    return f"{change.fact} {inline(change.value)}"


def _no_time(clock: ClockExplanation) -> str:
    return f"[dim]{escape(clock.guarantee or 'no time promised')}[/]"


def _local_and_utc(at: datetime, clock: ClockExplanation) -> str:
    utc = "" if clock.zone == "UTC" else f" [dim]({at:%a} {clock_time(at)} UTC)[/]"
    return _local(at, clock) + utc


def _local(at: datetime, clock: ClockExplanation) -> str:
    local = at.astimezone(ZoneInfo(clock.zone))
    return f"{local:%a %Y-%m-%d} {clock_time(local)} {local:%Z}"


def _length(length: timedelta) -> str:
    minutes, seconds = divmod(round(length / timedelta(seconds=1)), 60)
    text = f"{minutes // 60}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d} h" if seconds else f"{text} h"
