"""Sample calendars in New York, and short forms for times and hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from policies.business_time.calendar import BusinessCalendar

NEW_YORK = "America/New_York"
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WORKDAYS, "sat", "sun")
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def hours(*pairs: str, days: tuple[str, ...] = WORKDAYS) -> dict[str, list[tuple[str, str]]]:
    windows = [(pair[:5], pair[6:]) for pair in pairs]
    return dict.fromkeys(days, windows)


def at(text: str, zone: str = NEW_YORK, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def local(when: datetime, zone: str = NEW_YORK) -> str:
    assert when.tzinfo is UTC
    return when.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


OFFICE = BusinessCalendar(
    NEW_YORK,
    hours("09:00-17:00"),
    closed_dates={"2024-05-27": "Memorial Day", date(2024, 7, 4): "Independence Day"},
    special_hours={"2024-12-24": [("09:00", "12:00")], "2024-06-22": [("10:00", "14:00")]},
)
LUNCH = BusinessCalendar(NEW_YORK, hours("09:00-12:00", "13:00-17:00"))
NIGHTS = BusinessCalendar(NEW_YORK, hours("22:00-06:00"))
ALWAYS = BusinessCalendar(NEW_YORK, hours("00:00-24:00", days=EVERY_DAY))
ROUND_THE_CLOCK_ON_WORKDAYS = BusinessCalendar(NEW_YORK, hours("00:00-24:00"))
