"""Terms: the parts of a policy and a contract that are pinned into a ticket.

A ticket keeps its terms until an operator moves it to others. Holiday dates, zone offsets and
targets are stored as plain data, so no later edit of a file and no upgrade of `holidays` or
`tzdata` moves a deadline of an open ticket. `policies/terms/settlement.py` creates terms; the
workflow only reads them.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property

from pydantic import Field, JsonValue, ValidationInfo, model_validator

from policies.business_time.durations import Duration, DurationText
from policies.business_time.months import midnight
from policies.business_time.zones import PinnedZone, Transition
from policies.coverage.stated_facts import FactTerms, KnownFacts
from policies.coverage.verdict import Verdict
from policies.i18n.locales import with_name
from policies.schema.tables import Table, row_of
from policies.terms.model.calendar import PinnedCalendar
from policies.terms.model.clock import ClockTerms
from policies.terms.model.interning import interned, shared_offsets
from policies.terms.model.notice import NoticeTerms
from policies.terms.model.override import OverrideTerms
from policies.terms.model.pinned import Sparse
from policies.terms.model.process import ProcessTerms
from policies.terms.model.promise import PromiseTerms
from policies.terms.model.reason import ReasonTerms
from policies.terms.model.recipient import Recipient
from policies.terms.model.table_rows import NO_FACTS, row_values

CONTEST, CONTEST_WITHOUT_HOURS = Duration.parse("5 business days"), Duration.parse("7 days")
"""How long a refusal can be overridden if the policy does not state it. These never change."""
IDLE, IDLE_WITHOUT_HOURS = Duration.parse("20 business days"), Duration.parse("28 days")
"""When a ticket is idle if the policy does not state it. These never change."""

SHARED_FIELDS = (
    *("calendars", "clocks", "notices", "process", "exclusions", "reasons", "labels", "priorities"),
    *("facts", "asks", "choices", "credited", "measured", "headings", "hours"),
)
"""The fields that are equal for tickets of one plan: nearly all of their terms."""


class Terms(Sparse):
    """Everything that a ticket was promised. Equal terms that are read from JSON are shared in
    memory (docs/decisions/0024-equal-terms-are-interned.md).

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
    unassigned_by: Table[str] | None = None
    """The contact of tickets without an assignee by priority and facts, if it depends on these."""
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
    def _intern(self, info: ValidationInfo) -> "Terms":
        # A worker caches a thousand tickets. Sharing saves 54 of their 72 KB of terms and state.
        # It has them from JSON; terms that are only settled and sent are not worth the search.
        if info.mode != "json":
            return self
        own = {name: getattr(self, name) for name in SHARED_FIELDS}
        vars(self)["offsets"] = shared_offsets(self.offsets)
        vars(self).update(interned(own, self.model_dump_json(include=set(SHARED_FIELDS))))
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
            name = self.hours.pick(row_values(priority, facts))
        else:
            name = self.hours_by_priority.get(priority or "", self.support_hours)
        return self.calendars[name] if name else None

    def rows_of(self, given: Mapping[str, JsonValue]) -> dict[str, str]:
        """The rows in tables of the facts on which promises depend: those at the settlement, with
        the facts given since.
        """
        if not self.promised_by:
            return {}
        rows = {
            name: row_of(given[name]) if name in given else row
            for name, row in self.promised_by.items()
        }
        return {name: row for name, row in rows.items() if row is not None}

    def unassigned_contact(
        self, priority: str | None, facts: Mapping[str, str] = NO_FACTS
    ) -> Recipient | None:
        """The contact of a ticket without an assignee, of this priority with these facts."""
        table = self.unassigned_by
        name = table.pick(row_values(priority, facts)) if table else self.unassigned
        return self.contacts.get(name or "")

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
