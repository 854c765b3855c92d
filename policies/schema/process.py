"""The parameters of the ticket lifecycle, from first response to closing."""

from pydantic import Field

from policies.business_time.durations import DurationText
from policies.schema.clocks import AudienceChoice, AudiencesChoice
from policies.schema.contract import Slug
from policies.schema.fields import Audience, ClauseId, Line, Part, Rule
from policies.vocabulary import Ending, LevelOrder, Outcome, Role, Viewpoint

NOBODY = "nobody"
"""The audience of a level that does not exist for some tickets."""


class FirstResponseRule(Rule):
    """The outcomes a first response may have."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1)


class EscalationRule(Rule):
    """Who may escalate, and the audiences to notify before triage can be concluded."""

    by: tuple[Role, ...] = (Role.AGENT,)
    told_before_conclusion: tuple[Audience, ...] = ()


class ChecklistStep(Part):
    """One standard troubleshooting step."""

    id: Slug
    does: Line


class TriageRule(Rule):
    """The checklist of triage."""

    checklist: tuple[ChecklistStep, ...] = ()


class HandoffRule(Rule):
    """Whether the handoff to engineering is automatic when the following week opens."""

    automatic: bool = True
    packet: ClauseId


class ReleasesRule(Rule):
    """Fixes go out with a scheduled release: tickets can be assigned to one."""


class WorkaroundRule(Rule):
    """Who may provide a workaround, and withdraw it."""

    by: tuple[Role, ...] = (Role.AGENT,)


class EstimateRule(Rule):
    """Who may estimate when a request will be resolved."""

    by: tuple[Role, ...] = (Role.AGENT,)


class ForecastRule(Rule):
    """The viewpoints required for a forecast, and the time within which work begins.

    `windows` is indexed by the engineering priority, then by the product priority.
    """

    viewpoints: tuple[Viewpoint, ...] = Field(min_length=1)
    priorities: tuple[Slug, ...] = Field(min_length=1)
    windows: dict[Slug, dict[Slug, DurationText]]


class ClosingRule(Rule):
    """How long a resolved ticket stays open for the requester to reopen it. One that was resolved
    for want of an answer can be re-opened through the channels `reopen_by`, or any without them.
    """

    after: DurationText
    reopen_by: tuple[Slug, ...] = ()


class ContestRule(Rule):
    """How long an agent can override a refusal."""

    within: DurationText


class NoReplyRule(Rule):
    """Who may close a ticket as `no_reply`, because its requester does not answer."""

    by: tuple[Role, ...] = (Role.AGENT,)


class AssignmentRule(Rule):
    """The priorities at which a ticket needs an assignee from the first response to the resolution,
    and at which an assigned ticket must keep one.
    """

    keep_assigned: tuple[Slug, ...] = ()


class ClassificationRule(Rule):
    """Who may set a ticket's priority; the priority in a request is the requester's proposal."""

    by: tuple[Role, ...] = (Role.AGENT, Role.OPERATOR)


class LevelRule(Rule):
    """One management level to which a ticket can be raised, for all plans or some. Its audience can
    depend on the plan and the priority; `nobody` stands where the level does not exist.
    """

    audience: AudienceChoice
    says: Line
    plans: tuple[Slug, ...] = ()


class LevelsRule(Part):
    """The management levels, lowest first, and who may raise a ticket.

    Under `order: any` they stand side by side: a ticket can be raised to each of them, whatever
    the others. `after` are the ends of the work after which a ticket can still be raised.
    """

    by: tuple[Role, ...] = (Role.REQUESTER, Role.AGENT)
    ladder: tuple[LevelRule, ...] = Field(min_length=1)
    order: LevelOrder = LevelOrder.LADDER
    after: tuple[Ending, ...] = ()


class IdleRule(Rule):
    """After how long without any event the support team is reminded of an open ticket that no clock
    reminds it of, and who is told: audiences, or a table of them.
    """

    after: DurationText
    tell: AudiencesChoice = ("assignee",)


class ProcessRules(Part):
    """The parameters of the lifecycle; a part that is left out does not exist in the policy."""

    first_response: FirstResponseRule | None = None
    escalation: EscalationRule | None = None
    triage: TriageRule | None = None
    handoff: HandoffRule | None = None
    forecast: ForecastRule | None = None
    releases: ReleasesRule | None = None
    workaround: WorkaroundRule | None = None
    estimate: EstimateRule | None = None
    closing: ClosingRule | None = None
    contest: ContestRule | None = None
    no_reply: NoReplyRule | None = None
    assignment: AssignmentRule | None = None
    classification: ClassificationRule | None = None
    levels: LevelsRule | None = None
    idle: IdleRule | None = None
