"""ICS files (RFC 5545): the closed dates of a calendar, from a file beside its policy.

Every event must last all day: its dates are local dates of the calendar, and DTEND is the first day
that is not closed. Recurring events are expanded up to the last year for which public holidays are
known. Cancelled events close nothing. Problems have the line of the ICS file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Event
from icalendar.error import BrokenCalendarProperty

from policies.documents.document import MAX_BYTES, Document
from policies.documents.problems import Finding, PolicyErrors, Problem
from policies.schema.calendars import CalendarRule, ClosuresFile
from policies.schema.policy import SupportPolicy

MAX_DATES = 10_000
"""How many dates a file can close; a date counts for each event that closes it."""
FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
"""The dates that a file can close."""

_DAY = timedelta(days=1)
_NAMELESS = "closed"
_READ = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID")
_FREQUENCY = re.compile(r"(^|;)FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;|$)")
_BY_TIME = re.compile(r"BY(HOUR|MINUTE|SECOND)=|INTERVAL=0*(;|$)")
_COUNT = re.compile(r";COUNT=(\d{1,9})")
_UNTIL_TIME = re.compile(r"(UNTIL=\d{8})T\d{6}Z?")
_ALL_DAY = 'write a date, for example "DTSTART;VALUE=DATE:20261224", or remove the event'


def with_closures(policy: SupportPolicy, document: Document) -> SupportPolicy:
    """The policy with the content of the ICS files that it names; PolicyErrors lists all problems.
    A document that is not a file has no directory, so its policy stays as it is.
    """
    if document.directory is None:
        return policy
    problems: list[Problem] = []
    calendars: dict[str, CalendarRule] = {}
    for name, rule in policy.calendars.items():
        if rule.ics is None:
            continue
        path = document.directory / rule.ics.file
        try:
            with open(path, "rb") as file:
                closed = read_closures(file.read(MAX_BYTES + 1), str(path))
        except PolicyErrors as error:
            problems += error.problems
        except OSError as error:
            wrong = f'"{path}" cannot be read: {(error.strerror or str(error)).lower()}'
            finding = Finding(("calendars", name, "ics"), wrong, "put it beside the policy")
            problems.append(document.problem(finding))
        else:
            ics = ClosuresFile(file=rule.ics.file, closed=closed)
            calendars[name] = rule.model_copy(update={"ics": ics})
    if problems:
        raise PolicyErrors(problems)
    return policy.model_copy(update={"calendars": policy.calendars | calendars})


def read_closures(content: bytes, file: str) -> dict[date, str]:
    """The closed dates in the content of an ICS file, with the titles of their events; PolicyErrors
    lists all problems.
    """
    reader = _Reader(file)
    closures = list(reader.closures(reader.lines(content)))
    closed: dict[date, str] = {}
    moved = {(each.uid, each.instead_of) for each in closures if each.instead_of}
    count = 0
    for closure in closures:
        for start in () if closure.is_cancelled else reader.starts(closure):
            if (closure.uid, start) in moved and not closure.instead_of:
                continue
            for day in (start + n * _DAY for n in range(closure.days)):
                if FIRST <= day <= LAST:
                    closed.setdefault(day, closure.title)
            count += closure.days
            if count > MAX_DATES:
                raise PolicyErrors([reader.too_many(closure.line)])
    if reader.problems:
        raise PolicyErrors(reader.problems)
    return dict(sorted(closed.items()))


@dataclass(frozen=True)
class _Closure:
    """An event: its first day, its number of days, and how it recurs."""

    line: int
    uid: str
    title: str
    start: date
    days: int
    recurrences: tuple[date, ...] = ()
    more: tuple[date, ...] = ()
    except_on: frozenset[date] = frozenset()
    instead_of: date | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class _Block:
    """The lines of an event, the first of which has this number in the file."""

    first: int
    lines: list[str] = field(default_factory=list)

    def line_of(self, name: str | None) -> int:
        """The line of a property; for None, of the first line that is no property."""
        for number, line in enumerate(self.lines, self.first):
            is_named = re.split("[;:]", line, maxsplit=1)[0].upper() == name
            if is_named or (name is None and ":" not in line and line[:1] not in {" ", "\t", ""}):
                return number
        return self.first


class _Invalid(ValueError):
    """An event that closes no dates: the property at fault, what is wrong and what is right."""

    def __init__(self, name: str | None, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.name, self.wrong, self.right = name, wrong, right


class _Reader:
    """Reads one file and collects its problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def problem(self, line: int, wrong: str, right: str) -> Problem:
        return Problem(self.file, line, 1, "", wrong, right)

    def too_many(self, line: int) -> Problem:
        wrong = f"the file closes more than {MAX_DATES:,} dates"
        return self.problem(line, wrong, "add UNTIL or COUNT")

    def lines(self, content: bytes) -> list[str]:
        if len(content) > MAX_BYTES:
            wrong = f"the file is larger than {MAX_BYTES:,} bytes"
            raise PolicyErrors([self.problem(1, wrong, "split it")])
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            wrong = f"the byte 0x{content[error.start]:02x} is not UTF-8"
            raise PolicyErrors([self.problem(line, wrong, "save the file as UTF-8")]) from None
        lines = [line.rstrip("\r") for line in text.rstrip().split("\n")]
        if lines[0].upper() != "BEGIN:VCALENDAR":
            wrong = "the file is not an iCalendar file"
            raise PolicyErrors([self.problem(1, wrong, "begin with BEGIN:VCALENDAR")])
        if lines[-1].upper() != "END:VCALENDAR":
            wrong = "the calendar has no end, so a part of the file may be missing"
            raise PolicyErrors([self.problem(len(lines), wrong, "end with END:VCALENDAR")])
        return lines

    def closures(self, lines: list[str]) -> Iterator[_Closure]:
        blocks = list(self._blocks(lines))
        if not blocks and not self.problems:
            self.problems.append(self.problem(1, "the file has no events", "add an all-day event"))
        starts = 0
        for block in blocks:
            try:
                closure = _closure(block)
                starts += 1 + len(closure.recurrences)
                # Before the next event is expanded, which is what takes time.
                if starts > MAX_DATES:
                    raise PolicyErrors([self.too_many(closure.line)])
                yield closure
            except _Invalid as error:
                line = block.line_of(error.name)
                self.problems.append(self.problem(line, error.wrong, error.right))

    def starts(self, closure: _Closure) -> Iterator[date]:
        """The first day of each time that the event takes place."""
        found = dict.fromkeys((closure.start, *closure.more, *closure.recurrences))
        return (day for day in found if day not in closure.except_on)

    def _blocks(self, lines: list[str]) -> Iterator[_Block]:
        block: _Block | None = None
        for number, line in enumerate(lines, 1):
            if line.upper() == "BEGIN:VEVENT":
                if block is not None:
                    self._unfinished(block)
                block = _Block(number)
            if block is not None:
                block.lines.append(line)
                if line.upper() == "END:VEVENT":
                    yield block
                    block = None
        if block is not None:
            self._unfinished(block)

    def _unfinished(self, block: _Block) -> None:
        self.problems.append(self.problem(block.first, "the event has no end", "add END:VEVENT"))


