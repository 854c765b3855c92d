"""Terms: the parts of a policy and a contract that are pinned into a ticket.

A ticket keeps its terms until an operator moves it to others. Holiday dates, zone offsets and
targets are stored as plain data, so no later edit of a file and no upgrade of `holidays` or
`tzdata` moves a deadline of an open ticket. `settlement.py` creates terms; the workflow only reads
them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue, PlainSerializer, model_validator

from policies.business_time.calendar import BusinessCalendar
from policies.business_time.durations import Duration, DurationText, parse_duration
from policies.business_time.months import midnight
from policies.business_time.opening_hours import HALF_DAY_UNTIL, HalfDays
from policies.business_time.zones import PinnedZone, Transition
from policies.coverage.stated_facts import FactTerms, KnownFacts
from policies.coverage.verdict import Verdict
from policies.i18n.locales import with_name
from policies.schema.tables import FACTS, OTHERWISE, Dimension, Table, row_of
from policies.terms.pinned import Pinned, Sparse
from policies.vocabulary import (
    Action,
    ClosedAs,
    Ending,
    EventType,
    Guarantee,
    LatenessMeasure,
    LevelOrder,
    OnChange,
    OnExpiry,
    Outcome,
    Reopening,
    Role,
    Stage,
    Viewpoint,
)


class Recipient(Pinned):
    """A person or team that receives notices, in this zone and locale."""

    name: str
    email: str
    zone: str = "UTC"
    locale: str = "en"

    @property
    def mailbox(self) -> str:
        """The address for comparisons: people write it in upper or lower case."""
        return self.email.casefold()


def _by_date(closed: Any) -> Any:
    """The name of each date, from the dates of each name."""
    if not isinstance(closed, Mapping):
        return closed
    named = [(day, name) for name, days in closed.items() if isinstance(days, list) for day in days]
    return dict(sorted(named)) if named else closed


def _by_name(closed: dict[str, str]) -> dict[str, list[str]]:
    days: dict[str, list[str]] = {}
    for day, name in closed.items():
        days.setdefault(name, []).append(day)
    return days


DatesByName = Annotated[
    dict[str, str],
    BeforeValidator(_by_date),
    PlainSerializer(_by_name, when_used="json"),
]
"""Names of dates. A name recurs each year, so JSON has it once, with its dates."""


class PinnedCalendar(Sparse):
    """A calendar as plain data: weekly hours, named closed dates and half days, zone offsets."""

    name: str
    zone: str
    offsets: tuple[tuple[int, int, str], ...]
    weekly: dict[str, tuple[tuple[str, str], ...]]
    closed: DatesByName = Field(default_factory=dict)
    special: dict[str, tuple[tuple[str, str], ...]] = Field(default_factory=dict)
    half_days: dict[str, str] = Field(default_factory=dict)
    half_day_until: str = HALF_DAY_UNTIL
    half_days_until: DatesByName = Field(default_factory=dict)
    """When half days close that do not close at `half_day_until`."""
    working_days: DatesByName = Field(default_factory=dict)
    """Made-up working days, and the weekday whose hours each has."""
    clause: str = ""

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The calendar for arithmetic; equal data share one."""
        hours = (tuple(days.items()) for days in (self.weekly, self.closed, self.special))
        named = (self.half_days, self.half_days_until, self.working_days)
        days = (tuple(names.items()) for names in named)
        return _compiled(self.tzinfo, *hours, self.half_day_until, *days)

    @cached_property
    def tzinfo(self) -> PinnedZone:
        """The zone with the pinned offsets."""
        return PinnedZone(self.zone, self.offsets)

    def local_date(self, at: datetime) -> date:
        """The local date at a time."""
        return at.astimezone(self.tzinfo).date()


