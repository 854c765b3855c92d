"""How the story of an account looks in a terminal: a timeline in local time."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from rich.console import Console
from rich.text import Text

from commands.timeline.account_timeline import AccountHappened, AccountScene, AccountTimeline
from commands.timeline.ticket_view import STYLES, Row, print_days, row_of_mail, row_of_refusal


def print_account_story(console: Console, story: AccountTimeline) -> None:
    """The timeline: who did what, which months closed, which letters arrived."""
    plan = f" {story.plan}" if story.plan else ""
    console.print(Text.assemble((story.name, "bold"), f", account {story.account}"))
    console.print(
        f"{story.policy}{plan}, revision {story.revision}; times are local in {story.zone}",
        markup=False,
    )
    zone = ZoneInfo(story.zone)
    print_days(console, zone, ((scene.at, list(_rows(scene, zone))) for scene in story.scenes))


def _rows(scene: AccountScene, zone: ZoneInfo) -> Iterator[Row]:
    for event in scene.events:
        yield "", _event(event, zone)
    for refused in scene.refused:
        yield row_of_refusal(refused)
    for mail in scene.mails:
        yield row_of_mail(mail)


def _event(event: AccountHappened, zone: ZoneInfo) -> Text:
    said = ", ".join(_value_text(name, value, zone) for name, value in event.data.items())
    return Text.assemble(
        (event.by, STYLES.get(event.role, "")),
        f" ({event.role}) ",
        (event.event.replace("_", " "), "bold"),
        f": {said}" if said else "",
    )


def _value_text(name: str, value: JsonValue, zone: ZoneInfo) -> str:
    if isinstance(value, list):
        value = " and ".join(map(str, value))
    if name.endswith("_at"):
        value = f"{datetime.fromisoformat(str(value)).astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{name.replace('_', ' ')} {value}"
