"""The policy document: what a published support policy looks like as data.

These models say only which shapes exist. What must agree between the parts (a clause that is
named, a calendar that is defined) is in `consistency.py`; what is legal but surprising is in
`linting.py`. Everything is frozen, and an unknown key is an error: policies are input.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from policies.contract import Contact, OneLine, Slug
from policies.durations import Duration, DurationText
from policies.tables import Dimension, Table
from policies.vocabulary import (
    ClosedAs,
    EventType,
    Guarantee,
    Outcome,
    PauseReason,
    Received,
    Reopening,
    Role,
    Viewpoint,
)
from policies.weekdays import WEEKDAYS

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _written_as_date(value: Any) -> Any:
    # Left alone, Pydantic would read a number as seconds since 1970.
    if isinstance(value, date) or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise ValueError("is not a date; write year-month-day, for example 2026-12-24")


Date = Annotated[date, BeforeValidator(_written_as_date)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Audience = Slug


# The tags of alternatives appear in the location of a validation error; no key of a file can
# look like them, so `translation.py` can tell the two apart.
def _text_or_words(value: Any) -> str:
    return "<by_locale>" if isinstance(value, dict) else "<text>"


Says = Annotated[
    Annotated[dict[str, Text], Field(min_length=1), Tag("<by_locale>")]
    | Annotated[Text, Tag("<text>")],
    Discriminator(_text_or_words),
]
"""Words in the policy's own locale, or by locale; `policies.locales` reads them."""


class Part(BaseModel):
    """Any part of a policy document: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Clause(Part):
    """One promise of the published page: what it says in our words, and where it stands."""

    says: Text
    at: Text


class Reading(Part):
    """Where the page is silent or ambiguous: the reading its owner chose, and may change."""

    clause: ClauseId
    reading: Text


class Rule(Part):
    """Any part that makes a promise; it names the clause it follows from, and others to `see`."""

    clause: ClauseId
    see: tuple[ClauseId, ...] = ()


class Value(Part):
    """A slug of a dimension (a plan, a priority, a kind, a region) and what it stands for."""

    says: Text


class ChannelRule(Rule):
    """Which channels requests may come in by; empty conditions admit everything."""

    channels: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    regions: tuple[Slug, ...] = ()
    received: tuple[Received, ...] = ()


class Holidays(Part):
    """Public holidays of a country or a part of it, by name, and dates of the desk's own.

    Some countries have further `categories` besides the public ones, and in some the law counts
    every Sunday among the holidays: `sundays` says whether the desk does too.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: str | None = None
    categories: tuple[Slug, ...] = ("public",)
    sundays: bool = False
    also: dict[Date, Text] = Field(default_factory=dict)
    never: tuple[Date, ...] = ()


Hours = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}-\d{2}:\d{2}$")]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_WINDOW = {"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$"}
Windows = Annotated[
    tuple[Hours, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_WINDOW, {"type": "array", "items": _WINDOW}]}),
]
_WEEKDAY = rf"({'|'.join(WEEKDAYS)})"
Weekdays = Annotated[str, WithJsonSchema({"pattern": rf"^{_WEEKDAY}(-{_WEEKDAY})?$"})]


class CalendarRule(Rule):
    """When the desk is open: zone, hours by weekday (`mon`, `mon-fri`), closed and special days."""

    zone: str
    hours: dict[Weekdays, Windows] = Field(min_length=1)
    holidays: Holidays = Holidays()
    special_hours: dict[Date, Windows] = Field(default_factory=dict)


class NoGuarantee(Part):
    """A cell that promises no time: which kind of no, and the words for it by locale."""

    guarantee: Guarantee
    says: dict[str, Text] = Field(default_factory=dict)
    clause: ClauseId | None = None


class Within(Part):
    """A cell that promises a time under a clause of its own."""

    within: DurationText
    clause: ClauseId


def _promise_kind(value: Any) -> str:
    if isinstance(value, Within) or (isinstance(value, dict) and "within" in value):
        return "<target>"
    return "<guarantee>" if isinstance(value, dict | NoGuarantee) else "<duration>"


Promise = Annotated[
    Annotated[NoGuarantee, Tag("<guarantee>")]
    | Annotated[Within, Tag("<target>")]
    | Annotated[DurationText, Tag("<duration>")],
    Discriminator(_promise_kind),
]


def length_of(promise: Any) -> Duration | None:
    """The time a cell promises; None where it promises none."""
    length = promise.within if isinstance(promise, Within) else promise
    return length if isinstance(length, Duration) else None


def _table_or_value(value: Any) -> str:
    is_table = isinstance(value, Table) or (isinstance(value, dict) and "by" in value)
    return "<table>" if is_table else "<value>"


Promises = Annotated[
    Annotated[Table[Promise], Tag("<table>")] | Annotated[Promise, Tag("<value>")],
    Discriminator(_table_or_value),
]
CalendarChoice = Annotated[
    Annotated[Table[Slug], Tag("<table>")] | Annotated[Slug, Tag("<value>")],
    Discriminator(_table_or_value),
]

