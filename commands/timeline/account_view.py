"""Prints the timeline of an account, in local time."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from rich.console import Console
from rich.text import Text

from commands.timeline.account_timeline import AccountEventLine, AccountInstant, AccountTimeline
from commands.timeline.ticket_view import STYLES, Row, email_row, print_days, refusal_row


def print_account_timeline(console: Console, timeline: AccountTimeline) -> None:
    """Prints events, refusals and e-mails under the day of each."""
    plan = f" {timeline.plan}" if timeline.plan else ""
    console.print(Text.assemble((timeline.name, "bold"), f", account {timeline.account}"))
    console.print(
        f"{timeline.policy}{plan}, revision {timeline.revision}; "
        f"times are local in {timeline.zone}",
        markup=False,
    )
    zone = ZoneInfo(timeline.zone)
    print_days(console, zone, ((each.at, list(_rows(each, zone))) for each in timeline.scenes))


def _rows(instant: AccountInstant, zone: ZoneInfo) -> Iterator[Row]:
    for event in instant.events:
        yield "", _event(event, zone)
    for refused in instant.refused:
        yield refusal_row(refused)
    for mail in instant.mails:
        yield email_row(mail)


def _event(event: AccountEventLine, zone: ZoneInfo) -> Text:
    details = ", ".join(_value_text(name, value, zone) for name, value in event.data.items())
    return Text.assemble(
        (event.by, STYLES.get(event.role, "")),
        f" ({event.role}) ",
        (event.event.replace("_", " "), "bold"),
        f": {details}" if details else "",
    )


def _value_text(name: str, value: JsonValue, zone: ZoneInfo) -> str:
    if isinstance(value, dict):
        parts = (_value_text(key, part, zone) for key, part in value.items() if part)
        value = f"({', '.join(parts)})"
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return ", ".join(_value_text(name, part, zone) for part in value)
    if isinstance(value, list):
        value = " and ".join(map(str, value))
    if name.endswith("_at"):
        value = f"{datetime.fromisoformat(str(value)).astimezone(zone):%Y-%m-%d %H:%M}"
    return f"{name.replace('_', ' ')} {value}"
