"""A slow oracle for the due time of a line of a page; it imports nothing from `policies`."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.policies.business_time.oracle import Published, SlowCalendar
from tests.policies.catalog.readings.reading import Desk, Line

HOUR = timedelta(hours=1)


def zone_of(desk: Desk | None) -> ZoneInfo:
    """The zone of a desk; UTC if the page has no hours."""
    return ZoneInfo(desk.zone if desk else "UTC")


def instant(wall_clock: str, desk: Desk | None) -> datetime:
    """The UTC time at which the desk's local time is this."""
    return datetime.fromisoformat(wall_clock).replace(tzinfo=zone_of(desk)).astimezone(UTC)


def due_at(within: str, desk: Desk | None, at: datetime) -> datetime:
    """The due time of a target in the words of a page, for a request received at this time."""
    if within == "the following week":
        return _calendar(desk, at).following_week(at)[1]
    number, unit = within.split(" ", maxsplit=1)
    unit = unit.removesuffix("s")
    match unit:
        case "hour":
            return at + int(number) * HOUR
        case "business hour":
            return _calendar(desk, at).add(at, int(number) * HOUR)
        case "business day":
            return _calendar(desk, at).business_days(at, int(number))
        case _:
            raise LookupError(
                f'no rule counts "{within}"; add a case for "{unit}" to due_at in '
                "tests/policies/catalog/readings/oracle.py"
            )


def due_text(line: Line, desk: Desk | None, at: datetime) -> str | None:
    """When the line is due for what comes in at an instant, as golden matrices write it; None
    when it promises no time.
    """
    within = _within(line, desk, at)
    if within is None:
        return None
    due = due_at(within, desk, at).astimezone(zone_of(desk))
    return f"{due:%a %Y-%m-%d %H:%M %Z}" + (f" ({within})" if within != line.within else "")


def _within(line: Line, desk: Desk | None, at: datetime) -> str | None:
    if line.outside is None or desk is None:
        return line.within
    return line.within if _calendar(desk, at).is_open(at) else line.outside


def _calendar(desk: Desk | None, at: datetime) -> SlowCalendar:
    if desk is None:
        raise LookupError("business time needs the hours of a desk")
    return _around(desk, at.astimezone(zone_of(desk)).date())


@cache
def _around(desk: Desk, day: date) -> SlowCalendar:
    return SlowCalendar(Published(desk.zone, desk.hours, desk.closed_dates, {}, day))
