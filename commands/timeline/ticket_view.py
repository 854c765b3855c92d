"""How a story looks in a terminal: a timeline in local time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from commands.timeline.ticket_timeline import (
    ClockChange,
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
NEWS = {"runs out": "red", "completed late": "red", "met": "green", "pauses": "yellow"}


def print_story(console: Console, story: Timeline) -> None:
    """The timeline: who did what, what the clocks did, which mails arrived."""
    zone = ZoneInfo(story.zone)
    console.print(Text.assemble((story.subject, "bold"), f", ticket {story.ticket}"))
    console.print(
        f"{story.account} under {story.policy}, revision {story.revision}; "
        f"times are local in {story.zone}",
        markup=False,
    )
    scenes = ((scene.at, list(_rows(scene, zone))) for scene in story.scenes)
    print_days(console, zone, scenes)


def print_days(
    console: Console, zone: ZoneInfo, scenes: Iterable[tuple[datetime, Sequence[Row]]]
) -> None:
    """Instants with what belongs to each, under the days they are on."""
    day: date | None = None
    for at, rows in scenes:
        local = at.astimezone(zone)
        if local.date() != day:
            day = local.date()
            console.print()
            console.print(Rule(f"{local:%A, %d %B %Y}", align="left", style="dim"))
        console.print(_table(local, rows))


def print_checks(
    console: Console, story: Timeline, checks: list[tuple[str, bool]], seconds: float
) -> None:
    """What the process promises, and whether it was kept."""
    console.print()
    for text, is_kept in checks:
        mark = ("✓ ", "green") if is_kept else ("✗ ", "bold red")
        console.print(Text.assemble(mark, text))
    lasted = (story.closed_at or story.scenes[-1].at) - story.opened_at
    console.print(
        f"{lasted / timedelta(days=1):.0f} days in {seconds:.1f} seconds, "
        f"{len(story.mails())} mails.",
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


def _rows(scene: Instant, zone: ZoneInfo) -> Iterator[Row]:
    for event in scene.events:
        yield "", _event(event, zone)
    for refused in scene.refused:
        yield row_of_refusal(refused)
    for news in scene.clocks:
        yield "clock", _clock(news, zone)
    for mail in scene.mails:
        yield row_of_mail(mail)


def _event(event: EventLine, zone: ZoneInfo) -> Text:
    said = _details(event, zone)
    return Text.assemble(
        (event.by, STYLES.get(event.role, "")),
        f" ({event.role}) ",
        (event.event.replace("_", " "), "bold"),
        f": {said}" if said else "",
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


def row_of_refusal(refused: RefusalLine) -> Row:
    """What somebody tried in vain."""
    return "refused", Text.assemble(
        (refused.by, STYLES.get(refused.role, "")),
        f" ({refused.role}) tries to ",
        (refused.action.replace("_", " "), "bold"),
        f": {refused.reason}",
    )


def _clock(news: ClockChange, zone: ZoneInfo) -> Text:
    cycle = f" #{news.cycle}" if news.cycle > 1 else ""
    extra = f", due {_when(news.due_at, zone)}" if news.due_at else ""
    if news.over:
        extra += f", over {', '.join(news.over)}"
    if news.owed is not None:
        minutes = round(news.owed / 60)
        extra = f", {minutes // 60}:{minutes % 60:02d} h left"
    clause = f"  ({news.clause})" if news.news == "starts" else ""
    return Text.assemble(
        f"{news.clock}{cycle} ", (news.news, NEWS.get(news.news, "bold")), extra, (clause, "dim")
    )


def row_of_mail(mail: EmailLine) -> Row:
    """A letter that arrived."""
    return "mail", Text.assemble(f"{mail.to}: ", (mail.subject, "italic"))


def _when(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M}"
