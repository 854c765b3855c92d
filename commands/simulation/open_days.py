"""Local times on the open days of a calendar, for simulations that depend on holidays."""

from datetime import UTC, date, datetime, time, timedelta

from policies.terms.model.calendar import PinnedCalendar

ONE_DAY = timedelta(days=1)


class OpenDays:
    """The open days from a first day on, which is day 0."""

    def __init__(self, calendar: PinnedCalendar, first: date) -> None:
        self._calendar = calendar
        self._days = [first]

    def at(self, day: int, local: str) -> datetime:
        """Converts a local time such as 14:30 on the nth open day to UTC."""
        while len(self._days) <= day:
            self._days.append(self._next_open(self._days[-1]))
        local_time = datetime.combine(self._days[day], time.fromisoformat(local))
        return local_time.replace(tzinfo=self._calendar.tzinfo).astimezone(UTC)

    def day(self, day: int) -> date:
        """The nth open day."""
        return self._calendar.local_date(self.at(day, "12:00"))

    def _next_open(self, day: date) -> date:
        day += ONE_DAY
        while not self._calendar.calendar.hours.on(day):
            day += ONE_DAY
        return day


def wednesday_before_a_long_weekend(calendar: PinnedCalendar, now: datetime) -> date:
    """The next Wednesday that is followed by two open days and a weekend with a holiday on Monday.
    It is at least two days away.
    """
    hours, earliest = calendar.calendar.hours, calendar.local_date(now) + 2 * ONE_DAY
    for holiday in sorted(map(date.fromisoformat, calendar.closed)):
        wednesday = holiday - 5 * ONE_DAY
        is_open_before = all(hours.on(wednesday + n * ONE_DAY) for n in range(3))
        if holiday.weekday() == 0 and wednesday >= earliest and is_open_before:
            return wednesday
    raise LookupError(f"{calendar.name} has no holiday on a Monday in its pinned years")
