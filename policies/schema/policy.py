"""The policy document: a published support agreement as data.

The models define structure only. `policies/checks` checks that the parts agree (a clause that is
named, a calendar that is declared); `policies/lint` warns about what is legal but surprising.
"""

from enum import StrEnum

from pydantic import Field, JsonValue

from policies.schema.calendars import CalendarRule
from policies.schema.clocks import AudienceChoice, CalendarChoice, ClockRule, PauseRule
from policies.schema.contract import Contact, OneLine, Slug
from policies.schema.coverage import ChannelRule, CoverageRule, FactRule
from policies.schema.events import EventName, MilestoneRule, recorded_type
from policies.schema.fields import Audience, ClauseId, Date, FactRows, Line, Part, Rule, Says, Text
from policies.schema.process import ProcessRules
from policies.schema.remedies import AllowanceRule, RemedyRules, ServiceLevelRule
from policies.schema.tables import Dimension


class Clause(Part):
    """One clause of the support page: a paraphrase, and the heading under which it stands."""

    says: Says
    at: Text


class OtherReading(Part):
    """Another reading of a clause, and the values of the policy under it. A contract chooses it
    with the same `overrides`.
    """

    reading: Text
    overrides: dict[OneLine, JsonValue] = Field(min_length=1)


class Reading(Part):
    """How the policy's owner reads a clause that is ambiguous or silent. `instead` are the other
    readings that can be argued for. `compared` records that what `desk check` asks to compare with
    the page is as the page says.
    """

    clause: ClauseId
    reading: Text
    compared: bool = False
    instead: tuple[OtherReading, ...] = ()


class Value(Part):
    """A value of a dimension (a plan, priority, kind or region) and its description."""

    says: Says


class Labelled(StrEnum):
    """The kinds of names that have a label; `review` is for the priorities of reviews."""

    PLAN = "plan"
    REGION = "region"
    KIND = "kind"
    PRIORITY = "priority"
    CHANNEL = "channel"
    REVIEW = "review"
    CLOCK = "clock"


class NoticeRule(Rule):
    """The audiences to notify of an event. `template` defaults to the event's name. An empty
    condition applies to all tickets; priority and facts are those at the time of the event.
    """

    event: EventName
    tell: tuple[Audience, ...] = Field(min_length=1)
    template: Slug | None = None
    plans: tuple[Slug, ...] = ()
    kinds: tuple[Slug, ...] = ()
    channels: tuple[Slug, ...] = ()
    regions: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    facts: FactRows = Field(default_factory=dict)

    @property
    def template_name(self) -> str:
        """The template of its e-mail, by default that of the type of its event."""
        return self.template or recorded_type(self.event)


class SupportPolicy(Part):
    """One revision of a company's published support policy."""

    policy: Slug
    title: Line
    revision: Date
    locale: str = "en"
    zone: str | None = None
    announcement: Says | None = None
    clauses: dict[ClauseId, Clause] = Field(min_length=1)
    readings: tuple[Reading, ...] = ()
    plans: dict[Slug, Value] = Field(default_factory=dict)
    regions: dict[Slug, Value] = Field(default_factory=dict)
    kinds: dict[Slug, Value] = Field(default_factory=dict)
    priorities: dict[Slug, Value] = Field(default_factory=dict)
    defaults: dict[Dimension, Slug] = Field(default_factory=dict)
    labels: dict[Labelled, dict[Slug, Line]] = Field(default_factory=dict)
    channels: tuple[ChannelRule, ...] = ()
    calendars: dict[Slug, CalendarRule] = Field(default_factory=dict, max_length=200)
    support_hours: CalendarChoice | None = None
    contacts: dict[Audience, Contact] = Field(default_factory=dict)
    unassigned: AudienceChoice | None = None
    facts: dict[Slug, FactRule] = Field(default_factory=dict, max_length=200)
    coverage: tuple[CoverageRule, ...] = Field(default=(), max_length=200)
    milestones: dict[Slug, MilestoneRule] = Field(default_factory=dict)
    pauses: dict[Slug, PauseRule] = Field(default_factory=dict)
    clocks: dict[Slug, ClockRule] = Field(default_factory=dict)
    process: ProcessRules = ProcessRules()
    notices: tuple[NoticeRule, ...] = ()
    service_levels: dict[Slug, ServiceLevelRule] = Field(default_factory=dict)
    remedies: RemedyRules = RemedyRules()
    allowances: dict[Slug, AllowanceRule] = Field(default_factory=dict)