def _closure(block: _Block) -> _Closure:
    event = _event(block)
    start = _date(event, "DTSTART")
    if start is None:
        raise _Invalid(None, "the event has no DTSTART", _ALL_DAY)
    return _Closure(
        line=block.first,
        uid=str(event.get("UID", block.first)),
        title=str(event.get("SUMMARY", "")).strip()[:200] or _NAMELESS,
        start=start,
        days=_days(event, start),
        recurrences=tuple(_recurrences(event, start)),
        more=tuple(_dates(event, "RDATE")),
        except_on=frozenset(_dates(event, "EXDATE")),
        instead_of=_date(event, "RECURRENCE-ID"),
        is_cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
    )


def _event(block: _Block) -> Any:
    try:
        event: Any = Event.from_ical("\r\n".join(block.lines))
    except ValueError as error:
        raise _Invalid(None, f"the event cannot be read: {error}", "export it again") from None
    for name, message in event.errors:
        if name is None or name in _READ:
            what = f"{name} is not valid" if name else "the line is not a property"
            raise _Invalid(name, f"{what}: {message}", "export the file again, or correct it")
    return event


def _date(event: Any, name: str) -> date | None:
    value = event.get(name)
    if value is None:
        return None
    if isinstance(value, list):
        raise _Invalid(name, f"{name} is given twice", "remove one of them")
    return _whole_day(value, name)


def _whole_day(value: Any, name: str) -> date:
    try:
        day = value.dt
    except BrokenCalendarProperty as error:
        raise _Invalid(name, f"{name} is not valid: {error}", _ALL_DAY) from None
    if isinstance(day, datetime) or not isinstance(day, date):
        wrong = f"{name} has a time of day, and only all-day events close a calendar"
        raise _Invalid(name, wrong, _ALL_DAY)
    return day


def _days(event: Any, start: date) -> int:
    if not FIRST <= start <= LAST:
        right = f"write a date from {FIRST.year} to {LAST.year}"
        raise _Invalid("DTSTART", f"{start} is out of range", right)
    end, name = _date(event, "DTEND"), "DTEND"
    if end is None and event.get("DURATION") is not None:
        length, name = event["DURATION"].dt, "DURATION"
        if not isinstance(length, timedelta) or length % _DAY:
            raise _Invalid(name, "DURATION is not a number of days", "write for example P2D")
        end = start + min(length, MAX_DATES * _DAY)
    if end is None:
        return 1
    if end <= start:
        right = "the end is the first day after the event, so write a later date"
        raise _Invalid(name, "the event ends before or on the day on which it begins", right)
    if end - start >= MAX_DATES * _DAY:
        raise _Invalid(name, f"the event lasts {MAX_DATES:,} days or longer", "shorten it")
    return (end - start).days


def _dates(event: Any, name: str) -> Iterator[date]:
    value = event.get(name)
    for part in value if isinstance(value, list) else [value] if value is not None else []:
        for each in part.dts:
            yield _whole_day(each, name)


def _recurrences(event: Any, start: date) -> Iterator[date]:
    """The first days of a recurring event: one more than the limit at most, which is an error."""
    value = event.get("RRULE")
    for part in value if isinstance(value, list) else [value] if value is not None else []:
        text = _UNTIL_TIME.sub(r"\1", part.to_ical().decode())
        if not _FREQUENCY.search(text) or _BY_TIME.search(text):
            right = "use FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, and INTERVAL from 1"
            raise _Invalid("RRULE", f'"{text}" is not a recurrence by days', right)
        # A last date, not a number of times, so that a rule without any date ends soon as well.
        count = _COUNT.search(text)
        text = _COUNT.sub("", text)
        if "UNTIL=" not in text:
            text += f";UNTIL={LAST:%Y%m%d}"
        try:
            times = rrulestr(text, dtstart=datetime.combine(start, time()))
            most = min(int(count[1]) if count else MAX_DATES + 1, MAX_DATES + 1)
            yield from (at.date() for at in islice(times, most))
        except ValueError as error:
            raise _Invalid("RRULE", f'"{text}" is not valid: {error}', "correct it") from None
