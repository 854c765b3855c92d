"""Prints the timeline of a ticket, in local time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from commands.timeline.clock_changes import AGREED, MOVES, ClockChange
from commands.timeline.ticket_timeline import (
    EmailLine,
    EventLine,
    Instant,
    RefusalLine,
    Timeline,
)
from policies.vocabulary import EventType, Role

Row = tuple[str, Text]

STYLES = {
    Role.SYSTEM: "magenta",
    Role.REQUESTER: "cyan",
    Role.SERVICE: "cyan",
    Role.AGENT: "green",
    Role.ENGINEERING: "blue",
    Role.PRODUCT: "blue",
}
CHANGE_STYLES = {
    "runs out": "red",
    "completed late": "red",
    "met": "green",
    "pauses": "yellow",
    MOVES: "yellow",
    AGREED: "yellow",
}


def print_timeline(console: Console, timeline: Timeline) -> None:
    """Prints events, refusals, clock changes and e-mails under the day of each."""
    zone = ZoneInfo(timeline.zone)
    console.print(Text.assemble((timeline.subject, "bold"), f", ticket {timeline.ticket}"))
    console.print(
        f"{timeline.account} under {timeline.policy}, revision {timeline.revision}; "
        f"times are local in {timeline.zone}",
        markup=False,
    )
    instants = ((each.at, list(_rows(each, zone))) for each in timeline.scenes)
    print_days(console, zone, instants)


def print_days(
    console: Console, zone: ZoneInfo, instants: Iterable[tuple[datetime, Sequence[Row]]]
) -> None:
    """Prints the rows of each time, under headings of days."""
    day: date | None = None
    for at, rows in instants:
        local = at.astimezone(zone)
        if local.date() != day:
            day = local.date()
            console.print()
            console.print(Rule(f"{local:%A, %d %B %Y}", align="left", style="dim"))
        console.print(_table(local, rows))


def print_checks(
    console: Console, timeline: Timeline, checks: list[tuple[str, bool]], seconds: float
) -> None:
    """Prints each commitment of the policy, and whether it was met."""
    console.print()
    for text, is_kept in checks:
        mark = ("✓ ", "green") if is_kept else ("✗ ", "bold red")
        console.print(Text.assemble(mark, text))
    duration = (timeline.closed_at or timeline.scenes[-1].at) - timeline.opened_at
    console.print(
        f"{duration / timedelta(days=1):.0f} days in {seconds:.1f} seconds, "
        f"{len(timeline.mails())} e-mails.",
        style="bold",
    )


def _table(local: datetime, rows: Sequence[Row]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", width=5)
    grid.add_column(width=7, style="dim")
    grid.add_column()
    for index, (kind, text) in enumerate(rows):
        grid.add_row("" if index else f"{local:%H:%M}", kind, text)
    return grid


def _rows(instant: Instant, zone: ZoneInfo) -> Iterator[Row]:
    for event in instant.events:
        yield "", _event(event, zone)
    for refused in instant.refused:
        yield refusal_row(refused)
    for change in instant.clocks:
        yield "clock", _clock(change, zone)
    for mail in instant.mails:
        yield email_row(mail)


def _event(event: EventLine, zone: ZoneInfo) -> Text:
    details = _details(event, zone)
    return Text.assemble(
        (event.by, STYLES.get(event.role, "")),
        f" ({event.role}) ",
        (event.event.replace("_", " "), "bold"),
        f": {details}" if details else "",
    )


def _details(event: EventLine, zone: ZoneInfo) -> str:
    data = event.data
    if event.event in {EventType.CLOCK_WARNED, EventType.CLOCK_BREACHED, EventType.CLOCK_OVERDUE}:
        due = _when(datetime.fromisoformat(str(data["due_at"])), zone)
        return f"{data['clock']} at {data['rung']}, due {due} ({data['clause']})"
    if event.event is EventType.FINDING_RECORDED:
        return f"{data['step']}: {event.said}"
    if event.event is EventType.REVIEWED:
        return f"{data['priority']} from the {data['viewpoint']} viewpoint. {event.said}"
    if event.event in {EventType.FORECAST_SHARED, EventType.FORECAST_LAPSED}:
        return f"work begins by {data['begins_by']}. {event.said}"
    if event.event is EventType.CLOSED:
        return f"as {data['closed_as']}"
    if event.event is EventType.ASSIGNED:
        return str(data["name"])
    return event.said


def refusal_row(refused: RefusalLine) -> Row:
    """The row of a refused action."""
    return "refused", Text.assemble(
        (refused.by, STYLES.get(refused.role, "")),
        f" ({refused.role}) tries to ",
        (refused.action.replace("_", " "), "bold"),
        f": {refused.reason}",
    )


def _clock(change: ClockChange, zone: ZoneInfo) -> Text:
    cycle = f" #{change.cycle}" if change.cycle > 1 else ""
    extra = f", due {_when(change.due_at, zone)}" if change.due_at else ""
    if change.was_due_at:
        extra += f" instead of {_when(change.was_due_at, zone)}"
    if change.over:
        extra += f", over {', '.join(change.over)}"
    if change.owed is not None:
        minutes = round(change.owed / 60)
        extra = f", {minutes // 60}:{minutes % 60:02d} h left"
    clause = f"  ({change.clause})" if change.news == "starts" else ""
    return Text.assemble(
        f"{change.clock}{cycle} ",
        (change.news, CHANGE_STYLES.get(change.news, "bold")),
        extra,
        (clause, "dim"),
    )


def email_row(mail: EmailLine) -> Row:
    """The row of an e-mail."""
    return "e-mail", Text.assemble(f"{mail.to}: ", (mail.subject, "italic"))


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M}"