RungPoint = Annotated[
    str,
    StringConstraints(
        pattern=r"^(breach|[1-9]\d?%|\d+ (business )?(minute|hour)s? before"
        r"|\d+ (business )?(minute|hour|day)s? after)$"
    ),
]


class Rung(Part):
    """A point on a clock's ladder, who is told there by which letter, and whether it raises the
    ticket to the next level of management.

    `75%`, `2 business hours before`, `breach`, `1 business day after`.
    """

    at: RungPoint
    tell: tuple[Audience, ...] = Field(min_length=1)
    template: Slug | None = None
    raises_level: bool = False


class ClockRule(Rule):
    """One promise: from which events to which, within what, and what happens on the way.

    `promised: false` marks a clock the desk keeps for itself; `repeats` starts the next cycle
    when one is stopped while the ticket is still open. A clock that only `reminds` breaks no
    promise when it runs out.
    """

    starts: tuple[EventType, ...] = Field(min_length=1)
    stops: tuple[EventType, ...] = Field(min_length=1)
    cancels: tuple[EventType, ...] = ()
    within: Promises
    calendar: CalendarChoice | None = None
    pauses: tuple[PauseReason, ...] = ()
    ladder: tuple[Rung, ...] = ()
    reopening: Reopening = Reopening.NONE
    repeats: bool = False
    promised: bool = True
    reminds: bool = False


class RequiredFor(Part):
    """For which requests a fact is required: kinds, plans, and a condition over other facts."""

    kinds: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    when: Text | None = None


Requirement = Annotated[
    Annotated[RequiredFor, Tag("<requests>")] | Annotated[bool, Tag("<always>")],
    Discriminator(lambda v: "<requests>" if isinstance(v, dict | RequiredFor) else "<always>"),
]


class FactRule(Part):
    """A fact that coverage conditions may name, and how to ask for it.

    Without a `required` fact there is no verdict yet; the others count once they are known. A text
    may be limited to `choices`. What the contract says of a fact is the contract's to say alone
    when it is `given_by` the contract.
    """

    type: Annotated[str, StringConstraints(pattern=r"^(bool|int|double|string|date)$")]
    ask: Text
    required: Requirement = False
    choices: dict[Slug, Text] = Field(default_factory=dict)
    given_by: Literal["request", "contract"] = "request"


def _verdict_kind(value: Any) -> str:
    return "<covered>" if value == "covered" else "<refusal>"


CoverageVerdict = Annotated[
    Annotated[Literal["covered"], Tag("<covered>")] | Annotated[ClosedAs, Tag("<refusal>")],
    Discriminator(_verdict_kind),
]


class CoverageRule(Rule):
    """A condition (CEL over declared facts) and what a ticket is when it holds.

    `kinds` and `plans` limit it to some requests. An `id` makes it a reason that can be named
    when a ticket is closed by hand; `refers_to` names who is there for the request instead.
    """

    when: Text = "true"
    verdict: CoverageVerdict
    says: Says
    id: Slug | None = None
    kinds: tuple[Slug, ...] = ()
    plans: tuple[Slug, ...] = ()
    refers_to: Audience | None = None

    @property
    def closed_as(self) -> ClosedAs | None:
        """As what a request is closed when this holds; None where it is covered."""
        return None if self.verdict == "covered" else ClosedAs(self.verdict)