Hours: TypeAlias = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Windows by weekday or by date."""


NamedDates: TypeAlias = tuple[tuple[str, str], ...]
"""Dates and their names."""


@lru_cache(maxsize=256)
def _compiled(  # noqa: PLR0913, PLR0917 - hashable parts, for the cache
    zone: PinnedZone,
    weekly: Hours,
    closed: NamedDates,
    special: Hours,
    half_day_until: str,
    half_days: NamedDates,
    half_days_until: NamedDates,
    working_days: NamedDates,
) -> BusinessCalendar:
    half = HalfDays(dict(half_days), half_day_until, dict(half_days_until))
    working = dict(working_days)
    return BusinessCalendar(zone, dict(weekly), dict(closed), dict(special), half, working)


class PromiseTerms(Sparse):
    """A target, or a guarantee without a time and its text. `calendar` is set where it differs
    from that of the clock, because the priority of the promise has hours of its own.
    """

    within: DurationText | None = None
    guarantee: Guarantee | None = None
    says: str = ""
    clause: str | None = None
    calendar: str | None = None

    def counts_like(self, other: "PromiseTerms") -> bool:
        """Whether both give the same due time for the same past. Elapsed time has no calendar."""
        if self.within is None or not self.within.is_elapsed:
            return (self.within, self.calendar) == (other.within, other.calendar)
        return self.within == other.within


NOTHING_PROMISED = PromiseTerms(guarantee=Guarantee.NONE)


class RungTerms(Sparse):
    """A rung: a share of the target, or a duration before or after its end, or after its start."""

    at: str
    tell: tuple[str, ...]
    template: str | None = None
    raises_level: bool = False
    level: int | None = None
    """The level to which it raises the ticket; in terms pinned before levels had names, None."""

    @property
    def share(self) -> float | None:
        """0.75 for `75%`, 1.0 for `breach`; None for a duration."""
        if self.at == "breach":
            return 1.0
        return int(self.at[:-1]) / 100 if self.at.endswith("%") else None

    @property
    def distance(self) -> tuple[Duration, bool]:
        """The duration, and whether it is after the deadline; ValueError for a share."""
        length, _, _ = self.at.removesuffix(" start").rpartition(" ")
        return parse_duration(length), self.is_after

    @property
    def is_after_start(self) -> bool:
        """Whether the rung is counted from the start of the clock."""
        return self.at.endswith(" after start")

    @property
    def is_after(self) -> bool:
        """Whether the rung is after the deadline."""
        return self.at.endswith(" after")


BY_PRIORITY = (str(Dimension.PRIORITY),)
NO_FACTS: Mapping[str, str] = {}


class ClockTerms(Sparse):
    """One clock of a ticket. `promises` are by priority; `otherwise` is for all others.

    Events are named by their type, or as `milestone.NAME`.

    Where tables go by facts that may change, `by` has the dimensions of the promises, and
    `calendars` the calendar for each priority and each choice of the facts.
    """

    name: str
    clause: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    promises: dict[str, PromiseTerms]
    by: tuple[str, ...] = BY_PRIORITY
    calendars: Table[str] | None = None
    cancels: tuple[str, ...] = ()
    calendar: str | None = None
    cut_off: str | None = None
    pauses: tuple[str, ...] = ()
    ladder: tuple[RungTerms, ...] = ()
    reopening: Reopening = Reopening.NONE
    on_change: OnChange = OnChange.RECOUNT
    lateness: LatenessMeasure = LatenessMeasure.ELAPSED
    repeats: bool = False
    promised: bool = True
    reminds: bool = False
    on_expiry: OnExpiry | None = None
    announced: bool = False
    agreed: bool = False

    @property
    def reminds_of_questions(self) -> bool:
        """Whether its rungs remind the requester of an answer that is awaited."""
        is_question = EventType.INFORMATION_REQUESTED in self.starts
        return self.reminds and (is_question or self.on_expiry is not None)

    @property
    def outlasts_resolution(self) -> bool:
        """Whether it counts work that is promised after the resolution, such as a report."""
        return EventType.RESOLVED in self.starts

    @property
    def is_acknowledgement(self) -> bool:
        """Whether it counts the time until the ticket is acknowledged."""
        return EventType.ACKNOWLEDGED in self.stops

    @cached_property
    def starting_events(self) -> frozenset[str]:
        """The events that may start a cycle, or continue the last one."""
        return frozenset((*self.starts, EventType.REOPENED))

    def promise(self, priority: str | None, facts: Mapping[str, str] = NO_FACTS) -> PromiseTerms:
        """The promise for a ticket of this priority, with these facts: their rows by name."""
        promise = self._target(priority, facts)
        if self.calendars is None:
            return promise
        calendar = self.calendars.pick(_row_values(priority, facts))
        return promise.model_copy(update={"calendar": calendar})

    def _target(self, priority: str | None, facts: Mapping[str, str]) -> PromiseTerms:
        if self.by == BY_PRIORITY:
            others = self.promises.get(OTHERWISE, NOTHING_PROMISED)
            return self.promises.get(priority or OTHERWISE, others)
        table = Table[PromiseTerms].model_construct(by=self.by, cells=self.promises)
        return table.pick(_row_values(priority, facts)) or NOTHING_PROMISED


def _row_values(priority: str | None, facts: Mapping[str, str]) -> dict[str, str]:
    """The values of a ticket in tables; a priority or a fact that it lacks has `otherwise`."""
    rows = {FACTS + name: row for name, row in facts.items()}
    return _Rows({Dimension.PRIORITY: priority or OTHERWISE, **rows})


class _Rows(dict[str, str]):
    """Values in tables that have every dimension."""

    def __contains__(self, dimension: object) -> bool:
        return True

    def __missing__(self, dimension: str) -> str:
        return OTHERWISE


class NoticeTerms(Sparse):
    """The audiences to notify of an event; `template` defaults to the event's name.

    `clause` is set in older terms only. The clause of a notice is in the policy, and nothing that
    terms decide depends on it.
    """

    event: Annotated[EventType | str, Field(union_mode="left_to_right")]
    tell: tuple[str, ...]
    clause: str = ""
    template: str | None = None
    priorities: tuple[str, ...] = ()

    def concerns(self, priority: str | None) -> bool:
        """Whether the notice applies to a ticket of this priority."""
        return not self.priorities or priority in self.priorities


class PauseTerms(Sparse):
    """A reason of the policy's own for which clocks pause: the events that start and stop it."""

    starts: tuple[str, ...]
    stops: tuple[str, ...]


