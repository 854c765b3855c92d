"""The explanation of a clock's due time, as data for tables and JSON."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from policies.vocabulary import OnExpiry, Received, Role


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
    """A rung of the ladder: its time, and the audiences to notify. They depend on the facts and
    properties in `by`.
    """

    rung: str
    at: datetime
    tell: tuple[str, ...]
    by: tuple[str, ...] = ()


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
    A clock that continues had `used` this much time by then, `overused` of it beyond its target.
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
    used: timedelta | None = None
    overused: timedelta | None = None


class ExplainedNotice(ExplanationPart):
    """A notice that depends on facts: its event and audiences, the choices of each fact for which
    it is sent, and whether the facts of the request are such.
    """

    event: str
    tell: tuple[str, ...]
    template: str | None = None
    clause: str
    facts: dict[str, tuple[str, ...]]
    is_sent: bool


class ExplainedReview(ExplanationPart):
    """The review of claims: who decides, and `until` when about a claim that is filed on a day.
    `calendar` has the business days.
    """

    clause: str
    by: tuple[Role, ...]
    within: str | None
    calendar: str | None
    filed_on: date
    until: date | None


class ExplainedClaims(ExplanationPart):
    """How long after a breach its credits can be claimed, and the review of claims."""

    within: str | None
    clause: str | None
    review: ExplainedReview | None


class ExplainedRemedy(ExplanationPart):
    """A service level that measures the clock, a promised availability, or a credit."""

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
    claims: ExplainedClaims | None = None
    """How its credits are claimed; None if nothing is owed for it."""
    notices: tuple[ExplainedNotice, ...] = ()
    """The notices of the events that start and stop the clock, as far as they depend on facts."""

    @property
    def open_time(self) -> timedelta:
        """The sum of all time counted."""
        return sum((window.open_time for window in self.counted), timedelta(0))