class FirstResponseRule(Rule):
    """What a first response may consist of."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1)


class EscalationRule(Rule):
    """Who may escalate, and whom triage waits for to be told before it can be concluded."""

    by: tuple[Role, ...] = (Role.AGENT,)
    told_before_conclusion: tuple[Audience, ...] = ()


class ChecklistStep(Part):
    """One standard troubleshooting step."""

    id: Slug
    does: OneLine


class TriageRule(Rule):
    """The standard troubleshooting steps that triage runs through."""

    checklist: tuple[ChecklistStep, ...] = ()


class HandoffRule(Rule):
    """Whether the packet goes to engineering by itself when the following week opens."""

    automatic: bool = True
    packet: ClauseId


class ForecastRule(Rule):
    """What a forecast rests on: the viewpoints required, and the window their priorities give.

    `windows` is indexed by the engineering priority, then the product priority.
    """

    viewpoints: tuple[Viewpoint, ...] = Field(min_length=1)
    priorities: tuple[Slug, ...] = Field(min_length=1)
    windows: dict[Slug, dict[Slug, DurationText]]


class ClosingRule(Rule):
    """How long a resolved ticket stays open for the requester to come back."""

    after: DurationText


class ContestRule(Rule):
    """How long a request that a verdict turned down can still be taken on by an agent."""

    within: DurationText


class AssignmentRule(Rule):
    """Whether an assigned ticket may be left without an assignee, and by which priorities."""

    keep_assigned: tuple[Slug, ...] = ()


class ClassificationRule(Rule):
    """Who sets a ticket's priority; what a request says of it is only its sender's view."""

    by: tuple[Role, ...] = (Role.AGENT, Role.OPERATOR)


class LevelRule(Rule):
    """One level of management a ticket can be raised to; for some plans, or for all."""

    audience: Audience
    says: Text
    plans: tuple[Slug, ...] = ()


class LevelsRule(Part):
    """The management escalation ladder, lowest level first, and who may raise a ticket."""

    by: tuple[Role, ...] = (Role.REQUESTER, Role.AGENT)
    ladder: tuple[LevelRule, ...] = Field(min_length=1)


class ProcessRules(Part):
    """The parameters of the process; what is absent, the policy does not have."""

    first_response: FirstResponseRule | None = None
    escalation: EscalationRule | None = None
    triage: TriageRule | None = None
    handoff: HandoffRule | None = None
    forecast: ForecastRule | None = None
    closing: ClosingRule | None = None
    contest: ContestRule | None = None
    assignment: AssignmentRule | None = None
    classification: ClassificationRule | None = None
    levels: LevelsRule | None = None


class NoticeRule(Rule):
    """Who is told when an event becomes true. `template` defaults to the event's name; empty
    conditions admit every ticket, and the priority is the one the ticket has at the time.
    """

    event: EventType
    tell: tuple[Audience, ...] = Field(min_length=1)
    template: Slug | None = None
    plans: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()


class PauseRule(Rule):
    """A reason for which clocks of this policy may stand still."""


class CreditRule(Rule):
    """Service credits earned when a promise is missed: one for `each` so much lateness of a
    clock, or for each point of a month's availability below a share.

    `counts` says whether a period or point counts once `started` or only when it is `whole`;
    `worth` is by how much one credit extends the contract.
    """

    clock: Slug | None = None
    priorities: tuple[Slug, ...] = ()
    each: DurationText | None = None
    availability_below: float | None = None
    counts: Literal["started", "whole"] = "started"
    worth: DurationText | None = None


class UncountedRule(Rule):
    """A cause of unavailability that does not count against the availability promised; an
    `announced` one only when customers were told before it began.
    """

    says: Text
    announced: bool = False


class MaintenanceRule(Rule):
    """Weekly hours kept for maintenance, at an offset from UTC that never changes."""

    offset: Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
    hours: dict[Weekdays, Windows] = Field(min_length=1)


class AvailabilityRule(Rule):
    """The share of a calendar month, in percent, in which the service is there."""

    percent: Annotated[float, Field(gt=0, le=100)]
    zone: str = "UTC"
    uncounted: dict[Slug, UncountedRule] = Field(default_factory=dict)
    maintenance: MaintenanceRule | None = None


class RemedyRules(Part):
    """What a customer gets when a promise is missed, and until when it can be claimed."""

    credits: tuple[CreditRule, ...] = ()
    availability: AvailabilityRule | None = None
    claim_within: DurationText | None = None
    claim_clause: ClauseId | None = None


class AllowanceRule(Rule):
    """Hours an account may book, by kind of request and plan, in each year of its contract."""

    kinds: tuple[Slug, ...] = Field(min_length=1)
    plans: tuple[Slug, ...] = ()
    hours: Annotated[int, Field(gt=0)]
    each: Literal["contract_year", "calendar_year"] = "contract_year"


class SupportPolicy(Part):
    """One revision of one company's published support policy."""

    policy: Slug
    title: OneLine
    revision: Date
    locale: str = "en"
    announcement: Says | None = None
    clauses: dict[ClauseId, Clause] = Field(min_length=1)
    readings: tuple[Reading, ...] = ()
    plans: dict[Slug, Value] = Field(default_factory=dict)
    regions: dict[Slug, Value] = Field(default_factory=dict)
    kinds: dict[Slug, Value] = Field(default_factory=dict)
    priorities: dict[Slug, Value] = Field(default_factory=dict)
    defaults: dict[Dimension, Slug] = Field(default_factory=dict)
    channels: tuple[ChannelRule, ...] = ()
    calendars: dict[Slug, CalendarRule] = Field(default_factory=dict)
    support_hours: CalendarChoice | None = None
    contacts: dict[Audience, Contact] = Field(default_factory=dict)
    unassigned: Audience | None = None
    facts: dict[Slug, FactRule] = Field(default_factory=dict)
    coverage: tuple[CoverageRule, ...] = ()
    pauses: dict[PauseReason, PauseRule] = Field(default_factory=dict)
    clocks: dict[Slug, ClockRule] = Field(default_factory=dict)
    process: ProcessRules = ProcessRules()
    notices: tuple[NoticeRule, ...] = ()
    remedies: RemedyRules = RemedyRules()
    allowances: dict[Slug, AllowanceRule] = Field(default_factory=dict)