class MilestoneTerms(Sparse):
    """A milestone that the roles `by` can record."""

    says: str
    by: tuple[Role, ...]
    clause: str


class LevelTerms(Sparse):
    """One management level to which this ticket can be raised. `audiences` has the audience at each
    priority where it differs; None where the level has nobody.
    """

    audience: str
    says: str
    clause: str
    audiences: dict[str, str | None] = Field(default_factory=dict)

    def audience_at(self, priority: str | None) -> str | None:
        """Who is told when a ticket of this priority is raised to the level, if anybody."""
        audience = self.audiences.get(priority or "", self.audience)
        return audience or None

    @property
    def names(self) -> frozenset[str]:
        """Every audience that it can have."""
        return frozenset(filter(None, (self.audience, *self.audiences.values())))


class ReasonTerms(Sparse):
    """A reason that an agent can give when refusing this ticket."""

    clause: str
    says: str
    closed_as: ClosedAs = ClosedAs.NOT_COVERED
    refers_to: str | None = None


class Step(Pinned):
    """One step of the triage checklist."""

    id: str
    does: str


class ForecastTerms(Pinned):
    """The viewpoints required for a forecast, and the windows their priorities propose."""

    viewpoints: tuple[Viewpoint, ...]
    priorities: tuple[str, ...]
    windows: dict[str, dict[str, DurationText]]
    clause: str

    def window(self, engineering: str, product: str) -> Duration:
        """The proposed time within which work begins, for these two priorities."""
        return self.windows[engineering][product]


CONTEST, CONTEST_WITHOUT_HOURS = Duration.parse("5 business days"), Duration.parse("7 days")
"""How long a refusal can be overridden if the policy does not state it. These never change."""
IDLE, IDLE_WITHOUT_HOURS = Duration.parse("20 business days"), Duration.parse("28 days")
"""When a ticket is idle if the policy does not state it. These never change."""


