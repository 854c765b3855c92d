"""The explanation of a clock's due time, as data for tables and JSON."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from policies.vocabulary import OnExpiry, Received


class ExplanationPart(BaseModel):
    """A part of an explanation. Times are UTC; durations are ISO 8601 in JSON."""

    model_config = ConfigDict(frozen=True)


class ExplainedCalendar(ExplanationPart):
    """The calendar of a clock, and its zone."""

    name: str
    zone: str
    clause: str


class ExplainedWindow(ExplanationPart):
    """Time that was counted, within one local date."""

    date: date
    opens: datetime
    closes: datetime
    open_time: timedelta


class ExplainedDay(ExplanationPart):
    """A local date that was skipped, and the reason."""

    date: date
    name: str


class ExplainedHalfDay(ExplanationPart):
    """A local date that closed early, and its name."""

    date: date
    name: str


class ExplainedRung(ExplanationPart):
    """A rung of the ladder: its time, and the audiences to notify."""

    rung: str
    at: datetime
    tell: tuple[str, ...]


class ExplainedReading(ExplanationPart):
    """How the policy's owner reads a clause that is ambiguous or silent."""

    clause: str
    reading: str


class ExplainedOverride(ExplanationPart):
    """A value of the policy that the contract overrides."""

    path: str
    policy: JsonValue
    contract: JsonValue
    clause: str


class ExplainedChange(ExplanationPart):
    """The clock after a change of the priority or of a fact: its cycle, target and due time.

    `due_at` is None for a promise without a time. A due time before the change `breaches_at` it.
    """

    at: datetime
    priority: str | None = None
    fact: str | None = None
    value: JsonValue = None
    cycle: int
    target: str | None
    due_at: datetime | None
    breaches_at: datetime | None = None
    is_agreed: bool = False


class ExplainedRemedy(ExplanationPart):
    """A service level that measures the clock, or a credit for its lateness."""

    clause: str
    says: str


class ClockExplanation(ExplanationPart):
    """How the due time of one clock is computed. `calendar` is None for elapsed time. `due_at` is
    None for a guarantee without a time; `guarantee` has its text.
    """

    policy: str
    title: str
    revision: date
    clock: str
    promised: bool
    clause: str
    says: str
    request: dict[str, str]
    facts: dict[str, str] = Field(default_factory=dict)
    """The facts on which promises of the policy depend, as far as the request states them."""
    assumed: dict[str, str] = Field(default_factory=dict)
    """The values of the request that were not given: defaults, and the first channel possible."""
    received: Received | None
    target: str | None
    guarantee: str | None
    calendar: ExplainedCalendar | None
    zone: str
    starts_at: datetime
    counts_from: datetime | None
    due_at: datetime | None
    counted: tuple[ExplainedWindow, ...] = ()
    skipped: tuple[ExplainedDay, ...] = ()
    half_days: tuple[ExplainedHalfDay, ...] = ()
    rungs: tuple[ExplainedRung, ...] = ()
    changes: tuple[ExplainedChange, ...] = ()
    cut_off: str | None = None
    pauses: tuple[str, ...] = ()
    on_expiry: OnExpiry | None = None
    """What becomes of a ticket without an answer at the due time, if this is a clock of reminders.
    """
    readings: tuple[ExplainedReading, ...] = ()
    overrides: tuple[ExplainedOverride, ...] = ()
    remedies: tuple[ExplainedRemedy, ...] = ()

    @property
    def open_time(self) -> timedelta:
        """The sum of all time counted."""
        return sum((window.open_time for window in self.counted), timedelta(0))
