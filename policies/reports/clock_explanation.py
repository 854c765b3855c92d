"""An explanation of a clock: everything that makes it due when it is, as data to show."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, JsonValue

from policies.vocabulary import PauseReason, Received


class Shown(BaseModel):
    """A part of an explanation. Instants are UTC, lengths of time are ISO 8601 in JSON."""

    model_config = ConfigDict(frozen=True)


class CalendarShown(Shown):
    """The calendar a clock counts on, and the zone its days are days of."""

    name: str
    zone: str
    clause: str


class Counted(Shown):
    """A stretch of time that was counted, within one local date."""

    date: date
    opens: datetime
    closes: datetime
    open_time: timedelta


class Skipped(Shown):
    """A local date on which nothing was counted, and its name."""

    date: date
    name: str


class RungShown(Shown):
    """A point on the ladder: when it is reached, and who is told."""

    rung: str
    at: datetime
    tell: tuple[str, ...]


class ReadingShown(Shown):
    """A choice the policy's owner made where the page is silent."""

    clause: str
    reading: str


class OverrideShown(Shown):
    """A value that the account's contract has in the place of the policy's."""

    path: str
    policy: JsonValue
    contract: JsonValue
    clause: str


class ClockExplanation(Shown):
    """Why one clock, started at an instant, is due when it is. `calendar` is None where elapsed
    time counts; `due_at` is None where no time is promised, and `guarantee` says what is.
    """

    policy: str
    title: str
    revision: date
    clock: str
    promised: bool
    clause: str
    says: str
    request: dict[str, str]
    received: Received | None
    target: str | None
    guarantee: str | None
    calendar: CalendarShown | None
    zone: str
    starts_at: datetime
    counts_from: datetime | None
    due_at: datetime | None
    counted: tuple[Counted, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    rungs: tuple[RungShown, ...] = ()
    pauses: tuple[PauseReason, ...] = ()
    readings: tuple[ReadingShown, ...] = ()
    overrides: tuple[OverrideShown, ...] = ()

    @property
    def open_time(self) -> timedelta:
        """All the time that was counted."""
        return sum((window.open_time for window in self.counted), timedelta(0))