class ProcessTerms(Sparse):
    """The parameters of the lifecycle; `clauses` has the clause of each action.

    A ticket has the `stages` of its policy and no others, and a first response its `outcomes`.
    """

    stages: tuple[Stage, ...] = tuple(Stage)
    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    escalate_by: tuple[Role, ...] = (Role.AGENT,)
    told_before_conclusion: tuple[str, ...] = ()
    checklist: tuple[Step, ...] = ()
    automatic_handoff: bool = True
    forecast: ForecastTerms | None = None
    closing_after: DurationText | None = None
    reopen_by: dict[str, str] = Field(default_factory=dict)
    """The channels by which a ticket can be re-opened that was resolved for want of an answer."""
    contest_within: DurationText | None = None
    idle_after: DurationText | None = None
    idle_tell: tuple[str, ...] = ("assignee",)
    keep_assigned: tuple[str, ...] = ()
    levels: tuple[LevelTerms, ...] = ()
    raise_level_by: tuple[Role, ...] = ()
    level_order: LevelOrder = LevelOrder.LADDER
    raise_after: tuple[Ending, ...] = ()
    no_reply_by: tuple[Role, ...] = (Role.AGENT,)
    no_reply_clause: str | None = None
    classify_by: tuple[Role, ...] = ()
    workaround_by: tuple[Role, ...] = ()
    estimate_by: tuple[Role, ...] = ()
    milestones: dict[str, MilestoneTerms] = Field(default_factory=dict)
    pauses: dict[str, PauseTerms] = Field(default_factory=dict)
    """The reasons of the policy's own for which clocks pause."""
    clauses: dict[Action, str] = Field(default_factory=dict)


class OverrideTerms(Pinned):
    """A value of the policy that the contract replaced, and the clause it belongs to."""

    path: str
    policy: JsonValue = None
    contract: JsonValue = None
    clause: str = ""


SHARED_FIELDS = (
    *("calendars", "clocks", "notices", "process", "exclusions", "reasons", "labels", "priorities"),
    *("facts", "asks", "choices", "credited", "measured", "headings", "hours"),
)
"""The fields that are equal for tickets of one plan: nearly all of their terms."""


