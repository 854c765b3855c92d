"""An agenda: local times on the open days of a desk, for scenarios that have to fit a calendar."""

from datetime import UTC, date, datetime, time, timedelta

from policies.terms.ticket_terms import PinnedCalendar

ONE_DAY = timedelta(days=1)


class OpenDays:
    """The open days from a first one on; day 0 is that one."""

    def __init__(self, calendar: PinnedCalendar, first: date) -> None:
        self._calendar = calendar
        self._days = [first]

    def at(self, day: int, local: str) -> datetime:
        """The UTC instant of a local time, such as 14:30, on the nth open day."""
        while len(self._days) <= day:
            self._days.append(self._next_open(self._days[-1]))
        moment = datetime.combine(self._days[day], time.fromisoformat(local))
        return moment.replace(tzinfo=self._calendar.tzinfo).astimezone(UTC)

    def day(self, day: int) -> date:
        """The nth open day."""
        return self._calendar.local_date(self.at(day, "12:00"))

    def _next_open(self, day: date) -> date:
        day += ONE_DAY
        while not self._calendar.calendar.hours.on(day):
            day += ONE_DAY
        return day


def wednesday_before_a_long_weekend(calendar: PinnedCalendar, now: datetime) -> date:
    """The next Wednesday, two days from now at least, with two open days and then a weekend to
    which a holiday adds the Monday.
    """
    hours, earliest = calendar.calendar.hours, calendar.local_date(now) + 2 * ONE_DAY
    for holiday in sorted(map(date.fromisoformat, calendar.closed)):
        wednesday = holiday - 5 * ONE_DAY
        open_before = all(hours.on(wednesday + n * ONE_DAY) for n in range(3))
        if holiday.weekday() == 0 and wednesday >= earliest and open_before:
            return wednesday
    raise LookupError(f"no Monday of {calendar.name} is a holiday in the years that are pinned")
