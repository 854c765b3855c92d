"""Comparisons and sweeps for a terminal."""

import json

from pydantic import JsonValue
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from backtest.comparison.comparison import Comparison, Kind, Way
from backtest.comparison.sweep import GOAL, Sweep
from backtest.results.totals import Tally, percent
from commands.backtest.report_tables import length, number_of, time_text

EXAMPLES = 3
"""Tickets of each kind of change that a terminal shows; `--json` has more."""
_STYLES = {Way.WORSE: "red", Way.BETTER: "green", Way.OTHER: ""}
_LONGEST = 60
_BAR = 30


def print_comparison(console: Console, found: Comparison) -> None:
    """Both totals, the values that differ, and the kinds of change with examples."""
    before, after = found.before, found.after
    console.print(f"old  {before.title}, revision {before.revision}", markup=False)
    console.print(f"new  {after.title}, revision {after.revision}", markup=False)
    read = f"{number_of(before.records, 'record')}, {number_of(before.tickets, 'ticket')}"
    console.print(f"{read} of {before.log}", markup=False)
    if before.is_partial or after.is_partial:
        console.print("[yellow]Interrupted: only a part of the log is compared.[/]")
    console.print(_totals(found))
    if found.differences:
        console.print(_differences(found))
    if not found.counts:
        console.print("No ticket changes.")
        return
    console.print(_kinds(found))
    for kind in found.kinds():
        if kind.is_of_state:
            _print_examples(console, found, kind)


def print_sweep(console: Console, sweep: Sweep) -> None:
    """The share that keeps each target, and the shortest one that 95 % keep."""
    about = sweep.place.clock
    if sweep.place.priority is not None:
        about += f" of {sweep.place.priority}"
    console.print(f"{about}: share kept by target", style="bold", markup=False)
    if sweep.is_partial:
        console.print("[yellow]Interrupted: not all targets were tried.[/]")
    table = Table("target", "")
    for name in ("kept", "met", "breached", "late on average"):
        table.add_column(name, justify="right")
    kept = sweep.kept
    for step in sweep.steps:
        tally, share = step.tally, step.tally.attainment
        late = tally.overdue_seconds // tally.breached if tally.breached else 0
        note = " (today)" if step.target == sweep.now else ""
        table.add_row(
            step.target + note,
            "█" * round((share or 0) * _BAR),
            "" if share is None else f"{percent(share)}%",
            f"{tally.met:,}",
            f"{tally.breached:,}",
            length(late) if late else "",
            style="bold green" if step is kept else "",
        )
    console.print(table)
    says = f"no target of these is kept by {GOAL:.0%} of the tickets"
    if kept is not None:
        says = f"{kept.target} is the shortest target here that {GOAL:.0%} of the tickets keep"
    console.print(says, markup=False)


def _totals(found: Comparison) -> Table:
    table = Table("clock")
    for name in ("kept", "→", "breached", "→", "change", "credits", "→"):
        table.add_column(name, justify="right")
    old, new = found.before.totals.by_clock(), found.after.totals.by_clock()
    for clock in dict.fromkeys((*old, *new)):
        one, other = old.get(clock, Tally()), new.get(clock, Tally())
        change = other.breached - one.breached
        table.add_row(
            escape(clock),
            _share(one),
            _share(other),
            f"{one.breached:,}",
            f"{other.breached:,}",
            f"[{'red' if change > 0 else 'green'}]{change:+,}[/]" if change else "0",
            _credits(one),
            _credits(other),
        )
    return table


def _differences(found: Comparison) -> Table:
    table = Table("value", "old", "new", "clause", title="What differs")
    table.title_justify = "left"
    for each in found.differences:
        row = (each.path, value_text(each.old), value_text(each.new), each.clause)
        table.add_row(*map(escape, row))
    return table


def _kinds(found: Comparison) -> Table:
    table = Table("clock", "old", "new", title="What changes")
    table.title_justify = "left"
    table.add_column("tickets", justify="right")
    table.add_column("because of")
    for kind in found.kinds():
        table.add_row(
            escape(kind.clock),
            kind.before,
            kind.after if kind.is_of_state else f"{kind.after}, at another time",
            f"{found.counts[kind]:,}",
            escape(", ".join(found.causes(kind.clock))),
            style=_STYLES[kind.way],
        )
    return table


def _print_examples(console: Console, found: Comparison, kind: Kind) -> None:
    console.print(f"{kind.clock}: {kind.before} → {kind.after}", markup=False)
    for change in found.examples(kind)[:EXAMPLES]:
        due = " → ".join(
            time_text(result.due) or "none"
            for result in (change.before, change.after)
            if result is not None
        )
        by = f", {length(abs(change.lateness))} {'later' if change.lateness > 0 else 'less late'}"
        console.print(
            f"  {change.ticket}: due {due}{by if change.lateness else ''}",
            markup=False,
            soft_wrap=True,
        )


def value_text(value: JsonValue) -> str:
    """A value of a policy in one line."""
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _share(tally: Tally) -> str:
    return "" if tally.attainment is None else f"{percent(tally.attainment)}%"


def _credits(tally: Tally) -> str:
    worth = ", ".join(f"{number} {unit}" for unit, number in sorted(tally.earned.items()))
    return f"{tally.credits:,}" + (f" ({worth})" if worth else "")