class Terms(Sparse):
    """Everything that a ticket was promised. Equal terms are shared in memory
    (docs/decisions/0024-equal-terms-are-interned.md).

    `facts` is None while the policy is not known: any fact is then accepted.
    """

    policy: str
    title: str
    revision: date
    account: str
    account_name: str
    locale: str
    zone: str
    """The zone of the account's days, and of times in notices."""
    offsets: tuple[Transition, ...] = ()
    """The offsets of that zone; empty if it is the zone of the support hours."""
    verdict: Verdict
    priority: str | None = None
    plan: str | None = None
    kind: str | None = None
    region: str | None = None
    channel: str | None = None
    priorities: tuple[str, ...] = ()
    calendars: dict[str, PinnedCalendar] = Field(default_factory=dict)
    support_hours: str | None = None
    hours_by_priority: dict[str, str] = Field(default_factory=dict)
    hours: Table[str] | None = None
    """The support hours by priority and facts, if they depend on facts that may change."""
    promised_by: dict[str, str | None] = Field(default_factory=dict)
    """The facts that may change and on which promises depend, with their rows at the settlement."""
    clocks: tuple[ClockTerms, ...] = ()
    notices: tuple[NoticeTerms, ...] = ()
    contacts: dict[str, Recipient] = Field(default_factory=dict)
    unassigned: str | None = None
    process: ProcessTerms = ProcessTerms()
    exclusions: dict[str, str] = Field(default_factory=dict)
    reasons: dict[str, ReasonTerms] = Field(default_factory=dict)
    overrides: tuple[OverrideTerms, ...] = ()
    facts: dict[str, FactTerms] | None = None
    asks: dict[str, str] = Field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    headings: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, dict[str, str]] = Field(default_factory=dict)
    credited: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    """The clocks that a service level of the account measures."""
    claim_within: DurationText | None = None
    """The time limit for claims, if it is business time."""
    is_settled: bool = True

    @model_validator(mode="after")
    def _intern(self) -> "Terms":
        # A worker caches a thousand tickets. Sharing saves 54 of their 72 KB of terms and state.
        own = {name: getattr(self, name) for name in SHARED_FIELDS}
        vars(self)["offsets"] = _shared_offsets(self.offsets)
        vars(self).update(
            _interned(_InternKey(self.model_dump_json(include=set(SHARED_FIELDS)), own))
        )
        return self

    def clock(self, name: str) -> ClockTerms:
        """The terms of a clock; KeyError if the policy has no such clock."""
        for clock in self.clocks:
            if clock.name == name:
                return clock
        raise KeyError(name)

    def calendar_of(self, clock: ClockTerms, promise: PromiseTerms) -> PinnedCalendar | None:
        """The calendar on which a clock counts a promise: that of the promise, of the clock, or of
        the support hours; None without any.
        """
        name = promise.calendar or clock.calendar or self.support_hours
        return self.calendars[name] if name else None

    @property
    def desk_calendar(self) -> PinnedCalendar | None:
        """The calendar of the support hours, in which the support team (the desk) works."""
        return self.desk_calendar_for(self.priority, self.rows_of({}))

    def desk_calendar_for(
        self, priority: str | None, facts: Mapping[str, str] = NO_FACTS
    ) -> PinnedCalendar | None:
        """The calendar of the support hours for a ticket of this priority, with these facts."""
        if self.hours is not None:
            name = self.hours.pick(_row_values(priority, facts))
        else:
            name = self.hours_by_priority.get(priority or "", self.support_hours)
        return self.calendars[name] if name else None

    def rows_of(self, given: Mapping[str, JsonValue]) -> dict[str, str]:
        """The rows in tables of the facts on which promises depend: those at the settlement, with
        the facts given since.
        """
        rows = {
            name: row_of(given[name]) if name in given else row
            for name, row in self.promised_by.items()
        }
        return {name: row for name, row in rows.items() if row is not None}

    def label(self, noun: str, name: str) -> str:
        """The label of a name, such as a priority, or the name itself as words."""
        return self.labels.get(noun, {}).get(name, name.replace("_", " "))

    def fact_label(self, name: str, value: JsonValue) -> JsonValue:
        """The label of a choice of a fact; any other value as it is."""
        choices = self.facts[name].choices if self.facts and name in self.facts else ()
        labels = self.choices.get(name, ())
        return dict(zip(choices, labels, strict=False)).get(str(value), value)

    def heading(self, clause: str) -> str | None:
        """Where the support page states a clause that notices cite; None if the terms do not have
        it, because the id of a clause means nothing to readers.
        """
        return self.headings.get(clause)

    def listed(self, noun: str, names: Iterable[str]) -> tuple[str, ...]:
        """Each name with its label: `Critique (p0)`."""
        return tuple(with_name(self.labels.get(noun, {}).get(name), name) for name in names)

    def exclusion(self, clause: str | None) -> str | None:
        """The text of a clause under which a request can be refused; None for any other."""
        text = self.exclusions.get(clause or "")
        of_reasons = (reason.says for reason in self.reasons.values() if reason.clause == clause)
        return text or (None if text is None else next(of_reasons, None))

    @property
    def known_facts(self) -> KnownFacts | None:
        """The facts of the policy, to check what is stated; None while it is not known."""
        if self.facts is None:
            return None
        return KnownFacts(self.title, self.locale, self.facts, self.asks, self.choices)

    @property
    def contract_facts(self) -> frozenset[str]:
        """The facts that only the contract states."""
        facts = self.facts or {}
        return frozenset(name for name, fact in facts.items() if fact.given_by == "contract")

    @property
    def idle_after(self) -> Duration:
        """After how long without any event the support team is reminded of a ticket."""
        return self.process.idle_after or (IDLE if self.support_hours else IDLE_WITHOUT_HOURS)

    @property
    def contest_within(self) -> Duration:
        """How long an agent can override a refusal."""
        otherwise = CONTEST if self.support_hours else CONTEST_WITHOUT_HOURS
        return self.process.contest_within or otherwise

    @cached_property
    def tzinfo(self) -> tzinfo:
        """The zone of the account's days, with its pinned offsets."""
        if self.offsets:
            return PinnedZone(self.zone, self.offsets)
        return self.calendars[self.support_hours].tzinfo if self.support_hours else UTC

    def local_date(self, at: datetime) -> date:
        """The account's date at a time."""
        return at.astimezone(self.tzinfo).date()

    def end_of(self, day: date) -> datetime:
        """The UTC time at which a date of the account ends: a day that is told counts in full."""
        return midnight(day + timedelta(days=1), self.tzinfo)


@lru_cache(maxsize=256)
def _shared_offsets(offsets: tuple[Transition, ...]) -> tuple[Transition, ...]:
    """The first tuple with these offsets."""
    return offsets


@dataclass(frozen=True)
class _InternKey:
    """Shared fields of terms, equal when their JSON is."""

    json: str
    parts: dict[str, Any] = field(compare=False)


@lru_cache(maxsize=256)
def _interned(key: _InternKey) -> dict[str, Any]:
    """The fields of the first terms with this JSON."""
    return key.parts
