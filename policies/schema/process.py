"""The parameters of the process, from the first response to the closing."""

from pydantic import Field

from policies.business_time.durations import DurationText
from policies.schema.contract import Slug
from policies.schema.fields import Audience, ClauseId, Line, Part, Rule
from policies.vocabulary import Outcome, Role, Viewpoint


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
    does: Line


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
    says: Line
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
